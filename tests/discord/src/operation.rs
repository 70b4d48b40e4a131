//! The calls that the stand-in answers, by method and path template.

use axum::http::Method;

/// One operation of Discord's API: of webhooks, and of the messages in a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Operation {
    /// `POST /channels/{channel_id}/webhooks`.
    CreateWebhook,
    /// `GET /channels/{channel_id}/webhooks`.
    ListChannelWebhooks,
    /// `GET /webhooks/{webhook_id}`.
    ReadWebhook,
    /// `PATCH /webhooks/{webhook_id}`.
    ModifyWebhook,
    /// `DELETE /webhooks/{webhook_id}`.
    DeleteWebhook,
    /// `GET /webhooks/{webhook_id}/{webhook_token}`.
    ReadWebhookWithToken,
    /// `PATCH /webhooks/{webhook_id}/{webhook_token}`.
    ModifyWebhookWithToken,
    /// `DELETE /webhooks/{webhook_id}/{webhook_token}`.
    DeleteWebhookWithToken,
    /// `GET /channels/{channel_id}/messages`.
    ListMessages,
    /// `POST /webhooks/{webhook_id}/{webhook_token}`.
    Execute,
    /// `GET /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}`.
    ReadMessage,
    /// `PATCH /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}`.
    EditMessage,
    /// `DELETE /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}`.
    DeleteMessage,
}

/// The parts of a path that are not fixed.
#[derive(Clone, Default)]
pub(crate) struct Ids {
    /// Channel or webhook: the major parameter of Discord's rate limits.
    pub(crate) major: String,
    /// The webhook's token; empty when the path has none.
    pub(crate) token: String,
    /// The message; empty when the path has none.
    pub(crate) message: String,
}

impl Operation {
    /// All operations, in the order of the documentation.
    pub const ALL: [Self; 13] = [
        Self::CreateWebhook,
        Self::ListChannelWebhooks,
        Self::ReadWebhook,
        Self::ModifyWebhook,
        Self::DeleteWebhook,
        Self::ReadWebhookWithToken,
        Self::ModifyWebhookWithToken,
        Self::DeleteWebhookWithToken,
        Self::ListMessages,
        Self::Execute,
        Self::ReadMessage,
        Self::EditMessage,
        Self::DeleteMessage,
    ];

    /// HTTP method, upper case.
    pub fn method(self) -> &'static str {
        match self {
            Self::CreateWebhook | Self::Execute => "POST",
            Self::ListChannelWebhooks
            | Self::ReadWebhook
            | Self::ReadWebhookWithToken
            | Self::ListMessages
            | Self::ReadMessage => "GET",
            Self::ModifyWebhook | Self::ModifyWebhookWithToken | Self::EditMessage => "PATCH",
            Self::DeleteWebhook | Self::DeleteWebhookWithToken | Self::DeleteMessage => "DELETE",
        }
    }

    /// Path template, spelled as in Discord's description; it holds no token.
    pub fn template(self) -> &'static str {
        match self {
            Self::CreateWebhook | Self::ListChannelWebhooks => "/channels/{channel_id}/webhooks",
            Self::ReadWebhook | Self::ModifyWebhook | Self::DeleteWebhook => {
                "/webhooks/{webhook_id}"
            }
            Self::ReadWebhookWithToken
            | Self::ModifyWebhookWithToken
            | Self::DeleteWebhookWithToken
            | Self::Execute => "/webhooks/{webhook_id}/{webhook_token}",
            Self::ListMessages => "/channels/{channel_id}/messages",
            Self::ReadMessage | Self::EditMessage | Self::DeleteMessage => {
                "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}"
            }
        }
    }

    /// Finds the operation of a request. The path starts after `/api` or `/api/v10`.
    pub(crate) fn of(method: &Method, path: &str) -> Option<(Self, Ids)> {
        let (template, ids) = match_path(path)?;
        let found = Self::ALL
            .into_iter()
            .find(|one| one.method() == method.as_str() && one.template() == template)?;
        Some((found, ids))
    }
}

fn match_path(path: &str) -> Option<(&'static str, Ids)> {
    let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    let ids = |major: &str, token: &str, message: &str| Ids {
        major: major.to_owned(),
        token: token.to_owned(),
        message: message.to_owned(),
    };
    match segments.as_slice() {
        ["channels", channel, "webhooks"] => {
            Some((Operation::CreateWebhook.template(), ids(channel, "", "")))
        }
        ["channels", channel, "messages"] => {
            Some((Operation::ListMessages.template(), ids(channel, "", "")))
        }
        ["webhooks", webhook] => Some((Operation::ReadWebhook.template(), ids(webhook, "", ""))),
        ["webhooks", webhook, token] => {
            Some((Operation::Execute.template(), ids(webhook, token, "")))
        }
        ["webhooks", webhook, token, "messages", message] => {
            Some((Operation::ReadMessage.template(), ids(webhook, token, message)))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_is_found_by_its_own_path() {
        for operation in Operation::ALL {
            let method = Method::from_bytes(operation.method().as_bytes()).expect("a method");
            let path = operation.template().replace(['{', '}'], "");
            let (found, _) = Operation::of(&method, &path).expect("the path is known");
            assert_eq!(found, operation);
        }
        assert!(Operation::of(&Method::PUT, "/webhooks/1").is_none());
        assert!(Operation::of(&Method::GET, "/users/@me").is_none());
    }
}
