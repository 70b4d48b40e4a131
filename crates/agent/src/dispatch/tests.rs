use super::*;
use contract::check::Check;

fn record(id: &str) -> Value {
    json!({
        "messageId": id,
        "receiptHandle": format!("handle of {id}"),
        "body": "{}",
        "attributes": { "ApproximateReceiveCount": "2", "SentTimestamp": "1523232000000",
            "SenderId": "123456789012", "ApproximateFirstReceiveTimestamp": "1523232000001" },
        "messageAttributes": {},
        "md5OfBody": "{{{md5_of_body}}}",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:relay",
        "awsRegion": "us-east-1",
    })
}

fn records(ids: &[&str]) -> Vec<Record> {
    let values = ids.iter().map(|id| serde_json::from_value(record(id)));
    values.collect::<Result<_, _>>().expect("records")
}

fn refused(event: Value) -> String {
    Event::read(event).expect_err("no event of ours").to_string()
}

#[test]
fn a_batch_of_the_queue_is_read() {
    let event = Event::read(json!({ "Records": [record("1"), record("2")] })).expect("a batch");
    let Event::Batch(records) = event else { panic!("{event:?}") };
    let seen: Vec<&str> = records.iter().map(|record| record.message_id.as_str()).collect();
    assert_eq!(seen, ["1", "2"]);
    assert_eq!(records[0].attributes.approximate_receive_count, "2");
    assert_eq!(records[0].queue_arn, "arn:aws:sqs:us-east-1:123456789012:relay");
}

#[test]
fn a_run_of_a_check_is_read() {
    let event = Event::read(json!({
        "hinomi": "probe", "monitor": "shop", "location": "home",
        "check": { "tcp": { "host": "example.com", "port": 443, "timeout_milliseconds": 5000 } },
        "timeout_milliseconds": 10000, "retries": 0, "interval_seconds": 60,
        "home": { "account": "111122223333", "region": "us-east-1" },
        "scheduled_time": "2026-01-01T00:00:00Z",
    }));
    let Event::Probe(run) = event.expect("a run") else { panic!("not a run") };
    assert!(matches!(run.check, Check::Tcp(_)));
}

#[test]
fn a_stranger_is_told_what_is_expected_and_its_values_are_not_repeated() {
    let cases = [
        (json!({ "password": "hunter2" }), "its keys are password"),
        (json!({}), "it is empty"),
        (json!([1]), "it is a list"),
        (json!("hunter2"), "it is a text"),
        (json!(null), "it is null"),
        (json!({ "hinomi": "dance" }), "its `hinomi` is `dance`"),
        (json!({ "Records": [{ "EventSource": "aws:sns", "Sns": {} }] }), "`nothing`"),
        (json!({ "Records": [record("1"), { "eventSource": "aws:s3" }] }), "`aws:s3`"),
    ];
    for (event, said) in cases {
        let text = refused(event);
        assert!(text.contains(said) && text.contains("expected are"), "{text}");
        assert!(!text.contains("hunter2"), "{text}");
    }
}

#[test]
fn an_event_that_isn_t_what_it_says_is_told_so() {
    let text = refused(json!({ "hinomi": "probe", "monitor": "shop" }));
    assert!(text.contains("a run of a check") && text.contains("missing field"), "{text}");
    let text = refused(json!({ "Records": [{ "eventSource": "aws:sqs", "messageId": "1" }] }));
    assert!(text.contains("messages of an SQS queue"), "{text}");
}

#[tokio::test]
async fn a_message_that_panics_holds_back_no_other() {
    let told = std::sync::Mutex::new(Vec::new());
    let tell = |records: Vec<Record>| async {
        for record in records {
            assert_ne!(record.message_id, "2", "the relay stumbles over this one");
            told.lock().expect("unlocked").push(record.message_id);
        }
        Vec::new()
    };
    let failed = alone_if_it_panics(records(&["1", "2", "3"]), tell).await;
    assert_eq!(failed, ["2"]);
    let told = told.into_inner().expect("unlocked");
    assert!(told.contains(&"1".to_owned()) && told.contains(&"3".to_owned()), "{told:?}");
}

#[tokio::test]
async fn failures_of_a_batch_are_reported_one_by_one() {
    let tell = |records: Vec<Record>| async move { vec![records[1].message_id.clone()] };
    let failed = alone_if_it_panics(records(&["1", "2"]), tell).await;
    assert_eq!(failures(&failed), json!({ "batchItemFailures": [{ "itemIdentifier": "2" }] }));
    assert_eq!(failures(&[]), json!({ "batchItemFailures": [] }));
}

#[test]
fn the_deadline_is_the_context_s_less_a_reserve() {
    let clients = Clients::from_environment();
    let in_ten_seconds = SystemTime::now() + Duration::from_secs(10);
    let since_1970 = in_ten_seconds.duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    let mut context = Context::default();
    context.deadline = u64::try_from(since_1970.as_millis()).expect("a time of this age");
    let left = invocation(&clients, &context).deadline - Instant::now();
    assert!(left > Duration::from_secs(9) && left <= Duration::from_millis(9_500), "{left:?}");
    // One that has passed leaves no time, and is no panic.
    context.deadline = 1;
    assert!(invocation(&clients, &context).deadline <= Instant::now());
}

/// The files that `cargo dev invoke` is shown with.
#[test]
fn the_examples_are_events() {
    let read = |text| Event::read(serde_json::from_str(text).expect("JSON")).expect("an event");
    let probe = include_str!("../../../../examples/events/probe.json");
    assert!(matches!(read(probe), Event::Probe(_)));
    let alarm = include_str!("../../../../examples/events/alarm.json");
    let Event::Batch(records) = read(alarm) else { panic!("not a batch") };
    let envelope: Value = serde_json::from_str(&records[0].body).expect("an envelope of SNS");
    let alarm: Value =
        serde_json::from_str(envelope["Message"].as_str().unwrap_or_default()).expect("an alarm");
    let description = alarm["AlarmDescription"].as_str().unwrap_or_default();
    let (text, trailer) = contract::trailer::Trailer::split(description);
    assert_eq!(text, "The checkout does not answer.");
    assert_eq!(trailer.expect("its last line").monitor, "checkout");
}
