//! What ends the process from outside: signals, and the end of Terraform.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use tokio::io::Interest;
use tokio::net::unix::pipe;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::error::PluginError;

/// SIGTERM ends the process in order. SIGINT ends only a debug server.
///
/// Ctrl-C in a terminal reaches every process of the group. Terraform then calls `StopProvider` and
/// waits for what is being created; a provider that died on its own would lose it from the state.
pub(crate) fn watch_signals(debug: bool, ending: &CancellationToken) -> Result<(), PluginError> {
    let mut terminate = signal(SignalKind::terminate()).map_err(PluginError::Signals)?;
    // Once asked for, the signal never again has its default effect, even when nobody listens.
    let mut interrupt = signal(SignalKind::interrupt()).map_err(PluginError::Signals)?;
    let ending = ending.clone();
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => tracing::debug!("Ended by SIGTERM."),
            _ = interrupt.recv(), if debug => tracing::debug!("Ended by SIGINT."),
        }
        ending.cancel();
    });
    Ok(())
}

/// Cancels `ending` when nobody holds the other end of standard output any more, which Terraform
/// does as long as it lives.
///
/// A Terraform that is killed tells its providers nothing, and since they ignore SIGINT they would
/// stay for ever. Linux's `PR_SET_PDEATHSIG` is no cure: it follows the thread that started the
/// process, which Go's runtime may end at any time. Standard output that is no pipe is not watched.
pub(crate) fn watch_parent(ending: &CancellationToken) -> Result<(), PluginError> {
    let output = io::stdout().as_fd().try_clone_to_owned().map_err(PluginError::Parent)?;
    let Some(output) = as_pipe(output).map_err(PluginError::Parent)? else { return Ok(()) };
    let ending = ending.clone();
    tokio::spawn(async move {
        match hang_up(&output).await {
            Ok(()) => {
                tracing::debug!("Terraform is gone.");
                ending.cancel();
            }
            Err(error) => tracing::warn!(%error, "Unable to watch Terraform."),
        }
    });
    Ok(())
}

fn as_pipe(output: OwnedFd) -> io::Result<Option<pipe::Sender>> {
    match pipe::Sender::from_owned_fd(output) {
        Ok(pipe) => Ok(Some(pipe)),
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(None),
        Err(error) => Err(error),
    }
}

/// Returns when the reading end of `output` is closed.
async fn hang_up(output: &pipe::Sender) -> io::Result<()> {
    loop {
        let ready = output.ready(Interest::WRITABLE | Interest::ERROR).await?;
        if ready.is_write_closed() || ready.is_error() {
            return Ok(());
        }
        // Room to write is no news: forget it, so that the next wait is for a change.
        let _ = output.try_io(|| Err::<(), _>(io::ErrorKind::WouldBlock.into()));
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::{PipeReader, PipeWriter, pipe};
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    fn watched() -> (PipeReader, pipe::Sender) {
        let (reader, writer): (PipeReader, PipeWriter) = pipe().expect("a pipe");
        let sender = as_pipe(writer.into()).expect("readable flags").expect("a pipe");
        (reader, sender)
    }

    #[tokio::test]
    async fn closed_reader_is_noticed() {
        let (reader, sender) = watched();
        let waiting = tokio::spawn(async move { hang_up(&sender).await });
        tokio::task::yield_now().await;
        drop(reader);
        timeout(Duration::from_secs(10), waiting)
            .await
            .expect("in time")
            .expect("no panic")
            .expect("no failure");
    }

    #[tokio::test]
    async fn open_reader_is_no_end() {
        let (_reader, sender) = watched();
        assert!(timeout(Duration::from_millis(50), hang_up(&sender)).await.is_err());
    }

    #[tokio::test]
    async fn what_is_no_pipe_is_not_watched() {
        let null = File::options().write(true).open("/dev/null").expect("opens");
        assert!(as_pipe(null.into()).expect("no failure").is_none());
    }
}
