//! How a workspace runs `terraform`: with an environment of its own, in a process group of its own.

use std::{collections::BTreeMap, env, path::PathBuf, process::Command, sync::atomic::Ordering};

use rustix::process::Signal;

use super::{Output, Verb, Workspace, permits};
use crate::{
    Result,
    process::{self, Captured, Sink, Task},
};

/// Unix sockets hold 108 bytes with the final zero; the provider puts its own into `TMPDIR`.
const LONGEST_TEMPORARY_PATH: usize = 70;

impl Workspace {
    /// Runs a command to its end, whatever that is.
    pub fn run(&self, verb: Verb) -> Result<Output> {
        self.start(verb)?.wait()
    }

    /// Applies what the last [`Workspace::plan`] saved, and nothing else.
    pub fn apply_plan(&self) -> Result<Output> {
        let plan = self.saved_plan(self.commands.load(Ordering::SeqCst), Verb::Plan);
        self.command("apply", &["apply", "-input=false", &plan.to_string_lossy()])
    }

    /// Starts an apply that a test can interrupt.
    pub fn start_apply(&self) -> Result<Running<'_>> {
        self.start(Verb::Apply)
    }

    /// Starts a command.
    pub fn start(&self, verb: Verb) -> Result<Running<'_>> {
        if verb != Verb::Init && !self.initialised.load(Ordering::SeqCst) {
            self.init()?;
        }
        let number = self.commands.fetch_add(1, Ordering::SeqCst) + 1;
        let arguments = verb.arguments(&self.saved_plan(number, verb));
        self.launch(number, verb.name(), &arguments, self.sink.clone())
    }

    pub(super) fn launch(
        &self,
        number: u32,
        label: &str,
        arguments: &[String],
        sink: Option<Sink>,
    ) -> Result<Running<'_>> {
        let label = format!("{number:02}-{label}");
        let mut command = Command::new("terraform");
        command.current_dir(&self.working).env_clear().envs(self.complete_environment());
        let (first, rest) = arguments.split_first().map_or(("", &[][..]), |(a, b)| (a, b));
        command.arg(first);
        if !self.colour && !matches!(first, "state" | "providers") {
            command.arg("-no-color");
        }
        command.args(rest);
        if self.trace {
            let log = self.artefacts.folder().join(format!("{label}.trace.log"));
            command.env("TF_LOG", "TRACE").env("TF_LOG_PATH", log);
        }
        let permit = permits::take();
        let task = self.note(process::start(&mut command, sink))?;
        Ok(Running { workspace: self, task, label, _permit: permit })
    }

    /// What Terraform and the provider see, and no more: nothing of the person who runs this.
    fn complete_environment(&self) -> BTreeMap<String, String> {
        let root = self.root.path();
        let text = |path: PathBuf| path.to_string_lossy().into_owned();
        let mut environment = BTreeMap::from([
            ("PATH".to_owned(), env::var("PATH").unwrap_or_default()),
            ("HOME".to_owned(), text(root.join("home"))),
            ("TF_CLI_CONFIG_FILE".to_owned(), text(self.cli_configuration.clone())),
            ("TF_DATA_DIR".to_owned(), text(self.data())),
            ("TF_IN_AUTOMATION".to_owned(), "1".to_owned()),
            ("CHECKPOINT_DISABLE".to_owned(), "1".to_owned()),
            ("AWS_EC2_METADATA_DISABLED".to_owned(), "true".to_owned()),
        ]);
        let temporary = text(root.join("tmp"));
        if temporary.len() <= LONGEST_TEMPORARY_PATH {
            environment.insert("TMPDIR".to_owned(), temporary);
        }
        environment.extend(self.environment.clone());
        environment
    }

    /// The environment that a person needs to go on by hand in this folder.
    pub fn environment(&self) -> BTreeMap<String, String> {
        let mut environment = self.complete_environment();
        for inherited in ["PATH", "HOME", "TMPDIR", "TF_IN_AUTOMATION"] {
            environment.remove(inherited);
        }
        environment
    }
}

/// A command that runs now.
pub struct Running<'workspace> {
    workspace: &'workspace Workspace,
    task: Task,
    label: String,
    _permit: permits::Permit,
}

impl Running<'_> {
    /// Sends SIGINT to Terraform and its plugins, as Ctrl-C in a terminal does.
    pub fn interrupt(&self) {
        self.task.signal(Signal::INT);
    }

    /// Kills Terraform and its plugins, as the machine's end does.
    pub fn kill(&self) {
        self.task.signal(Signal::KILL);
    }

    /// Process id of Terraform.
    pub fn id(&self) -> i32 {
        self.task.id()
    }

    /// Waits for the end, whatever it is.
    pub fn wait(self) -> Result<Output> {
        let Self { workspace, task, label, _permit } = self;
        let program = task.program().to_owned();
        let captured = workspace.note(task.wait(workspace.limit))?;
        keep(workspace, &label, &captured)?;
        Ok(Output::new(program, &captured))
    }
}

fn keep(workspace: &Workspace, label: &str, captured: &Captured) -> Result<()> {
    workspace.note(workspace.artefacts.keep(label, captured, &workspace.working))
}
