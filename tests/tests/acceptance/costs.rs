//! `hinomi_costs` with the real `terraform` against the stand-in.

pub(crate) mod bill;

use hinomi_tests::{Account, Result, Verb, Workspace};
use serde_json::{Value, json};

use bill::{Bill, day};

const ADDRESS: &str = "data.hinomi_costs.all";

/// A bill, and a workspace with one data source.
struct Scene {
    bill: Bill,
    workspace: Workspace,
}

impl Scene {
    /// A shop that costs 1.50 dollars a day and a festival's account that costs 0.25, for thirty days.
    fn new(name: &str) -> Result<Self> {
        let bill = Bill::new()?;
        bill.seed(1..=30, &json!({}))?;
        let workspace = Workspace::new(name)?.with_account(&bill.payer);
        Ok(Self { bill, workspace })
    }

    /// Five days until yesterday, with these attributes.
    fn config(&self, attributes: &str) -> Result<&Workspace> {
        self.span((5, 1), attributes)
    }

    fn span(&self, (first, last): (i64, i64), attributes: &str) -> Result<&Workspace> {
        let (start, end) = (day(first), day(last));
        let hcl = format!(
            "data \"hinomi_costs\" \"all\" {{\n start = \"{start}\"\n end = \"{end}\"\n {attributes}\n}}\n"
        );
        self.workspace.config(&hcl)
    }

    fn read(&self, attributes: &str) -> Result<Value> {
        self.config(attributes)?.apply()?;
        self.workspace.stored(ADDRESS)
    }

    fn asked(&self) -> Result<u64> {
        self.bill.payer.calls("ce", "GetCostAndUsage")
    }
}

/// `charges_usd` of each row.
fn charges(state: &Value) -> Vec<f64> {
    let rows = state["rows"].as_array().map_or(&[][..], Vec::as_slice);
    rows.iter().filter_map(|row| row["charges_usd"].as_f64()).collect()
}

#[test]
fn days_are_asked_for_once_and_charges_told_apart_from_credits() -> Result<()> {
    let scene = Scene::new("costs-basic")?;
    let credit = json!([{ "account": scene.bill.shop.id(), "date": day(3), "usd": -0.5, "service": "Amazon Simple Storage Service", "record_type": "Credit" }]);
    scene.bill.payer.bill(&json!({ "credits": credit }))?;
    scene.config("group_by = [\"account\"]")?.plan()?;
    assert_eq!(scene.asked()?, 2, "charges and credits");
    let state = scene.read("group_by = [\"account\"]")?;
    assert_eq!(scene.asked()?, 4, "a run more");
    assert_eq!(state["rows"].as_array().map(Vec::len), Some(10));
    let of_day = |account: &str| {
        let rows = state["rows"].as_array().expect("rows").iter();
        let mut found =
            rows.filter(|row| row["start"] == json!(day(3)) && row["account"] == account);
        found.next().cloned().expect("a row")
    };
    let shop = of_day(scene.bill.shop.id());
    for (attribute, value) in [
        ("charges_usd", json!(1.5)),
        ("credits_usd", json!(-0.5)),
        ("net_usd", json!(1)),
        ("account_name", json!("shop")),
        ("service", Value::Null),
        ("purpose", Value::Null),
        ("end", json!(day(3))),
    ] {
        assert_eq!(shop[attribute], value, "{attribute}");
    }
    assert_eq!(
        state["total"],
        json!({ "charges_usd": 8.75, "credits_usd": -0.5, "net_usd": 8.25 })
    );
    assert_eq!((&state["missing_days"], &state["granularity"]), (&json!([]), &json!("daily")));
    assert_eq!((&state["calls_made"], &state["calls_cost_usd"]), (&json!(2), &json!(0.02)));
    scene.workspace.expect_empty_plan()?;
    scene.workspace.destroy().map(drop)
}

#[test]
fn each_argument_changes_what_is_told() -> Result<()> {
    let scene = Scene::new("costs-arguments")?;
    let [shop, festival] = [&scene.bill.shop, &scene.bill.festival].map(Account::id);
    let only = format!("accounts = [\"{festival}\"]");
    let purposes =
        format!("account_purposes = {{ \"{shop}\" = \"production\", \"{festival}\" = \"event\" }}");
    let by_purpose = format!("group_by = [\"purpose\"]\n {purposes}");
    let one_purpose = format!("purposes = [\"production\"]\n {purposes}");
    for (attributes, rows, total) in [
        ("", 5, 8.75),
        ("group_by = [\"service\"]", 10, 8.75),
        (only.as_str(), 5, 1.25),
        ("services = [\"AWS Lambda\"]", 5, 1.25),
        (by_purpose.as_str(), 10, 8.75),
        (one_purpose.as_str(), 5, 7.5),
        ("services = [\"Nothing\"]", 0, 0.0),
    ] {
        let state = scene.read(attributes)?;
        assert_eq!(state["rows"].as_array().map(Vec::len), Some(rows), "{attributes}");
        assert_eq!(state["total"]["charges_usd"].as_f64(), Some(total), "{attributes}");
        assert_eq!(state["missing_days"], json!([]), "{attributes}");
    }
    // Months, as many as the days lie in.
    let state = scene.read("granularity = \"monthly\"\n group_by = [\"account\"]")?;
    let sum: f64 = charges(&state).iter().sum();
    assert!((sum - 8.75).abs() < 1e-9, "{state}");
    let months = if day(5)[..7] == day(1)[..7] { 1 } else { 2 };
    assert_eq!(state["rows"].as_array().map(Vec::len), Some(2 * months));
    assert_eq!(state["rows"][0]["start"], json!(day(5)), "a month that is cut begins with its day");
    scene.workspace.destroy().map(drop)
}

