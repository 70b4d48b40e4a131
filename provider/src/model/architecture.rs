//! The processor of a function.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::aws::objects::agent;

/// The processor that a function runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Architecture {
    /// Intel and AMD.
    #[serde(rename = "x86_64")]
    X86,
    /// Graviton, a fifth cheaper.
    #[serde(rename = "arm64")]
    Arm,
}

impl Architecture {
    /// The one that Lambda calls so; `None` for one that the agent doesn't run on.
    pub fn named(word: &str) -> Option<Self> {
        let all = [Self::X86, Self::Arm];
        all.into_iter().find(|one| agent::Architecture::from(*one).as_str() == word)
    }
}

impl From<Architecture> for agent::Architecture {
    fn from(architecture: Architecture) -> Self {
        match architecture {
            Architecture::X86 => Self::X86,
            Architecture::Arm => Self::Arm,
        }
    }
}
