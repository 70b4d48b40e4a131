//! Schedules of `EventBridge` Scheduler that invoke a function.

use aws_sdk_scheduler::operation::get_schedule::GetScheduleOutput;
use aws_sdk_scheduler::types::{
    ActionAfterCompletion, FlexibleTimeWindow, FlexibleTimeWindowMode, RetryPolicy, ScheduleState,
    Target,
};
use serde::Serialize;
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use crate::aws::error::{Failure, Kind};
use crate::aws::settling::{ROLE_JUST_MADE, eventually};
use crate::aws::{Session, reads};

/// The time zone of a schedule that names none (`API_CreateSchedule`,
/// `ScheduleExpressionTimezone`).
pub const UTC: &str = "UTC";

/// What a schedule shall be. `UpdateSchedule` resets all that it isn't told, so that every field is
/// always sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Schedule {
    /// Its group.
    #[serde(skip)]
    pub group: String,
    /// Its name, 1 to 64 characters.
    #[serde(skip)]
    pub name: String,
    /// When it runs: `rate(5 minutes)`, `cron(2/5 * * * ? *)`.
    pub expression: String,
    /// The time zone of a `cron` expression, by its name in the IANA database. One in UTC has the hash that
    /// it had before there were others.
    #[serde(skip_serializing_if = "is_utc")]
    pub timezone: String,
    /// What it is for, up to 512 characters.
    pub description: String,
    /// The function that it invokes.
    pub function_arn: String,
    /// The role that it invokes it with.
    pub role_arn: String,
    /// What it sends.
    pub input: String,
    /// Whether it runs.
    pub enabled: bool,
    /// How often a failed invocation is tried again.
    pub retries: i32,
    /// How long it is tried, in seconds, from 60 to 86,400.
    pub longest_age_seconds: i32,
}

impl Schedule {
    /// SHA-256 of all that the schedule says, in hexadecimal digits.
    pub fn hash(&self) -> String {
        let text = serde_json::to_string(self).expect("texts and numbers are JSON");
        let digest = Sha256::digest(text);
        digest.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
    }

    /// A schedule as it is. What no field of ours says and differs from what we send makes its hash
    /// another one.
    pub fn of(found: &GetScheduleOutput) -> Self {
        let target = found.target.as_ref();
        let retry = target.and_then(|target| target.retry_policy.as_ref());
        let window = found.flexible_time_window.as_ref().map(|window| &window.mode);
        let mut expression = found.schedule_expression.clone().unwrap_or_default();
        if window != Some(&FlexibleTimeWindowMode::Off) {
            expression.push_str(" within a window");
        }
        if found.start_date.is_some() || found.end_date.is_some() {
            expression.push_str(" between dates");
        }
        if found.action_after_completion == Some(ActionAfterCompletion::Delete) {
            expression.push_str(", deleted at its end");
        }
        if found.kms_key_arn.is_some() {
            expression.push_str(", encrypted with another key");
        }
        if target.is_some_and(|target| target.dead_letter_config.is_some()) {
            expression.push_str(", with dead letters");
        }
        let text = |value: Option<&String>| value.cloned().unwrap_or_default();
        Self {
            group: text(found.group_name.as_ref()),
            name: text(found.name.as_ref()),
            expression,
            timezone: found.schedule_expression_timezone.clone().unwrap_or_else(|| UTC.to_owned()),
            description: text(found.description.as_ref()),
            function_arn: target.map(|target| target.arn.clone()).unwrap_or_default(),
            role_arn: target.map(|target| target.role_arn.clone()).unwrap_or_default(),
            input: text(target.and_then(|target| target.input.as_ref())),
            enabled: found.state == Some(ScheduleState::Enabled),
            retries: retry.and_then(|retry| retry.maximum_retry_attempts).unwrap_or(185),
            longest_age_seconds: retry
                .and_then(|retry| retry.maximum_event_age_in_seconds)
                .unwrap_or(86_400),
        }
    }

    fn target(&self) -> Target {
        let retry = RetryPolicy::builder()
            .maximum_retry_attempts(self.retries)
            .maximum_event_age_in_seconds(self.longest_age_seconds)
            .build();
        Target::builder()
            .arn(&self.function_arn)
            .role_arn(&self.role_arn)
            .input(&self.input)
            .retry_policy(retry)
            .build()
            .expect("ARN and role are set")
    }

    fn state(&self) -> ScheduleState {
        if self.enabled { ScheduleState::Enabled } else { ScheduleState::Disabled }
    }
}

