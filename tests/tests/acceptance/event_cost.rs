//! `hinomi_event_cost` with the real `terraform` against the stand-in.

use hinomi_tests::{Result, Verb, Workspace};
use serde_json::{Value, json};

use crate::costs::bill::{Bill, date, day};

const ADDRESS: &str = "data.hinomi_event_cost.festival";

/// What the shop's storage and the festival's functions cost in addition on a day of the event.
const EXTRA: [(&str, f64); 2] = [("shop", 4.0), ("festival", 2.0)];

/// A bill of sixty days, with an event from the fourth to the second day before the present one.
struct Scene {
    bill: Bill,
    workspace: Workspace,
}

impl Scene {
    fn new(name: &str) -> Result<Self> {
        let bill = Bill::new()?;
        let accounts = [("shop", &bill.shop), ("festival", &bill.festival)];
        let extra = EXTRA.iter().zip(accounts).map(|((_, usd), (name, account))| {
            let service =
                if name == "shop" { "Amazon Simple Storage Service" } else { "AWS Lambda" };
            json!({
                "account": account.id(), "start": day(4), "end": day(2), "service": service, "usd": usd,
            })
        });
        bill.seed(1..=60, &json!({ "events": extra.collect::<Vec<_>>() }))?;
        let workspace = Workspace::new(name)?.with_account(&bill.payer);
        Ok(Self { bill, workspace })
    }

    fn config(&self, (first, last): (i64, i64), attributes: &str) -> Result<&Workspace> {
        let (start, end) = (day(first), day(last));
        let hcl = format!(
            "data \"hinomi_event_cost\" \"festival\" {{\n name = \"festival\"\n start = \"{start}\"\n end = \"{end}\"\n {attributes}\n}}\n"
        );
        self.workspace.config(&hcl)
    }

    fn read(&self, attributes: &str) -> Result<Value> {
        self.config((4, 2), attributes)?.apply()?;
        self.workspace.stored(ADDRESS)
    }

    fn asked(&self) -> Result<u64> {
        self.bill.payer.calls("ce", "GetCostAndUsage")
    }
}

#[test]
fn what_an_event_added_is_told_by_account_service_and_day() -> Result<()> {
    let scene = Scene::new("event-basic")?;
    let state = scene.read("")?;
    assert_eq!(state["status"], "over");
    assert_eq!((&state["incremental_usd"], &state["charges_usd"]), (&json!(18), &json!(23.25)));
    assert_eq!((&state["without_baseline_usd"], &state["missing_days"]), (&json!(0), &json!([])));
    let shop = &state["by_account"][scene.bill.shop.id()];
    assert_eq!(
        shop,
        &json!({
            "incremental_usd": 12, "charges_usd": 16.5, "without_baseline_usd": 0,
            "unknown_days": 0, "least_baseline_days": 4,
        })
    );
    assert_eq!(state["by_service"]["AWS Lambda"]["incremental_usd"], json!(6));
    let days = state["by_day"].as_object().expect("days");
    let expected: Vec<String> = [4, 3, 2].map(day).into();
    assert_eq!(days.keys().cloned().collect::<Vec<_>>(), expected);
    assert!(days.values().all(|one| one["incremental_usd"] == json!(6)), "{state}");
    assert_eq!((scene.asked()?, &state["calls_made"]), (2, &json!(2)), "one request for all days");
    scene.workspace.expect_empty_plan()?;
    scene.workspace.destroy().map(drop)
}

