//! Removing a relay's objects: all of them, or those that it needs no longer.

use framework::Attr;

use super::Entered;
use super::blueprint::Part;
use super::converge::Work;
use super::model::Relay;
use crate::aws::objects::event_source::EventSource;
use crate::aws::objects::{
    Patience, Tags, event_source, function, log_group, queue, queue_alarm, role, rule,
    schedule_group, subscription, table, topic,
};
use crate::aws::{Failure, Session};
use crate::model::texts::known as texts;

/// Removes what an update left behind: topics of regions that left, rules that are not wanted,
/// subscriptions of those who shall no longer be told, and roles that others took the place of.
pub(super) async fn what_left(
    work: &Work<'_>,
    leaving: &[Session],
    prior: &Relay,
) -> Result<(), Failure> {
    let (entered, blueprint) = (work.entered, work.blueprint);
    for session in leaving {
        rule::delete(session, &entered.names.rule).await?;
        topic::delete(session, &entered.names.topic).await?;
    }
    if !blueprint.health && prior.health.as_known() != Some(&false) {
        for session in entered.regions.values() {
            rule::delete(session, &entered.names.rule).await?;
        }
    }
    match &blueprint.part {
        Part::Spoke { queue } => {
            let former = prior.hub.as_known().and_then(|hub| hub.queue_arn.as_known());
            if let Some(former) = former.filter(|former| **former != queue.to_string()) {
                unsubscribe_queue(entered, former).await?;
            }
        }
        Part::Hub(hub) => {
            let former = texts(&prior.emails);
            let arn = entered.place.dead_letter_topic(&entered.names);
            for email in former.difference(&hub.emails) {
                let protocol = subscription::Protocol::Email;
                unsubscribe(&entered.home, &arn, protocol, email).await?;
            }
            if hub.given_roles.is_some() && prior.role_arn.is_null() {
                delete_roles(entered).await?;
            }
        }
    }
    Ok(())
}

async fn unsubscribe_queue(entered: &Entered, queue: &str) -> Result<(), Failure> {
    for (region, session) in &entered.regions {
        let arn = entered.place.topic(&entered.names, region);
        unsubscribe(session, &arn, subscription::Protocol::Queue, queue).await?;
    }
    Ok(())
}

/// An address that has never confirmed can't be taken off: SNS forgets it by itself after some
/// days.
async fn unsubscribe(
    session: &Session,
    topic_arn: &str,
    protocol: subscription::Protocol,
    endpoint: &str,
) -> Result<(), Failure> {
    let listed = subscription::list(session, topic_arn, protocol).await?.unwrap_or_default();
    let found = listed.into_iter().find(|found| found.endpoint == endpoint);
    match found.and_then(|found| found.arn) {
        Some(arn) => subscription::delete(session, &arn).await,
        None => Ok(()),
    }
}

async fn delete_roles(entered: &Entered) -> Result<(), Failure> {
    role::delete(&entered.home, &entered.names.role).await?;
    role::delete(&entered.home, &entered.names.scheduler_role).await
}

/// Removes all of a relay: first the topics, so that nothing comes in, and the log last, since the
/// function may write to it until it is gone.
pub(super) async fn all(
    entered: &Entered,
    state: &Relay,
    patience: Patience<'_>,
) -> Result<(), Failure> {
    for session in entered.regions.values() {
        if state.health != Attr::Known(false) {
            rule::delete(session, &entered.names.rule).await?;
        }
        // With its subscriptions, whichever account made them.
        topic::delete(session, &entered.names.topic).await?;
        patience.unless_stopped()?;
    }
    if state.hub.is_null() { Box::pin(hub(entered, state, patience)).await } else { Ok(()) }
}

async fn hub(entered: &Entered, state: &Relay, patience: Patience<'_>) -> Result<(), Failure> {
    let (home, names) = (&entered.home, &entered.names);
    let mapping = EventSource {
        queue_arn: entered.place.queue(names),
        function_name: names.function.clone(),
        batch_size: 0,
        window_seconds: 0,
        most_at_once: 0,
        tags: Tags::new(),
    };
    event_source::delete(home, patience, &mapping).await?;
    function::delete(home, patience, &names.function).await?;
    patience.unless_stopped()?;
    schedule_group::delete(home, patience, &names.schedule_group).await?;
    for alarm in [names.alarm.clone(), names.waiting_alarm()] {
        queue_alarm::delete(home, &alarm).await?;
    }
    topic::delete(home, &names.dead_letters).await?;
    queue::delete(home, patience, &[&names.queue, &names.dead_letters]).await?;
    patience.unless_stopped()?;
    table::delete(home, patience, &names.table).await?;
    if state.role_arn.is_null() {
        delete_roles(entered).await?;
    }
    log_group::delete(home, &names.log_group()).await
}
