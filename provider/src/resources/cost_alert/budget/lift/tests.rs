//! Attributes to notifications and back, with what the user wrote kept.

use jiff::civil::date;

use super::*;
use crate::resources::cost_alert::budget::filters::Dimensions;
use crate::resources::cost_alert::budget::limit::{Adjustment, Planned};
use crate::resources::cost_alert::model::{Charge, Filters, Metric};
use crate::resources::cost_alert::subscriber::Subscriber;

const TODAY: Date = date(2026, 12, 24);

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
    let budget = budget(&base(), None, found, TODAY).expect("known");
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
    let budget = budget(&base(), Some(&settings), &found(), TODAY).expect("known");
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
    let filters = Dimensions::from([("Service".to_owned(), BTreeSet::from(["S3".to_owned()]))]);
    let settings = Settings {
        limit: Limit::Fixed(Amount::new(5.5)),
        period: Period::Custom,
        start: Some(date(2027, 1, 1)),
        end: Some(date(2027, 2, 1)),
        counting: Counting::plain(Metric::Blended, BTreeSet::from([Charge::Taxes]), filters),
    };
    let budget = budget(&Budget::default(), Some(&settings), &found(), TODAY);
    let budget = budget.expect("nothing unknown");
    assert_eq!(Settings::of(&budget).expect("known"), settings);
    assert_eq!(triggers(&budget).expect("known"), found());
    let services = Filters { services: set(&["S3"]), ..Filters::default() };
    assert_eq!(budget.filters, Attr::Known(services));
    assert_eq!((budget.topic_arns, budget.emails), (Attr::Null, Attr::Null));
}

#[test]
fn without_settings_only_the_notifications_are_new() {
    let budget = budget(&base(), None, &Triggers::new(), TODAY).expect("known");
    assert_eq!(budget.limit_usd, Attr::Known(100.0));
    assert_eq!(budget.thresholds, Attr::Known(BTreeMap::new()));
}

/// The budget as it is after `change` of what was applied.
fn changed(base: &Budget, change: impl FnOnce(&mut Settings)) -> Budget {
    let mut settings = Settings::of(base).expect("known");
    change(&mut settings);
    budget(base, Some(&settings), &found(), TODAY).expect("known")
}

#[test]
fn one_kind_of_limit_shows_in_the_place_of_another() {
    let planned = Planned::new(BTreeMap::from([(date(2026, 12, 1), Amount::new(7.0))]));
    let plan = changed(&base(), |settings| settings.limit = Limit::Planned(planned));
    let months = BTreeMap::from([("2026-12".to_owned(), Attr::Known(7.0))]);
    assert_eq!(
        (plan.limit_usd.clone(), plan.planned_limits_usd.clone()),
        (Attr::Null, Attr::Known(months))
    );
    let auto = changed(&plan, |settings| settings.limit = Limit::Adjusted(Adjustment::Forecast));
    assert!(auto.planned_limits_usd.is_null() && !auto.auto_adjust.is_null());
    let back = changed(&auto, |settings| settings.limit = Limit::Fixed(Amount::new(100.0)));
    assert_eq!(back, base());
}

#[test]
fn a_plan_stays_as_it_was_written_while_it_comes_to_the_same() {
    let written = BTreeMap::from([
        ("2020-01".to_owned(), Attr::Known(100.0)),
        ("2027-02".to_owned(), Attr::Known(200.0)),
    ]);
    let base = Budget { limit_usd: Attr::Null, planned_limits_usd: Attr::Known(written), ..base() };
    let months = [(date(2026, 12, 1), 100.0), (date(2027, 1, 1), 100.0), (date(2027, 2, 1), 200.0)];
    let months = months.map(|(first, usd)| (first, Amount::new(usd)));
    let same = changed(&base, |settings| {
        settings.limit = Limit::Planned(Planned::new(BTreeMap::from(months)));
    });
    assert_eq!(same, base);
    let other = changed(&base, |settings| {
        settings.limit = Limit::Planned(Planned::new(BTreeMap::from([months[0], months[1]])));
    });
    let seen = BTreeMap::from([("2026-12".to_owned(), Attr::Known(100.0))]);
    assert_eq!(other.planned_limits_usd, Attr::Known(seen), "the rise is gone");
}

#[test]
fn a_start_shows_where_it_was_declared_and_an_end_always() {
    let start = Some(date(2026, 1, 1));
    assert_eq!(changed(&base(), |settings| settings.start = start).start, Attr::Null);
    let ended = changed(&base(), |settings| settings.end = Some(date(2030, 1, 1)));
    assert_eq!(ended.end, Attr::Known("2030-01-01".to_owned()));
    let declared = Budget { start: Attr::Known("2027-01-01".to_owned()), ..base() };
    let moved = changed(&declared, |settings| settings.start = start);
    assert_eq!(moved.start, Attr::Known("2026-01-01".to_owned()));
}

#[test]
fn filters_stay_in_the_form_that_they_were_written_in() {
    let text = r#"{ "Dimensions": { "Key": "REGION", "Values": ["b", "a"] } }"#;
    let written = Budget { expression: Attr::Known(text.to_owned()), ..base() };
    assert_eq!(changed(&written, |_| ()), written);
    let lists = |value: &str| {
        let values = BTreeSet::from([value.to_owned()]);
        Filter::Lists(Dimensions::from([("Region".to_owned(), values)]))
    };
    let narrowed = changed(&written, |settings| settings.counting.filter = lists("a"));
    let regions = Filters { regions: set(&["a"]), ..Filters::default() };
    assert_eq!((narrowed.filters, narrowed.expression), (Attr::Known(regions), Attr::Null));
}
