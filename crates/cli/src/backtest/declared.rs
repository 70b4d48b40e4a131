//! What is declared beside the costs, in TOML files: rules and events.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::Range;
use std::path::Path;

use contract::account::AccountId;
use contract::cost::{PlannedEvent, ServiceName};
use contract::spike::{InvalidRule, Rules};
use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::{Spanned, Value};

use super::sheet;
use crate::failure::{Failure, Problem};

/// A file and its text.
struct Document {
    file: String,
    text: String,
}

/// Reads the rules.
pub(super) fn rules(path: &Path) -> Result<Rules, Failure> {
    let document = Document::read(path)?;
    let rules: Rules = document.parse()?;
    rules.validate().map_err(|invalid| {
        let keys: BTreeMap<Spanned<String>, Value> = document.parse().unwrap_or_default();
        let problem = |rule: &InvalidRule| {
            let key = keys.keys().find(|key| key.get_ref() == rule.key);
            document.problem(key.map(Spanned::span), rule.to_string())
        };
        Failure::Invalid(invalid.iter().map(problem).collect())
    })?;
    Ok(rules)
}

/// The events of a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Events {
    events: BTreeMap<String, Event>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Event {
    start: Spanned<Value>,
    end: Spanned<Value>,
    #[serde(default)]
    accounts: BTreeSet<AccountId>,
    #[serde(default)]
    services: BTreeSet<ServiceName>,
}

/// Reads the events.
pub(super) fn events(path: &Path) -> Result<Vec<PlannedEvent>, Failure> {
    let document = Document::read(path)?;
    let Events { events } = document.parse()?;
    let read = events.into_iter().map(|(name, event)| {
        let date = |key: &str, value: &Spanned<Value>| {
            date(value.get_ref()).map_err(|what| {
                document.problem(Some(value.span()), format!("`events.{name}.{key}`: {what}"))
            })
        };
        let (start, end) = (date("start", &event.start)?, date("end", &event.end)?);
        let planned = PlannedEvent::of(&name, start, end)
            .map_err(|error| document.problem(Some(event.end.span()), error.to_string()))?;
        Ok(PlannedEvent { accounts: event.accounts, services: event.services, ..planned })
    });
    read.collect::<Result<_, Problem>>().map_err(|problem| Failure::Invalid(vec![problem]))
}

/// A day, as TOML's own date or as a text.
fn date(value: &Value) -> Result<Date, String> {
    match value {
        Value::Datetime(date) => sheet::date(&date.to_string()),
        Value::String(text) => sheet::date(text),
        Value::Integer(_)
        | Value::Float(_)
        | Value::Boolean(_)
        | Value::Array(_)
        | Value::Table(_) => {
            Err(format!("is of type {}; write a day, such as 2026-03-02", value.type_str()))
        }
    }
}

impl Document {
    fn read(path: &Path) -> Result<Self, Failure> {
        let file = path.display().to_string();
        match fs::read_to_string(path) {
            Ok(text) => Ok(Self { file, text }),
            Err(error) => {
                let what = format!("can't be read: {error}");
                Err(Failure::Invalid(vec![Problem::of(&file, what)]))
            }
        }
    }

    fn parse<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        toml::from_str(&self.text).map_err(|error| {
            let what = error.message().replace("expected f64", "expected a number");
            let what = what.replace("expected u32", "expected a whole number");
            Failure::Invalid(vec![self.problem(error.span(), what)])
        })
    }

    /// A problem at a place of the text, given in bytes.
    fn problem(&self, place: Option<Range<usize>>, what: String) -> Problem {
        let line = place.and_then(|place| {
            let before = self.text.get(..place.start)?;
            u64::try_from(before.matches('\n').count() + 1).ok()
        });
        Problem { line, ..Problem::of(&self.file, what) }
    }
}
