//! The state machine, event by event.

use contract::trailer::{Kind, Trailer};
use jiff::Timestamp;

use super::*;
use crate::relay::notice::Watch;

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + minute * 60).expect("it is in range")
}

/// `a-` the alarm that fails, `a?` the one that hears nothing; then the state and the minute.
fn event(text: &str, state: &str, minute: i64) -> Event {
    let kind = if text.ends_with('?') { Kind::NoData } else { Kind::Down };
    let state = match state {
        "ok" => State::Ok,
        "alarm" => State::Alarm,
        "none" => State::InsufficientData,
        other => State::Other(other.to_owned()),
    };
    let notice = AlarmNotice {
        name: text.to_owned(),
        arn: None,
        account: "111122223333".to_owned(),
        region: "eu-central-1".to_owned(),
        state,
        old_state: None,
        tells_end: None,
        changed_at: Some(at(minute)),
        reason: String::new(),
        prose: String::new(),
        trailer: Some(Trailer { reminder_seconds: Some(60), ..Trailer::of("a", kind) }),
        watch: Watch::Unknown,
    };
    Event { notice, at: at(minute) }
}

fn after(events: &[(&str, &str, i64)]) -> Subject {
    let mut subject = Subject::default();
    for (alarm, state, minute) in events {
        subject.apply(&event(alarm, state, *minute));
    }
    subject
}

/// Of each incident: when it opened, when it closed, how often it was back.
fn view(subject: &Subject) -> Vec<(Timestamp, Option<Timestamp>, u32)> {
    let all = subject.incidents.iter();
    all.map(|incident| (incident.opened_at, incident.closed_at, incident.flaps)).collect()
}

#[test]
fn every_sequence_ends_as_it_should() {
    type Case<'a> = (&'a str, &'a [(&'a str, &'a str, i64)], &'a [(i64, Option<i64>, u32)]);
    let table: &[Case<'_>] = &[
        ("opens", &[("-", "alarm", 0)], &[(0, None, 0)]),
        ("closes", &[("-", "alarm", 0), ("-", "ok", 5)], &[(0, Some(5), 0)]),
        ("nothing to say", &[("-", "ok", 0), ("-", "none", 1), ("-", "ok", 2)], &[]),
        ("opens once", &[("-", "alarm", 0), ("-", "alarm", 0)], &[(0, None, 0)]),
        ("back in ten", &[("-", "alarm", 0), ("-", "ok", 5), ("-", "alarm", 15)], &[(0, None, 1)]),
        (
            "back in eleven",
            &[("-", "alarm", 0), ("-", "ok", 5), ("-", "alarm", 16)],
            &[(0, Some(5), 0), (16, None, 0)],
        ),
        (
            "two alarms, open while either is",
            &[("-", "alarm", 0), ("?", "alarm", 1), ("-", "ok", 2)],
            &[(0, None, 0)],
        ),
        (
            "two alarms, closed by the last",
            &[("-", "alarm", 0), ("?", "alarm", 1), ("-", "ok", 2), ("?", "ok", 3)],
            &[(0, Some(3), 0)],
        ),
        ("too little data closes nothing", &[("-", "alarm", 0), ("-", "none", 1)], &[(0, None, 0)]),
        (
            "a state of tomorrow closes nothing",
            &[("-", "alarm", 0), ("-", "SNOOZED", 1)],
            &[(0, None, 0)],
        ),
        (
            "well after too little data",
            &[("-", "alarm", 0), ("-", "none", 1), ("-", "ok", 2)],
            &[(0, Some(2), 0)],
        ),
        ("an older one is ignored", &[("-", "alarm", 5), ("-", "ok", 4)], &[(5, None, 0)]),
        ("an end that comes first", &[("-", "ok", 5), ("-", "alarm", 0)], &[(0, Some(5), 0)]),
        (
            "an end that comes first, and then the next",
            &[("-", "ok", 5), ("-", "alarm", 0), ("-", "alarm", 12)],
            &[(0, None, 1)],
        ),
        (
            "an older one that is heard of late",
            &[("-", "alarm", 60), ("-", "ok", 70), ("-", "ok", 30), ("-", "alarm", 0)],
            &[(0, Some(30), 0), (60, Some(70), 0)],
        ),
        (
            "an older one that is heard of late, while it rings",
            &[("-", "alarm", 60), ("-", "ok", 30), ("-", "alarm", 0)],
            &[(0, Some(30), 0), (60, None, 0)],
        ),
        (
            "an older one of the other alarm",
            &[("-", "alarm", 60), ("-", "ok", 70), ("?", "ok", 30), ("?", "alarm", 0)],
            &[(0, Some(30), 0), (60, Some(70), 0)],
        ),
        (
            "a flap that is heard of in the wrong order",
            &[("-", "alarm", 15), ("-", "ok", 20), ("-", "ok", 10), ("-", "alarm", 0)],
            &[(0, Some(20), 1)],
        ),
        (
            "nothing says that it was well in between",
            &[("-", "alarm", 30), ("-", "ok", 40), ("-", "alarm", 0)],
            &[(0, Some(40), 0)],
        ),
        (
            "the other alarm is heard of late and was never well",
            &[("-", "alarm", 0), ("-", "ok", 5), ("?", "alarm", 3)],
            &[(0, None, 0)],
        ),
        ("at once, ringing counts", &[("-", "ok", 1), ("-", "alarm", 1)], &[(1, None, 0)]),
        ("at once, in the other order", &[("-", "alarm", 1), ("-", "ok", 1)], &[(1, None, 0)]),
    ];
    for (name, events, expected) in table {
        let expected: Vec<_> = expected
            .iter()
            .map(|(open, close, flaps)| (at(*open), close.map(at), *flaps))
            .collect();
        assert_eq!(view(&after(events)), expected, "{name}");
    }
}

