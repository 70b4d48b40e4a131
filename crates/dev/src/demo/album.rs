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

use crate::{console, preview::Pages};

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
        let column = self.column(heading, at, messages);
        self.columns.push(column);
    }

    /// Messages as they are now, as one column. Those that are new were written at this moment.
    pub(super) fn column(&mut self, heading: &str, at: Timestamp, messages: &[Message]) -> Value {
        for message in messages {
            self.see(at, message);
        }
        let messages: Vec<Value> =
            messages.iter().map(|one| entry(one, self.written[&one.id])).collect();
        json!({ "heading": heading, "at": at.to_string(), "messages": messages })
    }

    /// Writes the page of this name; returns where it is.
    pub(super) fn write(&self, pages: &Pages, name: &str) -> Result<PathBuf> {
        let folder = paths::target().join("demo");
        fs::create_dir_all(&folder).map_err(Error::io(format!("make {}", folder.display())))?;
        let page = folder.join(name).with_extension("html");
        write_columns(pages, &self.columns, &page)?;
        console::line(format_args!("page     {}", page.display()));
        Ok(page)
    }
}

/// Writes columns as a page, and beside it what it was made from.
pub(super) fn write_columns(pages: &Pages, columns: &[Value], page: &Path) -> Result<()> {
    let list = page.with_extension("json");
    fs::write(&list, Value::from(columns.to_vec()).to_string())
        .map_err(Error::io(format!("write {}", list.display())))?;
    pages.write(page, &[OsStr::new("--channel"), list.as_os_str()])
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

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::TcpStream,
    };

    use hinomi_tests::Discord;

    use super::*;

    fn send(discord: &Discord, method: &str, path: &str, body: &Value) {
        let url = discord.server().url();
        let (host, root) = url["http://".len()..].split_once('/').expect("an address");
        let body = body.to_string();
        let head = format!(
            "{method} /{root}{path} HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n",
            body.len()
        );
        let mut stream = TcpStream::connect(host).expect("open");
        stream.write_all((head + &body).as_bytes()).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        assert!(answer.starts_with("HTTP/1.1 2"), "{answer}");
    }

    #[test]
    fn an_edit_changes_a_later_column_and_not_when_it_was_written() {
        let discord = Discord::start().expect("starts");
        let webhook = discord.webhook("bell").expect("made");
        let path = format!("/webhooks/{}/{}", webhook.id, webhook.token);
        let [first, second] = [100, 200].map(|at| Timestamp::from_second(at).expect("a time"));
        let mut album = Album::default();

        send(&discord, "POST", &path, &json!({ "content": "down" }));
        let posted = discord.messages();
        album.add("before", first, &posted);
        let path = format!("{path}/messages/{}", posted[0].id);
        send(&discord, "PATCH", &path, &json!({ "content": "up" }));
        album.add("after", second, &discord.messages());

        let told = |column: usize, key: &str| album.columns[column]["messages"][0][key].clone();
        assert_eq!((told(0, "content"), told(1, "content")), (json!("down"), json!("up")));
        assert_eq!((told(0, "edited"), told(1, "edited")), (json!(false), json!(true)));
        assert_eq!(told(1, "timestamp"), json!(first.to_string()));
        assert_eq!(album.columns[1]["at"], json!(second.to_string()));
    }
}