#[test]
fn the_history_is_read_first_and_only_what_it_lacks_asked_for() -> Result<()> {
    let scene = Scene::new("costs-history")?;
    // What is recorded differs from the bill, so that it shows where a figure comes from.
    let history = scene.bill.record(3..=40, "10")?;
    let state = scene.read(&format!("group_by = [\"purpose\"]\n {history}"))?;
    assert_eq!(charges(&state), [0.25, 10.0, 0.25, 10.0, 0.25, 10.0, 0.25, 1.5, 0.25, 1.5]);
    let purposes: Vec<_> =
        state["rows"].as_array().expect("rows").iter().map(|row| &row["purpose"]).collect();
    assert_eq!(purposes[8..], [&json!("event"), &json!("production")], "as it was recorded last");
    assert_eq!((scene.asked()?, &state["calls_made"]), (2, &json!(2)));
    assert_eq!(
        scene.bill.payer.calls("s3", "PutObject")?,
        scene.bill.seeded(),
        "nothing is written"
    );

    // All of it is recorded: nothing is asked for, and a plan costs nothing.
    let history = scene.bill.record(1..=40, "10")?;
    let state = scene.read(&format!("group_by = [\"account\"]\n {history}"))?;
    assert_eq!((scene.asked()?, &state["calls_cost_usd"]), (2, &json!(0)));
    assert_eq!(state["total"]["charges_usd"], json!(51.25));
    assert_eq!(state["estimated"], json!(false));
    scene.workspace.destroy().map(drop)
}

#[test]
fn a_cap_leaves_days_unknown_and_says_so() -> Result<()> {
    let scene = Scene::new("costs-cap")?;
    let history = scene.bill.record(4..=40, "10")?;
    let state = scene.read(&format!("max_calls = 0\n {history}"))?;
    assert_eq!((scene.asked()?, &state["calls_made"]), (0, &json!(0)));
    assert_eq!(state["missing_days"], json!([day(3), day(2), day(1)]));
    assert_eq!(state["total"]["charges_usd"], json!(20.5));

    // Two groups a day are five pages of charges, and days without credits three more.
    scene.bill.payer.bill(&json!({ "page_size": 2 }))?;
    let output = scene.config("max_calls = 5")?.apply()?;
    for told in
        ["Warning: Costs of some days weren't asked for", "more than 5 calls", "`max_calls`"]
    {
        output.expect(told)?;
    }
    let state = scene.workspace.stored(ADDRESS)?;
    assert_eq!((scene.asked()?, &state["calls_made"]), (5, &json!(5)));
    assert_eq!(state["missing_days"].as_array().map(Vec::len), Some(5));
    let state = scene.read("max_calls = 8")?;
    assert_eq!((scene.asked()?, &state["calls_cost_usd"]), (13, &json!(0.08)));
    assert_eq!(state["total"]["charges_usd"], json!(8.75));
    scene.workspace.destroy().map(drop)
}

#[test]
fn data_sources_of_one_run_share_what_was_asked() -> Result<()> {
    let scene = Scene::new("costs-shared")?;
    let one = |name: &str, last: i64| {
        let (start, end) = (day(5), day(last));
        format!("data \"hinomi_costs\" \"{name}\" {{\n start = \"{start}\"\n end = \"{end}\"\n}}\n")
    };
    let hcl = [one("all", 1), one("again", 1), one("fewer", 3)].concat();
    scene.workspace.config(&hcl)?.plan()?;
    assert!((2..=4).contains(&scene.asked()?), "{} calls for three", scene.asked()?);
    scene.workspace.discard();
    Ok(())
}

#[test]
fn days_to_come_are_missing_and_nobody_is_asked_for_them() -> Result<()> {
    let scene = Scene::new("costs-future")?;
    scene.span((-1, -2), "")?.apply()?;
    let state = scene.workspace.stored(ADDRESS)?;
    assert_eq!(scene.asked()?, 0);
    assert_eq!(state["missing_days"], json!([day(-1), day(-2)]));
    assert_eq!((&state["rows"], &state["total"]["net_usd"]), (&json!([]), &json!(0)));
    // Nor for those that Cost Explorer has forgotten.
    scene.span((600, 590), "")?.apply()?;
    assert_eq!(scene.asked()?, 0);
    // The present day isn't over.
    scene.span((1, 0), "")?.apply()?;
    let state = scene.workspace.stored(ADDRESS)?;
    assert_eq!((&state["missing_days"], scene.asked()?), (&json!([day(0)]), 2));
    scene.workspace.destroy().map(drop)
}