#[test]
fn each_argument_changes_what_is_compared() -> Result<()> {
    let scene = Scene::new("event-arguments")?;
    let only = format!("accounts = [\"{}\"]", scene.bill.festival.id());
    // Days before that were an event as well, and as dear: without leaving them out they would be usual.
    for (attributes, added, least) in [
        ("baseline_days = 7", 18.0, 1),
        ("baseline_days = 56", 18.0, 8),
        (only.as_str(), 6.0, 4),
        ("services = [\"AWS Lambda\"]", 6.0, 4),
    ] {
        let state = scene.read(attributes)?;
        assert_eq!(state["incremental_usd"].as_f64(), Some(added), "{attributes}");
        let by_day = state["by_day"].as_object().expect("days");
        assert!(by_day.values().all(|one| one["least_baseline_days"] == json!(least)), "{state}");
    }
    // A week ago was an event as well, and as dear: with seven days of baseline it would be usual.
    let other = json!([{
        "account": scene.bill.shop.id(), "start": day(11), "end": day(9),
        "service": "Amazon Simple Storage Service", "usd": 4.0,
    }, {
        "account": scene.bill.shop.id(), "start": day(4), "end": day(2),
        "service": "Amazon Simple Storage Service", "usd": 4.0,
    }]);
    scene.bill.payer.bill(&json!({ "events": other }))?;
    let state = scene.read("baseline_days = 7")?;
    assert_eq!(state["incremental_usd"], json!(0));
    let events = format!(
        "baseline_days = 14\n events = {{ early = {{ start = \"{}\", end = \"{}\" }}, festival = {{ start = \"{}\", end = \"{}\" }} }}",
        day(11),
        day(9),
        day(4),
        day(2)
    );
    let state = scene.read(&events)?;
    assert_eq!(state["incremental_usd"], json!(12));
    assert_eq!(state["by_account"][scene.bill.shop.id()]["least_baseline_days"], json!(1));
    scene.workspace.destroy().map(drop)
}

/// The figures are those of the history's own rule, which the report has too.
#[test]
fn recorded_days_are_compared_without_asking() -> Result<()> {
    let scene = Scene::new("event-history")?;
    let history = scene.bill.record(1..=60, "10")?;
    let state = scene.read(&history)?;
    assert_eq!((scene.asked()?, &state["calls_made"]), (0, &json!(0)));
    assert_eq!((&state["incremental_usd"], &state["charges_usd"]), (&json!(0), &json!(30.75)));
    assert_eq!(state["estimated"], json!(false));

    // The bill is asked for the event's days alone, when those are all that isn't recorded.
    let other = Scene::new("event-rest")?;
    let history = other.bill.record(5..=60, "1.5")?;
    let state = other.read(&history)?;
    assert_eq!((other.asked()?, &state["incremental_usd"]), (2, &json!(18)));
    for scene in [&scene, &other] {
        scene.workspace.destroy()?;
    }
    Ok(())
}

#[test]
fn an_account_that_was_made_for_the_event_has_no_baseline() -> Result<()> {
    let scene = Scene::new("event-new")?;
    let bill = &scene.bill;
    let figures = (1..=60).map(|before| {
        json!({
            "account": bill.shop.id(), "date": day(before), "service": "AWS Lambda", "usd": 1.0,
        })
    });
    let new = [4, 3, 2].map(|before| {
        json!({
            "account": bill.festival.id(), "date": day(before), "service": "AWS Lambda", "usd": 5.0,
        })
    });
    let figures: Vec<Value> = figures.chain(new).collect();
    bill.payer.bill(&json!({ "figures": figures, "events": [] }))?;
    let state = scene.read("")?;
    assert_eq!(
        (&state["incremental_usd"], &state["without_baseline_usd"]),
        (&json!(0), &json!(15))
    );
    let festival = &state["by_account"][bill.festival.id()];
    assert_eq!(
        (&festival["charges_usd"], &festival["least_baseline_days"]),
        (&json!(15), &json!(0))
    );
    scene.workspace.destroy().map(drop)
}

#[test]
fn an_event_that_is_to_come_has_no_figures_and_one_that_runs_has_some() -> Result<()> {
    let scene = Scene::new("event-future")?;
    let output = scene.config((-3, -5), "")?.apply()?;
    output.expect("Warning: The event hasn't cost anything yet")?;
    let state = scene.workspace.stored(ADDRESS)?;
    assert_eq!((&state["status"], &state["incremental_usd"]), (&json!("planned"), &Value::Null));
    assert_eq!((&state["by_day"], &state["missing_days"]), (&json!({}), &json!([])));
    assert_eq!(scene.asked()?, 0);

    scene.config((4, -3), "")?.apply()?;
    let state = scene.workspace.stored(ADDRESS)?;
    assert_eq!((&state["status"], &state["incremental_usd"]), (&json!("running"), &json!(18)));
    assert_eq!(
        state["by_day"].as_object().map(serde_json::Map::len),
        Some(4),
        "those that are over"
    );
    assert_eq!(state["by_account"][scene.bill.shop.id()]["unknown_days"], json!(0));
    assert_eq!((&state["missing_days"], &state["estimated"]), (&json!([]), &json!(true)));
    scene.workspace.destroy().map(drop)
}

