use std::collections::BTreeMap;

use contract::impact::Impact;
use contract::trailer::{Kind, Trailer};
use framework::{Plan, Private};

use super::super::alarms::Which;
use super::super::lower::NotKnown;
use super::super::model::{Alarm, Http};
use super::*;
use crate::model::account::Account;
use crate::model::location::Location;

fn text(value: &str) -> Attr<String> {
    Attr::Known(value.to_owned())
}

fn monitor() -> Monitor {
    let account = Account { id: text("111111111111"), ..Account::default() };
    Monitor {
        name: text("web"),
        account: Attr::Known(account),
        region: text("eu-west-1"),
        http: Attr::Known(Http { url: text("https://example.com/"), ..Http::default() }),
        ..Monitor::default()
    }
}

fn prose(monitor: &Monitor) -> String {
    let description = alarm::description(&Which::Down, monitor).expect("known");
    Trailer::split(&description).0.to_owned()
}

#[test]
fn the_alarm_says_what_whose_and_what_to_do() {
    let described = Monitor {
        description: text("Customers pay here."),
        owner: text("team-shop"),
        runbook_url: text("https://wiki.example.com/web"),
        ..monitor()
    };
    assert_eq!(
        prose(&described),
        "Customers pay here.\nOwner: team-shop\nRunbook: https://wiki.example.com/web"
    );
    assert_eq!(prose(&monitor()), "Watches https://example.com/ from outside.");
    let unknown = Monitor { owner: Attr::Unknown, ..monitor() };
    assert_eq!(alarm::description(&Which::Down, &unknown), Err(NotKnown));
}

#[test]
fn the_last_line_tells_the_relay() {
    let critical = Monitor {
        owner: text("team-shop"),
        impact: Attr::Known(Impact::Critical),
        reminder: text("15m"),
        mention: Attr::Known(true),
        monitor_key: text("festival/web"),
        ..monitor()
    };
    let which = Which::NoData("tokyo".to_owned());
    let description = alarm::description(&which, &critical).expect("known");
    let (prose, trailer) = Trailer::split(&description);
    assert!(prose.starts_with("No results from tokyo for three intervals"), "{prose}");
    assert_eq!(
        trailer,
        Some(Trailer {
            impact: Some(Impact::Critical),
            owner: Some("team-shop".to_owned()),
            reminder_seconds: Some(900),
            mention: true,
            url: Some("https://example.com/".to_owned()),
            ..Trailer::of("festival/web", Kind::NoData)
        })
    );
    let never = Monitor { reminder: text("0s"), ..critical };
    let description = alarm::description(&Which::Down, &never).expect("known");
    assert_eq!(Trailer::split(&description).1.expect("a trailer").reminder_seconds, None);
}

#[test]
fn an_arn_is_known_once_account_and_region_are() {
    let name = text("hinomi-default_web");
    assert_eq!(
        names::arn(&monitor(), "synthetics", "canary", &name),
        text("arn:aws:synthetics:eu-west-1:111111111111:canary:hinomi-default_web")
    );
    assert_eq!(names::arn(&monitor(), "cloudwatch", "alarm", &Attr::Null), Attr::Null);
    let elsewhere = Monitor { region: Attr::Unknown, ..monitor() };
    assert_eq!(names::arn(&elsewhere, "synthetics", "canary", &name), Attr::Unknown);
    let account = Account { id: Attr::Unknown, ..Account::default() };
    let nobody = Monitor { account: Attr::Known(account), ..monitor() };
    assert_eq!(names::arn(&nobody, "synthetics", "canary", &name), Attr::Unknown);
}

#[test]
fn synthetics_takes_fewer_tags_than_others() {
    for key in ["team", "hinomi:managed", "cost-center_2", "a/b=c+d.e"] {
        assert!(places::is_tag_key(key), "{key}");
    }
    for key in ["cost center", "a@b", "\u{e9}quipe", "a#b"] {
        assert!(!places::is_tag_key(key), "{key}");
    }
}

#[test]
fn every_region_has_its_partition() {
    for (region, wanted) in [
        ("eu-west-1", "aws"),
        ("cn-north-1", "aws-cn"),
        ("us-gov-west-1", "aws-us-gov"),
        ("us-isob-east-1", "aws-iso-b"),
        ("eusc-de-east-1", "aws-eusc"),
        ("us-east-1", "aws"),
    ] {
        assert_eq!(partition(region), wanted, "{region}");
    }
}

/// A plan of what the framework makes of this configuration before the hook.
fn plan(config: Monitor) -> Plan<Monitor> {
    let planned = config.clone();
    Plan::new(None, config, planned, Private::default())
}

fn probe(impact: Attr<Impact>, locations: usize) -> Monitor {
    let location = |index: usize| (format!("l{index}"), Attr::Known(Location::default()));
    Monitor {
        engine: Attr::Known(Engine::Probe),
        impact,
        locations: Attr::Known((0..locations).map(location).collect::<BTreeMap<_, _>>()),
        alarm: Attr::Known(Alarm::default()),
        ..monitor()
    }
}

