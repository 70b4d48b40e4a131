//! The reports of the tests' mornings, in both languages, as Discord shows them.
//!
//! `cargo run -p report --example mornings -- FOLDER [SCENE …]` writes `page.html`, one as wide as a phone,
//! `phone.html`, and the pictures.

#[path = "../../agent/examples/preview/layout.rs"]
mod layout;
#[path = "../../agent/examples/preview/markdown.rs"]
mod markdown;
#[path = "../tests/report/scenes/mod.rs"]
mod scenes;

use std::error::Error;
use std::path::Path;

use contract::report::Language;
use jiff::tz::TimeZone;
use serde_json::Value;

use layout::{HEIGHT, Shown, article, whole};
use markdown::{Reader, text};

/// What makes a page as wide as a phone: its messages have less room, and its letters are as large.
const PHONE: &str = "<style>main{max-width:390px;margin:0;padding:0}.row{grid-template-columns:1fr}\
                     .message{gap:12px;padding:8px 12px}</style>";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("usage: mornings FOLDER [SCENE …]")?;
    let (folder, chosen) = (Path::new(&folder), arguments.collect::<Vec<_>>());
    std::fs::create_dir_all(folder)?;
    let mut rows = String::new();
    let languages = [(Language::English, "en"), (Language::Japanese, "ja")];
    let columns = languages.map(|(language, code)| (language, code, scenes::scenes(language)));
    for (place, (name, _)) in columns[0].2.iter().enumerate() {
        if !chosen.is_empty() && !chosen.iter().any(|one| one == name) {
            continue;
        }
        rows += &["<h2>", name, "</h2><div class=row>"].concat();
        for (language, code, scenes) in &columns {
            let shown = message(folder, &format!("{name}.{code}"), &scenes[place].1, *language)?;
            rows += &["<section>", &shown, "</section>"].concat();
        }
        rows.push_str("</div>");
    }
    let page = |style: &str| whole("Hinomi’s reports", &format!("{style}{rows}{HEIGHT}"));
    std::fs::write(folder.join("page.html"), page(""))?;
    std::fs::write(folder.join("phone.html"), page(PHONE))?;
    Ok(())
}

/// A morning's message as HTML; its files are written beside the page.
fn message(
    folder: &Path,
    name: &str,
    world: &scenes::world::World,
    language: Language,
) -> Result<String, Box<dyn Error>> {
    let known = world.known();
    let summary = report::summary::of(&world.input(&known));
    let post = report::message::of(&summary, &world.settings);
    for file in &post.files {
        std::fs::write(folder.join(format!("{name}.{}", file.name())), file.bytes())?;
    }
    let picture = |embed: &Value| {
        let file = embed["image"]["url"].as_str()?.strip_prefix("attachment://")?;
        Some(format!("<img class=chart src=\"{}\">", text(&format!("{name}.{file}"))))
    };
    let zone = TimeZone::get("Asia/Tokyo")?;
    let at = zone.to_timestamp(world.today.at(9, 0, 0, 0))?;
    let sent = post.payload();
    let content = sent["content"].as_str().unwrap_or_default();
    let shown = Shown {
        name: "Hinomi",
        at,
        is_edited: false,
        is_ping: content.contains("<@"),
        sent: &sent,
        picture: &picture,
    };
    Ok(article(&shown, &Reader { language, now: at, zone }))
}
