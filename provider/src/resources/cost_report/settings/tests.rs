use jiff::civil::date;

use super::*;
use crate::model::account_note::AccountNote;
use crate::model::language::Language;
use crate::resources::cost_report::model::{History, Weekday};

const PARAMETER: &str = "arn:aws:ssm:eu-west-1:111111111111:parameter/hinomi/ops";

fn text(value: &str) -> Attr<String> {
    Attr::Known(value.to_owned())
}

fn one<T>(key: &str, value: T) -> Attr<BTreeMap<String, Attr<T>>> {
    Attr::Known(BTreeMap::from([(key.to_owned(), Attr::Known(value))]))
}

fn least() -> CostReport {
    CostReport {
        name: text("daily"),
        webhook_parameter_arn: text(PARAMETER),
        ..CostReport::default()
    }
}

fn full() -> CostReport {
    let note = AccountNote { name: text("shop"), purpose: Attr::Null };
    let event = Event {
        start: text("2026-11-20"),
        end: text("2026-11-23"),
        baseline_days: Attr::Known(35),
        accounts: Attr::Known([text("222222222222")].into()),
        tags: one("event", "autumn".to_owned()),
    };
    let source = Source {
        role_arn: text("arn:aws:iam::222222222222:role/costs"),
        external_id: text("hinomi"),
    };
    CostReport {
        thread_id: text("1310000000000000001"),
        language: Attr::Known(Language::Ja),
        timezone: text("Asia/Tokyo"),
        accounts: one("222222222222", note),
        purpose_from: Attr::Known(PurposeFrom { tag: text("purpose"), unit: Attr::Null }),
        sources: Attr::Known(vec![Attr::Known(source)]),
        currency: Attr::Known(Currency {
            code: text("JPY"),
            per_usd: Attr::Known(151.25),
            as_of: text("2026-11-01"),
        }),
        rules: Attr::Known(Rules { at_least_usd: Attr::Known(12.5), ..Rules::default() }),
        budgets_usd: one("222222222222", 800.0),
        events: one("autumn", event),
        weekly_digest: Attr::Known(Weekday::Monday),
        monthly_digest: Attr::Known(2),
        mentions: Attr::Known(Mention { everyone: Attr::Known(true), ..Mention::default() }),
        backfill_months: Attr::Known(12),
        max_calls: Attr::Known(8),
        anomaly_feedback: Attr::Known(false),
        history: Attr::Known(History { prefix: text("hinomi/"), ..History::default() }),
        ..least()
    }
}

#[test]
fn what_is_not_said_is_the_default() {
    let settings = of(&least(), "costs", None).expect("all is known");
    let place = run_time::HistoryPlace { bucket: "costs".to_owned(), prefix: String::new() };
    assert_eq!(settings, Settings::of("daily", run_time::Destination::of(PARAMETER), place));
}

#[test]
fn every_attribute_is_read_at_run_time() {
    let settings = of(&full(), "costs", Some("http://127.0.0.1:1".to_owned())).expect("known");
    assert_eq!(settings.validate(), Ok(()));
    assert_eq!(settings.language, run_time::Language::Japanese);
    assert_eq!(settings.events["autumn"].start, date(2026, 11, 20));
    assert_eq!(settings.events["autumn"].tags["event"], "autumn");
    assert_eq!(settings.rules.at_least_usd.to_bits(), 12.5_f64.to_bits());
    assert_eq!(settings.purpose_from, Some(run_time::PurposeFrom::Tag("purpose".to_owned())));
    assert_eq!((settings.most_calls, settings.backfill_months), (8, 12));
    assert_eq!(settings.history.prefix, "hinomi/");
    let least = of(&least(), "costs", None).expect("known");
    let (full, least) =
        (serde_json::to_value(settings).expect("JSON"), serde_json::to_value(least).expect("JSON"));
    for (key, value) in full.as_object().expect("an object") {
        let is_same = ["name"].contains(&key.as_str());
        assert_eq!(least.get(key) == Some(value), is_same, "{key} is not an attribute's");
    }
}

#[test]
fn settings_become_attributes_again() {
    for report in [least(), full()] {
        let settings = of(&report, "costs", None).expect("known");
        let mut lifted = CostReport { name: report.name.clone(), ..CostReport::default() };
        lift(&settings, &mut lifted);
        assert_eq!(of(&lifted, "costs", None).expect("known"), settings);
        // What says the same stays as it is written, but for what was left to its default.
        let mut same = report.clone();
        lift(&settings, &mut same);
        assert_eq!(of(&same, "costs", None).expect("known"), settings);
        assert_eq!(same.events, report.events);
        assert_eq!(same.sources, report.sources);
        assert_eq!(same.currency, report.currency);
        assert_eq!(same.mentions, report.mentions);
    }
}

#[test]
fn nothing_unknown_is_taken_for_a_default() {
    let unknown = |change: fn(&mut CostReport)| {
        let mut report = full();
        change(&mut report);
        report
    };
    let unknown: Vec<(&str, CostReport)> = vec![
        ("language", unknown(|it| it.language = Attr::Unknown)),
        ("accounts", unknown(|it| it.accounts = Attr::Unknown)),
        ("sources", unknown(|it| it.sources = Attr::Known(vec![Attr::Unknown]))),
        ("rules", unknown(|it| it.rules = Attr::Unknown)),
        ("events", unknown(|it| it.events = Attr::Known([("a".to_owned(), Attr::Unknown)].into()))),
        ("budgets", unknown(|it| it.budgets_usd = Attr::Unknown)),
        ("mentions", unknown(|it| it.mentions = Attr::Unknown)),
        ("purpose_from", unknown(|it| it.purpose_from = Attr::Unknown)),
        ("currency", unknown(|it| it.currency = Attr::Unknown)),
        ("history", unknown(|it| it.history = Attr::Unknown)),
        ("weekly_digest", unknown(|it| it.weekly_digest = Attr::Unknown)),
        ("max_calls", unknown(|it| it.max_calls = Attr::Unknown)),
    ];
    for (what, report) in unknown {
        assert!(!is_known(&report), "{what}");
        assert!(of(&report, "costs", None).is_err(), "{what}");
    }
    assert!(is_known(&full()));
}
