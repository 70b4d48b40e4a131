//! Why a command ended without doing what it was asked for.

use std::fmt;
use std::io;

/// Why a command ended without doing what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Files hold something that can't be used.
    #[error("{}", list(.0))]
    Invalid(Vec<Problem>),
    /// The output can't be written.
    #[error("can't write the output: {0}")]
    Output(#[source] io::Error),
}

/// What is wrong in a file, where, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file as it was named.
    pub file: String,
    /// The line, counted from 1; none where it is the whole file.
    pub line: Option<u64>,
    /// The column's heading; none where it is the whole line.
    pub column: Option<&'static str>,
    /// What is wrong, and what to write instead.
    pub what: String,
}

impl Problem {
    /// A problem of a whole file.
    pub fn of(file: &str, what: impl fmt::Display) -> Self {
        Self { file: file.to_owned(), line: None, column: None, what: what.to_string() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.file)?;
        if let Some(line) = self.line {
            write!(formatter, ", line {line}")?;
        }
        if let Some(column) = self.column {
            write!(formatter, ", column `{column}`")?;
        }
        write!(formatter, ": {}", self.what)
    }
}

fn list(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    lines.join("\n       ")
}

/// Values, or everything that is wrong with them.
#[derive(Debug)]
pub(crate) struct Collected<T> {
    values: Vec<T>,
    problems: Vec<Problem>,
}

/// Problems of a file that are told at once. With more, the rest is likely to be the same.
const MOST_PROBLEMS: usize = 10;

impl<T> Collected<T> {
    pub(crate) const fn new() -> Self {
        Self { values: Vec::new(), problems: Vec::new() }
    }

    /// Adds a value or a problem. Says whether to go on.
    pub(crate) fn add(&mut self, value: Result<T, Problem>) -> bool {
        match value {
            Ok(value) => self.values.push(value),
            Err(problem) => self.problems.push(problem),
        }
        self.problems.len() < MOST_PROBLEMS
    }

    pub(crate) fn finish(self) -> Result<Vec<T>, Failure> {
        if self.problems.is_empty() {
            Ok(self.values)
        } else {
            Err(Failure::Invalid(self.problems))
        }
    }
}
