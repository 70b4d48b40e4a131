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
    /// A variable of the function's environment, on top of what Lambda sets; may be repeated.
    #[arg(long, value_name = "NAME=VALUE")]
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

/// Whatever the person's own shell says of AWS, where the function would be told by Lambda: an
/// endpoint that stands in for AWS, credentials, a region.
const TAKEN_OVER: &str = "AWS_";

/// What records need beside themselves.
const RELAY_NEEDS: &str = "A relay works in an account where `hinomi_alert_relay` made its parts. Name them by \
    `--env HINOMI_TABLE=… --env HINOMI_DEAD_LETTER_QUEUE_URL=…`, with credentials and region in the environment; \
    `cargo dev demo --keep` leaves such an account running.";

/// Runs it; `false` when the function answers with an error, or that records have to come again.
pub(crate) fn run(arguments: &Arguments, stop: &Stop) -> Result<bool> {
    let path = &arguments.event;
    let event = fs::read_to_string(path).map_err(Error::io(format!("read {}", path.display())))?;
    let event = event.replace(SCHEDULED_TIME, &now());
    if !arguments.no_build {
        agent::prepare("debug", console::pass_on(), console::is_terminal())?;
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
    let inherited = env::vars()
        .filter(|(name, _)| name.starts_with(TAKEN_OVER))
        .fold(Settings::default(), |settings, (name, value)| settings.env(&name, &value));
    given.iter().try_fold(inherited, |settings, one| {
        let (name, value) = one.split_once('=').ok_or_else(|| {
            Error::unexpected(format!("--env takes NAME=VALUE, and `{one}` has no ="))
        })?;
        Ok(settings.env(name, value))
    })
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
    fn a_variable_needs_a_value() {
        assert!(settings(&["A=b=c".to_owned(), "D=".to_owned()]).is_ok());
        let error = settings(&["A".to_owned()]).err().map(|error| error.to_string());
        assert!(error.is_some_and(|text| text.contains("`A`")));
    }
}
