//! The attributes of a cost report.

mod parts;
mod rules;

use std::collections::BTreeMap;

use framework::Attr;
use framework::schema::tf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use parts::{Currency, Event, Events, History, Source, Weekday};
pub use rules::Rules;

use crate::model::account::Account;
use crate::model::account_note::AccountNotes;
use crate::model::architecture::Architecture;
use crate::model::language::Language;
use crate::model::mention::Mention;
use crate::model::place::Placed;
use crate::model::purpose::PurposeFrom;
use crate::model::tags::Tags;
use crate::model::texts::Texts;
use crate::model::timeouts::Timeouts;

/// Memory of the function where nothing is said, in megabytes: a year of fifty accounts is read with room to
/// spare.
pub(super) const MEMORY_MB: u64 = 1_024;
/// Days for which log lines are kept where nothing is said.
pub(super) const LOG_DAYS: u32 = 30;
/// When the report comes where nothing is said: with [`TIMEZONE`], AWS has most of the day before by then.
pub(super) const TIME: &str = "09:00";
/// The time zone where nothing is said.
pub(super) const TIMEZONE: &str = "UTC";
/// Months that are fetched where nothing is said: as many as the rules' defaults look back, and the present one.
const BACKFILL_MONTHS: u8 = 5;
/// Calls that a morning makes at most where nothing is said.
pub(super) const MOST_CALLS: u32 = 20;

