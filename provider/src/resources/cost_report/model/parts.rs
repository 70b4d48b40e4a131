//! The parts of a report's attributes that are objects themselves.

use std::collections::BTreeMap;

use contract::report as run_time;
use framework::Attr;
use framework::schema::tf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::texts::Texts;

/// Days before an event where nothing is said: four of each weekday.
const BASELINE_DAYS: u16 = 28;

/// Events by their names.
pub type Events = BTreeMap<String, Attr<Event>>;

/// A role in an account whose Cost Explorer is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// ARN of the role.
    #[schemars(extend("x-tf" = tf::required()))]
    pub role_arn: Attr<String>,
    /// External id that the role's trust policy asks for.
    #[schemars(length(min = 2, max = 1224), extend("x-tf" = tf::optional()))]
    pub external_id: Attr<String>,
}

/// A currency at a stated rate.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Currency {
    /// Its code of three capital letters (ISO 4217), such as `JPY`.
    #[schemars(
        regex(pattern = "^[A-Z]{3}$"),
        extend("x-tf" = tf::required().pattern_in_words("be three capital letters, such as `JPY`"))
    )]
    pub code: Attr<String>,
    /// What a US dollar is worth in it.
    #[schemars(extend("x-tf" = tf::required()))]
    pub per_usd: Attr<f64>,
    /// Day of that rate, as `year-month-day`: the report states it. Not needed for `USD`.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub as_of: Attr<String>,
}

/// A time that is planned to cost more, such as a festival.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Event {
    /// Its first day, as `year-month-day` in UTC.
    #[schemars(extend("x-tf" = tf::required()))]
    pub start: Attr<String>,
    /// Its last day, which is a part of it.
    #[schemars(extend("x-tf" = tf::required()))]
    pub end: Attr<String>,
    /// Days before its start whose same weekdays show what its days cost without it.
    #[schemars(range(min = 7, max = 366), extend("x-tf" = tf::default(BASELINE_DAYS)))]
    pub baseline_days: Attr<u16>,
    /// Ids of the accounts that it concerns. Without it that is all of them.
    #[schemars(length(min = 1, max = 1000), extend("x-tf" = tf::optional()))]
    pub accounts: Attr<Texts>,
    /// Cost allocation tags that its own resources carry. What carries all of them is told beside what the event added.
    #[schemars(extend("minProperties" = 1, "maxProperties" = 10, "x-tf" = tf::optional()))]
    pub tags: Attr<BTreeMap<String, Attr<String>>>,
}

/// Where the history is kept and how it is found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct History {
    /// Name of a bucket of your own, in the report's region, which is used as it is and never removed. Without it one is made: private, encrypted, versioned, reached over TLS alone. When this changes, what was recorded stays in the bucket before, and the months that Cost Explorer still holds are fetched anew.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub bucket: Attr<String>,
    /// What the keys of all objects begin with, with a slash at its end. Without it they begin with nothing of yours.
    #[schemars(
        length(max = 512),
        regex(pattern = "^([A-Za-z0-9!_.*'()=-]+/)+$"),
        extend("x-tf" = tf::optional().pattern_in_words("be names that each end with `/`, such as `hinomi/`"))
    )]
    pub prefix: Attr<String>,
    /// Name of the database that is made in Glue's data catalog. Without it the name follows from the report's.
    #[schemars(
        length(max = 255),
        regex(pattern = "^[a-z0-9_]+$"),
        extend("x-tf" = tf::optional().pattern_in_words("hold only lower-case letters, digits and `_`, as Athena wants it"))
    )]
    pub database: Attr<String>,
    /// Name of a workgroup of your own in Athena for the saved queries, which is used as it is and never removed. Without it one is made, whose results go to the bucket, below `query-results/`, for 30 days in a bucket that the report makes.
    #[schemars(
        length(max = 128),
        regex(pattern = "^[a-zA-Z0-9._-]+$"),
        extend("x-tf" = tf::optional().pattern_in_words("hold only letters, digits and `._-`"))
    )]
    pub workgroup: Attr<String>,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Weekday {
    /// Monday.
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

impl From<Weekday> for run_time::Weekday {
    fn from(day: Weekday) -> Self {
        match day {
            Weekday::Monday => Self::Monday,
            Weekday::Tuesday => Self::Tuesday,
            Weekday::Wednesday => Self::Wednesday,
            Weekday::Thursday => Self::Thursday,
            Weekday::Friday => Self::Friday,
            Weekday::Saturday => Self::Saturday,
            Weekday::Sunday => Self::Sunday,
        }
    }
}

impl From<run_time::Weekday> for Weekday {
    fn from(day: run_time::Weekday) -> Self {
        match day {
            run_time::Weekday::Monday => Self::Monday,
            run_time::Weekday::Tuesday => Self::Tuesday,
            run_time::Weekday::Wednesday => Self::Wednesday,
            run_time::Weekday::Thursday => Self::Thursday,
            run_time::Weekday::Friday => Self::Friday,
            run_time::Weekday::Saturday => Self::Saturday,
            run_time::Weekday::Sunday => Self::Sunday,
        }
    }
}
