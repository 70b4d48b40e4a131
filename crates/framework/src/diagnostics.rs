//! What a provider tells its user: errors and warnings, with the place they are about.
//!
//! Two channels, never mixed: [`Diagnostics`] gather all that is wrong while a configuration is
//! validated and planned; a [`Result`] stops an operation at its first [`Error`].

use crate::path::Path;

/// Whether something stops the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The run stops.
    Error,
    /// The run goes on.
    Warning,
}

/// One message for the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether it stops the run.
    pub severity: Severity,
    /// One line, without what a service said, so that it can be searched for.
    pub summary: String,
    /// What happened, what the service said, what to do next. May be empty.
    pub detail: String,
    /// The attribute it is about; the root path means the whole resource.
    pub path: Path,
}

/// Why an operation failed: a diagnostic that is an error.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {}", .0.summary, .0.detail)]
pub struct Error(Box<Diagnostic>);

/// Result of an operation.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// An error with this summary, such as "Unable to create synthetic monitor `checkout`".
    pub fn new(summary: impl Into<String>, detail: impl Into<String>) -> Self {
        Self(Box::new(Diagnostic {
            severity: Severity::Error,
            summary: summary.into(),
            detail: detail.into(),
            path: Path::root(),
        }))
    }

    /// A fault of the provider's own, with a request to report it.
    pub fn provider_bug(problem: impl AsRef<str>) -> Self {
        Self::new(
            "The provider has a bug",
            format!(
                "{}. Nothing in your configuration is at fault; please report it with this text.",
                problem.as_ref()
            ),
        )
    }

    /// The same error, about this attribute.
    #[must_use]
    pub fn at(mut self, path: Path) -> Self {
        self.0.path = path;
        self
    }

    /// The same error with a line that says what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl AsRef<str>) -> Self {
        if !self.0.detail.is_empty() {
            self.0.detail.push('\n');
        }
        self.0.detail.push_str("hint: ");
        self.0.detail.push_str(hint.as_ref());
        self
    }

    /// The diagnostic that shows this error.
    pub fn into_diagnostic(self) -> Diagnostic {
        *self.0
    }

    /// The diagnostic that shows this error.
    pub fn diagnostic(&self) -> &Diagnostic {
        &self.0
    }
}

/// Messages gathered so far, without repetitions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// No messages.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a message, unless the same one is there.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        if !self.0.contains(&diagnostic) {
            self.0.push(diagnostic);
        }
    }

    /// Adds an error about an attribute.
    pub fn error(&mut self, path: Path, summary: impl Into<String>, detail: impl Into<String>) {
        self.push(Error::new(summary, detail).at(path).into_diagnostic());
    }

    /// Adds a warning about an attribute.
    pub fn warning(&mut self, path: Path, summary: impl Into<String>, detail: impl Into<String>) {
        self.push(Diagnostic {
            severity: Severity::Warning,
            summary: summary.into(),
            detail: detail.into(),
            path,
        });
    }

    /// Adds the error of an operation.
    pub fn fail(&mut self, error: Error) {
        self.push(error.into_diagnostic());
    }

    /// Adds all messages of another list.
    pub fn extend(&mut self, others: Self) {
        for diagnostic in others.0 {
            self.push(diagnostic);
        }
    }

    /// Whether any message is an error.
    pub fn has_errors(&self) -> bool {
        self.0.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// Whether there are no messages.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The messages in the order in which they came.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }
}

impl IntoIterator for Diagnostics {
    type Item = Diagnostic;
    type IntoIter = std::vec::IntoIter<Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl From<Error> for Diagnostics {
    fn from(error: Error) -> Self {
        Self(vec![error.into_diagnostic()])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_kept_once() {
        let mut diagnostics = Diagnostics::new();
        diagnostics.error(Path::root().attribute("name"), "Invalid name", "too long");
        diagnostics.error(Path::root().attribute("name"), "Invalid name", "too long");
        diagnostics.warning(Path::root(), "Old", "use the new one");
        assert_eq!(diagnostics.iter().count(), 2);
        assert!(diagnostics.has_errors());
    }

    #[test]
    fn a_hint_is_a_line_of_its_own() {
        let error = Error::new("Unable to read", "AWS said no").hint("ask for permission");
        assert_eq!(error.diagnostic().detail, "AWS said no\nhint: ask for permission");
    }
}
