//! The recorded daily costs that data sources read, and how they read them.

use std::collections::BTreeSet;

use framework::schema::tf;
use framework::{Attr, Diagnostics, Path, Reading, Result};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::account::{self, Account, AskedAccount};
use super::checks::check;
use super::day;
use super::place::target;
use crate::aws;
use crate::aws::reads::costs::{self, Known, Place, Sources};
use crate::clients::Clients;
use crate::diagnose::Doing;

/// Where the history of costs is kept that a `hinomi_cost_report` records. It is only read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CostHistory {
    /// Name of the S3 bucket.
    #[schemars(length(min = 3, max = 63), extend("x-tf" = tf::required()))]
    pub bucket: Attr<String>,
    /// What the keys of the history's objects begin with. Without it that is nothing.
    #[schemars(
        regex(pattern = "^(.*[^/]/)?$"),
        extend("x-tf" = tf::optional().pattern_in_words("be empty or end with one `/`"))
    )]
    pub prefix: Attr<String>,
    /// Account of the bucket. Without it that is the account whose costs are read.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub account: Attr<AskedAccount>,
    /// Region of the bucket. Without it that is the provider's.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub region: Attr<String>,
}

/// What a data source of costs says of where to read.
#[derive(Clone, Copy, Debug)]
pub struct CostSource<'a> {
    /// The account whose Cost Explorer is asked.
    pub account: &'a Attr<AskedAccount>,
    /// The recorded history.
    pub history: &'a Attr<CostHistory>,
    /// Calls of Cost Explorer that may be made.
    pub max_calls: &'a Attr<u32>,
}

/// What was read of some days, and what is not known of them.
#[derive(Clone, Debug)]
pub struct CostsRead {
    /// What is known.
    pub known: Known,
    /// The present day in UTC.
    pub today: Date,
}

impl CostsRead {
    /// The days of which nothing is known, of any of these accounts: of all accounts, if none are given.
    pub fn missing_days(
        &self,
        first: Date,
        last: Date,
        is_wanted: impl Fn(&contract::account::AccountId) -> bool,
    ) -> BTreeSet<Date> {
        let records = self.known.records.iter().filter(|record| is_wanted(&record.account));
        let known: BTreeSet<Date> = records.map(|record| record.day).collect();
        let days = first.series(jiff::ToSpan::day(1)).take_while(|day| *day <= last);
        days.filter(|day| !known.contains(day)).collect()
    }

    /// What the calls of Cost Explorer cost, in US dollars.
    pub fn calls_cost_usd(&self) -> f64 {
        // In cents, since 0.01 has no exact double and sums of it would show that.
        f64::from(self.known.calls) / 100.0
    }
}

/// Adds what is wrong with the places.
pub fn validate(source: CostSource<'_>, diagnostics: &mut Diagnostics) {
    let root = Path::root();
    if let Some(account) = source.account.as_known() {
        account::validate(&account.id, &root.attribute("account"), diagnostics);
    }
    let at = root.attribute("history");
    let Some(history) = source.history.as_known() else { return };
    if let Some(account) = history.account.as_known() {
        account::validate(&account.id, &at.attribute("account"), diagnostics);
    }
    check::<aws::Region>(&history.region, at.attribute("region"), diagnostics);
}

/// Reads the costs of the days from the first to the last one.
///
/// # Errors
/// What AWS refuses, with the attribute that leads there.
pub async fn read(
    context: &mut Reading<'_, Clients>,
    source: CostSource<'_>,
    (first, last): (Date, Date),
) -> Result<CostsRead> {
    let clients = context.clients;
    let payer = target(&source.account.clone().map(Account::from), None)?;
    let payer = clients.global_session(&payer, &context.cancel).await?;
    let bucket = match source.history.as_known() {
        None => None,
        Some(history) => {
            let account = history.account.clone().or(source.account.clone());
            let place = target(&account.map(Account::from), Some(&history.region))?;
            let session = clients.session(&place, &context.cancel).await?;
            let bucket = history.bucket.known("bucket")?.clone();
            let prefix = history.prefix.as_known().cloned().unwrap_or_default();
            Some((session, bucket, prefix))
        }
    };
    let history = bucket.as_ref().map(|(session, bucket, prefix)| Place {
        session,
        bucket: bucket.clone(),
        prefix: prefix.clone(),
    });
    let today = day::today();
    let most_calls = source.max_calls.as_known().copied().unwrap_or_default();
    let sources = Sources { payer: &payer, history, most_calls, today };
    let read = costs::read(&sources, first, last).await;
    let is_history = read.as_ref().is_err_and(|failure| {
        failure.operation().is_some_and(|operation| operation.service == "s3")
    });
    let what = match bucket {
        Some((_, bucket, _)) if is_history => format!("read the history of costs in `{bucket}`"),
        Some(_) | None => format!("read the costs of account `{}`", payer.account()),
    };
    let at = Path::root().attribute(if is_history { "history" } else { "account" });
    let known = read.attempting(&what).map_err(|problem| problem.at(at))?;
    warn_of_unasked(&known, most_calls, context.warnings);
    Ok(CostsRead { known, today })
}

/// The cap is a wish of the user's, and yet figures lack for it.
fn warn_of_unasked(known: &Known, most_calls: u32, warnings: &mut Diagnostics) {
    let (Some(first), Some(last)) = (known.unasked.first(), known.unasked.last()) else { return };
    if most_calls == 0 {
        return;
    }
    let count = known.unasked.len();
    let days = if count == 1 {
        format!("{first}")
    } else {
        format!("{count} days from {first} to {last}")
    };
    let detail = format!(
        "Cost Explorer was asked {} times and wasn't asked for {days}, since that may take more than {most_calls} calls. Those days are in `missing_days`.\nhint: allow more with `max_calls`; each costs 0.01 USD.",
        known.calls
    );
    let at = Path::root().attribute("max_calls");
    warnings.warning(at, "Costs of some days weren't asked for", detail);
}
