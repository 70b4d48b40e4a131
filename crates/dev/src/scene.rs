//! Where the demo and the benchmark play: both stand-ins, a seeded account, and a copy of
//! `examples/quickstart` that uses them.

use std::{collections::BTreeSet, fs, path::Path};

use hinomi_tests::{
    Account, Aws, Discord, Error, Result, Workspace,
    account::{Object, REGION},
    process::Sink,
};
use serde_json::{Map, Value, json};

/// The configuration that a user would start from.
const EXAMPLE: &str = "examples/quickstart";

/// Both stand-ins with what the example needs to find there.
pub(crate) struct Scene {
    // Dropped in this order: nothing that may still call a stand-in outlives it.
    pub(crate) workspace: Workspace,
    pub(crate) account: Account,
    pub(crate) discord: Discord,
    pub(crate) seeds: Seeds,
    _aws: Aws,
}

/// What exists before the first apply.
pub(crate) struct Seeds {
    pub(crate) role_arn: String,
    pub(crate) bucket: String,
    pub(crate) topic_arn: String,
    objects: BTreeSet<Object>,
}

impl Seeds {
    /// Makes role, bucket and topic through the AWS API.
    pub(crate) fn sow(account: &Account) -> Result<Self> {
        let role_arn = account.seed_role("canary-runner")?;
        let bucket = account.seed_bucket(&format!("canary-artifacts-{}", account.id()))?;
        let topic_arn = account.seed_topic("alarms")?;
        Ok(Self { role_arn, bucket, topic_arn, objects: account.objects()? })
    }
}

impl Scene {
    /// Copies the example and connects it to the stand-ins.
    pub(crate) fn set(
        aws: Aws,
        discord: Discord,
        account: Account,
        seeds: Seeds,
        provider: &Path,
        output: Option<(Sink, bool)>,
    ) -> Result<Self> {
        let mut workspace = Workspace::from_repository("demo", EXAMPLE, provider)?
            .with_account(&account)
            .with_discord(&discord);
        if let Some((sink, colour)) = output {
            workspace = workspace.with_sink(sink, colour);
        }
        let declared = declared_variables(workspace.folder())?;
        let values = values(&declared, &account, &discord, &seeds);
        let text = format!("{:#}\n", Value::Object(values));
        workspace.file("demo.auto.tfvars.json", &text)?;
        Ok(Self { workspace, account, discord, seeds, _aws: aws })
    }

    /// What exists now and did not before the first apply.
    pub(crate) fn made(&self) -> Result<Vec<Object>> {
        let now = self.account.objects()?;
        Ok(now.difference(&self.seeds.objects).cloned().collect())
    }
}

/// Values for the variables that the example declares. Tokens are not among them: they go through
/// the environment.
fn values(
    declared: &BTreeSet<String>,
    account: &Account,
    discord: &Discord,
    seeds: &Seeds,
) -> Map<String, Value> {
    let known = [
        ("account_id", json!(account.id())),
        ("region", json!(REGION)),
        ("execution_role_arn", json!(seeds.role_arn)),
        ("artifact_bucket", json!(seeds.bucket)),
        ("topic_arn", json!(seeds.topic_arn)),
        ("topic_arns", json!([seeds.topic_arn])),
        ("discord_base_url", json!(discord.server().url())),
        ("discord_channel_id", json!(discord.channel())),
    ];
    known
        .into_iter()
        .filter(|(name, _)| declared.contains(*name))
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// Names of the input variables in a folder's `.tf` files; Terraform warns of values for others.
fn declared_variables(folder: &Path) -> Result<BTreeSet<String>> {
    let mut names = BTreeSet::new();
    let entries = fs::read_dir(folder).map_err(Error::io(format!("list {}", folder.display())))?;
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if path.extension().is_some_and(|extension| extension == "tf") {
            let text = fs::read_to_string(&path);
            let text = text.map_err(Error::io(format!("read {}", path.display())))?;
            names.extend(variables_in(&text).map(ToOwned::to_owned));
        }
    }
    Ok(names)
}

fn variables_in(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let rest = line.trim_start().strip_prefix("variable")?.trim_start();
        rest.strip_prefix('"')?.split_once('"').map(|(name, _)| name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_are_found_and_uses_are_not() {
        let text = "variable \"region\" {\n}\n  variable   \"topic_arns\" { type = set(string) }\n# variable\nlocals { variable = var.other }\n";
        assert_eq!(variables_in(text).collect::<Vec<_>>(), ["region", "topic_arns"]);
    }
}
