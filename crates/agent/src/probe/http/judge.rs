//! Whether an answer is as it must be.

use std::borrow::Cow;

use contract::check::{Assertion, LONGEST_MATCHED, StatusRange, TextRule, expression};
use serde_json::Value;
use serde_json_path::JsonPath;

use super::exchange::{Answer, LARGEST_BODY};
use crate::probe::told::Hidden;

/// What was seen of a target.
pub(super) struct Seen<'a> {
    /// The answer.
    pub(super) answer: &'a Answer,
    /// How long the attempt took.
    pub(super) milliseconds: f64,
    /// Remaining days of the certificate, if there was one.
    pub(super) tls_days_left: Option<i64>,
    /// What must not be told.
    pub(super) hidden: &'a Hidden,
}

/// A value that a rule is for, and the name that people know it by.
struct Subject<'a> {
    name: String,
    /// The texts that it has: of a JSON path as many as it finds, and none where nothing is there.
    texts: Vec<Cow<'a, str>>,
    /// Whether a text of it is short enough to be shown.
    is_shown: bool,
}

/// Judges by every assertion; the error is one sentence without a full stop, about the first that
/// doesn't hold.
pub(super) fn judge(assertions: &[Assertion], seen: &Seen<'_>) -> Result<(), String> {
    let mut json = None;
    let mut problems = assertions.iter().filter_map(|assertion| {
        let problem = judge_one(assertion, seen, &mut json).err()?;
        Some(seen.hidden.out_of(&problem))
    });
    let Some(first) = problems.next() else { return Ok(()) };
    Err(match problems.count() {
        0 => first,
        1 => format!("{first}; one more assertion doesn't hold"),
        more => format!("{first}; {more} more assertions don't hold"),
    })
}

/// A body is parsed once, however many parts of it are asserted.
type Parsed = Option<Result<Value, String>>;

fn judge_one(assertion: &Assertion, seen: &Seen<'_>, json: &mut Parsed) -> Result<(), String> {
    let answer = seen.answer;
    match assertion {
        Assertion::Status(range) => judge_status(*range, answer.status.as_u16()),
        Assertion::ResponseTimeBelow(limit) => judge_time(*limit, seen.milliseconds),
        Assertion::Header { name, rule } => {
            let values = answer.headers.get_all(name.as_str()).iter();
            let values: Vec<_> =
                values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
            // Values of one header in several lines are one list (RFC 9110, section 5.3).
            let texts = if values.is_empty() { vec![] } else { vec![values.join(", ").into()] };
            let name = format!("the header `{name}`");
            judge_text(rule, &Subject { name, texts, is_shown: true }, seen.hidden)
        }
        Assertion::Body(rule) => {
            whole(answer)?;
            let text = String::from_utf8_lossy(&answer.body);
            let texts = if text.is_empty() && matches!(rule, TextRule::Exists(_)) {
                vec![]
            } else {
                vec![text]
            };
            let name = "the body".to_owned();
            judge_text(rule, &Subject { name, texts, is_shown: false }, seen.hidden)
        }
        Assertion::Json { path, rule } => {
            whole(answer)?;
            let json = json.get_or_insert_with(|| parse(&answer.body)).as_ref();
            judge_json(path, rule, json.map_err(Clone::clone)?, seen.hidden)
        }
        Assertion::TlsDaysLeftAtLeast(days) => judge_days_left(*days, seen.tls_days_left),
    }
}

fn judge_status(range: StatusRange, status: u16) -> Result<(), String> {
    if (range.least()..=range.most()).contains(&status) {
        return Ok(());
    }
    let within = if range.least() == range.most() { "" } else { "in " };
    Err(format!("status {status} is not {within}{range}"))
}

fn judge_time(limit: u64, milliseconds: f64) -> Result<(), String> {
    #[expect(clippy::cast_precision_loss, reason = "a limit is far below 2^52 milliseconds")]
    let is_below = milliseconds < limit as f64;
    if is_below {
        return Ok(());
    }
    Err(format!("the answer took {milliseconds:.0} ms and not less than {limit} ms"))
}

