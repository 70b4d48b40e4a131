//! What a relay's objects shall be, from attributes that are known.

use std::collections::{BTreeMap, BTreeSet};

use contract::relay as run_time;
use framework::{Attr, Error, Result};
use serde_json::json;

use super::model::Relay;
use super::names::{Names, Place};
use super::{policies, settings};
use crate::aws::objects::agent;
use crate::aws::objects::event_source::EventSource;
use crate::aws::objects::function::Function;
use crate::aws::objects::log_group::LogGroup;
use crate::aws::objects::queue::{Queue, Redrive};
use crate::aws::objects::queue_alarm::{QueueAlarm, Rings};
use crate::aws::objects::role::Role;
use crate::aws::objects::rule::Rule;
use crate::aws::objects::schedule_group::ScheduleGroup;
use crate::aws::objects::table::Table;
use crate::aws::objects::topic::Topic;
use crate::aws::{Arn, Region};
use crate::model::tags::{self, Tags};
use crate::model::texts::{Texts, known as texts};

/// How long the function may run for one batch, in seconds.
const RUN_SECONDS: i32 = 60;
/// How long a message that was received stays hidden: six runs, as AWS advises
/// (<https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html>).
const VISIBILITY_SECONDS: u32 = 360;
/// The longest that SQS keeps a message: 14 days from when it was sent first. A dead letter is no younger for
/// having moved (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html>).
const RETENTION_SECONDS: u32 = 1_209_600;
/// How often a message is tried before it is a dead letter: Discord may be gone for hours.
const RECEIVES: u16 = 50;
/// How long a message may wait before its alarm rings, in seconds. Shorter than three times
/// [`VISIBILITY_SECONDS`]: a message that was received three times counts no more in the age that SQS shows
/// (<https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html>).
const LONGEST_WAIT_SECONDS: u32 = 600;
/// The most messages of a batch: a storm is folded into few messages.
const BATCH: i32 = 100;
/// The most batches at once; the least that Lambda allows.
const AT_ONCE: i32 = 2;

/// A relay as it shall be.
#[derive(Clone, Debug)]
pub(super) struct Blueprint {
    pub(super) name: String,
    pub(super) names: Names,
    pub(super) place: Place,
    pub(super) regions: BTreeSet<Region>,
    pub(super) sources: BTreeSet<String>,
    /// Regions that other accounts' topics feed the queue from, beyond those that need no mention.
    pub(super) source_regions: BTreeSet<Region>,
    pub(super) health: bool,
    pub(super) tags: BTreeMap<String, String>,
    pub(super) part: Part,
}

/// What a relay is beside its topics.
#[derive(Clone, Debug)]
pub(super) enum Part {
    /// It has a queue and a function.
    Hub(Box<Hub>),
    /// It feeds the queue of another.
    Spoke {
        /// That queue.
        queue: Arn,
    },
}

/// The parts of a hub that attributes say.
#[derive(Clone, Debug)]
pub(super) struct Hub {
    pub(super) architecture: agent::Architecture,
    pub(super) memory_mb: i32,
    pub(super) retention_days: i32,
    /// The roles that are given, function's and Scheduler's; `None` where they are made.
    pub(super) given_roles: Option<(String, String)>,
    pub(super) permissions_boundary: Option<String>,
    pub(super) parameters: BTreeSet<String>,
    pub(super) emails: BTreeSet<String>,
    pub(super) settings: run_time::Settings,
}

impl Blueprint {
    /// Reads attributes that are known.
    ///
    /// # Errors
    /// A bug of the provider's, when one is not known.
    pub(super) fn of(
        relay: &Relay,
        names: Names,
        place: Place,
        discord_base_url: Option<String>,
    ) -> Result<Self> {
        let part = match relay.hub.as_known() {
            Some(hub) => {
                let queue = hub.queue_arn.known("hub.queue_arn")?.parse();
                Part::Spoke {
                    queue: queue.map_err(|problem| Error::provider_bug(format!("{problem}")))?,
                }
            }
            None => Part::Hub(Box::new(Hub::of(relay, &names, &place, discord_base_url)?)),
        };
        Ok(Self {
            name: relay.name.known("name")?.clone(),
            regions: regions_of(&relay.regions),
            sources: texts(&relay.source_accounts),
            source_regions: regions_of(&relay.source_regions),
            health: relay.health.as_known().copied().unwrap_or(true),
            tags: plain(&relay.tags_all)?,
            names,
            place,
            part,
        })
    }