fn filled(config: &Monitor) -> Monitor {
    let mut planned = config.clone();
    impact::fill(config, &mut planned);
    planned
}

#[test]
fn an_impact_sets_what_is_not_said() {
    for impact in Impact::ALL {
        let defaults = impact.defaults();
        let planned = filled(&probe(Attr::Known(impact), 3));
        assert_eq!(planned.interval, text(&defaults.interval.to_string()));
        assert_eq!(planned.timeout, text(&defaults.timeout.to_string()));
        assert_eq!(planned.retries, Attr::Known(defaults.retries));
        assert_eq!(planned.mention, Attr::Known(defaults.mention));
        assert_eq!(planned.failing_locations, Attr::Known(defaults.failing_locations));
        let alarm = planned.alarm.as_known().expect("an alarm");
        assert_eq!(alarm.failures, Attr::Known(defaults.failures));
        let latest = if defaults.failures > 1 { defaults.failures + 1 } else { 1 };
        assert_eq!(alarm.out_of, Attr::Known(latest));
    }
    let low = filled(&probe(Attr::Known(Impact::Low), 1));
    assert_eq!(low.reminder, text("0s"));
}

#[test]
fn the_latest_runs_follow_from_the_failures_as_far_back_as_an_alarm_looks() {
    let latest = |interval: Attr<String>, failures: u16| {
        let alarm = Alarm { failures: Attr::Known(failures), ..Alarm::default() };
        let alarm = Attr::Known(alarm);
        let planned = filled(&Monitor { interval, alarm, ..probe(Attr::Null, 1) });
        planned.alarm.into_known().expect("an alarm").out_of
    };
    for (interval, failures, out_of) in [
        ("5m", 1, 1),
        ("5m", 2, 3),
        ("5m", 287, 288),
        ("5m", 288, 288),
        ("5m", 300, 300),
        ("1m", 1_440, 1_440),
        ("24h", 7, 7),
        ("24h", 2, 3),
        // A start may be late by a minute, and with it the runs of one.
        ("10s", 2, 6),
        ("20s", 2, 3),
        ("10s", 8, 9),
    ] {
        assert_eq!(latest(text(interval), failures), Attr::Known(out_of), "{failures} {interval}");
    }
    assert_eq!(latest(Attr::Unknown, 2), Attr::Unknown);
    let alarm = Alarm { out_of: Attr::Known(5), ..Alarm::default() };
    let said = Monitor { alarm: Attr::Known(alarm), ..probe(Attr::Known(Impact::Critical), 1) };
    let alarm = filled(&said).alarm.into_known().expect("an alarm");
    assert_eq!((alarm.failures, alarm.out_of), (Attr::Known(2), Attr::Known(5)));
}

#[test]
fn below_a_minute_all_tries_have_room_before_the_next_run() {
    let timeout = |interval: &str, impact: Attr<Impact>, retries: Attr<u8>| {
        let said = Monitor { interval: text(interval), retries, ..probe(impact, 1) };
        filled(&said).timeout
    };
    let critical = || Attr::Known(Impact::Critical);
    for (interval, impact, retries, wanted) in [
        ("10s", critical(), Attr::Null, "5s"),
        ("20s", critical(), Attr::Null, "10s"),
        ("30s", critical(), Attr::Null, "15s"),
        ("30s", critical(), Attr::Known(0), "20s"),
        ("10s", critical(), Attr::Known(2), "3s"),
        ("10s", Attr::Null, Attr::Null, "10s"),
        ("30s", Attr::Known(Impact::Low), Attr::Null, "30s"),
        ("1m", critical(), Attr::Null, "20s"),
    ] {
        assert_eq!(timeout(interval, impact, retries), text(wanted), "{interval}");
    }
    // What may come to less than a minute, or to more tries, isn't known.
    assert_eq!(timeout("20s", critical(), Attr::Unknown), Attr::Unknown);
    assert_eq!(timeout("1m", critical(), Attr::Unknown), text("20s"));
    let unknown = Monitor { interval: Attr::Unknown, ..probe(critical(), 1) };
    assert_eq!(filled(&unknown).timeout, Attr::Unknown);
}

#[test]
fn silence_is_three_minutes_at_least() {
    for (interval, silence) in [("20s", "three minutes"), ("5m", "three intervals")] {
        let often = Monitor { interval: text(interval), ..monitor() };
        let which = Which::NoData("tokyo".to_owned());
        let description = alarm::description(&which, &often).expect("known");
        assert!(description.contains(&format!("for {silence}")), "{description}");
    }
    let later = Monitor { interval: Attr::Unknown, ..monitor() };
    let which = Which::NoData("tokyo".to_owned());
    assert_eq!(alarm::description(&which, &later), Err(NotKnown));
}

