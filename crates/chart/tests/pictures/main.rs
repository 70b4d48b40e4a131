//! Pictures as a reader sees them, compared pixel by pixel with those that were looked at.
//!
//! `CHART_GALLERY=<folder> cargo test -p chart --test pictures` also writes all pictures to a folder.
//! After a change that is meant, look at them there, and copy those of `golden`.

mod samples;

use std::path::{Path, PathBuf};

use samples::{Told, english, japanese};

/// All pictures by name; those with `true` are compared with `tests/golden`.
fn pictures() -> Vec<(String, bool, Vec<u8>)> {
    let mut pictures = Vec::new();
    let mut add = |name: &str, told: &Told, is_golden: bool, png: Result<Vec<u8>, chart::Error>| {
        let language = if told.is_japanese { "ja" } else { "en" };
        let png = png.expect("the samples are figures that can be drawn");
        pictures.push((format!("{name}-{language}"), is_golden, png));
    };
    for told in [&english(), &japanese()] {
        let is_japanese = told.is_japanese;
        let locale = &told.locale;
        add("accounts", told, true, chart::daily(&samples::daily(told, true), locale));
        add("purposes", told, false, chart::daily(&samples::daily(told, false), locale));
        add("event", told, is_japanese, chart::event(&samples::event(told), locale));
        add("pace", told, !is_japanese, chart::pace(&samples::pace(told, true), locale));
        let busy = chart::daily(&samples::busy(told), &samples::yen(told));
        add("busy", told, !is_japanese, busy);
        add("pace-purposes", told, false, chart::pace(&samples::pace(told, false), locale));
    }
    pictures
}

/// Width, height and pixels of a PNG.
fn decoded(png: &[u8]) -> (u32, u32, Vec<u8>) {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().expect("a PNG");
    let mut pixels = vec![0; reader.output_buffer_size().expect("it fits in memory")];
    let info = reader.next_frame(&mut pixels).expect("whole");
    (info.width, info.height, pixels)
}

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(format!("{name}.png"))
}

#[test]
fn pictures_are_those_that_were_looked_at() {
    let pictures = pictures();
    if let Some(folder) = std::env::var_os("CHART_GALLERY").map(PathBuf::from) {
        std::fs::create_dir_all(&folder).expect("a folder can be made");
        for (name, _, png) in &pictures {
            std::fs::write(folder.join(format!("{name}.png")), png).expect("a file can be written");
        }
    }
    let compared: Vec<_> = pictures.iter().filter(|(_, is_golden, _)| *is_golden).collect();
    assert_eq!(compared.len(), 5);
    for (name, _, png) in compared {
        let expected = std::fs::read(golden(name)).expect("each picture has a file");
        let (found, expected) = (decoded(png), decoded(&expected));
        assert_eq!((found.0, found.1), (expected.0, expected.1), "{name} has another size");
        let differ = found.2.iter().zip(&expected.2).filter(|(found, expected)| found != expected);
        assert_eq!(differ.count(), 0, "{name} has other pixels: see CHART_GALLERY above");
    }
}

#[test]
fn the_same_figures_give_the_same_bytes() {
    let figures = samples::daily(&japanese(), true);
    let picture = || chart::daily(&figures, &japanese().locale);
    assert_eq!(picture(), picture());
}
