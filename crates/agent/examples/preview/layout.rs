//! Messages as Discord lays them out, for every crate that has messages to look at.

use contract::relay::Language;
use jiff::Timestamp;
use serde_json::Value;

use crate::markdown::{Reader, text};

const STYLE: &str = include_str!("page.css");

/// Says how high the page is, for whoever takes its picture.
pub(crate) const HEIGHT: &str = "<script>addEventListener('load',()=>{document.documentElement.dataset.height=\
                                 Math.ceil(document.querySelector('main').getBoundingClientRect().height)})</script>";

/// A page of its own around what it shows.
pub(crate) fn whole(title: &str, shown: &str) -> String {
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>{title}</title>\
         <style>{STYLE}</style><main>{shown}</main></html>\n"
    )
}

/// A message as it is shown.
pub(crate) struct Shown<'a> {
    /// Who is said to have sent it.
    pub(crate) name: &'a str,
    /// When.
    pub(crate) at: Timestamp,
    /// Whether it was edited since.
    pub(crate) is_edited: bool,
    /// Whether it calls who looks at it.
    pub(crate) is_ping: bool,
    /// `content` and `embeds` as they were sent.
    pub(crate) sent: &'a Value,
    /// The picture of an embed, as HTML.
    pub(crate) picture: &'a dyn Fn(&Value) -> Option<String>,
}

/// A message for a reader.
pub(crate) fn article(shown: &Shown<'_>, reader: &Reader) -> String {
    let content = shown.sent["content"].as_str().unwrap_or_default();
    let embeds = shown.sent["embeds"].as_array().into_iter().flatten();
    let embeds = embeds.map(|one| embed(one, (shown.picture)(one), reader));
    let (tag, edited) = match reader.language {
        Language::English => ("APP", "(edited)"),
        Language::Japanese => ("アプリ", "(編集済)"),
    };
    format!(
        "<article class=\"message{}\"><div class=avatar>火</div><div class=body>\
         <header><b>{}</b><span class=tag>✓ {tag}</span><time>{}</time></header>\
         <div class=content>{}</div>{}{}</div></article>",
        if shown.is_ping { " ping" } else { "" },
        text(shown.name),
        reader.clock(shown.at),
        reader.html(content),
        embeds.collect::<String>(),
        if shown.is_edited { ["<small>", edited, "</small>"].concat() } else { String::new() }
    )
}

fn embed(embed: &Value, picture: Option<String>, reader: &Reader) -> String {
    let of = |key: &str| embed[key].as_str().unwrap_or_default();
    let title = reader.html(of("title"));
    let title = match embed["url"].as_str() {
        Some(address) => format!("<a href=\"{}\">{title}</a>", text(address)),
        None => title,
    };
    let color = embed["color"].as_u64().unwrap_or_default();
    let footer = embed["footer"]["text"].as_str().unwrap_or_default();
    format!(
        "<div class=embed style=\"border-color:#{color:06x}\"><div class=title>{title}</div>\
         <div class=description>{}</div>{}{}<footer>{}</footer></div>",
        reader.html(of("description")),
        fields(&embed["fields"], reader),
        picture.unwrap_or_default(),
        text(footer)
    )
}

/// Fields that may stand beside others do so in rows of three.
fn fields(fields: &Value, reader: &Reader) -> String {
    let fields: Vec<&Value> = fields.as_array().into_iter().flatten().collect();
    let mut shown = String::new();
    let runs = fields.chunk_by(|one, next| one["inline"] == true && next["inline"] == true);
    for row in runs.flat_map(|run| run.chunks(3)) {
        let cells = row.iter().map(|field| {
            let of = |key: &str| reader.html(field[key].as_str().unwrap_or_default());
            format!("<div><h4>{}</h4><p>{}</p></div>", of("name"), of("value"))
        });
        let cells: String = cells.collect();
        let cells = format!("<div class=fields style=\"--cells:{}\">{cells}</div>", row.len());
        shown.push_str(&cells);
    }
    shown
}
