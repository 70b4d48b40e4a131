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

    /// Plans; returns the actions that the plan has for a resource (`["no-op"]` for none), and the
    /// change with the values before and after. A resource that isn't in the plan has no actions.
    pub fn planned(&self, address: &str) -> Result<(Vec<String>, Value)> {
        let plan = self.plan_json()?;
        let changes = plan["resource_changes"].as_array().into_iter().flatten();
        let change = changes.into_iter().find(|change| change["address"] == address);
        let change = change.map(|change| change["change"].clone()).unwrap_or_default();
        let actions = change["actions"].as_array().into_iter().flatten();
        let actions = actions.filter_map(|action| action.as_str().map(str::to_owned)).collect();
        Ok((actions, change))
    }

    /// The attributes of a resource in the state, also of one in a module; null when it isn't there.
    pub fn stored(&self, address: &str) -> Result<Value> {
        let shown = self.show_json()?;
        let found = resource(&shown["values"]["root_module"], address);
        Ok(found.map(|resource| resource["values"].clone()).unwrap_or_default())
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

/// A resource of a module or of those that it calls.
fn resource<'a>(module: &'a Value, address: &str) -> Option<&'a Value> {
    let list = |key: &str| module[key].as_array().into_iter().flatten();
    list("resources")
        .find(|resource| resource["address"] == address)
        .or_else(|| list("child_modules").find_map(|module| resource(module, address)))
}

fn parse(what: &str, bytes: &[u8]) -> Result<Value> {
    serde_json::from_slice(bytes)
        .map_err(|error| Error::unexpected(format!("{what} is not JSON: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_resource_is_found_in_its_module() {
        let root = json!({
            "resources": [{ "address": "a.one", "values": 1 }],
            "child_modules": [
                { "resources": [{ "address": "module.m.a.one", "values": 2 }],
                  "child_modules": [{ "resources": [{ "address": "module.m.module.n.a.one", "values": 3 }] }] },
            ],
        });
        for (address, value) in
            [("a.one", 1), ("module.m.a.one", 2), ("module.m.module.n.a.one", 3)]
        {
            assert_eq!(resource(&root, address).map(|one| &one["values"]), Some(&json!(value)));
        }
        assert!(resource(&root, "a.two").is_none());
        assert!(resource(&Value::Null, "a.one").is_none());
    }
}
