//! The rounds of one start: more than one where the interval is shorter than a schedule can keep.
//!
//! A schedule that starts something once a minute does it at any second of that minute. So the rounds
//! count from the start itself, and each says the period that it is made in: the alarm sees it at once,
//! and finds one in every period as long as the starts are about a minute apart.

use std::time::Duration;

use contract::probe::Run;
use jiff::{SignedDuration, Timestamp};
use tokio::time::{Instant, sleep_until};

use super::NotRecorded;
use super::record::beginning;

/// Makes all rounds of a run with `one`, which says whether the target is as it should be, and sums
/// them up. `now` is the time of the start.
///
/// A round whose time is over before it can begin is left out, as the next one is due. None begins
/// after `until`.
///
/// # Errors
/// The first of what `one` finds, once the other rounds are made: each is worth something without it.
pub(super) async fn each(
    run: &Run,
    now: Timestamp,
    until: Instant,
    one: impl AsyncFn(Run) -> Result<bool, NotRecorded>,
) -> Result<bool, NotRecorded> {
    let rhythm = run.rhythm();
    if rhythm.rounds() < 2 {
        return one(run.clone()).await;
    }
    let start = Instant::now();
    let interval = Duration::from(rhythm.interval());
    let mut offset = Duration::ZERO;
    let mut summed = Ok(true);
    for _ in 0..rhythm.rounds() {
        let begin = start + offset;
        if begin >= until {
            break;
        }
        let is_over = Instant::now() >= begin + interval;
        if !is_over {
            sleep_until(begin).await;
            let time = now.checked_add(SignedDuration::try_from(offset).unwrap_or_default());
            let scheduled_time = beginning(rhythm, time.unwrap_or(now)).to_string();
            let passed = one(Run { scheduled_time, ..run.clone() }).await;
            summed = both(summed, passed);
        }
        offset += interval;
    }
    summed
}

fn both(
    before: Result<bool, NotRecorded>,
    now: Result<bool, NotRecorded>,
) -> Result<bool, NotRecorded> {
    let passed = before?;
    now.map(|now| passed && now)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::super::tests::run_of;
    use super::*;
    use contract::check::{Check, TcpCheck};

    const NOW: &str = "2026-11-24T03:00:47.5Z";
    const NEVER: Duration = Duration::from_hours(1);

    fn run(interval_seconds: u64) -> Run {
        let check = TcpCheck {
            host: "example.com".to_owned(),
            port: 443,
            send: None,
            expect: None,
            timeout_milliseconds: 5_000,
        };
        Run { interval_seconds, ..run_of(Check::Tcp(check)) }
    }

    /// Times that the rounds say, and seconds after the start at which each was made, where each takes
    /// as long as `takes` says; and what came of them.
    async fn made(
        interval_seconds: u64,
        until: Duration,
        takes: &[u64],
        fails: Option<usize>,
    ) -> (Vec<(String, u64)>, Result<bool, NotRecorded>) {
        let start = Instant::now();
        let seen = RefCell::new(Vec::new());
        let one = async |run: Run| {
            let number = seen.borrow().len();
            seen.borrow_mut().push((run.scheduled_time, start.elapsed().as_secs()));
            let seconds = takes.get(number).copied().unwrap_or_default();
            sleep_until(Instant::now() + Duration::from_secs(seconds)).await;
            if fails == Some(number) {
                let (monitor, why) = ("checkout".to_owned(), "no secret".to_owned());
                return Err(NotRecorded::NotMade { monitor, why });
            }
            Ok(number != 1)
        };
        let now = NOW.parse().expect("a time");
        let summed = each(&run(interval_seconds), now, start + until, one).await;
        (seen.into_inner(), summed)
    }

    fn at(times: &[(&str, u64)]) -> Vec<(String, u64)> {
        times.iter().map(|(time, after)| ((*time).to_owned(), *after)).collect()
    }

    #[tokio::test(start_paused = true)]
    async fn a_run_of_a_minute_is_made_once_with_the_time_of_its_schedule() {
        let (seen, summed) = made(60, NEVER, &[], None).await;
        assert_eq!(seen, at(&[("2026-11-24T03:00:00Z", 0)]));
        assert!(summed.expect("recorded"));
    }

    #[tokio::test(start_paused = true)]
    async fn each_round_is_of_the_period_that_it_is_made_in() {
        let (seen, summed) = made(20, NEVER, &[1, 1, 1], None).await;
        let wanted = [
            ("2026-11-24T03:00:40Z", 0),
            ("2026-11-24T03:01:00Z", 20),
            ("2026-11-24T03:01:20Z", 40),
        ];
        assert_eq!(seen, at(&wanted));
        assert!(!summed.expect("recorded"), "the second round failed");
        assert_eq!(made(10, NEVER, &[], None).await.0.len(), 6);
        assert_eq!(made(30, NEVER, &[], None).await.0.len(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_round_that_takes_too_long_costs_those_whose_time_is_over() {
        let (seen, _) = made(20, NEVER, &[45], None).await;
        assert_eq!(seen, at(&[("2026-11-24T03:00:40Z", 0), ("2026-11-24T03:01:20Z", 45)]));
        let (seen, _) = made(20, NEVER, &[25], None).await;
        let wanted = [
            ("2026-11-24T03:00:40Z", 0),
            ("2026-11-24T03:01:00Z", 25),
            ("2026-11-24T03:01:20Z", 40),
        ];
        assert_eq!(seen, at(&wanted));
    }

    #[tokio::test(start_paused = true)]
    async fn no_round_begins_after_the_function_s_end() {
        let (seen, _) = made(20, Duration::from_secs(30), &[], None).await;
        assert_eq!(seen.len(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_round_that_is_not_recorded_fails_the_start_after_the_others() {
        let (seen, summed) = made(20, NEVER, &[], Some(0)).await;
        assert_eq!(seen.len(), 3);
        let told = summed.expect_err("not recorded").to_string();
        assert_eq!(told, "the check of `checkout` was not made: no secret");
    }
}
