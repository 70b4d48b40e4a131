//! The plugin transport: how Terraform starts this process, reaches it and ends it.
//!
//! This module owns everything between Terraform's `exec` and the first decoded request: the
//! magic cookie, the handshake line, the unix socket, mutual TLS, go-plugin's own services, signals,
//! the death of the parent, logs and panics. What a request means is not known here: the requests go
//! to whoever implements [`Provider`].
//!
//! Reading order: [`serve`] in this file, then `server`, `tls` and `verifier`.
//!
//! The rules are those of go-plugin, version 1.6 and later, which Terraform uses:
//! <https://github.com/hashicorp/go-plugin/blob/main/docs/internals.md>.

mod connection;
mod ending;
mod environment;
mod error;
mod handshake;
mod logging;
mod panics;
mod reattach;
mod server;
mod services;
mod socket;
mod tls;
mod verifier;

use std::io::{self, Write};
use std::process::ExitCode;

use tfplugin::tfplugin6::provider_server::Provider;
use tokio::runtime;
use tokio_util::sync::CancellationToken;

pub use environment::Environment;
pub use error::PluginError;
pub use panics::{PanicMessage, catch_panic};
pub use server::{MESSAGE_LIMIT, Server};

/// Threads that poll requests. Handlers wait for the network nearly all the time, so that more
/// threads would only cost start-up time.
const WORKER_THREADS: usize = 2;

/// What a provider tells the transport about itself.
#[derive(Clone, Copy, Debug)]
pub struct ServeOptions {
    /// Source address, as in `registry.terraform.io/hinomi/hinomi`. Its last part is the provider's
    /// name, which names the variable `TF_LOG_PROVIDER_<NAME>`.
    pub address: &'static str,
    /// Keep serving until Ctrl-C, and print how Terraform attaches to this process, instead of being
    /// started and ended by Terraform.
    pub debug: bool,
    /// Crates whose events are logged at the level asked for, as prefixes of `tracing` targets; this
    /// crate is always among them. Others are logged from warnings up, since what they say in detail
    /// may hold requests and headers.
    pub log_targets: &'static [&'static str],
}

impl ServeOptions {
    /// The provider's name: the last part of its address.
    fn name(&self) -> &'static str {
        self.address.rsplit('/').next().unwrap_or(self.address)
    }
}

/// Serves `provider` to Terraform until Terraform ends it, and returns the process's exit code.
///
/// This is the whole of a provider's `main`. It makes its own runtime. `provider` is called after the
/// handshake, so that what it builds doesn't delay Terraform.
pub fn serve<P, F>(options: ServeOptions, provider: F) -> ExitCode
where
    P: Provider,
    F: FnOnce() -> P,
{
    panics::install_hook(options.address);
    logging::install(&options);
    match run(options, provider) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Terraform shows a plugin's stderr when the handshake fails.
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn run<P, F>(options: ServeOptions, provider: F) -> Result<(), PluginError>
where
    P: Provider,
    F: FnOnce() -> P,
{
    let environment = Environment::read();
    if !options.debug && !environment.started_by_terraform() {
        return Err(PluginError::NotTerraform { address: options.address });
    }
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(WORKER_THREADS)
        .enable_all()
        .build()
        .map_err(PluginError::Runtime)?;
    let ended = runtime.block_on(async {
        let ending = CancellationToken::new();
        // Signals are handled before Terraform knows of the process, and its end is watched after
        // the line is out, since watching makes writes to standard output fail instead of wait.
        ending::watch_signals(options.debug, &ending)?;
        let server = if options.debug {
            Server::without_tls(&environment)
        } else {
            Server::bind(&environment)
        }?;
        if options.debug {
            reattach::announce(&mut io::stdout(), options.address, server.socket_path())?;
        } else {
            handshake::announce(&mut io::stdout(), &server.handshake_line())?;
            ending::watch_parent(&ending)?;
        }
        server.serve(provider(), ending).await
    });
    // A handler that hangs must not keep the process: Terraform waits for two seconds, then kills it.
    runtime.shutdown_background();
    ended
}
