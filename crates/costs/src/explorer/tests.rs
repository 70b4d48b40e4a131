use std::collections::BTreeMap;

use jiff::ToSpan;
use serde_json::{Value, json};

use super::*;
use crate::testing::{FakeAws, Reply};

const SHOP: &str = "111122223333";
const FEST: &str = "444455556666";

fn on(day: &str) -> Date {
    format!("2026-11-{day}").parse().expect("a day")
}

fn explorer(aws: &FakeAws, most: u32) -> Explorer {
    Explorer::new(aws.cost_explorer(), Arc::new(Calls::at_most(most)))
}

fn answered(value: &Value) -> Reply {
    let kind = "application/x-amz-json-1.1".to_owned();
    Reply(200, vec![("content-type", kind)], value.to_string().into_bytes())
}

fn refused(code: &str, message: &str) -> Reply {
    let body = json!({ "__type": code, "message": message });
    Reply(400, vec![("x-amzn-requestid", "r-1".to_owned())], body.to_string().into_bytes())
}

fn group(keys: [&str; 2], amount: &str) -> Value {
    json!({ "Keys": keys, "Metrics": { "UnblendedCost": { "Amount": amount, "Unit": "USD" } } })
}

fn result(day: &str, estimated: bool, groups: &[Value]) -> Value {
    let next = on(day).saturating_add(1.day()).to_string();
    let period = json!({ "Start": on(day).to_string(), "End": next });
    json!({ "TimePeriod": period, "Estimated": estimated, "Groups": groups, "Total": {} })
}

/// Whether a request asks for credits alone.
fn is_of_credits(asked: &Value) -> bool {
    asked["Filter"]["Dimensions"]["Key"] == "RECORD_TYPE"
}

#[tokio::test]
async fn charges_and_credits_of_all_pages_become_days() {
    let aws = FakeAws::new(|call| {
        let asked = call.json();
        if is_of_credits(&asked) {
            let credit = result("02", true, &[group([SHOP, "Amazon S3"], "-1.5")]);
            return answered(&json!({ "ResultsByTime": [credit] }));
        }
        let charges = &asked["Filter"]["Not"]["Dimensions"];
        assert_eq!(charges["Values"], json!(["Credit", "Refund"]));
        if asked["NextPageToken"].is_null() {
            let first = result("01", false, &[group([SHOP, "Amazon S3"], "4")]);
            let second = result("02", true, &[group([SHOP, "Amazon S3"], "2.25")]);
            let names = json!([{ "Value": SHOP, "Attributes": { "description": "shop" } }]);
            let page = json!({
                "ResultsByTime": [first, second], "NextPageToken": "more",
                "DimensionValueAttributes": names,
            });
            return answered(&page);
        }
        assert_eq!(asked["NextPageToken"], "more");
        let groups = [group([SHOP, "Tax"], "0.0000000001"), group([FEST, "Tax"], "0")];
        let rest = result("02", true, &[&groups[..], &[group(["", "Tax"], "7")]].concat());
        answered(&json!({ "ResultsByTime": [rest] }))
    });
    let explorer = explorer(&aws, 9);
    let answer = explorer.days(on("01"), on("02")).await.expect("an answer");

    let asked = aws.calls()[0].json();
    assert_eq!(asked["TimePeriod"], json!({ "Start": "2026-11-01", "End": "2026-11-03" }));
    assert_eq!((&asked["Granularity"], &asked["Metrics"]), (&"DAILY".into(), &json!([METRIC])));
    assert_eq!(explorer.calls().made(), 3);
    assert_eq!(answer.names[&SHOP.parse().unwrap()], "shop");
    assert_eq!(answer.estimated, BTreeMap::from([(on("01"), false), (on("02"), true)]));
    assert_eq!(answer.unassigned, "7".parse().unwrap());

    let known = answer.days.iter().map(|day| (day.month(), Vec::new())).collect();
    let merged = history::merge(&known, &answer.days, history::Labels::Keep).expect("merged");
    let records = merged.changed.into_values().flatten();
    let lines: Vec<String> = records
        .map(|one| {
            let history::Record { day, account, service, charges_usd, credits_usd, .. } = one;
            format!("{day} {account} {service} {charges_usd} {credits_usd} {}", one.estimated)
        })
        .collect();
    assert_eq!(
        lines,
        [
            "2026-11-01 111122223333 Amazon S3 4.00 0.00 false",
            "2026-11-02 111122223333 Amazon S3 2.25 -1.50 true",
            "2026-11-02 111122223333 Tax 0.0000000001 0.00 true",
            "2026-11-02 444455556666 No charges 0.00 0.00 true",
        ]
    );
}

