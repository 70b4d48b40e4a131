//! Days that more was planned for.

use contract::cost::PlannedEvent;

use crate::story::{COMPUTE, SHOP, Story, account, day};

/// Days 70 to 74 cost four times as much.
fn festival() -> Story {
    Story::of(0..120, 100.0).service("Storage", 0..120, 50.0).service(COMPUTE, 70..75, 400.0)
}

#[test]
fn planned_days_ring_nothing() {
    assert_eq!(festival().told(60..76).len(), 3);
    assert_eq!(festival().event(70..=74).told(60..120), [""; 0]);
}

#[test]
fn planned_days_are_not_what_is_usual() {
    // Four events on the same weekdays: without them only four ordinary weeks are left.
    let mut story = Story::of(0..120, 100.0);
    for week in [4, 5, 7, 8, 9] {
        let days = week * 7..week * 7 + 7;
        story = story.service(COMPUTE, days.clone(), 400.0).event(days.start..=days.end - 1);
    }
    assert_eq!(story.told(28..120), [""; 0]);
    assert_eq!(story.day(75, 200.0).told(70..78), ["76 rings: Compute day 75 +100"]);
}

#[test]
fn an_event_that_goes_on_for_too_long_rings() {
    let told = festival().event(70..=72).told(60..76);
    assert_eq!(told[0], "74 rings: Compute day 73 +300");
}

#[test]
fn an_event_is_that_of_its_accounts_and_services() {
    let event = || PlannedEvent::of("festival", day(70), day(74)).expect("it starts first");
    let of_another = PlannedEvent { accounts: [account("444455556666")].into(), ..event() };
    let of_the_service = PlannedEvent {
        accounts: [account(SHOP)].into(),
        services: [COMPUTE.into()].into(),
        ..event()
    };
    let of_another_service = PlannedEvent { services: ["Storage".into()].into(), ..event() };
    for (event, rings) in [(of_another, true), (of_the_service, false), (of_another_service, true)]
    {
        let mut story = festival();
        story.events = vec![event.clone()];
        assert_eq!(!story.told(60..90).is_empty(), rings, "{event:?}");
    }
}

#[test]
fn other_services_ring_during_the_event_of_one() {
    let mut story = festival().service("Storage", 71..72, 200.0);
    let event = PlannedEvent::of("festival", day(70), day(74)).expect("it starts first");
    story.events = vec![PlannedEvent { services: [COMPUTE.into()].into(), ..event }];
    assert_eq!(story.told(60..75), ["72 rings: Storage day 71 +150"]);
}

#[test]
fn an_event_that_is_declared_too_late_closes_the_anomaly() {
    use contract::cost::Arrivals;
    use contract::spike::{Morning, State, assess};

    let story = festival();
    let planned = festival().event(70..=74).events;
    let recorded = story.recorded();
    let mut arrivals = Arrivals::of(&recorded);
    let mut state = State::default();
    let mut told = Vec::new();
    for number in 60..80 {
        let events = if number < 73 { &story.events } else { &planned };
        let (history, rules) = (arrivals.known_on(day(number)), &story.rules);
        let morning = Morning { today: day(number), history, events, rules };
        let assessment = assess(&morning, &state);
        told.extend(assessment.news.iter().map(|news| crate::story::line(number, news)));
        state = assessment.state;
    }
    assert_eq!(
        told,
        [
            "71 rings: Compute day 70 +300",
            "72 grows: Compute days 70 to 71 +600",
            "73 planned: Compute no day +0",
        ]
    );
}

#[test]
fn what_an_event_leaves_behind_rings_as_new() {
    let story = festival().event(70..=74).service("Queries", 71..120, 30.0);
    assert_eq!(story.told(60..77)[0], "76 rings: Queries day 75 +30");
}
