//! What went wrong with a call, once for all calls.

use std::fmt;
use std::time::Duration;

use thiserror::Error;

/// Discord's code for a message that does not exist.
const UNKNOWN_MESSAGE: u32 = 10008;
/// Discord's code for a webhook that does not exist.
const UNKNOWN_WEBHOOK: u32 = 10015;
/// Discord's code for a webhook's token that is not the webhook's.
const INVALID_WEBHOOK_TOKEN: u32 = 50027;

/// A failed call. Its text reads after "failed to …:" and never holds a token or a webhook's URL.
#[derive(Clone, Debug, Error)]
#[error("{message}")]
pub struct Failure {
    kind: FailureKind,
    status: Option<u16>,
    code: Option<u32>,
    message: String,
}

/// What a failure means to the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FailureKind {
    /// 404. Only [`Failure::is_unknown_webhook`] is proof that a webhook is gone.
    NotFound {
        /// Discord's code: 10003 channel, 10004 guild, 10015 webhook; 0 when it gave none.
        code: u32,
    },
    /// The token, of bot or webhook, is missing or not valid.
    Unauthorized,
    /// The bot may not do this here; most often `MANAGE_WEBHOOKS` is missing (50013).
    Forbidden,
    /// The request is wrong; sending it again changes nothing.
    Invalid {
        /// What is wrong with which field; empty when Discord named none.
        fields: Vec<FieldProblem>,
    },
    /// Discord asks to wait, for longer than the caller allows or more often than the client goes along with.
    RateLimited {
        /// How long Discord asked to wait.
        retry_after: Duration,
    },
    /// The channel (30007, 15 webhooks) or the guild (30058, 1000 webhooks) is full.
    Quota,
    /// No connection, no answer in time, or 5xx, after the repeats that are allowed.
    Unavailable,
    /// A webhook or a message may have been made, but no answer tells. It is not asked for again, since that could make a
    /// second one: look for it with [`Client::list_channel_webhooks`](super::Client::list_channel_webhooks) or
    /// [`Client::channel_messages`](super::Client::channel_messages).
    Ambiguous,
    /// The caller's cancellation token was triggered.
    Cancelled,
    /// The answer is not one that Discord's documentation describes: it may be of a proxy between.
    Protocol,
}

/// One thing that Discord finds wrong with one field (code 50035).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldProblem {
    /// The field's path in the request, dotted; empty for the request as a whole.
    pub path: String,
    /// Discord's code for it, such as `BASE_TYPE_BAD_LENGTH`.
    pub code: String,
    /// Discord's words.
    pub message: String,
}

impl Failure {
    /// What it means.
    pub fn kind(&self) -> &FailureKind {
        &self.kind
    }

    /// The HTTP status, if there was an answer.
    pub fn status(&self) -> Option<u16> {
        self.status
    }

    /// Discord's own code, if the answer had one.
    pub fn code(&self) -> Option<u32> {
        self.code
    }

    /// The text, as `Display` shows it.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Whether the webhook is truly gone: 404 with code 10015. Any other 404 may come from a proxy or a wrong base URL.
    pub fn is_unknown_webhook(&self) -> bool {
        self.kind == FailureKind::NotFound { code: UNKNOWN_WEBHOOK }
    }

    /// Whether a webhook's URL is of no use any more: the webhook is gone, or its token is another.
    pub fn is_dead_webhook(&self) -> bool {
        let token = self.kind == FailureKind::Unauthorized;
        self.is_unknown_webhook() || (token && self.code == Some(INVALID_WEBHOOK_TOKEN))
    }

    /// Whether the message is truly gone, as when somebody deleted it.
    pub fn is_unknown_message(&self) -> bool {
        self.kind == FailureKind::NotFound { code: UNKNOWN_MESSAGE }
    }

    /// What a person can do about it, as a phrase that reads after "hint:".
    pub fn hint(&self) -> Option<&'static str> {
        match (&self.kind, self.code) {
            (FailureKind::Forbidden, Some(50001)) => {
                Some("invite the bot to the channel's server, and let it see the channel")
            }
            (FailureKind::Forbidden, _) => {
                Some("give the bot the permission Manage Webhooks in the channel")
            }
            (FailureKind::Unauthorized, Some(50027)) => {
                Some("the webhook's token is not the one that Discord has; read its URL again")
            }
            (FailureKind::Unauthorized, _) => Some(
                "check the bot's token; resetting it in Discord's developer portal makes a new one",
            ),
            (FailureKind::NotFound { code: 10003 }, _) => {
                Some("check the channel's id, and that the bot can see the channel")
            }
            (FailureKind::Quota, _) => Some("delete a webhook that nobody needs any more"),
            (FailureKind::RateLimited { .. }, _) => {
                Some("try again later; a refused request changes nothing")
            }
            (FailureKind::Ambiguous, _) => {
                Some("look at the channel's webhooks for one that nothing uses")
            }
            (
                FailureKind::NotFound { .. }
                | FailureKind::Invalid { .. }
                | FailureKind::Unavailable
                | FailureKind::Cancelled
                | FailureKind::Protocol,
                _,
            ) => None,
        }
    }

    /// A failure without an answer.
    pub(super) fn local(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, status: None, code: None, message: message.into() }
    }

    /// A failure that an answer tells of.
    pub(super) fn answered(
        kind: FailureKind,
        status: u16,
        code: Option<u32>,
        message: impl Into<String>,
    ) -> Self {
        Self { kind, status: Some(status), code, message: message.into() }
    }

    pub(super) fn cancelled() -> Self {
        Self::local(FailureKind::Cancelled, "the operation was cancelled")
    }

    /// The same, of a call that may have made something.
    pub(super) fn into_ambiguous(self) -> Self {
        let message = format!("it may have been made, but no answer tells: {self}");
        Self { kind: FailureKind::Ambiguous, message, ..self }
    }
}

impl fmt::Display for FieldProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, message, .. } = self;
        if path.is_empty() {
            formatter.write_str(message)
        } else {
            write!(formatter, "`{path}`: {message}")
        }
    }
}
