use super::*;

const LONG: Duration = Duration::from_mins(1);

fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    command
}

#[test]
fn output_and_status_are_complete() {
    let captured = run(&mut shell("echo out; echo err >&2; exit 3"), LONG, None).expect("runs");
    assert_eq!(captured.status.code(), Some(3));
    assert_eq!(captured.stdout, b"out\n");
    assert_eq!(captured.stderr, b"err\n");
}

#[test]
fn output_larger_than_a_pipe_arrives_whole() {
    let script = "i=0; while [ $i -lt 20000 ]; do echo 0123456789; i=$((i+1)); done";
    let captured = run(&mut shell(script), LONG, None).expect("runs");
    assert_eq!(captured.stdout.len(), 20_000 * 11);
}

#[test]
fn the_sink_sees_what_is_captured() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let inner = Arc::clone(&seen);
    let sink: Sink = Arc::new(move |stream, bytes: &[u8]| {
        if stream == Stream::Out {
            lock(&inner).extend_from_slice(bytes);
        }
    });
    let captured = run(&mut shell("echo one; echo two"), LONG, Some(sink)).expect("runs");
    assert_eq!(*lock(&seen), captured.stdout);
}

#[test]
fn a_program_that_takes_too_long_is_killed_with_what_it_started() {
    // The grandchild holds the pipe: only the death of the whole group closes it.
    let limit = Duration::from_millis(300);
    let error = run(&mut shell("echo begun; sleep 600 & sleep 600"), limit, None)
        .expect_err("the limit is passed");
    assert!(matches!(&error, Error::TimedOut { output, .. } if output.contains("begun")));
}

#[test]
fn nothing_outlives_its_command() {
    let captured = run(&mut shell("sleep 600 & echo $!"), LONG, None).expect("runs");
    let orphan: i32 = String::from_utf8_lossy(&captured.stdout).trim().parse().expect("a pid");
    let orphan = Pid::from_raw(orphan).expect("not zero");
    // It may stay as a zombie until its new parent collects it, so ask for what it executes.
    let executes = std::fs::read_link(format!("/proc/{}/exe", orphan.as_raw_nonzero()));
    assert!(executes.is_err(), "{executes:?}");
}

#[test]
fn an_interrupt_reaches_the_group() {
    crate::interrupt::end_with_children().expect("handlers are in place");
    let (sender, begun) = channel();
    let sender = Mutex::new(sender);
    let sink: Sink = Arc::new(move |_, _: &[u8]| {
        let _ = lock(&sender).send(());
    });
    let script = "trap 'echo interrupted; exit 7' INT; echo ready; while :; do sleep 0.05; done";
    let task = start(&mut shell(script), Some(sink)).expect("starts");
    begun.recv_timeout(LONG).expect("says that it is ready");
    task.signal(Signal::INT);
    let captured = task.wait(LONG).expect("ends");
    assert_eq!(captured.status.code(), Some(7));
    assert!(captured.stdout.ends_with(b"interrupted\n"));
}

#[test]
fn closing_the_input_is_seen() {
    let mut task = start_service(&mut shell("cat; echo closed"), None).expect("starts");
    assert!(task.wait_for(Duration::from_millis(50)).expect("waits").is_none());
    task.close_input();
    let captured = task.wait(LONG).expect("ends");
    assert_eq!(captured.stdout, b"closed\n");
}

#[test]
fn a_missing_program_is_named() {
    let error = start(&mut Command::new("no-such-program-anywhere"), None).err();
    assert!(error.is_some_and(|error| error.to_string().contains("no-such-program-anywhere")));
}

#[test]
fn only_the_first_complete_line_is_sent() {
    let (sender, lines) = channel();
    let sink = first_line(sender);
    sink(Stream::Err, b"noise\n");
    sink(Stream::Out, b"half a ");
    assert!(lines.try_recv().is_err(), "half a line is none");
    sink(Stream::Out, b"line\nmore\n");
    sink(Stream::Out, b"and more\n");
    assert_eq!(lines.try_recv().expect("a line"), "half a line");
    assert!(lines.try_recv().is_err());
}
