//! `cargo dev preview`: every message that the agent writes to Discord, as a page that looks as
//! there, and the most important ones as a picture.

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

/// Points across a picture.
const WIDTH: u32 = 1240;

/// What the picture shows of all that the page has.
const PICTURED: [&str; 3] = ["incident-opened", "incident-over", "anomaly"];

const LIMIT: Duration = Duration::from_mins(2);

/// Arguments of `cargo dev preview`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The page to write; `preview.html` in Cargo's target directory when left out.
    out: Option<PathBuf>,
    /// The picture to write, when a Chromium is installed; `preview.png` in Cargo's target directory
    /// when left out. The README's is `docs/pictures/messages.png`.
    #[arg(long, value_name = "FILE")]
    picture: Option<PathBuf>,
    /// Open the page in the browser.
    #[arg(long)]
    open: bool,
}

/// Writes the page, and the picture when a Chromium is installed.
pub(crate) fn run(arguments: &Arguments, stop: &Stop) -> Result<bool> {
    let artist = Artist::find(arguments.picture.is_some())?;
    let page = arguments.out.clone().unwrap_or_else(|| paths::target().join("preview.html"));
    let page = std::path::absolute(&page).map_err(Error::io("find the page's folder"))?;
    if let Some(folder) = page.parent() {
        fs::create_dir_all(folder).map_err(Error::io(format!("make {}", folder.display())))?;
    }
    let pages = Pages::prepare()?;
    pages.write(&page, &[] as &[&str])?;
    stop.check()?;
    console::line(format_args!("page     {}", page.display()));
    if let Some(artist) = artist {
        let folder = tempfile::tempdir().map_err(Error::io("make a temporary folder"))?;
        let pictured = folder.path().join("pictured.html");
        pages.write(&pictured, &PICTURED)?;
        stop.check()?;
        let otherwise = paths::target().join("preview.png");
        artist.draw(&pictured, arguments.picture.as_ref().unwrap_or(&otherwise))?;
    } else {
        console::line("no picture: there is no Chromium in the PATH");
    }
    if arguments.open {
        open(&page)?;
    }
    Ok(true)
}

/// The agent's example that lays messages out as Discord does.
#[derive(Clone)]
pub(crate) struct Pages {
    program: PathBuf,
}

impl Pages {
    /// Builds it.
    pub(crate) fn prepare() -> Result<Self> {
        Ok(Self { program: cargo::build_example("preview")? })
    }

    /// Writes a page of these scenes, or of all, or of what other arguments of the example name.
    pub(crate) fn write(&self, page: &Path, chosen: &[impl AsRef<OsStr>]) -> Result<()> {
        let mut command = Command::new(&self.program);
        let captured = process::run(command.arg(page).args(chosen), LIMIT, None)?;
        if captured.status.success() && page.is_file() {
            return Ok(());
        }
        Err(Error::Failed {
            program: self.program.display().to_string(),
            status: captured.status.to_string(),
            output: String::from_utf8_lossy(&captured.stderr).into_owned(),
        })
    }
}

/// What draws a page as a picture.
pub(crate) struct Artist {
    browser: PathBuf,
}

impl Artist {
    /// A Chromium in the PATH. Without one there is no picture, which is an error only where somebody
    /// asked for it.
    pub(crate) fn find(is_asked: bool) -> Result<Option<Self>> {
        let path = env::var_os("PATH").unwrap_or_default();
        let folders: Vec<PathBuf> = env::split_paths(&path).collect();
        let found = BROWSERS.iter().find_map(|name| {
            folders.iter().map(|folder| folder.join(name)).find(|program| program.is_file())
        });
        if found.is_none() && is_asked {
            return Err(Error::unexpected("there is no Chromium in the PATH to draw with"));
        }
        Ok(found.map(|browser| Self { browser }))
    }

    /// Draws a page as high as it is, and says where the picture is.
    pub(crate) fn draw(&self, page: &Path, picture: &Path) -> Result<()> {
        let absolute = std::path::absolute(picture);
        let picture = absolute.map_err(Error::io("find the picture's folder"))?;
        let height = height(&self.browser, page)?;
        photograph(&self.browser, page, &picture, height)?;
        console::line(format_args!("picture  {}", picture.display()));
        Ok(())
    }
}

fn photograph(browser: &Path, page: &Path, picture: &Path, height: u32) -> Result<()> {
    let folder = picture.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(Error::io(format!("make {}", folder.display())))?;
    browse(browser, page, height, &format!("--screenshot={}", picture.display()))?;
    if picture.is_file() {
        return Ok(());
    }
    Err(Error::unexpected(format!("{} took no picture", browser.display())))
}

/// How high a page says that it is, once it is shown.
fn height(browser: &Path, page: &Path) -> Result<u32> {
    let shown = browse(browser, page, 800, "--dump-dom")?;
    height_in(&shown).ok_or_else(|| Error::unexpected("the page does not say how high it is"))
}

fn height_in(shown: &str) -> Option<u32> {
    let (_, rest) = shown.split_once("data-height=\"")?;
    rest.split_once('"')?.0.parse().ok()
}

/// Without a profile of the person's own, and without the network: the page needs none.
fn browse(browser: &Path, page: &Path, height: u32, what: &str) -> Result<String> {
    let profile = tempfile::tempdir().map_err(Error::io("make a temporary folder"))?;
    let mut command = Command::new(browser);
    command
        .args(["--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"])
        .args(["--no-first-run", "--disable-background-networking"])
        .args(["--force-device-scale-factor=1", &format!("--window-size={WIDTH},{height}")])
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
