//! The agent that the provider brings along.

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hinomi_tests::{Account, Error, Result, Verb, Workspace, paths};
use serde_json::{Value, json};

use super::{ADDRESS, FUNCTION, FUNCTIONS, location};

const ARCHIVE: &str = "hinomi-agent-x86_64.zip";

/// A folder with the provider and, beside it, the agents that a test puts there.
pub(super) struct Release {
    folder: PathBuf,
    provider: PathBuf,
}

impl Release {
    /// Below the target directory, so that the provider can be a link to its own bytes.
    fn new(name: &str) -> Result<Self> {
        let folder =
            paths::provider().with_file_name(format!("release-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).map_err(Error::io("make a release's folder"))?;
        let provider = folder.join("terraform-provider-hinomi");
        let _ = fs::remove_file(&provider);
        fs::hard_link(paths::provider(), &provider).map_err(Error::io("link the provider"))?;
        Ok(Self { folder, provider })
    }

    /// A release with an agent for each processor.
    pub(super) fn for_both_processors(name: &str) -> Result<Self> {
        let agent = archive("1.0.0");
        Self::new(name)?.with_agent(&agent)?.with_agent_for("arm64", &agent)
    }

    fn with_agent(self, archive: &[u8]) -> Result<Self> {
        self.with_agent_for("x86_64", archive)
    }

    fn with_agent_for(self, architecture: &str, archive: &[u8]) -> Result<Self> {
        let path = self.folder.join(format!("hinomi-agent-{architecture}.zip"));
        fs::write(path, archive).map_err(Error::io("write an agent"))?;
        Ok(self)
    }

    pub(super) fn workspace(&self, name: &str, account: &Account) -> Result<Workspace> {
        Ok(Workspace::with_provider(name, &self.provider)?.with_account(account))
    }
}

impl Drop for Release {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// An archive that Lambda takes, of this version.
fn archive(version: &str) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default().unix_permissions(0o755);
    archive.start_file("bootstrap", options).expect("a file in memory");
    archive.write_all(format!("#!/bin/sh\n# {version}\n").as_bytes()).expect("memory");
    archive.set_comment(format!("hinomi-agent {version}")).expect("a short comment");
    archive.finish().expect("memory").into_inner()
}

/// Moves the state of one workspace to another.
fn hand_over(from: &Workspace, to: &Workspace) -> Result<()> {
    let state = |workspace: &Workspace| -> PathBuf {
        Path::new(workspace.folder()).join("terraform.tfstate")
    };
    fs::copy(state(from), state(to)).map(drop).map_err(Error::io("copy the state"))
}

#[test]
fn only_another_agent_changes_a_location() -> Result<()> {
    let account = Account::new()?;
    account.transition_milliseconds(50)?;
    let old = Release::new("old")?.with_agent(&archive("1.0.0"))?;
    let same = Release::new("same")?.with_agent(&archive("1.0.0"))?;
    let new = Release::new("new")?.with_agent(&archive("1.1.0"))?;

    let first = old.workspace("location-old", &account)?;
    first.config(&location(""))?.apply()?;
    first.expect_empty_plan()?;
    assert_eq!(first.stored(ADDRESS)?["agent_version"], "1.0.0");

    let second = same.workspace("location-same", &account)?;
    second.config(&location(""))?;
    hand_over(&first, &second)?;
    second.expect_empty_plan()?;

    let third = new.workspace("location-new", &account)?;
    third.config(&location(""))?;
    hand_over(&first, &third)?;
    let (actions, change) = third.planned(ADDRESS)?;
    assert_eq!(actions, ["update"]);
    assert_eq!(changed(&change), ["agent_sha256", "agent_version"]);
    assert_eq!(change["after"]["agent_version"], "1.1.0");
    let before = account.calls("lambda", "UpdateFunctionConfiguration")?;
    third.apply()?;
    third.expect_empty_plan()?;
    assert_eq!(account.calls("lambda", "UpdateFunctionCode")?, 1);
    assert_eq!(account.calls("lambda", "UpdateFunctionConfiguration")?, before);
    third.destroy()?;
    assert_eq!(account.objects()?.len(), 0);
    Ok(())
}

/// The attributes that a change changes.
fn changed(change: &Value) -> Vec<String> {
    let after = change["after"].as_object().cloned().unwrap_or_default();
    after
        .into_iter()
        .filter(|(name, value)| change["before"][name] != *value)
        .map(|(name, _)| name)
        .collect()
}

#[test]
fn code_that_was_replaced_is_brought_back() -> Result<()> {
    let account = Account::new()?;
    account.transition_milliseconds(50)?;
    let release = Release::new("code")?.with_agent(&archive("1.0.0"))?;
    let workspace = release.workspace("location-code", &account)?;
    workspace.config(&location(""))?.apply()?;
    let body = json!({ "ZipFile": STANDARD.encode(archive("6.6.6")) });
    let path = format!("{FUNCTIONS}/{FUNCTION}/code");
    account.send("lambda", "PUT", &path, "application/json", &body.to_string())?;
    let (actions, change) = workspace.planned(ADDRESS)?;
    assert_eq!(actions, ["update"]);
    assert_eq!(changed(&change), ["agent_sha256", "agent_version"]);
    workspace.apply()?;
    workspace.expect_empty_plan()?;
    workspace.destroy().map(drop)
}

#[test]
fn a_provider_without_its_agent_says_so_at_plan() -> Result<()> {
    let account = Account::new()?;
    let release = Release::new("none")?;
    let workspace = release.workspace("location-none", &account)?;
    workspace.config(&location(""))?;
    let told = ["No agent for this monitor location", "architecture", ARCHIVE, "cargo dev agent"];
    workspace.expect_error(Verb::Plan, &told)?;
    let release = release.with_agent(b"no archive")?;
    workspace.expect_error(Verb::Plan, &["is not the agent's archive", ARCHIVE])?;
    workspace.discard();
    drop(release);
    Ok(())
}
