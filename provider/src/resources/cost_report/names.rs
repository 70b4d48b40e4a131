//! What a report's objects are called, and their ARNs.

use framework::{Error, Result};
use serde::{Deserialize, Serialize};

use crate::aws::names::{self, NameRule};
use crate::aws::objects::{bucket, function, log_group, role, schedule_group};
use crate::aws::{AccountId, Partition, Region};

/// Name of the one schedule in its group.
pub(super) const SCHEDULE: &str = "morning";
/// Name of the table of costs in its database.
pub(super) const TABLE: &str = "costs";

/// The names of all objects of a report, but for those that its attributes give. They are kept with the state,
/// so that objects which exist are found whatever becomes of the provider's prefix and stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Names {
    pub(super) function: String,
    pub(super) schedule_group: String,
    pub(super) role: String,
    pub(super) scheduler_role: String,
    pub(super) bucket: String,
    pub(super) database: String,
    pub(super) workgroup: String,
}

impl Names {
    /// The names for what `stack` declares as `name` in a place. Roles are one for all regions of an account,
    /// and buckets for all accounts, so theirs name the place.
    ///
    /// # Errors
    /// When the prefix leaves no room, which the provider block's rules exclude.
    pub(super) fn of(prefix: &str, stack: &str, name: &str, place: &Place) -> Result<Self> {
        let fit = |rule: NameRule, prefix: &str, name: &str| {
            names::fit(rule, prefix, stack, name).map_err(|problem| {
                Error::new("The provider's `name_prefix` is too long", format!("{problem}."))
            })
        };
        let (account, region) = (&place.account, &place.region);
        let report = format!("{name}-report");
        Ok(Self {
            function: fit(names::FUNCTION, prefix, &report)?,
            schedule_group: fit(names::SCHEDULE_GROUP, prefix, &report)?,
            role: fit(names::ROLE, prefix, &format!("{name}-{region}-report"))?,
            scheduler_role: fit(names::ROLE, prefix, &format!("{name}-{region}-mornings"))?,
            bucket: fit(names::BUCKET, prefix, &format!("{name}-costs-{account}-{region}"))?,
            // The beginning of a name that people write in SQL, as it can be there.
            database: fit(names::DATABASE, &prefix.replace('-', "_"), name)?,
            workgroup: fit(names::WORKGROUP, prefix, &report)?,
        })
    }

    pub(super) fn log_group(&self) -> String {
        log_group::name_for_function(&self.function)
    }
}

/// Where a report lives.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) partition: Partition,
    pub(super) account: AccountId,
    pub(super) region: Region,
}

impl Place {
    pub(super) fn new(account: AccountId, region: Region) -> Self {
        Self { partition: region.partition(), account, region }
    }

    pub(super) fn function(&self, names: &Names) -> String {
        function::arn(&self.partition, &self.region, &self.account, &names.function)
    }

    pub(super) fn schedule_group(&self, names: &Names) -> String {
        schedule_group::arn(&self.partition, &self.region, &self.account, &names.schedule_group)
    }

    pub(super) fn log_group(&self, names: &Names) -> String {
        log_group::arn(&self.partition, &self.region, &self.account, &names.log_group())
    }

    pub(super) fn bucket(&self, name: &str) -> String {
        bucket::arn(&self.partition, name)
    }

    pub(super) fn role(&self, iam_path: &str, name: &str) -> String {
        role::arn(&self.partition, &self.account, iam_path, name).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokyo() -> Place {
        Place::new("123456789012".parse().unwrap(), "ap-northeast-1".parse().unwrap())
    }

    #[test]
    fn names_say_what_and_where() {
        let names = Names::of("hinomi-", "main", "daily", &tokyo()).unwrap();
        assert_eq!(names.function, "hinomi-main_daily-report");
        assert_eq!(names.log_group(), "/aws/lambda/hinomi-main_daily-report");
        assert_eq!(names.schedule_group, "hinomi-main_daily-report");
        assert_eq!(names.role, "hinomi-main_daily-ap-northeast-1-report");
        assert_eq!(names.scheduler_role, "hinomi-main_daily-ap-northeast-1-mornings");
        assert_eq!(names.bucket, "hinomi-main-daily-costs-123456789012-ap-northeast-1");
        assert_eq!(names.database, "hinomi_main_daily");
        assert_eq!(names.workgroup, "hinomi-main_daily-report");
    }

    #[test]
    fn long_names_fit_everywhere() {
        let (stack, name) = ("s".repeat(32), "n".repeat(32));
        let names = Names::of("long-long-", &stack, &name, &tokyo()).unwrap();
        for name in [&names.function, &names.role, &names.scheduler_role, &names.schedule_group] {
            assert!(name.len() <= 64, "{name}");
        }
        assert!(names.bucket.len() <= 63, "{}", names.bucket);
        assert_ne!(names.role, names.scheduler_role);
    }
}
