//! Values that must never be shown.

use std::fmt;

use serde::Deserialize;

/// A value that is kept out of logs, messages, plans and state.
///
/// It cannot be displayed or serialised, and its `Debug` shows a fixed word, so that a struct that holds one may still
/// derive `Debug`. The one way to the value is [`Secret::expose`], which is easy to search for.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Secret<T>(T);

impl<T> Secret<T> {
    /// Wraps a value.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, for the one place that sends it to whom it belongs.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T> fmt::Debug for Secret<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("(secret)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_nothing_of_the_value() {
        let held = Some(Secret::new("do-not-show".to_owned()));
        assert_eq!(format!("{held:?}"), "Some((secret))");
        assert_eq!(held.map(|secret| secret.expose().len()), Some(11));
    }
}
