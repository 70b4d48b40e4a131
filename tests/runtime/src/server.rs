//! The server: a thread of its own, a random port on loopback, gone when dropped.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    thread::JoinHandle,
    time::Duration,
};

use tokio::{net::TcpListener, sync::oneshot};

use crate::{
    handler::router,
    world::{Answer, Event, Shared},
};

/// A running stand-in. Dropping it closes its port and every connection, at which a function ends.
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts on a free port of loopback.
    pub fn start() -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let listener = runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::default());
        let (stop, stopped) = oneshot::channel();
        let service = router(Arc::clone(&shared));
        let thread =
            std::thread::Builder::new().name("runtime-standin".into()).spawn(move || {
                // The connections' tasks end with the runtime, which this thread owns.
                runtime.block_on(async {
                    tokio::select! {
                        _ = axum::serve(listener, service) => {}
                        _ = stopped => {}
                    }
                });
            })?;
        Ok(Self { address, shared, stop: Some(stop), thread: Some(thread) })
    }

    /// Host and port, for the function's `AWS_LAMBDA_RUNTIME_API`.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// Queues a call; returns its id.
    pub fn send(&self, event: Event) -> String {
        self.shared.send(event)
    }

    /// Waits for the answer to a call; it is given once.
    pub fn answer(&self, id: &str, limit: Duration) -> Option<Answer> {
        self.shared.wait(limit, |world| world.answer(id))
    }

    /// Waits until the function has asked for its next event so many times in all; `false` when it
    /// has not by then.
    pub fn wait_for_polls(&self, times: u64, limit: Duration) -> bool {
        self.shared.wait(limit, |world| world.has_polled(times)).is_some()
    }

    /// How often the function has asked for its next event.
    pub fn polls(&self) -> u64 {
        self.shared.polls()
    }

    /// The error that the function reported instead of asking for an event.
    pub fn init_error(&self) -> Option<Answer> {
        self.shared.init_error()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the server's thread has been printed.
            drop(thread.join());
        }
    }
}