#[test]
fn what_comes_again_changes_nothing() {
    let events = [("-", "alarm", 0), ("?", "alarm", 1), ("-", "ok", 2), ("?", "none", 3)];
    let mut subject = after(&events);
    let before = subject.clone();
    for (alarm, state, minute) in events {
        assert!(!subject.apply(&event(alarm, state, minute)), "{alarm} {state}");
    }
    assert_eq!(subject, before);
}

#[test]
fn every_change_that_can_be_seen_is_counted() {
    let mut subject = after(&[("-", "alarm", 0)]);
    for (count, (alarm, state)) in
        [("?", "alarm"), ("-", "none"), ("-", "ok"), ("?", "ok"), ("-", "alarm")].iter().enumerate()
    {
        let minute = i64::try_from(count).expect("it is small") + 1;
        let before = subject.incidents[0].revision;
        assert!(subject.apply(&event(alarm, state, minute)));
        assert_eq!(subject.incidents[0].revision, before + 1, "{alarm} {state}");
    }
}

#[test]
fn the_alarm_that_fails_stands_for_the_incident() {
    let kind = |subject: &Subject| subject.incidents[0].trailer().map(|trailer| trailer.kind);
    let both = [("?", "alarm", 0), ("-", "alarm", 1)];
    assert_eq!(kind(&after(&both)), Some(Kind::Down));
    assert_eq!(kind(&after(&[both[0], both[1], ("-", "ok", 2)])), Some(Kind::NoData));
}

#[test]
fn reminders_are_armed_once_for_each_time_it_is_down() {
    let mut subject = after(&[("-", "alarm", 0)]);
    assert_eq!(subject.incidents[0].reminder_to_arm(), Some(1));
    subject.incidents[0].reminders.armed = true;
    subject.apply(&event("?", "alarm", 1));
    assert_eq!(subject.incidents[0].reminder_to_arm(), None);
    for (alarm, minute) in [("-", 2), ("?", 3)] {
        subject.apply(&event(alarm, "ok", minute));
    }
    assert_eq!(subject.incidents[0].reminder_to_arm(), None);
    subject.apply(&event("-", "alarm", 4));
    assert_eq!(subject.incidents[0].reminder_to_arm(), Some(2));
}

#[test]
fn ids_are_short_and_the_same_every_time() {
    let id = short_id(&["incident#1", "2026-11-24T03:00:00Z"]);
    assert_eq!(id, short_id(&["incident#1", "2026-11-24T03:00:00Z"]));
    assert_ne!(id, short_id(&["incident#12", "026-11-24T03:00:00Z"]));
    assert_eq!(id.len(), SHORT_ID);
    assert!(id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()));
}

#[test]
fn what_is_kept_is_bounded() {
    let events = (0..60).flat_map(|hour| [("-", "alarm", hour * 60), ("-", "ok", hour * 60 + 1)]);
    let subject = after(&events.collect::<Vec<_>>());
    assert_eq!(subject.incidents.len(), MOST_INCIDENTS);
    assert_eq!(subject.incidents.last().map(|one| one.opened_at), Some(at(59 * 60)));
    // Nothing that is untold goes: the first tells what became one with it.
    let first = &subject.incidents[0];
    assert_eq!((first.opened_at, first.closed_at), (at(0), Some(at(40 * 60 + 1))));
    assert_eq!(first.flaps, 40);
    assert!(subject.alarms["-"].rings.times.len() <= MOST_HEARD);
}

#[test]
fn what_is_posted_is_merged_into_nothing() {
    let mut subject = Subject::default();
    for hour in 0..30 {
        for (state, minute) in [("alarm", hour * 60), ("ok", hour * 60 + 1)] {
            subject.apply(&event("-", state, minute));
        }
        if let Some(incident) = subject.incidents.last_mut() {
            incident.message = Some(format!("message#{hour}"));
        }
    }
    assert_eq!(subject.incidents.len(), 30);
}

