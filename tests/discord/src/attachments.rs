//! Files of a message: what is uploaded, what an edit keeps, and where embeds show them.
//!
//! Source: Discord's developer documentation, "API Reference", "Uploading Files", and "Webhook
//! Resource", "Edit Webhook Message".

use serde_json::{Value, json};

use crate::fields::{Fields, at};

/// Files in one message.
const MOST: usize = 10;

/// A file of a message.
#[derive(Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Snowflake.
    pub id: String,
    /// The file's name.
    pub name: String,
    /// What is in it.
    pub content: Vec<u8>,
}

impl std::fmt::Debug for Attachment {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{} ({} bytes)", self.name, self.content.len())
    }
}

/// A file of a form.
pub(crate) struct Upload {
    /// The number in `files[n]`.
    pub(crate) number: Option<u64>,
    pub(crate) name: String,
    pub(crate) content: Vec<u8>,
}

/// Where a file of a message will come from.
pub(crate) enum Source {
    Upload(usize),
    Earlier(String),
}

/// What a message's files will be: every upload, and of the earlier ones all, or those that the
/// list `attachments` names.
pub(crate) fn planned(
    fields: &mut Fields,
    body: &Value,
    uploads: &[Upload],
    earlier: &[Attachment],
) -> Vec<Source> {
    let all_uploads = (0..uploads.len()).map(Source::Upload);
    let kept = earlier.iter().map(|one| Source::Earlier(one.id.clone()));
    if at(body, "attachments").is_none() {
        return kept.chain(all_uploads).collect();
    }
    let mut planned = Vec::new();
    for (index, entry) in fields.list(body, "attachments", MOST).iter().enumerate() {
        let path = format!("attachments.{index}");
        fields.text(body, &format!("{path}.description"), 0..=1024);
        let id = match &entry["id"] {
            Value::String(id) => id.clone(),
            Value::Number(id) => id.to_string(),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => String::new(),
        };
        let upload = uploads
            .iter()
            .position(|one| one.number.map(|it| it.to_string()).as_deref() == Some(&id));
        let known = earlier.iter().any(|one| one.id == id);
        match (upload, known) {
            (Some(upload), _) => planned.push(Source::Upload(upload)),
            (None, true) => planned.push(Source::Earlier(id)),
            (None, false) => {
                let message = format!("Attachment data for `{id}` was not found");
                fields.problem(path, "ATTACHMENT_NOT_FOUND", message);
            }
        }
    }
    // An upload that the list doesn't name is added all the same.
    let unnamed = (0..uploads.len())
        .filter(|index| !planned.iter().any(|one| matches!(one, Source::Upload(it) if it == index)))
        .map(Source::Upload)
        .collect::<Vec<_>>();
    planned.into_iter().chain(unnamed).collect()
}

/// The files themselves; `new_id` makes their ids.
pub(crate) fn made(
    planned: &[Source],
    uploads: &[Upload],
    earlier: &[Attachment],
    mut new_id: impl FnMut() -> String,
) -> Vec<Attachment> {
    let files = planned.iter().filter_map(|source| match source {
        Source::Upload(index) => uploads.get(*index).map(|upload| Attachment {
            id: new_id(),
            name: upload.name.clone(),
            content: upload.content.clone(),
        }),
        Source::Earlier(id) => earlier.iter().find(|one| one.id == *id).cloned(),
    });
    files.collect()
}

/// Pictures of embeds by their files' places at Discord. One whose file is not there is dropped
/// without a word, as Discord does.
pub(crate) fn placed(embeds: &mut [Value], files: &[Attachment], channel: &str) {
    for embed in embeds.iter_mut().filter_map(Value::as_object_mut) {
        for part in ["image", "thumbnail"] {
            let Some(name) = referred(embed.get(part)) else { continue };
            match files.iter().find(|one| one.name == name) {
                Some(file) => {
                    let url = address(file, channel);
                    embed.insert(part.into(), json!({ "url": url, "proxy_url": url }));
                }
                None => drop(embed.remove(part)),
            }
        }
    }
}

/// The list of a message's attachments: those that no embed shows.
pub(crate) fn listed(files: &[Attachment], embeds: &[Value], channel: &str) -> Vec<Value> {
    let shown: Vec<&str> = embeds
        .iter()
        .flat_map(|embed| ["image", "thumbnail"].map(|part| &embed[part]["url"]))
        .filter_map(Value::as_str)
        .collect();
    let listed = files.iter().filter(|file| !shown.contains(&address(file, channel).as_str()));
    listed
        .map(|file| {
            let url = address(file, channel);
            json!({
                "id": file.id, "filename": file.name, "size": file.content.len(),
                "url": url, "proxy_url": url,
            })
        })
        .collect()
}

fn address(file: &Attachment, channel: &str) -> String {
    format!("https://cdn.example/attachments/{channel}/{}/{}", file.id, file.name)
}

fn referred(part: Option<&Value>) -> Option<String> {
    let url = part?.get("url")?.as_str()?;
    url.strip_prefix("attachment://").map(str::to_owned)
}