/// What all accounts cost, told on Discord each morning: a table by account and purpose, the month so far with
/// its forecast and budgets, what rose suddenly and why, a chart, and all figures as CSV.
///
/// It is a Lambda function with a schedule. The function asks Cost Explorer, in the account that pays or in each
/// of `sources`, and records every day in a bucket as Parquet, which Athena finds as a table, with saved queries
/// for the pace of growth and for what each event cost. What Cost Explorer holds of the months before is fetched
/// once. Each of its calls costs 0.01 US dollars: the plan shows what a month comes to.
///
/// The bucket with the history stays when the report is destroyed, unless `force_destroy` is set or it is empty. A
/// report of the same name in the same stack, account and region takes it up again.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CostReport {
    /// Name of the report, unique in the provider's `stack` for each account and region, and part of the names of all that it makes.
    #[schemars(
        length(min = 1, max = 32),
        regex(pattern = "^[a-z0-9][a-z0-9_-]*$"),
        extend("x-tf" = tf::required().replace().pattern_in_words("begin with a lower-case letter or a digit and hold only those, `-` and `_`"))
    )]
    pub name: Attr<String>,
    /// Account that the report lives in: the one that pays for the organization, unless `sources` name where costs are asked for. Without it that is the provider's.
    #[schemars(extend("x-tf" = tf::optional_computed().keep()))]
    pub account: Attr<Account>,
    /// Region of the function and the history. Without it that is the provider's.
    #[schemars(extend("x-tf" = tf::optional_computed().replace().keep()))]
    pub region: Attr<String>,
    /// ARN of the SSM parameter that holds the webhook's URL, as `hinomi_discord_webhook` makes it, in the report's account. The function reads it when it posts, so the URL is in no state and no environment.
    #[schemars(length(min = 1, max = 2048), extend("x-tf" = tf::required()))]
    pub webhook_parameter_arn: Attr<String>,
    /// Id of the thread of the webhook's channel to post in.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub thread_id: Attr<String>,
    /// Time of day at which the report comes, as `hour:minute` in `timezone`. AWS counts days in UTC and has most of a day's figures some hours after it has ended: a report that comes at 06:00 UTC or later tells of yesterday, an earlier one of the day before. In Tokyo 09:00 is midnight in UTC; from 15:00 on a report there tells of yesterday.
    #[schemars(
        regex(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$"),
        extend("x-tf" = tf::default(TIME).pattern_in_words("be a time of day with two digits each, such as `09:00`"))
    )]
    pub time: Attr<String>,
    /// Time zone of `time`, by its name in the IANA database, such as `Asia/Tokyo`. The days of the figures are UTC's, as AWS bills them.
    #[schemars(length(min = 1, max = 50), extend("x-tf" = tf::default(TIMEZONE)))]
    pub timezone: Attr<String>,
    /// Language of the messages: `en` or `ja`.
    #[schemars(extend("x-tf" = tf::default(Language::En)))]
    pub language: Attr<Language>,
    /// What the accounts are called and what they are for, by their ids. One that costs something and isn't here is reported by the name that Cost Explorer knows, and by the purpose that `purpose_from` finds.
    #[schemars(extend("minProperties" = 1, "maxProperties" = 1000, "x-tf" = tf::optional()))]
    pub accounts: Attr<AccountNotes>,
    /// Where the purpose of an account is looked up that `accounts` gives none. Without it such an account has none.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub purpose_from: Attr<PurposeFrom>,
    /// Roles in the accounts whose Cost Explorer is asked, in this order; `purpose_from` asks through the first. Without it the report's own account is asked, which sees what its members cost where it pays for them. A source's role trusts `execution_role_arn` and allows `ce:GetCostAndUsage`, with events also `ce:GetAnomalies` and `ce:ProvideAnomalyFeedback`. Each source is asked by itself, with calls of its own.
    #[schemars(length(min = 1, max = 100), extend("x-tf" = tf::optional()))]
    pub sources: Attr<Vec<Attr<Source>>>,
    /// Currency in which amounts are shown, at a rate that the report states. Without it they are shown in US dollars, as AWS bills them; the history is always in US dollars.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub currency: Attr<Currency>,
    /// When a rise rings. What is left out has its default.
    #[schemars(extend("x-tf" = tf::optional_computed()))]
    pub rules: Attr<Rules>,
    /// What each account may cost in a month of the calendar, in US dollars, by its id: the report shows how much of it is used. `hinomi_cost_alert` makes AWS watch over budgets.
    #[schemars(extend("minProperties" = 1, "maxProperties" = 1000, "x-tf" = tf::optional()))]
    pub budgets_usd: Attr<BTreeMap<String, Attr<f64>>>,
    /// Times that are planned to cost more, by their names: nothing rings for their days, the report tells what they add to the usual cost, and a saved query has the same figures.
    #[schemars(extend("minProperties" = 1, "maxProperties" = 100, "x-tf" = tf::optional()))]
    pub events: Attr<Events>,
    /// Weekday on which the report also has the pace of growth of the last weeks: `monday` to `sunday`. It comes with the figures of the day before that weekday, so that `monday` always tells of a whole week; a report that tells of the day before yesterday, see `time`, has it a day later. Without it no report has.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub weekly_digest: Attr<Weekday>,
    /// Day of the month on which the report also has the pace of growth of the last months. It comes with the figures of the day before, so that `1` always tells of a whole month. Without it no report has.
    #[schemars(range(min = 1, max = 28), extend("x-tf" = tf::optional()))]
    pub monthly_digest: Attr<u8>,
    /// Who is called when a spike is new. Nobody is without it.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub mentions: Attr<Mention>,
    /// Months before the present one that are fetched where the history lacks them. Cost Explorer holds single days of no more than 13.
    #[schemars(range(min = 0, max = 13), extend("x-tf" = tf::default(BACKFILL_MONTHS)))]
    pub backfill_months: Attr<u8>,
    /// Calls of Cost Explorer that a morning makes at most, but for those that fill the history. An ordinary morning needs two to four of each source; the rest explains what rose.
    #[schemars(range(min = 2, max = 1000), extend("x-tf" = tf::default(MOST_CALLS)))]
    pub max_calls: Attr<u32>,
    /// Whether Cost Anomaly Detection is told that anomalies in the time of an event were planned.
    #[schemars(extend("x-tf" = tf::default(true)))]
    pub anomaly_feedback: Attr<bool>,
    /// Where the history is kept and how it is found in Athena, where that isn't left to the report.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub history: Attr<History>,
    /// Whether a destroy also deletes the recorded costs with all their versions, and what others saved in the report's workgroup and database.
    #[schemars(extend("x-tf" = tf::default(false)))]
    pub force_destroy: Attr<bool>,
    /// Processor of the function: `x86_64` or `arm64`.
    #[schemars(extend("x-tf" = tf::default(Architecture::X86)))]
    pub architecture: Attr<Architecture>,
    /// Memory of the function in megabytes. More memory is a faster processor.
    #[schemars(range(min = 256, max = 10240), extend("x-tf" = tf::default(MEMORY_MB)))]
    pub memory_mb: Attr<u64>,
    /// Days for which the function's log lines are kept: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653.
    #[schemars(range(min = 1, max = 3653), extend("x-tf" = tf::default(LOG_DAYS)))]
    pub log_retention_days: Attr<u32>,
    /// ARN of a role of your own that the function runs with, in the report's account. It needs what `policy_json` says. Without it a role is made.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub role_arn: Attr<String>,
    /// ARN of a role of your own that the schedule invokes the function with, in the report's account. It needs what `scheduler_policy_json` says. Without it a role is made.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub scheduler_role_arn: Attr<String>,
    /// ARN of the policy that bounds the permissions of the roles that are made. Without it that is the provider's, which may be the name of a policy in each account.
    #[schemars(extend("x-tf" = tf::optional_computed()))]
    pub permissions_boundary: Attr<String>,
    /// The most that the report may cost a month in US dollars: a plan that comes to more is refused.
    #[schemars(range(min = 0), extend("x-tf" = tf::optional()))]
    pub max_monthly_cost_usd: Attr<f64>,
    /// Tags of all objects of the report, over the provider's `default_tags`.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub tags: Attr<Tags>,
    /// Longest waits for AWS.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub timeouts: Attr<Timeouts>,
    /// Name of the function.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub function_name: Attr<String>,
    /// ARN of the function.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub function_arn: Attr<String>,
    /// ARN of the role that the function runs with: what the roles of `sources` trust.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub execution_role_arn: Attr<String>,
    /// Name of the group that the schedule is in.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub schedule_group_name: Attr<String>,
    /// When the schedule starts the function, in `timezone`, as EventBridge Scheduler has it.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub schedule_expression: Attr<String>,
    /// ARN of the role that the schedule invokes the function with.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub scheduler_execution_role_arn: Attr<String>,
    /// Name of the function's log group.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub log_group_name: Attr<String>,
    /// Name of the bucket with the history, made or given.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub bucket_name: Attr<String>,
    /// ARN of the bucket with the history.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub bucket_arn: Attr<String>,
    /// Name of the database in Glue's data catalog that the table of costs is in.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub database_name: Attr<String>,
    /// Name of the table of costs.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub table_name: Attr<String>,
    /// Name of the workgroup in Athena that the queries are saved in, made or given.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub workgroup_name: Attr<String>,
    /// Names of the saved queries, one of them for each event.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub queries: Attr<Texts>,
    /// What the function may do: the policy of its role.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub policy_json: Attr<String>,
    /// What the schedule may do: the policy of its role.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub scheduler_policy_json: Attr<String>,
    /// Version of the agent's build for reports, the program that the function runs.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub agent_version: Attr<String>,
    /// Base64 of the SHA-256 of the agent's archive, as Lambda shows it.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub agent_sha256: Attr<String>,
    /// How often the function runs a month.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub runs_per_month: Attr<u64>,
    /// Calls of Cost Explorer in a month of ordinary mornings.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub calls_per_month: Attr<u64>,
    /// What the report costs a month by list prices, in US dollars.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub estimated_monthly_cost_usd: Attr<f64>,
    /// What the price counts with, and where prices come from.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub price_basis: Attr<String>,
    /// What the report's objects are, beyond what the other attributes say: `complete`, or what of them is gone or was changed outside Terraform. An apply puts it right.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub condition: Attr<String>,
    /// All tags of what the report makes: the provider's, the report's and those that say what made it.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub tags_all: Attr<Tags>,
}

impl CostReport {
    /// A part of `history`; null where that says nothing.
    pub(super) fn of_history(&self, part: impl Fn(&History) -> &Attr<String>) -> Attr<String> {
        self.history.as_ref().and_then(|history| part(history).clone())
    }
}

impl Placed for CostReport {
    fn account(&self) -> &Attr<Account> {
        &self.account
    }

    fn account_mut(&mut self) -> &mut Attr<Account> {
        &mut self.account
    }

    fn region(&self) -> Option<&Attr<String>> {
        Some(&self.region)
    }

    fn region_mut(&mut self) -> Option<&mut Attr<String>> {
        Some(&mut self.region)
    }
}
