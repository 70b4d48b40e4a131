//! What a panicking provider writes for Terraform to recognise.

use std::env;
use std::pin::pin;
use std::process::Command;
use std::task::{Context, Poll, Waker};

use framework::plugin::{PanicMessage, ServeOptions, catch_panic, serve};
use tfplugin::tfplugin6::provider_server::Provider;

const CHILD: &str = "FRAMEWORK_TEST_CRASH";

struct Never;

impl Provider for Never {}

/// Not a test of its own: the next one runs it in another process.
#[test]
fn crashes_when_asked() {
    if env::var_os(CHILD).is_none() {
        return;
    }
    let options = ServeOptions { address: "example.com/a/b", debug: true, log_targets: &[] };
    let _ = serve(options, || -> Never {
        let caught = caught_panic();
        eprintln!("caught {caught}");
        panic!("no provider today")
    });
}

fn caught_panic() -> PanicMessage {
    let guarded = pin!(catch_panic(async { panic!("in a handler") }));
    match guarded.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Err::<(), _>(caught)) => caught,
        Poll::Ready(Ok(())) | Poll::Pending => unreachable!("the future panics at once"),
    }
}

#[test]
fn fatal_panic_is_recognisable_and_a_caught_one_is_silent() {
    let this = env::current_exe().expect("a test runs from a file");
    let output = Command::new(this)
        .args(["crashes_when_asked", "--exact", "--nocapture", "--test-threads=1"])
        .env(CHILD, "1")
        .env_remove("RUST_BACKTRACE")
        .output()
        .expect("runs");
    assert!(!output.status.success());
    let errors = String::from_utf8_lossy(&output.stderr);
    let lines: Vec<&str> = errors.lines().collect();
    let recognised: Vec<_> = lines.iter().filter(|line| line.starts_with("panic: ")).collect();
    assert_eq!(recognised, [&"panic: no provider today"], "{errors}");
    assert!(errors.contains("provider example.com/a/b, thread"), "{errors}");
    let caught = lines.iter().find(|line| line.starts_with("caught ")).expect("caught");
    assert!(caught.starts_with("caught in a handler ("), "{caught}");
    assert!(caught.contains("plugin_panic.rs:"), "{caught}");
}
