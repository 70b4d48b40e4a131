//! The modules pass on what the resources offer.
//!
//! Terraform drops an attribute without a word that an object's type doesn't have: whoever writes
//! `out_of` where the module has forgotten it gets no error, and another alarm than they asked for.

#[path = "module/types.rs"]
mod types;

use std::collections::BTreeMap;
use std::fs;

use hinomi_tests::paths;
use serde_json::Value;

use types::Type;

/// A variable of the module, what it stands for in the provider's schema, and how the module's
/// resources name its attributes.
const VARIABLES: [(&str, &str, &str); 10] = [
    ("account", "hinomi_synthetic_monitor.account", "var.account"),
    ("anomaly", "hinomi_cost_alert.anomaly", "var.anomaly."),
    ("budget", "hinomi_cost_alert.budget", "var.budget."),
    ("canary", "hinomi_synthetic_monitor.canary", "var.canary."),
    ("location", "hinomi_monitor_location", "var.location."),
    ("locations", "hinomi_synthetic_monitor.locations", "var.locations"),
    ("metrics_role", "hinomi_metrics_role", "var.metrics_role."),
    ("monitors", "hinomi_synthetic_monitor", "each.value."),
    ("relay", "hinomi_alert_relay", "var.relay."),
    ("webhook", "hinomi_discord_webhook", "var.webhook."),
];

/// What variables of their own say, or the module itself, for every resource.
const OF_THE_MODULE: [&str; 4] = ["account", "name", "region", "tags"];

/// Attributes of the resources that an object of the module lacks on purpose, and why.
const LEFT_OUT: [(&str, &str); 9] = [
    ("canary.artifact_bucket", "in `own`, together with the role"),
    ("canary.execution_role_arn", "in `own`, together with the bucket"),
    ("location.canaries", "follows from the monitors' engines"),
    ("monitors.canary", "one of all canaries: the variable `canary`"),
    ("monitors.http", "spread out, since nearly every monitor has it"),
    ("monitors.metrics_role_arn", "one for the account: a variable"),
    (
        "webhook.publish_to",
        "one parameter, for the account's relay: `parameter_name` and `kms_key_id`",
    ),
    ("webhook.url_wo", "ephemeral as a whole: the variable `webhook_url_wo`"),
    ("monitors.locations[]", "keys of the variable `locations`, which has the objects"),
];

/// Attributes of the module's objects that no resource has under that name.
const OWN: [(&str, &str); 4] = [
    ("canary.own", "a role and a bucket that exist already"),
    ("webhook.kms_key_id", "of the parameter in `publish_to`"),
    ("webhook.name", "the webhook's own, beside the account's"),
    ("webhook.parameter_name", "of the parameter in `publish_to`"),
];

/// The attributes of a resource, or of an object in it, by a path with dots.
fn attributes(path: &str) -> BTreeMap<String, Value> {
    let text = fs::read_to_string(paths::repository().join("tests/golden/schema.json"));
    let schema: Value = serde_json::from_str(&text.expect("the schema")).expect("JSON");
    let mut parts = path.split('.');
    let resource = parts.next().expect("a resource");
    let mut found = &schema["resource_schemas"][resource]["block"]["attributes"];
    for part in parts {
        found = &found[part]["nested_type"]["attributes"];
    }
    let found = found.as_object().unwrap_or_else(|| panic!("the schema has no {path}"));
    found.iter().map(|(name, attribute)| (name.clone(), attribute.clone())).collect()
}

fn is_given(attribute: &Value) -> bool {
    attribute["required"] == true || attribute["optional"] == true
}

/// What one has and the other lacks, at any depth.
fn compare(path: &str, offered: &BTreeMap<String, Value>, taken: &Type, found: &mut Vec<String>) {
    let Type::Object(taken) = taken.inside() else {
        found.push(format!("{path}[]"));
        return;
    };
    for (name, attribute) in offered.iter().filter(|(_, attribute)| is_given(attribute)) {
        let path = format!("{path}.{name}");
        match (taken.get(name), attribute["nested_type"]["attributes"].as_object()) {
            (None, _) => found.push(path),
            (Some(taken), Some(nested)) => {
                let nested = nested.iter().map(|(name, one)| (name.clone(), one.clone()));
                compare(&path, &nested.collect(), taken, found);
            }
            (Some(_), None) => {}
        }
    }
    let strange = taken.keys().filter(|name| !offered.get(*name).is_some_and(is_given));
    found.extend(strange.map(|name| format!("{path}.{name}")));
}

