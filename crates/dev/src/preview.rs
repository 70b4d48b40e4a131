//! `cargo dev preview`: every message that the agent writes to Discord, as a page that looks as
//! there, and as the picture in the README.

use std::{
    env,
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use hinomi_tests::{Error, Result, paths, process};

use crate::{cargo, console, stop::Stop};

/// Names that Chromium has on different systems.
const BROWSERS: [&str; 4] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// The picture in the README.
const PICTURE: &str = "docs/pictures/messages.png";

/// Width of the picture in points. It is as high as its scenes.
const WIDTH: u32 = 1240;

/// What the picture shows of all that the page has.
const PICTURED: [&str; 3] = ["incident-opened", "incident-over", "anomaly"];

const LIMIT: Duration = Duration::from_mins(2);

/// Arguments of `cargo dev preview`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The page to write; `preview.html` in Cargo's target directory when left out.
    out: Option<PathBuf>,
    /// Write the picture to `docs/pictures/messages.png`, which the README shows, and not beside the page.
    #[arg(long)]
    picture: bool,
    /// Open the page in the browser.
    #[arg(long)]
    open: bool,
}

/// Writes the page, and the picture when a Chromium is installed.
pub(crate) fn run(arguments: &Arguments, stop: &Stop) -> Result<bool> {
    let page = arguments.out.clone().unwrap_or_else(|| paths::target().join("preview.html"));
    let page = std::path::absolute(&page).map_err(Error::io("find the page's folder"))?;
    if let Some(folder) = page.parent() {
        fs::create_dir_all(folder).map_err(Error::io(format!("make {}", folder.display())))?;
    }
    write_page(&page, &[] as &[&str])?;
    stop.check()?;
    console::line(format_args!("page     {}", page.display()));
    match browser() {
        Some(browser) => {
            let mut picture = paths::repository().join(PICTURE);
            let folder = tempfile::tempdir().map_err(Error::io("make a temporary folder"))?;
            let pictured = folder.path().join("pictured.html");
            write_page(&pictured, &PICTURED)?;
            stop.check()?;
            let height = height(&browser, &pictured, WIDTH)?;
            let taken = folder.path().join("messages.png");
            photograph(&browser, &pictured, &taken, (WIDTH, height))?;
            let told = if arguments.picture {
                fs::copy(&taken, &picture)
                    .map_err(Error::io(format!("write {}", picture.display())))?;
                "the README's, which the repository keeps"
            } else {
                let beside = page.with_extension("png");
                fs::copy(&taken, &beside)
                    .map_err(Error::io(format!("write {}", beside.display())))?;
                picture = beside;
                "`--picture` writes the README's"
            };
            console::line(format_args!("picture  {} ({told})", picture.display()));
        }
        None => console::line("no picture: there is no Chromium in the PATH"),
    }
    if arguments.open {
        open(&page)?;
    }
    Ok(true)
}

/// Writes a page of these scenes, or of all, or of what other arguments of the example name.
pub(crate) fn write_page(page: &Path, chosen: &[impl AsRef<OsStr>]) -> Result<()> {
    let arguments = ["run", "--locked", "--package", "hinomi-agent", "--example", "preview", "--"];
    let mut command = cargo::command(&arguments, console::is_terminal());
    command.arg(page).args(chosen);
    let captured = cargo::run(&mut command, Some(console::pass_on()))?;
    if captured.status.success() && page.is_file() {
        return Ok(());
    }
    Err(Error::unexpected("the page was not written; the messages are above"))
}

/// A Chromium in the PATH.
pub(crate) fn browser() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    BROWSERS.iter().find_map(|name| {
        folders.iter().map(|folder| folder.join(name)).find(|program| program.is_file())
    })
}

/// A picture of this width and height in points.
pub(crate) fn photograph(
    browser: &Path,
    page: &Path,
    picture: &Path,
    window: (u32, u32),
) -> Result<()> {
    let folder = picture.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(Error::io(format!("make {}", folder.display())))?;
    browse(browser, page, window, &format!("--screenshot={}", picture.display()))?;
    if picture.is_file() {
        return Ok(());
    }
    Err(Error::unexpected(format!("{} took no picture", browser.display())))
}

/// How high a page is that says so itself once it is shown in this width.
pub(crate) fn height(browser: &Path, page: &Path, width: u32) -> Result<u32> {
    let shown = browse(browser, page, (width, 800), "--dump-dom")?;
    height_in(&shown).ok_or_else(|| Error::unexpected("the page does not say how high it is"))
}

fn height_in(shown: &str) -> Option<u32> {
    let (_, rest) = shown.split_once("data-height=\"")?;
    rest.split_once('"')?.0.parse().ok()
}

/// Without a profile of the person's own, and without the network: the page needs none.
fn browse(browser: &Path, page: &Path, (width, height): (u32, u32), what: &str) -> Result<String> {
    let profile = tempfile::tempdir().map_err(Error::io("make a temporary folder"))?;
    let mut command = Command::new(browser);
    command
        .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"])
        .args(["--no-first-run", "--disable-background-networking"])
        .args(["--force-device-scale-factor=1", &format!("--window-size={width},{height}")])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(what)
        .arg(format!("file://{}", page.display()));
    let captured = process::run(&mut command, LIMIT, None)?;
    if captured.status.success() {
        return Ok(String::from_utf8_lossy(&captured.stdout).into_owned());
    }
    Err(Error::Failed {
        program: browser.display().to_string(),
        status: captured.status.to_string(),
        output: String::from_utf8_lossy(&captured.stderr).into_owned(),
    })
}

fn open(page: &Path) -> Result<()> {
    let opener = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let captured = process::run(Command::new(opener).arg(page), LIMIT, None)?;
    if captured.status.success() {
        return Ok(());
    }
    Err(Error::unexpected(format!("`{opener}` ended with {}", captured.status)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_says_how_high_it_is() {
        let page = "<html lang=\"en\" data-height=\"964\"><head></head></html>";
        assert_eq!(height_in(page), Some(964));
        assert_eq!(height_in("<html lang=\"en\">"), None);
        assert_eq!(height_in("<html data-height=\"high\">"), None);
    }
}