#[tokio::test]
async fn no_page_is_asked_for_beyond_the_cap() {
    let aws = FakeAws::new(|_| answered(&json!({ "ResultsByTime": [], "NextPageToken": "on" })));
    let error = explorer(&aws, 3).days(on("01"), on("02")).await.expect_err("no end");
    assert_eq!(error.kind(), Kind::CallsUsedUp);
    assert!(error.to_string().contains("3 calls were made"), "{error}");
    assert_eq!(aws.calls().len(), 3);
}

#[tokio::test]
async fn refusals_say_what_they_mean() {
    for (code, kind, said) in [
        ("DataUnavailableException", Kind::NoData, "a day after it was enabled"),
        ("AccessDeniedException", Kind::Denied, "prefix `ce:`"),
        ("LimitExceededException", Kind::Throttled, "the next run"),
        ("ValidationException", Kind::Refused, "no such thing"),
    ] {
        let aws = FakeAws::new(move |_| refused(code, "no such thing."));
        let error = explorer(&aws, 9).sums(on("01"), on("02")).await.expect_err("a refusal");
        assert_eq!(
            (error.kind(), error.code(), error.request_id()),
            (kind, Some(code), Some("r-1"))
        );
        let told = error.to_string();
        assert!(told.starts_with(&format!("GetCostAndUsage: {code}: ")), "{told}");
        assert!(told.contains(said), "{told}");
    }
}

#[tokio::test]
async fn another_currency_is_no_figure() {
    let aws = FakeAws::new(|_| {
        let mut yuan = group([SHOP, "Amazon S3"], "4");
        yuan["Metrics"][METRIC]["Unit"] = "CNY".into();
        answered(&json!({ "ResultsByTime": [result("01", false, &[yuan])] }))
    });
    let error = explorer(&aws, 9).days(on("01"), on("01")).await.expect_err("yuan");
    assert_eq!(error.kind(), Kind::Unreadable);
    assert!(error.to_string().contains("CNY"), "{error}");
}

#[tokio::test]
async fn a_rise_is_explained_by_usage_type_and_region() {
    let aws = FakeAws::new(|call| {
        let asked = call.json();
        assert_eq!(asked["TimePeriod"], json!({ "Start": "2026-11-01", "End": "2026-11-05" }));
        let and = asked["Filter"]["And"].as_array().expect("parts");
        assert_eq!(and[0]["Dimensions"]["Values"], json!([SHOP]));
        assert_eq!(and[1]["Not"]["Dimensions"]["Key"], "RECORD_TYPE");
        let groups = asked["GroupBy"].as_array().expect("two").clone();
        let keys = groups.iter().map(|group| group["Key"].as_str().unwrap_or_default());
        let [first, second] = keys.collect::<Vec<_>>()[..] else { panic!("two") };
        let (steady, dear, tax) = if first == "SERVICE" {
            assert_eq!((second, and.len()), ("USAGE_TYPE", 2));
            (["Amazon EC2", "Steady"], ["Amazon EC2", "Dear"], ["Tax", "None"])
        } else {
            assert_eq!((first, second, and.len()), ("USAGE_TYPE", "REGION", 3));
            (["Steady", "eu-west-1"], ["Dear", "us-east-1"], ["None", "NoRegion"])
        };
        let days = [("01", "0", "0"), ("02", "1", "0"), ("03", "1", "0"), ("04", "30", "2")];
        let days = days.map(|(day, rare, tax_usd)| {
            let groups = [group(steady, "5"), group(dear, rare), group(tax, tax_usd)];
            result(day, false, &groups)
        });
        answered(&json!({ "ResultsByTime": days }))
    });
    let explorer = explorer(&aws, 9);
    let mut question = Question {
        account: SHOP.parse().unwrap(),
        services: vec!["Amazon EC2".into()],
        days: [on("04")].into(),
        before: [on("01"), on("02"), on("03")].into(),
    };
    let told = |reasons: Vec<Reason>| -> Vec<String> {
        let told = reasons.iter().map(|it| {
            let region = it.region.as_deref().unwrap_or("-");
            format!("{} {} {region} {}", it.service.as_str(), it.usage_type, it.extra_usd)
        });
        told.collect()
    };
    let reasons = explorer.reasons(&question).await.expect("reasons");
    assert_eq!(told(reasons), ["Amazon EC2 Dear us-east-1 29", "Amazon EC2 None - 2"]);
    question.services.clear();
    let reasons = explorer.reasons(&question).await.expect("reasons");
    assert_eq!(told(reasons), ["Amazon EC2 Dear - 29", "Tax None - 2"]);
    assert_eq!(explorer.calls().made(), 2);
}

