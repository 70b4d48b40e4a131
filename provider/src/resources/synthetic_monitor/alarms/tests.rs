use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricAlarm, MetricDataQuery, MetricStat};
use framework::Attr;

use super::change::Change;
use super::figure::{Compared, Metric as Measured, Term, counting_from};
use super::*;
use crate::model::location::Location;
use crate::resources::synthetic_monitor::model::{self, Engine, MissingData};

fn text(value: &str) -> Attr<String> {
    Attr::Known(value.to_owned())
}

fn alarm() -> model::Alarm {
    let topic = text("arn:aws:sns:us-east-1:111111111111:bell");
    model::Alarm {
        topic_arns: Attr::Known(BTreeSet::from([topic])),
        failures: Attr::Known(2),
        out_of: Attr::Known(3),
        tell_recovery: Attr::Known(true),
        treat_missing_data: Attr::Known(MissingData::Ignore),
    }
}

fn canary() -> Monitor {
    Monitor {
        name: text("web"),
        engine: Attr::Known(Engine::Canary),
        interval: text("5m"),
        enabled: Attr::Known(true),
        alarm: Attr::Known(alarm()),
        tags_all: Attr::Known(BTreeMap::new()),
        canary_name: text("hinomi-default_web"),
        alarm_name: text("hinomi-default/web"),
        alarm_arn: text("arn:aws:cloudwatch:us-east-1:111111111111:alarm:hinomi-default/web"),
        alarm_description: text("Watches it."),
        ..Monitor::default()
    }
}

fn probe(locations: &[&str]) -> Monitor {
    let location = |name: &&str| {
        let location = Location { name: text(name), ..Location::default() };
        ((*name).to_owned(), Attr::Known(location))
    };
    let silent = |name: &&str| {
        let object = AlarmObject {
            name: text(&format!("hinomi-default/web/no-data/{name}")),
            arn: text("arn"),
            description: text("Silent."),
            rule: Attr::Null,
        };
        ((*name).to_owned(), Attr::Known(object))
    };
    Monitor {
        engine: Attr::Known(Engine::Probe),
        monitor_key: text("web"),
        canary_name: Attr::Null,
        failing_locations: Attr::Known(2),
        locations: Attr::Known(locations.iter().map(location).collect()),
        no_data_alarms: Attr::Known(locations.iter().map(silent).collect()),
        ..canary()
    }
}

fn settings(which: &Which, monitor: &Monitor) -> AlarmSettings {
    AlarmSettings::of(which, monitor).expect("known").expect("an alarm")
}

fn shape(metric: &Measured) -> Metric {
    let dimension =
        |(name, value): &(&str, String)| Dimension::builder().name(*name).value(value).build();
    Metric::builder()
        .namespace(metric.namespace)
        .metric_name(metric.name)
        .set_dimensions(Some(metric.dimensions.iter().map(dimension).collect()))
        .build()
}

/// The alarm as CloudWatch shows it after it was put with these settings.
fn shown(settings: &AlarmSettings) -> MetricAlarm {
    let topics: Vec<_> = settings.topics.iter().cloned().collect();
    let shown = MetricAlarm::builder()
        .alarm_arn("arn:aws:cloudwatch:us-east-1:111111111111:alarm:hinomi-default/web")
        .alarm_description(&settings.description)
        .comparison_operator(settings.operator.clone())
        .threshold(settings.threshold)
        .evaluation_periods(settings.out_of)
        .datapoints_to_alarm(settings.failures)
        .treat_missing_data(settings.missing_data.as_aws())
        .actions_enabled(settings.rings)
        .set_alarm_actions(Some(topics.clone()))
        .set_ok_actions(Some(if settings.tells_recovery { topics } else { Vec::new() }));
    match &settings.compared {
        Compared::Metric(metric) => {
            let found = shape(metric);
            shown
                .set_namespace(found.namespace)
                .set_metric_name(found.metric_name)
                .set_dimensions(found.dimensions)
                .statistic(metric.statistic.clone())
                .period(settings.period)
                .build()
        }
        Compared::Expression(terms) => {
            let query = |(id, term): &(String, Term)| {
                let query = MetricDataQuery::builder().id(id);
                match term {
                    Term::Math(expression) => {
                        query.expression(counting_from(expression, 1_764_500_000)).build()
                    }
                    Term::Metric(metric) => {
                        let stat = MetricStat::builder()
                            .metric(shape(metric))
                            .period(settings.period)
                            .stat(metric.statistic.as_str())
                            .build();
                        query.metric_stat(stat).build()
                    }
                }
            };
            shown.set_metrics(Some(terms.iter().map(query).collect())).build()
        }
    }
}