fn is_utc(timezone: &str) -> bool {
    timezone == UTC
}

fn at_its_time() -> FlexibleTimeWindow {
    let window = FlexibleTimeWindow::builder().mode(FlexibleTimeWindowMode::Off);
    window.build().expect("the mode is set")
}

/// The schedule of this name; `None` when there is none.
///
/// # Errors
/// What Scheduler refuses.
pub async fn find(session: &Session, group: &str, name: &str) -> Result<Option<Schedule>, Failure> {
    let found = reads::schedules::direct(session, group, name).await?;
    Ok(found.as_ref().map(Schedule::of))
}

/// The schedule of this name, which `is_own` takes for ours; `None` when there is none.
///
/// # Errors
/// What Scheduler refuses; [`Kind::Conflict`] for a schedule that is not ours.
pub async fn refuse_other(
    session: &Session,
    group: &str,
    name: &str,
    is_own: impl Fn(&Schedule) -> bool,
) -> Result<Option<Schedule>, Failure> {
    let found = find(session, group, name).await?;
    if found.as_ref().is_none_or(is_own) {
        return Ok(found);
    }
    let message = format!("schedule `{name}` exists already and does not belong to this");
    Err(Failure::new(Kind::Conflict, message).advising(
        "give the monitor another `name`; or delete the schedule, if nothing needs it any more.",
    ))
}

/// Makes a schedule, or brings the one of its name to what it shall be, if `is_own` takes what that
/// one sends for ours: schedules have no tags.
///
/// # Errors
/// What Scheduler refuses; [`Kind::Conflict`] for a schedule that is not ours.
pub async fn ensure(
    session: &Session,
    cancel: &CancellationToken,
    wanted: &Schedule,
    is_own: impl Fn(&Schedule) -> bool,
) -> Result<(), Failure> {
    let made = eventually(ROLE_JUST_MADE, cancel, || create(session, wanted)).await;
    let made = match made {
        // Also the answer to a call whose first answer was lost, and which the SDK sent again.
        Err(taken) if taken.kind() == Kind::Conflict => {
            refuse_other(session, &wanted.group, &wanted.name, is_own).await?;
            eventually(ROLE_JUST_MADE, cancel, || update(session, wanted)).await
        }
        made => made,
    };
    reads::schedules::written(session, &wanted.group, &wanted.name);
    made
}

/// Brings a schedule that exists to what it shall be; one that is gone is made again.
///
/// # Errors
/// What Scheduler refuses.
pub async fn put(
    session: &Session,
    cancel: &CancellationToken,
    wanted: &Schedule,
) -> Result<(), Failure> {
    let put = eventually(ROLE_JUST_MADE, cancel, || update(session, wanted)).await;
    let put = match put {
        Err(gone) if gone.is_not_found() => {
            eventually(ROLE_JUST_MADE, cancel, || create(session, wanted)).await
        }
        put => put,
    };
    reads::schedules::written(session, &wanted.group, &wanted.name);
    put
}

async fn create(session: &Session, wanted: &Schedule) -> Result<(), Failure> {
    let asked = session
        .scheduler()
        .create_schedule()
        .group_name(&wanted.group)
        .name(&wanted.name)
        .description(&wanted.description)
        .schedule_expression(&wanted.expression)
        .schedule_expression_timezone(&wanted.timezone)
        .flexible_time_window(at_its_time())
        .state(wanted.state())
        .target(wanted.target());
    asked.send().await.map(drop).map_err(session.failed("scheduler", "CreateSchedule"))
}

async fn update(session: &Session, wanted: &Schedule) -> Result<(), Failure> {
    let asked = session
        .scheduler()
        .update_schedule()
        .group_name(&wanted.group)
        .name(&wanted.name)
        .description(&wanted.description)
        .schedule_expression(&wanted.expression)
        .schedule_expression_timezone(&wanted.timezone)
        .flexible_time_window(at_its_time())
        .state(wanted.state())
        .target(wanted.target());
    asked.send().await.map(drop).map_err(session.failed("scheduler", "UpdateSchedule"))
}

/// Removes a schedule. One that is gone is removed.
///
/// # Errors
/// What Scheduler refuses.
pub async fn delete(session: &Session, group: &str, name: &str) -> Result<(), Failure> {
    let asked = session.scheduler().delete_schedule().group_name(group).name(name).send().await;
    reads::schedules::written(session, group, name);
    match asked.map_err(session.failed("scheduler", "DeleteSchedule")) {
        Err(failure) if failure.is_not_found() => Ok(()),
        answer => answer.map(drop),
    }
}
