//! What needs no network: validating a configuration, and the schema.

use std::{env, fs};

use hinomi_tests::{Result, Verb, Workspace, paths};
use serde_json::Value;

/// A workspace in which AWS, and whatever goes through a proxy, can't be reached: an attempt would fail.
fn closed(name: &str) -> Result<Workspace> {
    let nowhere = "http://127.0.0.1:9";
    Ok(Workspace::new(name)?
        .env("HTTP_PROXY", nowhere)
        .env("HTTPS_PROXY", nowhere)
        .env("AWS_ENDPOINT_URL", nowhere))
}

const CONFIGURATION: &str = r#"
provider "hinomi" {
  region  = "eu-west-1"
  account = { id = "111111111111", role_name = "monitoring" }
}

resource "terraform_data" "unknown" {}

resource "hinomi_synthetic_monitor" "web" {
  name     = "web"
  engine   = "canary"
  interval = "5m"
  http     = { url = "https://${terraform_data.unknown.id}.example.com/" }
  canary = {
    execution_role_arn = "arn:aws:iam::111111111111:role/canary"
    artifact_bucket    = "reports"
  }
}

resource "hinomi_cost_alert" "all" {
  name = "all"
  budget = {
    limit_usd  = 100
    thresholds = { most = { percent = 80, emails = ["ops@example.com"] } }
  }
}

resource "hinomi_discord_webhook" "bell" {
  channel_id = "123456789012345678"
  name       = "Bell"
}
"#;

#[test]
fn a_configuration_is_validated_without_network() -> Result<()> {
    let workspace = closed("offline-validate")?;
    workspace.config(CONFIGURATION)?.validate()?.expect("The configuration is valid")?;
    workspace.config(&CONFIGURATION.replace("\"5m\"", "\"5 minutes\""))?;
    workspace.expect_error(Verb::Validate, &["interval"])?;
    workspace.discard();
    Ok(())
}

/// The schema is what users write against: a change of it is a change to review. The file is made
/// anew with `HINOMI_REGENERATE=1`.
#[test]
fn the_schema_is_the_reviewed_one() -> Result<()> {
    let workspace = closed("offline-schema")?;
    workspace.config(CONFIGURATION)?.init()?;
    let output = workspace.terraform(&["providers", "schema", "-json"])?;
    let schema: Value = serde_json::from_str(output.stdout()).expect("Terraform writes JSON");
    let ours = &schema["provider_schemas"]["registry.terraform.io/hinomi/hinomi"];
    let text = format!("{:#}\n", sorted(ours));
    let golden = paths::repository().join("tests/golden/schema.json");
    if env::var_os("HINOMI_REGENERATE").is_some() {
        fs::write(&golden, &text).expect("the golden file can be written");
    }
    let reviewed = fs::read_to_string(&golden).unwrap_or_default();
    assert!(
        reviewed == text,
        "the schema differs from {}; when that is meant, run this test with HINOMI_REGENERATE=1",
        golden.display()
    );
    Ok(())
}

/// Objects with their keys in order, whichever order `serde_json` keeps: that depends on the features
/// that other members of the workspace ask for.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            entries.sort_by_key(|(key, _)| *key);
            entries.into_iter().map(|(key, value)| (key.clone(), sorted(value))).collect()
        }
        Value::Array(elements) => elements.iter().map(sorted).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}
