//! Each rule broken alone, and what nobody can know yet left alone.

use framework::Diagnostic;

use super::super::model::{Currency, Source};
use super::*;
use crate::model::account::Account;
use crate::model::account_note::AccountNote;
use crate::model::mention::Mention;
use crate::model::purpose::PurposeFrom;

const PARAMETER: &str = "arn:aws:ssm:eu-west-1:111111111111:parameter/hinomi/ops";
const ROLE: &str = "arn:aws:iam::222222222222:role/costs";

fn known(text: &str) -> Attr<String> {
    Attr::Known(text.to_owned())
}

fn one<T>(key: &str, value: T) -> Attr<BTreeMap<String, Attr<T>>> {
    Attr::Known(BTreeMap::from([(key.to_owned(), Attr::Known(value))]))
}

fn report(change: impl FnOnce(&mut CostReport)) -> CostReport {
    let account = Account { id: known("111111111111"), ..Account::default() };
    let mut report = CostReport {
        name: known("daily"),
        account: Attr::Known(account),
        region: known("eu-west-1"),
        webhook_parameter_arn: known(PARAMETER),
        ..CostReport::default()
    };
    change(&mut report);
    report
}

fn event(start: &str, end: &str) -> Event {
    Event { start: known(start), end: known(end), ..Event::default() }
}

fn found(report: &CostReport) -> Vec<Diagnostic> {
    let mut diagnostics = Diagnostics::new();
    validate(report, &mut diagnostics);
    diagnostics.iter().cloned().collect()
}

/// The report is refused once, at this path and in words that say so.
fn assert_refused(report: &CostReport, path: &str, words: &str) {
    let found = found(report);
    let [only] = found.as_slice() else { panic!("{path}: {found:?}") };
    let at = only.path.to_string();
    assert_eq!(at, path, "{only:?}");
    assert!(only.detail.contains(words), "{only:?}");
}

#[test]
fn a_least_report_is_fine_and_so_is_an_unknown_one() {
    assert_eq!(found(&report(|_| ())), []);
    let unknown = report(|report| {
        report.webhook_parameter_arn = Attr::Unknown;
        report.timezone = Attr::Unknown;
        report.accounts = Attr::Unknown;
        report.sources = Attr::Known(vec![Attr::Unknown]);
        report.events = one("autumn", Event { start: Attr::Unknown, ..event("", "2026-11-23") });
        report.budgets_usd = Attr::Known([("222222222222".to_owned(), Attr::Unknown)].into());
        report.currency = Attr::Known(Currency {
            code: Attr::Unknown,
            per_usd: Attr::Known(150.0),
            as_of: Attr::Unknown,
        });
        report.purpose_from = Attr::Known(PurposeFrom { tag: Attr::Unknown, unit: Attr::Null });
    });
    assert_eq!(found(&unknown), []);
}

#[test]
fn arns_are_of_the_right_kind_and_account() {
    let wrong = report(|report| report.webhook_parameter_arn = known("/hinomi/ops"));
    assert_refused(&wrong, "webhook_parameter_arn", "ARN of an SSM parameter");
    let foreign = PARAMETER.replace('1', "3").replace("eu-west-3", "eu-west-1");
    let foreign = report(|report| report.webhook_parameter_arn = known(&foreign));
    assert_refused(&foreign, "webhook_parameter_arn", "lives in account 111111111111");
    assert_refused(&report(|it| it.role_arn = known("role")), "role_arn", "ARN");
    assert_refused(&report(|it| it.role_arn = known(ROLE)), "role_arn", "222222222222");
    assert_refused(
        &report(|it| it.permissions_boundary = known("arn:aws:iam::111111111111:role/x")),
        "permissions_boundary",
        "no ARN of an IAM policy",
    );
}