#[tokio::test]
async fn what_carries_all_tags_is_summed() {
    let aws = FakeAws::new(|call| {
        let and = &call.json()["Filter"]["And"];
        assert_eq!(and[0]["Tags"], json!({ "Key": "event", "Values": ["autumn"] }));
        assert_eq!(and[1]["Tags"]["Key"], "team");
        let mut results = [result("01", false, &[]), result("02", true, &[])];
        for (result, amount) in results.iter_mut().zip(["1.5", "0.25"]) {
            result["Total"] = json!({ METRIC: { "Amount": amount, "Unit": "USD" } });
        }
        answered(&json!({ "ResultsByTime": results }))
    });
    let tags = [("event", "autumn"), ("team", "web")];
    let tags = tags.map(|(key, value)| (key.to_owned(), value.to_owned())).into();
    let usd = explorer(&aws, 1).tagged(&tags, on("01"), on("02")).await.expect("a sum");
    assert_eq!(usd, "1.75".parse().unwrap());
}

#[tokio::test]
async fn anomalies_are_read_and_told_that_they_were_planned() {
    let aws = FakeAws::new(|call| {
        let asked = call.json();
        if call
            .header("x-amz-target")
            .is_some_and(|target| target.ends_with("ProvideAnomalyFeedback"))
        {
            assert_eq!(asked, json!({ "AnomalyId": "a-1", "Feedback": "PLANNED_ACTIVITY" }));
            return answered(&json!({ "AnomalyId": "a-1" }));
        }
        assert_eq!(
            asked["DateInterval"],
            json!({ "StartDate": "2026-11-01", "EndDate": "2026-11-04" })
        );
        let score = json!({ "MaxScore": 1.0, "CurrentScore": 1.0 });
        let anomaly = |id: &str, feedback: Value| {
            json!({
                "AnomalyId": id, "AnomalyStartDate": "2026-11-02T00:00:00Z", "AnomalyScore": score,
                "Impact": { "MaxImpact": 1.0 }, "MonitorArn": "arn", "Feedback": feedback,
                "RootCauses": [{ "LinkedAccount": SHOP }, { "Service": "Tax" }],
            })
        };
        answered(
            &json!({ "Anomalies": [anomaly("a-1", Value::Null), anomaly("a-2", "YES".into())] }),
        )
    });
    let explorer = explorer(&aws, 2);
    let found = explorer.anomalies(on("01"), on("04")).await.expect("anomalies");
    let first = FoundAnomaly {
        id: "a-1".to_owned(),
        first_day: on("02"),
        last_day: None,
        accounts: [SHOP.parse().unwrap()].into(),
        has_feedback: false,
    };
    assert_eq!(found[0], first);
    assert!(found[1].has_feedback);
    explorer.was_planned("a-1").await.expect("told");
    assert_eq!(explorer.calls().left(), 0);
}
