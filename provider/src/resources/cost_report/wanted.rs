//! What a report's objects shall be, from its attributes.

use std::collections::BTreeMap;

use contract::report::{Purpose, Run};
use framework::{Attr, Error, Result};
use history::{NamedQuery, Table, TableName};

use super::model::CostReport;
use super::names::{Names, Place, SCHEDULE, TABLE};
use super::policies::Needs;
use super::{policies, queries, settings};
use crate::aws::objects::bucket::{Bucket, Lifetime, Passing};
use crate::aws::objects::database::Database;
use crate::aws::objects::function::Function;
use crate::aws::objects::log_group::LogGroup;
use crate::aws::objects::role::Role;
use crate::aws::objects::saved_query;
use crate::aws::objects::schedule::Schedule;
use crate::aws::objects::schedule_group::ScheduleGroup;
use crate::aws::objects::workgroup::Workgroup;
use crate::aws::objects::{Tags, policy::Policy};
use crate::model::tags;

/// The longest that a run may take, in seconds: what Lambda gives. A first morning fetches months.
const RUN_SECONDS: i32 = 900;
/// How often a start that failed is tried again, and for how long, in seconds: the most that Scheduler gives. A
/// report in the evening is better than none.
const RETRIES: i32 = 185;
const LONGEST_AGE_SECONDS: i32 = 86_400;
/// Folder of the results of Athena's queries, below the prefix.
const RESULTS: &str = "query-results/";
/// Days after which they are deleted.
const RESULT_DAYS: i32 = 30;
/// Days for which a month is kept that was replaced or deleted: each morning replaces one.
const SUPERSEDED_DAYS: i32 = 30;

/// All objects of a report. What the user brings along is named, and not among them.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    pub(super) tags: Tags,
    pub(super) log_group: LogGroup,
    pub(super) role: Option<Role>,
    pub(super) function: Function,
    pub(super) schedule_group: ScheduleGroup,
    pub(super) schedule: Schedule,
    pub(super) run: Run,
    pub(super) scheduler_role: Option<Role>,
    pub(super) bucket: HistoryBucket,
    pub(super) database: Database,
    pub(super) table_name: TableName,
    pub(super) table: Table,
    pub(super) workgroup: Option<Workgroup>,
    pub(super) query_place: saved_query::Place,
    pub(super) queries: Vec<NamedQuery>,
}

/// The bucket with the history.
#[derive(Clone, Debug)]
pub(super) enum HistoryBucket {
    /// One that the report makes.
    Own(Bucket),
    /// The user's own, by its name.
    Given(String),
}

impl HistoryBucket {
    pub(super) fn own(&self) -> Option<&Bucket> {
        match self {
            Self::Own(bucket) => Some(bucket),
            Self::Given(_) => None,
        }
    }

    pub(super) fn name(&self) -> &str {
        match self {
            Self::Own(bucket) => &bucket.name,
            Self::Given(name) => name,
        }
    }
}

impl Wanted {
    /// The objects of a report whose attributes are all known.
    ///
    /// # Errors
    /// A bug of the provider's, when one is not.
    pub(super) fn of(
        report: &CostReport,
        place: &Place,
        names: &Names,
        iam_path: &str,
        discord_base_url: Option<String>,
    ) -> Result<Self> {
        let name = report.name.known("name")?.clone();
        let tags = tags::plain(&report.tags_all).ok_or_else(|| bug("a tag"))?;
        let (bucket, prefix) = (bucket_name(report, names), settings::prefix(report));
        let settings = settings::of(report, &bucket, discord_base_url)?;
        let needs = policies::needs(report, &bucket).ok_or_else(|| bug("a setting"))?;
        let table_name =
            TableName { database: database_name(report, names), table: TABLE.to_owned() };
        let queries = queries::of(&settings, &table_name);
        let run = Run {
            hinomi: Purpose::Report,
            settings,
            scheduled_time: contract::probe::SCHEDULED_TIME.to_owned(),
        };
        let workgroup = report.of_history(|history| &history.workgroup).into_known();
        let query_place = saved_query::Place {
            workgroup: workgroup.clone().unwrap_or_else(|| names.workgroup.clone()),
            database: table_name.database.clone(),
        };
        let given = report.of_history(|history| &history.bucket).into_known();
        Ok(Self {
            log_group: LogGroup {
                name: names.log_group(),
                retention_days: number(&report.log_retention_days),
                tags: tags.clone(),
            },
            role: role(report, place, names, iam_path, &needs, &tags)?,
            function: function(report, names, &tags)?,
            schedule_group: ScheduleGroup {
                name: names.schedule_group.clone(),
                tags: tags.clone(),
            },
            schedule: schedule(report, place, names, &run)?,
            run,
            scheduler_role: scheduler_role(report, place, names, iam_path, &tags)?,
            table: Table::of(&bucket, &prefix),
            workgroup: workgroup.is_none().then(|| Workgroup {
                name: names.workgroup.clone(),
                description: format!("Queries to the costs that the Hinomi report {name} records."),
                results: format!("s3://{bucket}/{prefix}{RESULTS}"),
                tags: tags.clone(),
            }),
            bucket: match given {
                Some(given) => HistoryBucket::Given(given),
                None => HistoryBucket::Own(own_bucket(bucket, &prefix, &tags)),
            },
            database: Database {
                name: table_name.database.clone(),
                description: format!("Daily costs, recorded by the Hinomi report {name}."),
                tags: tags.clone(),
            },
            table_name,
            query_place,
            queries,
            tags,
        })
    }
}

