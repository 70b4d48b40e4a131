//! Rises that last or come slowly, first days of months, and what is new.

use contract::spike::{AnomalyKind, Basis, Cause, Outcome, Rules};

use crate::story::{COMPUTE, Story, day, line};

#[test]
fn what_lasts_is_told_again_each_time_it_has_doubled() {
    let told = Story::of(0..70, 100.0)
        .service(COMPUTE, 70..82, 200.0)
        .service(COMPUTE, 82..100, 100.0)
        .told(60..100);
    assert_eq!(
        told,
        [
            "71 rings: Compute day 70 +100",
            "72 grows: Compute days 70 to 71 +200",
            "74 grows: Compute days 70 to 73 +400",
            "78 grows: Compute days 70 to 77 +800",
            "87 over: Compute days 70 to 81 +1200",
        ]
    );
}

#[test]
fn the_step_of_updates_is_a_rule() {
    let rules = Rules { update_step_percent: 1_000.0, ..Rules::default() };
    let told = Story::of(0..70, 100.0).service(COMPUTE, 70..82, 200.0).rules(rules).told(60..82);
    assert_eq!(told.len(), 2, "{told:?}");
}

#[test]
fn a_step_is_the_new_normal_after_some_days() {
    let story = Story::of(0..70, 100.0).service(COMPUTE, 70..200, 200.0);
    let told = story.told(60..200);
    assert_eq!(told.first().map(String::as_str), Some("71 rings: Compute day 70 +100"));
    assert_eq!(
        told.last().map(String::as_str),
        Some("84 new normal: Compute days 70 to 83 +1400"),
        "nothing more for the rest of the year"
    );
    // By the new level 260 dollars are too few, and 290 enough.
    assert_eq!(story.clone().day(95, 260.0).told(60..99).len(), told.len());
    let again = story.day(95, 290.0).told(60..99);
    assert_eq!(again.last().map(String::as_str), Some("96 rings: Compute day 95 +90"));
}

#[test]
fn a_new_normal_of_a_service_is_one_of_its_account_too() {
    let story =
        Story::of(0..70, 100.0).service(COMPUTE, 70..200, 300.0).service("Storage", 0..200, 80.0);
    let told = story.told(60..200);
    assert_eq!(told.iter().filter(|line| line.contains("rings")).count(), 1, "{told:?}");
    // Many small rises together, by the account's new level of 380 dollars.
    let mut broad = story;
    for service in 0..40 {
        let name = format!("Service {service:02}");
        broad = broad.service(&name, 0..200, 1.0).service(&name, 120..121, 5.5);
    }
    let told = broad.told(110..122);
    assert_eq!(told, ["121 rings: total day 120 +180"]);
}

#[test]
fn slow_growth_rings_once_and_no_day_does() {
    // From 100 dollars, 1 % a day for two months: 35 % in 30 days.
    let grows = |number: i32| 100.0 * 1.01_f64.powi((number - 70).clamp(0, 60));
    let story = Story::default().daily(COMPUTE, 0..250, grows);
    let news = story.news(60..250);
    let rung: Vec<_> =
        news.iter().filter(|(_, news)| news.anomaly.kind == AnomalyKind::Drift).collect();
    assert_eq!(rung.len(), news.len(), "single days ring: {news:?}");
    let (morning, first) = rung[0];
    assert!((80..120).contains(morning), "{morning}");
    let Cause::SlowGrowth(growth) = &first.anomaly.leading()[0].cause else { panic!("{first:?}") };
    assert!((25.0..40.0).contains(&growth.percent_in_30_days), "{growth:?}");
    let changes: Vec<_> = news.iter().map(|(morning, news)| line(*morning, news)).collect();
    assert_eq!(changes.iter().filter(|line| line.contains("rings")).count(), 1, "{changes:?}");
    assert!(changes.last().is_some_and(|line| line.contains("over")), "{changes:?}");
}

#[test]
fn growth_by_a_quarter_a_month_makes_no_day_ring() {
    let grows = |number: i32| 100.0 * 1.25_f64.powf(f64::from(number) / 30.0);
    let news = Story::default().daily(COMPUTE, 0..300, grows).news(60..300);
    assert!(news.iter().all(|(_, news)| news.anomaly.kind == AnomalyKind::Drift), "{news:?}");
}

#[test]
fn growth_below_the_limit_is_no_news() {
    let grows = |number: i32| 100.0 * 1.15_f64.powf(f64::from(number) / 30.0);
    assert_eq!(Story::default().daily(COMPUTE, 0..300, grows).told(60..300), [""; 0]);
    // A small account's growth of 4 dollars a day isn't worth it either.
    let grows = |number: i32| 3.0 * 1.5_f64.powf(f64::from(number - 60) / 30.0);
    assert_eq!(Story::default().daily(COMPUTE, 0..100, grows).told(90..101), [""; 0]);
}

#[test]
fn a_lasting_step_is_no_slow_growth() {
    let story = Story::of(0..70, 100.0).service(COMPUTE, 70..300, 200.0);
    let drifts =
        story.news(60..300).into_iter().filter(|(_, news)| news.anomaly.kind == AnomalyKind::Drift);
    assert_eq!(drifts.count(), 0);
}