fn all_shown(monitor: &Monitor) -> Found {
    let all = Which::of(&[monitor]).into_iter();
    all.map(|which| (which.clone(), shown(&settings(&which, monitor)))).collect()
}

#[test]
fn alarms_read_as_they_were_put() {
    let mut silent = canary();
    let alarm = silent.alarm.as_known_mut().expect("an alarm");
    alarm.topic_arns = Attr::Null;
    alarm.tell_recovery = Attr::Known(false);
    let paused = Monitor { enabled: Attr::Known(false), ..canary() };
    let both = probe(&["osaka", "tokyo"]);
    let strict = [
        treating(&canary(), MissingData::Breaching),
        treating(&probe(&["tokyo"]), MissingData::Missing),
        treating(&both, MissingData::Breaching),
    ];
    for monitor in [canary(), silent, paused, probe(&["tokyo"]), both].into_iter().chain(strict) {
        let now = as_found(&monitor, &all_shown(&monitor));
        for which in Which::of(&[&monitor]) {
            let put = settings(&which, &monitor);
            assert_eq!(settings(&which, &now), put);
            assert_eq!(which.object(&now).rule, Attr::Known(put.rule()));
        }
        let before = monitor.alarm.as_known().expect("an alarm");
        assert_eq!(now.alarm.as_known().expect("an alarm").topic_arns, before.topic_arns);
    }
}

#[test]
fn what_no_attribute_says_shows_in_the_rule() {
    let changes: [fn(&mut MetricAlarm); 4] = [
        |alarm| alarm.threshold = Some(50.0),
        |alarm| alarm.actions_enabled = Some(false),
        |alarm| alarm.ok_actions = Some(vec!["other".to_owned()]),
        |alarm| alarm.insufficient_data_actions = Some(vec!["other".to_owned()]),
    ];
    let both = probe(&["osaka", "tokyo"]);
    for (which, monitor) in [
        (Which::Down, canary()),
        (Which::Down, both.clone()),
        (Which::NoData("osaka".to_owned()), both),
    ] {
        let ours = settings(&which, &monitor);
        for change in changes {
            let mut other = shown(&ours);
            change(&mut other);
            assert_ne!(read::rule(&which, &other), ours.rule(), "{other:?}");
        }
    }
    let gone = as_found(&canary(), &Found::new());
    assert_eq!(gone.alarm_arn, Attr::Null);
}

#[test]
fn the_rules_say_what_is_compared() {
    let one = settings(&Which::Down, &probe(&["tokyo"])).rule();
    assert_eq!(
        one,
        "Hinomi Success Location=tokyo,Monitor=web Minimum LessThanThreshold 1 in 2 of 3 periods of 5m"
    );
    let two = settings(&Which::Down, &probe(&["osaka", "tokyo"])).rule();
    assert!(
        two.contains(
            "f2 = IF(m2 < 1, 1, 0); failing = IF((SUM([f1, f2]) >= 2) OR (SUM([m1, m2]) > 0), SUM([f1, f2])) GreaterThanOrEqualToThreshold 2"
        ),
        "{two}"
    );
    let silent = settings(&Which::NoData("tokyo".to_owned()), &probe(&["tokyo"])).rule();
    assert!(
        silent.contains(
            "SampleCount; heard = IF(EPOCH(runs) < counts_from, 1, FILL(runs, 0)) LessThanThreshold 1 in 3 of 3 periods of 5m"
        ),
        "{silent}"
    );
    assert!(silent.ends_with("tells arn:aws:sns:us-east-1:111111111111:bell"), "{silent}");
}

/// A monitor whose alarm treats missing data so.
fn treating(monitor: &Monitor, missing: MissingData) -> Monitor {
    let alarm = model::Alarm { treat_missing_data: Attr::Known(missing), ..alarm() };
    Monitor { alarm: Attr::Known(alarm), ..monitor.clone() }
}

