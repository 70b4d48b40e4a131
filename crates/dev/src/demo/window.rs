//! The channel as it is now, in a browser: what `--keep` leaves open.

use std::sync::{Arc, Mutex, PoisonError};

use hinomi_tests::{
    Discord, Error, Result,
    web::{Page, WebServer},
};
use jiff::Timestamp;
use serde_json::Value;
use tempfile::TempDir;

use super::album::{Album, write_columns};
use crate::{preview::Pages, scene::Scene};

/// Tells the browser to look again after so many seconds.
const AGAIN: &str = "<meta http-equiv=refresh content=3>";

/// A page that shows the channel to whoever looks, and looks again by itself.
pub(super) struct Window {
    server: WebServer,
}

impl Window {
    /// Opens it on a free port; it closes when this is dropped. The album knows when earlier messages
    /// were written.
    pub(super) fn open(scene: &Scene, pages: Pages, album: Album) -> Result<Self> {
        let view = View {
            discord: Arc::clone(&scene.discord),
            pages,
            folder: tempfile::tempdir().map_err(Error::io("make a temporary folder"))?,
            seen: Mutex::new((album, Value::Null, String::new())),
        };
        let server = WebServer::start(move |_, path| view.answer(path))?;
        Ok(Self { server })
    }

    pub(super) fn url(&self) -> String {
        self.server.url()
    }
}

struct View {
    discord: Arc<Discord>,
    pages: Pages,
    folder: TempDir,
    /// When messages were written, what was shown last, and its page.
    seen: Mutex<(Album, Value, String)>,
}

impl View {
    fn answer(&self, path: &str) -> Page {
        let (status, body) = match path {
            "/" => match self.page() {
                Ok(page) => ("200 OK", page),
                Err(error) => ("500 Internal Server Error", format!("<pre>{error}</pre>")),
            },
            _ => ("404 Not Found", String::new()),
        };
        Page { status, content_type: "text/html; charset=utf-8", body }
    }

    /// Made anew when a message changed, or a minute is over: pages say how long ago something was.
    fn page(&self) -> Result<String> {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        let (album, shown, page) = &mut *seen;
        let now = Timestamp::now();
        let now = Timestamp::from_second(now.as_second() / 60 * 60).unwrap_or(now);
        let column = album.column("# alerts", now, &self.discord.messages());
        if column != *shown {
            let file = self.folder.path().join("channel.html");
            write_columns(&self.pages, std::slice::from_ref(&column), &file)?;
            let written = std::fs::read_to_string(&file).map_err(Error::io("read the page"))?;
            *page = written.replacen("<title>", &format!("{AGAIN}<title>"), 1);
            *shown = column;
        }
        Ok(page.clone())
    }
}
