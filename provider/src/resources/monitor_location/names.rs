//! What a location's objects are called, and their ARNs.

use framework::{Error, Result};
use serde::{Deserialize, Serialize};

use crate::aws::names::{self, NameRule};
use crate::aws::objects::{bucket, function, log_group, role, schedule_group};
use crate::aws::{AccountId, Partition, Region};

/// The names of all objects of a location. They are kept with the state, so that objects which exist
/// are found whatever becomes of the provider's prefix and stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Names {
    pub(super) function: String,
    pub(super) schedule_group: String,
    pub(super) probe_role: String,
    pub(super) scheduler_role: String,
    pub(super) canary_role: String,
    pub(super) bucket: String,
}

impl Names {
    /// The names for what `stack` declares as `name` in a place. Roles are one for all regions of an
    /// account, and buckets for all accounts, so theirs name the place.
    ///
    /// # Errors
    /// When the prefix leaves no room, which the provider block's rules exclude.
    pub(super) fn of(prefix: &str, stack: &str, name: &str, place: &Place) -> Result<Self> {
        let fit = |rule: NameRule, name: &str| {
            names::fit(rule, prefix, stack, name).map_err(|problem| {
                Error::new("The provider's `name_prefix` is too long", format!("{problem}."))
            })
        };
        let (account, region) = (&place.account, &place.region);
        let location = format!("{name}-location");
        Ok(Self {
            function: fit(names::FUNCTION, &location)?,
            schedule_group: fit(names::SCHEDULE_GROUP, &location)?,
            probe_role: fit(names::ROLE, &format!("{name}-{region}-probe"))?,
            scheduler_role: fit(names::ROLE, &format!("{name}-{region}-schedule"))?,
            canary_role: fit(names::ROLE, &format!("{name}-{region}-canary"))?,
            bucket: fit(names::BUCKET, &format!("{name}-{account}-{region}"))?,
        })
    }

    pub(super) fn log_group(&self) -> String {
        log_group::name_for_function(&self.function)
    }
}

/// Where a location lives.
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

    pub(super) fn log_group(&self, name: &str) -> String {
        log_group::arn(&self.partition, &self.region, &self.account, name)
    }

    pub(super) fn bucket(&self, names: &Names) -> String {
        bucket::arn(&self.partition, &names.bucket)
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
        let names = Names::of("hinomi-", "main", "tokyo", &tokyo()).unwrap();
        assert_eq!(names.function, "hinomi-main_tokyo-location");
        assert_eq!(names.log_group(), "/aws/lambda/hinomi-main_tokyo-location");
        assert_eq!(names.schedule_group, "hinomi-main_tokyo-location");
        assert_eq!(names.probe_role, "hinomi-main_tokyo-ap-northeast-1-probe");
        assert_eq!(names.scheduler_role, "hinomi-main_tokyo-ap-northeast-1-schedule");
        assert_eq!(names.canary_role, "hinomi-main_tokyo-ap-northeast-1-canary");
        assert_eq!(names.bucket, "hinomi-main-tokyo-123456789012-ap-northeast-1");
    }

    #[test]
    fn locations_of_one_name_in_two_regions_share_no_role() {
        let osaka = Place::new("123456789012".parse().unwrap(), "ap-northeast-3".parse().unwrap());
        let here = Names::of("hinomi-", "main", "japan", &tokyo()).unwrap();
        let there = Names::of("hinomi-", "main", "japan", &osaka).unwrap();
        assert_ne!(here.probe_role, there.probe_role);
        assert_ne!(here.scheduler_role, there.scheduler_role);
        assert_ne!(here.canary_role, there.canary_role);
        assert_ne!(here.bucket, there.bucket);
    }
}