    pub(super) fn topic(&self, region: &Region) -> Topic {
        let arn = self.place.topic(&self.names, region);
        let hub = match &self.part {
            Part::Hub(_) => None,
            Part::Spoke { queue } => queue.account().map(|account| (account, queue.to_string())),
        };
        let hub = hub.as_ref().filter(|(account, _)| *account != self.place.account);
        let hub = hub.map(|(account, queue)| (account, queue.as_str()));
        Topic {
            name: self.names.topic.clone(),
            display_name: String::new(),
            policy: policies::topic(&self.place, &arn, &self.sources, hub),
            tags: self.tags.clone(),
        }
    }

    /// The rule that tells a region's topic of AWS Health.
    pub(super) fn rule(&self, region: &Region) -> Rule {
        Rule {
            name: self.names.rule.clone(),
            description: format!("Tells the relay {} of AWS Health's events.", self.name),
            pattern: json!({ "source": ["aws.health"] }),
            target_arn: self.place.topic(&self.names, region),
            tags: self.tags.clone(),
        }
    }

    /// ARN of the queue that the topics feed.
    pub(super) fn fed_queue(&self) -> String {
        match &self.part {
            Part::Hub(_) => self.place.queue(&self.names),
            Part::Spoke { queue } => queue.to_string(),
        }
    }

    pub(super) fn queue(&self) -> Queue {
        let policy = policies::queue(
            &self.place,
            &self.names,
            &self.regions,
            &self.sources,
            &self.source_regions,
        );
        Queue {
            name: self.names.queue.clone(),
            visibility_seconds: VISIBILITY_SECONDS,
            retention_seconds: RETENTION_SECONDS,
            redrive: Some(Redrive {
                dead_letter_arn: self.place.dead_letter_queue(&self.names),
                receives: RECEIVES,
            }),
            policy: Some(policy),
            tags: self.tags.clone(),
        }
    }

    pub(super) fn dead_letter_queue(&self) -> Queue {
        Queue {
            name: self.names.dead_letters.clone(),
            visibility_seconds: 30,
            retention_seconds: RETENTION_SECONDS,
            redrive: None,
            policy: None,
            tags: self.tags.clone(),
        }
    }

    pub(super) fn dead_letter_topic(&self) -> Topic {
        let arn = self.place.dead_letter_topic(&self.names);
        Topic {
            name: self.names.dead_letters.clone(),
            display_name: String::new(),
            policy: policies::dead_letter_topic(&self.place, &arn),
            tags: self.tags.clone(),
        }
    }

    /// The alarms of the queues.
    pub(super) fn alarms(&self) -> [QueueAlarm; 2] {
        [self.dead_letter_alarm(), self.waiting_alarm()]
    }

    fn dead_letter_alarm(&self) -> QueueAlarm {
        let (name, queue) = (&self.name, &self.names.dead_letters);
        let again = self.place.queue(&self.names);
        QueueAlarm {
            name: self.names.alarm.clone(),
            description: format!(
                "The relay {name} could not deliver a message to Discord. It waits in the queue {queue} until 14 days after it was sent. When the webhook works again, start that queue's redrive in SQS, to the custom destination {again}. To its source queue it can't go, as most letters were put there by the relay itself."
            ),
            queue: queue.clone(),
            rings: Rings::ForAny,
            topic_arn: self.place.dead_letter_topic(&self.names),
            tags: self.tags.clone(),
        }
    }

    fn waiting_alarm(&self) -> QueueAlarm {
        let (name, queue) = (&self.name, &self.names.queue);
        let minutes = LONGEST_WAIT_SECONDS / 60;
        let log_group = self.names.log_group();
        QueueAlarm {
            name: self.names.waiting_alarm(),
            description: format!(
                "The relay {name} is mute: a message has waited in the queue {queue} for over {minutes} minutes. Its function doesn't run, fails, or can't reach Discord: the log group {log_group} says why. Nothing is lost yet: messages are tried again for hours, and then wait with the dead letters."
            ),
            queue: queue.clone(),
            rings: Rings::ForOlderThan(LONGEST_WAIT_SECONDS),
            topic_arn: self.place.dead_letter_topic(&self.names),
            tags: self.tags.clone(),
        }
    }

    pub(super) fn table(&self) -> Table {
        Table {
            name: self.names.table.clone(),
            key: run_time::TABLE_KEY.to_owned(),
            expires: run_time::TABLE_EXPIRES.to_owned(),
            tags: self.tags.clone(),
        }
    }

