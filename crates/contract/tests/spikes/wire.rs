//! The names that other programs, and later mornings, read.

use contract::spike::{News, Rules, State};
use serde_json::json;

use crate::story::{COMPUTE, Story, day};

#[test]
fn news_has_stable_names() {
    let story = Story::of(0..90, 100.0).service("Storage", 0..90, 50.0);
    let news = story.service(COMPUTE, 70..71, 300.0).news(60..90);
    let ring = serde_json::to_value(&news[0].1).expect("JSON");
    assert_eq!(
        ring,
        json!({
            "change": "ring",
            "anomaly": {
                "id": "111122223333/2026-03-17/1",
                "account": "111122223333",
                "kind": "spike",
                "is_account_wide": false,
                "services": [{
                    "service": "Compute",
                    "cause": { "above_usual": { "same_weekdays": 9 } },
                    "since": "2026-03-16",
                    "days": [{ "day": "2026-03-16", "actual_usd": 300.0, "expected_usd": 100.0 }],
                    "is_new_normal": false,
                }],
                "total": {
                    "service": null,
                    "cause": { "above_usual": { "same_weekdays": 9 } },
                    "since": "2026-03-16",
                    "days": [{ "day": "2026-03-16", "actual_usd": 350.0, "expected_usd": 150.0 }],
                    "is_new_normal": false,
                },
                "contributors": [],
                "rung_on": "2026-03-17",
                "told": { "on": "2026-03-17", "extra_usd": 200.0 },
                "closed": null,
            }
        })
    );
    let close = serde_json::to_value(&news[1].1).expect("JSON");
    assert_eq!(close["change"], json!({ "close": "over" }));
    let closed = json!({ "on": "2026-03-22", "through": "2026-03-18", "outcome": "over" });
    assert_eq!(close["anomaly"]["closed"], closed);
    for (_, news) in news {
        let text = serde_json::to_string(&news).expect("JSON");
        assert_eq!(serde_json::from_str::<News>(&text).expect("news"), news);
    }
}

#[test]
fn updates_and_causes_have_stable_names() {
    let story =
        Story::of(0..90, 100.0).service(COMPUTE, 70..90, 300.0).service("Queries", 71..90, 20.0);
    let news = story.news(60..73);
    let update = serde_json::to_value(&news[1].1).expect("JSON");
    let expected =
        json!({ "update": { "from_usd": 200.0, "to_usd": 420.0, "joined": ["Queries"] } });
    assert_eq!(update["change"], expected);
    assert_eq!(update["anomaly"]["services"][1]["cause"], json!("new_service"));
    let drift = Story::default().daily(COMPUTE, 0..60, |number| 100.0 + 3.0 * f64::from(number));
    let drift = serde_json::to_value(&drift.news(58..60)[0].1).expect("JSON");
    assert_eq!(drift["anomaly"]["kind"], "drift");
    let growth = &drift["anomaly"]["services"][0]["cause"]["slow_growth"];
    assert!(growth["projected_usd"].is_number() && growth["percent_in_30_days"].is_number());
}

#[test]
fn a_state_that_is_understood_by_half_is_refused() {
    let state = State { assessed_on: Some(day(70)), anomalies: Vec::new() };
    let text = serde_json::to_string(&state).expect("JSON");
    assert_eq!(text, r#"{"assessed_on":"2026-03-16","anomalies":[]}"#);
    let other = text.replace("anomalies", "spikes");
    assert!(serde_json::from_str::<State>(&other).is_err());
}

#[test]
fn rules_that_are_left_out_have_their_defaults() {
    let rules: Rules = serde_json::from_value(json!({ "at_least_usd": 20.0 })).expect("rules");
    assert_eq!(rules, Rules { at_least_usd: 20.0, ..Rules::default() });
    let unknown = serde_json::from_value::<Rules>(json!({ "at_most_usd": 20.0 }));
    let message = unknown.expect_err("no such rule").to_string();
    assert!(
        message.contains("`at_most_usd`") && message.contains("`at_least_percent`"),
        "{message}"
    );
}
