//! What can go wrong while a test or the demo drives other programs.

use std::{fmt, io, time::Duration};

/// Result of everything in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure, worded for the person who reads a test's output.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused something.
    #[error("unable to {doing}: {source}")]
    Io {
        /// What was attempted, as it reads after "unable to".
        doing: String,
        /// The system's answer.
        source: io::Error,
    },
    /// A program that must be installed is not, or is too old; says what to install.
    #[error("{0}")]
    Missing(String),
    /// A program ended, but not as it was asked to; holds its complete output.
    #[error("`{program}` ended with {status}:\n{output}")]
    Failed {
        /// Program and arguments.
        program: String,
        /// How it ended.
        status: String,
        /// What it wrote.
        output: String,
    },
    /// A program was ended because it took too long; holds its output until then.
    #[error("`{program}` did not end within {limit:?} and was killed:\n{output}")]
    TimedOut {
        /// Program and arguments.
        program: String,
        /// The limit that it passed.
        limit: Duration,
        /// What it wrote until then.
        output: String,
    },
    /// Something was observed that should not be so.
    #[error("{0}")]
    Unexpected(String),
}

impl Error {
    /// Wraps an [`io::Error`] with what was attempted: `.map_err(Error::io("read the marker"))`.
    pub fn io(doing: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let doing = doing.into();
        move |source| Self::Io { doing, source }
    }

    /// An observation that should not be so.
    pub fn unexpected(what: impl Into<String>) -> Self {
        Self::Unexpected(what.into())
    }
}

/// The test runner shows errors with `Debug`: a reader wants the sentence, not the structure.
impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}
