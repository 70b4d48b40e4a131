use serde_json::json;
use tokio::task::JoinSet;

use super::*;
use crate::aws::Settings;
use crate::aws::testing::{Call, FakeAws};
use crate::pricing::{Item, Usd};

const DENIED: &str = r#"{"__type":"AccessDeniedException","message":"no"}"#;

fn canary(region: &str) -> String {
    json!({
        "product": { "attributes": { "usagetype": "APN1-CW:Canary-runs", "regionCode": region } },
        "serviceCode": "AmazonCloudWatch",
        "terms": { "OnDemand": { "A.B": { "priceDimensions": { "A.B.C": {
            "unit": "Runs", "beginRange": "0", "pricePerUnit": { "USD": "0.0019000000" },
        } } } } },
    })
    .to_string()
}

/// The second page of the service that has the canary; the others have no product.
fn listed(call: &Call) -> Option<(u16, Vec<u8>)> {
    if call.operation != "GetProducts" {
        return None;
    }
    let body: serde_json::Value = serde_json::from_str(&call.body).expect("JSON");
    assert_eq!(body["Filters"][0]["Field"], "regionCode");
    let region = body["Filters"][0]["Value"].as_str().expect("a region");
    let answer = match (body["ServiceCode"].as_str(), body["NextToken"].as_str()) {
        (Some("AmazonCloudWatch"), None) => json!({ "PriceList": [], "NextToken": "more" }),
        (Some("AmazonCloudWatch"), Some(_)) => json!({ "PriceList": [canary(region)] }),
        _ => json!({ "PriceList": [] }),
    };
    Some((200, answer.to_string().into_bytes()))
}

fn refusing(status: u16, body: &'static str) -> FakeAws {
    FakeAws::new(move |call| {
        (call.operation == "GetProducts").then(|| (status, body.as_bytes().to_vec()))
    })
}

fn aws(fake: &FakeAws) -> Aws {
    fake.aws(Settings { region: Some(region("eu-west-1")), ..Settings::default() })
}

fn region(name: &str) -> Region {
    name.parse().expect("a region")
}

fn wanted() -> Given {
    Given::from([(Item::CanaryRun, Usd::from_hundredths_of_cents(19))])
}

async fn asked(lists: &PriceLists, fake: &FakeAws) -> Result<Given, Failure> {
    lists.of(&aws(fake), &Target::default(), &region("ap-northeast-1")).await
}

#[tokio::test]
async fn many_monitors_ask_once_for_a_region() {
    let fake = FakeAws::new(listed);
    let (lists, aws) = (Arc::new(PriceLists::new(None)), aws(&fake));
    let mut tasks = JoinSet::new();
    for index in 0..40 {
        let (lists, aws) = (Arc::clone(&lists), aws.clone());
        let region = region(if index % 2 == 0 { "ap-northeast-1" } else { "eu-west-1" });
        tasks.spawn(async move { lists.of(&aws, &Target::default(), &region).await });
    }
    for answer in tasks.join_all().await {
        assert_eq!(answer.expect("listed"), wanted());
    }
    // Four services, one of them on two pages, in each of two regions.
    assert_eq!(fake.count("GetProducts"), 10);
    let calls = fake.calls();
    let scopes: Vec<_> = calls.iter().filter(|call| call.operation == "GetProducts").collect();
    assert!(scopes.iter().all(|call| call.scope == "us-east-1/pricing"), "{scopes:?}");
}

#[tokio::test]
async fn the_next_run_asks_the_disk() {
    let root = tempfile::tempdir().expect("a folder");
    let lists = || PriceLists::new(Some(root.path().join("prices")));
    let fake = FakeAws::new(listed);
    assert_eq!(asked(&lists(), &fake).await.expect("listed"), wanted());
    let silent = refusing(400, DENIED);
    assert_eq!(asked(&lists(), &silent).await.expect("kept"), wanted());
    assert!(silent.calls().is_empty());
}

#[tokio::test]
async fn a_refusal_is_told_to_all_and_forgotten_at_the_end() {
    let root = tempfile::tempdir().expect("a folder");
    let lists = || PriceLists::new(Some(root.path().join("prices")));
    let (one, denied) = (lists(), refusing(400, DENIED));
    for _ in 0..3 {
        assert_eq!(asked(&one, &denied).await.expect_err("denied").kind(), Kind::Denied);
    }
    assert!(denied.count("GetProducts") <= list::SERVICES.len(), "each service at most once");
    assert_eq!([one.may_warn(), one.may_warn()], [true, false]);
    let fake = FakeAws::new(listed);
    assert_eq!(asked(&lists(), &fake).await.expect("allowed now"), wanted());
}

/// Time is skipped: the SDK's pauses between its attempts are longer than a plan's patience.
#[tokio::test(start_paused = true)]
async fn a_silence_lasts_until_the_apply() {
    let root = tempfile::tempdir().expect("a folder");
    let lists = || PriceLists::new(Some(root.path().join("prices")));
    let started = tokio::time::Instant::now();
    let (one, silent) = (lists(), refusing(503, "{}"));
    let failure = asked(&one, &silent).await.expect_err("silent");
    // Nearly always the patience ends first; the SDK's pauses are random, and rarely that short.
    let is_late = failure.kind() == Kind::Timeout;
    assert!(is_late || failure.kind() == Kind::Unavailable, "{failure}");
    let calls = silent.calls().len();
    let elsewhere = |lists: PriceLists, aws: Aws| async move {
        lists.of(&aws, &Target::default(), &region("eu-west-1")).await
    };
    elsewhere(one, aws(&silent)).await.expect_err("silent for all regions");
    assert!(!is_late || silent.calls().len() == calls, "the patience is spent once");
    assert!(started.elapsed() < PATIENCE + Duration::from_secs(1), "{:?}", started.elapsed());

    let fake = FakeAws::new(listed);
    let failure = asked(&lists(), &fake).await.expect_err("as it was planned");
    assert_eq!(failure.kind(), Kind::Unavailable);
    assert!(failure.message().contains("asked again 15 minutes after"), "{failure}");
    elsewhere(lists(), aws(&fake)).await.expect_err("as it was planned there");
    assert!(fake.calls().is_empty());
}
