//! A folder with a configuration, and the commands run in it.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, AtomicU32, Ordering},
    thread,
    time::Duration,
};

use tempfile::TempDir;

use super::{Output, Verb, execution::Running, installation, tree::copy_tree};
use crate::{
    Account, Error, Result, account::REGION, artefacts::Artefacts, interrupt, paths, process::Sink,
    secrets,
};

const LIMIT: Duration = Duration::from_mins(3);

/// A configuration in a temporary folder, with a state of its own. The folder is removed at the
/// end, unless something failed: then its path is written to standard error.
pub struct Workspace {
    pub(super) root: TempDir,
    pub(super) working: PathBuf,
    pub(super) cli_configuration: PathBuf,
    pub(super) environment: BTreeMap<String, String>,
    pub(super) artefacts: Artefacts,
    pub(super) limit: Duration,
    pub(super) sink: Option<Sink>,
    pub(super) trace: bool,
    pub(super) colour: bool,
    pub(super) initialised: AtomicBool,
    pub(super) failed: AtomicBool,
    pub(super) commands: AtomicU32,
}

impl Workspace {
    /// An empty workspace; `name` says in paths what it is for. Provider and agent must be built.
    pub fn new(name: &str) -> Result<Self> {
        paths::agent()?;
        Self::with_provider(name, &paths::provider())
    }

    /// An empty workspace with another build of the provider.
    pub fn with_provider(name: &str, provider: &Path) -> Result<Self> {
        interrupt::end_with_children()?;
        let root = tempfile::Builder::new()
            .prefix(&format!("hinomi-{name}-"))
            .tempdir()
            .map_err(Error::io("make a temporary folder"))?;
        let working = root.path().join("work");
        for folder in ["work", "home", "tmp"] {
            fs::create_dir(root.path().join(folder))
                .map_err(Error::io("make a temporary folder"))?;
        }
        let cli_configuration = installation::install(root.path(), provider)?;
        let artefacts = Artefacts::new(name, root.path())?;
        Ok(Self {
            root,
            working,
            cli_configuration,
            environment: BTreeMap::new(),
            artefacts,
            limit: LIMIT,
            sink: None,
            trace: false,
            colour: false,
            initialised: AtomicBool::new(false),
            failed: AtomicBool::new(false),
            commands: AtomicU32::new(0),
        })
    }

    /// A copy of a folder of the repository that holds a configuration, as in
    /// `examples/quickstart`; `modules` and `examples` keep their places beside it.
    pub fn from_repository(name: &str, folder: &str, provider: &Path) -> Result<Self> {
        let mut workspace = Self::with_provider(name, provider)?;
        let tree = workspace.root.path().join("tree");
        for part in ["modules", "examples"] {
            let source = paths::repository().join(part);
            if source.is_dir() {
                copy_tree(&source, &tree.join(part))?;
            }
        }
        workspace.working = tree.join(folder);
        if !workspace.working.is_dir() {
            return Err(Error::unexpected(format!("the repository has no folder {folder}")));
        }
        workspace.declare_provider()?;
        Ok(workspace)
    }

    /// Uses this account of the AWS stand-in.
    #[must_use]
    pub fn with_account(self, account: &Account) -> Self {
        // The stand-in takes an access key of 12 digits as the account's id.
        self.env("AWS_ENDPOINT_URL", account.endpoint())
            .env("AWS_ACCESS_KEY_ID", account.id())
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_REGION", REGION)
    }

    /// Sets an environment variable of Terraform and the provider. Nothing else is inherited.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Sets an input variable, through the environment: no argument list shows it.
    #[must_use]
    pub fn var(self, name: &str, value: &str) -> Self {
        self.env(&format!("TF_VAR_{name}"), value)
    }

    /// Keeps a log of every command at the finest level, of Terraform's core and of the provider.
    #[must_use]
    pub fn with_trace(mut self) -> Self {
        self.trace = true;
        self
    }

    /// Time limit of each command; its whole process group is killed after it.
    #[must_use]
    pub fn with_limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Passes all output on as it comes, with colours when asked.
    #[must_use]
    pub fn with_sink(mut self, sink: Sink, colour: bool) -> Self {
        self.sink = Some(sink);
        self.colour = colour;
        self
    }

    /// Writes the configuration, as `main.tf`. Where the provider comes from is added when it
    /// doesn't say so.
    pub fn config(&self, hcl: &str) -> Result<&Self> {
        self.file("main.tf", hcl)?;
        self.declare_provider()?;
        Ok(self)
    }

    /// Writes a file beside the configuration.
    pub fn file(&self, path: &str, text: &str) -> Result<&Self> {
        let file = self.working.join(path);
        let write = || {
            fs::create_dir_all(file.parent().unwrap_or(&self.working))?;
            fs::write(&file, text)
        };
        write().map_err(Error::io(format!("write {path}")))?;
        if text.contains("module \"") || text.contains("required_providers") {
            self.initialised.store(false, Ordering::SeqCst);
        }
        Ok(self)
    }