#[test]
fn words_that_nobody_could_use() {
    assert_refused(&report(|it| it.timezone = known("Moon/Tycho")), "timezone", "no time zone");
    assert_refused(&report(|it| it.thread_id = known("general")), "thread_id", "17 to 20 digits");
    assert_refused(
        &report(|it| it.log_retention_days = Attr::Known(8)),
        "log_retention_days",
        "1, 3, 5, 7, 14",
    );
    let nobody = Mention::default();
    let nobody = report(|it| it.mentions = Attr::Known(nobody));
    assert_refused(&nobody, "mentions", "Nobody is called");
    let note = AccountNote { name: known("x"), purpose: Attr::Null };
    let shop = report(|it| it.accounts = one("shop", note));
    assert_refused(&shop, "accounts[\"shop\"]", "12 digits");
}

#[test]
fn a_currency_has_a_rate_with_its_day() {
    let currency = |code: &str, per_usd: f64, as_of: Attr<String>| {
        let (code, per_usd) = (known(code), Attr::Known(per_usd));
        report(|it| it.currency = Attr::Known(Currency { code, per_usd, as_of }))
    };
    let day = || known("2026-11-01");
    assert_eq!(found(&currency("JPY", 151.25, day())), []);
    assert_eq!(found(&currency("USD", 1.0, Attr::Null)), []);
    assert_refused(&currency("JPY", 0.0, day()), "currency.per_usd", "more than 0");
    assert_refused(&currency("USD", 2.0, Attr::Null), "currency.per_usd", "1 for USD");
    assert_refused(&currency("JPY", 151.25, Attr::Null), "currency.as_of", "day of the rate");
    assert_refused(&currency("JPY", 151.25, known("today")), "currency.as_of", "today");
}

#[test]
fn budgets_are_amounts_of_accounts() {
    let nothing = report(|it| it.budgets_usd = one("222222222222", 0.0));
    assert_refused(&nothing, "budgets_usd[\"222222222222\"]", "more than 0");
    let shop = report(|it| it.budgets_usd = one("shop", 10.0));
    assert_refused(&shop, "budgets_usd[\"shop\"]", "12 digits");
}

#[test]
fn events_have_days_in_their_order() {
    let planned = |event: Event| report(|it| it.events = one("autumn", event));
    assert_eq!(found(&planned(event("2026-11-20", "2026-11-20"))), []);
    let at = "events[\"autumn\"]";
    let backwards = planned(event("2026-11-20", "2026-11-19"));
    assert_refused(&backwards, &format!("{at}.end"), "before its start");
    let wrong = planned(event("2026-11-31", "2026-12-01"));
    assert_refused(&wrong, &format!("{at}.start"), "2026-11-31");
    let accounts = Attr::Known([known("shop")].into());
    let foreign = planned(Event { accounts, ..event("2026-11-20", "2026-11-21") });
    assert_refused(&foreign, &format!("{at}.accounts"), "12 digits");
    let tagged = |accounts, key: &str| {
        let tags = one(key, "x".to_owned());
        planned(Event { accounts, tags, ..event("2026-11-20", "2026-11-21") })
    };
    let taking_part = || Attr::Known([known("222222222222")].into());
    let untold = tagged(taking_part(), "");
    assert_refused(&untold, &format!("{at}.tags[\"\"]"), "1 to 128 characters");
    assert_refused(&tagged(Attr::Null, "event"), &format!("{at}.accounts"), "take part");
    assert_eq!(found(&tagged(Attr::Unknown, "event")), []);
    assert_eq!(found(&tagged(taking_part(), "event")), []);
    let long = "n".repeat(101);
    let long = report(|it| it.events = one(&long, event("2026-11-20", "2026-11-21")));
    assert!(found(&long)[0].detail.contains("1 to 100 characters"));
}

#[test]
fn events_that_overlap_are_warned_of() {
    let two = |second: Event| {
        let events = [
            ("autumn".to_owned(), Attr::Known(event("2026-11-20", "2026-11-23"))),
            ("sale".to_owned(), Attr::Known(second)),
        ];
        found(&report(|it| it.events = Attr::Known(events.into())))
    };
    assert_eq!(two(event("2026-11-24", "2026-11-25")), []);
    let warned = two(event("2026-11-23", "2026-11-25"));
    assert_eq!(warned.len(), 1);
    assert!(warned[0].detail.contains("`autumn` and `sale`"), "{warned:?}");
    assert_eq!(warned[0].severity, framework::Severity::Warning);
}

