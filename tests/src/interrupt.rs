//! Ctrl-C and SIGTERM for a program that has others running in process groups of their own.

use std::{
    io,
    sync::{Mutex, PoisonError},
    thread,
};

use tokio::signal::unix::{SignalKind, signal};

use crate::{Error, Result, process};

static WATCHED: Mutex<bool> = Mutex::new(false);

/// Calls `then` with 1, 2, … at each SIGINT or SIGTERM. The first caller in a process decides;
/// later calls change nothing.
///
/// Programs that are started after this take SIGINT as usual, even when this process was started
/// with it ignored, as shells start background jobs: a handler is not inherited, ignoring is.
pub fn watch(then: impl Fn(u32) + Send + 'static) -> Result<()> {
    // Held until the handlers are in place: whoever comes second may rely on them.
    let mut watched = WATCHED.lock().unwrap_or_else(PoisonError::into_inner);
    if *watched {
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Error::io("watch for Ctrl-C"))?;
    let (interrupts, terminations) = {
        let _inside = runtime.enter();
        let both = || -> io::Result<_> {
            Ok((signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?))
        };
        both().map_err(Error::io("watch for Ctrl-C"))?
    };
    *watched = true;
    thread::spawn(move || {
        runtime.block_on(async move {
            let (mut interrupts, mut terminations) = (interrupts, terminations);
            let mut seen = 0;
            loop {
                tokio::select! {
                    _ = interrupts.recv() => {}
                    _ = terminations.recv() => {}
                }
                seen += 1;
                then(seen);
            }
        });
    });
    Ok(())
}

/// For a test process: an interrupt ends what it runs, then itself.
#[expect(clippy::disallowed_methods, reason = "the test runner's own `main` can't be told to end")]
pub fn end_with_children() -> Result<()> {
    watch(|_| {
        process::kill_all();
        std::process::exit(130);
    })
}
