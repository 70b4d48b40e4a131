//! `cargo dev bench`: what a release build costs at the start, on disk and in memory, beside the
//! limits that we set ourselves.

mod function;
mod handshake;
mod memory;
mod relay;

use std::{fs, path::Path};

use hinomi_tests::{Account, Aws, Discord, Error, Result, prerequisites};

use serde_json::Map;

use crate::{agent, cargo, console, scene::Scene, stop::Stop};

/// Milliseconds from exec to the handshake line.
const LONGEST_HANDSHAKE: f64 = 15.0;

/// Megabytes of the release binary.
const LARGEST_BINARY: f64 = 40.0;

/// Resident megabytes while Terraform plans.
const LARGEST_MEMORY: f64 = 30.0;

/// Arguments of `cargo dev bench`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// What to measure.
    #[arg(value_enum, default_value_t = Subject::Provider)]
    subject: Subject,
    /// How often it is started to measure how long that takes.
    #[arg(long, default_value_t = 31, value_parser = clap::value_parser!(u32).range(1..))]
    starts: u32,
}

/// A program of ours.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Subject {
    /// The provider, as Terraform runs it.
    Provider,
    /// The Lambda function, as Lambda runs it.
    Agent,
}

/// Measures and prints; `false` when the binary or the memory passes its limit. A time only says so:
/// it depends on what else the machine does.
pub(crate) fn run(arguments: &Arguments, stop: &Stop) -> Result<bool> {
    match arguments.subject {
        Subject::Provider => provider(arguments, stop),
        Subject::Agent => function::run(arguments.starts, stop),
    }
}

fn provider(arguments: &Arguments, stop: &Stop) -> Result<bool> {
    prerequisites::terraform()?;
    prerequisites::python()?;
    let provider = console::step("building the release", || {
        for build in agent::Build::ALL {
            agent::prepare(build, "release", console::pass_on(), console::is_terminal())?;
        }
        cargo::build_provider(true, console::pass_on(), console::is_terminal())
    })?;
    stop.check()?;
    console::heading("release build");
    let size = fs::metadata(&provider).map_err(Error::io("read the binary's size"))?.len();
    let is_small = report("binary", megabytes(size), "MB", Some(LARGEST_BINARY));
    for (name, secured) in [("handshake, no client certificate", false), ("handshake", true)] {
        let median = handshake::median(&provider, arguments.starts, secured, stop)?;
        let limit = secured.then_some(LONGEST_HANDSHAKE);
        report(name, median.as_secs_f64() * 1000.0, "ms", limit);
    }
    let (schema, plan) = memory(&provider, stop)?;
    report("resident at schema", megabytes(schema), "MB", None);
    let is_lean = report("resident at plan", megabytes(plan), "MB", Some(LARGEST_MEMORY));
    console::line(format_args!(
        "handshake: median of {} starts, from spawn to the line",
        arguments.starts
    ));
    Ok(is_small && is_lean)
}

/// Highest resident bytes of any provider process, while Terraform reads the schema and while it
/// plans `examples/quickstart`.
fn memory(provider: &Path, stop: &Stop) -> Result<(u64, u64)> {
    let aws = Aws::start(Some(console::pass_on()))?;
    let discord = Discord::start()?;
    let account = Account::of(&aws, "111122223333");
    let scene = Scene::set(aws, discord, account, None, Map::new(), provider, None)?;
    scene.workspace.init()?;
    stop.check()?;
    let schema = memory::peak(provider, || {
        scene.workspace.terraform(&["providers", "schema", "-json"]).map(drop)
    })?;
    stop.check()?;
    let plan = memory::peak(provider, || scene.workspace.plan().map(drop))?;
    Ok((schema, plan))
}

/// Prints a figure; whether it keeps its limit.
fn report(what: &str, value: f64, unit: &str, limit: Option<f64>) -> bool {
    console::line(described(what, value, unit, limit));
    limit.is_none_or(|limit| value <= limit)
}

fn described(what: &str, value: f64, unit: &str, limit: Option<f64>) -> String {
    let measured = format!("{what:<34} {value:>7.1} {unit}");
    match limit {
        Some(limit) if value > limit => format!("{measured}   OVER the limit of {limit} {unit}"),
        Some(limit) => format!("{measured}   limit {limit} {unit}"),
        None => measured,
    }
}

/// Bytes as megabytes of a million.
#[expect(clippy::cast_precision_loss, reason = "sizes here are far below 2^52 bytes")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_passed_limit_is_said() {
        assert!(described("x", 40.1, "MB", Some(40.0)).contains("OVER"));
        assert!(!described("x", 39.9, "MB", Some(40.0)).contains("OVER"));
        assert!(!described("x", 39.9, "MB", None).contains("limit"));
    }
}
