//! Each rule of an anomaly watch broken alone.

use framework::path;

use super::*;
use crate::resources::cost_alert::model::Alert;

const TOPIC: &str = "arn:aws:sns:us-east-1:111111111111:alarms";

fn texts(texts: &[&str]) -> Attr<Texts> {
    Attr::Known(texts.iter().map(|text| Attr::Known((*text).to_owned())).collect())
}

fn map(key: &str, values: &[&str]) -> Attr<BTreeMap<String, Attr<Texts>>> {
    Attr::Known(BTreeMap::from([(key.to_owned(), texts(values))]))
}

fn found(change: impl FnOnce(&mut Anomaly)) -> Vec<(String, String)> {
    let mut anomaly = Anomaly {
        at_least_usd: Attr::Known(100.0),
        topic_arns: texts(&[TOPIC]),
        ..Anomaly::default()
    };
    change(&mut anomaly);
    let mut diagnostics = Diagnostics::new();
    validate(&anomaly, &path!(Alert => anomaly), &mut diagnostics);
    diagnostics.into_iter().map(|one| (one.path.to_string(), one.detail)).collect()
}

fn assert_refused(change: impl FnOnce(&mut Anomaly), path: &str, said: &str) {
    let found = found(change);
    let [(at, detail)] = found.as_slice() else { panic!("{said}: {found:?}") };
    assert_eq!(at, path, "{detail}");
    assert!(detail.contains(said), "{detail}");
}

#[test]
fn a_watch_has_what_it_is_by_and_nothing_else() {
    let by = |by, key: Attr<String>, filter: Attr<AnomalyFilter>| {
        move |anomaly: &mut Anomaly| {
            (anomaly.by, anomaly.key, anomaly.filter) = (by, key, filter);
        }
    };
    let key = || Attr::Known("team".to_owned());
    let sum =
        || Attr::Known(AnomalyFilter { tags: map("team", &["web"]), ..AnomalyFilter::default() });
    for (kind, takes_key, takes_filter) in [
        (Attr::Null, false, false),
        (Attr::Known(WatchedBy::Service), false, false),
        (Attr::Known(WatchedBy::Account), false, false),
        (Attr::Known(WatchedBy::Tag), true, false),
        (Attr::Known(WatchedBy::CostCategory), true, false),
        (Attr::Known(WatchedBy::Filter), false, true),
    ] {
        let key_of = |is_given| if is_given { key() } else { Attr::Null };
        let sum_of = |is_given| if is_given { sum() } else { Attr::Null };
        let fine = by(kind.clone(), key_of(takes_key), sum_of(takes_filter));
        assert_eq!(found(fine), [], "{kind:?}");
        let keyed = by(kind.clone(), key_of(!takes_key), sum_of(takes_filter));
        assert_refused(
            keyed,
            "anomaly.key",
            if takes_key { "needs the tag's key" } else { "have a key" },
        );
        let filtered = by(kind.clone(), key_of(takes_key), sum_of(!takes_filter));
        assert_refused(
            filtered,
            "anomaly.filter",
            if takes_filter { "needs to know" } else { "has a filter" },
        );
        assert_eq!(found(by(kind, Attr::Unknown, Attr::Unknown)), []);
    }
    assert_eq!(found(by(Attr::Unknown, key(), sum())), []);
    let prefixed = by(Attr::Known(WatchedBy::Tag), Attr::Known("user:team".to_owned()), Attr::Null);
    assert_refused(prefixed, "anomaly.key", "without the prefix");
}

