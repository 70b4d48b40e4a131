//! From a service's failure to what a user reads: what failed, on which object, what the service
//! said, what to do next.

use framework::{Error, Result};

use crate::aws;

/// A failure of a service that can be told to a user.
pub trait Doing<T> {
    /// Names what was attempted: `.doing("create", "synthetic monitor", "checkout")` reads
    /// "Unable to create synthetic monitor `checkout`".
    ///
    /// # Errors
    /// The same failure, as a diagnostic.
    fn doing(self, verb: &str, thing: &str, name: &str) -> Result<T>;

    /// Names what was attempted where no one object is meant: `.attempting("find out …")` reads
    /// "Unable to find out …".
    ///
    /// # Errors
    /// The same failure, as a diagnostic.
    fn attempting(self, what: &str) -> Result<T>;
}

fn summary(verb: &str, thing: &str, name: &str) -> String {
    unable(&format!("{verb} {thing} `{name}`"))
}

fn unable(what: &str) -> String {
    format!("Unable to {what}")
}

/// Begins with a capital and ends with a full stop, as the details of diagnostics do. The name of an
/// operation (`sts:AssumeRole`) stays as IAM writes it.
fn sentence(fragment: &str) -> String {
    let is_operation = |word: &str| word.trim_end_matches(':').contains(':');
    if fragment.split(' ').next().is_some_and(is_operation) {
        return ended(fragment.to_owned());
    }
    let mut characters = fragment.chars();
    let first: String =
        characters.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    let text = format!("{first}{}", characters.as_str());
    ended(text)
}

fn ended(text: String) -> String {
    if text.ends_with(['.', '!', '?']) { text } else { format!("{text}.") }
}

impl<T> Doing<T> for Result<T, aws::Failure> {
    fn doing(self, verb: &str, thing: &str, name: &str) -> Result<T> {
        self.map_err(|failure| aws_error(&failure, verb, thing, name))
    }

    fn attempting(self, what: &str) -> Result<T> {
        self.map_err(|failure| attempted(&failure, what))
    }
}

impl<T> Doing<T> for Result<T, discord::Failure> {
    fn doing(self, verb: &str, thing: &str, name: &str) -> Result<T> {
        self.map_err(|failure| discord_error(&failure, verb, thing, name))
    }

    fn attempting(self, what: &str) -> Result<T> {
        self.map_err(|failure| {
            told(unable(what), &failure.to_string(), failure.hint().map(str::to_owned))
        })
    }
}

/// The diagnostic of a failed AWS call.
pub fn aws_error(failure: &aws::Failure, verb: &str, thing: &str, name: &str) -> Error {
    told(summary(verb, thing, name), &failure.to_string(), failure.hint())
}

/// The diagnostic of AWS calls that failed together, where no one object is meant.
pub fn attempted(failure: &aws::Failure, what: &str) -> Error {
    told(unable(what), &failure.to_string(), failure.hint())
}

/// The diagnostic of a failed Discord call.
pub fn discord_error(failure: &discord::Failure, verb: &str, thing: &str, name: &str) -> Error {
    let hint = failure.hint().map(str::to_owned);
    told(summary(verb, thing, name), &failure.to_string(), hint)
}

fn told(summary: String, failure: &str, hint: Option<String>) -> Error {
    let error = Error::new(summary, sentence(failure));
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_says_what_where_why_and_what_next() {
        let failure =
            aws::Failure::new(aws::Kind::Conflict, "the canary is running").advising("wait for it");
        let error = aws_error(&failure, "update", "synthetic monitor", "checkout");
        let diagnostic = error.diagnostic();
        assert_eq!(diagnostic.summary, "Unable to update synthetic monitor `checkout`");
        assert_eq!(diagnostic.detail, "The canary is running.\nhint: wait for it");
    }
}