#[test]
fn no_attribute_of_a_resource_is_forgotten() {
    let variables = types::variables(&module("variables.tf"));
    let mut found = Vec::new();
    for (variable, path, _) in VARIABLES {
        let mut offered = attributes(path);
        if !path.contains('.') {
            offered.retain(|name, _| !OF_THE_MODULE.contains(&name.as_str()));
        }
        if variable == "monitors" {
            offered.extend(attributes("hinomi_synthetic_monitor.http"));
        }
        compare(variable, &offered, &variables[variable], &mut found);
    }
    let mut expected: Vec<&str> = LEFT_OUT.iter().chain(&OWN).map(|(path, _)| *path).collect();
    found.sort();
    expected.sort_unstable();
    assert_eq!(found, expected, "pass it on, or say in LEFT_OUT why not");
}

#[test]
fn what_a_variable_takes_reaches_a_resource() {
    let variables = types::variables(&module("variables.tf"));
    let code = module("main.tf") + &module("monitors.tf");
    let mut unused = Vec::new();
    for (variable, _, prefix) in VARIABLES {
        let Type::Object(attributes) = variables[variable].inside() else { continue };
        // A variable that is passed on as a whole brings all that it has.
        let names = attributes.iter().filter(|_| prefix.ends_with('.'));
        for (name, inside) in names {
            let whole = format!("{prefix}{name}");
            let part = format!("{whole}.");
            let parts = match inside {
                Type::Object(parts) if code.contains(&part) => parts,
                // What decides which parts are made is read in a `for` over the monitors.
                Type::Object(_) | Type::Many(_) | Type::Plain => {
                    let in_for = whole.replace("each.value", "monitor");
                    if !names_it(&code, &whole) && !names_it(&code, &in_for) {
                        unused.push(whole);
                    }
                    continue;
                }
            };
            let missing = parts.keys().map(|one| format!("{part}{one}"));
            unused.extend(missing.filter(|one| !names_it(&code, one)));
        }
    }
    assert_eq!(unused, Vec::<String>::new());
}

/// Whether the code has this reference, and not only a longer one.
fn names_it(code: &str, reference: &str) -> bool {
    code.match_indices(reference).any(|(at, _)| {
        let after = code[at + reference.len()..].chars().next();
        !after.is_some_and(|next| next.is_alphanumeric() || next == '_')
    })
}

/// The resources' arguments that the module leaves to the provider.
#[test]
fn no_argument_of_a_resource_is_left_unset() {
    let code = module("main.tf") + &module("monitors.tf");
    for resource in VARIABLES.map(|(_, path, _)| path).iter().filter(|path| !path.contains('.')) {
        assert_eq!(unset(&code, resource), [""; 0], "{resource}");
    }
}

/// Variables of the module `costs` that no attribute of the report has under that name, and parts of
/// those that have one.
const OF_COSTS: [(&str, &str); 6] = [
    ("costs.events.budget_usd", "of a budget of the event's own"),
    ("costs.events.emails", "of that budget"),
    ("costs.events.topic_arns", "of that budget"),
    ("costs.function", "settings that few change, in one object"),
    ("costs.webhook", "the channel's webhook is a resource of its own"),
    ("costs.webhook_url_wo", "ephemeral, of that resource"),
];

/// The module `costs` is of one resource: its variables are the resource's attributes.
#[test]
fn no_attribute_of_the_cost_report_is_forgotten() {
    let code = file_of("costs", "variables.tf");
    let mut taken = types::variables(&code);
    if let Some(Type::Object(function)) = taken.get("function").map(Type::inside).cloned() {
        taken.extend(function);
    }
    let mut found = Vec::new();
    compare("costs", &attributes("hinomi_cost_report"), &Type::Object(taken), &mut found);
    found.sort();
    assert_eq!(found, OF_COSTS.map(|(path, _)| path), "pass it on, or say in OF_COSTS why not");
    assert_eq!(unset(&file_of("costs", "main.tf"), "hinomi_cost_report"), [""; 0]);
}

/// Arguments of a resource that a module's code leaves to the provider.
fn unset(code: &str, resource: &str) -> Vec<String> {
    let opening = format!("resource \"{resource}\" \"this\" {{\n");
    let (_, rest) = code.split_once(&opening).expect("the module has the resource");
    let (body, _) = rest.split_once("\n}").expect("a block ends");
    let set: Vec<&str> = body
        .lines()
        .filter_map(|line| line.strip_prefix("  ").filter(|line| !line.starts_with(' ')))
        .filter_map(|line| Some(line.split_once(" = ")?.0.trim()))
        .collect();
    let offered = attributes(resource).into_iter();
    offered
        .filter(|(name, one)| is_given(one) && !set.contains(&name.as_str()))
        .map(|(name, _)| name)
        .collect()
}

fn module(file: &str) -> String {
    file_of("account", file)
}

fn file_of(module: &str, file: &str) -> String {
    let path = paths::repository().join("modules").join(module).join(file);
    fs::read_to_string(path).expect("a file of the module")
}