#[test]
fn a_day_that_is_not_known_is_missing() -> Result<()> {
    let scene = Scene::new("event-missing")?;
    let history = scene.bill.record(3..=60, "10")?;
    let state = scene.read(&format!("max_calls = 0\n {history}"))?;
    assert_eq!((&state["missing_days"], scene.asked()?), (&json!([day(2)]), 0));
    assert_eq!(state["by_day"][day(2)]["unknown_days"], json!(2));
    assert_eq!(state["estimated"], json!(true));
    let figures = ["incremental_usd", "charges_usd", "without_baseline_usd"];
    let sums = figures.map(|figure| &state["by_day"][day(2)][figure]);
    assert_eq!(sums, [&json!(null); 3], "nothing is known of that day");
    assert!(figures.iter().all(|figure| state[figure].is_number()), "others are: {state}");
    scene.workspace.destroy().map(drop)
}

#[test]
fn of_an_event_of_which_nothing_is_known_there_are_no_figures() -> Result<()> {
    let scene = Scene::new("event-nothing")?;
    let history = scene.bill.record(20..=60, "10")?;
    let output = scene.config((4, 2), &format!("max_calls = 0\n {history}"))?.apply()?;
    output.expect("Warning: Days of the event are unknown")?;
    let state = scene.workspace.stored(ADDRESS)?;
    for figure in ["incremental_usd", "charges_usd", "without_baseline_usd"] {
        assert_eq!(state[figure], json!(null), "{figure}");
    }
    // Days that were charged, and none before them to compare with.
    let scene = Scene::new("event-no-baseline")?;
    let history = scene.bill.record(2..=4, "10")?;
    let state = scene.read(&format!("max_calls = 0\n {history}"))?;
    assert_eq!(state["incremental_usd"], json!(null));
    assert!(state["charges_usd"].as_f64().is_some_and(|usd| usd > 0.0), "{state}");
    scene.workspace.destroy().map(drop)
}

#[test]
fn what_is_not_known_yet_is_read_when_it_is() -> Result<()> {
    let scene = Scene::new("event-unknown")?;
    let hcl = format!(
        "resource \"terraform_data\" \"start\" {{\n input = \"{}\"\n}}\ndata \"hinomi_event_cost\" \"festival\" {{\n name = \"festival\"\n start = terraform_data.start.output\n end = \"{}\"\n}}\n",
        day(4),
        day(2)
    );
    scene.workspace.config(&hcl)?.plan()?;
    assert_eq!(scene.asked()?, 0);
    scene.workspace.apply()?;
    assert_eq!(scene.workspace.stored(ADDRESS)?["incremental_usd"], json!(18));
    scene.workspace.destroy().map(drop)
}

#[test]
fn refusals_and_wrong_questions_have_their_place() -> Result<()> {
    let scene = Scene::new("event-wrong")?;
    for (attributes, told) in [
        ("baseline_days = 6", &["Invalid value for `baseline_days`", "at least 7"][..]),
        ("baseline_days = 367", &["Invalid value for `baseline_days`", "at most 366"]),
        ("accounts = [\"x\"]", &["`accounts`", "12 digits"]),
        ("events = { a = { start = \"2026-01-01\" } }", &["events", "end"]),
        (
            "events = { a = { start = \"2026-01-02\", end = \"2026-01-01\" } }",
            &["The end is before the start", "events[\"a\"].end"],
        ),
        (
            "events = { a = { start = \"2026-01-32\", end = \"2026-01-01\" } }",
            &["Invalid day", "events[\"a\"].start"],
        ),
        ("history = { bucket = \"abc\", prefix = \"x\" }", &["history.prefix"]),
    ] {
        scene.config((4, 2), attributes)?;
        scene.workspace.expect_error(Verb::Plan, told)?;
    }
    scene.config((2, 4), "")?;
    scene.workspace.expect_error(Verb::Plan, &["The end is before the start"])?;
    assert!(date(4) < date(2), "days count backwards here");

    let error = json!({ "code": "AccessDeniedException", "status": 400, "message": "no" });
    scene.bill.payer.fault(json!({
        "service": "ce", "operation": "GetCostAndUsage", "times": 100, "action": { "error": error },
    }))?;
    scene.config((4, 2), "")?;
    scene.workspace.expect_error(Verb::Plan, &["allow `ce:GetCostAndUsage` for"])?;
    scene.workspace.discard();
    Ok(())
}
