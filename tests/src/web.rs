//! A small web server on this machine, for what a test or a person looks at.

use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use crate::{Error, Result};

/// The longest that one visitor is listened to.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a visitor is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Status code and reason, as in `200 OK`.
    pub status: &'static str,
    /// What the body is, as in `text/html; charset=utf-8`.
    pub content_type: &'static str,
    /// The body.
    pub body: String,
}

/// A server on a free port; it closes when this is dropped.
pub struct WebServer {
    address: SocketAddr,
    is_closed: Arc<AtomicBool>,
}

impl WebServer {
    /// Answers every request with what `answer` says to its method and path, one after the other.
    pub fn start(answer: impl Fn(&str, &str) -> Page + Send + 'static) -> Result<Self> {
        let listener =
            TcpListener::bind(("127.0.0.1", 0)).map_err(Error::io("open a web server"))?;
        let address = listener.local_addr().map_err(Error::io("find the web server's port"))?;
        let is_closed = Arc::<AtomicBool>::default();
        let closed = Arc::clone(&is_closed);
        thread::spawn(move || {
            for visitor in listener.incoming().flatten() {
                if closed.load(Ordering::SeqCst) {
                    return;
                }
                // A visitor who hangs up early is no matter.
                drop(serve(&visitor, &answer));
            }
        });
        Ok(Self { address, is_closed })
    }

    /// As in `http://127.0.0.1:8080`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for WebServer {
    fn drop(&mut self) {
        self.is_closed.store(true, Ordering::SeqCst);
        // Wakes the thread, which then sees that the server is closed.
        drop(TcpStream::connect(self.address));
    }
}

fn serve(mut visitor: &TcpStream, answer: &impl Fn(&str, &str) -> Page) -> std::io::Result<()> {
    visitor.set_read_timeout(Some(PATIENCE))?;
    let mut lines = BufReader::new(visitor).lines();
    let first = lines.next().transpose()?.unwrap_or_default();
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    let mut words = first.split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let Page { status, content_type, body } = answer(method, path);
    write!(
        visitor,
        "HTTP/1.1 {status}\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}
