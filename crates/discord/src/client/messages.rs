//! Calls on messages: a webhook writes and edits them, a bot reads a channel's last ones.
//!
//! Source: Discord's developer documentation, "Webhook Resource" (Execute Webhook, Edit Webhook
//! Message), "Message Resource" (Get Channel Messages) and "API Reference", "Uploading Files".

use hyper::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Client, Content, Outgoing, decode, json, of_channel, with_token};
use crate::failure::{Failure, FailureKind};
use crate::message::File;
use crate::send::Bounds;
use crate::snowflake::Snowflake;
use crate::webhook_url::WebhookUrl;

/// Most files of one message.
const MOST_FILES: usize = 10;
/// Most messages that one call reads.
const MOST_MESSAGES: u8 = 100;

/// A message that a webhook wrote, as Discord answers it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Posted {
    /// Its id.
    pub id: Snowflake,
    /// The channel, or thread, that it is in.
    pub channel_id: Snowflake,
}

/// A message that a bot read, with no more of it than tells which one it is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Seen {
    /// Its id.
    pub id: Snowflake,
    /// The webhook that wrote it, if one did.
    #[serde(default)]
    pub webhook_id: Option<Snowflake>,
    /// Its text.
    #[serde(default)]
    pub content: String,
    /// Its embeds.
    #[serde(default)]
    pub embeds: Vec<SeenEmbed>,
}

/// An embed of a message that a bot read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct SeenEmbed {
    /// Its footer.
    #[serde(default)]
    pub footer: Option<SeenFooter>,
}

/// The footer of an embed that a bot read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct SeenFooter {
    /// Its text.
    #[serde(default)]
    pub text: String,
}

impl Client {
    /// Writes a message by a webhook, and waits until Discord has kept it (`wait=true`): only then the answer tells its id.
    ///
    /// It is not asked for twice when an answer is lost or a 5xx: a second message could be the result. That is
    /// [`FailureKind::Ambiguous`]. A 429 says that nothing was written, and is waited out within the bounds.
    ///
    /// Of more than ten files, which have different names, the first ten go with it.
    pub async fn execute<'file, M: Serialize + Sync>(
        &self,
        url: &WebhookUrl,
        thread: Option<&Snowflake>,
        message: &M,
        files: impl IntoIterator<Item = &'file File>,
        bounds: &Bounds,
    ) -> Result<Posted, Failure> {
        let route = "POST /webhooks/{webhook_id}/{webhook_token}";
        let mut outgoing = with_token(Method::POST, route, &url.id, &url.token)?;
        outgoing.path.push_str("?wait=true");
        if let Some(thread) = thread {
            outgoing.path.push_str("&thread_id=");
            outgoing.path.push_str(thread.as_str());
        }
        outgoing.body = Some(content(message, files)?);
        let answer = self.send(&outgoing, false, bounds).await?;
        decode(&answer).map_err(Failure::into_ambiguous)
    }

    /// Replaces what a message that this webhook wrote says: sent twice, it has the effect of once. What is left out of the
    /// message stays; new files replace all old ones. A message that was deleted is a [`Failure::is_unknown_message`].
    pub async fn edit_message<'file, M: Serialize + Sync>(
        &self,
        url: &WebhookUrl,
        thread: Option<&Snowflake>,
        id: &Snowflake,
        message: &M,
        files: impl IntoIterator<Item = &'file File>,
        bounds: &Bounds,
    ) -> Result<(), Failure> {
        let route = "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}";
        let outgoing = with_token(Method::PATCH, route, &url.id, &url.token)?;
        let mut path = format!("{}/messages/{id}", outgoing.path);
        if let Some(thread) = thread {
            path.push_str("?thread_id=");
            path.push_str(thread.as_str());
        }
        let body = Some(content(message, files)?);
        self.send(&Outgoing { path, body, ..outgoing }, true, bounds).await.map(drop)
    }

    /// Reads messages of a channel or thread as the bot, newest first, 100 at most: the first ones after a message, or the last
    /// ones of all. The bot needs `VIEW_CHANNEL`. Without `READ_MESSAGE_HISTORY` there are none, and without the intent for
    /// messages' content, which an application has to ask Discord for, others' messages come without text and embeds.
    pub async fn channel_messages(
        &self,
        channel: &Snowflake,
        after: Option<&Snowflake>,
        most: u8,
        bounds: &Bounds,
    ) -> Result<Vec<Seen>, Failure> {
        let route = "GET /channels/{channel_id}/messages";
        let after = after.map(|id| format!("&after={id}")).unwrap_or_default();
        let most = most.clamp(1, MOST_MESSAGES);
        let path = format!("/channels/{channel}/messages?limit={most}{after}");
        let outgoing = Outgoing { path, ..of_channel(Method::GET, route, channel) };
        decode(&self.send(&outgoing, true, bounds).await?)
    }
}

fn content<'file, M: Serialize>(
    message: &M,
    files: impl IntoIterator<Item = &'file File>,
) -> Result<Content, Failure> {
    let files: Vec<&File> = files.into_iter().take(MOST_FILES).collect();
    if files.is_empty() {
        return json(message);
    }
    let mut payload = serde_json::to_value(message).map_err(|_| unwritable())?;
    let named = files.iter().enumerate().map(|(number, file)| {
        json!({
            "id": number.to_string(), "filename": file.name(), "description": file.alternative()
        })
    });
    // Naming these drops what an edited message had before.
    payload["attachments"] = named.collect();
    Ok(multipart(&payload, &files))
}

/// A form of the message, `payload_json`, and its files, `files[0]` and so on.
fn multipart(payload: &Value, files: &[&File]) -> Content {
    let payload = payload.to_string();
    let digest = Sha256::new().chain_update(&payload);
    let digest = files.iter().fold(digest, |digest, file| digest.chain_update(file.bytes()));
    let digest = digest.finalize();
    // No content holds its own digest.
    let boundary =
        digest[..16].iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    let mut form = Vec::new();
    let mut add = |disposition: &str, kind: &str, bytes: &[u8]| {
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; {disposition}\r\n\
             Content-Type: {kind}\r\n\r\n"
        );
        form.extend_from_slice(head.as_bytes());
        form.extend_from_slice(bytes);
        form.extend_from_slice(b"\r\n");
    };
    add("name=\"payload_json\"", "application/json", payload.as_bytes());
    for (number, file) in files.iter().enumerate() {
        let disposition = format!("name=\"files[{number}]\"; filename=\"{}\"", file.name());
        add(&disposition, file.content_type(), file.bytes());
    }
    form.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    Content { kind: format!("multipart/form-data; boundary={boundary}"), bytes: form.into() }
}

fn unwritable() -> Failure {
    let kind = FailureKind::Invalid { fields: Vec::new() };
    Failure::local(kind, "the message can't be written as JSON")
}
