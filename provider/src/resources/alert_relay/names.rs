//! What a relay's objects are called, and their ARNs.

use framework::{Error, Result};
use serde::{Deserialize, Serialize};

use crate::aws::names::{self, NameRule};
use crate::aws::objects::{function, log_group, queue, role, schedule_group, table, topic};
use crate::aws::{AccountId, Partition, Region};

/// The names of all objects of a relay. They are kept with the state, so that objects which exist
/// are found whatever becomes of the provider's prefix and stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Names {
    pub(super) topic: String,
    pub(super) rule: String,
    pub(super) queue: String,
    pub(super) dead_letters: String,
    pub(super) alarm: String,
    pub(super) table: String,
    pub(super) function: String,
    pub(super) schedule_group: String,
    pub(super) role: String,
    pub(super) scheduler_role: String,
}

impl Names {
    /// The names for what `stack` declares as `name` with its home in `region`. Roles are one for
    /// all regions of an account, so theirs name the region.
    ///
    /// # Errors
    /// When the prefix leaves no room, which the provider block's rules exclude.
    pub(super) fn of(prefix: &str, stack: &str, name: &str, region: &str) -> Result<Self> {
        let fit = |rule: NameRule, name: &str| {
            names::fit(rule, prefix, stack, name).map_err(|problem| {
                Error::new("The provider's `name_prefix` is too long", format!("{problem}."))
            })
        };
        let relay = format!("{name}-relay");
        let dead_letters = format!("{name}-relay-dead-letters");
        Ok(Self {
            topic: fit(names::TOPIC, &relay)?,
            rule: fit(names::RULE, &format!("{name}-relay-health"))?,
            queue: fit(names::QUEUE, &relay)?,
            // Also the name of the topic that tells of them.
            dead_letters: fit(names::QUEUE, &dead_letters)?,
            alarm: fit(names::ALARM, &dead_letters)?,
            table: fit(names::TABLE, &relay)?,
            function: fit(names::FUNCTION, &relay)?,
            schedule_group: fit(names::SCHEDULE_GROUP, &relay)?,
            role: fit(names::ROLE, &format!("{name}-{region}-relay"))?,
            scheduler_role: fit(names::ROLE, &format!("{name}-{region}-reminders"))?,
        })
    }

    pub(super) fn log_group(&self) -> String {
        log_group::name_for_function(&self.function)
    }

    /// The alarm on messages that wait too long. It follows from the other alarm's name, so that names
    /// which were kept before there was one say it as well.
    pub(super) fn waiting_alarm(&self) -> String {
        let relay = self.alarm.strip_suffix("-dead-letters").unwrap_or(&self.alarm);
        format!("{relay}-waiting")
    }
}

/// The account and home region of a relay, and the path of its roles.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) partition: Partition,
    pub(super) account: AccountId,
    pub(super) home: Region,
    pub(super) iam_path: String,
}

impl Place {
    pub(super) fn topic(&self, names: &Names, region: &Region) -> String {
        topic::arn(&self.partition, region, &self.account, &names.topic)
    }

    pub(super) fn queue(&self, names: &Names) -> String {
        queue::arn(&self.partition, &self.home, &self.account, &names.queue)
    }

    pub(super) fn dead_letter_queue(&self, names: &Names) -> String {
        queue::arn(&self.partition, &self.home, &self.account, &names.dead_letters)
    }

    pub(super) fn dead_letter_topic(&self, names: &Names) -> String {
        topic::arn(&self.partition, &self.home, &self.account, &names.dead_letters)
    }

    pub(super) fn table(&self, names: &Names) -> String {
        table::arn(&self.partition, &self.home, &self.account, &names.table)
    }

    pub(super) fn function(&self, names: &Names) -> String {
        function::arn(&self.partition, &self.home, &self.account, &names.function)
    }

    pub(super) fn log_group(&self, names: &Names) -> String {
        log_group::arn(&self.partition, &self.home, &self.account, &names.log_group())
    }

    pub(super) fn schedule_group(&self, names: &Names) -> String {
        schedule_group::arn(&self.partition, &self.home, &self.account, &names.schedule_group)
    }

    /// ARNs of all schedules in the group of reminders.
    pub(super) fn schedules(&self, names: &Names) -> String {
        let Self { partition, account, home, .. } = self;
        let group = &names.schedule_group;
        format!("arn:{partition}:scheduler:{home}:{account}:schedule/{group}/*")
    }

    pub(super) fn role(&self, name: &str) -> String {
        role::arn(&self.partition, &self.account, &self.iam_path, name).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_can_be_read() {
        let names = Names::of("hinomi-", "main", "ops", "ap-northeast-1").expect("they fit");
        assert_eq!(names.topic, "hinomi-main_ops-relay");
        assert_eq!(names.dead_letters, "hinomi-main_ops-relay-dead-letters");
        assert_eq!(names.role, "hinomi-main_ops-ap-northeast-1-relay");
        assert_eq!(names.log_group(), "/aws/lambda/hinomi-main_ops-relay");
        assert_eq!(names.alarm, "hinomi-main/ops-relay-dead-letters");
        assert_eq!(names.waiting_alarm(), "hinomi-main/ops-relay-waiting");
    }

    #[test]
    fn long_names_fit_everywhere() {
        let (stack, name) = ("s".repeat(32), "n".repeat(40));
        let names = Names::of("long-long-", &stack, &name, "ap-northeast-1").expect("they fit");
        for name in [&names.rule, &names.function, &names.role, &names.schedule_group] {
            assert!(name.len() <= 64, "{name}");
        }
        assert_ne!(names.queue, names.dead_letters);
        assert_ne!(names.role, names.scheduler_role);
        assert!(names.waiting_alarm().len() <= 255, "{}", names.waiting_alarm());
    }
}
