//! A webhook, and what is sent to make or change one.

use serde::{Deserialize, Serialize, Serializer};

use super::avatar::Avatar;
use super::snowflake::Snowflake;
use contract::secret::Secret;

/// A webhook as Discord answers it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Webhook {
    /// Its id.
    pub id: Snowflake,
    /// The guild of its channel; Discord's description lets it be absent.
    pub guild_id: Option<Snowflake>,
    /// The channel that it writes to; absent for an application's own kind of webhook.
    pub channel_id: Option<Snowflake>,
    /// The name that its messages are signed with.
    pub name: String,
    /// Hash of its picture; `None` is the default picture.
    pub avatar: Option<String>,
    /// The application that made it; `None` when a person did.
    pub application_id: Option<Snowflake>,
    /// The secret to write with it; Discord leaves it out for webhooks of other applications.
    pub token: Option<Secret<String>>,
}

/// A webhook to be made. The name has passed [`validate_webhook_name`](super::validate_webhook_name).
#[derive(Clone, Debug, Serialize)]
pub struct NewWebhook {
    /// Its name.
    pub name: String,
    /// Its picture; `None` is the default picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avatar: Option<Avatar>,
}

/// What to change; what is `None` or [`AvatarChange::Keep`] stays.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Changes {
    /// A new name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// A new picture, or none.
    #[serde(skip_serializing_if = "AvatarChange::is_keep")]
    pub avatar: AvatarChange,
    /// Another channel of the same guild. Only a bot's token may move a webhook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel_id: Option<Snowflake>,
}

/// What becomes of the picture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AvatarChange {
    /// It stays.
    #[default]
    Keep,
    /// The default picture comes back.
    Clear,
    /// This one replaces it.
    Set(Avatar),
}

impl AvatarChange {
    fn is_keep(&self) -> bool {
        *self == Self::Keep
    }
}

impl Serialize for AvatarChange {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Keep | Self::Clear => serializer.serialize_none(),
            Self::Set(avatar) => avatar.serialize(serializer),
        }
    }
}
