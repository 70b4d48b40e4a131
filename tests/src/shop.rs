//! A web server that is broken and healed: the shop that a monitor watches.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use crate::{
    Result,
    web::{Page, WebServer},
};

/// A shop on a free port of this machine; it closes when this is dropped.
///
/// A person breaks it with `POST /break` and heals it with `POST /heal`.
pub struct Shop {
    server: WebServer,
    is_broken: Arc<AtomicBool>,
}

impl Shop {
    /// Opens a shop that works.
    pub fn open() -> Result<Self> {
        let is_broken = Arc::<AtomicBool>::default();
        let broken = Arc::clone(&is_broken);
        let server = WebServer::start(move |method, path| {
            if method == "POST" && (path == "/break" || path == "/heal") {
                broken.store(path == "/break", Ordering::SeqCst);
            }
            answer(broken.load(Ordering::SeqCst))
        })?;
        Ok(Self { server, is_broken })
    }

    /// Address of its health check.
    pub fn url(&self) -> String {
        format!("{}/checkout/health", self.server.url())
    }

    /// Where `POST` breaks it, and where it heals it.
    pub fn switches(&self) -> [String; 2] {
        ["break", "heal"].map(|switch| format!("{}/{switch}", self.server.url()))
    }

    /// Breaks or heals it.
    pub fn set_broken(&self, is_broken: bool) {
        self.is_broken.store(is_broken, Ordering::SeqCst);
    }
}

fn answer(is_broken: bool) -> Page {
    let (status, body) = if is_broken {
        ("503 Service Unavailable", r#"{"status":"payment provider unreachable"}"#)
    } else {
        ("200 OK", r#"{"status":"ok"}"#)
    };
    Page { status, content_type: "application/json", body: body.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http;

    fn visit(url: &str, method: &str) -> (u16, String) {
        let (_, rest) = url.split_once("://").expect("an address");
        let (host, path) = rest.split_once('/').expect("a path");
        let answer = http::send(&format!("http://{host}"), method, &format!("/{path}"), &[], b"");
        let answer = answer.expect("an answer");
        (answer.status, answer.text())
    }

    #[test]
    fn a_shop_breaks_and_heals() {
        let shop = Shop::open().expect("open");
        assert_eq!(visit(&shop.url(), "GET").0, 200);
        shop.set_broken(true);
        assert_eq!(visit(&shop.url(), "GET").0, 503);
        shop.set_broken(false);
        assert_eq!(visit(&shop.url(), "GET"), (200, r#"{"status":"ok"}"#.to_owned()));
    }

    #[test]
    fn a_person_breaks_and_heals_it_too() {
        let shop = Shop::open().expect("open");
        let [broken, healed] = shop.switches();
        assert_eq!(visit(&broken, "GET").0, 200, "a look changes nothing");
        visit(&broken, "POST");
        assert_eq!(visit(&shop.url(), "GET").0, 503);
        visit(&healed, "POST");
        assert_eq!(visit(&shop.url(), "GET").0, 200);
    }
}
