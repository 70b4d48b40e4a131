//! The channel as a page that looks as in Discord, and as a picture.

use std::{
    collections::BTreeMap,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use hinomi_tests::{Error, Result, discord::standin::Message, paths};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{console, preview};

/// Points across the picture.
const WIDTH: u32 = 1240;

/// The channel at several moments.
#[derive(Default)]
pub(super) struct Album {
    columns: Vec<Value>,
    /// When each message was first there, by its id.
    written: BTreeMap<String, Timestamp>,
}

impl Album {
    /// Remembers when a message was written, unless it is known.
    pub(super) fn see(&mut self, at: Timestamp, message: &Message) {
        self.written.entry(message.id.clone()).or_insert(at);
    }

    /// Adds messages as they are now.
    pub(super) fn add(&mut self, heading: &str, at: Timestamp, messages: &[Message]) {
        messages.iter().for_each(|message| self.see(at, message));
        let messages: Vec<Value> =
            messages.iter().map(|one| entry(one, self.written[&one.id])).collect();
        self.columns
            .push(json!({ "heading": heading, "at": at.to_string(), "messages": messages }));
    }

    /// Writes the page, and the picture if there is a Chromium, and says where they are.
    pub(super) fn write(&self) -> Result<()> {
        let folder = paths::target().join("demo");
        fs::create_dir_all(&folder).map_err(Error::io(format!("make {}", folder.display())))?;
        let (list, page) = (folder.join("messages.json"), folder.join("discord.html"));
        fs::write(&list, Value::from(self.columns.clone()).to_string())
            .map_err(Error::io(format!("write {}", list.display())))?;
        preview::write_page(&page, &[OsStr::new("--channel"), list.as_os_str()])?;
        console::line("the channel, as it looks in Discord");
        console::line(format_args!("  page     {}", page.display()));
        match picture(&page)? {
            Some(picture) => console::line(format_args!("  picture  {}", picture.display())),
            None => console::line("  no picture: there is no Chromium in the PATH"),
        }
        Ok(())
    }
}

fn picture(page: &Path) -> Result<Option<PathBuf>> {
    let Some(browser) = preview::browser() else { return Ok(None) };
    let picture = page.with_extension("png");
    let height = preview::height(&browser, page, WIDTH)?;
    preview::photograph(&browser, page, &picture, (WIDTH, height))?;
    Ok(Some(picture))
}

fn entry(message: &Message, written: Timestamp) -> Value {
    let files = message
        .attachments
        .iter()
        .map(|file| json!({ "name": file.name, "content": STANDARD.encode(&file.content) }));
    json!({
        "username": message.username,
        "content": message.content,
        "embeds": message.embeds,
        "timestamp": written.to_string(),
        "edited": message.edits > 0,
        "attachments": files.collect::<Vec<_>>(),
    })
}
