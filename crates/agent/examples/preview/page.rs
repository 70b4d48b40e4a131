//! The page of all scenes, in both languages.

use contract::relay::Language;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::chart;
use crate::layout::{HEIGHT, Shown, article, whole};
use crate::markdown::{Reader, text};
use crate::scenes::{Scene, Told};

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
    whole("Hinomi’s messages", &[heading, &rows, HEIGHT].concat())
}

fn message(told: &Told, now: Timestamp, language: Language) -> String {
    let zone = TimeZone::get("Asia/Tokyo").unwrap_or(TimeZone::UTC);
    let picture = |embed: &Value| {
        let title = embed["title"].as_str().unwrap_or_default();
        embed["image"]["url"].as_str().map(|_| chart::svg(title.starts_with("🟢")))
    };
    // What a message is marked by is who it called when it was posted.
    let content = told.payload["content"].as_str().unwrap_or_default();
    let shown = Shown {
        name: "Hinomi",
        at: told.at,
        is_edited: told.is_edit,
        is_ping: content.contains("<@") || content.contains("@everyone"),
        sent: &told.payload,
        picture: &picture,
    };
    article(&shown, &Reader { language, now, zone })
}
