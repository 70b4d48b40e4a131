//! Runs other programs: output captured and passed on, a limit in time, nothing left behind.
//!
//! Each program is the leader of a process group of its own. So Ctrl-C in a terminal reaches it
//! only when we pass it on, and what it started is ended with it.

use std::{
    collections::BTreeMap,
    io::{ErrorKind, Read},
    process::{Child, ChildStdin, Command, ExitStatus, Stdio},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread,
    time::Duration,
};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};

use crate::{Error, Result};

/// How long a reader may still deliver output after the program and its group are gone.
const LAST_OUTPUT: Duration = Duration::from_secs(5);
/// How often, and after which pause, a program that is busy is tried again.
const BUSY_ATTEMPTS: u32 = 100;
const BUSY_PAUSE: Duration = Duration::from_millis(50);

/// One of a program's two outputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

/// Receives output as it comes.
pub type Sink = Arc<dyn Fn(Stream, &[u8]) + Send + Sync>;

/// How a program ended and what it wrote.
#[derive(Clone, Debug)]
pub struct Captured {
    /// Exit status.
    pub status: ExitStatus,
    /// Complete standard output.
    pub stdout: Vec<u8>,
    /// Complete standard error.
    pub stderr: Vec<u8>,
}

/// A running program; it and all that it started end when this is dropped.
pub struct Task {
    program: String,
    group: Pid,
    stdin: Option<ChildStdin>,
    ended: Receiver<std::io::Result<ExitStatus>>,
    finished_readers: Receiver<()>,
    stdout: Arc<Mutex<Vec<u8>>>,
    stderr: Arc<Mutex<Vec<u8>>>,
}

/// Leaders of the groups that run now, and what they are. A number is here only as long as it
/// can't belong to somebody else.
static LIVE: Mutex<BTreeMap<i32, Kind>> = Mutex::new(BTreeMap::new());

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Does something and ends.
    Command,
    /// Others need it until they have ended.
    Service,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Sends SIGINT to every command that runs now, and to what those started. Services go on, so that
/// a command can end in order.
pub fn interrupt_commands() {
    signal_where(|kind| kind == Kind::Command, Signal::INT);
}

/// Kills every program that runs now, and what those started.
pub fn kill_all() {
    signal_where(|_| true, Signal::KILL);
}

fn signal_where(wanted: impl Fn(Kind) -> bool, signal: Signal) {
    for (leader, kind) in lock(&LIVE).iter() {
        if let (true, Some(leader)) = (wanted(*kind), Pid::from_raw(*leader)) {
            // The group may be ending by itself at this moment; then there is nothing to do.
            let _ = kill_process_group(leader, signal);
        }
    }
}

fn signal_group(group: Pid, signal: Signal) {
    let live = lock(&LIVE);
    if live.contains_key(&group.as_raw_nonzero().get()) {
        let _ = kill_process_group(group, signal);
    }
}

/// Starts a program with a closed standard input.
pub fn start(command: &mut Command, sink: Option<Sink>) -> Result<Task> {
    command.stdin(Stdio::null());
    spawn(command, Kind::Command, sink)
}

/// Starts a program that serves others; its standard input stays open as long as the task lives.
pub fn start_service(command: &mut Command, sink: Option<Sink>) -> Result<Task> {
    command.stdin(Stdio::piped());
    spawn(command, Kind::Service, sink)
}

/// Runs a program to its end, or kills its whole group after `limit`.
pub fn run(command: &mut Command, limit: Duration, sink: Option<Sink>) -> Result<Captured> {
    start(command, sink)?.wait(limit)
}

fn spawn(command: &mut Command, kind: Kind, sink: Option<Sink>) -> Result<Task> {
    use std::os::unix::process::CommandExt;

    let program = describe(command);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    // Held until the leader is listed, so that an interrupt can't fall between the two.
    let mut live = lock(&LIVE);
    let mut child = spawned(command).map_err(Error::io(format!("start `{program}`")))?;
    let leader = i32::try_from(child.id()).unwrap_or_default();
    live.insert(leader, kind);
    drop(live);
    let group = Pid::from_raw(leader)
        .ok_or_else(|| Error::unexpected(format!("`{program}` has no process id")))?;

    let (finished, finished_readers) = channel();
    let stdout = Arc::new(Mutex::new(Vec::new()));
    let stderr = Arc::new(Mutex::new(Vec::new()));
    let stdin = child.stdin.take();
    if let Some(pipe) = child.stdout.take() {
        collect(pipe, Stream::Out, Arc::clone(&stdout), sink.clone(), finished.clone());
    }
    if let Some(pipe) = child.stderr.take() {
        collect(pipe, Stream::Err, Arc::clone(&stderr), sink, finished);
    }
    let ended = reap(child, group);
    Ok(Task { program, group, stdin, ended, finished_readers, stdout, stderr })
}