#[test]
fn a_new_normal_makes_no_slow_growth_of_its_account() {
    // Amounts that have no exact sum: the old days, lifted to the new level, and the new ones
    // differ in their last digits.
    let story = Story::of(0..100, 7.405_544_448_391_042)
        .service("Queries", 0..100, 2.368_194_422_409_862_6)
        .service("Storage", 0..43, 4.357_885_170_178_656)
        .service("Storage", 43..73, 156.821_531_334_923_3)
        .service("Storage", 73..100, 4.357_885_170_178_656)
        .service(COMPUTE, 60..73, 209.394_154_241_948_17);
    let drifts: Vec<_> = story
        .news(64..102)
        .into_iter()
        .filter(|(_, news)| news.anomaly.kind == AnomalyKind::Drift)
        .collect();
    assert_eq!(drifts, []);
}

#[test]
fn what_rose_and_fell_back_is_no_slow_growth() {
    let usd = |number: i32| match number {
        26..53 => 20.0 + f64::from(number - 26) / 10.0,
        _ => 10.0,
    };
    let story = Story::default().daily(COMPUTE, 0..100, usd);
    assert_eq!(story.told(64..100), [""; 0]);
}

#[test]
fn slow_growth_of_a_young_service_is_that_since_its_first_day() {
    let usd = |number: i32| 5.0 + 0.5 * f64::from(number - 30);
    let story = Story::of(0..100, 100.0).daily("Logs", 30..100, usd);
    let news = story.news(60..64);
    let first = news[0].1.anomaly.services[0].clone();
    assert_eq!((news[0].0, first.since), (62, day(30)));
    let grown: Vec<f64> = first.days.iter().map(|figure| figure.expected_usd).collect();
    assert!((grown[0] - 5.0).abs() < 1e-9, "it cost 5 dollars at first: {grown:?}");
}

#[test]
fn a_service_that_is_new_rings() {
    let story = Story::of(0..120, 100.0);
    let small = story.clone().service("Queries", 70..120, 4.9);
    assert_eq!(small.told(60..90), [""; 0]);
    let told = story.clone().service("Queries", 70..72, 8.0).news(60..90);
    assert_eq!(told[0].1.anomaly.leading()[0].cause, Cause::NewService);
    let lines: Vec<_> = told.iter().map(|(morning, news)| line(*morning, news)).collect();
    assert_eq!(
        lines,
        [
            "71 rings: Queries day 70 +8",
            "72 grows: Queries days 70 to 71 +16",
            "77 over: Queries days 70 to 71 +16"
        ]
    );
    // One that begins small is new for a week.
    let growing = |number: i32| if number < 74 { 0.5 } else { 7.0 };
    let told = story.daily("Queries", 70..120, growing).told(60..78);
    assert_eq!(told[0], "75 rings: Queries day 74 +7");
}

#[test]
fn services_of_a_young_account_are_not_new() {
    let story = Story::of(0..90, 100.0).daily_of("444455556666", "Storage", 0..90, |_| 10.0);
    let story = story.daily_of("444455556666", "Queries", 8..90, |_| 12.0);
    let told = story.told(1..90);
    assert!(told.iter().all(|line| !line.contains("Queries")), "{told:?}");
}

#[test]
fn an_account_that_is_new_rings_as_a_whole() {
    let story = Story::of(0..120, 100.0)
        .daily_of("444455556666", "Storage", 70..120, |_| 30.0)
        .daily_of("444455556666", "Queries", 70..120, |_| 20.0);
    let news = story.news(60..120);
    assert_eq!(line(71, &news[0].1), "71 rings: total day 70 +50");
    let first = &news[0].1.anomaly;
    assert_eq!(first.leading()[0].cause, Cause::NewAccount);
    let named: Vec<_> = first.contributors.iter().map(|one| one.service.as_str()).collect();
    assert_eq!(named, ["Storage", "Queries"]);
    let last = news.last().map(|(_, news)| news.anomaly.closed.map(|closing| closing.outcome));
    assert_eq!(last, Some(Some(Outcome::NewNormal)));
}

#[test]
fn what_is_charged_each_month_rings_the_first_time_only() {
    // 1 February is day 27, 1 March day 55, 1 April day 86, 1 May day 116.
    let support = |number: i32| if day(number).day() == 1 { 90.0 } else { 0.0 };
    let story = Story::of(0..150, 100.0).daily("Support", 20..150, support);
    let rings: Vec<_> =
        story.told(14..150).into_iter().filter(|line| line.contains("rings")).collect();
    assert_eq!(rings, ["28 rings: Support day 27 +90"]);
    let dearer = story.service("Support", 116..117, 140.0).news(60..120);
    let causes: Vec<_> =
        dearer.iter().map(|(_, news)| news.anomaly.services[0].cause.clone()).collect();
    assert_eq!(causes[0], Cause::AboveUsual(Basis::FirstOfMonth(day(86))));
}

#[test]
fn what_is_charged_each_month_on_another_day_is_a_habit_from_the_third_time_on() {
    let licence = |number: i32| if day(number).day() == 17 { 90.0 } else { 0.0 };
    let story = Story::of(0..300, 100.0).daily("Marketplace", 0..300, licence);
    let rings: Vec<_> =
        story.told(30..300).into_iter().filter(|line| line.contains("rings")).collect();
    // 17 January is day 12, before the first morning.
    assert_eq!(rings, ["44 rings: Marketplace day 43 +90"]);
}

#[test]
fn a_monthly_charge_makes_no_later_day_cheap() {
    let usd = |number: i32| if day(number).day() == 1 { 400.0 } else { 100.0 };
    let story = Story::default().daily(COMPUTE, 0..150, usd);
    assert_eq!(story.told(60..150), [""; 0]);
    // Day 117, the 2 May, is a spike though the day before was as dear.
    assert_eq!(story.day(117, 400.0).told(60..120), ["118 rings: Compute day 117 +300"]);
}
