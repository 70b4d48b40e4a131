//! A channel as it stood at several moments, from a file: what the demo shows.
//!
//! The file is a JSON list with a column for each moment: `heading`, `at` (RFC 3339), and `messages`, each with `username`,
//! `content`, `embeds`, `timestamp`, `edited`, and `attachments` with `name` and `content` in Base64.

use std::error::Error;

use contract::relay::Language;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::layout::{self, Shown};
use crate::markdown::{Reader, text};

/// The page of such a file.
pub(crate) fn write(file: &str) -> Result<String, Box<dyn Error>> {
    let file: Value = serde_json::from_str(file)?;
    let columns = file.as_array().ok_or("the file is no list")?;
    let columns = columns.iter().map(column).collect::<Result<String, _>>()?;
    Ok(layout::whole("A channel", &format!("<div class=row>{columns}</div>{}", layout::HEIGHT)))
}

fn column(column: &Value) -> Result<String, Box<dyn Error>> {
    let reader =
        Reader { language: Language::English, now: time(&column["at"])?, zone: TimeZone::UTC };
    let messages = column["messages"].as_array().ok_or("a column has no messages")?;
    let shown = messages.iter().map(|one| message(one, &reader)).collect::<Result<String, _>>()?;
    let heading = text(column["heading"].as_str().unwrap_or_default());
    Ok(format!("<section><h2>{heading}</h2>{shown}</section>"))
}

fn message(message: &Value, reader: &Reader) -> Result<String, Box<dyn Error>> {
    let content = message["content"].as_str().unwrap_or_default();
    let picture = |embed: &Value| picture(&embed["image"]["url"], &message["attachments"]);
    Ok(layout::article(
        &Shown {
            name: message["username"].as_str().unwrap_or_default(),
            at: time(&message["timestamp"])?,
            is_edited: message["edited"] == true,
            is_ping: content.contains("<@") || content.contains("@everyone"),
            sent: message,
            picture: &picture,
        },
        reader,
    ))
}

/// The attachment that an embed shows, by its name at the end of the address.
fn picture(address: &Value, attachments: &Value) -> Option<String> {
    let (_, name) = address.as_str()?.rsplit_once('/')?;
    let file = attachments.as_array()?.iter().find(|file| file["name"] == name)?;
    let content = text(file["content"].as_str()?);
    Some(format!(
        "<img class=chart alt=\"{}\" src=\"data:image/png;base64,{content}\">",
        text(name)
    ))
}

fn time(value: &Value) -> Result<Timestamp, Box<dyn Error>> {
    Ok(value.as_str().ok_or("a time is missing")?.parse()?)
}
