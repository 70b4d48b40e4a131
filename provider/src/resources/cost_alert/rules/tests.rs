//! Each rule broken alone, and what nobody can know yet left alone.

use framework::Diagnostic;

use super::*;
use crate::aws::Arn;
use crate::model::account::Account;
use crate::resources::cost_alert::model::{Anomaly, Charge, Filters, Texts};

const ACCOUNT: &str = "111111111111";
const TOPIC: &str = "arn:aws:sns:us-east-1:111111111111:alarms";

fn known(text: &str) -> Attr<String> {
    Attr::Known(text.to_owned())
}

fn texts(texts: &[&str]) -> Attr<Texts> {
    Attr::Known(texts.iter().map(|text| known(text)).collect())
}

fn percent(percent: f64) -> Threshold {
    Threshold { percent: Attr::Known(percent), ..Threshold::default() }
}

fn thresholds(thresholds: Vec<(&str, Threshold)>) -> Attr<BTreeMap<String, Attr<Threshold>>> {
    let named = |(key, threshold): (&str, _)| (key.to_owned(), Attr::Known(threshold));
    Attr::Known(thresholds.into_iter().map(named).collect())
}

fn alert(change: impl FnOnce(&mut Budget)) -> Alert {
    let mut budget = Budget {
        limit_usd: Attr::Known(100.0),
        thresholds: thresholds(vec![("near", percent(80.0))]),
        topic_arns: texts(&[TOPIC]),
        ..Budget::default()
    };
    change(&mut budget);
    let account = Account { id: known(ACCOUNT), ..Account::default() };
    Alert {
        name: known("month"),
        account: Attr::Known(account),
        budget: Attr::Known(budget),
        ..Alert::default()
    }
}

fn found(alert: &Alert) -> Vec<Diagnostic> {
    let mut diagnostics = Diagnostics::new();
    validate(alert, &mut diagnostics);
    diagnostics.into_iter().collect()
}

fn assert_refused(alert: &Alert, path: &str, said: &str) {
    let found = found(alert);
    let [only] = found.as_slice() else { panic!("{said}: {found:?}") };
    assert_eq!(only.path.to_string(), path, "{only:?}");
    assert!(only.detail.contains(said), "{only:?}");
}

#[test]
fn a_sound_alert_passes() {
    assert_eq!(found(&alert(|_| {})), []);
    assert_eq!(found(&alert(|budget| budget.thresholds = Attr::Unknown)), []);
    assert_eq!(found(&Alert { budget: Attr::Unknown, ..alert(|_| {}) }), []);
}

#[test]
fn names_that_aws_refuses() {
    for (name, said) in [("a/action/b", "/action/"), ("a<SCRIPT>b", "<script>")] {
        assert_refused(&Alert { name: known(name), ..alert(|_| {}) }, "name", said);
    }
}

#[test]
fn a_threshold_is_one_amount() {
    let at = r#"budget.thresholds["near"]"#;
    let none = alert(|budget| budget.thresholds = thresholds(vec![("near", Threshold::default())]));
    assert_refused(&none, at, "Either `percent` or `usd` must be set");
    let both = alert(|budget| {
        let both = Threshold { usd: Attr::Known(1.0), ..percent(80.0) };
        budget.thresholds = thresholds(vec![("near", both)]);
    });
    assert_refused(&both, &format!("{at}.usd"), "not both");
    let null = alert(|budget| {
        budget.thresholds = Attr::Known(BTreeMap::from([("near".to_owned(), Attr::Null)]));
    });
    assert_refused(&null, at, "null");
    let later = alert(|budget| {
        let later = Threshold { usd: Attr::Unknown, ..percent(80.0) };
        budget.thresholds = thresholds(vec![("near", later)]);
    });
    assert_eq!(found(&later), [], "the unknown one may become null");
}

