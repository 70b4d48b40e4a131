//! An AWS account's number.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A twelve-digit AWS account id, for example `123456789012`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountId(String);

impl AccountId {
    /// The twelve digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What was given is not an account id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an AWS account id has exactly 12 digits: `{given}`")]
pub struct InvalidAccountId {
    given: String,
}

impl FromStr for AccountId {
    type Err = InvalidAccountId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidAccountId { given: text.to_owned() })
        }
    }
}

impl TryFrom<String> for AccountId {
    type Error = InvalidAccountId;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<AccountId> for String {
    fn from(account: AccountId) -> Self {
        account.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twelve_digits_are_an_account() {
        let account: AccountId = "012345678901".parse().unwrap();
        assert_eq!(account.as_str(), "012345678901");
        assert_eq!(account.to_string(), "012345678901");
        assert_eq!(serde_json::to_string(&account).unwrap(), "\"012345678901\"");
    }

    #[test]
    fn anything_else_is_refused_with_what_was_given() {
        for given in
            ["", "12345678901", "1234567890123", "12345678901a", "1234-5678-901", "１２３４"]
        {
            let error = given.parse::<AccountId>().unwrap_err();
            assert!(error.to_string().ends_with(&format!("`{given}`")), "{error}");
            let read = serde_json::from_str::<AccountId>(&format!("\"{given}\""));
            assert!(read.unwrap_err().to_string().contains("exactly 12 digits"));
        }
    }
}
