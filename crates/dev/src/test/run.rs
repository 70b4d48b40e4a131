//! One run of the tests: what the rings share, and how each is run.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use hinomi_tests::{Aws, Error, Result, artefacts, aws, paths, process, secrets, venv};
use tempfile::TempDir;

use super::{
    count::{self, Tally},
    demo, modules,
    rings::Ring,
};
use crate::{
    agent::{self, Agent, Build},
    cargo::{self, Targets},
    console,
};

const SHORT: Duration = Duration::from_mins(10);

/// What the rings share.
pub(crate) struct Run {
    pub(super) filter: Option<String>,
    targets: Targets,
    /// For everything temporary: gone with the run, unless something failed.
    temporary: TempDir,
    /// Outside of the artefacts: it names what must not be in them.
    private: TempDir,
    artefacts: PathBuf,
    provider: Option<PathBuf>,
    agents: Vec<Agent>,
}

/// What is tested and looked at beside the default: the agent's build that makes reports.
const FEATURES: [&str; 2] = ["--features", "hinomi-agent/report"];

/// Acceptance tests that run at once. They mostly wait, for AWS's states and the minute in which a
/// queue's name is taken: with one for each core, both cores would be idle.
const ACCEPTANCE_THREADS: &str = "8";

impl Run {
    pub(crate) fn prepare(filter: Option<String>) -> Result<Self> {
        let folder = |prefix: &str| {
            let made = tempfile::Builder::new().prefix(prefix).tempdir();
            made.map_err(Error::io("make a temporary folder"))
        };
        let artefacts = paths::target().join("artefacts");
        if artefacts.exists() {
            fs::remove_dir_all(&artefacts).map_err(Error::io("remove the last run's artefacts"))?;
        }
        fs::create_dir_all(&artefacts).map_err(Error::io("make the folder of artefacts"))?;
        Ok(Self {
            filter,
            targets: Targets::list()?,
            temporary: folder("hinomi-")?,
            private: folder("hinomi-secrets-")?,
            artefacts,
            provider: None,
            agents: Vec::new(),
        })
    }

    pub(crate) fn ring(&mut self, ring: Ring) -> Result<Tally> {
        match ring {
            Ring::Fmt => Self::fmt(),
            Ring::Clippy => Self::clippy(),
            Ring::Unit => self.unit(),
            Ring::StandIn => self.standin(),
            Ring::Agent => self.agent(),
            Ring::Conformance => self.conformance(),
            Ring::Acceptance => self.acceptance(),
            Ring::Modules => {
                let provider = self.provider()?;
                modules::run(self, &provider)
            }
            Ring::Demo => demo::run(self.temporary.path()),
        }
    }

    /// Keeps what failed tests left, and removes the rest.
    pub(crate) fn finish(mut self, good: bool) {
        if good {
            return;
        }
        let kept = fs::read_dir(self.temporary.path()).is_ok_and(|mut left| left.next().is_some());
        if kept {
            self.temporary.disable_cleanup(true);
            let folder = self.temporary.path().display();
            console::line(format_args!("what the failed tests left: {folder}"));
        }
        if fs::read_dir(&self.artefacts).is_ok_and(|mut kept| kept.next().is_some()) {
            console::line(format_args!("artefacts of this run: {}", self.artefacts.display()));
        }
    }

    fn fmt() -> Result<Tally> {
        let rust = run_cargo(&["fmt", "--all", "--check"], |_| ())?;
        if !rust.status.success() {
            console::line("cargo fmt --all mends this");
        }
        let mut command = Command::new("terraform");
        command.args(["fmt", "-check", "-diff", "-recursive"]).current_dir(paths::repository());
        command.args(["modules", "examples", "tests"].iter().filter(|folder| {
            // Terraform refuses a folder that doesn't exist.
            paths::repository().join(folder).is_dir()
        }));
        command.env_remove("TF_CLI_CONFIG_FILE").env("CHECKPOINT_DISABLE", "1");
        let hcl = process::run(&mut command, SHORT, Some(console::pass_on()))?;
        if !hcl.status.success() {
            console::line("terraform fmt -recursive modules examples tests mends this");
        }
        Ok(Tally::one(rust.status.success()) + Tally::one(hcl.status.success()))
    }

    fn clippy() -> Result<Tally> {
        let what = ["clippy", "--workspace", "--all-targets", "--locked"];
        let arguments = [&what[..], &FEATURES, &["--", "-D", "warnings"]].concat();
        Ok(Tally::one(run_cargo(&arguments, |_| ())?.status.success()))
    }

    fn unit(&mut self) -> Result<Tally> {
        let named = self.targets.others.clone();
        let mut arguments = vec!["--lib", "--bins"];
        arguments.extend(named.iter().flat_map(|name| ["--test", name.as_str()]));
        let tests = self.cargo_test(&arguments, |_| ())?;
        Ok(tests + self.cargo_test(&["--doc"], |_| ())?)
    }