#[test]
fn a_sum_is_of_one_kind_and_not_of_too_many() {
    let eleven: Vec<String> = (0..11).map(|number| format!("v{number}")).collect();
    let eleven: Vec<&str> = eleven.iter().map(String::as_str).collect();
    let of = |filter| {
        move |anomaly: &mut Anomaly| {
            anomaly.by = Attr::Known(WatchedBy::Filter);
            anomaly.filter = Attr::Known(filter);
        }
    };
    let empty = AnomalyFilter::default;
    let accounts = |ids: &[&str]| AnomalyFilter { linked_accounts: texts(ids), ..empty() };
    let tags = |key: &str, values: &[&str]| AnomalyFilter { tags: map(key, values), ..empty() };
    let categories =
        |values: &[&str]| AnomalyFilter { cost_categories: map("event", values), ..empty() };
    let at = "anomaly.filter";
    assert_refused(of(empty()), at, "must be set");
    let two = AnomalyFilter { tags: map("team", &["web"]), ..accounts(&["111111111111"]) };
    assert_refused(of(two), at, "combines none");
    for (filter, inside, said) in [
        (accounts(&["12"]), ".linked_accounts", "12 digits"),
        (tags("user:team", &["a"]), ".tags[\"user:team\"]", "without the prefix"),
        (tags("team", &[]), ".tags[\"team\"]", "At least one value"),
        (tags("team", &eleven), ".tags[\"team\"]", "at most 10 values"),
        (categories(&["a", "b"]), ".cost_categories[\"event\"]", "at most 1 value"),
        (categories(&[""]), ".cost_categories[\"event\"]", "empty"),
    ] {
        assert_refused(of(filter), &format!("{at}{inside}"), said);
    }
    for fine in [accounts(&["111111111111"]), tags("team", &eleven[..10]), categories(&["a"])] {
        assert_eq!(found(of(fine)), []);
    }
    let later = AnomalyFilter { tags: Attr::Unknown, ..accounts(&["111111111111"]) };
    assert_eq!(found(of(later)), [], "the unknown one may become null");
}

#[test]
fn it_rings_from_some_size_on() {
    let sizes = |usd, percent, word| {
        move |anomaly: &mut Anomaly| {
            (anomaly.at_least_usd, anomaly.at_least_percent) = (usd, percent);
            anomaly.r#match = word;
        }
    };
    let one = || Attr::Known(1.0);
    let any = || Attr::Known(Match::Any);
    assert_refused(
        sizes(Attr::Null, Attr::Null, Attr::Null),
        "anomaly.at_least_usd",
        "must be set",
    );
    for (usd, percent) in [(one(), Attr::Null), (Attr::Null, one())] {
        assert_eq!(found(sizes(usd.clone(), percent.clone(), Attr::Known(Match::All))), []);
        assert_refused(sizes(usd, percent, any()), "anomaly.match", "there is one");
    }
    assert_eq!(found(sizes(one(), one(), any())), []);
    assert_eq!(found(sizes(one(), Attr::Unknown, any())), []);
    assert_eq!(found(sizes(Attr::Unknown, Attr::Null, Attr::Null)), []);
}

#[test]
fn topics_are_told_at_once_and_addresses_later() {
    let told = |frequency, topics: &[&str], emails: &[&str]| {
        let (topics, emails) = (texts(topics), texts(emails));
        move |anomaly: &mut Anomaly| {
            anomaly.frequency = frequency;
            (anomaly.topic_arns, anomaly.emails) = (topics, emails);
        }
    };
    let email = &["a@example.com"][..];
    for immediate in [Attr::Null, Attr::Known(Frequency::Immediate)] {
        assert_eq!(found(told(immediate.clone(), &[TOPIC], &[])), []);
        assert_refused(told(immediate.clone(), &[], &[]), "anomaly.topic_arns", "Nobody is told");
        assert_refused(
            told(immediate, &[TOPIC], email),
            "anomaly.emails",
            "no address immediately",
        );
    }
    for later in [Frequency::Daily, Frequency::Weekly].map(Attr::Known) {
        assert_eq!(found(told(later.clone(), &[], email)), []);
        assert_refused(told(later.clone(), &[], &[]), "anomaly.emails", "Nobody is told");
        assert_refused(told(later, &[TOPIC], email), "anomaly.topic_arns", "no topic daily");
    }
    assert_eq!(found(told(Attr::Unknown, &[TOPIC], email)), []);
    assert_refused(told(Attr::Null, &["alarms"], &[]), "anomaly.topic_arns", "an ARN reads");
    let wrong = told(Attr::Known(Frequency::Daily), &[], &["a"]);
    assert_refused(wrong, "anomaly.emails", "no e-mail address");
}
