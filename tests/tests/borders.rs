//! The borders between the parts, where no crate boundary holds them.

use std::fs;
use std::path::{Path, PathBuf};

use hinomi_tests::paths;

/// Every Rust file below a folder of the repository, with its text.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    collect(&paths::repository().join(folder), &mut found);
    assert!(!found.is_empty(), "{folder} has no sources");
    found
}

fn collect(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).expect("a folder of the repository").flatten() {
        let path = entry.path();
        if path.is_dir() {
            collect(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a source file");
            found.push((path, text));
        }
    }
}

/// Lines that name one of the words, as `file: line`.
fn naming(folder: &str, words: &[&str]) -> Vec<String> {
    let names = |line: &str| words.iter().any(|word| line.contains(word));
    sources(folder)
        .iter()
        .flat_map(|(path, text)| {
            text.lines()
                .filter(|line| names(line))
                .map(|line| format!("{}: {line}", path.display()))
        })
        .collect()
}

#[test]
fn the_framework_knows_no_service_and_no_resource() {
    let words = ["aws_sdk", "aws_config", "contract::", "synthetic_monitor", "discord"];
    assert_eq!(naming("crates/framework/src", &words), Vec::<String>::new());
}

#[test]
fn the_services_know_no_terraform() {
    for folder in ["provider/src/aws", "crates/costs/src", "crates/discord/src", "crates/agent/src"]
    {
        assert_eq!(naming(folder, &["framework::", "use framework"]), Vec::<String>::new());
    }
    let control = naming("provider/src/model", &["use framework"]);
    assert!(!control.is_empty(), "what is looked for is found where it is allowed");
}

#[test]
fn costs_are_recorded_judged_and_told_without_a_clock_and_files() {
    let words = ["::now()", "std::fs", "std::env", "std::io", "std::net", "std::time", "println!"];
    for folder in [
        "crates/contract/src/cost",
        "crates/contract/src/spike",
        "crates/history/src",
        "crates/report/src",
    ] {
        assert_eq!(naming(folder, &words), Vec::<String>::new());
    }
    let control = naming("crates/cli/src", &words);
    assert!(!control.is_empty(), "what is looked for is found where it is allowed");
}

/// What checks and relays is started cold each minute: of what a report needs, nothing is in it.
#[test]
fn the_small_agent_carries_nothing_of_the_report() {
    let tree = |features: &str| {
        let arguments = ["tree", "--locked", "--offline", "--package", "hinomi-agent", "--edges"];
        let rest = ["normal", "--prefix", "none", "--format", "{lib}", "--features", features];
        let mut command = std::process::Command::new(env!("CARGO"));
        let listed = command.args(arguments).args(rest).current_dir(paths::repository()).output();
        let listed = listed.expect("cargo runs");
        assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
        let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
        listed.split_whitespace().map(str::to_owned).collect::<std::collections::BTreeSet<_>>()
    };
    let heavy = [
        "report",
        "chart",
        "history",
        "costs",
        "parquet",
        "png",
        "skrifa",
        "tiny_skia",
        "aws_sdk_costexplorer",
        "aws_sdk_organizations",
        "aws_sdk_s3",
    ];
    let small = tree("");
    assert!(small.contains("aws_sdk_ssm"), "what is looked for is found where it is");
    let found: Vec<&str> = heavy.into_iter().filter(|name| small.contains(*name)).collect();
    assert_eq!(found, Vec::<&str>::new());
    let large = tree("report");
    let missing: Vec<&str> = heavy.into_iter().filter(|name| !large.contains(*name)).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

/// Names of the folders in a folder of the repository.
fn folders(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(paths::repository().join(folder)).expect("a folder");
    let mut names: Vec<String> = entries
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn no_resource_and_no_data_source_knows_another() {
    let registry = fs::read_to_string(paths::repository().join("provider/src/registry.rs"));
    let registry = registry.expect("the registry");
    for kind in ["resources", "data_sources"] {
        let folder = format!("provider/src/{kind}");
        let names = folders(&folder);
        for name in &names {
            assert!(
                registry.contains(&format!("{kind}::{name}::")),
                "{name} is not in the registry"
            );
            let others = names.iter().filter(|other| *other != name);
            // A data source may be called like a crate that it uses.
            let others: Vec<String> = if kind == "resources" {
                others.map(|other| format!("{other}::")).collect()
            } else {
                let ways = |other| ["data_sources", "super"].map(|way| format!("{way}::{other}"));
                others.flat_map(ways).collect()
            };
            let words: Vec<&str> = others.iter().map(String::as_str).collect();
            assert_eq!(naming(&format!("{folder}/{name}"), &words), Vec::<String>::new());
        }
    }
    let crossing = [("resources", "data_sources::"), ("data_sources", "resources::")];
    for (kind, word) in crossing {
        assert_eq!(naming(&format!("provider/src/{kind}"), &[word]), Vec::<String>::new());
    }
}

#[test]
fn each_crate_depends_only_on_what_it_may() {
    for (manifest, strangers) in [
        ("provider/Cargo.toml", &["tonic", "prost", "tfplugin"][..]),
        ("crates/contract/Cargo.toml", &["tokio", "aws-", "framework", "clap", "csv", "toml"]),
        ("crates/cli/Cargo.toml", &["tokio", "aws-", "framework", "terraform", "hinomi-agent"]),
        (
            "crates/history/Cargo.toml",
            &["tokio", "aws-", "framework", "terraform", "hinomi-agent", "discord", "chart"],
        ),
        (
            "crates/costs/Cargo.toml",
            &["lambda_", "framework", "terraform", "hinomi-agent", "discord", "chart", "report"],
        ),
        ("crates/discord/Cargo.toml", &["aws-", "framework", "terraform"]),
        ("crates/report/Cargo.toml", &["tokio", "hyper", "aws-", "framework", "terraform", "csv"]),
        ("crates/agent/Cargo.toml", &["framework", "schemars", "terraform"]),
        ("crates/framework/Cargo.toml", &["aws-", "contract", "discord-standin"]),
    ] {
        let text = fs::read_to_string(paths::repository().join(manifest)).expect("a manifest");
        let found: Vec<&str> = text
            .lines()
            .filter(|line| strangers.iter().any(|stranger| line.starts_with(stranger)))
            .collect();
        assert_eq!(found, Vec::<&str>::new(), "{manifest}");
    }
}
