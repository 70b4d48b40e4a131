//! Regular expressions that a check matches texts against.

use regex_lite::{Error, Regex, RegexBuilder};

/// The most memory that a compiled expression may take, in bytes. How long it takes grows with that
/// and with the text, and nothing can end it before: `(.?){80}` is near the limit, and no expression
/// that people write for a page is.
const LARGEST: usize = 16 << 10;

/// The most bytes of a text that are matched. With the largest expression that is a fraction of a
/// second on a whole processor.
pub const LONGEST_MATCHED: usize = 256 << 10;

/// Reads an expression, in the syntax of the crate `regex-lite`.
///
/// # Errors
/// When it is none, or too large.
pub fn expression(text: &str) -> Result<Regex, Error> {
    RegexBuilder::new(text).size_limit(LARGEST).build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_is_neither_broken_nor_too_large() {
        for text in ["", "^ok$", r"version \d+\.\d+", "(?i)welcome|hello", r"\w{1,64}@example\.com"]
        {
            assert!(expression(text).is_ok(), "{text}");
        }
        for text in ["(", "(.?){300}", r"(\w{1,50} ){1,20}z"] {
            assert!(expression(text).is_err(), "{text}");
        }
    }
}