#[test]
fn each_point_is_there_once() {
    let twice = |other: Threshold| {
        alert(|budget| budget.thresholds = thresholds(vec![("a", percent(80.0)), ("b", other)]))
    };
    let explicit = Threshold { basis: Attr::Known(Basis::Actual), ..percent(80.0) };
    assert_refused(&twice(explicit), r#"budget.thresholds["b"]"#, "same point as `a`");
    let forecast = Threshold { basis: Attr::Known(Basis::Forecast), ..percent(80.0) };
    assert_eq!(found(&twice(forecast)), []);
    let usd = Threshold { usd: Attr::Known(80.0), ..Threshold::default() };
    assert_eq!(found(&twice(usd)), []);
}

#[test]
fn a_day_has_no_forecast() {
    let forecast = |period| {
        alert(|budget| {
            budget.period = period;
            let forecast = Threshold { basis: Attr::Known(Basis::Forecast), ..percent(80.0) };
            budget.thresholds = thresholds(vec![("near", forecast)]);
        })
    };
    let at = r#"budget.thresholds["near"].basis"#;
    assert_refused(&forecast(Attr::Known(Period::Daily)), at, "no forecast for daily budgets");
    assert_eq!(found(&forecast(Attr::Known(Period::Monthly))), []);
    assert_eq!(found(&forecast(Attr::Unknown)), []);
    assert_eq!(found(&forecast(Attr::Null)), [], "the default is a month");
}

#[test]
fn somebody_is_told() {
    let nobody = alert(|budget| budget.topic_arns = Attr::Null);
    assert_refused(&nobody, r#"budget.thresholds["near"]"#, "Nobody is told");
    let silenced = alert(|budget| {
        let silent = Threshold { topic_arns: texts(&[]), ..percent(80.0) };
        budget.thresholds = thresholds(vec![("near", silent)]);
    });
    assert_refused(&silenced, r#"budget.thresholds["near"]"#, "Nobody is told");
    let later = alert(|budget| {
        budget.topic_arns = Attr::Null;
        budget.emails = Attr::Unknown;
    });
    assert_eq!(found(&later), []);
}

#[test]
fn topics_are_standard_topics_of_the_account() {
    for (topic, said) in [
        ("alarms", "an ARN reads"),
        ("arn:aws:sqs:us-east-1:111111111111:alarms", "no ARN of an SNS topic"),
        ("arn:aws:sns:us-east-1:111111111111:alarms:0a-1b", "no ARN of an SNS topic"),
        ("arn:aws:sns:us-east-1:111111111111:alarms.fifo", "FIFO"),
        ("arn:aws:sns:us-east-1:222222222222:alarms", "only topics of its own account"),
    ] {
        let wrong = alert(|budget| budget.topic_arns = texts(&[topic]));
        assert_refused(&wrong, "budget.topic_arns", said);
        let wrong = alert(|budget| {
            let own = Threshold { topic_arns: texts(&[topic]), ..percent(80.0) };
            budget.thresholds = thresholds(vec![("near", own)]);
        });
        assert_refused(&wrong, r#"budget.thresholds["near"].topic_arns"#, said);
    }
    let elsewhere = Alert { account: Attr::Null, ..alert(|_| {}) };
    assert_eq!(found(&elsewhere), [], "the account is not known yet");
}

#[test]
fn addresses_are_plausible_and_there_once() {
    for wrong in
        ["a", "a@", "@example.com", "a@example", "a b@example.com", "a@@example.com", "a@b..c"]
    {
        let wrong = alert(|budget| budget.emails = texts(&[wrong]));
        assert_refused(&wrong, "budget.emails", "no e-mail address");
    }
    let twice = alert(|budget| budget.emails = texts(&["A@example.com", "a@example.com"]));
    assert_refused(&twice, "budget.emails", "another spelling");
    let fine = alert(|budget| budget.emails = texts(&["a+b@example.co.jp", "b@example.com"]));
    assert_eq!(found(&fine), []);
}

#[test]
fn filters_that_count_nothing() {
    let map =
        |key: &str, values: &[&str]| Attr::Known(BTreeMap::from([(key.to_owned(), texts(values))]));
    let tags =
        |key: &str, values: &[&str]| Filters { tags: map(key, values), ..Filters::default() };
    let of_services = |services| Filters { services, ..Filters::default() };
    for (filters, path, said) in [
        (tags("user:Team", &["a"]), r#"budget.filters.tags["user:Team"]"#, "without the prefix"),
        (tags("Te$am", &["a"]), r#"budget.filters.tags["Te$am"]"#, "for its end"),
        (tags("AWS:createdBy", &["a"]), r#"budget.filters.tags["AWS:createdBy"]"#, "small letters"),
        (tags("Team", &[]), r#"budget.filters.tags["Team"]"#, "At least one value"),
        (
            Filters { cost_categories: map("", &["a"]), ..Filters::default() },
            r#"budget.filters.cost_categories[""]"#,
            "empty",
        ),
        (of_services(texts(&[""])), "budget.filters.services", "empty"),
        (of_services(Attr::Known(Texts::from([Attr::Null]))), "budget.filters.services", "null"),
        (
            Filters { linked_accounts: texts(&["12"]), ..Filters::default() },
            "budget.filters.linked_accounts",
            "12 digits",
        ),
    ] {
        assert_refused(&alert(|budget| budget.filters = Attr::Known(filters)), path, said);
    }
    for fine in [tags("Team", &["", "web"]), tags("aws:createdBy", &["x"])] {
        assert_eq!(found(&alert(|budget| budget.filters = Attr::Known(fine))), []);
    }
}

#[test]
fn charges_are_named() {
    let charges = [Attr::Known(Charge::Credits), Attr::Null].into_iter().collect();
    let wrong = alert(|budget| budget.excluded_charges = Attr::Known(charges));
    assert_refused(&wrong, "budget.excluded_charges", "null");
}

#[test]
fn an_alert_watches_something() {
    let nothing = Alert { budget: Attr::Null, ..alert(|_| {}) };
    assert_refused(&nothing, "budget", "watches nothing");
    let later = Alert { anomaly: Attr::Unknown, ..nothing };
    assert_eq!(found(&later), []);
}

#[test]
fn topics_of_both_parts_are_where_they_can_be_told() {
    let anomaly = |topic: &str| {
        let topic_arns = texts(&[topic]);
        let anomaly = Anomaly { at_least_usd: Attr::Known(1.0), topic_arns, ..Anomaly::default() };
        Alert { anomaly: Attr::Known(anomaly), budget: Attr::Null, ..alert(|_| {}) }
    };
    let foreign = anomaly("arn:aws:sns:us-east-1:222222222222:alarms");
    assert_refused(&foreign, "anomaly.topic_arns", "Cost Anomaly Detection tells only topics");
    let china = "arn:aws-cn:sns:cn-north-1:111111111111:alarms";
    let disguised = "arn:aws:sns:cn-north-1:111111111111:alarms";
    let of = |topic: &str| alert(|budget| budget.topic_arns = texts(&[topic]));
    let aws = TOPIC.parse::<Arn>().expect("an ARN");
    let refused = |alert: &Alert| {
        let mut diagnostics = Diagnostics::new();
        topics_in_partition(alert, aws.partition(), &mut diagnostics);
        diagnostics.into_iter().map(|one| one.path.to_string()).collect::<Vec<_>>()
    };
    for topic in [china, disguised] {
        assert_eq!(refused(&of(topic)), ["budget.topic_arns"]);
        assert_eq!(refused(&anomaly(topic)), ["anomaly.topic_arns"]);
    }
    assert_eq!(refused(&anomaly(TOPIC)), [""; 0]);
}
