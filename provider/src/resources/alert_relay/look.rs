//! What of a relay's objects is there: one look at each.

use std::collections::BTreeMap;

use aws_sdk_cloudwatch::types::MetricAlarm;
use contract::relay::{SETTINGS_ITEM, TABLE_EXPIRES, TABLE_JSON, TABLE_KEY};
use framework::Attr;

use super::Entered;
use super::model::Relay;
use crate::aws::objects::event_source::EventSource;
use crate::aws::objects::table::Table;
use crate::aws::objects::{
    Tags, event_source, function, log_group, queue, queue_alarm, role, rule, schedule_group,
    subscription, table, topic,
};
use crate::aws::{Failure, Kind, Region, Session};

/// All that was found.
#[derive(Debug)]
pub(super) struct Seen {
    pub(super) regions: BTreeMap<Region, SeenRegion>,
    /// `None` for a spoke.
    pub(super) hub: Option<Box<SeenHub>>,
}

impl Seen {
    /// The tags of a spoke's topic in its home region.
    pub(super) fn spoke_tags(&self, home: &Region) -> Option<&Tags> {
        let region = self.regions.get(home)?;
        region.topic.as_ref().map(|_| &region.topic_tags)
    }
}

/// What was found in a region.
#[derive(Debug, Default)]
pub(super) struct SeenRegion {
    pub(super) topic: Option<topic::Found>,
    /// ARNs of the queues that the topic feeds.
    pub(super) feeds: Vec<String>,
    /// What the subscription of the relay's queue has that it must not have.
    pub(super) feed_differences: Vec<&'static str>,
    /// The topic's tags.
    pub(super) topic_tags: Tags,
    /// The rule's tags.
    pub(super) rule_tags: Tags,
    pub(super) rule: Option<rule::Found>,
    /// ARNs of what the rule hands its events to.
    pub(super) targets: Vec<String>,
}

/// What was found of a hub at home.
#[derive(Debug, Default)]
pub(super) struct SeenHub {
    pub(super) log_group: Option<log_group::Found>,
    pub(super) queue: Option<queue::Found>,
    pub(super) dead_letters: Option<queue::Found>,
    pub(super) table: Option<table::Found>,
    pub(super) table_expires: bool,
    pub(super) settings: Option<String>,
    pub(super) schedule_group: Option<schedule_group::Found>,
    pub(super) role: Option<role::Found>,
    pub(super) scheduler_role: Option<role::Found>,
    pub(super) function: Option<function::Found>,
    pub(super) mapping: Option<event_source::Found>,
    pub(super) dead_letter_topic: Option<topic::Found>,
    pub(super) emails: Vec<subscription::Found>,
    /// Those of the alarms on the queues that are there.
    pub(super) alarms: Vec<MetricAlarm>,
    /// Tags of what is there, by what messages call it; those of roles, log group and schedule group are
    /// with them.
    pub(super) tags: BTreeMap<String, Tags>,
}

impl Seen {
    /// Whether nothing at all is left of the relay. A destroy or a create that was cut short leaves
    /// some of its objects, and whatever is left must stay in the state to be removed or mended.
    pub(super) fn is_gone(&self) -> bool {
        self.hub.as_deref().is_none_or(SeenHub::is_gone)
            && self.regions.values().all(|seen| seen.topic.is_none() && seen.rule.is_none())
    }
}

impl SeenHub {
    /// Whether there is none of its objects. All fields are named, so that none is forgotten.
    fn is_gone(&self) -> bool {
        let Self {
            log_group,
            queue,
            dead_letters,
            table,
            table_expires: _,
            settings: _,
            schedule_group,
            role,
            scheduler_role,
            function,
            mapping,
            dead_letter_topic,
            emails: _,
            alarms,
            tags: _,
        } = self;
        log_group.is_none()
            && queue.is_none()
            && dead_letters.is_none()
            && table.is_none()
            && schedule_group.is_none()
            && role.is_none()
            && scheduler_role.is_none()
            && function.is_none()
            && mapping.is_none()
            && dead_letter_topic.is_none()
            && alarms.is_empty()
    }
}

/// Looks at all objects that a relay has.
///
/// # Errors
/// What AWS refuses.
pub(super) async fn look(entered: &Entered, state: &Relay) -> Result<Seen, Failure> {
    let mut regions = BTreeMap::new();
    for (place, session) in &entered.regions {
        let arn = entered.place.topic(&entered.names, place);
        let has_rule = state.health.as_known() != Some(&false);
        let fed = fed_queue(entered, state);
        let seen = region(session, entered, &arn, &fed, has_rule);
        regions.insert(place.clone(), Box::pin(seen).await?);
    }
    let hub = match &state.hub {
        Attr::Null => Some(Box::new(Box::pin(hub(entered, state)).await?)),
        Attr::Known(_) | Attr::Unknown => None,
    };
    Ok(Seen { regions, hub })
}

/// ARN of the queue that the topics feed.
fn fed_queue(entered: &Entered, state: &Relay) -> String {
    let hub = state.hub.as_known().and_then(|hub| hub.queue_arn.as_known());
    hub.cloned().unwrap_or_else(|| entered.place.queue(&entered.names))
}

