//! `cargo dev test`: ring after ring, from the fastest to the slowest, and the counts at the end.

mod count;
mod demo;
mod modules;
mod rings;
mod run;

use std::time::{Duration, Instant};

use hinomi_tests::{Result, prerequisites};

use crate::{
    console::{self, seconds},
    stop::Stop,
};
use count::Tally;
use rings::Ring;
use run::Run;

/// Arguments of `cargo dev test`.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Only these rings, in their usual order.
    #[arg(long, value_name = "RING")]
    only: Vec<Ring>,
    /// Only tests whose name contains this; leaves out the rings that have no named tests.
    #[arg(long, value_name = "NAME")]
    filter: Option<String>,
}

impl Arguments {
    fn rings(&self) -> Vec<Ring> {
        Ring::ALL
            .into_iter()
            .filter(|ring| self.only.is_empty() || self.only.contains(ring))
            .filter(|ring| self.filter.is_none() || ring.has_named_tests())
            .collect()
    }
}

/// Runs the rings; `false` when anything failed or nothing ran.
pub(crate) fn run(arguments: &Arguments, stop: &Stop) -> Result<bool> {
    let terraform = prerequisites::terraform()?;
    let python = prerequisites::python()?;
    console::line(format_args!("Terraform {terraform}, Python {python}"));
    let rings = arguments.rings();
    let mut run = Run::prepare(arguments.filter.clone())?;
    let mut results = Vec::new();
    for ring in rings.iter().copied() {
        console::heading(ring.name());
        let begun = Instant::now();
        let tally = run.ring(ring).unwrap_or_else(|error| {
            console::error(&error);
            Tally::one(false)
        });
        stop.check()?;
        // A filter may match nothing in a ring; without one an empty ring is a broken ring.
        let empty = tally.total() == 0 && arguments.filter.is_none();
        let good = tally.failed == 0 && !empty;
        results.push((ring, tally, begun.elapsed(), empty));
        if !good {
            break;
        }
    }
    Ok(summarize(&rings, &results, run))
}

type Ended = (Ring, Tally, Duration, bool);

fn summarize(rings: &[Ring], results: &[Ended], run: Run) -> bool {
    console::heading("summary");
    for (ring, tally, time, empty) in results {
        let said = if *empty { "ran nothing".to_owned() } else { tally.to_string() };
        console::line(format_args!("{:<12} {said} ({})", ring.name(), seconds(*time)));
    }
    for ring in &rings[results.len()..] {
        console::line(format_args!("{:<12} not run", ring.name()));
    }
    let total = results.iter().fold(Tally::default(), |sum, (_, tally, ..)| sum + *tally);
    let empty_rings = results.iter().filter(|(.., empty)| *empty).count();
    let good = total.failed == 0 && empty_rings == 0 && total.passed > 0;
    run.finish(good);
    console::line(format_args!("{} passed, {} failed", total.passed, total.failed));
    good
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(only: &[Ring], filter: Option<&str>) -> Arguments {
        Arguments { only: only.to_vec(), filter: filter.map(ToOwned::to_owned) }
    }

    #[test]
    fn rings_run_in_their_order() {
        assert_eq!(arguments(&[], None).rings(), Ring::ALL);
        let chosen = arguments(&[Ring::Modules, Ring::Fmt], None).rings();
        assert_eq!(chosen, [Ring::Fmt, Ring::Modules]);
    }

    #[test]
    fn a_filter_leaves_out_what_has_no_names() {
        let chosen = arguments(&[], Some("webhook")).rings();
        assert!(!chosen.contains(&Ring::Clippy) && chosen.contains(&Ring::Acceptance));
    }
}
