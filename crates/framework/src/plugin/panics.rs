//! Panics: one in a handler becomes a value, any other a text that Terraform recognises.
//!
//! Terraform shows what follows a line that begins with `panic: ` as the plugin's stack trace, even
//! when logging is off. That is right for a crash and wrong for a panic that ends as a diagnostic, so
//! that the hook must know which one it sees. It runs on the thread that panics, before unwinding,
//! so that a flag of that thread, set around each poll of a guarded future, tells it.

use std::any::Any;
use std::backtrace::{Backtrace, BacktraceStatus};
use std::cell::{Cell, RefCell};
use std::fmt;
use std::future::poll_fn;
use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe, Location, PanicHookInfo};
use std::pin::pin;
use std::task::Poll;

/// Terraform shows at most this many lines after the one that begins with `panic: `.
const SHOWN_LINES: usize = 100;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// What a caught panic said and where it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct PanicMessage {
    /// The panic's own text.
    pub message: String,
    /// File and line, when the hook of [`serve`](super::serve) is installed.
    pub place: Option<String>,
}

impl fmt::Display for PanicMessage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(formatter, "{} ({place})", self.message),
            None => formatter.write_str(&self.message),
        }
    }
}

/// Runs `future` to its end; a panic in it becomes an error, and nothing is written to stderr.
///
/// The future is not polled again after a panic. What it shares with others must bear being left in
/// the middle, which locks of this workspace do: a poisoned one is an error, not undefined.
/// Tasks that it spawns are not guarded.
pub async fn catch_panic<F: Future>(future: F) -> Result<F::Output, PanicMessage> {
    let mut future = pin!(future);
    poll_fn(|context| {
        let _guard = Guard::set();
        match panic::catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(context))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(output)) => Poll::Ready(Ok(output)),
            Err(payload) => Poll::Ready(Err(PanicMessage {
                message: text(payload.as_ref()),
                place: PLACE.take(),
            })),
        }
    })
    .await
}

/// Marks this thread as inside a guarded poll, until it is dropped.
struct Guard {
    outer: bool,
}

impl Guard {
    fn set() -> Self {
        Self { outer: GUARDED.replace(true) }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        GUARDED.set(self.outer);
    }
}

/// Replaces the process's panic hook, whose text Terraform doesn't recognise.
pub(crate) fn install_hook(address: &'static str) {
    panic::set_hook(Box::new(move |info| {
        if GUARDED.get() {
            PLACE.set(info.location().map(Location::to_string));
            return;
        }
        let report = report(info, address, &Backtrace::capture());
        // One write, so that another thread's log line can't come in between.
        let _ = io::stderr().lock().write_all(report.as_bytes());
    }));
}

/// The text for a panic that nobody catches.
fn report(info: &PanicHookInfo<'_>, address: &str, backtrace: &Backtrace) -> String {
    let thread = std::thread::current();
    let place = info.location().map(|place| format!(" at {place}")).unwrap_or_default();
    let mut report = format!(
        "panic: {}\n\nprovider {address}, thread {}{place}\n",
        text(info.payload()),
        thread.name().unwrap_or("unnamed"),
    );
    if backtrace.status() == BacktraceStatus::Captured {
        let lines = backtrace.to_string();
        let room = SHOWN_LINES.saturating_sub(report.lines().count());
        for line in lines.lines().take(room) {
            report.push_str(line);
            report.push('\n');
        }
    }
    report
}

fn text(payload: &(dyn Any + Send)) -> String {
    if let Some(text) = payload.downcast_ref::<&str>() {
        return (*text).to_owned();
    }
    payload.downcast_ref::<String>().cloned().unwrap_or_else(|| "(no text)".to_owned())
}

#[cfg(test)]
mod tests {
    use tokio::task::yield_now;

    use super::*;

    #[tokio::test]
    async fn value_of_a_calm_future_comes_through() {
        let caught = catch_panic(async {
            yield_now().await;
            7
        });
        assert_eq!(caught.await, Ok(7));
    }

    #[tokio::test]
    async fn panic_becomes_its_text() {
        let number = 5;
        let formatted = catch_panic(async {
            yield_now().await;
            assert!(number > 9, "number {number} is too small");
        });
        assert_eq!(formatted.await.expect_err("panics").message, "number 5 is too small");
        let plain: Result<(), _> = catch_panic(async { panic!("plain") }).await;
        assert_eq!(plain.expect_err("panics").message, "plain");
        let odd: Result<(), _> = catch_panic(async { panic::panic_any(5_u8) }).await;
        assert_eq!(odd.expect_err("panics").message, "(no text)");
    }

    #[tokio::test]
    async fn thread_is_marked_only_while_a_guarded_future_is_polled() {
        assert!(!GUARDED.get());
        let nested = catch_panic(async {
            let inner: Result<(), _> = catch_panic(async { panic!("inner") }).await;
            (inner.is_err(), GUARDED.get())
        });
        assert_eq!(nested.await, Ok((true, true)));
        assert!(!GUARDED.get());

        let mut waiting = Box::pin(catch_panic(std::future::pending::<()>()));
        poll_fn(|context| {
            assert!(waiting.as_mut().poll(context).is_pending());
            Poll::Ready(())
        })
        .await;
        assert!(!GUARDED.get(), "other futures of this thread are not guarded");
    }
}