#[test]
fn refusals_say_what_to_do() -> Result<()> {
    let scene = Scene::new("costs-denied")?;
    let refused = |service: &str, operation: &str| {
        let error = json!({ "code": "AccessDeniedException", "status": 403, "message": "no" });
        json!({ "service": service, "operation": operation, "times": 100, "action": { "error": error } })
    };
    let account = scene.bill.payer.id();
    scene.bill.payer.fault(refused("ce", "GetCostAndUsage"))?;
    scene.config("")?;
    let summary = format!("Unable to read the costs of account `{account}`");
    let told = [summary.as_str(), "AccessDeniedException", "allow `ce:GetCostAndUsage` for"];
    scene.workspace.expect_error(Verb::Plan, &told)?;
    scene.bill.payer.clear_faults()?;

    let nowhere = format!("history = {{ bucket = \"nowhere-{account}\" }}");
    scene.config(&nowhere)?;
    let told = format!("Unable to read the history of costs in `nowhere-{account}`");
    scene.workspace.expect_error(Verb::Plan, &[told.as_str(), "NoSuchBucket"])?;

    let history = scene.bill.record(1..=9, "10")?;
    scene.bill.payer.fault(refused("s3", "GetObject"))?;
    scene.config(&history)?;
    scene
        .workspace
        .expect_error(Verb::Plan, &["Unable to read the history of costs", "s3:ListBucket"])?;
    scene.bill.payer.clear_faults()?;

    scene.bill.payer.bill(&json!({ "cost_explorer": "disabled" }))?;
    scene.config("")?;
    scene.workspace.expect_error(Verb::Plan, &[summary.as_str()])?;
    scene.workspace.discard();
    Ok(())
}

#[test]
fn what_is_not_known_yet_is_read_when_it_is() -> Result<()> {
    let scene = Scene::new("costs-unknown")?;
    let account = scene.bill.shop.id();
    let hcl = format!(
        "resource \"terraform_data\" \"account\" {{\n input = \"{account}\"\n}}\ndata \"hinomi_costs\" \"all\" {{\n start = \"{}\"\n end = \"{}\"\n accounts = [terraform_data.account.output]\n}}\n",
        day(2),
        day(1)
    );
    scene.workspace.config(&hcl)?.plan()?;
    assert_eq!(scene.asked()?, 0);
    scene.workspace.apply()?;
    assert_eq!(scene.workspace.stored(ADDRESS)?["total"]["charges_usd"], json!(3));
    scene.workspace.destroy().map(drop)
}

#[test]
fn wrong_questions_are_refused_with_their_place() -> Result<()> {
    let scene = Scene::new("costs-wrong")?;
    for (attributes, told) in [
        ("granularity = \"hourly\"", &["Invalid value for `granularity`", "`daily`"][..]),
        ("group_by = [\"region\"]", &["Invalid value for `group_by`", "`purpose`"]),
        ("accounts = [\"12\"]", &["`accounts`", "12 digits"]),
        ("accounts = []", &["Invalid value for `accounts`", "at least 1 element"]),
        ("account_purposes = { shop = \"x\" }", &["account_purposes", "12 digits"]),
        ("max_calls = -1", &["Invalid value for `max_calls`", "at least 0"]),
        ("history = {}", &["history", "bucket"]),
        (
            "history = { bucket = \"abc\", prefix = \"costs\" }",
            &["history.prefix", "end with one `/`"],
        ),
        ("history = { bucket = \"abc\", region = \"Tokyo\" }", &["history.region"]),
        (
            "history = { bucket = \"abc\", account = { id = \"1\" } }",
            &["history.account.id", "12 digits"],
        ),
    ] {
        scene.config(attributes)?;
        scene.workspace.expect_error(Verb::Plan, told)?;
    }
    for (start, end, told) in [
        ("2026-02-30", "2026-03-01", &["Invalid day", "`start`"][..]),
        ("2026-02-01", "2026-02", &["Invalid day", "`end`"]),
        ("2016-02-01", "2026-03-01", &["Too many days", "more than ten years"]),
        ("2026-02-02", "2026-02-01", &["The end is before the start", "is the last day"]),
    ] {
        let hcl = format!(
            "data \"hinomi_costs\" \"all\" {{\n start = \"{start}\"\n end = \"{end}\"\n}}\n"
        );
        scene.workspace.config(&hcl)?;
        scene.workspace.expect_error(Verb::Plan, told)?;
    }
    scene.workspace.discard();
    Ok(())
}
