//! Attributes to notifications and back, with what the user wrote kept.

use super::*;
use crate::resources::cost_alert::filters::Dimensions;
use crate::resources::cost_alert::model::{Charge, Filters, Metric, Period};

const TOPIC: &str = "arn:aws:sns:us-east-1:111111111111:alarms";

fn set(texts: &[&str]) -> Attr<Texts> {
    attribute(texts.iter().map(ToString::to_string).collect())
}

fn email(address: &str) -> Subscriber {
    Subscriber::Email(address.to_owned())
}

fn percent(percent: f64) -> Threshold {
    Threshold {
        percent: Attr::Known(percent),
        basis: Attr::Known(Basis::Actual),
        ..Threshold::default()
    }
}

fn point(above: f64) -> Trigger {
    Trigger { basis: Basis::Actual, unit: Unit::Percent, above: Amount::new(above) }
}

/// Two thresholds that tell the budget's topic, one of them a person instead.
fn base() -> Budget {
    let own = Threshold { topic_arns: set(&[]), emails: set(&["a@example.com"]), ..percent(100.0) };
    Budget {
        limit_usd: Attr::Known(100.0),
        period: Attr::Known(Period::Monthly),
        metric: Attr::Known(Metric::Unblended),
        thresholds: Attr::Known(BTreeMap::from([
            ("near".to_owned(), Attr::Known(percent(80.0))),
            ("over".to_owned(), Attr::Known(own)),
        ])),
        topic_arns: set(&[TOPIC]),
        ..Budget::default()
    }
}

fn found() -> Triggers {
    Triggers::from([
        (point(80.0), Subscribers::from([Subscriber::Topic(TOPIC.to_owned())])),
        (point(100.0), Subscribers::from([email("a@example.com")])),
    ])
}

fn lifted(found: &Triggers) -> BTreeMap<String, Attr<Threshold>> {
    let budget = budget(&base(), None, found).expect("known");
    budget.thresholds.into_known().expect("known")
}

#[test]
fn a_threshold_tells_whom_it_names_and_else_whom_the_budget_names() {
    assert_eq!(triggers(&base()).expect("known"), found());
}

#[test]
fn what_is_the_same_stays_as_it_was_written() {
    assert_eq!(lifted(&found()), base().thresholds.into_known().expect("known"));
    let settings = Settings::of(&base()).expect("known");
    let budget = budget(&base(), Some(&settings), &found()).expect("known");
    assert_eq!((budget.excluded_charges, budget.filters), (Attr::Null, Attr::Null));
}

#[test]
fn a_changed_subscriber_shows_at_its_threshold() {
    let mut found = found();
    found.insert(point(80.0), Subscribers::from([email("b@example.com")]));
    let near = lifted(&found)["near"].clone().into_known().expect("known");
    assert_eq!(near.emails, set(&["b@example.com"]));
    assert_eq!(near.topic_arns, set(&[]), "null would mean the budget's topic");

    found.insert(
        point(80.0),
        Subscribers::from([Subscriber::Topic(TOPIC.to_owned()), email("b@example.com")]),
    );
    let near = lifted(&found)["near"].clone().into_known().expect("known");
    assert_eq!(near.topic_arns, Attr::Null, "the topic is still the budget's");
}

#[test]
fn a_changed_point_keeps_its_name() {
    let mut found = found();
    let told = found.remove(&point(80.0)).expect("there");
    found.insert(point(85.0), told);
    let lifted = lifted(&found);
    assert_eq!(lifted["near"], Attr::Known(percent(85.0)));
    assert_eq!(lifted.len(), 2);
}

#[test]
fn what_has_no_name_gets_a_stable_one() {
    let forecast = Trigger { basis: Basis::Forecast, unit: Unit::Usd, above: Amount::new(12.5) };
    let mut found = found();
    found.insert(forecast, Subscribers::from([email("c@example.com")]));
    let lifted = lifted(&found);
    assert_eq!(lifted.keys().collect::<Vec<_>>(), ["forecast_12.5_usd", "near", "over"]);
    let new = lifted["forecast_12.5_usd"].clone().into_known().expect("known");
    assert_eq!((new.usd, new.percent), (Attr::Known(12.5), Attr::Null));
    assert_eq!(new.topic_arns, set(&[]));

    let taken = Budget {
        thresholds: Attr::Known(BTreeMap::from([(
            "actual_80_percent".to_owned(),
            Attr::Known(percent(90.0)),
        )])),
        ..base()
    };
    let mut found = Triggers::from([(point(80.0), Subscribers::from([email("c@example.com")]))]);
    found.insert(point(90.0), Subscribers::from([email("d@example.com")]));
    let names = thresholds(&taken, &found).expect("known").into_keys().collect::<Vec<_>>();
    assert_eq!(names, ["actual_80_percent", "actual_80_percent_"]);
}

#[test]
fn without_anything_known_all_is_as_found() {
    let settings = Settings {
        limit: Amount::new(5.5),
        period: Period::Daily,
        metric: Metric::Blended,
        excluded: BTreeSet::from([Charge::Taxes]),
        filters: Dimensions::from([("Service".to_owned(), BTreeSet::from(["S3".to_owned()]))]),
    };
    let budget = budget(&Budget::default(), Some(&settings), &found()).expect("nothing unknown");
    assert_eq!(Settings::of(&budget).expect("known"), settings);
    assert_eq!(triggers(&budget).expect("known"), found());
    let services = Filters { services: set(&["S3"]), ..Filters::default() };
    assert_eq!(budget.filters, Attr::Known(services));
    assert_eq!((budget.topic_arns, budget.emails), (Attr::Null, Attr::Null));
}

#[test]
fn without_settings_only_the_notifications_are_new() {
    let budget = budget(&base(), None, &Triggers::new()).expect("known");
    assert_eq!(budget.limit_usd, Attr::Known(100.0));
    assert_eq!(budget.thresholds, Attr::Known(BTreeMap::new()));
}