/// Whether a certificate is valid for long enough.
pub(in crate::probe) fn judge_days_left(days: u32, left: Option<i64>) -> Result<(), String> {
    match left {
        None => Err("there is no certificate whose days could be counted".to_owned()),
        Some(left) if left >= i64::from(days) => Ok(()),
        Some(left) => {
            let unit = if left == 1 { "day" } else { "days" };
            Err(format!("the certificate expires in {left} {unit}, which is less than {days}"))
        }
    }
}

fn whole(answer: &Answer) -> Result<(), String> {
    if answer.is_whole {
        return Ok(());
    }
    Err(format!("the body is longer than {} MiB, and no more is read", LARGEST_BODY >> 20))
}

fn parse(body: &[u8]) -> Result<Value, String> {
    serde_json::from_slice(body).map_err(|problem| format!("the body is no JSON: {problem}"))
}

fn judge_json(path: &str, rule: &TextRule, json: &Value, hidden: &Hidden) -> Result<(), String> {
    let read =
        JsonPath::parse(path).map_err(|problem| format!("`{path}` is no JSON path: {problem}"))?;
    let texts = read.query(json).into_iter().map(|value| text_of(value)).collect();
    judge_text(rule, &Subject { name: format!("`{path}`"), texts, is_shown: true }, hidden)
}

/// A text as it is, anything else as compact JSON.
fn text_of(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => text.as_str().into(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            value.to_string().into()
        }
    }
}

/// What is not there fulfils no rule but that it is not there: a rule for a part that the answer
/// has lost must not go on to hold. Of several texts one must fulfil a rule that says what is, and
/// all one that says what is not.
fn judge_text(rule: &TextRule, subject: &Subject<'_>, hidden: &Hidden) -> Result<(), String> {
    let Subject { name, texts, .. } = subject;
    let any = |holds: &dyn Fn(&str) -> bool| texts.iter().any(|text| holds(text));
    let (holds, complaint) = match (rule, texts.first()) {
        (TextRule::Exists(wanted), first) => {
            let state = if first.is_some() { "is there" } else { "is not there" };
            (first.is_some() == *wanted, state.to_owned())
        }
        (_, None) => (false, "is not there".to_owned()),
        (TextRule::Equals(wanted), Some(first)) => {
            let wanted_told = hidden.quoted(wanted);
            let seen =
                if subject.is_shown { hidden.quoted(first) + " and " } else { String::new() };
            (any(&|text| text == wanted), format!("is {seen}not {wanted_told}"))
        }
        (TextRule::NotEquals(unwanted), Some(_)) => {
            (!any(&|text| text == unwanted), format!("is {}", hidden.quoted(unwanted)))
        }
        (TextRule::Contains(wanted), Some(_)) => (
            any(&|text| text.contains(wanted.as_str())),
            format!("doesn't contain {}", hidden.quoted(wanted)),
        ),
        (TextRule::NotContains(unwanted), Some(_)) => (
            !any(&|text| text.contains(unwanted.as_str())),
            format!("contains {}", hidden.quoted(unwanted)),
        ),
        (TextRule::Matches(wanted), Some(_)) => {
            let regex = expression(wanted)
                .map_err(|problem| format!("`{wanted}` can't be matched: {problem}"))?;
            if texts.iter().any(|text| text.len() > LONGEST_MATCHED) {
                let most = LONGEST_MATCHED >> 10;
                return Err(format!("{name} is longer than {most} KiB, and no more is matched"));
            }
            (any(&|text| regex.is_match(text)), format!("doesn't match `{wanted}`"))
        }
    };
    if holds { Ok(()) } else { Err(format!("{name} {complaint}")) }
}

#[cfg(test)]
mod tests;
