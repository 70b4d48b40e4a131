//! Calls of AWS Budgets for one budget.

use std::collections::BTreeMap;

use aws_sdk_budgets::error::BuildError;
use aws_sdk_budgets::types;

use jiff::civil::Date;

use super::settings::Settings;
use super::triggers::{Step, Trigger, Triggers, Unit};
use crate::aws::tags::TagChanges;
use crate::aws::{Arn, Failure, Kind, Session, reads};
use crate::resources::cost_alert::amount::Amount;
use crate::resources::cost_alert::model::Basis;
use crate::resources::cost_alert::subscriber::{Subscriber, Subscribers};

/// Prefix of Budgets' IAM actions.
const SERVICE: &str = "budgets";

/// A budget as it should be.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Wanted {
    /// Its name in AWS.
    pub(in super::super) name: String,
    pub(in super::super) settings: Settings,
    pub(in super::super) triggers: Triggers,
    pub(in super::super) tags: BTreeMap<String, String>,
}

/// A budget as it is.
#[derive(Clone, Debug)]
pub(in super::super) struct Found {
    pub(in super::super) budget: types::Budget,
    /// The notifications that ring above a point.
    pub(in super::super) triggers: Triggers,
    /// The others, in words: Hinomi makes no such ones and leaves them alone.
    pub(in super::super) others: Vec<String>,
    /// All tags but AWS's own.
    pub(in super::super) tags: BTreeMap<String, String>,
}

/// The budget, from the account's lists where those have it; `None` when it is gone.
pub(in super::super) async fn listed(
    session: &Session,
    name: &str,
) -> Result<Option<Found>, Failure> {
    let Some(budget) = reads::budgets::find(session, name).await? else { return Ok(None) };
    let notifications = reads::budgets::listed_notifications(session, name).await?;
    Box::pin(details(session, budget, notifications)).await
}

/// The budget, asked for by itself; `None` when it is gone.
pub(in super::super) async fn direct(
    session: &Session,
    name: &str,
) -> Result<Option<Found>, Failure> {
    let Some(budget) = reads::budgets::direct(session, name).await? else { return Ok(None) };
    let notifications = reads::budgets::notifications(session, name).await?;
    Box::pin(details(session, budget, notifications)).await
}

/// What no list shows. A budget that goes meanwhile is gone.
async fn details(
    session: &Session,
    budget: types::Budget,
    notifications: Vec<types::Notification>,
) -> Result<Option<Found>, Failure> {
    let name = budget.budget_name.clone();
    let Some(mut tags) = reads::budgets::tags(session, &name).await? else { return Ok(None) };
    tags.retain(|key, _| !key.starts_with("aws:"));
    let mut found = Found { budget, triggers: Triggers::new(), others: Vec::new(), tags };
    for notification in notifications {
        match trigger_of(&notification) {
            Some(trigger) => {
                let told = reads::budgets::subscribers(session, &name, &notification).await?;
                let told = told.into_iter().filter_map(subscriber_of).collect();
                found.triggers.insert(trigger, told);
            }
            None => found.others.push(in_words(&notification)),
        }
    }
    Ok(Some(found))
}

/// Makes the budget with all that belongs to it. AWS makes all of it or nothing.
pub(in super::super) async fn create(
    session: &Session,
    wanted: &Wanted,
    today: Date,
) -> Result<(), Failure> {
    let name = &wanted.name;
    let notifications: Result<Vec<_>, BuildError> = wanted
        .triggers
        .iter()
        .map(|(trigger, told)| {
            types::NotificationWithSubscribers::builder()
                .notification(notification(*trigger)?)
                .set_subscribers(Some(subscribers(told)?))
                .build()
        })
        .collect();
    let sent = session
        .budgets()
        .create_budget()
        .account_id(session.account().as_str())
        .budget(wanted.settings.budget(name, None, today).map_err(|problem| unbuilt(&problem))?)
        .set_notifications_with_subscribers(Some(
            notifications.map_err(|problem| unbuilt(&problem))?,
        ))
        .set_resource_tags(Some(resource_tags(&wanted.tags)?))
        .send()
        .await;
    reads::budgets::written(session, name);
    sent.map(drop).map_err(session.failed(SERVICE, "CreateBudget"))
}

