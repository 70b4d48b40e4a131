//! What the daily report of costs needs to know at run time.
//!
//! The provider writes [`Settings`] for the report's function, as it does for a relay, and the
//! function reads them on each morning. No value here is a secret: a webhook's URL is named by the
//! ARN of the parameter that holds it. Keys that a reader doesn't know are passed over, so that an
//! older function reads newer settings.

mod invalid;
mod read;
mod run;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

pub use crate::relay::{Account, Destination, Language, Mentions};
pub use invalid::InvalidSetting;
pub use run::{Purpose, Run};

use crate::account::AccountId;
use crate::cost::PlannedEvent;
use crate::spike::Rules;

/// Settings of a report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The report's name.
    pub name: String,
    /// Where it goes.
    pub webhook: Destination,
    /// Language of the messages.
    #[serde(default)]
    pub language: Language,
    /// The accounts' names and purposes. An account with costs that isn't here is reported by its
    /// number, without a purpose.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub accounts: BTreeMap<AccountId, Account>,
    /// The currency in which amounts are shown.
    #[serde(default)]
    pub currency: Currency,
    /// What counts as a spike.
    #[serde(default, deserialize_with = "read::rules")]
    pub rules: Rules,
    /// What an account may cost in a month of the calendar, in US dollars, more than zero.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub budgets: BTreeMap<AccountId, f64>,
    /// Times that are planned to cost more, by their names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub events: BTreeMap<String, Event>,
    /// The weekday of the morning on which the report has the pace of growth: the one that tells the
    /// day before that weekday. Without it, on none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weekly_digest: Option<Weekday>,
    /// The day of the month, 1 to 28, of the morning on which the report has the pace of growth: the one
    /// that tells the day before. Without it, on none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monthly_digest: Option<u8>,
    /// Who is mentioned when a spike is new.
    #[serde(default)]
    pub mentions: Mentions,
    /// Where costs are asked for; none for the function's own account, which sees its members' costs
    /// where it pays for them. Each source is asked by itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<Source>,
    /// Where an account's purpose is looked up that [`Settings::accounts`] gives none; without it, such an
    /// account has none. The organization is asked through the first source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose_from: Option<PurposeFrom>,
    /// Months before the present one, 0 to 13, that are fetched where the history lacks them. Cost
    /// Explorer holds single days of no more.
    #[serde(default = "backfill_months")]
    pub backfill_months: u8,
    /// Whether Cost Anomaly Detection is told that anomalies in an event's time were planned.
    #[serde(default = "yes")]
    pub anomaly_feedback: bool,
    /// Calls of Cost Explorer that a morning makes at most, but for those that fill the history. Each costs
    /// 0.01 US dollars.
    #[serde(default = "most_calls")]
    pub most_calls: u32,
    /// Where the history is kept.
    pub history: HistoryPlace,
    /// Where Discord's API is, version included, when it is reached through a proxy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discord_base_url: Option<String>,
}

/// An account whose Cost Explorer is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The role of that account which the function takes on.
    pub role_arn: String,
    /// What the role's trust asks for beside the function's own role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
}

/// Where an account's purpose stands in its organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PurposeFrom {
    /// The value of the account's tag with this key.
    Tag(String),
    /// The name of the organizational unit that the account is in; none for one right below the root.
    Unit,
}

/// The currency in which amounts are shown. AWS bills in US dollars, and so is everything kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Currency {
    /// Its code of three capital letters (ISO 4217), such as `JPY`.
    pub code: String,
    /// What a US dollar is worth in it, more than zero; 1 for US dollars.
    pub per_usd: f64,
    /// The day of that rate; none for US dollars.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Date>,
}

/// A time that is planned to cost more, such as a festival.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its first day.
    pub start: Date,
    /// Its last day, which is a part of it.
    pub end: Date,
    /// Days before its start whose same weekdays show what its days cost without it: 7 to 366.
    #[serde(default = "baseline_days")]
    pub baseline_days: u16,
    /// The accounts that it concerns; none for all of them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub accounts: BTreeSet<AccountId>,
    /// Cost allocation tags that its own resources carry. What carries them is told beside what
    /// the event added; the history has no tags.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
}

/// Where the history is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryPlace {
    /// The bucket's name.
    pub bucket: String,
    /// What the objects' keys begin with; empty for nothing, otherwise with a slash at its end.
    #[serde(default)]
    pub prefix: String,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "their names say it")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

impl Settings {
    /// Settings with a place for messages and one for the history, and nothing else.
    pub fn of(name: impl Into<String>, webhook: Destination, history: HistoryPlace) -> Self {
        Self {
            name: name.into(),
            webhook,
            language: Language::default(),
            accounts: BTreeMap::new(),
            currency: Currency::default(),
            rules: Rules::default(),
            budgets: BTreeMap::new(),
            events: BTreeMap::new(),
            weekly_digest: None,
            monthly_digest: None,
            mentions: Mentions::default(),
            sources: Vec::new(),
            purpose_from: None,
            backfill_months: backfill_months(),
            anomaly_feedback: yes(),
            most_calls: most_calls(),
            history,
            discord_base_url: None,
        }
    }

    /// The events, as the spike engine leaves them out. Those that end before they start are passed
    /// over: [`Self::validate`] names them.
    pub fn planned_events(&self) -> Vec<PlannedEvent> {
        let planned = self.events.iter().filter_map(|(name, event)| {
            let planned = PlannedEvent::of(name, event.start, event.end).ok()?;
            Some(PlannedEvent { accounts: event.accounts.clone(), ..planned })
        });
        planned.collect()
    }

    /// Names what isn't allowed.
    pub fn validate(&self) -> Result<(), Vec<InvalidSetting>> {
        let invalid = invalid::of(self);
        if invalid.is_empty() { Ok(()) } else { Err(invalid) }
    }
}

impl Default for Currency {
    /// US dollars.
    fn default() -> Self {
        Self { code: "USD".to_owned(), per_usd: 1.0, as_of: None }
    }
}

impl Weekday {
    /// The same day, as dates have it.
    pub const fn civil(self) -> jiff::civil::Weekday {
        match self {
            Self::Monday => jiff::civil::Weekday::Monday,
            Self::Tuesday => jiff::civil::Weekday::Tuesday,
            Self::Wednesday => jiff::civil::Weekday::Wednesday,
            Self::Thursday => jiff::civil::Weekday::Thursday,
            Self::Friday => jiff::civil::Weekday::Friday,
            Self::Saturday => jiff::civil::Weekday::Saturday,
            Self::Sunday => jiff::civil::Weekday::Sunday,
        }
    }
}

const fn yes() -> bool {
    true
}

/// As many as the spike engine's default rules look back, and the present one.
const fn backfill_months() -> u8 {
    5
}

const fn most_calls() -> u32 {
    20
}

const fn baseline_days() -> u16 {
    28
}
