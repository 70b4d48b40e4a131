//! Every scene in both languages, as it was. `HINOMI_REGENERATE=1` writes the snapshots anew.

use std::path::PathBuf;

use contract::report::Language;
use report::message::Post;
use serde_json::{Value, json};

use crate::refusal::refused;
use crate::scenes;

const LANGUAGES: [(Language, &str); 2] = [(Language::English, "en"), (Language::Japanese, "ja")];
/// Scenes whose tables are kept as well: they have every kind of row.
const TABLES: [&str; 3] = ["ordinary", "event-end", "digest-weekly"];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots")
}

struct Shown {
    post: Post,
    files: Value,
    table: Vec<u8>,
}

fn shown(world: &scenes::world::World) -> Shown {
    let known = world.known();
    let summary = report::summary::of(&world.input(&known));
    let post = report::message::of(&summary, &world.settings);
    let files = post.files.iter().map(|file| {
        json!({
            "name": file.name(), "type": file.content_type(), "alternative": file.alternative(),
        })
    });
    let table = post.files.last().expect("the table is always there").bytes().to_vec();
    Shown { files: files.collect(), table, post }
}

#[test]
fn every_report_is_as_it_was_and_discord_takes_it() {
    let mut written = Vec::new();
    for (language, code) in LANGUAGES {
        for (name, world) in scenes::scenes(language) {
            let shown = shown(&world);
            assert_eq!(refused(&shown.post, 34), None, "{name}.{code}");
            let message = json!({
                "today": world.today.to_string(), "payload": shown.post.payload(), "files": shown.files,
            });
            let message = serde_json::to_string_pretty(&message).expect("JSON") + "\n";
            written.push((format!("{name}.{code}.json"), message.into_bytes()));
            if TABLES.contains(&name) {
                written.push((format!("{name}.{code}.csv"), shown.table));
            }
        }
    }
    compare(&written);
}

fn compare(written: &[(String, Vec<u8>)]) {
    if std::env::var_os("HINOMI_REGENERATE").is_some() {
        std::fs::create_dir_all(folder()).expect("the folder can be made");
        for (name, bytes) in written {
            std::fs::write(folder().join(name), bytes).expect("the snapshot can be written");
        }
    }
    for (name, bytes) in written {
        let known = std::fs::read(folder().join(name)).unwrap_or_default();
        let text = String::from_utf8_lossy(bytes);
        assert!(known == *bytes, "{name} is not as it was:\n{text}");
    }
    for entry in std::fs::read_dir(folder()).expect("there are snapshots") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        assert!(written.iter().any(|(other, _)| *other == name), "nothing makes {name} any more");
    }
}

#[test]
fn the_same_morning_gives_the_same_bytes() {
    let (_, world) = scenes::scenes(Language::Japanese).pop().expect("there are scenes");
    let known = world.known();
    let post = || {
        let summary = report::summary::of(&world.input(&known));
        let post = report::message::of(&summary, &world.settings);
        (post.payload().to_string(), post.files)
    };
    assert_eq!(post(), post());
}