/// A program that was unpacked a moment ago is busy while another thread, between its fork and its
/// exec, still holds the file open for writing.
fn spawned(command: &mut Command) -> std::io::Result<Child> {
    for _ in 0..BUSY_ATTEMPTS {
        match command.spawn() {
            Err(error) if error.kind() == ErrorKind::ExecutableFileBusy => {
                thread::sleep(BUSY_PAUSE);
            }
            outcome => return outcome,
        }
    }
    command.spawn()
}

/// Reads one pipe to its end on a thread of its own.
fn collect(
    mut pipe: impl Read + Send + 'static,
    stream: Stream,
    buffer: Arc<Mutex<Vec<u8>>>,
    sink: Option<Sink>,
    finished: Sender<()>,
) {
    thread::spawn(move || {
        let mut chunk = [0_u8; 8192];
        while let Ok(length) = pipe.read(&mut chunk) {
            if length == 0 {
                break;
            }
            lock(&buffer).extend_from_slice(&chunk[..length]);
            if let Some(sink) = &sink {
                sink(stream, &chunk[..length]);
            }
        }
        // The task may be gone already; nobody waits then.
        let _ = finished.send(());
    });
}

/// Waits for the leader on a thread of its own, ends what it left behind, and tells.
fn reap(mut child: Child, group: Pid) -> Receiver<std::io::Result<ExitStatus>> {
    let (sender, ended) = channel();
    thread::spawn(move || {
        // Not collected yet: until `wait` below the number can't be given to another process.
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        while matches!(waitid(WaitId::Pid(group), options), Err(rustix::io::Errno::INTR)) {}
        let mut live = lock(&LIVE);
        let _ = kill_process_group(group, Signal::KILL);
        live.remove(&group.as_raw_nonzero().get());
        let status = child.wait();
        drop(live);
        let _ = sender.send(status);
    });
    ended
}

impl Task {
    /// Program and arguments.
    pub fn program(&self) -> &str {
        &self.program
    }

    /// Sends a signal to the program and to all that it started.
    pub fn signal(&self, signal: Signal) {
        signal_group(self.group, signal);
    }

    /// Process id of the program.
    pub fn id(&self) -> i32 {
        self.group.as_raw_nonzero().get()
    }

    /// Whether the program has ended.
    pub fn has_ended(&self) -> bool {
        !lock(&LIVE).contains_key(&self.id())
    }

    /// What it wrote until now: standard output, then standard error.
    pub fn output(&self) -> (Vec<u8>, Vec<u8>) {
        (lock(&self.stdout).clone(), lock(&self.stderr).clone())
    }

    /// Closes the program's standard input, if it was left open.
    pub fn close_input(&mut self) {
        self.stdin = None;
    }

    /// Waits for the end, or kills the whole group after `limit`.
    pub fn wait(mut self, limit: Duration) -> Result<Captured> {
        self.wait_for(limit)?.ok_or_else(|| {
            self.signal(Signal::KILL);
            let _ = self.ended.recv_timeout(LAST_OUTPUT);
            let (stdout, stderr) = self.complete_output();
            let output = [stdout, stderr].concat();
            Error::TimedOut {
                program: self.program.clone(),
                limit,
                output: String::from_utf8_lossy(&output).into_owned(),
            }
        })
    }

    /// Waits for the end, but no longer than `limit`: `None` means that it still runs.
    pub fn wait_for(&mut self, limit: Duration) -> Result<Option<Captured>> {
        match self.ended.recv_timeout(limit) {
            Ok(status) => {
                let status = status.map_err(Error::io(format!("wait for `{}`", self.program)))?;
                let (stdout, stderr) = self.complete_output();
                Ok(Some(Captured { status, stdout, stderr }))
            }
            Err(RecvTimeoutError::Timeout) => Ok(None),
            Err(RecvTimeoutError::Disconnected) => {
                Err(Error::unexpected(format!("`{}` was already waited for", self.program)))
            }
        }
    }

    fn complete_output(&self) -> (Vec<u8>, Vec<u8>) {
        for _ in 0..2 {
            // A reader that already reported, or one that never will, ends this by itself.
            let _ = self.finished_readers.recv_timeout(LAST_OUTPUT);
        }
        self.output()
    }
}

impl Drop for Task {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
    }
}

/// A sink that sends the first complete line of standard output, and drops the rest.
pub fn first_line(sender: Sender<String>) -> Sink {
    let state = Mutex::new((Vec::new(), Some(sender)));
    Arc::new(move |stream, bytes: &[u8]| {
        let mut state = lock(&state);
        let (line, sender) = &mut *state;
        if stream != Stream::Out || sender.is_none() {
            return;
        }
        line.extend_from_slice(bytes);
        if let Some(end) = line.iter().position(|byte| *byte == b'\n')
            && let Some(sender) = sender.take()
        {
            // Nobody waits any more after the limit.
            let _ = sender.send(String::from_utf8_lossy(&line[..end]).into_owned());
        }
    })
}

/// Program and arguments as a person would type them; never the environment, which may hold
/// secrets.
fn describe(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|word| word.to_string_lossy().into_owned()));
    words.join(" ")
}

#[cfg(test)]
mod tests;
