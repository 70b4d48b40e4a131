//! Makes the daily report of costs: one message each morning.
//!
//! [`run`] is given a morning by its schedule, with everything that it is to know. Reading order: `morning` (which
//! day it is, and what is to be fetched; pure) → `store` (what is kept from one morning to the next) → `sources`
//! (whose Cost Explorer is asked) → `collect` with `look` and `labels` (what is recorded) → `judge` and `feedback` (what there is
//! to tell) → `telling` (one message, once). `docs/decisions/018-report-build.md` says why it is so.
//!
//! The function's role needs, and needs no more than:
//!
//! * `s3:ListBucket` on the history's bucket, since without it an absent object is forbidden instead;
//!   `s3:GetObject` and `s3:PutObject` on `<prefix>costs/*` and `<prefix>report/*`;
//! * `ssm:GetParameter` on the webhook's parameter, and `kms:Decrypt` where it has a key of its own;
//! * `ce:GetCostAndUsage`, for events `ce:GetAnomalies` and `ce:ProvideAnomalyFeedback`; and for purposes
//!   `organizations:ListTagsForResource`, or `organizations:ListRoots`, `organizations:ListOrganizationalUnitsForParent` and
//!   `organizations:ListAccountsForParent`. Where there are sources, their roles need these, and the function
//!   `sts:AssumeRole` on them;
//! * `logs:CreateLogStream` and `logs:PutLogEvents` on its log group.

mod collect;
mod feedback;
mod judge;
mod labels;
mod look;
mod morning;
mod organization;
mod sources;
mod store;
mod telling;

use std::collections::BTreeSet;
use std::sync::LazyLock;
use std::time::Duration;

use contract::account::AccountId;
use contract::report::{Run, Settings};
use costs::{Bucket, Ledger, Months};
use history::Month;
use report::Notice;
use serde_json::{Value, json};

use crate::Invocation;
use crate::bell::Memory;
use morning::Morning;
use store::Store;

/// What a warm function keeps from one call to the next.
static MEMORY: LazyLock<Memory> = LazyLock::new(Memory::default);

/// Time that is kept to judge and to tell, when the history is filled.
const TO_TELL: Duration = Duration::from_mins(2);

/// Why there is no report. The same event again makes it, and nothing is told twice.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotReported {
    /// The event's settings or time can't be used.
    #[error("the report's event can't be used: {0}")]
    Event(String),
    /// The history, or what is kept, can't be read or written.
    #[error("the history in `{bucket}` can't be used: {problem}")]
    History {
        /// The bucket.
        bucket: String,
        /// What is wrong.
        problem: costs::Error,
    },
    /// The message isn't on Discord.
    #[error("the report isn't on Discord: {0}")]
    Untold(String),
}

/// What a run did.
#[derive(Debug, Default)]
struct Outcome {
    /// Calls of Cost Explorer, and those of them that filled the history.
    calls: u32,
    filling_calls: u32,
    /// Calls of runs of this morning before this one.
    earlier_calls: u32,
    new_days: usize,
    revised_days: usize,
    months: BTreeSet<Month>,
    notices: Vec<Notice>,
    /// Accounts whose purposes were looked up.
    looked_up: BTreeSet<AccountId>,
    /// Anomalies that AWS was told were planned.
    planned_anomalies: usize,
}

/// Makes a morning's report. The answer says what was done; a morning that was told already, or is older than the last
/// one, does nothing.
///
/// # Errors
/// [`NotReported`]: then Lambda calls again.
pub async fn run(run: &Run, invocation: &Invocation<'_>) -> Result<Value, NotReported> {
    let settings = &run.settings;
    let morning = Morning::of(run)?;
    let clients = invocation.clients;
    let s3 = aws_sdk_s3::Client::new(&clients.config_in(clients.region()));
    let bucket = Bucket::new(s3, &settings.history.bucket);
    let failed = |problem: costs::Error| {
        let bucket = settings.history.bucket.clone();
        NotReported::History { bucket, problem }
    };
    let mut store = Store::read(&bucket, settings).await.map_err(failed)?;
    if let Some(answer) = nothing_to_do(&store, morning, settings) {
        return Ok(answer);
    }
    let months = Months::new(bucket.clone(), &settings.history.prefix);
    let mut ledger = Ledger::new(&months);
    let sources = sources::of(settings, clients).await;
    let mut outcome = Outcome::default();
    let until = invocation.deadline.checked_sub(TO_TELL).unwrap_or(invocation.deadline);
    let collecting = collect::Collecting { morning, settings, sources: &sources, until };
    collecting.run(&mut store, &mut ledger, &mut outcome).await.map_err(failed)?;
    let known =
        judge::Known::of(morning, settings, &store.state, &mut ledger, &sources, &mut outcome);
    let known = known.await.map_err(failed)?;
    feedback::give(morning, settings, &sources, &mut outcome).await;
    outcome.calls = sources.calls();
    store.count_calls(morning.today, outcome.earlier_calls + outcome.calls);
    let post = known.post(morning, &store.state, &outcome);
    let holder = format!("{} {}", invocation.request_id, jiff::Timestamp::now().as_nanosecond());
    let telling =
        telling::Telling { morning, settings, invocation, memory: &MEMORY, holder: &holder };
    let told = telling.tell(&mut store, post, known.into_spikes()).await?;
    Ok(answer(morning, settings, &outcome, &told))
}

/// The answer to a morning that has its message, or is older than one that has.
fn nothing_to_do(store: &Store, morning: Morning, settings: &Settings) -> Option<Value> {
    let posted = store.state.posted.as_ref().filter(|posted| posted.morning >= morning.today)?;
    let why = if posted.morning == morning.today {
        "it was told already"
    } else {
        "a later morning was told"
    };
    tracing::info!(report = settings.name, morning = %morning.today, why, "There is nothing to do.");
    Some(json!({
        "report": settings.name, "morning": morning.today, "posted": null, "why": why, "calls": 0,
        "last": { "morning": posted.morning, "message": posted.message },
    }))
}

fn answer(morning: Morning, settings: &Settings, outcome: &Outcome, told: &telling::Told) -> Value {
    let posted = match told {
        telling::Told::Here(posted) => {
            json!({ "message": posted.message, "repeat": posted.repeat })
        }
        telling::Told::ByAnother => Value::Null,
    };
    let months: Vec<String> = outcome.months.iter().map(ToString::to_string).collect();
    let answer = json!({
        "report": settings.name, "morning": morning.today, "posted": posted,
        "calls": outcome.calls, "filling_calls": outcome.filling_calls,
        "days_new": outcome.new_days, "days_revised": outcome.revised_days, "months_written": months,
        "planned_anomalies": outcome.planned_anomalies, "notices": outcome.notices.len(),
    });
    tracing::info!(outcome = %answer, "The morning is done.");
    answer
}
