//! The server: a thread of its own, a random port on loopback, gone when dropped.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;

use axum::body::Body;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::oneshot;

use crate::handler::{Shared, handle};
use crate::replies::Dropped;

/// A running stand-in. Dropping it closes its port and every connection, and waits until its thread has ended.
pub struct Server {
    address: SocketAddr,
    pub(crate) shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts an empty world on a free port of loopback.
    pub fn start() -> io::Result<Self> {
        Self::start_on(0)
    }

    /// Starts on a given port of loopback; 0 picks a free one.
    pub fn start_on(port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = {
            let _inside = runtime.enter();
            tokio::net::TcpListener::from_std(listener)?
        };
        let shared = Arc::new(Shared::default());
        let (stop, stopped) = oneshot::channel();
        let root: Arc<str> = format!("http://{address}/api").into();
        let thread = std::thread::Builder::new().name("discord-standin".into()).spawn({
            let shared = Arc::clone(&shared);
            // The connections' tasks end with the runtime, which this thread owns.
            move || {
                runtime.block_on(async {
                    tokio::select! {
                        () = accept(listener, shared, root) => {}
                        _ = stopped => {}
                    }
                });
            }
        })?;
        Ok(Self { address, shared, stop: Some(stop), thread: Some(thread) })
    }

    /// The base URL of the API, as a client is given it: `http://127.0.0.1:PORT/api/v10`.
    pub fn url(&self) -> String {
        format!("http://{}/api/v10", self.address)
    }

    /// The address of the page that shows the state without its secrets.
    pub fn state_url(&self) -> String {
        format!("http://{}/_state", self.address)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // Only a panic of the accepting loop is an error here, and it has been printed.
            drop(thread.join());
        }
    }
}

async fn accept(listener: tokio::net::TcpListener, shared: Arc<Shared>, root: Arc<str>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(serve(stream, Arc::clone(&shared), Arc::clone(&root)));
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>, root: Arc<str>) {
    let service = service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
        let (shared, root) = (Arc::clone(&shared), Arc::clone(&root));
        async move {
            let response = handle(&shared, &root, request.map(Body::new)).await;
            match response.extensions().get::<Dropped>() {
                Some(Dropped) => Err(io::Error::from(io::ErrorKind::ConnectionAborted)),
                None => Ok(response),
            }
        }
    });
    // An error of a connection is the client going away, or a drop that a test asked for.
    drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
}
