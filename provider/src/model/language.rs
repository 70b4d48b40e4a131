//! The language of messages.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Language of messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// English.
    En,
    /// Japanese.
    Ja,
}

impl From<Language> for contract::relay::Language {
    fn from(language: Language) -> Self {
        match language {
            Language::En => Self::English,
            Language::Ja => Self::Japanese,
        }
    }
}

impl From<contract::relay::Language> for Language {
    fn from(language: contract::relay::Language) -> Self {
        match language {
            contract::relay::Language::English => Self::En,
            contract::relay::Language::Japanese => Self::Ja,
        }
    }
}
