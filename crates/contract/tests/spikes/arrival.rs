//! Figures that are late, revised, missing or given back.

use crate::story::{COMPUTE, Story};

#[test]
fn a_day_that_is_revised_up_rings_once() {
    let story = Story::of(0..90, 100.0).known(70, &[(1, 40.0), (2, 110.0), (3, 260.0)]);
    let told = story.told(60..90);
    assert_eq!(told, ["73 rings: Compute day 70 +160", "76 over: Compute day 70 +160"]);
}

#[test]
fn a_day_that_becomes_known_late_rings_when_it_is_known() {
    for after in 1..5 {
        let told = Story::of(0..90, 100.0).known(70, &[(after, 260.0)]).told(60..75);
        assert_eq!(told, [format!("{} rings: Compute day 70 +160", 70 + after)]);
    }
    // Later than AWS revises a day it is the history's, and no news.
    assert_eq!(Story::of(0..90, 100.0).known(70, &[(5, 260.0)]).told(60..90), [""; 0]);
}

#[test]
fn a_spike_that_is_seen_in_part_grows_as_it_is_revised() {
    let story = Story::of(0..90, 100.0).known(70, &[(1, 150.0), (2, 400.0)]);
    let told = story.told(60..90);
    assert_eq!(
        told,
        [
            "71 rings: Compute day 70 +50",
            "72 grows: Compute day 70 +300",
            "76 over: Compute day 70 +300",
        ]
    );
}

#[test]
fn a_spike_that_is_revised_away_is_closed_as_none() {
    let told = Story::of(0..90, 100.0).known(70, &[(1, 300.0), (2, 100.0)]).told(60..90);
    assert_eq!(told, ["71 rings: Compute day 70 +200", "75 revised: Compute no day +0"]);
}

#[test]
fn days_that_are_incomplete_end_nothing() {
    // Each day is a tenth of itself on the first morning, and whole two mornings later.
    let story = (70..76).fold(Story::of(0..100, 100.0), |story, number| {
        story.known(number, &[(1, 30.0), (3, 300.0)])
    });
    let told = story.told(60..100);
    assert_eq!(
        told,
        [
            "73 rings: Compute day 70 +200",
            "74 grows: Compute days 70 to 71 +400",
            "76 grows: Compute days 70 to 73 +800",
            "81 over: Compute days 70 to 75 +1200",
        ]
    );
}

#[test]
fn days_that_are_incomplete_make_no_baseline() {
    // A whole history whose days are a tenth at first: each is judged by whole ones.
    let story = (0..90)
        .fold(Story::default(), |story, number| story.known(number, &[(1, 10.0), (3, 100.0)]));
    assert_eq!(story.told(1..90), [""; 0]);
}

#[test]
fn a_credit_of_its_own_hides_no_spike() {
    let story = Story::of(0..90, 100.0).day(70, 300.0).line(COMPUTE, 70, -250.0);
    assert_eq!(story.told(60..73), ["71 rings: Compute day 70 +200"]);
}

#[test]
fn a_credit_of_another_service_hides_no_spike() {
    let story = Story::of(0..90, 100.0).service("Storage", 0..90, 50.0).day(70, 300.0).service(
        "Storage",
        70..71,
        -400.0,
    );
    assert_eq!(story.told(60..73), ["71 rings: Compute day 70 +200"]);
}

#[test]
fn the_day_after_a_refund_is_no_spike() {
    for refunded in [-900.0, -1.0, 0.0, 12.0] {
        let story = Story::of(0..120, 100.0).day(70, refunded).day(84, refunded);
        assert_eq!(story.told(60..120), [""; 0], "{refunded}");
    }
}

#[test]
fn weeks_of_credits_are_weeks_of_which_nothing_is_known() {
    let story = (30..70).fold(Story::of(0..120, 100.0), |story, number| story.day(number, -3.0));
    assert_eq!(story.told(60..120), [""; 0]);
    assert_eq!(story.day(70, 300.0).told(60..73), ["71 rings: Compute day 70 +200"]);
}

#[test]
fn missing_days_are_not_free_days() {
    let gaps = [3, 17, 24, 31, 38, 45, 52, 59, 66, 67, 68, 69];
    let story = gaps.into_iter().fold(Story::of(0..90, 100.0), Story::missing);
    assert_eq!(story.told(20..90), [""; 0]);
    let told = story.day(73, 300.0).told(60..76);
    assert_eq!(told, ["74 rings: Compute day 73 +200"]);
}

#[test]
fn a_service_without_a_figure_cost_nothing_that_day() {
    let rarely = |number: i32| if number == 10 { 1.0 } else { 0.0 };
    let story = Story::of(0..90, 100.0).daily("Queries", 10..11, rarely);
    let told = story.service("Queries", 70..71, 30.0).told(60..73);
    assert_eq!(told, ["71 rings: Queries day 70 +30"]);
}

#[test]
fn an_account_that_is_closed_falls_silent() {
    assert_eq!(Story::of(0..70, 100.0).told(60..200), [""; 0]);
    let told = Story::of(0..71, 100.0).day(70, 300.0).told(60..200);
    assert_eq!(told, ["71 rings: Compute day 70 +200", "85 silent: Compute day 70 +200"]);
}

#[test]
fn mornings_without_a_report_are_caught_up_with() {
    use contract::cost::History;
    use contract::spike::{Morning, State, assess};

    let story = Story::of(0..90, 100.0).day(66, 300.0);
    let history: History = story
        .recorded()
        .iter()
        .map(|recorded| &recorded.cost)
        .collect::<Vec<_>>()
        .into_iter()
        .collect();
    let at = |number: i32, state: &State| {
        let today = crate::story::day(number);
        let (events, rules) = (&story.events[..], &story.rules);
        assess(&Morning { today, history: &history, events, rules }, state)
    };
    let before = at(63, &State::default()).state;
    let told: Vec<_> =
        at(85, &before).news.iter().map(|news| crate::story::line(85, news)).collect();
    assert_eq!(told, ["85 rings: Compute day 66 +200"]);
    assert_eq!(at(85, &State::default()).news, [], "a first report tells of the last days alone");
}
