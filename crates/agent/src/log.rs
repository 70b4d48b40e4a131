//! What the function says in its log: one small JSON object a line, on standard error.
//!
//! Standard output carries only what a check measured, so that metrics are never mixed with words.
//! `CloudWatch` Logs adds the time and Lambda the id of the call, so neither is repeated here.

use std::{
    fmt,
    io::{self, Write},
};

use serde_json::{Map, Value};
use tracing::{
    Event, Level, Subscriber,
    field::{Field, Visit},
    subscriber::set_global_default,
};
use tracing_subscriber::{
    Layer,
    filter::Targets,
    layer::{Context, SubscriberExt},
    registry,
};

/// Writes from now on. A second call changes nothing.
///
/// Hinomi's own lines from `INFO`; those of libraries from `WARN`, since the AWS SDK tells each of
/// its steps, and Lambda's storage for logs has a price.
pub fn start() {
    let wanted = Targets::new()
        .with_default(Level::WARN)
        .with_targets([("hinomi_agent", Level::INFO), ("discord", Level::INFO)]);
    // The only error is that there is a subscriber already.
    let _ = set_global_default(registry().with(JsonLines.with_filter(wanted)));
}

struct JsonLines;

impl<S: Subscriber> Layer<S> for JsonLines {
    fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
        let mut line = Line(Map::new());
        line.0.insert("level".to_owned(), event.metadata().level().as_str().into());
        event.record(&mut line);
        let mut text = Value::Object(line.0).to_string();
        text.push('\n');
        // One write, so that lines stay whole; nobody is left to tell when it fails.
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }
}

struct Line(Map<String, Value>);

impl Line {
    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Line {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.put(field, value.to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    /// Keeps the lines that [`JsonLines`] would write.
    struct Kept(Arc<Mutex<Vec<Value>>>);

    impl<S: Subscriber> Layer<S> for Kept {
        fn on_event(&self, event: &Event<'_>, _context: Context<'_, S>) {
            let mut line = Line(Map::new());
            event.record(&mut line);
            self.0.lock().expect("unlocked").push(Value::Object(line.0));
        }
    }

    #[test]
    fn fields_keep_their_kinds() {
        let kept = Arc::default();
        let subscriber = registry().with(Kept(Arc::clone(&kept)));
        tracing::subscriber::with_default(subscriber, || {
            let error = io::Error::other("the reason");
            tracing::info!(
                records = 3_u64,
                change = -1_i64,
                whole = true,
                who = "bell",
                other = ?Some(1),
                error = &error as &dyn std::error::Error,
                "Told {}.", "it"
            );
        });
        let expected = serde_json::json!({
            "records": 3, "change": -1, "whole": true, "who": "bell", "other": "Some(1)",
            "error": "the reason", "message": "Told it.",
        });
        assert_eq!(*kept.lock().expect("unlocked"), [expected]);
    }
}
