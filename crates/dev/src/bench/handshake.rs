//! How long a provider takes from its start to its handshake line.
//!
//! Source: github.com/hashicorp/go-plugin, `docs/internals.md`.

use std::{
    path::Path,
    process::Command,
    sync::mpsc::channel,
    time::{Duration, Instant},
};

use hinomi_tests::{Error, Result, process};

use crate::stop::Stop;

/// Terraform's cookie for providers: the same for all, no secret.
const COOKIE: &str = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";

/// A certificate as Terraform sends one; its key was thrown away.
const CERTIFICATE: &str = include_str!("client-certificate.pem");

const LIMIT: Duration = Duration::from_secs(30);

/// Median over a number of starts; with a client certificate the provider makes its own too.
pub(super) fn median(provider: &Path, starts: u32, secured: bool, stop: &Stop) -> Result<Duration> {
    let folder = tempfile::tempdir().map_err(Error::io("make a temporary folder"))?;
    let mut times = Vec::new();
    for _ in 0..starts {
        stop.check()?;
        times.push(once(&mut launch(provider, folder.path(), secured))?);
    }
    times.sort_unstable();
    let middle = times.get(times.len() / 2).copied();
    middle.ok_or_else(|| Error::unexpected("nothing was measured"))
}

/// Starts the provider as Terraform does.
fn launch(provider: &Path, temporary: &Path, secured: bool) -> Command {
    let mut command = Command::new(provider);
    command
        .env_clear()
        .env("TMPDIR", temporary)
        .env("TF_PLUGIN_MAGIC_COOKIE", COOKIE)
        .env("PLUGIN_PROTOCOL_VERSIONS", "6");
    if secured {
        command.env("PLUGIN_CLIENT_CERT", CERTIFICATE);
    }
    command
}

/// From the start to the line.
fn once(command: &mut Command) -> Result<Duration> {
    let (sender, lines) = channel();
    let begun = Instant::now();
    let task = process::start_service(command, Some(process::first_line(sender)))?;
    let line = lines.recv_timeout(LIMIT);
    let taken = begun.elapsed();
    task.signal(rustix::process::Signal::KILL);
    let ended = task.wait(LIMIT)?;
    match line {
        Ok(line) if line.starts_with("1|6|") => Ok(taken),
        other => Err(Error::unexpected(format!(
            "the provider wrote no handshake line, but {other:?} and:\n{}",
            String::from_utf8_lossy(&ended.stderr)
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn the_time_to_the_line_is_measured_and_the_program_ends() {
        let script = "sleep 0.1; echo '1|6|unix|/tmp/x|grpc|'; sleep 600";
        let taken = once(&mut shell(script)).expect("it writes the line");
        assert!(taken >= Duration::from_millis(100) && taken < LIMIT, "{taken:?}");
    }

    #[test]
    fn another_line_or_none_is_an_error() {
        assert!(once(&mut shell("echo hello; sleep 600")).is_err());
        let error = once(&mut shell("echo 'not a plugin' >&2; exit 1")).expect_err("no line");
        assert!(error.to_string().contains("not a plugin"), "{error}");
    }
}
