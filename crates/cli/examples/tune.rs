//! Measures thresholds on the training seeds, which is how they are chosen:
//! `cargo run --release -p hinomi-cli --example tune`. Takes some minutes.

#[expect(dead_code, reason = "the benchmark needs more of it")]
#[path = "../tests/synthetic/mod.rs"]
mod synthetic;

use std::io::{self, Write};

use contract::spike::Rules;
use hinomi_cli::backtest::score::Score;
use synthetic::rivals::{Method, Rival};
use synthetic::{Mix, TRAINING, measure, worlds};

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    let worlds = worlds(TRAINING, Mix::All);
    let percents = [20.0, 30.0, 50.0, 75.0, 100.0, 150.0, 200.0, 300.0].map(Method::Percent);
    let sigmas = [2.0, 2.5, 3.0, 3.5, 4.0, 5.0, 6.0, 8.0].map(Method::Sigma);
    for method in percents.into_iter().chain(sigmas) {
        for floor_usd in [5.0, 10.0, 20.0, 40.0] {
            let rival = Rival { method, floor_usd };
            let score = measure(&worlds, |world| rival.rings(world));
            line(&mut out, &format!("{method:?}, {floor_usd} USD"), &score)?;
        }
    }
    for baseline_weeks in [4, 6, 8, 9, 10] {
        for at_least_percent in [20.0, 30.0, 40.0, 50.0, 60.0] {
            for deviations in [3.0, 4.0, 5.0, 6.0, 8.0] {
                let rules =
                    Rules { baseline_weeks, at_least_percent, deviations, ..Rules::default() };
                let score = measure(&worlds, |world| world.ours(&rules));
                let name = format!(
                    "{baseline_weeks} weeks, {at_least_percent} %, {deviations} deviations"
                );
                line(&mut out, &name, &score)?;
            }
        }
    }
    Ok(())
}

fn line(out: &mut impl Write, name: &str, score: &Score) -> io::Result<()> {
    let shown = |share: Option<f64>| share.unwrap_or(0.0);
    writeln!(
        out,
        "{name:32} precision {:.3} recall {:.3} F1 {:.3} mean delay {:.2} false {} of {} labels",
        shown(score.precision()),
        shown(score.recall()),
        shown(score.f1()),
        shown(score.mean_delay()),
        score.false_alerts,
        score.labels,
    )
}
