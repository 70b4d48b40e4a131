//! Schedules of `EventBridge` Scheduler.
//!
//! The list shows a schedule's name, state, target and when it was changed last; what it sends and
//! with which role only [`direct`] shows.

use std::collections::HashMap;

use aws_sdk_scheduler::operation::get_schedule::GetScheduleOutput;
use aws_sdk_scheduler::types::ScheduleSummary;

use crate::aws::{Failure, Session};

/// Schedules that one page may hold
/// (<https://docs.aws.amazon.com/scheduler/latest/APIReference/API_ListSchedules.html>).
const PAGE: i32 = 100;

/// What the list of the group shows of a schedule; `None` when it doesn't show it, which is no
/// proof that it is gone: [`direct`] tells.
///
/// # Errors
/// What `ListSchedules` fails with.
pub async fn listed(
    session: &Session,
    group: &str,
    name: &str,
) -> Result<Option<ScheduleSummary>, Failure> {
    session.listings().schedules(group).find(name, list(session, group)).await
}

/// The schedule, asked for by itself; `None` when it is gone.
///
/// # Errors
/// What `GetSchedule` fails with.
pub async fn direct(
    session: &Session,
    group: &str,
    name: &str,
) -> Result<Option<GetScheduleOutput>, Failure> {
    let answer = session.scheduler().get_schedule().group_name(group).name(name).send().await;
    match answer.map_err(session.failed("scheduler", "GetSchedule")) {
        Ok(answer) => Ok(Some(answer)),
        Err(failure) if failure.is_not_found() => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// To be called after each write to the schedule.
pub fn written(session: &Session, group: &str, name: &str) {
    session.listings().schedules(group).forget(name);
}

async fn list(session: &Session, group: &str) -> Result<HashMap<String, ScheduleSummary>, Failure> {
    let asked = session.scheduler().list_schedules().group_name(group);
    let mut pages = asked.into_paginator().page_size(PAGE).send();
    let mut all = HashMap::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(session.failed("scheduler", "ListSchedules"));
        match page {
            Ok(page) => all.extend(
                page.schedules.into_iter().filter_map(|found| Some((found.name.clone()?, found))),
            ),
            // The group is gone, and its schedules with it.
            Err(failure) if failure.is_not_found() => return Ok(HashMap::new()),
            Err(failure) => return Err(failure),
        }
    }
    Ok(all)
}
