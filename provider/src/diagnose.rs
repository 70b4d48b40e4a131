//! From a service's failure to what a user reads: what failed, on which object, what the service
//! said, what to do next.

use framework::{Error, Result};

use crate::{aws, discord};

/// A failure of a service that can be told to a user.
pub trait Doing<T> {
    /// Names what was attempted: `.doing("create", "synthetic monitor", "checkout")` reads
    /// "Unable to create synthetic monitor `checkout`".
    ///
    /// # Errors
    /// The same failure, as a diagnostic.
    fn doing(self, verb: &str, thing: &str, name: &str) -> Result<T>;
}

fn summary(verb: &str, thing: &str, name: &str) -> String {
    format!("Unable to {verb} {thing} `{name}`")
}

/// Begins with a capital and ends with a full stop, as the details of diagnostics do.
fn sentence(fragment: &str) -> String {
    let mut characters = fragment.chars();
    let first: String =
        characters.next().map(|first| first.to_uppercase().collect()).unwrap_or_default();
    let text = format!("{first}{}", characters.as_str());
    if text.ends_with(['.', '!', '?']) { text } else { format!("{text}.") }
}

impl<T> Doing<T> for Result<T, aws::Failure> {
    fn doing(self, verb: &str, thing: &str, name: &str) -> Result<T> {
        self.map_err(|failure| aws_error(&failure, verb, thing, name))
    }
}

impl<T> Doing<T> for Result<T, discord::Failure> {
    fn doing(self, verb: &str, thing: &str, name: &str) -> Result<T> {
        self.map_err(|failure| discord_error(&failure, verb, thing, name))
    }
}

/// The diagnostic of a failed AWS call.
pub fn aws_error(failure: &aws::Failure, verb: &str, thing: &str, name: &str) -> Error {
    let error = Error::new(summary(verb, thing, name), sentence(&failure.to_string()));
    match failure.hint() {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

/// The diagnostic of a failed Discord call.
pub fn discord_error(failure: &discord::Failure, verb: &str, thing: &str, name: &str) -> Error {
    let error = Error::new(summary(verb, thing, name), sentence(&failure.to_string()));
    match failure.hint() {
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
