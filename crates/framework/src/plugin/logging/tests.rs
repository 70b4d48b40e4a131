use std::sync::{Arc, Mutex};

use tracing::{debug, error, info, info_span, subscriber, trace, warn};

use super::*;

/// Runs `body` under a layer of the given level and returns what it wrote.
fn lines(level: LevelFilter, targets: &'static [&'static str], body: impl FnOnce()) -> Vec<Value> {
    let written = Arc::new(Mutex::new(String::new()));
    let sink = Arc::clone(&written);
    let write = move |line: &str| sink.lock().expect("not poisoned").push_str(line);
    let subscriber = Registry::default().with(Hclog { level, targets, write });
    subscriber::with_default(subscriber, body);
    let written = written.lock().expect("not poisoned");
    written.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[test]
fn events_carry_their_fields_and_those_of_their_spans() {
    let lines = lines(LevelFilter::TRACE, &[], || {
        let outer = info_span!("call", tf_rpc = "Read", attempt = 1, late = tracing::field::Empty);
        outer.record("late", true);
        let _outer = outer.enter();
        let _inner = info_span!("step", attempt = 2).entered();
        info!(bytes = 12_u64, ratio = 0.5, what = ?Some(1), "Read {} things.", 3);
    });
    assert_eq!(lines.len(), 1);
    let line = &lines[0];
    assert_eq!(line["@message"], "Read 3 things.");
    assert_eq!(line["@level"], "info");
    assert!(line["@module"].as_str().expect("a string").starts_with("framework::plugin::logging"));
    assert_eq!(line["tf_rpc"], "Read");
    assert_eq!(line["attempt"], 2, "the inner span wins");
    assert_eq!(line["late"], true);
    assert_eq!(line["bytes"], 12);
    assert_eq!(line["ratio"], 0.5);
    assert_eq!(line["what"], "Some(1)");
}

#[test]
fn hostile_field_names_stay_fields() {
    let lines = lines(LevelFilter::TRACE, &[], || {
        error!("@message" = 5, "@level" = 3, "@timestamp" = 12, "Text.");
    });
    for key in ["@message", "@level", "@timestamp"] {
        assert!(lines[0][key].is_string(), "{key}");
    }
    assert_eq!(lines[0]["@message"], "Text.");
    assert_eq!(lines[0]["level"], 3);
}

#[test]
fn message_that_is_a_number_becomes_a_string() {
    let lines = lines(LevelFilter::TRACE, &[], || info!(message = 5));
    assert_eq!(lines[0]["@message"], "5");
}

#[test]
fn level_limits_what_is_written() {
    let everything = || {
        trace!("a");
        debug!("b");
        info!("c");
        warn!("d");
        error!("e");
    };
    for (level, count) in [
        (LevelFilter::OFF, 0),
        (LevelFilter::ERROR, 1),
        (LevelFilter::WARN, 2),
        (LevelFilter::INFO, 3),
        (LevelFilter::DEBUG, 4),
        (LevelFilter::TRACE, 5),
    ] {
        assert_eq!(lines(level, &[], everything).len(), count, "{level}");
    }
}

#[test]
fn other_crates_are_heard_from_warnings_up() {
    let lines = lines(LevelFilter::TRACE, &["mine"], || {
        trace!(target: "mine::part", "own");
        debug!(target: "minetest", "only looks like it");
        debug!(target: "hyper::client", headers = "authorization: secret", "request");
        warn!(target: "hyper::client", "failure");
    });
    let messages: Vec<_> = lines.iter().map(|line| line["@message"].clone()).collect();
    assert_eq!(messages, ["own", "failure"]);
}
