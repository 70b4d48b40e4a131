//! What is enough to ring, and what isn't.

use contract::spike::{Basis, Cause, Rules};

use crate::story::{COMPUTE, SHOP, Story, day};

/// A week of a company: weekends cost a fifth.
fn office(number: i32) -> f64 {
    if number.rem_euclid(7) < 5 { 100.0 } else { 20.0 }
}

/// A service with good and bad days, as if by chance: up to 10 % more or less.
fn noisy(number: i32) -> f64 {
    100.0 + f64::from((number * 7_919).rem_euclid(21) - 10)
}

#[test]
fn what_is_the_same_every_day_never_rings() {
    for usd in [0.0, 0.3, 40.0, 9_000.0] {
        assert_eq!(Story::of(0..200, usd).told(1..200), [""; 0], "{usd}");
    }
}

#[test]
fn ordinary_noise_never_rings() {
    assert_eq!(Story::default().daily(COMPUTE, 0..300, noisy).told(1..300), [""; 0]);
}

#[test]
fn one_dear_day_rings_once_and_is_over() {
    let told = Story::of(0..90, 100.0).day(70, 300.0).told(60..90);
    // Two days that AWS no longer revises must be usual: days 71 and 72, on the morning of day 76.
    assert_eq!(told, ["71 rings: Compute day 70 +200", "76 over: Compute day 70 +200"]);
}

#[test]
fn all_limits_must_be_reached() {
    let table: [(f64, f64, &str, bool); 8] = [
        (1.0, 5.9, "4.90 dollars more are too few", false),
        (1.0, 6.1, "5.10 dollars more are enough", true),
        (0.0, 4.9, "from nothing, too few dollars", false),
        (100.0, 139.0, "39 % more are too few", false),
        (100.0, 141.0, "41 % more are enough", true),
        (10.0, 14.5, "45 % more, but too few dollars", false),
        (10_000.0, 13_900.0, "thousands of dollars, but too few percent", false),
        (10_000.0, 14_100.0, "a rise of a large account", true),
    ];
    for (usual, dear, what, rings) in table {
        // The first day isn't free, or the service would be new.
        let story = Story::of(0..90, usual).day(0, 1.0).day(70, dear);
        assert_eq!(!story.told(60..73).is_empty(), rings, "{what}");
    }
}

#[test]
fn what_varies_must_rise_more() {
    let varied = |number: i32| if number.rem_euclid(2) == 0 { 100.0 } else { 60.0 };
    let calm = Story::of(0..90, 80.0).day(70, 150.0).told(60..73);
    assert_eq!(calm, ["71 rings: Compute day 70 +70"]);
    // The same weekday is dear and cheap in turn, as often: the standard deviation is about 30
    // dollars.
    let rules = Rules { baseline_weeks: 8, ..Rules::default() };
    let story = Story::default().daily(COMPUTE, 0..90, varied).rules(rules);
    assert_eq!(story.clone().day(70, 150.0).told(60..73), [""; 0]);
    assert_eq!(story.day(70, 250.0).told(60..73), ["71 rings: Compute day 70 +170"]);
}

#[test]
fn a_weekend_that_costs_as_much_as_a_weekday_rings() {
    let story = Story::default().daily(COMPUTE, 0..90, office);
    assert_eq!(story.told(30..90), [""; 0], "no Monday is a spike");
    let told = story.day(75, 100.0).told(60..78);
    assert_eq!(told, ["76 rings: Compute day 75 +80"]);
}

#[test]
fn figures_that_never_vary_have_a_least_deviation() {
    let rules = Rules { at_least_percent: 1.0, ..Rules::default() };
    let story = Story::of(0..90, 100.0).rules(rules);
    // Five deviations of 2 % each.
    assert_eq!(story.clone().day(70, 109.0).told(60..73), [""; 0]);
    assert_eq!(story.day(70, 111.0).told(60..73).len(), 1);
}

#[test]
fn a_short_history_is_read_with_care() {
    // Days of history that are no longer revised, the cost of the next day, and what is said.
    let table: [(i32, f64, Option<Basis>); 9] = [
        (1, 179.0, None),
        (1, 181.0, Some(Basis::DearestDay(1))),
        (3, 179.0, None),
        (6, 181.0, Some(Basis::DearestDay(6))),
        (7, 141.0, Some(Basis::AllDays(7))),
        (14, 141.0, Some(Basis::AllDays(14))),
        (21, 141.0, Some(Basis::AllDays(21))),
        (28, 139.0, None),
        (28, 141.0, Some(Basis::SameWeekdays(4))),
    ];
    for (days, usd, basis) in table {
        // The last ordinary day is four mornings old, so that it isn't revised any more.
        let today = days + 4;
        let told = Story::of(0..days, 100.0).day(today - 1, usd).news(today..today + 1);
        let causes: Vec<_> =
            told.iter().map(|(_, news)| news.anomaly.leading()[0].cause.clone()).collect();
        let expected: Vec<_> = basis.map(Cause::AboveUsual).into_iter().collect();
        assert_eq!(causes, expected, "{days} days, {usd} dollars");
    }
}