#[test]
fn what_depends_on_the_engine_is_unknown_with_it() {
    for impact in [Attr::Known(Impact::Critical), Attr::Null] {
        let interval = text("5m");
        let planned = filled(&Monitor { engine: Attr::Unknown, interval, ..probe(impact, 2) });
        assert_eq!((planned.timeout, planned.failing_locations), (Attr::Unknown, Attr::Unknown));
    }
}

/// What is told of a plan, and where.
fn told(plan: &Plan<Monitor>) -> Vec<(String, String)> {
    let told = plan.diagnostics.iter();
    told.map(|told| (told.path.to_string(), told.detail.clone())).collect()
}

#[test]
fn a_text_that_is_too_long_says_what_is() {
    let described = |monitor: Monitor| {
        let mut plan =
            plan(Monitor { alarm_name: text("web"), monitor_key: text("web"), ..monitor });
        alarm::describe(&mut plan);
        told(&plan)
    };
    let at = |url: String| Attr::Known(Http { url: Attr::Known(url), ..Http::default() });
    let long = format!("https://example.com/?{}", "q".repeat(800));
    assert_eq!(described(Monitor { http: at(long), ..monitor() }), [], "it stands there once");
    let longer = format!("https://example.com/?{}", "q".repeat(1_000));
    let told = described(Monitor { http: at(longer), owner: text("shop"), ..monitor() });
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].0, "http.url");
    assert!(told[0].1.ends_with("Most of it is `http.url` with 1021, `owner` with 8."), "{told:?}");
    let told = described(Monitor { owner: Attr::Known("o".repeat(600)), ..monitor() });
    assert_eq!(told[0].0, "owner");
}

#[test]
fn a_long_address_is_cut_in_prose() {
    let url = format!("https://example.com/{}?{}", "p".repeat(200), "q".repeat(200));
    let http = Http { url: Attr::Known(url.clone()), ..Http::default() };
    let long = Monitor { http: Attr::Known(http), ..monitor() };
    let description = alarm::description(&Which::Down, &long).expect("known");
    let (prose, trailer) = Trailer::split(&description);
    assert!(
        prose.starts_with("Watches https://example.com/ppp") && !prose.contains('q'),
        "{prose}"
    );
    assert_eq!(trailer.expect("a trailer").url, Some(url));
}

#[test]
fn what_is_said_wins_over_the_impact() {
    let said = Monitor {
        interval: text("2m"),
        retries: Attr::Known(0),
        mention: Attr::Known(false),
        ..probe(Attr::Known(Impact::Critical), 1)
    };
    let planned = filled(&said);
    assert_eq!(planned.interval, text("2m"));
    assert_eq!(planned.retries, Attr::Known(0));
    assert_eq!(planned.mention, Attr::Known(false));
    assert_eq!(planned.failing_locations, Attr::Known(1), "never more than there are");
}

#[test]
fn an_unknown_impact_makes_all_of_it_unknown() {
    let planned = filled(&probe(Attr::Unknown, 2));
    assert_eq!(planned.interval, Attr::Unknown);
    assert_eq!(planned.retries, Attr::Unknown);
    assert_eq!(planned.failing_locations, Attr::Unknown);
    assert_eq!(planned.alarm.as_known().expect("an alarm").failures, Attr::Unknown);
}

#[test]
fn without_an_impact_there_are_plain_defaults() {
    let said = Monitor { interval: text("5m"), ..probe(Attr::Null, 2) };
    let planned = filled(&said);
    assert_eq!(planned.timeout, text("1m"));
    assert_eq!(planned.retries, Attr::Known(0));
    assert_eq!(planned.failing_locations, Attr::Known(1));
    assert_eq!(planned.alarm.as_known().expect("an alarm").failures, Attr::Known(2));
    let canary = Monitor {
        engine: Attr::Known(Engine::Canary),
        locations: Attr::Null,
        ..probe(Attr::Known(Impact::Critical), 0)
    };
    let planned = filled(&canary);
    assert_eq!((planned.timeout, planned.failing_locations), (text("1m"), Attr::Null));
}

#[test]
fn an_endpoint_tells_its_region() {
    for (target, region) in [
        ("https://abc.execute-api.eu-west-1.amazonaws.com/health", Some("eu-west-1")),
        ("my-lb-1.ap-northeast-1.elb.amazonaws.com:443", Some("ap-northeast-1")),
        ("https://xyz.lambda-url.us-east-1.on.aws/", Some("us-east-1")),
        ("https://example.com/eu-west-1", None),
        ("https://s3.amazonaws.com/", None),
        ("http://shop.s3-website-us-east-1.amazonaws.com/", Some("us-east-1")),
        ("http://shop.s3-website.eu-central-1.amazonaws.com/", Some("eu-central-1")),
        ("https://s3-us-west-2.amazonaws.com/shop", Some("us-west-2")),
        ("http://ec2-198-51-100-1.compute-1.amazonaws.com/", Some("us-east-1")),
        ("http://ec2-198-51-100-1.eu-west-1.compute.amazonaws.com/", Some("eu-west-1")),
        ("", None),
    ] {
        assert_eq!(places::own_endpoint(target).as_deref(), region, "{target}");
    }
}
