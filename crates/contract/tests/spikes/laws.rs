//! What holds for all histories and rules.

use std::collections::{BTreeMap, BTreeSet};

use contract::cost::ServiceName;
use contract::spike::{AnomalyKind, Cause, Change, Morning, News, Rules, State, assess};
use proptest::prelude::*;

use crate::generated::{DAYS, MORNINGS, SERVICES, history, mornings, replay, rules};
use crate::story::{COMPUTE, Story, day};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_same_morning_again_tells_nothing_and_keeps_the_same(
        story in history(), rules in prop_oneof![Just(Rules::default()), rules()],
    ) {
        mornings(&story.rules(rules), |morning, _, assessment| {
            let again = assess(morning, &assessment.state);
            assert_eq!(again.news, []);
            assert_eq!(again.state, assessment.state);
        });
    }

    #[test]
    fn an_earlier_morning_changes_nothing(story in history()) {
        mornings(&story, |morning, state, _| {
            let earlier = Morning { today: day(MORNINGS.start - 1), ..*morning };
            if state.assessed_on.is_some() {
                let again = assess(&earlier, state);
                assert_eq!((again.news.len(), &again.state), (0, state));
            }
        });
    }

    #[test]
    fn what_is_kept_survives_json(story in history()) {
        mornings(&story, |morning, state, assessment| {
            let text = serde_json::to_string(state).expect("JSON");
            let read: State = serde_json::from_str(&text).expect("a state");
            assert_eq!(&assess(morning, &read), assessment);
        });
    }

    #[test]
    fn the_order_of_lines_changes_nothing(story in history(), seed in any::<u64>()) {
        let recorded = story.recorded();
        let mut mixed: Vec<_> = recorded.iter().cloned().enumerate().collect();
        mixed.sort_by_key(|(index, _)| (*index as u64 + 1).wrapping_mul(seed | 1));
        let mixed: Vec<_> = mixed.into_iter().map(|(_, recorded)| recorded).collect();
        let first = replay(&story, &recorded);
        prop_assert_eq!(&first, &replay(&story, &mixed));
        prop_assert_eq!(&first, &replay(&story, &recorded));
    }

    #[test]
    fn amounts_and_limits_scale_together(story in history()) {
        // A power of two, which changes no digit of a binary number.
        let scale = 4.0;
        let recorded = story.recorded();
        let first = replay(&story, &recorded);
        let mut scaled = recorded.clone();
        for recorded in &mut scaled {
            recorded.cost.cost_usd *= scale;
        }
        let rules = Rules {
            at_least_usd: story.rules.at_least_usd * scale,
            new_service_at_least_usd: story.rules.new_service_at_least_usd * scale,
            ..story.rules.clone()
        };
        let second = replay(&story.rules(rules), &scaled);
        prop_assert_eq!(first.len(), second.len());
        for (one, other) in first.iter().zip(&second) {
            prop_assert_eq!(&one.anomaly.id, &other.anomaly.id);
            let extra = [one.anomaly.extra_usd() * scale, other.anomaly.extra_usd()];
            prop_assert_eq!(extra[0].to_bits(), extra[1].to_bits());
        }
    }

    #[test]
    fn each_anomaly_rings_once_and_ends_at_most_once(
        story in history(), rules in prop_oneof![Just(Rules::default()), rules()],
    ) {
        let mut open = BTreeSet::new();
        let mut all = BTreeSet::new();
        for news in replay(&story.clone().rules(rules), &story.recorded()) {
            let id = news.anomaly.id.clone();
            match news.change {
                Change::Ring => {
                    prop_assert!(all.insert(id.clone()), "{id} rings twice");
                    open.insert(id);
                }
                Change::Update(_) => prop_assert!(open.contains(&id), "{id} isn't open"),
                Change::Close(_) => prop_assert!(open.remove(&id), "{id} isn't open"),
            }
        }
    }

    #[test]
    fn no_service_is_in_two_open_anomalies(story in history()) {
        mornings(&story, |_, _, assessment| {
            let mut seen = BTreeMap::new();
            for anomaly in assessment.state.anomalies.iter().filter(|one| one.closed.is_none()) {
                for part in &anomaly.services {
                    let key = (&anomaly.account, anomaly.kind, &part.service);
                    assert_eq!(seen.insert(key, &anomaly.id), None, "{key:?}");
                }
            }
        });
    }

    #[test]
    fn every_figure_is_a_number_and_every_ring_is_above_its_limits(
        story in history(), rules in rules(),
    ) {
        let story = story.rules(rules);
        for news in replay(&story, &story.recorded()) {
            for figure in news.anomaly.parts().flat_map(|part| &part.days) {
                prop_assert!(figure.actual_usd.is_finite() && figure.expected_usd.is_finite());
                prop_assert!(figure.expected_usd >= 0.0);
            }
            if news.change == Change::Ring {
                let least = story.rules.at_least_usd.min(story.rules.new_service_at_least_usd);
                let mut days = news.anomaly.leading().iter().flat_map(|part| &part.days);
                prop_assert!(days.any(|figure| figure.extra_usd() >= least), "{:?}", news);
            }
        }
    }

    #[test]
    fn what_is_kept_stays_small(story in history()) {
        mornings(&story, |_, _, assessment| {
            assert!(assessment.state.anomalies.len() < 60, "{}", assessment.state.anomalies.len());
        });
    }
}