#[test]
fn nothing_rings_without_any_history() {
    assert_eq!(Story::of(0..1, 900.0).told(1..3), [""; 0]);
    assert_eq!(Story::default().told(1..3), [""; 0]);
}

#[test]
fn in_a_short_history_a_cheap_weekend_makes_no_monday_ring() {
    for days in 3..40 {
        let told = Story::default().daily(COMPUTE, 0..days, office).told(1..days + 1);
        assert_eq!(told, [""; 0], "{days} days");
    }
}

#[test]
fn what_runs_now_and_then_rings_only_when_it_is_dearer_than_ever() {
    let batch = |number: i32| if number.rem_euclid(9) == 0 { 60.0 } else { 0.0 };
    let story = Story::default().service("Storage", 0..120, 10.0).daily("Batch", 0..120, batch);
    assert_eq!(story.told(50..120), [""; 0]);
    // A usual peak is 60 dollars; 40 % more than that are 84. Six peaks are ordinary days that are
    // no longer revised: day 27 is a first of month.
    assert_eq!(story.clone().service("Batch", 82..83, 80.0).told(70..86), [""; 0]);
    let told = story.service("Batch", 82..83, 100.0).news(70..86);
    let causes: Vec<_> = told.iter().map(|(_, news)| &news.anomaly.leading()[0].cause).collect();
    assert_eq!(causes, [&Cause::AboveUsual(Basis::Peaks(6))]);
}

#[test]
fn one_large_spike_hides_no_other_one_of_what_runs_now_and_then() {
    let batch = |number: i32| if number.rem_euclid(9) == 0 { 60.0 } else { 0.0 };
    let story = Story::default().service("Storage", 0..120, 10.0).daily("Batch", 0..120, batch);
    let story = story.service("Batch", 58..59, 2_000.0).service("Batch", 82..83, 500.0);
    let rings: Vec<_> =
        story.told(50..86).into_iter().filter(|line| line.contains("rings")).collect();
    assert_eq!(rings, ["59 rings: Batch day 58 +1940", "83 rings: Batch day 82 +440"]);
}

#[test]
fn what_is_just_too_small_to_ring_is_a_habit_too() {
    let batch = |number: i32| if number.rem_euclid(9) == 0 { 4.5 } else { 0.0 };
    let story = Story::default().service("Storage", 0..120, 10.0).daily("Batch", 0..120, batch);
    assert_eq!(story.clone().service("Batch", 82..83, 6.0).told(50..86), [""; 0]);
    assert_eq!(story.service("Batch", 82..83, 12.0).told(50..86).len(), 1);
}

#[test]
fn a_third_peak_in_some_weeks_is_no_news() {
    let story = Story::of(0..140, 20.0).day(70, 90.0).day(84, 90.0).day(99, 90.0);
    let rings: Vec<_> =
        story.told(60..120).into_iter().filter(|line| line.contains("rings")).collect();
    assert_eq!(rings, ["71 rings: Compute day 70 +70", "85 rings: Compute day 84 +70"]);
}

#[test]
fn what_is_left_out_rings_nowhere() {
    let excluded_services = ["Tax".into()].into();
    let story = Story::of(0..90, 100.0).service("Tax", 0..90, 10.0).service("Tax", 70..71, 900.0);
    assert_eq!(story.told(60..73).len(), 1);
    let story = story.rules(Rules { excluded_services, ..Rules::default() });
    assert_eq!(story.told(60..73), [""; 0]);
}

#[test]
fn an_account_of_ten_dollars_a_month_rings_when_a_machine_is_forgotten() {
    let told = Story::of(0..90, 0.33).day(70, 12.33).news(60..73);
    let (_, news) = &told[0];
    assert_eq!(news.anomaly.account.as_str(), SHOP);
    assert_eq!(news.anomaly.id, format!("{SHOP}/{}/1", day(71)));
    assert!((news.anomaly.extra_usd() - 12.0).abs() < 1e-9);
}
