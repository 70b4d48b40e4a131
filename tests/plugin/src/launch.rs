//! Starts a provider's program as Terraform does, and ends it.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output, Stdio};
use std::time::Duration;

use rustix::process::{Pid, kill_process};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, ChildStdout, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

pub use rustix::process::Signal;

use crate::{Connection, Handshake, Identity, Result};

const COOKIE: (&str, &str) =
    ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2");
/// How long a provider may take for anything that these tests wait for. Far more than it needs, so
/// that a loaded machine fails no test.
const PATIENCE: Duration = Duration::from_secs(30);

/// How to start a provider.
///
/// The program sees only the variables that Terraform sets and those given here, and a temporary
/// folder of its own, so that tests can look at what is left in it.
#[derive(Clone, Debug)]
pub struct Launch {
    program: PathBuf,
    arguments: Vec<OsString>,
    variables: Vec<(OsString, OsString)>,
    tls: bool,
}

impl Launch {
    /// Starts `program` as Terraform does, with mutual TLS.
    pub fn new(program: impl Into<PathBuf>) -> Self {
        let variables = [COOKIE, ("PLUGIN_PROTOCOL_VERSIONS", "5,6")];
        Self {
            program: program.into(),
            arguments: Vec::new(),
            variables: variables.map(|(name, value)| (name.into(), value.into())).to_vec(),
            tls: true,
        }
    }

    /// Sets a variable of the program's environment.
    #[must_use]
    pub fn variable(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self = self.without_variable(name.as_ref());
        self.variables.push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Leaves out a variable that Terraform sets, such as the magic cookie.
    #[must_use]
    pub fn without_variable(mut self, name: impl AsRef<OsStr>) -> Self {
        self.variables.retain(|(other, _)| other != name.as_ref());
        self
    }

    /// Adds a command-line argument.
    #[must_use]
    pub fn argument(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.arguments.push(argument.as_ref().to_owned());
        self
    }

    /// Sends no certificate, as Terraform does when the user has set `TF_DISABLE_PLUGIN_TLS`.
    #[must_use]
    pub fn without_tls(mut self) -> Self {
        self.tls = false;
        self
    }

    /// Starts the program and reads its handshake line.
    pub async fn start(self) -> Result<Plugin> {
        let identity = Identity::generate()?;
        let (mut started, line) = self.start_and_read_line(&identity).await?;
        match line.parse() {
            Ok(handshake) => Ok(Plugin { started, handshake, identity }),
            Err(error) => {
                let errors = started.end_and_read_errors().await?;
                Err(format!("{error}; on standard error: {errors}").into())
            }
        }
    }

    /// Starts the program and reads the first line that it prints, whatever it is, without its
    /// line end.
    pub async fn start_and_read_line(self, identity: &Identity) -> Result<(Started, String)> {
        let folder = tempfile::tempdir()?;
        let mut child = self.command(folder.path(), identity).spawn()?;
        let mut output = BufReader::new(child.stdout.take().ok_or("no standard output")?);
        let mut errors = child.stderr.take().ok_or("no standard error")?;
        let errors = tokio::spawn(async move {
            let mut text = Vec::new();
            let _ = errors.read_to_end(&mut text).await;
            String::from_utf8_lossy(&text).into_owned()
        });
        let mut line = String::new();
        timeout(PATIENCE, output.read_line(&mut line)).await??;
        let line = line.strip_suffix('\n').unwrap_or(&line).to_owned();
        Ok((Started { child, output: Some(output), errors, folder }, line))
    }

    /// Runs the program to its end.
    pub async fn run(self) -> Result<Output> {
        let folder = tempfile::tempdir()?;
        let identity = Identity::generate()?;
        let child = self.command(folder.path(), &identity).spawn()?;
        Ok(timeout(PATIENCE, child.wait_with_output()).await??)
    }

    fn command(&self, folder: &Path, identity: &Identity) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .env_clear()
            .env("TMPDIR", folder)
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        if self.tls {
            command.env("PLUGIN_CLIENT_CERT", identity.pem());
        }
        command
    }
}

/// A program that has been started. Dropping it kills the program.
pub struct Started {
    child: Child,
    output: Option<BufReader<ChildStdout>>,
    errors: JoinHandle<String>,
    folder: TempDir,
}

impl Started {
    /// Sends a signal to the program.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        let id = self.child.id().ok_or("the program has ended")?;
        let id = Pid::from_raw(i32::try_from(id)?).ok_or("not a process")?;
        Ok(kill_process(id, signal)?)
    }

    /// Closes this end of the program's standard output, as the end of Terraform does.
    pub fn close_output(&mut self) {
        self.output = None;
    }

    /// Waits until the program ends.
    pub async fn wait(&mut self) -> Result<ExitStatus> {
        let waited = timeout(PATIENCE, self.child.wait()).await;
        Ok(waited.map_err(|_| "the program did not end in time")??)
    }

    /// Whether the program still runs.
    pub fn runs(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }

    /// What the program has printed since its first line. Waits until the program ends.
    pub async fn rest_of_output(&mut self) -> Result<String> {
        let output = self.output.as_mut().ok_or("standard output is closed")?;
        let mut rest = String::new();
        timeout(PATIENCE, output.read_to_string(&mut rest)).await??;
        Ok(rest)
    }

    /// All that the program has written to standard error. Waits until the program ends.
    pub async fn errors(&mut self) -> Result<String> {
        Ok(timeout(PATIENCE, &mut self.errors).await??)
    }

    /// Folder for the program's temporary files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The program's process id.
    pub fn id(&self) -> Option<u32> {
        self.child.id()
    }

    async fn end_and_read_errors(&mut self) -> Result<String> {
        self.child.kill().await?;
        self.errors().await
    }
}

/// A provider that has printed its handshake line.
pub struct Plugin {
    started: Started,
    handshake: Handshake,
    identity: Identity,
}

impl Plugin {
    /// What the provider said of itself.
    pub fn handshake(&self) -> &Handshake {
        &self.handshake
    }

    /// Who the provider takes for Terraform.
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The process.
    pub fn process(&mut self) -> &mut Started {
        &mut self.started
    }

    /// Connects as Terraform does.
    pub async fn connect(&self) -> Result<Connection> {
        Connection::open(&self.handshake, Some(&self.identity)).await
    }

    /// Ends the provider as Terraform does, and returns its exit status.
    pub async fn shut_down(&mut self) -> Result<ExitStatus> {
        let connection = self.connect().await?;
        connection.controller().shutdown(tfplugin::plugin::Empty {}).await?;
        self.started.wait().await
    }
}
