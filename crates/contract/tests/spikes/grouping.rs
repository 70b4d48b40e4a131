//! What is one anomaly, and what are two.

use contract::spike::Cause;

use crate::story::{COMPUTE, Story, line};

/// An account with three services.
fn three(compute: f64, storage: f64, queries: f64) -> Story {
    Story::of(0..120, compute).service("Storage", 0..120, storage).service(
        "Queries",
        0..120,
        queries,
    )
}

#[test]
fn a_service_and_its_account_ring_as_one() {
    let news = three(100.0, 50.0, 20.0).day(70, 300.0).news(60..73);
    assert_eq!(news.len(), 1);
    let anomaly = &news[0].1.anomaly;
    assert!(!anomaly.is_account_wide);
    let total = anomaly.total.as_ref().expect("the total stands out too");
    assert!((total.days[0].actual_usd - 370.0).abs() < 1e-9);
    assert!((total.days[0].expected_usd - 170.0).abs() < 1e-9);
    assert!(anomaly.contributors.is_empty());
}

#[test]
fn a_small_service_of_a_large_account_rings_alone() {
    let news = three(1_000.0, 50.0, 20.0).service("Queries", 70..71, 60.0).news(60..73);
    assert_eq!(line(71, &news[0].1), "71 rings: Queries day 70 +40");
    assert_eq!(news[0].1.anomaly.total, None);
}

#[test]
fn services_that_rise_together_are_one_with_the_dearest_first() {
    let story =
        three(100.0, 50.0, 20.0).service("Queries", 70..71, 60.0).service("Storage", 70..71, 150.0);
    assert_eq!(story.told(60..73), ["71 rings: Storage day 70 +100, Queries day 70 +40"]);
}

#[test]
fn a_service_that_follows_on_the_next_day_joins() {
    let story =
        three(100.0, 50.0, 20.0).service(COMPUTE, 70..74, 200.0).service("Queries", 71..74, 60.0);
    let told = story.told(60..73);
    assert_eq!(
        told,
        [
            "71 rings: Compute day 70 +100",
            "72 grows by Queries: Compute days 70 to 71 +200, Queries day 71 +40",
        ]
    );
}

#[test]
fn a_service_that_rises_later_rings_on_its_own() {
    let story =
        three(100.0, 50.0, 20.0).service(COMPUTE, 70..80, 200.0).service("Queries", 74..80, 60.0);
    let rings: Vec<_> =
        story.told(60..80).into_iter().filter(|line| line.contains("rings")).collect();
    assert_eq!(rings, ["71 rings: Compute day 70 +100", "75 rings: Queries day 74 +40"]);
}

/// Forty services that rise by a few dollars each.
fn broad(story: Story) -> Story {
    (0..40).fold(story, |story, service| {
        let name = format!("Service {service:02}");
        story.service(&name, 0..120, 1.0).service(&name, 70..72, 5.5)
    })
}

#[test]
fn what_no_service_shows_rings_for_the_account() {
    let news = broad(Story::of(0..120, 100.0)).news(60..90);
    let told: Vec<_> = news.iter().map(|(morning, news)| line(*morning, news)).collect();
    assert_eq!(
        told,
        [
            "71 rings: total day 70 +180",
            "72 grows: total days 70 to 71 +360",
            "77 over: total days 70 to 71 +360"
        ]
    );
    let anomaly = &news[0].1.anomaly;
    assert_eq!(anomaly.contributors.len(), 5);
    assert_eq!(anomaly.contributors[0].service.as_str(), "Service 00");
    assert!(matches!(anomaly.leading()[0].cause, Cause::AboveUsual(_)));
}

#[test]
fn an_account_that_rises_beyond_its_service_rings_as_one_with_it() {
    let story = broad(Story::of(0..120, 100.0)).service(COMPUTE, 70..72, 150.0);
    let told = story.told(60..73);
    assert_eq!(told[0], "71 rings: total day 70 +230, with Compute day 70 +50");
    assert_eq!(told.len(), 2, "{told:?}");
}

#[test]
fn a_service_joins_the_anomaly_of_its_whole_account() {
    let story = broad(Story::of(0..120, 100.0)).service(COMPUTE, 71..72, 180.0);
    assert_eq!(
        story.told(60..73),
        [
            "71 rings: total day 70 +180",
            "72 grows by Compute: total days 70 to 71 +440, with Compute day 71 +80",
        ]
    );
}

#[test]
fn accounts_have_anomalies_of_their_own() {
    let other = |number: i32| if number == 70 { 400.0 } else { 100.0 };
    let story =
        Story::of(0..120, 100.0).day(70, 300.0).daily_of("444455556666", COMPUTE, 0..120, other);
    let news = story.news(60..73);
    let accounts: Vec<_> =
        news.iter().map(|(_, news)| news.anomaly.account.as_str().to_owned()).collect();
    assert_eq!(accounts, ["111122223333", "444455556666"]);
}

#[test]
fn usual_peaks_of_a_service_make_no_account_ring() {
    let batch = |number: i32| if number.rem_euclid(9) == 0 { 90.0 } else { 0.0 };
    let told = three(10.0, 20.0, 5.0).daily("Batch", 0..120, batch).told(60..120);
    assert_eq!(told, [""; 0]);
}

#[test]
fn noise_around_a_limit_makes_one_anomaly() {
    // 41 % and 30 % more in turn: only the first is enough to ring, and the other to go on.
    let usd = |number: i32| match number {
        70..83 if number % 2 == 0 => 141.5,
        70..83 => 130.0,
        _ => 100.0,
    };
    let told = Story::default().daily(COMPUTE, 0..120, usd).told(60..120);
    let rings = told.iter().filter(|line| line.contains("rings")).count();
    assert_eq!(rings, 1, "{told:?}");
}
