//! Writes every message, in English and Japanese, as one page that looks as in Discord.
//!
//! `cargo run -p hinomi-agent --example preview -- page.html [scene …]`: with names of scenes, the
//! page has only these, and no headings.
//!
//! `… -- page.html --channel messages.json` writes a channel's messages from a file instead.

mod channel;
mod chart;
mod layout;
mod markdown;
mod page;

#[expect(dead_code, reason = "the snapshots' test needs more of it")]
#[path = "../../tests/scenes/mod.rs"]
mod scenes;

use std::error::Error;

use contract::relay::Language;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let path =
        arguments.next().ok_or("usage: preview PAGE.html [SCENE … | --channel MESSAGES.json]")?;
    let chosen: Vec<String> = arguments.collect();
    if let [option, file] = chosen.as_slice()
        && option == "--channel"
    {
        std::fs::write(path, channel::write(&std::fs::read_to_string(file)?)?)?;
        return Ok(());
    }
    let is_chosen = |name: &str| chosen.is_empty() || chosen.iter().any(|one| one == name);
    let columns = [Language::English, Language::Japanese].map(|language| {
        let mut scenes = scenes::scenes(language);
        scenes.retain(|scene| is_chosen(&scene.name));
        // Those that were named come in their order.
        scenes.sort_by_key(|scene| chosen.iter().position(|one| *one == scene.name));
        (language, scenes)
    });
    std::fs::write(path, page::write(&columns, chosen.is_empty()))?;
    Ok(())
}
