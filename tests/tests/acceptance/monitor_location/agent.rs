//! The agent that the provider brings along.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hinomi_tests::{Account, Error, Result, Verb, Workspace};
use serde_json::{Value, json};

use super::{ADDRESS, FUNCTION, FUNCTIONS, location};
use crate::release::{self, Release};

const ARCHIVE: &str = "hinomi-agent-x86_64.zip";

fn archive(version: &str) -> Vec<u8> {
    release::archive("hinomi-agent", version)
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
    let old = Release::new("old")?.with(ARCHIVE, &archive("1.0.0"))?;
    let same = Release::new("same")?.with(ARCHIVE, &archive("1.0.0"))?;
    let new = Release::new("new")?.with(ARCHIVE, &archive("1.1.0"))?;

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
    let release = Release::new("code")?.with(ARCHIVE, &archive("1.0.0"))?;
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
    let release = release.with(ARCHIVE, b"no archive")?;
    workspace.expect_error(Verb::Plan, &["is not the agent's archive", ARCHIVE])?;
    workspace.discard();
    drop(release);
    Ok(())
}