async fn region(
    session: &Session,
    entered: &Entered,
    arn: &str,
    fed: &str,
    has_rule: bool,
) -> Result<SeenRegion, Failure> {
    let names = &entered.names;
    let mut seen =
        SeenRegion { topic: topic::find(session, &names.topic).await?, ..Default::default() };
    // What a topic fed went with it.
    if seen.topic.is_some() {
        let feeds = subscription::list(session, arn, subscription::Protocol::Queue).await?;
        for found in feeds.unwrap_or_default() {
            let Some(arn) = found.arn else { continue };
            if found.endpoint == fed {
                seen.feed_differences = feed_differences(session, &arn).await?;
            }
            seen.feeds.push(found.endpoint);
        }
        seen.topic_tags = topic::tags(session, &names.topic).await?.unwrap_or_default();
    }
    if has_rule {
        seen.rule = rule::find(session, &names.rule).await?;
    }
    if let Some(rule) = &seen.rule {
        seen.rule_tags = rule::tags(session, &rule.arn).await?;
        let targets = rule::targets(session, &names.rule).await?;
        seen.targets = targets.into_iter().map(|(_, arn)| arn).collect();
    }
    Ok(seen)
}

/// The subscription of a spoke is its hub's, which need not let the topic's owner look at it.
async fn feed_differences(session: &Session, arn: &str) -> Result<Vec<&'static str>, Failure> {
    match subscription::differences(session, arn).await {
        Err(failure) if failure.kind() == Kind::Denied => Ok(Vec::new()),
        seen => seen,
    }
}

async fn hub(entered: &Entered, state: &Relay) -> Result<SeenHub, Failure> {
    let (home, names) = (&entered.home, &entered.names);
    let mut seen = SeenHub {
        log_group: log_group::find(home, &names.log_group()).await?,
        queue: queue::find(home, &names.queue).await?,
        dead_letters: queue::find(home, &names.dead_letters).await?,
        schedule_group: schedule_group::find(home, &names.schedule_group).await?,
        function: function::find(home, &names.function).await?,
        dead_letter_topic: topic::find(home, &names.dead_letters).await?,
        ..SeenHub::default()
    };
    if state.role_arn.is_null() {
        seen.role = role::find(home, &names.role).await?;
        seen.scheduler_role = role::find(home, &names.scheduler_role).await?;
    }
    for name in [names.alarm.clone(), names.waiting_alarm()] {
        if let Some(alarm) = queue_alarm::find(home, &name).await? {
            seen.alarms.push(alarm);
            seen.tags.insert(format!("alarm {name}"), queue_alarm::tags(home, &name).await?);
        }
    }
    for (thing, found) in [("queue", &seen.queue), ("dead-letter queue", &seen.dead_letters)] {
        if let Some(found) = found {
            seen.tags.insert(thing.to_owned(), queue::tags(home, &found.url).await?);
        }
    }
    if seen.function.is_some() {
        seen.mapping = event_source::find(home, &mapping(entered)).await?;
    }
    if seen.dead_letter_topic.is_some() {
        let tags = topic::tags(home, &names.dead_letters).await?.unwrap_or_default();
        seen.tags.insert("topic of dead letters".to_owned(), tags);
        let arn = entered.place.dead_letter_topic(names);
        let listed = subscription::list(home, &arn, subscription::Protocol::Email).await?;
        seen.emails = listed.unwrap_or_default();
    }
    Box::pin(incidents(entered, seen)).await
}

async fn incidents(entered: &Entered, mut seen: SeenHub) -> Result<SeenHub, Failure> {
    let home = &entered.home;
    let wanted = Table {
        name: entered.names.table.clone(),
        key: TABLE_KEY.to_owned(),
        expires: TABLE_EXPIRES.to_owned(),
        tags: Tags::new(),
    };
    let Some(table) = table::find(home, &wanted.name).await? else { return Ok(seen) };
    seen.tags.insert("table".to_owned(), table::tags(home, &wanted.name).await?);
    Ok(SeenHub {
        table: Some(table),
        table_expires: table::expires(home, &wanted).await?,
        settings: table::text(home, &wanted, SETTINGS_ITEM, TABLE_JSON).await?,
        ..seen
    })
}

/// What a mapping is found by.
fn mapping(entered: &Entered) -> EventSource {
    EventSource {
        queue_arn: entered.place.queue(&entered.names),
        function_name: entered.names.function.clone(),
        batch_size: 0,
        window_seconds: 0,
        most_at_once: 0,
        tags: Tags::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(hub: SeenHub, region: SeenRegion) -> Seen {
        let home: Region = "eu-west-1".parse().expect("a region");
        let regions = BTreeMap::from([(home, region)]);
        Seen { regions, hub: Some(Box::new(hub)) }
    }

    #[test]
    fn a_relay_is_gone_when_nothing_is_left() {
        assert!(seen(SeenHub::default(), SeenRegion::default()).is_gone());
        let role = || Some(role::Found::default());
        for left in [
            SeenHub { log_group: Some(log_group::Found::default()), ..SeenHub::default() },
            SeenHub { role: role(), ..SeenHub::default() },
            SeenHub { scheduler_role: role(), ..SeenHub::default() },
            SeenHub { dead_letter_topic: Some(topic::Found::default()), ..SeenHub::default() },
        ] {
            assert!(!seen(left, SeenRegion::default()).is_gone());
        }
        let ruled = SeenRegion { rule: Some(rule::Found::default()), ..SeenRegion::default() };
        assert!(!seen(SeenHub::default(), ruled).is_gone(), "a rule without its topic");
    }
}
