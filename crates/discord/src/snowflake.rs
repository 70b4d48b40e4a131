//! Discord's identifiers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// An identifier of Discord's: 17 to 20 digits, an unsigned 64-bit number, carried as text.
///
/// Source: Discord's API reference, "Snowflakes". Identifiers with 17 digits are of 2015; shorter ones were never given
/// to a channel, guild or webhook.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Snowflake(String);

/// Why a text is not an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("an id of Discord's is a number of 17 to 20 digits, such as 1310000000000000001")]
pub struct SnowflakeProblem;

impl Snowflake {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Snowflake {
    type Err = SnowflakeProblem;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.to_owned().try_into()
    }
}

impl TryFrom<String> for Snowflake {
    type Error = SnowflakeProblem;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let sized = (17..=20).contains(&text.len());
        let fits = !text.starts_with('0') && text.parse::<u64>().is_ok();
        if digits && sized && fits { Ok(Self(text)) } else { Err(SnowflakeProblem) }
    }
}

impl From<Snowflake> for String {
    fn from(id: Snowflake) -> Self {
        id.0
    }
}

impl fmt::Display for Snowflake {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_17_to_20_digits_are_ids() {
        for good in ["10000000000000000", "1310000000000000001", "18446744073709551615"] {
            assert_eq!(good.parse::<Snowflake>().map(String::from), Ok(good.to_owned()));
        }
        let bad = [
            "",
            "1000000000000000",
            "18446744073709551616",
            "01310000000000000001",
            "131000000000000000x",
            "+1310000000000000001",
            "1310000000000000001 ",
            "١٢٣٤٥٦٧٨٩",
            "../../users/@me-aaaa",
        ];
        for bad in bad {
            assert_eq!(bad.parse::<Snowflake>(), Err(SnowflakeProblem), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn every_big_number_is_an_id(number in 10_000_000_000_000_000_u64..) {
            let id: Snowflake = number.to_string().parse().expect("it has 17 to 20 digits");
            prop_assert_eq!(id.as_str(), number.to_string());
        }
    }
}