    fn standin(&self) -> Result<Tally> {
        let python = venv::python(Some(console::pass_on()))?;
        let mut command = Command::new(python);
        command
            .args(["-m", "unittest", "discover", "--start-directory", "tests"])
            .current_dir(paths::repository().join("tests/aws"));
        if let Some(filter) = &self.filter {
            command.args(["-k", filter]);
        }
        command.env("PYTHONDONTWRITEBYTECODE", "1").env("TMPDIR", self.temporary.path());
        let captured = process::run(&mut command, SHORT, Some(console::pass_on()))?;
        let tally = count::unittest(&String::from_utf8_lossy(&captured.stderr));
        // Python 3.12 and later also end with an error when there was nothing to run.
        let nothing = self.filter.is_some() && tally.total() == 0;
        Ok(tally.of_program(captured.status.success() || nothing))
    }

    /// Building fails when it is too large, or asks for what Lambda's system lacks.
    fn agent(&mut self) -> Result<Tally> {
        let targets = self.targets.agent.clone();
        let mut tally = Tally::default();
        for agent in self.built_agents()? {
            console::line(agent.described()?);
            let same = agent.packs_alike()?;
            if !same {
                console::line("the same binary made another archive");
            }
            tally = tally + Tally::one(same);
        }
        Ok(tally + self.named_tests(&targets, |_| ())?)
    }

    fn conformance(&mut self) -> Result<Tally> {
        let provider = self.provider()?;
        let targets = self.targets.conformance.clone();
        self.named_tests(&targets, |command| {
            command.env(paths::PROVIDER_VARIABLE, &provider);
        })
    }

    fn acceptance(&mut self) -> Result<Tally> {
        let provider = self.provider()?;
        let targets = self.targets.acceptance.clone();
        let standin = Aws::start(Some(console::pass_on()))?;
        let noted = self.private.path().join("secrets");
        let tests = self.named_tests(&targets, |command| {
            command.env("RUST_TEST_THREADS", ACCEPTANCE_THREADS);
            command.env(paths::PROVIDER_VARIABLE, &provider);
            command.env(aws::STANDIN_VARIABLE, standin.endpoint());
            command.env(artefacts::FOLDER_VARIABLE, &self.artefacts);
            command.env(artefacts::SECRETS_VARIABLE, &noted);
        })?;
        if tests.total() == 0 {
            return Ok(tests);
        }
        Ok(tests + self.search_for_secrets(&noted))
    }

    /// No token that any test made may be in anything that Terraform or the provider wrote.
    fn search_for_secrets(&self, noted: &Path) -> Tally {
        let noted = fs::read_to_string(noted).unwrap_or_default();
        let noted: std::collections::BTreeSet<&str> = noted.lines().collect();
        if noted.is_empty() && self.filter.is_none() {
            console::line("no test noted a token: a search for none proves nothing");
            return Tally::one(false);
        }
        match secrets::expect_none(&self.artefacts, noted.iter().copied()) {
            Ok(()) => {
                let count = noted.len();
                console::line(format_args!("searched all artefacts for {count} token(s): none"));
                Tally::one(true)
            }
            Err(error) => {
                console::error(&error);
                Tally::one(false)
            }
        }
    }

    fn provider(&mut self) -> Result<PathBuf> {
        if let Some(built) = &self.provider {
            return Ok(built.clone());
        }
        // The provider uploads what lies beside it.
        self.built_agents()?;
        let (sink, colour) = (console::pass_on(), console::is_terminal());
        let built = cargo::build_provider(false, sink, colour)?;
        self.provider = Some(built.clone());
        Ok(built)
    }

    fn built_agents(&mut self) -> Result<&[Agent]> {
        for build in Build::ALL.into_iter().skip(self.agents.len()) {
            let (sink, colour) = (console::pass_on(), console::is_terminal());
            self.agents.push(agent::prepare(build, "debug", sink, colour)?);
        }
        Ok(&self.agents)
    }

    fn named_tests(&self, names: &[String], set: impl FnOnce(&mut Command)) -> Result<Tally> {
        if names.is_empty() {
            return Ok(Tally::default());
        }
        let arguments: Vec<&str> =
            names.iter().flat_map(|name| ["--test", name.as_str()]).collect();
        self.cargo_test(&arguments, set)
    }

    fn cargo_test(&self, arguments: &[&str], set: impl FnOnce(&mut Command)) -> Result<Tally> {
        let mut words = vec!["test", "--workspace", "--locked", "--no-fail-fast"];
        words.extend(FEATURES);
        words.extend(arguments);
        if let Some(filter) = &self.filter {
            words.extend(["--", filter]);
        }
        let captured = run_cargo(&words, |command| {
            command.env("TMPDIR", self.temporary.path());
            set(command);
        })?;
        let tally = count::cargo(&String::from_utf8_lossy(&captured.stdout));
        Ok(tally.of_program(captured.status.success()))
    }
}

fn run_cargo(arguments: &[&str], set: impl FnOnce(&mut Command)) -> Result<process::Captured> {
    let mut command = cargo::command(arguments, console::is_terminal());
    set(&mut command);
    cargo::run(&mut command, Some(console::pass_on()))
}