#[test]
fn a_purpose_comes_from_one_place() {
    let from = |tag: Attr<String>, unit: Attr<bool>| {
        report(|it| it.purpose_from = Attr::Known(PurposeFrom { tag, unit }))
    };
    assert_eq!(found(&from(known("purpose"), Attr::Null)), []);
    assert_eq!(found(&from(Attr::Null, Attr::Known(true))), []);
    assert_refused(&from(Attr::Null, Attr::Null), "purpose_from", "Name the `tag`");
    assert_refused(&from(known("x"), Attr::Known(true)), "purpose_from", "one of them");
    assert_refused(&from(Attr::Null, Attr::Known(false)), "purpose_from.unit", "Leave");
}

#[test]
fn sources_are_roles_that_can_be_asked() {
    let source = |arn: &str| Attr::Known(Source { role_arn: known(arn), ..Source::default() });
    let sources = |all: Vec<Attr<Source>>| report(|it| it.sources = Attr::Known(all));
    assert_eq!(found(&sources(vec![source(ROLE)])), []);
    assert_refused(&sources(vec![source("role")]), "sources[0].role_arn", "ARN");
    let twice = sources(vec![source(ROLE), source(ROLE)]);
    assert_refused(&twice, "sources[1].role_arn", "count twice");
    assert_refused(&sources(vec![Attr::Null]), "sources[0]", "null");
    let many = |count| sources((0..count).map(|it| source(&format!("{ROLE}{it}"))).collect());
    let few_calls = CostReport { max_calls: Attr::Known(5), ..many(3) };
    assert_refused(&few_calls, "max_calls", "6 calls");
    assert_refused(&many(11), "max_calls", "22 calls a morning, and `max_calls` allows 20");
    assert_eq!(found(&CostReport { max_calls: Attr::Unknown, ..many(11) }), []);
    assert_eq!(found(&many(10)), []);
}

#[test]
fn a_buckets_name_is_one() {
    let bucket = |name: &str| {
        let history = History { bucket: known(name), ..History::default() };
        report(|it| it.history = Attr::Known(history))
    };
    assert_eq!(found(&bucket("company-costs.2026")), []);
    for wrong in ["Costs", "ab", "a..b", "-costs", "costs-", "192.168.1.1", "my_costs"] {
        assert_refused(&bucket(wrong), "history.bucket", "3 to 63");
    }
}

#[test]
fn the_policy_of_a_role_that_is_made_has_little_room() {
    let problems = |length: usize, given: bool| {
        let mut report = report(|_| ());
        report.policy_json = known(&"x".repeat(length));
        if given {
            report.role_arn = known(ROLE);
        }
        let mut diagnostics = Diagnostics::new();
        check_policy(&report, &mut diagnostics);
        diagnostics.iter().count()
    };
    assert_eq!(
        (problems(10_240, false), problems(10_241, false), problems(10_241, true)),
        (0, 1, 0)
    );
}

#[test]
fn a_schedules_input_has_an_end() {
    let place = Place::new("111111111111".parse().unwrap(), "eu-west-1".parse().unwrap());
    let names = Names::of("hinomi-", "main", "daily", &place).unwrap();
    let problems = |accounts: u64| {
        let note = |id: u64| {
            let note =
                AccountNote { name: known(&"n".repeat(100)), purpose: known(&"p".repeat(200)) };
            (format!("{:012}", id + 100_000_000_000), Attr::Known(note))
        };
        let accounts = Attr::Known((0..accounts).map(note).collect());
        let report = report(|it| it.accounts = accounts);
        let mut diagnostics = Diagnostics::new();
        check_placed(&report, &place, &names, &Defaults::default(), &mut diagnostics);
        diagnostics.iter().map(|one| one.detail.clone()).collect::<Vec<_>>()
    };
    assert_eq!(problems(600), Vec::<String>::new());
    let found = problems(800);
    let [only] = found.as_slice() else { panic!("{found:?}") };
    assert!(only.contains("`accounts`") && only.contains("262144 bytes"), "{only}");
}
