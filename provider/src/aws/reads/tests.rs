//! Reads: how many calls a refresh costs, and what a list doesn't show.

use tokio::task::JoinSet;

use super::{alarms, anomalies, budgets, canaries, organization};
use crate::aws::testing::{Call, FakeAws, OWN};
use crate::aws::{AccountId, Aws, Failure, Kind, Session, Settings, Target};

fn aws(fake: &FakeAws) -> Aws {
    let region = Some("eu-central-1".parse().unwrap());
    fake.aws(Settings { region, version: "1".to_owned(), ..Settings::default() })
}

async fn session(fake: &FakeAws) -> Session {
    aws(fake).session(&Target::default()).await.unwrap()
}

fn json(text: impl Into<String>) -> (u16, Vec<u8>) {
    (200, text.into().into_bytes())
}

/// 45 canaries, `c0` to `c44`, on three pages; the canary `late` shows in no list.
fn canaries_on_pages(call: &Call) -> Option<(u16, Vec<u8>)> {
    if call.uri.ends_with("/canary/late") {
        return Some(json(r#"{"Canary":{"Name":"late"}}"#));
    }
    if !call.uri.contains("/canaries") {
        return None;
    }
    assert!(call.body.contains(r#""MaxResults":20"#), "{}", call.body);
    let start = [40, 20].into_iter().find(|n| call.body.contains(&format!("\"{n}\"")));
    let start = start.unwrap_or(0);
    let names: Vec<_> = (start..45.min(start + 20))
        .map(|n| format!(r#"{{"Name":"c{n}","Tags":{{"hinomi:name":"c{n}"}}}}"#))
        .collect();
    let next = if start < 40 { format!(r#","NextToken":"{}""#, start + 20) } else { String::new() };
    Some(json(format!(r#"{{"Canaries":[{}]{next}}}"#, names.join(","))))
}

fn lists(fake: &FakeAws) -> usize {
    fake.calls().iter().filter(|call| call.uri.ends_with("/canaries")).count()
}

#[tokio::test]
async fn a_refresh_of_many_canaries_is_one_list() {
    let fake = FakeAws::new(canaries_on_pages);
    let session = session(&fake).await;
    let mut reads = JoinSet::new();
    for n in 0..45 {
        let session = session.clone();
        reads.spawn(async move {
            let found = canaries::find(&session, &format!("c{n}")).await.unwrap().unwrap();
            assert_eq!(found.tags.unwrap()["hinomi:name"], format!("c{n}"));
        });
    }
    reads.join_all().await;
    assert_eq!(lists(&fake), 3);
    assert_eq!(fake.calls().len(), 4, "three pages and one look at the caller");
}

#[tokio::test]
async fn what_the_list_lacks_is_asked_for_before_it_counts_as_gone() {
    let fake = FakeAws::new(canaries_on_pages);
    let session = session(&fake).await;
    assert!(canaries::find(&session, "late").await.unwrap().is_some());
    // Without a code and a request id, a 404 is no proof; the fake sends neither.
    assert!(canaries::find(&session, "c99").await.is_err());
    assert_eq!(lists(&fake), 3);
}

#[tokio::test]
async fn a_canary_that_was_written_is_asked_for() {
    let fake = FakeAws::new(|call: &Call| {
        let gone = br#"{"__type":"ResourceNotFoundException","Message":"gone"}"#;
        if call.uri.ends_with("/canary/c1") {
            return Some((404, gone.to_vec()));
        }
        canaries_on_pages(call)
    });
    let session = session(&fake).await;
    assert!(canaries::find(&session, "c1").await.unwrap().is_some());
    canaries::written(&session, "c1");
    assert!(canaries::find(&session, "c1").await.unwrap().is_none());
    assert!(canaries::find(&session, "c2").await.unwrap().is_some());
    assert_eq!(lists(&fake), 3);
}

#[tokio::test]
async fn budgets_are_listed_once_with_their_filters() {
    let fake = FakeAws::new(|call: &Call| match call.operation.as_str() {
        "DescribeBudgets" => {
            assert!(call.body.contains(r#""ShowFilterExpression":true"#), "{}", call.body);
            assert!(call.body.contains(OWN), "{}", call.body);
            let budget = |name| {
                format!(r#"{{"BudgetName":"{name}","BudgetType":"COST","TimeUnit":"MONTHLY"}}"#)
            };
            Some(json(format!(r#"{{"Budgets":[{},{}]}}"#, budget("a"), budget("b"))))
        }
        "DescribeBudget" => {
            let body = br#"{"__type":"NotFoundException","Message":"gone"}"#;
            Some((400, body.to_vec()))
        }
        "DescribeNotificationsForBudget" => Some(json(
            r#"{"Notifications":[{"NotificationType":"ACTUAL",
                "ComparisonOperator":"GREATER_THAN","Threshold":80.0}]}"#,
        )),
        "DescribeBudgetNotificationsForAccount" => Some(json(
            r#"{"BudgetNotificationsForAccount":[{"BudgetName":"a","Notifications":[
                {"NotificationType":"ACTUAL","ComparisonOperator":"GREATER_THAN","Threshold":80.0}
            ]},{"BudgetName":"b","Notifications":[]}]}"#,
        )),
        "ListTagsForResource" => {
            let arn = format!("arn:aws:budgets::{OWN}:budget/a");
            assert!(call.body.contains(&arn), "{}", call.body);
            Some(json(r#"{"ResourceTags":[{"Key":"hinomi:name","Value":"a"}]}"#))
        }
        _ => None,
    });
    let aws = aws(&fake);
    let regional = aws.session(&Target::default()).await.unwrap();
    let session = aws.global_session(&Target::default()).await.unwrap();
    for (session, name) in [(&session, "a"), (&session, "b"), (&regional, "a")] {
        let budget = budgets::find(session, name).await.unwrap().unwrap();
        assert_eq!(budget.budget_name, name);
    }
    assert!(budgets::find(&session, "c").await.unwrap().is_none());
    assert_eq!((fake.count("DescribeBudgets"), fake.count("DescribeBudget")), (1, 1));
    let told = budgets::notifications(&session, "a").await.unwrap();
    assert!((told[0].threshold - 80.0).abs() < f64::EPSILON);
    let asked = || fake.count("DescribeNotificationsForBudget");
    assert_eq!(budgets::listed_notifications(&session, "a").await.unwrap(), told);
    assert_eq!(asked(), 1, "the list shows them");
    assert_eq!(budgets::listed_notifications(&session, "b").await.unwrap(), told);
    assert_eq!(asked(), 2, "that there are none is confirmed");
    budgets::written(&session, "a");
    budgets::listed_notifications(&session, "a").await.unwrap();
    assert_eq!(asked(), 3, "a write makes the list worthless for what it touched");
    assert_eq!(fake.count("DescribeBudgetNotificationsForAccount"), 1);
    assert_eq!(budgets::tags(&session, "a").await.unwrap().unwrap()["hinomi:name"], "a");
}

fn refusal(code: &str) -> (u16, Vec<u8>) {
    (400, format!(r#"{{"__type":"{code}","message":"no"}}"#).into_bytes())
}

#[tokio::test]
async fn monitors_and_subscriptions_are_listed_once_page_by_page() {
    let monitor = |arn: &str| {
        format!(r#"{{"MonitorArn":"{arn}","MonitorName":"m","MonitorType":"DIMENSIONAL"}}"#)
    };
    let fake = FakeAws::new(move |call: &Call| match call.operation.as_str() {
        "GetAnomalyMonitors" if call.body.contains("MonitorArnList") => {
            Some(refusal("UnknownMonitorException"))
        }
        "GetAnomalyMonitors" => {
            assert!(call.body.contains(r#""MaxResults":100"#), "{}", call.body);
            let is_second = call.body.contains("second");
            let page = monitor(if is_second { "b" } else { "a" });
            let next = if is_second { "" } else { r#","NextPageToken":"second""# };
            Some(json(format!(r#"{{"AnomalyMonitors":[{page}]{next}}}"#)))
        }
        "GetAnomalySubscriptions" if call.body.contains("SubscriptionArnList") => {
            Some(refusal("UnknownSubscriptionException"))
        }
        "GetAnomalySubscriptions" => Some(json(
            r#"{"AnomalySubscriptions":[{"SubscriptionArn":"s","MonitorArnList":["a"],
                "Subscribers":[],"Frequency":"DAILY","SubscriptionName":"n"}]}"#,
        )),
        _ => None,
    });
    let session = session(&fake).await;
    for arn in ["a", "b", "a"] {
        let found = anomalies::monitor(&session, arn).await.unwrap().unwrap();
        assert_eq!(found.monitor_arn.as_deref(), Some(arn));
    }
    assert_eq!(fake.count("GetAnomalyMonitors"), 2, "two pages");
    assert!(anomalies::monitor(&session, "c").await.unwrap().is_none());
    assert!(anomalies::subscription(&session, "s").await.unwrap().is_some());
    assert!(anomalies::subscription(&session, "t").await.unwrap().is_none());
    assert_eq!(fake.count("GetAnomalySubscriptions"), 2);
    anomalies::written(&session, "a");
    assert!(
        anomalies::monitor(&session, "a").await.unwrap().is_none(),
        "it is asked for by itself"
    );
    assert!(anomalies::is_listened_to(&session, "a").await.unwrap());
}

#[tokio::test]
async fn who_manages_an_organization_is_asked_once() {
    let organization = r#"{"Organization":{"Id":"o-abcdefghij","MasterAccountId":"999999999999"}}"#;
    for (answer, wanted) in [
        (json(organization), Ok(Some("999999999999"))),
        (refusal("AWSOrganizationsNotInUseException"), Ok(None)),
        (refusal("AccessDeniedException"), Err(Kind::Denied)),
        (json("{}"), Err(Kind::Other)),
    ] {
        let fake = FakeAws::new(move |call: &Call| {
            (call.operation == "DescribeOrganization").then(|| answer.clone())
        });
        let session = session(&fake).await;
        for _ in 0..2 {
            let found = organization::management_account(&session).await;
            let found = found.as_ref().map(|id| id.as_ref().map(AccountId::as_str));
            assert_eq!(found.map_err(Failure::kind), wanted);
        }
        let asked = fake.count("DescribeOrganization");
        assert_eq!(asked, if wanted.is_ok() { 1 } else { 2 }, "a failure is not kept");
    }
}

/// CBOR for the answers of `CloudWatch`: texts below 24 bytes, short lists and maps.
fn text(value: &str) -> Vec<u8> {
    let length = u8::try_from(value.len()).expect("a short text");
    assert!(length < 24, "{value}");
    [&[0x60 | length], value.as_bytes()].concat()
}

fn alarm(name: &str) -> Vec<u8> {
    [vec![0xa1], text("AlarmName"), text(name)].concat()
}

#[tokio::test]
async fn alarms_are_listed_by_prefix_and_read_by_name() {
    let fake = FakeAws::new(|call: &Call| {
        if call.operation != "DescribeAlarms" {
            return None;
        }
        assert!(call.body.contains("MetricAlarm") && call.body.contains("CompositeAlarm"));
        if call.body.contains("AlarmNamePrefix") {
            let metric = [text("MetricAlarms"), vec![0x82], alarm("h-a"), alarm("h-b")].concat();
            let both = [text("CompositeAlarms"), vec![0x81], alarm("h-c")].concat();
            return Some((200, [vec![0xa2], metric, both].concat()));
        }
        let known = if call.body.contains("imported") { vec![alarm("imported")] } else { vec![] };
        let count = u8::try_from(known.len()).expect("one at most");
        let metric = [text("MetricAlarms"), vec![0x80 | count], known.concat()].concat();
        Some((200, [vec![0xa1], metric].concat()))
    });
    let session = session(&fake).await;
    for name in ["h-a", "h-b"] {
        let found = alarms::find(&session, "h-", name).await.unwrap();
        assert!(matches!(found, Some(alarms::Alarm::Metric(_))), "{found:?}");
    }
    let composite = alarms::find(&session, "h-", "h-c").await.unwrap();
    assert!(matches!(composite, Some(alarms::Alarm::Composite(_))), "{composite:?}");
    assert_eq!(fake.count("DescribeAlarms"), 1);
    assert!(alarms::find(&session, "h-", "imported").await.unwrap().is_some());
    assert!(alarms::find(&session, "h-", "h-gone").await.unwrap().is_none());
    assert_eq!(fake.count("DescribeAlarms"), 3);
    alarms::written(&session, "h-", "h-a");
    assert!(alarms::find(&session, "h-", "h-a").await.unwrap().is_none());
    assert_eq!(fake.count("DescribeAlarms"), 4);
}