    pub(super) fn schedule_group(&self) -> ScheduleGroup {
        ScheduleGroup { name: self.names.schedule_group.clone(), tags: self.tags.clone() }
    }

    pub(super) fn log_group(&self, hub: &Hub) -> LogGroup {
        LogGroup {
            name: self.names.log_group(),
            retention_days: hub.retention_days,
            tags: self.tags.clone(),
        }
    }

    /// The role of the function, where it is made.
    pub(super) fn role(&self, hub: &Hub) -> Role {
        let scheduler_role = self.place.role(&self.names.scheduler_role);
        Role {
            name: self.names.role.clone(),
            path: self.place.iam_path.clone(),
            description: format!("Runs the function of the relay {}.", self.name),
            trust: policies::execution_trust(),
            policy: policies::execution(&self.place, &self.names, &scheduler_role, &hub.parameters),
            permissions_boundary: hub.permissions_boundary.clone(),
            tags: self.tags.clone(),
        }
    }

    /// The role of reminders, where it is made.
    pub(super) fn scheduler_role(&self, hub: &Hub) -> Role {
        Role {
            name: self.names.scheduler_role.clone(),
            path: self.place.iam_path.clone(),
            description: format!("Sends the relay {} its reminders.", self.name),
            trust: policies::scheduler_trust(&self.place, &self.names),
            policy: policies::scheduler(&self.place, &self.names),
            permissions_boundary: hub.permissions_boundary.clone(),
            tags: self.tags.clone(),
        }
    }

    /// The function, which is told of the queue of dead letters by its URL.
    pub(super) fn function(&self, hub: &Hub, dead_letter_url: &str) -> Function {
        let role_arn = match &hub.given_roles {
            Some((role, _)) => role.clone(),
            None => self.place.role(&self.names.role),
        };
        Function {
            name: self.names.function.clone(),
            description: format!("The relay {}: tells Discord what rings.", self.name),
            role_arn,
            memory_mb: hub.memory_mb,
            timeout_seconds: RUN_SECONDS,
            environment: BTreeMap::from([
                (run_time::TABLE_VARIABLE.to_owned(), self.names.table.clone()),
                (run_time::DEAD_LETTER_VARIABLE.to_owned(), dead_letter_url.to_owned()),
            ]),
            log_group: self.names.log_group(),
            vpc: None,
            tags: self.tags.clone(),
        }
    }

    pub(super) fn event_source(&self) -> EventSource {
        EventSource {
            queue_arn: self.place.queue(&self.names),
            function_name: self.names.function.clone(),
            batch_size: BATCH,
            window_seconds: 1,
            most_at_once: AT_ONCE,
            tags: self.tags.clone(),
        }
    }
}

impl Hub {
    fn of(
        relay: &Relay,
        names: &Names,
        place: &Place,
        discord_base_url: Option<String>,
    ) -> Result<Self> {
        let small = |attribute: &Attr<i64>, name: &str| {
            i32::try_from(*attribute.known(name)?)
                .map_err(|_| Error::provider_bug(format!("`{name}` is out of its range")))
        };
        let given = (relay.role_arn.as_known(), relay.scheduler_role_arn.as_known());
        let given_roles = match given {
            (Some(role), Some(scheduler)) => Some((role.clone(), scheduler.clone())),
            _ => None,
        };
        let parameters = settings::parameters(relay)
            .ok_or_else(|| Error::provider_bug("a parameter's ARN is not known"))?;
        let scheduler_role = match &given_roles {
            Some((_, scheduler)) => scheduler.clone(),
            None => place.role(&names.scheduler_role),
        };
        let reminder = run_time::Schedules {
            group_name: names.schedule_group.clone(),
            role_arn: scheduler_role,
        };
        Ok(Self {
            architecture: (*relay.architecture.known("architecture")?).into(),
            memory_mb: small(&relay.memory_mb, "memory_mb")?,
            retention_days: small(&relay.log_retention_days, "log_retention_days")?,
            given_roles,
            permissions_boundary: relay.permissions_boundary.as_known().cloned(),
            parameters,
            emails: texts(&relay.emails),
            settings: settings::of(relay, reminder, discord_base_url)?,
        })
    }
}

/// The regions that are known.
pub(super) fn regions_of(set: &Attr<Texts>) -> BTreeSet<Region> {
    texts(set).iter().filter_map(|region| region.parse().ok()).collect()
}

fn plain(all: &Attr<Tags>) -> Result<BTreeMap<String, String>> {
    tags::plain(all).ok_or_else(|| Error::provider_bug("a tag has no value where it must have one"))
}