    /// The folder that commands run in.
    pub fn folder(&self) -> &Path {
        &self.working
    }

    /// The folder with every command's output, logs, states and plans.
    pub fn artefacts(&self) -> &Path {
        self.artefacts.folder()
    }

    /// Installs provider and modules. Every other command does it first when it is needed.
    pub fn init(&self) -> Result<Output> {
        let output = self.succeed(Verb::Init)?;
        self.initialised.store(true, Ordering::SeqCst);
        Ok(output)
    }

    /// Checks the configuration.
    pub fn validate(&self) -> Result<Output> {
        self.succeed(Verb::Validate)
    }

    /// Plans; succeeds with and without changes.
    pub fn plan(&self) -> Result<Output> {
        self.succeed(Verb::Plan)
    }

    /// Plans and applies.
    pub fn apply(&self) -> Result<Output> {
        self.succeed(Verb::Apply)
    }

    /// Removes everything.
    pub fn destroy(&self) -> Result<Output> {
        self.succeed(Verb::Destroy)
    }

    /// Takes an existing object into the state.
    pub fn import(&self, address: &str, id: &str) -> Result<Output> {
        self.command("import", &["import", "-input=false", address, id])
    }

    /// Fails when another plan would change anything; the plan is in the message.
    pub fn expect_empty_plan(&self) -> Result<Output> {
        let output = self.plan()?;
        if output.code() == Some(0) {
            return Ok(output);
        }
        self.note(Err(Error::unexpected(format!(
            "the plan should be empty, but is:\n{}",
            output.stdout()
        ))))
    }

    /// Fails unless the command fails and says all of this, wherever its lines are broken.
    pub fn expect_error(&self, verb: Verb, expected: &[&str]) -> Result<Output> {
        let result = self.run(verb).and_then(|output| output.failed_with(expected));
        self.note(result)
    }

    /// Any other command, as in `terraform(&["state", "rm", "hinomi_cost_alert.a"])`.
    pub fn terraform(&self, arguments: &[&str]) -> Result<Output> {
        self.command(&arguments.join("-").replace(['/', '.', '[', ']', '"'], "_"), arguments)
    }

    /// Removes the folder at the end, also when something failed until now.
    pub fn discard(&self) {
        self.failed.store(false, Ordering::SeqCst);
    }

    /// Fails when one of the secrets is in any artefact, in the state or in Terraform's data
    /// folder.
    pub fn expect_no_secret(&self, secrets: &[&str]) -> Result<()> {
        let mut result = secrets::expect_none(self.artefacts(), secrets.iter().copied());
        // Made by the first `init`, and only when there is something to install.
        if result.is_ok() && self.data().exists() {
            result = secrets::expect_none(&self.data(), secrets.iter().copied());
        }
        self.note(result)
    }

    fn succeed(&self, verb: Verb) -> Result<Output> {
        let result = self.run(verb).and_then(|output| output.success(verb.plans()));
        self.note(result)
    }

    pub(super) fn command(&self, label: &str, arguments: &[&str]) -> Result<Output> {
        self.command_with(label, arguments, self.sink.clone())
    }

    pub(super) fn command_with(
        &self,
        label: &str,
        arguments: &[&str],
        sink: Option<Sink>,
    ) -> Result<Output> {
        if !self.initialised.load(Ordering::SeqCst) {
            self.init()?;
        }
        let number = self.commands.fetch_add(1, Ordering::SeqCst) + 1;
        let words: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        let result = self
            .launch(number, label, &words, sink)
            .and_then(Running::wait)
            .and_then(|output| output.success(false));
        self.note(result)
    }

    pub(super) fn data(&self) -> PathBuf {
        self.root.path().join("data")
    }

    pub(super) fn saved_plan(&self, number: u32, verb: Verb) -> PathBuf {
        self.artefacts.folder().join(format!("{number:02}-{}.tfplan", verb.name()))
    }

    fn declare_provider(&self) -> Result<()> {
        let declared = secrets::files(&self.working)?
            .iter()
            .filter(|file| file.extension().is_some_and(|extension| extension == "tf"))
            .filter(|file| file.parent() == Some(&self.working))
            .any(|file| {
                fs::read_to_string(file).is_ok_and(|text| text.contains("required_providers"))
            });
        if declared {
            return Ok(());
        }
        let source = "terraform {\n  required_providers {\n    hinomi = { source = \"hinomi/hinomi\" }\n  }\n}\n";
        self.file("provider_source.tf", source).map(drop)
    }

    pub(super) fn note<T>(&self, result: Result<T>) -> Result<T> {
        if result.is_err() {
            self.failed.store(true, Ordering::SeqCst);
        }
        result
    }
}

impl Drop for Workspace {
    fn drop(&mut self) {
        if self.failed.load(Ordering::SeqCst) || thread::panicking() {
            self.root.disable_cleanup(true);
            eprintln!("kept for reading: {}", self.root.path().display());
        }
    }
}
