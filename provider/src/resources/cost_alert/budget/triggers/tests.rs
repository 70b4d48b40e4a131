//! Every way from some notifications to others, with AWS's limits held at each step.

use proptest::prelude::*;

use super::*;

fn trigger(basis: Basis, unit: Unit, above: f64) -> Trigger {
    Trigger { basis, unit, above: Amount::new(above) }
}

fn actual(percent: f64) -> Trigger {
    trigger(Basis::Actual, Unit::Percent, percent)
}

fn email(name: &str) -> Subscriber {
    Subscriber::Email(format!("{name}@example.com"))
}

fn topic(name: &str) -> Subscriber {
    Subscriber::Topic(format!("arn:aws:sns:us-east-1:111111111111:{name}"))
}

fn told<const N: usize>(subscribers: [Subscriber; N]) -> Subscribers {
    Subscribers::from(subscribers)
}

/// What Budgets does with a call, and what it refuses.
fn apply(triggers: &mut Triggers, step: &Step) {
    match step.clone() {
        Step::Move { from, to } => {
            assert!(!triggers.contains_key(&to), "a notification twice");
            let subscribers = triggers.remove(&from).expect("there is one to move");
            triggers.insert(to, subscribers);
        }
        Step::Remove(trigger) => {
            triggers.remove(&trigger).expect("there is one to remove");
        }
        Step::Add(trigger, subscribers) => {
            assert!(triggers.insert(trigger, subscribers).is_none(), "a notification twice");
        }
        Step::Tell(trigger, new) => {
            let subscribers = triggers.get_mut(&trigger).expect("there is one to tell of");
            assert!(subscribers.insert(new), "a subscriber twice");
        }
        Step::TellInstead { trigger, old, new } => {
            let subscribers = triggers.get_mut(&trigger).expect("there is one to tell of");
            assert!(subscribers.remove(&old), "nobody to replace");
            assert!(subscribers.insert(new), "a subscriber twice");
        }
        Step::Spare(trigger, old) => {
            let subscribers = triggers.get_mut(&trigger).expect("there is one to tell of");
            assert!(subscribers.remove(&old), "nobody to spare");
        }
    }
    assert!(triggers.len() <= 5, "a notification too many");
    for subscribers in triggers.values() {
        let topics = subscribers.iter().filter(|subscriber| subscriber.is_topic()).count();
        assert!(topics <= 1, "a topic too many");
        assert!(subscribers.len() - topics <= 10, "an address too many");
        assert!(!subscribers.is_empty(), "nobody is told");
    }
}

#[test]
fn nothing_is_done_for_the_same() {
    let same = Triggers::from([(actual(80.0), told([email("a"), topic("t")]))]);
    assert_eq!(steps(&same, &same), []);
}

#[test]
fn a_changed_threshold_moves_its_notification() {
    let (ten, two) = (told([email("ten")]), told([email("two")]));
    let found = Triggers::from([(actual(10.0), ten.clone()), (actual(20.0), two.clone())]);
    let wanted = Triggers::from([(actual(11.0), two), (actual(12.0), ten)]);
    let expected = [
        Step::Move { from: actual(20.0), to: actual(11.0) },
        Step::Move { from: actual(10.0), to: actual(12.0) },
    ];
    assert_eq!(steps(&found, &wanted), expected, "each keeps its people");
}

#[test]
fn the_only_subscriber_is_replaced_in_one_call() {
    let found = Triggers::from([(actual(80.0), told([topic("old")]))]);
    let wanted = Triggers::from([(actual(80.0), told([topic("new")]))]);
    let expected =
        [Step::TellInstead { trigger: actual(80.0), old: topic("old"), new: topic("new") }];
    assert_eq!(steps(&found, &wanted), expected);
}

#[test]
fn one_kind_gives_way_to_the_other_without_a_gap() {
    let found = Triggers::from([(actual(80.0), told([topic("t")]))]);
    let wanted = Triggers::from([(actual(80.0), told([email("a")]))]);
    let expected = [Step::Tell(actual(80.0), email("a")), Step::Spare(actual(80.0), topic("t"))];
    assert_eq!(steps(&found, &wanted), expected);
}

#[test]
fn a_point_reads_as_a_sentence_goes_on() {
    let forecast = trigger(Basis::Forecast, Unit::Usd, 12.5);
    assert_eq!(forecast.to_string(), "forecast cost above 12.5 USD");
    assert_eq!(actual(80.0).to_string(), "actual cost above 80 %");
}

fn some_subscribers() -> impl Strategy<Value = Subscribers> {
    let emails = prop::collection::btree_set(0..14_u8, 0..=10);
    (emails, prop::option::of(0..3_u8)).prop_filter_map("nobody is told", |(emails, topics)| {
        let emails = emails.into_iter().map(|number| email(&number.to_string()));
        let told: Subscribers =
            emails.chain(topics.map(|number| topic(&number.to_string()))).collect();
        (!told.is_empty()).then_some(told)
    })
}

fn some_triggers() -> impl Strategy<Value = Triggers> {
    let point = (any::<bool>(), any::<bool>(), 0..4_u8).prop_map(|(actual, percent, above)| {
        let basis = if actual { Basis::Actual } else { Basis::Forecast };
        let unit = if percent { Unit::Percent } else { Unit::Usd };
        trigger(basis, unit, f64::from(above))
    });
    prop::collection::btree_map(point, some_subscribers(), 0..=5)
}

proptest! {
    #[test]
    fn every_way_keeps_the_limits_and_arrives(found in some_triggers(), wanted in some_triggers()) {
        let mut now = found.clone();
        for step in steps(&found, &wanted) {
            apply(&mut now, &step);
        }
        prop_assert_eq!(now, wanted);
    }

    #[test]
    fn a_way_that_was_broken_off_is_gone_on(
        found in some_triggers(),
        wanted in some_triggers(),
        until in 0..12_usize,
    ) {
        let mut now = found.clone();
        for step in steps(&found, &wanted).iter().take(until) {
            apply(&mut now, step);
        }
        for step in steps(&now.clone(), &wanted) {
            apply(&mut now, &step);
        }
        prop_assert_eq!(now, wanted);
    }
}
