//! Measures the engine beside the two usual methods, on histories that nothing was chosen on.
//!
//! `cargo test -p hinomi-cli --test accuracy -- --nocapture` prints the tables, which
//! `docs/decisions/009-spikes.md` shows.

mod synthetic;

use contract::spike::Rules;
use hinomi_cli::backtest::score::Score;
use synthetic::rivals::{BEST_PERCENT, BEST_SIGMA, USUAL_PERCENT, USUAL_SIGMA};
use synthetic::{HELD_OUT, Mix, TRAINING, measure, worlds};

const _: () = assert!(TRAINING.end <= HELD_OUT.start, "no seed is in both");

/// Measures the methods on the held-out seeds, and prints the table. The first one is ours.
fn table(mix: Mix) -> (Score, [Score; 4]) {
    let worlds = worlds(HELD_OUT, mix);
    let ours = measure(&worlds, |world| world.ours(&Rules::default()));
    let rivals = [BEST_SIGMA, USUAL_SIGMA, BEST_PERCENT, USUAL_PERCENT];
    let measured = rivals.map(|rival| measure(&worlds, |world| rival.rings(world)));
    eprintln!("{mix:?}, {} labels", ours.labels);
    eprintln!("| method | precision | recall | F1 | mean delay, days | false | repeats |");
    row("Hinomi", &ours);
    for (rival, score) in rivals.iter().zip(&measured) {
        row(&format!("{:?}", rival.method), score);
    }
    (ours, measured)
}

fn row(name: &str, score: &Score) {
    eprintln!(
        "| {name} | {:.3} | {:.3} | {:.3} | {:.1} | {} | {} |",
        score.precision().expect("something rang"),
        score.recall().expect("there are labels"),
        f1(score),
        score.mean_delay().expect("something was found"),
        score.false_alerts,
        score.repeats,
    );
}

fn f1(score: &Score) -> f64 {
    score.f1().expect("there are labels")
}

#[test]
fn the_engine_beats_both_usual_methods() {
    let (ours, rivals) = table(Mix::All);
    for rival in &rivals {
        assert!(f1(&ours) > f1(rival) + 0.3, "{ours:?} {rival:?}");
        assert!(ours.recall() > rival.recall(), "{ours:?} {rival:?}");
    }
    // A little below what was measured: a change that costs more than that is looked at.
    assert!(f1(&ours) > 0.88 && ours.mean_delay() < Some(1.5), "{ours:?}");
}

#[test]
fn it_beats_them_without_services_that_run_now_and_then() {
    let (ours, rivals) = table(Mix::NoBatch);
    for rival in &rivals {
        assert!(f1(&ours) > f1(rival) + 0.2, "{ours:?} {rival:?}");
    }
    assert!(f1(&ours) > 0.92 && ours.mean_delay() < Some(1.5), "{ours:?}");
}

#[test]
fn a_seed_gives_the_same_history_everywhere() {
    let world = synthetic::World::of(TRAINING.start, Mix::All);
    let sum: f64 = world.recorded.iter().map(|recorded| recorded.cost.cost_usd).sum();
    let found = (world.recorded.len(), world.labels.len(), format!("{sum:.0}"));
    assert_eq!(found, (17_702, 19, "194631".to_owned()));
}