#[test]
fn an_alarm_that_missing_data_would_ring_or_quieten_waits_for_the_first_results() {
    let both = probe(&["osaka", "tokyo"]);
    let silent = settings(&Which::NoData("tokyo".to_owned()), &both);
    assert!(silent.compared.is_held());
    for (missing, is_held) in [
        (MissingData::Ignore, false),
        (MissingData::NotBreaching, false),
        (MissingData::Breaching, true),
        (MissingData::Missing, true),
    ] {
        for monitor in [&canary(), &probe(&["tokyo"]), &both] {
            let down = settings(&Which::Down, &treating(monitor, missing));
            assert_eq!(down.compared.is_held(), is_held, "{missing:?}");
        }
    }
    let rule = |monitor: &Monitor| {
        settings(&Which::Down, &treating(monitor, MissingData::Breaching)).rule()
    };
    let (one, all, some) = (rule(&probe(&["tokyo"])), rule(&canary()), rule(&both));
    assert!(one.contains("result = IF(EPOCH(m1) < counts_from, FILL(m1, 1), m1) Less"), "{one}");
    assert!(all.contains("result = IF(EPOCH(m1) < counts_from, FILL(m1, 100), m1) Less"), "{all}");
    assert!(some.contains("failing = IF((EPOCH(m1) < counts_from) OR (SUM("), "{some}");
}

#[test]
fn an_alarm_counts_anew_where_it_would_ring_too_soon() {
    let which = Which::NoData("tokyo".to_owned());
    let before = Monitor { interval: text("1h"), ..probe(&["tokyo"]) };
    let faster = Monitor { interval: text("5m"), ..before.clone() };
    let slower = Monitor { interval: text("2h"), ..before.clone() };
    let paused = Monitor { enabled: Attr::Known(false), ..before.clone() };
    let strict = |monitor: &Monitor| treating(monitor, MissingData::Breaching);
    let mut renamed = before.clone();
    let locations = renamed.locations.as_known_mut().expect("locations");
    let osaka = Location { name: text("osaka"), ..Location::default() };
    locations.insert("tokyo".to_owned(), Attr::Known(osaka));
    for (prior, planned, wanted) in [
        (&before, &faster, Change::Anew),
        (&before, &slower, Change::Put),
        (&before, &paused, Change::Put),
        (&paused, &before, Change::Anew),
        (&before, &renamed, Change::Anew),
        (&before, &before, Change::Nothing),
    ] {
        let change = |prior: &Monitor, planned: &Monitor, which: &Which| {
            let changes = Changes::between(prior, planned).expect("known").alarms;
            changes.iter().find(|(found, _)| found == which).map(|found| found.1)
        };
        let what = format!("{:?} {:?}", prior.interval, planned.interval);
        assert_eq!(change(prior, planned, &which), Some(wanted), "{what}");
        // In a pause it may have come to ring, and nobody was told.
        let is_resumed = prior.enabled == Attr::Known(false);
        let down = change(prior, planned, &Which::Down);
        assert_eq!(down == Some(Change::Anew), is_resumed, "{what}");
        let down = change(&strict(prior), &strict(planned), &Which::Down);
        assert_eq!(down, Some(wanted), "{what}");
        if wanted != Change::Nothing {
            assert_eq!(change(prior, &strict(planned), &Which::Down), Some(Change::Anew));
        }
    }
}

#[test]
fn alarms_are_made_changed_and_deleted() {
    let without =
        Monitor { alarm: Attr::Null, alarm_name: Attr::Null, alarm_arn: Attr::Null, ..canary() };
    let lost = Monitor { alarm_arn: Attr::Null, ..canary() };
    let retold = Monitor { alarm_description: text("new"), ..canary() };
    let drifted = Monitor { alarm_rule: text("another rule"), ..canary() };
    let made = canary();
    for (prior, planned, wanted) in [
        (&made, &without, Change::Delete),
        (&lost, &made, Change::Make),
        (&made, &retold, Change::Put),
        (&drifted, &made, Change::Put),
        (&without, &without, Change::Nothing),
        (&without, &made, Change::Make),
    ] {
        let changes = Changes::between(prior, planned).expect("known");
        assert_eq!(changes.alarms, [(Which::Down, wanted)]);
        assert_eq!(changes.is_nothing(), wanted == Change::Nothing);
    }
}

#[test]
fn a_location_brings_its_alarm_and_takes_it_along() {
    let silent = |name: &str| Which::NoData(name.to_owned());
    let changes = Changes::between(&probe(&["osaka"]), &probe(&["tokyo"])).expect("known");
    let of = |which: &Which| changes.alarms.iter().find(|(found, _)| found == which).map(|it| it.1);
    assert_eq!(of(&silent("osaka")), Some(Change::Delete));
    // The fixture's alarm has an ARN; what is planned has none in the state before.
    assert_eq!(of(&silent("tokyo")), Some(Change::Make));
}
