//! An embed: a card with a coloured edge.

use serde::Serialize;
use url::Url;

use super::file::File;
use super::limits::{
    ADDRESS, AUTHOR, DESCRIPTION, EMBED_TEXT, FIELDS, FOOTER, NAME, TITLE, VALUE, bounded,
    bounded_plain, length,
};

/// What stands for a text that there has to be, and isn't.
const NOTHING: &str = "—";

/// An embed. Its texts sum to at most 6,000 characters: what is set once there is no room is cut, or
/// left out; so what must not be lost is set first. The order of setting is not the order of show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Embed {
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    color: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<Author>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fields: Vec<Field>,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<Image>,
    #[serde(skip_serializing_if = "Option::is_none")]
    footer: Option<Footer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    timestamp: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Author {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Field {
    name: String,
    value: String,
    inline: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Image {
    url: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Footer {
    text: String,
}

impl Embed {
    /// An embed with a title in Discord's markdown; an empty one becomes a dash.
    pub fn new(title: &str) -> Self {
        let title = bounded(title, TITLE);
        Self {
            title: if title.is_empty() { NOTHING.to_owned() } else { title },
            url: None,
            description: None,
            color: None,
            author: None,
            fields: Vec::new(),
            image: None,
            footer: None,
            timestamp: None,
        }
    }

    /// Where the title leads. What is no address of http or https is left out.
    #[must_use]
    pub fn url(mut self, address: &str) -> Self {
        self.url = web_address(address);
        self
    }

    /// Sets the text under the title, in Discord's markdown.
    #[must_use]
    pub fn description(mut self, text: &str) -> Self {
        self.description = None;
        self.description = self.room(text, DESCRIPTION, bounded);
        self
    }

    /// Sets the colour of the edge: red, green, blue.
    #[must_use]
    pub fn color(mut self, color: u32) -> Self {
        self.color = Some(color & 0x00ff_ffff);
        self
    }

    /// Sets the line above the title, which is no markdown, and where it leads.
    #[must_use]
    pub fn author(mut self, name: &str, address: Option<&str>) -> Self {
        self.author = None;
        let name = self.room(name, AUTHOR, bounded_plain);
        self.author = name.map(|name| Author { name, url: address.and_then(web_address) });
        self
    }

    /// Adds a field that has a line of its own. Without a value there is none, and no more than 25.
    #[must_use]
    pub fn field(self, name: &str, value: &str) -> Self {
        self.add(name, value, false)
    }

    /// Adds a field that may stand beside others. Without a value there is none, and no more than 25.
    #[must_use]
    pub fn inline(self, name: &str, value: &str) -> Self {
        self.add(name, value, true)
    }

    /// Sets the large picture: a file that is uploaded with the message, or was with an earlier form of it.
    #[must_use]
    pub fn image(mut self, file: &File) -> Self {
        self.image = Some(Image { url: file.address() });
        self
    }

    /// Sets the last line, which is no markdown.
    #[must_use]
    pub fn footer(mut self, text: &str) -> Self {
        self.footer = None;
        self.footer = self.room(text, FOOTER, bounded_plain).map(|text| Footer { text });
        self
    }

    /// Sets the time beside the footer, in UTC as RFC 3339 writes it (`2026-11-24T03:00:00Z`), which
    /// each reader sees in their own zone. Anything else is left out.
    #[must_use]
    pub fn timestamp(mut self, text: &str) -> Self {
        self.timestamp = is_utc(text).then(|| text.to_owned());
        self
    }

    /// Length of its texts, which Discord sums over all embeds of a message.
    pub fn size(&self) -> usize {
        let fields = self.fields.iter().map(|field| length(&field.name) + length(&field.value));
        let of = |text: Option<&str>| text.map_or(0, length);
        fields.sum::<usize>()
            + length(&self.title)
            + of(self.description.as_deref())
            + of(self.footer.as_ref().map(|footer| footer.text.as_str()))
            + of(self.author.as_ref().map(|author| author.name.as_str()))
    }

    fn add(mut self, name: &str, value: &str, inline: bool) -> Self {
        let name = Some(bounded(name, NAME)).filter(|name| !name.is_empty());
        let name = name.unwrap_or_else(|| NOTHING.to_owned());
        let left = EMBED_TEXT.saturating_sub(self.size() + length(&name));
        let value = bounded(value, VALUE.min(left));
        if self.fields.len() < FIELDS && !value.is_empty() {
            self.fields.push(Field { name, value, inline });
        }
        self
    }

    /// The text as far as it fits; none when it is empty or there is no room.
    fn room(&self, text: &str, most: usize, cut: fn(&str, usize) -> String) -> Option<String> {
        let left = EMBED_TEXT.saturating_sub(self.size());
        Some(cut(text, most.min(left))).filter(|text| !text.is_empty())
    }
}

/// An address of http or https that isn't too long, in the form that a URI has.
fn web_address(address: &str) -> Option<String> {
    let url = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    let written = url.to_string();
    (length(&written) <= ADDRESS).then_some(written)
}

/// Whether it has the shape `2026-11-24T03:00:00Z`, with or without a fraction, and could be a time.
fn is_utc(text: &str) -> bool {
    let Some((day, time)) = text.strip_suffix('Z').and_then(|text| text.split_once('T')) else {
        return false;
    };
    let number = |text: &str, width: usize, low: u32, high: u32| {
        text.len() == width
            && text.bytes().all(|byte| byte.is_ascii_digit())
            && text.parse().is_ok_and(|number: u32| (low..=high).contains(&number))
    };
    let (clock, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let day: Vec<&str> = day.split('-').collect();
    let clock: Vec<&str> = clock.split(':').collect();
    let is_day = matches!(day.as_slice(), [year, month, day]
        if number(year, 4, 1970, 9999) && number(month, 2, 1, 12) && number(day, 2, 1, 31));
    let is_clock = matches!(clock.as_slice(), [hour, minute, second]
        if number(hour, 2, 0, 23) && number(minute, 2, 0, 59) && number(second, 2, 0, 59));
    let is_fraction =
        (1..=9).contains(&fraction.len()) && fraction.bytes().all(|byte| byte.is_ascii_digit());
    is_day && is_clock && is_fraction
}
