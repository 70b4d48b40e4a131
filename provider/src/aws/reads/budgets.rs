//! Budgets.
//!
//! The list shows all settings of a budget, its filter expression included. Notifications have a
//! list of their own: [`listed_notifications`]. Subscribers and tags have none, and are a call
//! for each notification and each budget: [`subscribers`], [`tags`].

use std::collections::{BTreeMap, HashMap};

use aws_sdk_budgets::types::{Budget, Notification, Subscriber};

use crate::aws::{Arn, Failure, Session};

/// Budgets that one page may hold, with their settings or with their notifications
/// (<https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_DescribeBudgets.html>,
/// `API_budgets_DescribeBudgetNotificationsForAccount.html` beside it).
const PAGE: i32 = 1000;
/// Notifications and subscribers that one page may hold.
const SMALL_PAGE: i32 = 100;

/// The budget of the session's account, from the list if that shows it; `None` when it is gone.
///
/// # Errors
/// What `DescribeBudgets` or `DescribeBudget` fails with.
pub async fn find(session: &Session, name: &str) -> Result<Option<Budget>, Failure> {
    match session.listings().global.budgets.find(name, list(session)).await? {
        Some(budget) => Ok(Some(budget)),
        None => direct(session, name).await,
    }
}

/// The budget, asked for by itself; `None` when it is gone.
///
/// # Errors
/// What `DescribeBudget` fails with.
pub async fn direct(session: &Session, name: &str) -> Result<Option<Budget>, Failure> {
    let asked = session
        .budgets()
        .describe_budget()
        .account_id(session.account().as_str())
        .budget_name(name)
        .show_filter_expression(true);
    match asked.send().await.map_err(session.failed("budgets", "DescribeBudget")) {
        Ok(answer) => Ok(answer.budget),
        Err(failure) if failure.is_not_found() => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// The budget's notifications, from the account's list if that shows any; empty when there are
/// none, or the budget is gone.
///
/// # Errors
/// What `DescribeBudgetNotificationsForAccount` or `DescribeNotificationsForBudget` fails with.
pub async fn listed_notifications(
    session: &Session,
    name: &str,
) -> Result<Vec<Notification>, Failure> {
    let listings = &session.listings().global.notifications;
    match listings.find(name, list_notifications(session)).await? {
        Some(notifications) => Ok(notifications),
        None => notifications(session, name).await,
    }
}

/// The budget's notifications, asked for by themselves; empty when the budget is gone.
///
/// # Errors
/// What `DescribeNotificationsForBudget` fails with.
pub async fn notifications(session: &Session, name: &str) -> Result<Vec<Notification>, Failure> {
    let asked = session
        .budgets()
        .describe_notifications_for_budget()
        .account_id(session.account().as_str())
        .budget_name(name);
    let mut pages = asked.into_paginator().page_size(SMALL_PAGE).send();
    let mut all = Vec::new();
    while let Some(page) = pages.next().await {
        match page.map_err(session.failed("budgets", "DescribeNotificationsForBudget")) {
            Ok(page) => all.extend(page.notifications.unwrap_or_default()),
            Err(failure) if failure.is_not_found() => return Ok(Vec::new()),
            Err(failure) => return Err(failure),
        }
    }
    Ok(all)
}

/// Who is told by a notification; empty when it is gone.
///
/// # Errors
/// What `DescribeSubscribersForNotification` fails with.
pub async fn subscribers(
    session: &Session,
    name: &str,
    notification: &Notification,
) -> Result<Vec<Subscriber>, Failure> {
    let asked = session
        .budgets()
        .describe_subscribers_for_notification()
        .account_id(session.account().as_str())
        .budget_name(name)
        .notification(notification.clone());
    let mut pages = asked.into_paginator().page_size(SMALL_PAGE).send();
    let mut all = Vec::new();
    while let Some(page) = pages.next().await {
        match page.map_err(session.failed("budgets", "DescribeSubscribersForNotification")) {
            Ok(page) => all.extend(page.subscribers.unwrap_or_default()),
            Err(failure) if failure.is_not_found() => return Ok(Vec::new()),
            Err(failure) => return Err(failure),
        }
    }
    Ok(all)
}

/// The budget's tags; `None` when it is gone.
///
/// # Errors
/// What `ListTagsForResource` fails with.
pub async fn tags(
    session: &Session,
    name: &str,
) -> Result<Option<BTreeMap<String, String>>, Failure> {
    let arn = Arn::budget(session.partition(), session.account(), name);
    let asked = session.budgets().list_tags_for_resource().resource_arn(arn.to_string());
    match asked.send().await.map_err(session.failed("budgets", "ListTagsForResource")) {
        Ok(answer) => {
            let pairs = answer.resource_tags.unwrap_or_default().into_iter();
            Ok(Some(pairs.map(|tag| (tag.key, tag.value)).collect()))
        }
        Err(failure) if failure.is_not_found() => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// To be called after each write to the budget or its notifications.
pub fn written(session: &Session, name: &str) {
    let global = &session.listings().global;
    global.budgets.forget(name);
    global.notifications.forget(name);
}

async fn list(session: &Session) -> Result<HashMap<String, Budget>, Failure> {
    let asked = session
        .budgets()
        .describe_budgets()
        .account_id(session.account().as_str())
        .show_filter_expression(true);
    let mut pages = asked.into_paginator().page_size(PAGE).send();
    let mut all = HashMap::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(session.failed("budgets", "DescribeBudgets"))?;
        let budgets = page.budgets.unwrap_or_default().into_iter();
        all.extend(budgets.map(|budget| (budget.budget_name.clone(), budget)));
    }
    Ok(all)
}

async fn list_notifications(
    session: &Session,
) -> Result<HashMap<String, Vec<Notification>>, Failure> {
    let asked = session
        .budgets()
        .describe_budget_notifications_for_account()
        .account_id(session.account().as_str());
    let mut pages = asked.into_paginator().page_size(PAGE).send();
    let mut all: HashMap<String, Vec<Notification>> = HashMap::new();
    while let Some(page) = pages.next().await {
        let page =
            page.map_err(session.failed("budgets", "DescribeBudgetNotificationsForAccount"))?;
        for budget in page.budget_notifications_for_account.unwrap_or_default() {
            let (Some(name), Some(found)) = (budget.budget_name, budget.notifications) else {
                continue;
            };
            // One budget's notifications may be on several pages.
            all.entry(name).or_default().extend(found);
        }
    }
    // What shows none is asked for by itself.
    all.retain(|_, notifications| !notifications.is_empty());
    Ok(all)
}
