//! Bringing a relay's objects to what they shall be, whatever they are now.

use std::collections::BTreeMap;

use contract::relay::{SETTINGS_ITEM, TABLE_JSON};
use framework::{Context, Result};

use super::blueprint::{Blueprint, Hub, Part, regions_of};
use super::model::{self, Relay};
use super::{Entered, admission, plan, settings};
use crate::aws::objects::agent::Build;
use crate::aws::objects::{
    Claim, Patience, Tags, agent, event_source, function, log_group, queue, queue_alarm, role,
    rule, schedule_group, subscription, table, topic,
};
use crate::aws::{AccountId, Arn, Failure, Kind, Region, Session, Target};
use crate::clients::Clients;
use crate::model::place;
use crate::model::texts::known as texts;

/// What an apply works with.
pub(super) struct Work<'a> {
    pub(super) entered: &'a Entered,
    pub(super) blueprint: &'a Blueprint,
    /// Sessions, by region, of the account whose queue the topics feed.
    pub(super) subscribers: BTreeMap<Region, Session>,
    /// A session where the queue of another relay is that the topics feed.
    pub(super) at_queue: Option<Session>,
    pub(super) patience: Patience<'a>,
    /// What the state knows; `None` for a new relay.
    pub(super) known: Option<&'a Relay>,
}

/// Sessions of the account whose queue the topics feed, in each region: SNS asks nobody to confirm
/// a subscription that the queue's own account makes.
pub(super) async fn subscribers(
    context: &Context<'_, Clients>,
    entered: &Entered,
    planned: &Relay,
) -> Result<BTreeMap<Region, Session>> {
    let Some(hub) = planned.hub.as_known() else { return Ok(entered.regions.clone()) };
    if account_of(hub).as_ref() == Some(&entered.place.account) {
        return Ok(entered.regions.clone());
    }
    let mut sessions = BTreeMap::new();
    for region in regions_of(&planned.regions) {
        let session = at_hub(context, entered, planned, hub, region.clone()).await?;
        sessions.insert(region, session);
    }
    Ok(sessions)
}

/// A session of the hub's account where the queue is that a spoke feeds; nothing for a hub.
pub(super) async fn queue_session(
    context: &Context<'_, Clients>,
    entered: &Entered,
    planned: &Relay,
) -> Result<Option<Session>> {
    let Some(hub) = planned.hub.as_known() else { return Ok(None) };
    let Some(region) = queue_of(hub).and_then(|queue| queue.region()) else { return Ok(None) };
    at_hub(context, entered, planned, hub, region).await.map(Some)
}

fn queue_of(hub: &model::Hub) -> Option<Arn> {
    hub.queue_arn.as_known()?.parse().ok()
}

fn account_of(hub: &model::Hub) -> Option<AccountId> {
    queue_of(hub)?.account()
}

/// A session in the hub's account. The way into the spoke's own is the spoke's.
async fn at_hub(
    context: &Context<'_, Clients>,
    entered: &Entered,
    planned: &Relay,
    hub: &model::Hub,
    region: Region,
) -> Result<Session> {
    let account = account_of(hub);
    let target = if account.as_ref() == Some(&entered.place.account) {
        Target { region: Some(region), ..place::target(&planned.account, Some(&planned.region))? }
    } else {
        let defaults = context.clients.defaults.account_parts();
        Target {
            account,
            role_name: hub.role_name.clone().or(defaults.role_name.clone()).into_known(),
            external_id: hub.external_id.clone().or(defaults.external_id.clone()).into_known(),
            region: Some(region),
        }
    };
    context.clients.session(&target, &context.cancel).await
}

