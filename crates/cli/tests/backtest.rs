//! The built `hinomi` on files: what it prints, and how it ends.
//!
//! `HINOMI_REGENERATE=1` writes the golden outputs anew.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use contract::spike::{Anomaly, Rules};
use serde_json::Value;

const EXAMPLE: [&str; 7] = [
    "examples/costs/costs.csv",
    "--rules",
    "examples/costs/rules.toml",
    "--events",
    "examples/costs/events.toml",
    "--labels",
    "examples/costs/labels.csv",
];

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn repository() -> PathBuf {
    package().join("../..")
}

/// Runs `hinomi backtest` in the repository, with an input.
fn backtest(arguments: &[&str], input: &str) -> Output {
    let mut hinomi = Command::new(env!("CARGO_BIN_EXE_hinomi"))
        .arg("backtest")
        .args(arguments)
        .current_dir(repository())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut stdin = hinomi.stdin.take().expect("it is piped");
    // One that doesn't read its input closes it.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    hinomi.wait_with_output().expect("it ends")
}

/// The output of a run that succeeds without a word on standard error.
fn printed(arguments: &[&str]) -> String {
    let output = backtest(arguments, "");
    assert_eq!(text(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
    text(&output.stdout).to_owned()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("UTF-8")
}

#[track_caller]
fn expect_golden(name: &str, actual: &str) {
    let path = package().join("tests/golden").join(name);
    if std::env::var_os("HINOMI_REGENERATE").is_some() {
        fs::write(&path, actual).expect("the golden output can be written");
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(expected == actual, "{name} differs; HINOMI_REGENERATE=1 writes it anew:\n{actual}");
}

#[test]
fn the_example_as_text() {
    expect_golden("example.txt", &printed(&EXAMPLE));
}

#[test]
fn the_example_as_json() {
    let arguments = [&EXAMPLE[..], &["--format", "json"]].concat();
    let document: Value = serde_json::from_str(&printed(&arguments)).expect("JSON");
    assert_eq!(document["rules"], serde_json::to_value(Rules::default()).expect("JSON"));
    assert_eq!([&document["from"], &document["until"]], ["2026-06-01", "2026-08-25"]);
    let news = document["news"].as_array().expect("a list");
    let count = |change: &str| {
        let is = |news: &&Value| news["change"] == change || news["change"].get(change).is_some();
        news.iter().filter(is).count()
    };
    let summary = &document["summary"];
    assert_eq!([&summary["rings"], &summary["updates"]], [count("ring"), count("update")]);
    assert_eq!(summary["closed"], count("close"));
    let first = &news[0];
    let named = ["morning", "account_name", "purpose", "change"].map(|key| first[key].clone());
    assert_eq!(named, ["2026-06-02", "shop", "production", "ring"]);
    // How an anomaly is written is tested where it is defined.
    serde_json::from_value::<Anomaly>(first["anomaly"].clone()).expect("an anomaly");
    let score = &document["score"];
    assert_eq!([&score["labels"], &score["found"], &score["false_alerts"]], [5, 5, 1]);
    assert!(score["f1"].as_f64().is_some_and(|f1| (f1 - 10.0 / 11.0).abs() < 1e-9), "{score}");
}

#[test]
fn the_help_says_what_the_files_hold() {
    expect_golden("help.txt", &printed(&["--help"]));
}

#[test]
fn the_rules_of_the_example_are_the_defaults() {
    let path = repository().join("examples/costs/rules.toml");
    let text = fs::read_to_string(path).expect("the example is there");
    assert_eq!(toml::from_str::<Rules>(&text).expect("rules"), Rules::default());
    let table: toml::Table = text.parse().expect("TOML");
    let rules = serde_json::to_value(Rules::default()).expect("JSON");
    let all: Vec<_> = rules.as_object().expect("an object").keys().collect();
    let mut named: Vec<_> = table.keys().collect();
    named.sort();
    let mut sorted = all.clone();
    sorted.sort();
    assert_eq!(named, sorted, "the example names each rule");
}

#[test]
fn a_history_that_came_late_rings_as_it_came() {
    let told = printed(&["crates/cli/tests/files/late.csv", "--from", "2026-03-01"]);
    expect_golden("late.txt", &told);
}

#[test]
fn other_rules_ring_otherwise() {
    let arguments = ["crates/cli/tests/files/late.csv", "--rules"];
    let told = printed(&[&arguments[..], &["crates/cli/tests/files/deaf.toml"]].concat());
    assert!(told.starts_with("Nothing would have rung.\n"), "{told}");
}

#[test]
fn mornings_can_be_chosen() {
    let run = |from, until| {
        let file = "crates/cli/tests/files/late.csv";
        printed(&[file, "--from", from, "--until", until, "--format", "json"])
    };
    let rings = |text: &str| {
        let document: Value = serde_json::from_str(text).expect("JSON");
        document["summary"]["rings"].clone()
    };
    assert_eq!(rings(&run("2026-02-20", "2026-03-03")), 0);
    assert_eq!(rings(&run("2026-02-20", "2026-03-12")), 1);
}

/// A history of one line: a heading and what comes after it.
fn history(heading: &str, line: &str) -> String {
    format!("{heading}\n{line}\n")
}

#[test]
fn what_is_wrong_is_told_with_its_place_and_what_to_write() {
    const USUAL: &str = "date,account,service,cost_usd";
    let cases = [
        (
            history(USUAL, "2026-3-2,111122223333,Amazon S3,1.5"),
            "standard input, line 2, column `date`: `2026-3-2` is no day; write year, month and day, such as 2026-03-02",
        ),
        (
            history(USUAL, "2026-03-02,12345678901,Amazon S3,1.5"),
            "standard input, line 2, column `account`: `12345678901` is no account; write its twelve digits; a spreadsheet drops leading zeros unless the column is formatted as text",
        ),
        (
            history(USUAL, "2026-03-02,shop-production,Amazon S3,1.5"),
            "standard input, line 2, column `account`: `shop-production` is no account; write its twelve digits",
        ),
        (
            history(USUAL, "2026-03-02,111122223333,,1.5"),
            "standard input, line 2, column `service`: is empty",
        ),
        (
            history(USUAL, "2026-03-02,111122223333,Amazon S3,\"1,234.5\""),
            "standard input, line 2, column `cost_usd`: `1,234.5` is no amount; write US dollars with a point and nothing else, such as 1234.5",
        ),
        (
            history(USUAL, "2026-03-02,111122223333,Amazon S3,NaN"),
            "standard input, line 2, column `cost_usd`: `NaN` is no amount; write US dollars with a point and nothing else, such as 1234.5",
        ),
        (
            history(USUAL, "2026-03-02,111122223333,Amazon S3,1,234.5"),
            "standard input, line 2: has 5 fields, and the heading has 4; put what holds a comma in quotes",
        ),
        (
            history("date,account,service,cost", "2026-03-02,111122223333,Amazon S3,1.5"),
            "standard input, line 1: the column `cost` is not known; the columns are date, account, service, cost_usd, account_name, purpose, recorded_on\n       standard input: has no column `cost_usd` in its heading, the first line",
        ),
        (
            history(
                "date,date,account,service,cost_usd",
                "2026-03-02,2026-03-02,111122223333,Amazon S3,1.5",
            ),
            "standard input, line 1: the column `date` is there twice; the columns are date, account, service, cost_usd, account_name, purpose, recorded_on",
        ),
        (
            history(
                "date,account,service,cost_usd,recorded_on",
                "2026-03-02,111122223333,Amazon S3,1.5,2026-03-01",
            ),
            "standard input, line 2, column `recorded_on`: `2026-03-01` is before the cost's own day, 2026-03-02",
        ),
        (
            history("date;account;service;cost_usd", "2026-03-02;111122223333;Amazon S3;1,5"),
            "standard input, line 1: columns are separated by ';'; write commas",
        ),
        (String::new(), "standard input: is empty; write a heading and lines below it"),
        (
            history(
                USUAL,
                "2026-03-02,111122223333,Amazon S3,1.5\n2206-03-03,111122223333,Amazon S3,1.5",
            ),
            "standard input: reaches from 2026-03-02 to 2206-03-04, more than 10 years; look for a year that is mistyped",
        ),
        (USUAL.to_owned(), "standard input: has no line below its heading"),
    ];
    for (input, message) in cases {
        let output = backtest(&["-"], &input);
        assert_eq!(text(&output.stderr), format!("error: {message}\n"), "{input}");
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{input}");
    }
}

#[test]
fn several_problems_are_told_at_once() {
    let lines = "x,1,Amazon S3,1\n".repeat(30);
    let output = backtest(&["-"], &format!("date,account,service,cost_usd\n{lines}"));
    assert_eq!(text(&output.stderr).lines().count(), 10);
}

#[test]
fn files_that_are_not_there_are_named() {
    for arguments in [
        &["absent.csv"][..],
        &["examples/costs/costs.csv", "--rules", "absent.csv"],
        &["examples/costs/costs.csv", "--labels", "absent.csv"],
    ] {
        let output = backtest(arguments, "");
        let message = text(&output.stderr);
        assert!(message.starts_with("error: absent.csv: can't be read: "), "{message}");
        assert_eq!(output.status.code(), Some(1));
    }
}

#[test]
fn rules_and_events_are_refused_with_their_place() {
    let cases = [
        (
            "--rules",
            "unknown-rule.toml",
            ", line 2: unknown field `at_most_usd`, expected one of `at_least_usd`",
        ),
        ("--rules", "wrong-rule.toml", ", line 1: `baseline_weeks` must be 4 to 12, and is 2\n"),
        (
            "--events",
            "wrong-day.toml",
            ", line 3: `events.festival.end`: `2026-08` is no day; write year",
        ),
        (
            "--events",
            "backwards.toml",
            ", line 3: the event `festival` ends on 2026-08-01, which is before",
        ),
        ("--events", "unknown-key.toml", ", line 4: unknown field `account`, expected one of"),
    ];
    for (option, file, message) in cases {
        let path = format!("crates/cli/tests/files/{file}");
        let output = backtest(&["examples/costs/costs.csv", option, &path], "");
        let told = text(&output.stderr);
        assert!(told.starts_with(&format!("error: {path}{message}")), "{told}");
        assert_eq!(output.status.code(), Some(1), "{file}");
    }
}

#[test]
fn what_is_likely_to_be_mistyped_is_a_warning() {
    let events = "crates/cli/tests/files/elsewhere.toml";
    let output = backtest(&["crates/cli/tests/files/late.csv", "--events", events], "");
    assert_eq!(
        text(&output.stderr),
        "warning: the event `festival` names the account 999999999999, which has no costs\n\
         warning: the event `festival` names the service `Amazon S3`, which has no costs\n"
    );
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn wrong_arguments_have_a_status_of_their_own() {
    for arguments in [&[][..], &["a.csv", "--from", "yesterday"], &["a.csv", "--format", "xml"]] {
        assert_eq!(backtest(arguments, "").status.code(), Some(2), "{arguments:?}");
    }
    let arguments = ["examples/costs/costs.csv", "--from", "2027-01-01"];
    let output = backtest(&arguments, "");
    let message = "error: examples/costs/costs.csv: has no morning from 2027-01-01 to 2026-08-25; its mornings are 2026-05-05 to 2026-08-25\n";
    assert_eq!((text(&output.stderr), output.status.code()), (message, Some(1)));
}

#[test]
fn a_byte_order_mark_and_quotes_are_read() {
    let input = "\u{feff}date,account,service,cost_usd,account_name\r\n\
                 2026-03-02,111122223333,\"Compute, Elastic\",\"1.5\",店\r\n\
                 2026-03-03,111122223333,\"Compute, Elastic\",1.5,店\r\n";
    let output = backtest(&["-"], input);
    assert_eq!(text(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}