#[test]
fn a_monitor_and_an_alarm_of_its_name_are_two() {
    let ours = event("checkout", "alarm", 0);
    let mut others = ours.clone();
    (others.notice.trailer, others.notice.name) = (None, "a".to_owned());
    assert_ne!(ours.subject(), others.subject());
}

#[test]
fn what_was_told_and_forgotten_is_not_told_again() {
    let events = [("-", "alarm", 0), ("-", "ok", 5), ("-", "alarm", 60), ("-", "ok", 70)];
    let mut subject = after(&events);
    subject.incidents.remove(0);
    for (alarm, state, minute) in events {
        assert!(!subject.apply(&event(alarm, state, minute)), "{state} {minute}");
    }
    assert_eq!(subject.incidents.len(), 1);
}

#[test]
fn an_end_is_heard_of_after_its_late_beginning() {
    let mut subject = rings_of_mute(&[("-", State::Ok, 900), ("-", State::Ok, 0)]);
    assert!(subject.incidents[0].end_untold);
    subject.apply(&event("-", "ok", 30));
    assert_eq!(view(&subject), [(at(0), Some(at(30)), 0), (at(900), None, 0)]);
    assert!(!subject.incidents[0].end_untold);
}

/// An event with the state before it, of an alarm that has no action for its end.
fn mute(text: &str, old: State, minute: i64) -> Event {
    let mut event = event(text, "alarm", minute);
    (event.notice.old_state, event.notice.tells_end) = (Some(old), Some(false));
    event
}

fn rings_of_mute(events: &[(&str, State, i64)]) -> Subject {
    let mut subject = Subject::default();
    for (alarm, old, minute) in events {
        subject.apply(&mute(alarm, old.clone(), *minute));
    }
    subject
}

#[test]
fn what_was_well_before_it_rings_again_is_another_incident_though_nobody_told_of_the_end() {
    type Case = (Vec<(&'static str, State, i64)>, Vec<(i64, Option<i64>, u32)>);
    let (ok, few) = (|| State::Ok, || State::InsufficientData);
    let table: [Case; 7] = [
        (vec![("-", ok(), 0), ("-", ok(), 11)], vec![(0, Some(11), 0), (11, None, 0)]),
        (vec![("-", ok(), 0), ("-", ok(), 10)], vec![(0, None, 1)]),
        (vec![("-", ok(), 0), ("-", few(), 10)], vec![(0, None, 0)]),
        (vec![("-", ok(), 0), ("-", few(), 11)], vec![(0, Some(11), 0), (11, None, 0)]),
        (vec![("-", ok(), 0), ("-", State::Alarm, 900)], vec![(0, None, 0)]),
        (vec![("-", ok(), 900), ("-", ok(), 0)], vec![(0, Some(900), 0), (900, None, 0)]),
        // The other alarm of the monitor tells as little of its end.
        (
            vec![("-", ok(), 0), ("?", ok(), 5), ("-", ok(), 900)],
            vec![(0, Some(900), 0), (900, None, 0)],
        ),
    ];
    for (events, expected) in table {
        let subject = rings_of_mute(&events);
        let expected: Vec<_> = expected
            .iter()
            .map(|(open, close, flaps)| (at(*open), close.map(at), *flaps))
            .collect();
        assert_eq!(view(&subject), expected, "{events:?}");
        let untold: Vec<bool> = subject.incidents.iter().map(|one| one.end_untold).collect();
        assert_eq!(
            untold,
            (1..=expected.len()).map(|one| one < expected.len()).collect::<Vec<_>>()
        );
        let mut again = subject.clone();
        for (alarm, old, minute) in &events {
            assert!(!again.apply(&mute(alarm, old.clone(), *minute)), "{events:?}");
        }
    }
}

#[test]
fn another_alarm_that_tells_of_its_end_keeps_an_incident_open() {
    let mut subject = after(&[("?", "alarm", 0)]);
    for minute in [1, 900] {
        subject.apply(&mute("-", State::Ok, minute));
    }
    assert_eq!(view(&subject), [(at(0), None, 0)]);
}

#[test]
fn an_end_that_is_heard_of_late_is_still_told() {
    let mut subject = rings_of_mute(&[("-", State::Ok, 0), ("-", State::Ok, 900)]);
    let before = subject.incidents[0].revision;
    assert!(subject.apply(&event("-", "ok", 30)));
    assert_eq!(view(&subject), [(at(0), Some(at(30)), 0), (at(900), None, 0)]);
    let first = &subject.incidents[0];
    assert!(!first.end_untold && first.revision > before);
}
