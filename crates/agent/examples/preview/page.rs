//! The page: messages as Discord lays them out.

use contract::relay::Language;
use discord::message::Message;
use jiff::Timestamp;
use serde_json::Value;

use crate::chart;
use crate::markdown::{Reader, text};
use crate::scenes::Scene;

const STYLE: &str = include_str!("page.css");

/// The page with a column for each language.
pub(crate) fn write(columns: &[(Language, Vec<Scene>)], with_headings: bool) -> String {
    let mut rows = String::new();
    let count = columns.iter().map(|(_, scenes)| scenes.len()).max().unwrap_or_default();
    for row in 0..count {
        if let Some(scene) = columns.first().and_then(|(_, scenes)| scenes.get(row))
            && with_headings
        {
            rows += &["<h2>", &text(&scene.name), "</h2>"].concat();
        }
        rows.push_str("<div class=row>");
        for (language, scenes) in columns {
            let shown = scenes.get(row).into_iter().flat_map(|scene| {
                scene.messages.iter().map(|one| message(one, scene.at, *language))
            });
            rows += &["<section>", &shown.collect::<String>(), "</section>"].concat();
        }
        rows.push_str("</div>");
    }
    let heading = if with_headings { "<h1>Hinomi’s messages</h1>" } else { "" };
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8><title>Hinomi’s messages</title>\
         <style>{STYLE}</style><main>{heading}{rows}</main></html>\n"
    )
}

fn message(message: &Message, at: Timestamp, language: Language) -> String {
    let sent = serde_json::to_value(message).unwrap_or_default();
    let reader = Reader { language, now: at };
    let content = sent["content"].as_str().unwrap_or_default();
    let embeds = sent["embeds"].as_array().into_iter().flatten().map(|one| embed(one, &reader));
    let is_ping = !message.mentions().is_empty();
    format!(
        "<article class=\"message{}\"><div class=avatar>火</div><div class=body>\
         <header><b>Hinomi</b><span class=tag>✓ {}</span><time>{}</time></header>\
         <div class=content>{}</div>{}</div></article>",
        if is_ping { " ping" } else { "" },
        match language {
            Language::English => "APP",
            Language::Japanese => "アプリ",
        },
        reader.clock(at),
        reader.html(content),
        embeds.collect::<String>()
    )
}

fn embed(embed: &Value, reader: &Reader) -> String {
    let of = |key: &str| embed[key].as_str().unwrap_or_default();
    let title = reader.html(of("title"));
    let title = match embed["url"].as_str() {
        Some(address) => format!("<a href=\"{}\">{title}</a>", text(address)),
        None => title,
    };
    let color = embed["color"].as_u64().unwrap_or_default();
    let footer = embed["footer"]["text"].as_str().unwrap_or_default();
    let picture = embed["image"]["url"].as_str().map(|_| chart::svg(of("title").starts_with("🟢")));
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
