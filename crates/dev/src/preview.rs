//! `cargo dev preview`: every message that the agent writes to Discord, as a page that looks as
//! there, and as the picture in the README.

use std::{
    env, fs,
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

/// Width and height of the picture in points: as much as its scenes take.
const WINDOW: &str = "1240,1760";

/// What the picture shows of all that the page has.
const PICTURED: [&str; 3] = ["incident-opened", "incident-over", "anomaly"];

const LIMIT: Duration = Duration::from_mins(2);

/// Arguments of `cargo dev preview`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The page to write; `preview.html` in Cargo's target directory when left out.
    out: Option<PathBuf>,
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
    write_page(&page, &[])?;
    stop.check()?;
    console::line(format_args!("page     {}", page.display()));
    match browser() {
        Some(browser) => {
            let picture = paths::repository().join(PICTURE);
            let folder = tempfile::tempdir().map_err(Error::io("make a temporary folder"))?;
            let pictured = folder.path().join("pictured.html");
            write_page(&pictured, &PICTURED)?;
            stop.check()?;
            photograph(&browser, &pictured, &picture)?;
            console::line(format_args!("picture  {}", picture.display()));
        }
        None => console::line("no picture: there is no Chromium in the PATH"),
    }
    if arguments.open {
        open(&page)?;
    }
    Ok(true)
}

/// Writes a page of these scenes, or of all.
fn write_page(page: &Path, scenes: &[&str]) -> Result<()> {
    let arguments = ["run", "--locked", "--package", "hinomi-agent", "--example", "preview", "--"];
    let mut command = cargo::command(&arguments, console::is_terminal());
    command.arg(page).args(scenes);
    let captured = cargo::run(&mut command, Some(console::pass_on()))?;
    if captured.status.success() && page.is_file() {
        return Ok(());
    }
    Err(Error::unexpected("the page was not written; the messages are above"))
}

fn browser() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    let folders: Vec<PathBuf> = env::split_paths(&path).collect();
    BROWSERS.iter().find_map(|name| {
        folders.iter().map(|folder| folder.join(name)).find(|program| program.is_file())
    })
}

/// Without a profile of the person's own, and without the network: the page needs none.
fn photograph(browser: &Path, page: &Path, picture: &Path) -> Result<()> {
    let folder = picture.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(Error::io(format!("make {}", folder.display())))?;
    let profile = tempfile::tempdir().map_err(Error::io("make a temporary folder"))?;
    let mut command = Command::new(browser);
    command
        .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"])
        .args(["--no-first-run", "--disable-background-networking"])
        .args(["--force-device-scale-factor=1", &format!("--window-size={WINDOW}")])
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .arg(format!("--screenshot={}", picture.display()))
        .arg(format!("file://{}", page.display()));
    let captured = process::run(&mut command, LIMIT, None)?;
    if captured.status.success() && picture.is_file() {
        return Ok(());
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
