//! What a workspace holds, as values that a test can look into.

use std::{fs, sync::atomic::Ordering};

use serde_json::Value;

use super::{Verb, Workspace};
use crate::{Error, Result};

impl Workspace {
    /// Plans and returns the plan as Terraform's JSON.
    pub fn plan_json(&self) -> Result<Value> {
        let result = self.run(Verb::Plan).and_then(|output| output.success(true));
        self.note(result)?;
        let saved = self.saved_plan(self.commands.load(Ordering::SeqCst), Verb::Plan);
        self.json(&["show", "-json", &saved.to_string_lossy()])
    }

    /// The state as Terraform's JSON.
    pub fn show_json(&self) -> Result<Value> {
        self.json(&["show", "-json"])
    }

    /// The state file itself, as it is on disk; null before the first apply.
    pub fn state(&self) -> Result<Value> {
        match fs::read(self.working.join("terraform.tfstate")) {
            Ok(bytes) => parse("the state", &bytes),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Value::Null),
            Err(error) => Err(Error::io("read the state")(error)),
        }
    }

    /// Value of an output.
    pub fn output(&self, name: &str) -> Result<Value> {
        self.json(&["output", "-json", name])
    }

    fn json(&self, arguments: &[&str]) -> Result<Value> {
        let output = self.command_with(arguments[0], arguments, None)?;
        let result = parse(&arguments.join(" "), output.stdout().as_bytes());
        self.note(result)
    }
}

fn parse(what: &str, bytes: &[u8]) -> Result<Value> {
    serde_json::from_slice(bytes)
        .map_err(|error| Error::unexpected(format!("{what} is not JSON: {error}")))
}
