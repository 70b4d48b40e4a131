//! The reason that Discord's audit log shows for a change.

use thiserror::Error;
use url::form_urlencoded::byte_serialize;

/// A reason for the guild's audit log: 1 to 512 characters.
///
/// Source: Discord's documentation, "Audit Logs" (`X-Audit-Log-Reason`, 1 to 512 URL-encoded UTF-8 characters).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditReason(String);

/// Why a text is not such a reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("an audit log reason has 1 to 512 characters, not {length}")]
pub struct ReasonProblem {
    /// Characters in it.
    pub length: usize,
}

impl AuditReason {
    /// Checks a reason.
    pub fn parse(text: &str) -> Result<Self, ReasonProblem> {
        let length = text.chars().count();
        if (1..=512).contains(&length) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ReasonProblem { length })
        }
    }

    /// The header's value: percent-encoded UTF-8. A space is `%20`, for a header has no form to give `+` a meaning.
    pub(super) fn encoded(&self) -> String {
        byte_serialize(self.0.as_bytes()).collect::<String>().replace('+', "%20")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_short_and_encoded() {
        let encoded = |text: &str| AuditReason::parse(text).map(|reason| reason.encoded());
        assert_eq!(encoded("PR 12 + ops"), Ok("PR%2012%20%2B%20ops".to_owned()));
        assert_eq!(encoded("火\n"), Ok("%E7%81%AB%0A".to_owned()));
        assert_eq!(encoded(""), Err(ReasonProblem { length: 0 }));
        assert!(encoded(&"火".repeat(512)).is_ok());
        assert_eq!(encoded(&"x".repeat(513)), Err(ReasonProblem { length: 513 }));
    }
}