/// A piece of news with services renamed, and its parts in the order of their names.
fn renamed(news: &News, name: impl Fn(&ServiceName) -> ServiceName) -> String {
    let anomaly = &news.anomaly;
    let parts = anomaly.parts().map(|part| {
        let days: Vec<_> = part.days.iter().map(|figure| figure.day).collect();
        let cause = match &part.cause {
            // In another order amounts have another sum, by the last digit.
            Cause::SlowGrowth(growth) => format!("{:.6}", growth.projected_usd),
            cause @ (Cause::AboveUsual(_) | Cause::NewService | Cause::NewAccount) => {
                format!("{cause:?}")
            }
        };
        let name = part.service.as_ref().map(&name);
        (name, format!("{cause} {} {days:?} {:.6}", part.since, part.extra_usd()))
    });
    let parts: BTreeMap<_, _> = parts.collect();
    let change = match &news.change {
        Change::Update(development) => {
            let joined: BTreeSet<_> = development.joined.iter().map(name).collect();
            format!("update from {:.6}, {joined:?}", development.from_usd)
        }
        other @ (Change::Ring | Change::Close(_)) => format!("{other:?}"),
    };
    format!("{} {change} {parts:?}", anomaly.id)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn names_of_services_change_nothing(story in history(), turn in 1..SERVICES.len()) {
        let new_name = |name: &ServiceName| {
            let index = SERVICES.iter().position(|service| *service == name.as_str());
            let index = (index.expect("one of the services") + turn) % SERVICES.len();
            ServiceName::from(SERVICES[index])
        };
        let recorded = story.recorded();
        let mut turned = recorded.clone();
        for recorded in &mut turned {
            recorded.cost.service = new_name(&recorded.cost.service);
        }
        let before: Vec<_> =
            replay(&story, &recorded).iter().map(|news| renamed(news, new_name)).collect();
        let after: Vec<_> =
            replay(&story, &turned).iter().map(|news| renamed(news, Clone::clone)).collect();
        prop_assert_eq!(before, after);
    }

    #[test]
    fn no_day_of_a_service_is_told_by_two_spikes(
        story in history(), rules in prop_oneof![Just(Rules::default()), rules()],
    ) {
        let mut tellers = BTreeMap::new();
        for News { anomaly, .. } in replay(&story.clone().rules(rules), &story.recorded()) {
            if anomaly.kind != AnomalyKind::Spike {
                continue;
            }
            for part in &anomaly.services {
                for figure in &part.days {
                    let key = (anomaly.account.clone(), part.service.clone(), figure.day);
                    let teller = tellers.entry(key).or_insert_with(|| anomaly.id.clone());
                    prop_assert_eq!(&*teller, &anomaly.id, "{:?} {}", part.service, figure.day);
                }
            }
        }
    }

    #[test]
    fn what_planned_days_cost_changes_nothing(
        story in history(),
        (from, days) in (40..DAYS, 0..20_i32),
        factor in prop_oneof![0.01..1.0_f64, 1.0..50.0_f64],
    ) {
        let story = story.event(from..=from + days);
        let recorded = story.recorded();
        let mut other = recorded.clone();
        let planned = day(from)..=day(from + days);
        for recorded in other.iter_mut().filter(|one| planned.contains(&one.cost.day)) {
            recorded.cost.cost_usd *= factor;
        }
        prop_assert_eq!(replay(&story, &recorded), replay(&story, &other));
    }

    #[test]
    fn a_lone_rise_rings_once_on_the_next_morning(
        level in 0.1..1_000.0_f64,
        times in 1.5..20.0_f64,
        from in MORNINGS.start..DAYS - 1,
        days in 1..40_i32,
    ) {
        let rise = (level * (times - 1.0)).max(5.5);
        let until = (from + days).min(DAYS);
        let story = Story::of(0..DAYS, level).service(COMPUTE, from..until, level + rise);
        let news = story.news(MORNINGS);
        let rings: Vec<_> = news.iter().filter(|(_, news)| news.change == Change::Ring).collect();
        prop_assert_eq!(rings.len(), 1, "{:?}", rings);
        let (morning, News { anomaly, .. }) = rings[0];
        prop_assert_eq!((*morning, anomaly.since()), (from + 1, Some(day(from))));
        prop_assert!((anomaly.extra_usd() - rise).abs() < 1e-6 * rise);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_amount_and_no_rule_panics(
        amounts in prop::collection::vec(prop::num::f64::ANY, 0..70),
        numbers in prop::collection::vec(prop::num::f64::ANY, 6),
        counts in prop::collection::vec(0..100_u32, 4),
    ) {
        let rules = Rules {
            at_least_usd: numbers[0],
            at_least_percent: numbers[1],
            deviations: numbers[2],
            new_service_at_least_usd: numbers[3],
            growth_at_least_percent: numbers[4],
            update_step_percent: numbers[5],
            baseline_weeks: counts[0],
            new_normal_after_days: counts[1],
            over_after_days: counts[2],
            revised_for_days: counts[3],
            ..Rules::default()
        };
        let days = i32::try_from(amounts.len()).expect("few");
        let usd = |number: i32| amounts[usize::try_from(number).expect("from 0")];
        let story = Story::default().daily("Compute", 0..days, usd).rules(rules);
        story.news(days - 2..days + 2);
    }
}
