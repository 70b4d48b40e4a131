//! Histories and rules by chance, and how they are replayed.

use contract::cost::{Arrivals, Recorded};
use contract::spike::{Assessment, Morning, News, Replay, Rules, State, assess};
use proptest::prelude::*;

use crate::story::{Story, day};

pub(crate) const DAYS: i32 = 100;
pub(crate) const MORNINGS: std::ops::Range<i32> = 64..102;
pub(crate) const ACCOUNTS: [&str; 2] = ["111122223333", "444455556666"];
pub(crate) const SERVICES: [&str; 3] = ["Compute", "Storage", "Queries"];

/// A rise or fall of a service for some days, which may become known late.
#[derive(Clone, Debug)]
struct Bend {
    account: usize,
    service: usize,
    from: i32,
    days: i32,
    factor: f64,
    late: bool,
}

prop_compose! {
    fn bend()(
        account in 0..ACCOUNTS.len(),
        service in 0..SERVICES.len(),
        from in 0..DAYS,
        days in 1..40_i32,
        factor in prop_oneof![-1.0..1.0_f64, 1.0..3.0_f64, 3.0..40.0_f64],
        late in any::<bool>(),
    ) -> Bend { Bend { account, service, from, days, factor, late } }
}

prop_compose! {
    pub(crate) fn history()(
        levels in prop::collection::vec(prop_oneof![Just(0.0), 0.1..10.0_f64, 10.0..500.0_f64], 6),
        bends in prop::collection::vec(bend(), 0..8),
        missing in prop::collection::vec(0..DAYS, 0..6),
        event in prop::option::of((50..100_i32, 0..12_i32)),
    ) -> Story {
        let mut story = Story::default();
        for (index, level) in levels.iter().enumerate() {
            let (account, service) = (index / 3, index % 3);
            story = story.daily_of(ACCOUNTS[account], SERVICES[service], 0..DAYS, |_| *level);
            for bend in bends.iter().filter(|bend| (bend.account, bend.service) == (account, service)) {
                let days = bend.from..(bend.from + bend.days).min(DAYS);
                let usd = level.max(1.0) * bend.factor;
                if bend.late && account == 0 && service == 0 {
                    for number in days {
                        story = story.known(number, &[(1, usd * 0.3), (2, usd * 0.9), (4, usd)]);
                    }
                } else {
                    story = story.daily_of(ACCOUNTS[account], SERVICES[service], days, |_| usd);
                }
            }
        }
        story = missing.into_iter().fold(story, Story::missing);
        event.into_iter().fold(story, |story, (from, days)| story.event(from..=from + days))
    }
}

prop_compose! {
    pub(crate) fn rules()(
        usd in (0.01..100.0_f64, 0.01..100.0_f64),
        percent in (1.0..300.0_f64, 1.0..300.0_f64, 10.0..1_000.0_f64),
        deviations in 1.0..20.0_f64,
        baseline_weeks in 4..=12_u32,
        days in (7..=60_u32, 1..=14_u32, 0..=10_u32),
    ) -> Rules {
        Rules {
            at_least_usd: usd.0,
            at_least_percent: percent.0,
            deviations,
            new_service_at_least_usd: usd.1,
            growth_at_least_percent: percent.1,
            update_step_percent: percent.2,
            baseline_weeks,
            new_normal_after_days: days.0,
            over_after_days: days.1,
            revised_for_days: days.2,
            ..Rules::default()
        }
    }
}

pub(crate) fn replay(story: &Story, recorded: &[Recorded]) -> Vec<News> {
    let mut replay = Replay::new(recorded, day(MORNINGS.start), &story.events, &story.rules);
    MORNINGS.flat_map(|_| replay.morning().1).collect()
}

/// Assesses all mornings, and lets `check` see each: the morning, what was kept before, and the
/// assessment.
pub(crate) fn mornings(story: &Story, mut check: impl FnMut(&Morning<'_>, &State, &Assessment)) {
    let recorded = story.recorded();
    let mut arrivals = Arrivals::of(&recorded);
    let mut state = State::default();
    for number in MORNINGS {
        let (events, rules) = (&story.events[..], &story.rules);
        let history = arrivals.known_on(day(number));
        let morning = Morning { today: day(number), history, events, rules };
        let assessment = assess(&morning, &state);
        check(&morning, &state, &assessment);
        state = assessment.state;
    }
}
