//! Groups of `EventBridge` Scheduler's schedules. Deleting one deletes its schedules.

use aws_sdk_scheduler::types::{ScheduleGroupState, Tag};

use super::{Claim, Patience, Tags, or_absent};
use crate::aws::error::{Failure, Kind};
use crate::aws::tags::TagChanges;
use crate::aws::wait::{self, Pauses, Seen};
use crate::aws::{AccountId, Partition, Region, Session};

/// What a schedule group shall be.
#[derive(Clone, Debug)]
pub struct ScheduleGroup {
    /// Its name, 1 to 64 characters.
    pub name: String,
    /// All of its tags.
    pub tags: Tags,
}

/// A schedule group as it is.
#[derive(Clone, Debug)]
pub struct Found {
    /// All of its tags.
    pub tags: Tags,
    /// Whether it is being deleted, which goes on after the call until its schedules are gone.
    is_going: bool,
}

/// The ARN of a schedule group.
pub fn arn(partition: &Partition, region: &Region, account: &AccountId, name: &str) -> String {
    format!("arn:{partition}:scheduler:{region}:{account}:schedule-group/{name}")
}

/// The schedule group; `None` when there is none, or none but one that is being deleted.
///
/// # Errors
/// What Scheduler refuses.
pub async fn find(session: &Session, name: &str) -> Result<Option<Found>, Failure> {
    Ok(look(session, name).await?.filter(|found| !found.is_going))
}

async fn look(session: &Session, name: &str) -> Result<Option<Found>, Failure> {
    let asked = session.scheduler().get_schedule_group().name(name).send().await;
    let group = or_absent(asked.map_err(session.failed("scheduler", "GetScheduleGroup")))?;
    let Some(group) = group else { return Ok(None) };
    let arn = own_arn(session, name);
    let asked = session.scheduler().list_tags_for_resource().resource_arn(arn).send().await;
    let tags = or_absent(asked.map_err(session.failed("scheduler", "ListTagsForResource")))?;
    let tags = tags.and_then(|answer| answer.tags).unwrap_or_default();
    Ok(Some(Found {
        tags: tags.into_iter().map(|tag| (tag.key, tag.value)).collect(),
        is_going: group.state == Some(ScheduleGroupState::Deleting),
    }))
}

fn own_arn(session: &Session, name: &str) -> String {
    arn(session.partition(), session.region(), session.account(), name)
}

/// Makes the schedule group, or brings it to what it shall be.
///
/// # Errors
/// What Scheduler refuses; [`Kind::Conflict`] for a group that is not ours.
pub async fn ensure(
    session: &Session,
    patience: Patience<'_>,
    claim: Claim,
    wanted: &ScheduleGroup,
) -> Result<(), Failure> {
    let found = match look(session, &wanted.name).await? {
        Some(found) if !found.is_going => found,
        going_or_none => {
            if going_or_none.is_some() {
                until_gone(session, patience, &wanted.name).await?;
            }
            match create(session, wanted).await {
                Ok(()) => return Ok(()),
                // Also the answer to a call whose first answer was lost, and which the SDK sent again.
                Err(taken) if taken.kind() == Kind::Conflict => {
                    find(session, &wanted.name).await?.ok_or(taken)?
                }
                Err(failure) => return Err(failure),
            }
        }
    };
    claim.check("schedule group", &wanted.name, &found.tags, &wanted.tags)?;
    change_tags(session, &wanted.name, &TagChanges::between(&found.tags, &wanted.tags)).await
}

async fn create(session: &Session, wanted: &ScheduleGroup) -> Result<(), Failure> {
    let created = session
        .scheduler()
        .create_schedule_group()
        .name(&wanted.name)
        .set_tags(Some(sent(&wanted.tags)))
        .send()
        .await;
    created.map_err(session.failed("scheduler", "CreateScheduleGroup"))?;
    Ok(())
}

async fn change_tags(session: &Session, name: &str, changes: &TagChanges) -> Result<(), Failure> {
    let (scheduler, arn) = (session.scheduler(), own_arn(session, name));
    if !changes.set.is_empty() {
        let call = scheduler.tag_resource().resource_arn(&arn).set_tags(Some(sent(&changes.set)));
        call.send().await.map_err(session.failed("scheduler", "TagResource"))?;
    }
    if !changes.remove.is_empty() {
        let call = scheduler.untag_resource().resource_arn(&arn);
        let call = call.set_tag_keys(Some(changes.remove.clone()));
        call.send().await.map_err(session.failed("scheduler", "UntagResource"))?;
    }
    Ok(())
}

fn sent(tags: &Tags) -> Vec<Tag> {
    let tag =
        |(key, value)| Tag::builder().key(key).value(value).build().expect("key and value are set");
    tags.iter().map(tag).collect()
}

/// Removes the schedule group with its schedules, and waits until it is gone.
///
/// # Errors
/// What Scheduler refuses.
pub async fn delete(session: &Session, patience: Patience<'_>, name: &str) -> Result<(), Failure> {
    match look(session, name).await? {
        None => return Ok(()),
        Some(found) if found.is_going => {}
        Some(_) => {
            let call = session.scheduler().delete_schedule_group().name(name);
            let deleted = call.send().await;
            or_absent(deleted.map_err(session.failed("scheduler", "DeleteScheduleGroup")))?;
        }
    }
    until_gone(session, patience, name).await
}

async fn until_gone(session: &Session, patience: Patience<'_>, name: &str) -> Result<(), Failure> {
    let what = format!("schedule group `{name}` to be gone");
    let probe = || async {
        Ok(match look(session, name).await? {
            None => Seen::Ready(()),
            Some(found) if found.is_going => Seen::Pending("DELETING".to_owned()),
            Some(_) => Seen::Pending("ACTIVE".to_owned()),
        })
    };
    wait::until(&what, patience.deadline, Pauses::default(), patience.cancel, probe).await
}
