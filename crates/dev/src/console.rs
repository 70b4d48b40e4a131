//! What a person sees: steps with their times, and other programs' output as it comes.

use std::{
    fmt::Display,
    io::{self, BufRead, IsTerminal, Write},
    sync::Arc,
    time::{Duration, Instant},
};

use hinomi_tests::{
    Error, Result,
    process::{Sink, Stream},
};

/// Whether a person watches.
pub(crate) fn is_terminal() -> bool {
    io::stdout().is_terminal()
}

/// Writes a line. A closed output (as `| head` leaves it) is no reason to end before
/// everything is cleaned up.
pub(crate) fn line(text: impl Display) {
    let mut out = io::stdout().lock();
    let _ = writeln!(out, "{text}").and_then(|()| out.flush());
}

/// Writes a heading with an empty line before it.
pub(crate) fn heading(text: &str) {
    let rule = "─".repeat(76_usize.saturating_sub(text.chars().count()));
    line(format_args!("\n{} {}", bold(&format!("── {text}")), dim(&rule)));
}

/// Writes an error on standard error.
pub(crate) fn error(error: &Error) {
    let _ = writeln!(io::stderr().lock(), "error: {error}");
}

/// Runs a step, and says what it is before and how long it took after.
pub(crate) fn step<T>(what: &str, act: impl FnOnce() -> Result<T>) -> Result<T> {
    line(format_args!("{} {what} …", bold("▸")));
    let begun = Instant::now();
    let result = act();
    let mark = if result.is_ok() { "✓" } else { "✗" };
    line(format_args!("{} {what} ({})", bold(mark), seconds(begun.elapsed())));
    result
}

/// Passes a program's output on, unchanged.
pub(crate) fn pass_on() -> Sink {
    Arc::new(move |stream, bytes: &[u8]| {
        let _ = match stream {
            Stream::Out => write_all(io::stdout().lock(), bytes),
            Stream::Err => write_all(io::stderr().lock(), bytes),
        };
    })
}

/// Text that stands out.
pub(crate) fn bold(text: &str) -> String {
    if is_terminal() { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
}

/// Text that stands back.
pub(crate) fn dim(text: &str) -> String {
    if is_terminal() { format!("\u{1b}[2m{text}\u{1b}[0m") } else { text.to_owned() }
}

/// Reads one line of standard input; `None` at its end.
pub(crate) fn read_line() -> Option<String> {
    let mut line = String::new();
    match io::stdin().lock().read_line(&mut line) {
        Ok(length) if length > 0 => Some(line.trim().to_owned()),
        Ok(_) | Err(_) => None,
    }
}

/// Whether a person can answer.
pub(crate) fn can_answer() -> bool {
    io::stdin().is_terminal()
}

/// A time as a person says it.
pub(crate) fn seconds(time: Duration) -> String {
    let tenths = time.as_secs_f64();
    if tenths < 60.0 {
        return format!("{tenths:.1} s");
    }
    format!("{} min {} s", time.as_secs() / 60, time.as_secs() % 60)
}

fn write_all(mut to: impl Write, bytes: &[u8]) -> io::Result<()> {
    to.write_all(bytes)?;
    to.flush()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short() {
        let cases = [(0, "0.0 s"), (1_250, "1.2 s"), (59_900, "59.9 s"), (61_000, "1 min 1 s")];
        for (milliseconds, text) in cases {
            assert_eq!(seconds(Duration::from_millis(milliseconds)), text);
        }
    }
}
