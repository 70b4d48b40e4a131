//! Cargo's commands, always over the whole workspace: so every one of them sees the same features,
//! and no crate is compiled twice.

use std::{env, path::PathBuf, process::Command, time::Duration};

use hinomi_tests::{
    Error, Result, paths,
    process::{self, Captured, Sink},
};
use serde_json::Value;

use crate::console;

/// A clean build with the AWS SDK on a small machine.
const LIMIT: Duration = Duration::from_hours(2);

/// The package whose integration tests drive the built provider.
const HARNESS: &str = "hinomi-tests";

/// Name of the provider's binary.
const PROVIDER: &str = "terraform-provider-hinomi";

/// A cargo command in the repository, without what `cargo run` set for this program.
pub(crate) fn command(arguments: &[&str], colour: bool) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(arguments).current_dir(paths::repository());
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        let mine = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_BIN_", "CARGO_CRATE_"];
        if mine.iter().any(|prefix| text.starts_with(prefix)) {
            command.env_remove(&name);
        }
    }
    if colour {
        command.env("CARGO_TERM_COLOR", "always");
    }
    command
}

/// Runs a cargo command to its end, whatever that is.
pub(crate) fn run(command: &mut Command, sink: Option<Sink>) -> Result<Captured> {
    process::run(command, LIMIT, sink)
}

/// Builds the provider; returns its path.
pub(crate) fn build_provider(release: bool, sink: Sink, colour: bool) -> Result<PathBuf> {
    // `--examples` makes cargo choose the features that the tests need too: otherwise the AWS SDK is
    // compiled once for the binary and again for them.
    let mut arguments = vec!["build", "--workspace", "--locked", "--bin", PROVIDER, "--examples"];
    if release {
        // What ships is built alone, with its own features.
        arguments = vec!["build", "--locked", "--package", PROVIDER, "--release"];
    }
    let captured = run(&mut command(&arguments, colour), Some(sink))?;
    if !captured.status.success() {
        return Err(Error::unexpected("the provider doesn't build; cargo's messages are above"));
    }
    let profile = if release { "release" } else { "debug" };
    Ok(paths::target().join(profile).join(PROVIDER))
}

/// Builds an example of the workspace, with the features of all of it; returns its path.
pub(crate) fn build_example(name: &str) -> Result<PathBuf> {
    let arguments = ["build", "--workspace", "--locked", "--example", name];
    let mut command = command(&arguments, console::is_terminal());
    let captured = run(&mut command, Some(console::pass_on()))?;
    if !captured.status.success() {
        return Err(Error::unexpected(format!("the example {name} doesn't build; see above")));
    }
    Ok(paths::target().join("debug/examples").join(name))
}

/// Integration tests of the workspace: those that drive the built provider or agent by what their
/// name begins with, and all others.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Targets {
    pub(crate) conformance: Vec<String>,
    pub(crate) acceptance: Vec<String>,
    pub(crate) agent: Vec<String>,
    pub(crate) others: Vec<String>,
}

impl Targets {
    /// Asks cargo.
    pub(crate) fn list() -> Result<Self> {
        let arguments = ["metadata", "--no-deps", "--format-version", "1"];
        let captured = run(&mut command(&arguments, false), None)?;
        let metadata = serde_json::from_slice(&captured.stdout).map_err(|error| {
            let said = String::from_utf8_lossy(&captured.stderr).into_owned();
            Error::unexpected(format!("unable to read cargo's metadata: {error}\n{said}"))
        })?;
        Ok(Self::sort(&metadata))
    }

    fn sort(metadata: &Value) -> Self {
        let mut sorted = Self::default();
        for package in metadata["packages"].as_array().into_iter().flatten() {
            let tests = package["targets"].as_array().into_iter().flatten();
            for target in tests.filter(|target| target["kind"][0] == "test") {
                let name = target["name"].as_str().unwrap_or_default().to_owned();
                let harness = package["name"] == HARNESS;
                if harness && name.starts_with("conformance") {
                    sorted.conformance.push(name);
                } else if harness && name.starts_with("acceptance") {
                    sorted.acceptance.push(name);
                } else if harness && name.starts_with("agent") {
                    sorted.agent.push(name);
                } else {
                    sorted.others.push(name);
                }
            }
        }
        sorted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn targets_are_sorted_by_package_and_name() {
        let test = |name: &str| json!({ "name": name, "kind": ["test"] });
        let metadata = json!({ "packages": [
            { "name": "framework", "targets": [test("acceptance_of_values"), { "name": "framework", "kind": ["lib"] }] },
            { "name": "hinomi-tests", "targets": [
                test("conformance"), test("acceptance_webhook"), test("acceptance_monitor"), test("architecture"), test("agent"),
            ] },
        ]});
        let owned = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        let expected = Targets {
            conformance: owned(&["conformance"]),
            acceptance: owned(&["acceptance_webhook", "acceptance_monitor"]),
            agent: owned(&["agent"]),
            others: owned(&["acceptance_of_values", "architecture"]),
        };
        assert_eq!(Targets::sort(&metadata), expected);
    }

    #[test]
    fn this_workspace_can_be_asked() {
        Targets::list().expect("cargo answers");
    }
}