impl Work<'_> {
    fn home(&self) -> &Session {
        &self.entered.home
    }

    /// The sessions of the relay's regions.
    fn regions(&self) -> impl Iterator<Item = (&Region, &Session)> {
        let wanted = &self.blueprint.regions;
        self.entered.regions.iter().filter(|(region, _)| wanted.contains(*region))
    }

    /// What makes an object ours that the state knows, or doesn't.
    fn claim(is_known: bool) -> Claim {
        if is_known { Claim::ByState } else { Claim::ByTags }
    }

    fn knows_topic(&self, region: &Region) -> bool {
        self.known.is_some_and(|known| texts(&known.regions).contains(region.as_str()))
    }

    fn knows_rule(&self, region: &Region) -> bool {
        let is_on = self.known.is_some_and(|known| known.health.as_known() != Some(&false));
        is_on && self.knows_topic(region)
    }

    fn knows_roles(&self) -> bool {
        self.known.is_some_and(|known| known.role_arn.is_null())
    }

    /// Refuses to go on when an object that the state doesn't know has a name of ours and is not
    /// ours. It comes before all writes: what a failed apply leaves is removed by name.
    pub(super) async fn refuse_others(&self) -> Result<(), Failure> {
        let names = &self.blueprint.names;
        for (region, session) in self.regions() {
            if !self.knows_topic(region) {
                self.check("topic", &names.topic, topic::tags(session, &names.topic).await?)?;
            }
            if self.blueprint.health
                && !self.knows_rule(region)
                && let Some(found) = rule::find(session, &names.rule).await?
            {
                self.check("rule", &names.rule, Some(rule::tags(session, &found.arn).await?))?;
            }
        }
        let hub = match &self.blueprint.part {
            Part::Hub(hub) => hub,
            Part::Spoke { queue } => return self.admitted(queue).await,
        };
        if hub.given_roles.is_none() && !self.knows_roles() {
            for name in [&names.role, &names.scheduler_role] {
                let found = role::find(self.home(), name).await?;
                self.check("role", name, found.map(|found| found.tags))?;
            }
        }
        if self.known.is_none() { Box::pin(self.refuse_others_at_home()).await } else { Ok(()) }
    }

    /// Refuses a spoke whose hub's queue takes nothing from it: it would look whole and be silent.
    async fn admitted(&self, queue: &Arn) -> Result<(), Failure> {
        let Some(session) = &self.at_queue else { return Ok(()) };
        let place = &self.entered.place;
        let regions = self.blueprint.regions.iter();
        let topics = regions
            .map(|region| (region.clone(), place.topic(&self.blueprint.names, region)))
            .collect();
        let account = &place.account;
        Box::pin(admission::check(session, self.patience, queue, account, &topics)).await
    }

    async fn refuse_others_at_home(&self) -> Result<(), Failure> {
        let (home, names) = (self.home(), &self.blueprint.names);
        for name in [&names.queue, &names.dead_letters] {
            if let Some(found) = queue::find(home, name).await? {
                self.check("queue", name, Some(queue::tags(home, &found.url).await?))?;
            }
        }
        if table::find(home, &names.table).await?.is_some() {
            self.check("table", &names.table, Some(table::tags(home, &names.table).await?))?;
        }
        let found = function::find(home, &names.function).await?;
        self.check("function", &names.function, found.map(|found| found.function.tags))?;
        let found = log_group::find(home, &names.log_group()).await?;
        self.check("log group", &names.log_group(), found.map(|found| found.tags))?;
        let found = schedule_group::find(home, &names.schedule_group).await?;
        self.check("schedule group", &names.schedule_group, found.map(|found| found.tags))?;
        self.check("topic", &names.dead_letters, topic::tags(home, &names.dead_letters).await?)?;
        for name in [names.alarm.clone(), names.waiting_alarm()] {
            if queue_alarm::find(home, &name).await?.is_some() {
                self.check("alarm", &name, Some(queue_alarm::tags(home, &name).await?))?;
            }
        }
        Ok(())
    }

    fn check(&self, thing: &str, name: &str, found: Option<Tags>) -> Result<(), Failure> {
        match found {
            None => Ok(()),
            Some(found) => Claim::ByTags.check(thing, name, &found, &self.blueprint.tags),
        }
    }

    /// Makes what is missing, and changes what differs. First what others name: the function comes
    /// when its roles and table are there, and the topics come last, when all that they feed works.
    pub(super) async fn converge(&self) -> Result<(), Failure> {
        if let Part::Hub(hub) = &self.blueprint.part {
            let dead_letters = Box::pin(self.queues_and_table(hub)).await?;
            Box::pin(self.function(hub, &dead_letters)).await?;
            Box::pin(self.dead_letters(hub)).await?;
        }
        for (region, session) in self.regions() {
            self.patience.unless_stopped()?;
            Box::pin(self.region(region, session)).await?;
        }
        Ok(())
    }

    /// Returns the URL of the dead-letter queue.
    async fn queues_and_table(&self, hub: &Hub) -> Result<String, Failure> {
        let (home, blueprint, patience) = (self.home(), self.blueprint, self.patience);
        let claim = Self::claim(self.known.is_some());
        log_group::ensure(home, claim, &blueprint.log_group(hub)).await?;
        patience.unless_stopped()?;
        let wanted = blueprint.dead_letter_queue();
        let dead_letters = queue::ensure(home, patience, claim, &wanted).await?;
        queue::ensure(home, patience, claim, &blueprint.queue()).await?;
        patience.unless_stopped()?;
        table::ensure(home, patience, claim, &blueprint.table()).await?;
        self.put_settings(hub).await?;
        schedule_group::ensure(home, patience, claim, &blueprint.schedule_group()).await?;
        Ok(dead_letters)
    }

    /// Writes the settings that the function reads, if the table has others.
    async fn put_settings(&self, hub: &Hub) -> Result<(), Failure> {
        let table = self.blueprint.table();
        let wanted = settings::to_json(&hub.settings);
        let found = table::text(self.home(), &table, SETTINGS_ITEM, TABLE_JSON).await?;
        if found.as_ref() == Some(&wanted) {
            return Ok(());
        }
        table::put_text(self.home(), &table, SETTINGS_ITEM, TABLE_JSON, &wanted).await
    }

    async fn function(&self, hub: &Hub, dead_letter_url: &str) -> Result<(), Failure> {
        let (home, blueprint, patience) = (self.home(), self.blueprint, self.patience);
        let function_claim = Self::claim(self.known.is_some());
        let wanted = blueprint.function(hub, dead_letter_url);
        if hub.given_roles.is_none() {
            let claim = Self::claim(self.knows_roles());
            let role = blueprint.role(hub);
            let name = &role.name;
            function::delete_without_role(home, patience, function_claim, &wanted, name).await?;
            role::ensure(home, claim, &role).await?;
            role::ensure(home, claim, &blueprint.scheduler_role(hub)).await?;
        }
        patience.unless_stopped()?;
        let package = agent::package(Build::Agent, hub.architecture).map_err(|problem| {
            Failure::new(Kind::Configuration, problem.to_string()).advising(plan::NO_AGENT)
        })?;
        let made = function::ensure(home, patience, function_claim, &wanted, &package);
        Box::pin(made).await?;
        patience.unless_stopped()?;
        event_source::ensure(home, patience, &blueprint.event_source()).await
    }

    /// Those who are told of what could not be delivered. An address that has not confirmed yet is
    /// not asked again.
    async fn dead_letters(&self, hub: &Hub) -> Result<(), Failure> {
        let (home, blueprint) = (self.home(), self.blueprint);
        let claim = Self::claim(self.known.is_some());
        topic::ensure(home, claim, &blueprint.dead_letter_topic()).await?;
        let arn = blueprint.place.dead_letter_topic(&blueprint.names);
        let listed = subscription::list(home, &arn, subscription::Protocol::Email).await?;
        let listed = listed.unwrap_or_default();
        for email in &hub.emails {
            if !listed.iter().any(|found| found.endpoint == *email) {
                subscription::ensure(home, &arn, subscription::Protocol::Email, email).await?;
            }
        }
        for alarm in blueprint.alarms() {
            queue_alarm::ensure(home, claim, &alarm).await?;
        }
        Ok(())
    }

    async fn region(&self, region: &Region, session: &Session) -> Result<(), Failure> {
        let blueprint = self.blueprint;
        let claim = Self::claim(self.knows_topic(region));
        topic::ensure(session, claim, &blueprint.topic(region)).await?;
        let (arn, queue) = (blueprint.place.topic(&blueprint.names, region), blueprint.fed_queue());
        let listed = subscription::list(session, &arn, subscription::Protocol::Queue).await?;
        let feeds = |found: subscription::Found| found.arn.filter(|_| found.endpoint == queue);
        let by = self.subscribers.get(region).unwrap_or(session);
        match listed.unwrap_or_default().into_iter().find_map(feeds) {
            Some(fed) => subscription::mend(by, &fed).await?,
            None => {
                subscription::ensure(by, &arn, subscription::Protocol::Queue, &queue).await?;
            }
        }
        if blueprint.health {
            let claim = Self::claim(self.knows_rule(region));
            rule::ensure(session, claim, &blueprint.rule(region)).await?;
        }
        Ok(())
    }
}