/// Name of the bucket with the history: the given one, or the one that is made.
pub(super) fn bucket_name(report: &CostReport, names: &Names) -> String {
    let given = report.of_history(|history| &history.bucket).into_known();
    given.unwrap_or_else(|| names.bucket.clone())
}

/// Name of the database: the given one, or the one that follows from the report's name.
pub(super) fn database_name(report: &CostReport, names: &Names) -> String {
    let given = report.of_history(|history| &history.database).into_known();
    given.unwrap_or_else(|| names.database.clone())
}

fn own_bucket(name: String, prefix: &str, tags: &Tags) -> Bucket {
    let passing = Passing { prefix: format!("{prefix}{RESULTS}"), days: RESULT_DAYS };
    let lifetime = Lifetime::Kept { superseded_days: SUPERSEDED_DAYS, passing };
    Bucket { name, lifetime, tags: tags.clone() }
}

/// The role of the function, where it is made.
fn role(
    report: &CostReport,
    place: &Place,
    names: &Names,
    iam_path: &str,
    needs: &Needs,
    tags: &Tags,
) -> Result<Option<Role>> {
    if !report.role_arn.is_null() {
        return Ok(None);
    }
    let policy = policies::function(place, names, needs);
    let parts = (names.role.as_str(), "Runs", policies::trust_in_lambda(), policy);
    Ok(Some(made_role(report, iam_path, parts, tags)?))
}

/// The role of the schedule, where it is made.
fn scheduler_role(
    report: &CostReport,
    place: &Place,
    names: &Names,
    iam_path: &str,
    tags: &Tags,
) -> Result<Option<Role>> {
    if !report.scheduler_role_arn.is_null() {
        return Ok(None);
    }
    let (trust, policy) =
        (policies::trust_in_schedules(place, names), policies::schedule(place, names));
    let parts = (names.scheduler_role.as_str(), "Starts", trust, policy);
    Ok(Some(made_role(report, iam_path, parts, tags)?))
}

fn made_role(
    report: &CostReport,
    iam_path: &str,
    (name, does, trust, policy): (&str, &str, Policy, Policy),
    tags: &Tags,
) -> Result<Role> {
    Ok(Role {
        name: name.to_owned(),
        path: iam_path.to_owned(),
        description: format!("{does} the Hinomi cost report {}.", report.name.known("name")?),
        trust,
        policy,
        permissions_boundary: report.permissions_boundary.as_known().cloned(),
        tags: tags.clone(),
    })
}

fn function(report: &CostReport, names: &Names, tags: &Tags) -> Result<Function> {
    Ok(Function {
        name: names.function.clone(),
        description: format!("Makes the Hinomi cost report {}.", report.name.known("name")?),
        role_arn: report.execution_role_arn.known("execution_role_arn")?.clone(),
        memory_mb: number(&report.memory_mb),
        timeout_seconds: RUN_SECONDS,
        environment: BTreeMap::new(),
        log_group: names.log_group(),
        vpc: None,
        tags: tags.clone(),
    })
}

fn schedule(report: &CostReport, place: &Place, names: &Names, run: &Run) -> Result<Schedule> {
    let role = report.scheduler_execution_role_arn.known("scheduler_execution_role_arn")?;
    let time = report.time.known("time")?;
    Ok(Schedule {
        group: names.schedule_group.clone(),
        name: SCHEDULE.to_owned(),
        expression: expression(time).ok_or_else(|| bug("`time`"))?,
        timezone: report.timezone.known("timezone")?.clone(),
        description: format!("Makes the cost report {} each morning.", report.name.known("name")?),
        function_arn: place.function(names),
        role_arn: role.clone(),
        input: run.to_json(),
        enabled: true,
        retries: RETRIES,
        longest_age_seconds: LONGEST_AGE_SECONDS,
    })
}

/// The expression of a schedule for each day at a time such as `09:00`; `None` for what is no time.
pub(super) fn expression(time: &str) -> Option<String> {
    let (hour, minute) = time.split_once(':')?;
    let (hour, minute): (u8, u8) = (hour.parse().ok()?, minute.parse().ok()?);
    Some(format!("cron({minute} {hour} * * ? *)"))
}

/// The time of an expression that [`expression`] makes; `None` for any other.
pub(super) fn time_of(found: &str) -> Option<String> {
    let fields = found.strip_prefix("cron(")?.strip_suffix(" * * ? *)")?;
    let (minute, hour) = fields.split_once(' ')?;
    let (hour, minute): (u8, u8) = (hour.parse().ok()?, minute.parse().ok()?);
    let time = format!("{hour:02}:{minute:02}");
    (expression(&time).as_deref() == Some(found)).then_some(time)
}

/// A number as the SDK takes it; every one has an upper limit in the schema.
fn number<T: Copy + TryInto<i32>>(attribute: &Attr<T>) -> i32 {
    attribute.as_known().and_then(|number| (*number).try_into().ok()).unwrap_or_default()
}

fn bug(what: &str) -> Error {
    Error::provider_bug(format!("{what} is not known while it must be"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_is_an_expression_and_back() {
        for (time, cron) in [
            ("09:00", "cron(0 9 * * ? *)"),
            ("00:05", "cron(5 0 * * ? *)"),
            ("23:59", "cron(59 23 * * ? *)"),
        ] {
            assert_eq!(expression(time).as_deref(), Some(cron));
            assert_eq!(time_of(cron).as_deref(), Some(time));
        }
        for other in
            ["cron(0 9 ? * MON *)", "rate(1 day)", "cron(0/5 9 * * ? *)", "cron(00 9 * * ? *)"]
        {
            assert_eq!(time_of(other), None, "{other}");
        }
    }
}
