//! A web server that is broken and healed: the shop that a monitor watches.

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

/// A shop on a free port of this machine; it closes when this is dropped.
pub struct Shop {
    address: SocketAddr,
    is_broken: Arc<AtomicBool>,
    is_closed: Arc<AtomicBool>,
}

impl Shop {
    /// Opens a shop that works.
    pub fn open() -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(Error::io("open the shop"))?;
        let address = listener.local_addr().map_err(Error::io("find the shop's port"))?;
        let (is_broken, is_closed) = (Arc::<AtomicBool>::default(), Arc::<AtomicBool>::default());
        let (broken, closed) = (Arc::clone(&is_broken), Arc::clone(&is_closed));
        thread::spawn(move || {
            for visitor in listener.incoming().flatten() {
                if closed.load(Ordering::SeqCst) {
                    return;
                }
                // A visitor who hangs up early is no matter.
                drop(answer(&visitor, broken.load(Ordering::SeqCst)));
            }
        });
        Ok(Self { address, is_broken, is_closed })
    }

    /// Address of its health check.
    pub fn url(&self) -> String {
        format!("http://{}/checkout/health", self.address)
    }

    /// Breaks or heals it.
    pub fn set_broken(&self, is_broken: bool) {
        self.is_broken.store(is_broken, Ordering::SeqCst);
    }
}

impl Drop for Shop {
    fn drop(&mut self) {
        self.is_closed.store(true, Ordering::SeqCst);
        // Wakes the thread, which then sees that the shop is closed.
        drop(TcpStream::connect(self.address));
    }
}

fn answer(visitor: &TcpStream, is_broken: bool) -> std::io::Result<()> {
    visitor.set_read_timeout(Some(PATIENCE))?;
    let mut lines = BufReader::new(visitor).lines();
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    let (status, body) = if is_broken {
        ("503 Service Unavailable", r#"{"status":"payment provider unreachable"}"#)
    } else {
        ("200 OK", r#"{"status":"ok"}"#)
    };
    let length = body.len();
    let mut visitor = visitor;
    write!(
        visitor,
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    fn visit(shop: &Shop) -> String {
        let mut visitor = TcpStream::connect(shop.address).expect("open");
        write!(visitor, "GET /checkout/health HTTP/1.1\r\nhost: shop\r\n\r\n").expect("sent");
        let mut text = String::new();
        visitor.read_to_string(&mut text).expect("an answer");
        text
    }

    #[test]
    fn a_shop_breaks_and_heals() {
        let shop = Shop::open().expect("open");
        assert!(visit(&shop).starts_with("HTTP/1.1 200 OK"));
        shop.set_broken(true);
        assert!(visit(&shop).starts_with("HTTP/1.1 503"));
        shop.set_broken(false);
        assert!(visit(&shop).ends_with(r#"{"status":"ok"}"#));
    }
}
