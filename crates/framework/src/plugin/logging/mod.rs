//! Logs for Terraform: JSON lines on standard error in the form of hclog.
//!
//! Terraform sorts the lines by their level and writes those that `TF_LOG` and `TF_LOG_PROVIDER` ask
//! for. The provider reads the same variables and stays silent unless asked, so that a normal run
//! costs nothing. The format is that of <https://github.com/hashicorp/go-hclog>, read by
//! <https://github.com/hashicorp/go-plugin/blob/main/log_entry.go>.

mod level;
mod line;

use std::env;
use std::fmt;
use std::io::{self, Write};

use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber, subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::registry::{LookupSpan, Registry, Scope};

use self::line::Line;
use super::ServeOptions;

/// Events of this crate are logged like the provider's own.
const OWN_TARGET: &str = env!("CARGO_CRATE_NAME");

/// Sends this process's events to standard error, at the level that the environment asks for.
pub(crate) fn install(options: &ServeOptions) {
    let level = level::wanted(options.name(), |name| env::var(name).ok());
    if level == LevelFilter::OFF {
        return;
    }
    let layer = Hclog { level, targets: options.log_targets, write: write_to_stderr };
    // Somebody's own subscriber, if there is one, stays.
    let _ = subscriber::set_global_default(Registry::default().with(layer));
}

/// One write for one line, so that lines of several threads don't mix.
fn write_to_stderr(line: &str) {
    let _ = io::stderr().lock().write_all(line.as_bytes());
}

/// A layer that writes each event as one line.
struct Hclog<W> {
    level: LevelFilter,
    targets: &'static [&'static str],
    write: W,
}

impl<W> Hclog<W> {
    fn wants(&self, metadata: &Metadata<'_>) -> bool {
        let own = is_within(metadata.target(), OWN_TARGET)
            || self.targets.iter().any(|prefix| is_within(metadata.target(), prefix));
        let limit = if own { self.level } else { self.level.min(LevelFilter::WARN) };
        *metadata.level() <= limit
    }
}

/// Whether `target` is the crate or module `prefix`, or lies below it.
fn is_within(target: &str, prefix: &str) -> bool {
    target.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

impl<S, W> Layer<S> for Hclog<W>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    W: Fn(&str) + 'static,
{
    fn enabled(&self, metadata: &Metadata<'_>, _context: Context<'_, S>) -> bool {
        self.wants(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level)
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        span.extensions_mut().insert(fields);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(fields) = span.extensions_mut().get_mut::<Fields>() {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Map::new();
        // From the outermost span to the event: what is nearer wins.
        for span in context.event_scope(event).into_iter().flat_map(Scope::from_root) {
            if let Some(Fields(own)) = span.extensions().get::<Fields>() {
                fields.extend(own.clone());
            }
        }
        let mut own = Fields::default();
        event.record(&mut own);
        let message = match own.0.remove("message") {
            Some(Value::String(message)) => message,
            Some(other) => other.to_string(),
            None => String::new(),
        };
        fields.extend(own.0);
        let metadata = event.metadata();
        let line = Line::now(word(*metadata.level()), metadata.target(), message, fields);
        (self.write)(&line.encode());
    }
}

fn word(level: Level) -> &'static str {
    match level {
        Level::TRACE => "trace",
        Level::DEBUG => "debug",
        Level::INFO => "info",
        Level::WARN => "warn",
        Level::ERROR => "error",
    }
}

/// The fields of a span or an event, by name.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl Fields {
    fn insert(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.insert(field, format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.insert(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.insert(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.insert(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.insert(field, value);
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.insert(field, value);
    }
}

#[cfg(test)]
mod tests;
