//! The harness against the real `terraform`, with resources that need no provider.

use std::{fs, sync::mpsc::channel};

use serde_json::json;

use super::*;
use crate::{process::Sink, secrets};

const NO_PROVIDERS: &str = "terraform {\n  required_providers {}\n}\n";

/// A workspace whose provider is never started: nothing in the configuration asks for it.
fn workspace(name: &str, hcl: &str) -> Workspace {
    let folder = tempfile::tempdir().expect("a folder");
    let provider = folder.path().join("terraform-provider-hinomi");
    fs::write(&provider, "").expect("written");
    let workspace = Workspace::with_provider(name, &provider).expect("made");
    workspace.config(&format!("{NO_PROVIDERS}{hcl}")).expect("written");
    workspace
}

fn data(input: &str) -> String {
    format!(
        "resource \"terraform_data\" \"a\" {{\n  input = \"{input}\"\n}}\noutput \"text\" {{\n  value = terraform_data.a.output\n}}\n"
    )
}

#[test]
fn a_configuration_lives_from_plan_to_destroy() {
    let workspace = workspace("life", &data("one"));
    workspace.validate().expect("valid");
    let plan = workspace.plan_json().expect("planned");
    assert_eq!(plan["resource_changes"][0]["change"]["actions"], json!(["create"]));
    assert_eq!(workspace.plan().expect("planned").code(), Some(2));
    workspace.apply().expect("applied");
    workspace.expect_empty_plan().expect("nothing to do");
    assert_eq!(workspace.output("text").expect("shown"), json!("one"));
    assert_eq!(workspace.state().expect("read")["resources"][0]["type"], "terraform_data");
    let shown = workspace.show_json().expect("shown");
    assert_eq!(shown["values"]["root_module"]["resources"][0]["values"]["input"], "one");
    let listed = workspace.terraform(&["state", "list"]).expect("listed");
    assert_eq!(listed.stdout(), "terraform_data.a\n");
    workspace.destroy().expect("destroyed");
    assert_eq!(workspace.state().expect("read")["resources"], json!([]));
}

#[test]
fn a_plan_with_changes_is_not_empty() {
    let workspace = workspace("changes", &data("one"));
    workspace.apply().expect("applied");
    workspace.config(&format!("{NO_PROVIDERS}{}", data("two"))).expect("written");
    let error = workspace.expect_empty_plan().expect_err("a change").to_string();
    assert!(error.contains("1 to change"), "{error}");
    workspace.discard();
}

#[test]
fn errors_are_expected_in_their_words() {
    let wrong = workspace("wrong", "resource \"terraform_data\" \"a\" {\n  inputs = 1\n}\n");
    let expected = ["Unsupported argument", "An argument named \"inputs\" is not expected here."];
    wrong.expect_error(Verb::Validate, &expected).expect("both are said");
    let right = workspace("right", &data("one"));
    right.expect_error(Verb::Validate, &["Unsupported argument"]).expect_err("it is valid");
    right.discard();
    wrong.apply().expect_err("it is not valid");
    wrong.discard();
}

#[test]
fn nothing_of_the_machine_is_inherited() {
    let hcl = "resource \"terraform_data\" \"a\" {\n  provisioner \"local-exec\" {\n    command = \"env\"\n  }\n}\n";
    let workspace = workspace("environment", hcl).env("HINOMI_WITNESS", "seen");
    let output = workspace.apply().expect("applied");
    assert!(output.contains("HINOMI_WITNESS=seen"), "{}", output.stdout());
    for inherited in ["CARGO_MANIFEST_DIR", "USER=", "AWS_CA_BUNDLE"] {
        assert!(!output.stdout().contains(inherited), "{inherited}: {}", output.stdout());
    }
}

#[test]
fn a_secret_is_found_in_a_real_plan_file() {
    const SECRET: &str = "a-token-that-nobody-else-has";
    let hcl = "variable \"token\" {\n  type      = string\n  sensitive = true\n}\nresource \"terraform_data\" \"a\" {\n  input = var.token\n}\n";
    let leaking = workspace("leaking", hcl).var("token", SECRET);
    leaking.plan().expect("planned");
    let found = secrets::search(leaking.artefacts(), SECRET).expect("searched");
    assert!(
        found.iter().any(|finding| finding.place.contains("02-plan.tfplan > ")),
        "Terraform keeps sensitive values in plan files: {found:?}"
    );
    leaking.expect_no_secret(&[SECRET]).expect_err("it is there");
    leaking.expect_no_secret(&["another-token-of-nobody"]).expect("it is not");
    leaking.discard();
}

#[test]
fn an_interrupted_apply_ends_and_keeps_what_was_made_as_tainted() {
    let hcl = "resource \"terraform_data\" \"a\" {\n  provisioner \"local-exec\" {\n    command = \"echo begun; sleep 600\"\n  }\n}\n";
    let (sender, lines) = channel();
    let sender = std::sync::Mutex::new(sender);
    let sink: Sink = std::sync::Arc::new(move |_, bytes: &[u8]| {
        // After the interesting line nobody listens any more.
        let _ = sender.lock().expect("no panic inside").send(bytes.to_vec());
    });
    let workspace = workspace("interrupt", hcl).with_sink(sink, false);
    let running = workspace.start_apply().expect("started");
    let mut seen = Vec::new();
    while !String::from_utf8_lossy(&seen).contains("(local-exec): begun") {
        seen.extend(lines.recv().expect("the apply still writes"));
    }
    running.interrupt();
    let output = running.wait().expect("ended");
    assert_eq!(output.code(), Some(1), "{}", output.stdout());
    assert!(output.contains("Interrupt received"), "{}", output.stdout());
    let state = workspace.state().expect("read");
    assert_eq!(state["resources"][0]["instances"][0]["status"], "tainted", "{state}");
}

#[test]
fn a_command_that_hangs_is_killed() {
    let hcl = "resource \"terraform_data\" \"a\" {\n  provisioner \"local-exec\" {\n    command = \"sleep 600\"\n  }\n}\n";
    let workspace = workspace("hang", hcl);
    workspace.init().expect("initialised");
    let workspace = workspace.with_limit(std::time::Duration::from_secs(3));
    let error = workspace.apply().expect_err("killed");
    assert!(matches!(error, crate::Error::TimedOut { .. }), "{error}");
    workspace.discard();
}

#[test]
fn a_log_is_kept_when_asked() {
    let workspace = workspace("trace", &data("one")).with_trace();
    workspace.validate().expect("valid");
    let log = workspace.artefacts().join("02-validate.trace.log");
    assert!(fs::read_to_string(log).expect("kept").contains("[TRACE]"));
}
