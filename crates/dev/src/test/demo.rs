//! The demo as a person starts it, and what it must have said.

use std::{env, path::Path, process::Command, time::Duration};

use hinomi_tests::{Error, Result, process};

use super::count::Tally;
use crate::console;

/// Far beyond what it takes, with everything built.
const LIMIT: Duration = Duration::from_mins(15);

/// What stands in its output, in this order.
const SAID: [&str; 16] = [
    "terraform apply",
    "No changes.",
    "what exists now",
    "This is a test",
    "the shop breaks",
    ": OK → ALARM",
    "checkout is down",
    "checkout is still down",
    "checkout is up again",
    "on the morning of 2026-11-23",
    "1 new spike · AWS cost on Sun, Nov 22",
    "BoxUsage:p4d.24xlarge · us-east-1",
    "the same morning again: nothing new on Discord, and the same bytes",
    "11月26日（木）の AWS コスト",
    "Cost Explorer was asked",
    "left after destroy: nothing",
];

/// Runs this very program; each thing that it must say is a check, and so is its end.
pub(super) fn run(temporary: &Path) -> Result<Tally> {
    let program = env::current_exe().map_err(Error::io("find this program"))?;
    let mut command = Command::new(program);
    command.args(["demo", "--yes"]).env("TMPDIR", temporary);
    let captured = process::run(&mut command, LIMIT, Some(console::pass_on()))?;
    let missing = missing(&String::from_utf8_lossy(&captured.stdout));
    for one in &missing {
        console::line(format_args!("the demo did not say, in its place: {one}"));
    }
    let failed = u32::try_from(missing.len()).unwrap_or(u32::MAX);
    let said = u32::try_from(SAID.len()).unwrap_or(u32::MAX);
    let tally = Tally { passed: said - failed, failed, skipped: 0 };
    Ok(tally + Tally::one(captured.status.success()))
}

/// Those that don't come after what was found before them.
fn missing(output: &str) -> Vec<&'static str> {
    let mut rest = output;
    SAID.into_iter()
        .filter(|one| match rest.split_once(one) {
            Some((_, after)) => {
                rest = after;
                false
            }
            None => true,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_or_out_of_its_order_is_found() {
        assert_eq!(missing(&SAID.join("\n")), [""; 0]);
        assert_eq!(missing(""), SAID);
        let [first @ .., last] = SAID;
        let early = format!("{last}\n{}", first.join("\n"));
        assert_eq!(missing(&early), [last]);
    }
}
