use std::sync::{Arc, Mutex};

use super::*;
use crate::bucket::Bucket;
use crate::testing::{Call, FakeAws, Reply};

const ACCOUNT: &str = "111122223333";
const FIRST: Date = Date::constant(2026, 10, 31);

/// A bucket that S3 keeps: objects with the number of their writing, by path.
type Objects = Arc<Mutex<BTreeMap<String, (Vec<u8>, u32)>>>;

fn s3(objects: &Objects) -> FakeAws {
    let objects = Arc::clone(objects);
    FakeAws::new(move |call| serve(&objects, call))
}

fn error(status: u16, code: &str) -> Reply {
    let body = format!("<Error><Code>{code}</Code><Message>no</Message></Error>");
    Reply(status, Vec::new(), body.into_bytes())
}

fn serve(objects: &Objects, call: &Call) -> Reply {
    let mut objects = objects.lock().expect("unlocked");
    let (path, query) = call.uri.split_once('?').unwrap_or((&call.uri, ""));
    let key = path.split(".com/").nth(1).unwrap_or_default().to_owned();
    let key = key.trim_start_matches("bucket/").replace("%3D", "=");
    if query.contains("list-type=2") {
        let keys = objects.keys().map(|key| format!("<Contents><Key>{key}</Key></Contents>"));
        let keys: String = keys.collect();
        return Reply(
            200,
            Vec::new(),
            format!("<ListBucketResult>{keys}</ListBucketResult>").into(),
        );
    }
    let known = objects.get(&key).cloned();
    let tag = known.as_ref().map(|(_, number)| format!("\"{number}\""));
    if call.method == "GET" {
        return match known {
            Some((bytes, number)) => Reply(200, vec![("etag", format!("\"{number}\""))], bytes),
            None => error(404, "NoSuchKey"),
        };
    }
    let goes = match call.header("if-match") {
        Some(wanted) => tag.as_deref() == Some(wanted),
        None => call.header("if-none-match") == Some("*") && tag.is_none(),
    };
    if !goes {
        return error(412, "PreconditionFailed");
    }
    let number = known.map_or(1, |(_, number)| number + 1);
    objects.insert(key, (call.body.clone(), number));
    Reply(200, vec![("etag", format!("\"{number}\""))], Vec::new())
}

fn months(aws: &FakeAws) -> Months {
    Months::new(Bucket::new(aws.s3(), "bucket"), "hinomi/")
}

fn answer(day: Date, usd: &str) -> AccountDay {
    let mut answer = AccountDay::of(day, ACCOUNT.parse().unwrap(), false);
    answer.add("Amazon S3", usd.parse().unwrap());
    answer
}

#[tokio::test]
async fn answers_are_written_once_and_read_again() {
    let objects = Objects::default();
    let aws = s3(&objects);
    let months = months(&aws);
    let answers = [answer(FIRST, "1.5"), answer(FIRST.tomorrow().unwrap(), "2")];
    let mut ledger = Ledger::new(&months);
    let recorded = ledger.record(&answers, Labels::Keep).await.expect("recorded");
    assert_eq!((recorded.new_days, recorded.months.len()), (2, 2));
    let keys: Vec<String> = objects.lock().unwrap().keys().cloned().collect();
    assert_eq!(
        keys,
        ["hinomi/costs/month=2026-10/costs.parquet", "hinomi/costs/month=2026-11/costs.parquet"]
    );
    let before = objects.lock().unwrap().clone();
    for mut ledger in [ledger, Ledger::new(&months)] {
        let again = ledger.record(&answers, Labels::Keep).await.expect("recorded");
        assert_eq!(again, Recorded::default());
        assert_eq!(ledger.records().count(), 2);
    }
    assert_eq!(*objects.lock().unwrap(), before);

    let mut read = Ledger::new(&months);
    read.read(FIRST, Date::constant(2026, 12, 1)).await.expect("read");
    let charges: Vec<String> = read.records().map(|it| it.charges_usd.to_string()).collect();
    assert_eq!(charges, ["1.50", "2.00"]);
    let found: Vec<String> =
        months.list().await.expect("listed").iter().map(ToString::to_string).collect();
    assert_eq!(found, ["2026-10", "2026-11"]);
}

#[tokio::test]
async fn what_another_wrote_meanwhile_stays() {
    let objects = Objects::default();
    let aws = s3(&objects);
    let months = months(&aws);
    let (mut one, mut other) = (Ledger::new(&months), Ledger::new(&months));
    for ledger in [&mut one, &mut other] {
        ledger.read(FIRST, FIRST).await.expect("read");
    }
    let yesterday = FIRST.yesterday().unwrap();
    one.record(&[answer(FIRST, "1")], Labels::Keep).await.expect("recorded");
    let recorded = other.record(&[answer(yesterday, "2")], Labels::Keep).await.expect("recorded");
    assert_eq!(recorded.new_days, 1);
    let charges: Vec<String> = other.records().map(|it| it.charges_usd.to_string()).collect();
    assert_eq!(charges, ["2.00", "1.00"]);
}

#[tokio::test]
async fn endless_races_end_with_an_error() {
    let aws = FakeAws::new(|call| match call.method.as_str() {
        "GET" => error(404, "NoSuchKey"),
        _ => error(409, "ConditionalRequestConflict"),
    });
    let months = months(&aws);
    let error = Ledger::new(&months).record(&[answer(FIRST, "1")], Labels::Keep).await;
    let error = error.expect_err("it is never written");
    assert_eq!(error.kind(), Kind::Contended);
    assert_eq!(aws.calls().len(), 10);
}

#[tokio::test]
async fn only_an_absent_object_is_no_month() {
    for (status, code, kind, said) in [
        (403, "AccessDenied", Kind::Denied, "s3:ListBucket"),
        (404, "NoSuchBucket", Kind::NoBucket, "NoSuchBucket"),
        (503, "SlowDown", Kind::Throttled, "next run"),
        (500, "InternalError", Kind::Unavailable, "InternalError"),
    ] {
        let aws = FakeAws::new(move |_| error(status, code));
        let error = months(&aws).read(Month::of(FIRST)).await.expect_err("no answer");
        assert_eq!(error.kind(), kind, "{code}");
        assert!(error.to_string().contains(said), "{error}");
    }
    let aws = FakeAws::new(|_| Reply(200, vec![("etag", "\"1\"".to_owned())], b"PAR1?".to_vec()));
    let error = months(&aws).read(Month::of(FIRST)).await.expect_err("no Parquet");
    assert_eq!(error.kind(), Kind::Unreadable);
    assert!(error.to_string().contains("hinomi/costs/month=2026-10"), "{error}");
}
