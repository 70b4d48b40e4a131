//! The built agent as Lambda runs it, but here: in a process of its own, against a stand-in of the
//! Runtime API.

use std::{
    collections::BTreeMap,
    fs::{self, OpenOptions},
    io::{self, Cursor},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant},
};

use runtime_standin::Server;
use rustix::process::Signal;
use tempfile::TempDir;

use crate::{
    Account, Error, Result,
    account::REGION,
    interrupt, paths,
    process::{self, Captured, Sink, Task},
};

pub use runtime_standin::{Answer, Event};

/// A start on a busy machine.
const START_LIMIT: Duration = Duration::from_secs(30);
const STOP_LIMIT: Duration = Duration::from_secs(5);
/// How long to wait for an answer before a look at whether the process still runs.
const GLANCE: Duration = Duration::from_millis(200);

/// What a function is started with.
pub struct Settings {
    bootstrap: Option<PathBuf>,
    is_report: bool,
    environment: BTreeMap<String, String>,
    sink: Option<Sink>,
}

/// A running function; it ends when this is dropped.
pub struct Function {
    task: Task,
    server: Server,
    folder: TempDir,
}

impl Default for Settings {
    /// The built agent with the environment that Lambda sets, and credentials of nobody.
    ///
    /// Source: AWS Lambda Developer Guide, "Defined runtime environment variables".
    fn default() -> Self {
        let environment = [
            ("_HANDLER", "bootstrap"),
            ("AWS_ACCESS_KEY_ID", "111122223333"),
            ("AWS_SECRET_ACCESS_KEY", "test"),
            ("AWS_DEFAULT_REGION", REGION),
            ("AWS_REGION", REGION),
            ("AWS_EXECUTION_ENV", "AWS_Lambda_provided.al2023"),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"),
            ("AWS_LAMBDA_FUNCTION_NAME", "hinomi"),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
            ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
            ("LANG", "en_US.UTF-8"),
            ("PATH", "/usr/local/bin:/usr/bin:/bin"),
            ("TZ", ":UTC"),
        ];
        let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Self { bootstrap: None, is_report: false, environment: environment.into(), sink: None }
    }
}

impl Settings {
    /// The same with the build that makes reports.
    pub fn of_report() -> Self {
        Self { is_report: true, ..Self::default() }
    }

    /// Sets a variable of the function's environment. Nothing is inherited from this process.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Calls this account of the AWS stand-in, in a region.
    #[must_use]
    pub fn with_account(self, account: &Account, region: &str) -> Self {
        self.env("AWS_ENDPOINT_URL", account.endpoint())
            .env("AWS_ACCESS_KEY_ID", account.id())
            .env("AWS_REGION", region)
            .env("AWS_DEFAULT_REGION", region)
    }

    /// Another program than that of the built agent's archive.
    #[must_use]
    pub fn with_bootstrap(mut self, program: &Path) -> Self {
        self.bootstrap = Some(program.to_path_buf());
        self
    }

    /// Passes the function's output on as it comes.
    #[must_use]
    pub fn with_sink(mut self, sink: Sink) -> Self {
        self.sink = Some(sink);
        self
    }

    /// Starts the function. It asks for its first event soon after this returns.
    pub fn start(self) -> Result<Function> {
        interrupt::end_with_children()?;
        let folder = tempfile::Builder::new()
            .prefix("hinomi-function-")
            .tempdir()
            .map_err(Error::io("make a temporary folder"))?;
        let bootstrap = match self.bootstrap {
            Some(program) => program,
            None if self.is_report => unpack(&paths::report()?, folder.path())?,
            None => unpack(&paths::agent()?, folder.path())?,
        };
        let server = Server::start().map_err(Error::io("start the Runtime API's stand-in"))?;
        let mut command = Command::new(bootstrap);
        command.current_dir(folder.path()).env_clear().envs(self.environment);
        command
            .env("AWS_LAMBDA_RUNTIME_API", server.address())
            .env("LAMBDA_TASK_ROOT", folder.path());
        let task = process::start_service(&mut command, self.sink)?;
        Ok(Function { task, server, folder })
    }
}

impl Function {
    /// Starts the built agent with nothing more than Lambda's own environment.
    pub fn start() -> Result<Self> {
        Settings::default().start()
    }

    /// Sends an event and waits for the answer.
    pub fn invoke(&self, event: Event, limit: Duration) -> Result<Answer> {
        let id = self.server.send(event);
        let end = Instant::now() + limit;
        loop {
            if let Some(answer) = self.server.answer(&id, GLANCE) {
                return Ok(answer);
            }
            if self.task.has_ended() {
                return Err(self.failed("ended before it answered"));
            }
            if Instant::now() >= end {
                return Err(self.failed(&format!("didn't answer within {limit:?}")));
            }
        }
    }

    /// Waits until the function has asked for its next event so many times in all.
    pub fn wait_for_polls(&self, times: u64) -> Result<()> {
        if self.server.wait_for_polls(times, START_LIMIT) {
            return Ok(());
        }
        let polls = self.server.polls();
        Err(self.failed(&format!("asked for {polls} events, not {times}")))
    }

    fn failed(&self, how: &str) -> Error {
        let (stdout, stderr) = self.output();
        Error::unexpected(format!("the function {how}; it wrote:\n{stdout}{stderr}"))
    }

    /// The stand-in that it asks.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// Process id.
    pub fn id(&self) -> i32 {
        self.task.id()
    }

    /// What it wrote until now: standard output, then standard error.
    pub fn output(&self) -> (String, String) {
        let (stdout, stderr) = self.task.output();
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        (text(stdout), text(stderr))
    }

    /// Tells the process to end, as Lambda does at the end of an environment, and waits for it.
    pub fn stop(self) -> Result<Captured> {
        self.task.signal(Signal::TERM);
        self.task.wait(STOP_LIMIT)
    }

    /// Closes the Runtime API under the function, and waits for its end.
    pub fn close(self, limit: Duration) -> Result<Captured> {
        let Self { task, server, folder: _kept } = self;
        drop(server);
        task.wait(limit)
    }

    /// Kills the process, as Lambda does with one that passes its time.
    pub fn kill(self) -> Result<Captured> {
        self.task.signal(Signal::KILL);
        self.task.wait(STOP_LIMIT)
    }
}

/// Takes the program out of an archive.
pub fn unpack(archive: &Path, folder: &Path) -> Result<PathBuf> {
    let doing = || format!("unpack {}", archive.display());
    let bytes = fs::read(archive).map_err(Error::io(doing()))?;
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes))
        .map_err(|error| Error::unexpected(format!("unable to {}: {error}", doing())))?;
    let mut entry = archive
        .by_name("bootstrap")
        .map_err(|error| Error::unexpected(format!("unable to {}: {error}", doing())))?;
    let path = folder.join("bootstrap");
    let mode = entry.unix_mode().unwrap_or(0o644);
    let mut copy = || -> io::Result<()> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&path)?;
        io::copy(&mut entry, &mut file).map(drop)
    };
    copy().map_err(Error::io(doing()))?;
    Ok(path)
}