/// Gives the budget other settings. What else it has stays.
pub(in super::super) async fn update(
    session: &Session,
    settings: &Settings,
    existing: &types::Budget,
    today: Date,
) -> Result<(), Failure> {
    let name = &existing.budget_name;
    let changed = settings.budget(name, Some(existing), today);
    let sent = session
        .budgets()
        .update_budget()
        .account_id(session.account().as_str())
        .new_budget(changed.map_err(|problem| unbuilt(&problem))?)
        .send()
        .await;
    reads::budgets::written(session, name);
    sent.map(drop).map_err(session.failed(SERVICE, "UpdateBudget"))
}

/// Deletes the budget with its notifications. One that is gone is deleted.
pub(in super::super) async fn delete(session: &Session, name: &str) -> Result<(), Failure> {
    let sent = session
        .budgets()
        .delete_budget()
        .account_id(session.account().as_str())
        .budget_name(name)
        .send()
        .await;
    reads::budgets::written(session, name);
    match sent.map_err(session.failed(SERVICE, "DeleteBudget")) {
        Err(failure) if !failure.is_not_found() => Err(failure),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Changes the budget's tags.
pub(in super::super) async fn tag(
    session: &Session,
    name: &str,
    changes: &TagChanges,
) -> Result<(), Failure> {
    let arn = Arn::budget(session.partition(), session.account(), name).to_string();
    if !changes.set.is_empty() {
        let sent = session
            .budgets()
            .tag_resource()
            .resource_arn(&arn)
            .set_resource_tags(Some(resource_tags(&changes.set)?))
            .send()
            .await;
        sent.map_err(session.failed(SERVICE, "TagResource"))?;
    }
    if !changes.remove.is_empty() {
        let sent = session
            .budgets()
            .untag_resource()
            .resource_arn(&arn)
            .set_resource_tag_keys(Some(changes.remove.clone()))
            .send()
            .await;
        sent.map_err(session.failed(SERVICE, "UntagResource"))?;
    }
    Ok(())
}

/// Changes one notification or subscriber.
///
/// A call that AWS carried out and whose answer was lost is sent again: "exists already" and
/// "doesn't exist" then mean that it is done. Whether it is shows the reading that follows.
pub(in super::super) async fn take(
    session: &Session,
    name: &str,
    step: &Step,
) -> Result<(), Failure> {
    let (budgets, account) = (session.budgets(), session.account().as_str());
    let sent = match step {
        Step::Move { from, to } => budgets
            .update_notification()
            .account_id(account)
            .budget_name(name)
            .old_notification(notification(*from).map_err(|problem| unbuilt(&problem))?)
            .new_notification(notification(*to).map_err(|problem| unbuilt(&problem))?)
            .send()
            .await
            .map(drop)
            .map_err(session.failed(SERVICE, "UpdateNotification")),
        Step::Remove(trigger) => budgets
            .delete_notification()
            .account_id(account)
            .budget_name(name)
            .notification(notification(*trigger).map_err(|problem| unbuilt(&problem))?)
            .send()
            .await
            .map(drop)
            .map_err(session.failed(SERVICE, "DeleteNotification")),
        Step::Add(trigger, told) => budgets
            .create_notification()
            .account_id(account)
            .budget_name(name)
            .notification(notification(*trigger).map_err(|problem| unbuilt(&problem))?)
            .set_subscribers(Some(subscribers(told).map_err(|problem| unbuilt(&problem))?))
            .send()
            .await
            .map(drop)
            .map_err(session.failed(SERVICE, "CreateNotification")),
        Step::Tell(..) | Step::TellInstead { .. } | Step::Spare(..) => {
            take_subscriber(session, name, step).await
        }
    };
    reads::budgets::written(session, name);
    match sent {
        Err(failure) if !matches!(failure.kind(), Kind::Conflict | Kind::NotFound) => Err(failure),
        Ok(()) | Err(_) => Ok(()),
    }
}

async fn take_subscriber(session: &Session, name: &str, step: &Step) -> Result<(), Failure> {
    let (budgets, account) = (session.budgets(), session.account().as_str());
    match step {
        Step::Tell(trigger, new) => budgets
            .create_subscriber()
            .account_id(account)
            .budget_name(name)
            .notification(notification(*trigger).map_err(|problem| unbuilt(&problem))?)
            .subscriber(subscriber(new).map_err(|problem| unbuilt(&problem))?)
            .send()
            .await
            .map(drop)
            .map_err(session.failed(SERVICE, "CreateSubscriber")),
        Step::TellInstead { trigger, old, new } => budgets
            .update_subscriber()
            .account_id(account)
            .budget_name(name)
            .notification(notification(*trigger).map_err(|problem| unbuilt(&problem))?)
            .old_subscriber(subscriber(old).map_err(|problem| unbuilt(&problem))?)
            .new_subscriber(subscriber(new).map_err(|problem| unbuilt(&problem))?)
            .send()
            .await
            .map(drop)
            .map_err(session.failed(SERVICE, "UpdateSubscriber")),
        Step::Spare(trigger, old) => budgets
            .delete_subscriber()
            .account_id(account)
            .budget_name(name)
            .notification(notification(*trigger).map_err(|problem| unbuilt(&problem))?)
            .subscriber(subscriber(old).map_err(|problem| unbuilt(&problem))?)
            .send()
            .await
            .map(drop)
            .map_err(session.failed(SERVICE, "DeleteSubscriber")),
        Step::Move { .. } | Step::Remove(_) | Step::Add(..) => Ok(()),
    }
}

fn unbuilt(problem: &BuildError) -> Failure {
    Failure::new(Kind::Invalid, format!("the request can't be made: {problem}"))
}

fn notification(trigger: Trigger) -> Result<types::Notification, BuildError> {
    types::Notification::builder()
        .notification_type(match trigger.basis {
            Basis::Actual => types::NotificationType::Actual,
            Basis::Forecast => types::NotificationType::Forecasted,
        })
        .comparison_operator(types::ComparisonOperator::GreaterThan)
        .threshold(trigger.above.number())
        .threshold_type(match trigger.unit {
            Unit::Percent => types::ThresholdType::Percentage,
            Unit::Usd => types::ThresholdType::AbsoluteValue,
        })
        .build()
}

/// The notification as a trigger; `None` for one that rings below a point or at it.
fn trigger_of(notification: &types::Notification) -> Option<Trigger> {
    let basis = [
        (types::NotificationType::Actual, Basis::Actual),
        (types::NotificationType::Forecasted, Basis::Forecast),
    ];
    // Percent is AWS's default.
    let unit = match &notification.threshold_type {
        None => Unit::Percent,
        Some(unit) if *unit == types::ThresholdType::Percentage => Unit::Percent,
        Some(unit) if *unit == types::ThresholdType::AbsoluteValue => Unit::Usd,
        Some(_) => return None,
    };
    if notification.comparison_operator != types::ComparisonOperator::GreaterThan {
        return None;
    }
    let (_, basis) = basis.into_iter().find(|(kind, _)| *kind == notification.notification_type)?;
    Some(Trigger { basis, unit, above: Amount::new(notification.threshold) })
}

fn in_words(notification: &types::Notification) -> String {
    let unit = notification.threshold_type.as_ref().map_or("PERCENTAGE", |unit| unit.as_str());
    format!(
        "{} {} {} {unit}",
        notification.notification_type, notification.comparison_operator, notification.threshold
    )
}

fn subscriber(told: &Subscriber) -> Result<types::Subscriber, BuildError> {
    let (kind, address) = match told {
        Subscriber::Topic(arn) => (types::SubscriptionType::Sns, arn),
        Subscriber::Email(address) => (types::SubscriptionType::Email, address),
    };
    types::Subscriber::builder().subscription_type(kind).address(address).build()
}

fn subscribers(told: &Subscribers) -> Result<Vec<types::Subscriber>, BuildError> {
    told.iter().map(subscriber).collect()
}

fn subscriber_of(told: types::Subscriber) -> Option<Subscriber> {
    if told.subscription_type == types::SubscriptionType::Sns {
        Some(Subscriber::Topic(told.address))
    } else if told.subscription_type == types::SubscriptionType::Email {
        Some(Subscriber::Email(told.address))
    } else {
        None
    }
}

fn resource_tags(tags: &BTreeMap<String, String>) -> Result<Vec<types::ResourceTag>, Failure> {
    let tag = |(key, value)| types::ResourceTag::builder().key(key).value(value).build();
    tags.iter().map(tag).collect::<Result<_, _>>().map_err(|problem| unbuilt(&problem))
}
