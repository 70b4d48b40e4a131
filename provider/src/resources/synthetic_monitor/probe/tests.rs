use contract::check::Check;
use contract::probe::Run;
use framework::Plan;

use super::super::model::{Http, Monitor};
use super::schedules::{is_own, plan_schedules, wanted};
use super::*;
use crate::model::account::Account;
use crate::model::location::Location;

fn text(value: &str) -> Attr<String> {
    Attr::Known(value.to_owned())
}

fn location(account: &str, region: &str) -> Location {
    Location {
        name: text(region),
        account_id: text(account),
        region: text(region),
        function_arn: text(&format!("arn:aws:lambda:{region}:{account}:function:probe")),
        schedule_group_name: text("hinomi-default_here"),
        scheduler_role_arn: text(&format!("arn:aws:iam::{account}:role/scheduler")),
        ..Location::default()
    }
}

fn monitor() -> Monitor {
    let account =
        Account { id: text("111111111111"), role_name: text("monitoring"), ..Account::default() };
    let locations = [
        ("here".to_owned(), Attr::Known(location("111111111111", "eu-west-1"))),
        ("there".to_owned(), Attr::Known(location("222222222222", "us-east-1"))),
    ];
    Monitor {
        name: text("web"),
        monitor_key: text("web"),
        engine: Attr::Known(Engine::Probe),
        account: Attr::Known(account),
        region: text("eu-west-1"),
        http: Attr::Known(Http { url: text("https://example.com/"), ..Http::default() }),
        interval: text("5m"),
        timeout: text("20s"),
        retries: Attr::Known(1),
        enabled: Attr::Known(true),
        metrics_role_arn: text("arn:aws:iam::111111111111:role/metrics"),
        locations: Attr::Known(locations.into()),
        ..Monitor::default()
    }
}

#[test]
fn a_schedule_sends_the_check_with_its_home() {
    let here = wanted(&monitor(), "here").expect("known");
    assert_eq!(here.name, "111111111111-eu-west-1_web");
    let there = wanted(&monitor(), "there").expect("known");
    assert_eq!(here.expression, there.expression, "both run in one minute");
    assert!(here.expression.ends_with("/5 * * * ? *)"), "{}", here.expression);
    let run: Run = serde_json::from_str(&here.input).expect("a run");
    assert_eq!(run.home.metrics_role_arn, None, "at home no role is needed");
    assert_eq!((run.timeout_milliseconds, run.interval_seconds), (40_000, 300));
    assert_eq!(run.scheduled_time, "<aws.scheduler.scheduled-time>");
    let Check::Http(check) = run.check else { panic!("an HTTP check") };
    assert_eq!(check.timeout_milliseconds, 20_000);
    let there = wanted(&monitor(), "there").expect("known");
    let run: Run = serde_json::from_str(&there.input).expect("a run");
    let role = run.home.metrics_role_arn;
    assert_eq!(role.as_deref(), Some("arn:aws:iam::111111111111:role/metrics"));
    assert!(is_own(&monitor(), &there));
    let other = Monitor { monitor_key: text("other"), ..monitor() };
    assert!(!is_own(&other, &there));
}

#[test]
fn a_single_location_runs_at_once() {
    let locations = [("here".to_owned(), Attr::Known(location("111111111111", "eu-west-1")))];
    let alone = Monitor { locations: Attr::Known(locations.into()), ..monitor() };
    assert_eq!(wanted(&alone, "here").expect("known").expression, "rate(5 minutes)");
}

#[test]
fn a_check_that_is_too_long_for_a_schedule_is_refused() {
    let told = |quotes: usize| {
        let body = Attr::Known("\"".repeat(quotes));
        let http = Http { url: text("https://example.com/"), body, ..Http::default() };
        let planned = Monitor { http: Attr::Known(http), ..monitor() };
        let mut plan = Plan::new(None, planned.clone(), planned, Private::default());
        check_size(&mut plan);
        plan.diagnostics.iter().map(|told| told.path.to_string()).collect::<Vec<_>>()
    };
    // A quotation mark in a text in JSON in JSON takes four bytes.
    assert_eq!(told(65_000), [""; 0]);
    assert_eq!(told(65_536), ["http"]);
}

#[test]
fn the_way_into_a_location_is_its_own_or_that_of_home() {
    let of = |key: &str| {
        let monitor = monitor();
        let location = schedules::location(&monitor, key).expect("a location").clone();
        schedules::account(&monitor, &location).into_known().expect("an account").role_name
    };
    assert_eq!(of("here"), text("monitoring"));
    assert_eq!(of("there"), Attr::Null);
}

#[test]
fn all_of_a_schedule_is_known_at_plan_once_its_inputs_are() {
    let mut planned = monitor();
    plan_schedules(&mut planned);
    let schedules = known_schedules(&planned);
    assert_eq!(
        schedules["there"].arn,
        text(
            "arn:aws:scheduler:us-east-1:222222222222:schedule/hinomi-default_here/111111111111-eu-west-1_web"
        )
    );
    assert!(schedules.values().all(|schedule| schedule.definition_hash.as_known().is_some()));
    let mut faster = Monitor { interval: text("1m"), ..monitor() };
    plan_schedules(&mut faster);
    assert_ne!(known_schedules(&faster)["here"], schedules["here"]);
    let mut unknown = Monitor { interval: Attr::Unknown, ..monitor() };
    plan_schedules(&mut unknown);
    let unknown = unknown.schedules.into_known().expect("a map");
    assert!(unknown.values().all(Attr::is_unknown));
}

#[test]
fn what_costs_nothing_to_aws_changes_no_schedule() {
    let hash = |monitor: &Monitor| wanted(monitor, "here").expect("known").hash();
    let dearer = Monitor {
        max_monthly_cost_usd: Attr::Known(3.0),
        estimated_monthly_cost_usd: Attr::Known(2.0),
        price_basis: text("other prices"),
        ..monitor()
    };
    assert_eq!(hash(&monitor()), hash(&dearer));
    let same = Monitor { interval: text("300s"), ..monitor() };
    assert_eq!(hash(&monitor()), hash(&same), "300s are 5m");
    let off = Monitor { enabled: Attr::Known(false), ..monitor() };
    assert_ne!(hash(&monitor()), hash(&off));
}
