//! `cargo dev invoke`: runs the agent once on an event from a file, without Lambda.

use std::{env, fs, path::PathBuf, time::Duration};

use hinomi_tests::{
    Error, Result,
    function::{Answer, Event, Settings},
};

use crate::{agent, console, stop::Stop};

/// Arguments of `cargo dev invoke`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The event, as a schedule or a queue sends it; `examples/events` has some.
    event: PathBuf,
    /// A variable of the function's environment, on top of what Lambda sets; may be repeated. A name
    /// alone takes the value from this shell. Nothing else of it reaches the function: the person's
    /// own credentials, region or endpoints would otherwise be used.
    #[arg(long, value_name = "NAME[=VALUE]")]
    env: Vec<String>,
    /// Seconds until the deadline that the function is told.
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..=900))]
    seconds: u64,
    /// Run what was built last.
    #[arg(long)]
    no_build: bool,
}

/// What stands for the time in a schedule's input, until the schedule replaces it.
const SCHEDULED_TIME: &str = "<aws.scheduler.scheduled-time>";

/// What records need beside themselves.
const RELAY_NEEDS: &str = "A relay works in an account where `hinomi_alert_relay` made its parts. Name them by \
    `--env HINOMI_TABLE=… --env HINOMI_DEAD_LETTER_QUEUE_URL=…`, and pass region and credentials on by `--env AWS_REGION` \
    and the like; \
    `cargo dev demo --keep` leaves such an account running.";

/// Runs it; `false` when the function answers with an error, or that records have to come again.
pub(crate) fn run(arguments: &Arguments, stop: &Stop) -> Result<bool> {
    let path = &arguments.event;
    let event = fs::read_to_string(path).map_err(Error::io(format!("read {}", path.display())))?;
    let event = event.replace(SCHEDULED_TIME, &now());
    if !arguments.no_build {
        agent::prepare(agent::Build::Agent, "debug", console::pass_on(), console::is_terminal())?;
        stop.check()?;
    }
    let function = settings(&arguments.env)?.start()?;
    let time = Duration::from_secs(arguments.seconds);
    let answer = function.invoke(Event::new(event).with_time(time), time);
    let written = function.stop()?;
    for (name, bytes) in [("output", &written.stdout), ("log", &written.stderr)] {
        console::heading(name);
        console::line(String::from_utf8_lossy(bytes).trim_end());
    }
    console::heading("answer");
    Ok(match answer? {
        Answer::Response(value) => {
            console::line(format_args!("{value:#}"));
            let failed = failures(&value);
            if failed > 0 {
                console::line(format_args!(
                    "{failed} record(s) would come again; the log says why.\n{RELAY_NEEDS}"
                ));
            }
            failed == 0
        }
        Answer::Error { kind, message } => {
            console::line(format_args!("{kind}: {message}"));
            false
        }
    })
}

/// How many records of a batch failed.
fn failures(answer: &serde_json::Value) -> usize {
    answer["batchItemFailures"].as_array().map_or(0, Vec::len)
}

fn settings(given: &[String]) -> Result<Settings> {
    let variables = variables(given, |name| env::var(name).ok())?;
    Ok(variables
        .iter()
        .fold(Settings::default(), |settings, (name, value)| settings.env(name, value)))
}

/// Names with their values; `shell` knows those of the names that have none.
fn variables(
    given: &[String],
    shell: impl Fn(&str) -> Option<String>,
) -> Result<Vec<(String, String)>> {
    given
        .iter()
        .map(|one| match one.split_once('=') {
            Some((name, value)) => Ok((name.to_owned(), value.to_owned())),
            None => shell(one).map(|value| (one.clone(), value)).ok_or_else(|| {
                Error::unexpected(format!("--env {one}: this shell has no variable of this name"))
            }),
        })
        .collect()
}

/// The current second, as a schedule writes it.
fn now() -> String {
    let now = jiff::Timestamp::now();
    jiff::Timestamp::from_second(now.as_second()).unwrap_or(now).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_a_schedule_s() {
        let now = now();
        assert!(now.len() == 20 && now.ends_with('Z'), "{now}");
    }

    #[test]
    fn records_that_failed_are_counted() {
        let failed = serde_json::json!({ "batchItemFailures": [{ "itemIdentifier": "1" }] });
        assert_eq!(failures(&failed), 1);
        assert_eq!(failures(&serde_json::json!({ "batchItemFailures": [] })), 0);
        assert_eq!(failures(&serde_json::json!({ "passed": false })), 0);
    }

    #[test]
    fn a_variable_is_given_or_taken_from_the_shell() {
        let shell = |name: &str| (name == "AWS_REGION").then(|| "eu-west-1".to_owned());
        let given = |words: &[&str]| {
            let words: Vec<String> = words.iter().map(ToString::to_string).collect();
            variables(&words, shell)
        };
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(given(&[]).expect("nothing"), []);
        assert_eq!(
            given(&["A=b=c", "D=", "AWS_REGION"]).expect("variables"),
            [pair("A", "b=c"), pair("D", ""), pair("AWS_REGION", "eu-west-1")]
        );
        let error = given(&["MISSING"]).expect_err("it isn't there").to_string();
        assert!(error.contains("MISSING"), "{error}");
    }
}
