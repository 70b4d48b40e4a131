//! Where the demo and the benchmark play: both stand-ins, an empty account, and a copy of
//! `examples/quickstart` that uses them.

use std::{collections::BTreeSet, fs, path::Path, sync::Arc};

use hinomi_tests::{
    Account, Aws, Discord, Error, Result, Workspace,
    account::{Object, REGION},
    process::Sink,
};
use serde_json::{Map, Value, json};

/// The configuration that a user would start from.
const EXAMPLE: &str = "examples/quickstart";

/// Both stand-ins and the example.
pub(crate) struct Scene {
    // Dropped in this order: nothing that may still call a stand-in outlives it.
    pub(crate) workspace: Workspace,
    pub(crate) account: Account,
    /// Shared with the window on its channel.
    pub(crate) discord: Arc<Discord>,
    _aws: Aws,
}

impl Scene {
    /// Copies the example and connects it to the stand-ins. `more` are further values of its variables.
    pub(crate) fn set(
        aws: Aws,
        discord: Discord,
        account: Account,
        shop_url: Option<&str>,
        more: Map<String, Value>,
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
        let mut values = values(&declared, &discord, shop_url);
        values.extend(more);
        let text = format!("{:#}\n", Value::Object(values));
        workspace.file("demo.auto.tfvars.json", &text)?;
        Ok(Self { workspace, account, discord: Arc::new(discord), _aws: aws })
    }

    /// What exists now: all of it Terraform's, since the account was empty.
    pub(crate) fn made(&self) -> Result<Vec<Object>> {
        Ok(self.account.objects()?.into_iter().collect())
    }
}

/// Values for the variables that the example declares. Tokens are not among them: they go through
/// the environment. `shop_url` is a shop on this machine, whose network is then allowed.
fn values(
    declared: &BTreeSet<String>,
    discord: &Discord,
    shop_url: Option<&str>,
) -> Map<String, Value> {
    let known = [
        ("region", Some(json!(REGION))),
        ("discord_base_url", Some(json!(discord.server().url()))),
        ("discord_channel_id", Some(json!(discord.channel()))),
        ("shop_url", shop_url.map(|url| json!(url))),
        ("allowed_networks", shop_url.map(|_| json!(["127.0.0.0/8"]))),
        ("ring", shop_url.map(|_| json!("the first drill"))),
    ];
    known
        .into_iter()
        .filter(|(name, _)| declared.contains(*name))
        .filter_map(|(name, value)| Some((name.to_owned(), value?)))
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
