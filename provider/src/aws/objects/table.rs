//! `DynamoDB` tables with one key, billed by the request, whose items may expire.

use std::collections::HashMap;

use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, AttributeValue, BillingMode, KeySchemaElement, KeyType,
    ScalarAttributeType, TableStatus, Tag, TimeToLiveSpecification, TimeToLiveStatus,
};

use super::{Claim, Patience, Tags, or_absent};
use crate::aws::error::{Failure, Kind};
use crate::aws::tags::TagChanges;
use crate::aws::wait::{self, Pauses, Seen};
use crate::aws::{AccountId, Partition, Region, Session};

/// What a table shall be.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its name, 3 to 255 letters, digits, `_`, `.` and `-`.
    pub name: String,
    /// Name of its key, a string.
    pub key: String,
    /// Name of the number by which an item expires, in seconds since 1970.
    pub expires: String,
    /// All of its tags.
    pub tags: Tags,
}

/// A table as `DynamoDB` has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    status: Option<TableStatus>,
    is_on_demand: bool,
    key: Vec<String>,
}

impl Found {
    /// What differs from what it shall be, in words for a user; expiry and tags apart.
    pub fn differences(&self, wanted: &Table) -> Vec<&'static str> {
        let parts = [("key", self.key == [wanted.key.as_str()]), ("billing", self.is_on_demand)];
        parts.into_iter().filter(|(_, is_same)| !is_same).map(|(what, _)| what).collect()
    }
}

/// The ARN of the table of this name.
pub fn arn(partition: &Partition, region: &Region, account: &AccountId, name: &str) -> String {
    format!("arn:{partition}:dynamodb:{region}:{account}:table/{name}")
}

fn arn_in(session: &Session, name: &str) -> String {
    arn(session.partition(), session.region(), session.account(), name)
}

/// The table; `None` when there is none, or none but one that is being deleted.
///
/// # Errors
/// What `DynamoDB` refuses.
pub async fn find(session: &Session, name: &str) -> Result<Option<Found>, Failure> {
    Ok(look(session, name).await?.filter(|found| found.status != Some(TableStatus::Deleting)))
}

async fn look(session: &Session, name: &str) -> Result<Option<Found>, Failure> {
    let asked = session.dynamodb().describe_table().table_name(name).send().await;
    let answer = or_absent(asked.map_err(session.failed("dynamodb", "DescribeTable")))?;
    let Some(table) = answer.and_then(|answer| answer.table) else { return Ok(None) };
    let billing = table.billing_mode_summary.and_then(|summary| summary.billing_mode);
    let key = table.key_schema.unwrap_or_default().into_iter();
    Ok(Some(Found {
        status: table.table_status,
        is_on_demand: billing == Some(BillingMode::PayPerRequest),
        key: key.map(|element| element.attribute_name).collect(),
    }))
}

/// The table's tags; none when there is no such table.
///
/// # Errors
/// What `DynamoDB` refuses.
pub async fn tags(session: &Session, name: &str) -> Result<Tags, Failure> {
    let asked = session.dynamodb().list_tags_of_resource().resource_arn(arn_in(session, name));
    let answer = asked.send().await.map_err(session.failed("dynamodb", "ListTagsOfResource"));
    let tags = or_absent(answer)?.and_then(|answer| answer.tags).unwrap_or_default();
    Ok(tags.into_iter().map(|tag| (tag.key, tag.value)).collect())
}

/// Makes the table, or brings it to what it shall be, and waits until it can be used.
///
/// # Errors
/// What `DynamoDB` refuses; [`Kind::Conflict`] for a table that is not ours or has another key.
pub async fn ensure(
    session: &Session,
    patience: Patience<'_>,
    claim: Claim,
    wanted: &Table,
) -> Result<(), Failure> {
    let name = &wanted.name;
    let (found, claim) = match look(session, name).await? {
        Some(found) if found.status != Some(TableStatus::Deleting) => (Some(found), claim),
        going_or_none => {
            if going_or_none.is_some() {
                delete(session, patience, name).await?;
            }
            made(session, claim, wanted).await?
        }
    };
    until_active(session, patience, name).await?;
    if let Some(found) = found {
        let tags = tags(session, name).await?;
        claim.check("table", name, &tags, &wanted.tags)?;
        change(session, patience, &found, wanted).await?;
        change_tags(session, name, &TagChanges::between(&tags, &wanted.tags)).await?;
    }
    ensure_expiry(session, wanted).await
}

/// Makes a table; one that came about meanwhile, and what makes it ours.
async fn made(
    session: &Session,
    claim: Claim,
    wanted: &Table,
) -> Result<(Option<Found>, Claim), Failure> {
    match create(session, wanted).await {
        Ok(()) => Ok((None, claim)),
        // Also the answer to a call whose first answer was lost, and which the SDK sent again.
        Err(taken) if taken.kind() == Kind::Conflict => {
            let found = find(session, &wanted.name).await?.ok_or(taken)?;
            Ok((Some(found), Claim::ByTags))
        }
        Err(failure) => Err(failure),
    }
}

async fn create(session: &Session, wanted: &Table) -> Result<(), Failure> {
    let created = session
        .dynamodb()
        .create_table()
        .table_name(&wanted.name)
        .attribute_definitions(built(
            AttributeDefinition::builder()
                .attribute_name(&wanted.key)
                .attribute_type(ScalarAttributeType::S)
                .build(),
        ))
        .key_schema(built(
            KeySchemaElement::builder().attribute_name(&wanted.key).key_type(KeyType::Hash).build(),
        ))
        .billing_mode(BillingMode::PayPerRequest)
        .set_tags(Some(sent(&wanted.tags)))
        .send()
        .await;
    created.map(drop).map_err(session.failed("dynamodb", "CreateTable"))
}

async fn change(
    session: &Session,
    patience: Patience<'_>,
    found: &Found,
    wanted: &Table,
) -> Result<(), Failure> {
    if found.key != [wanted.key.as_str()] {
        let message = format!("the table `{}` has another key than its own", wanted.name);
        return Err(Failure::new(Kind::Conflict, message)
            .advising("delete the table: it holds the open incidents and nothing else."));
    }
    if found.is_on_demand {
        return Ok(());
    }
    let call = session.dynamodb().update_table().table_name(&wanted.name);
    let sent = call.billing_mode(BillingMode::PayPerRequest).send().await;
    sent.map_err(session.failed("dynamodb", "UpdateTable"))?;
    until_active(session, patience, &wanted.name).await
}

/// Whether items expire by this attribute.
///
/// # Errors
/// What `DynamoDB` refuses.
pub async fn expires(session: &Session, wanted: &Table) -> Result<bool, Failure> {
    let asked = session.dynamodb().describe_time_to_live().table_name(&wanted.name).send().await;
    let answer = or_absent(asked.map_err(session.failed("dynamodb", "DescribeTimeToLive")))?;
    let expiry = answer.and_then(|answer| answer.time_to_live_description);
    Ok(expiry.is_some_and(|expiry| {
        let is_on = [TimeToLiveStatus::Enabled, TimeToLiveStatus::Enabling].map(Some);
        is_on.contains(&expiry.time_to_live_status)
            && expiry.attribute_name.as_deref() == Some(wanted.expires.as_str())
    }))
}

/// `DynamoDB` refuses to turn on what is on already.
async fn ensure_expiry(session: &Session, wanted: &Table) -> Result<(), Failure> {
    if expires(session, wanted).await? {
        return Ok(());
    }
    let setting =
        TimeToLiveSpecification::builder().attribute_name(&wanted.expires).enabled(true).build();
    let call = session.dynamodb().update_time_to_live().table_name(&wanted.name);
    let sent = call.time_to_live_specification(built(setting)).send().await;
    sent.map(drop).map_err(session.failed("dynamodb", "UpdateTimeToLive"))
}

async fn until_active(
    session: &Session,
    patience: Patience<'_>,
    name: &str,
) -> Result<(), Failure> {
    let what = format!("table `{name}` to be ready");
    let probe = || async {
        let Some(found) = look(session, name).await? else {
            return Ok(Seen::Pending("it doesn't exist".to_owned()));
        };
        Ok(match found.status {
            None | Some(TableStatus::Active) => Seen::Ready(()),
            Some(status) => Seen::Pending(status.as_str().to_owned()),
        })
    };
    wait::until(&what, patience.deadline, Pauses::default(), patience.cancel, probe).await
}

async fn change_tags(session: &Session, name: &str, changes: &TagChanges) -> Result<(), Failure> {
    let arn = arn_in(session, name);
    if !changes.set.is_empty() {
        let tags = Some(sent(&changes.set));
        let call = session.dynamodb().tag_resource().resource_arn(&arn).set_tags(tags);
        call.send().await.map_err(session.failed("dynamodb", "TagResource"))?;
    }
    if !changes.remove.is_empty() {
        let keys = Some(changes.remove.clone());
        let call = session.dynamodb().untag_resource().resource_arn(&arn).set_tag_keys(keys);
        call.send().await.map_err(session.failed("dynamodb", "UntagResource"))?;
    }
    Ok(())
}

/// The text `attribute` of the item with this key; `None` when there is no such item, text or table.
///
/// # Errors
/// What `DynamoDB` refuses.
pub async fn text(
    session: &Session,
    table: &Table,
    key: &str,
    attribute: &str,
) -> Result<Option<String>, Failure> {
    let call = session.dynamodb().get_item().table_name(&table.name).consistent_read(true);
    let asked = call.key(&table.key, AttributeValue::S(key.to_owned())).send().await;
    let answer = or_absent(asked.map_err(session.failed("dynamodb", "GetItem")))?;
    let item = answer.and_then(|answer| answer.item);
    Ok(item.and_then(|item| item.get(attribute)?.as_s().ok().cloned()))
}

/// Puts an item with this key and one text.
///
/// # Errors
/// What `DynamoDB` refuses.
pub async fn put_text(
    session: &Session,
    table: &Table,
    key: &str,
    attribute: &str,
    text: &str,
) -> Result<(), Failure> {
    let value = |text: &str| AttributeValue::S(text.to_owned());
    let item =
        HashMap::from([(table.key.clone(), value(key)), (attribute.to_owned(), value(text))]);
    let put = session.dynamodb().put_item().table_name(&table.name).set_item(Some(item));
    put.send().await.map(drop).map_err(session.failed("dynamodb", "PutItem"))
}

/// Deletes the table with all in it, and waits until its name is free.
///
/// # Errors
/// What `DynamoDB` refuses.
pub async fn delete(session: &Session, patience: Patience<'_>, name: &str) -> Result<(), Failure> {
    let what = format!("table `{name}` to be gone");
    let probe = || async {
        let Some(found) = look(session, name).await? else { return Ok(Seen::Ready(())) };
        match found.status {
            Some(TableStatus::Deleting) => return Ok(Seen::Pending("DELETING".to_owned())),
            Some(TableStatus::Creating) => return Ok(Seen::Pending("CREATING".to_owned())),
            Some(_) | None => {}
        }
        let deleted = session.dynamodb().delete_table().table_name(name).send().await;
        match or_absent(deleted.map_err(session.failed("dynamodb", "DeleteTable"))) {
            Ok(_) => Ok(Seen::Pending("DELETING".to_owned())),
            // Another change is under way.
            Err(failure) if failure.kind() == Kind::Conflict => {
                Ok(Seen::Pending("UPDATING".to_owned()))
            }
            Err(failure) => Err(failure),
        }
    };
    wait::until(&what, patience.deadline, Pauses::default(), patience.cancel, probe).await
}

fn sent(tags: &Tags) -> Vec<Tag> {
    tags.iter().map(|(key, value)| built(Tag::builder().key(key).value(value).build())).collect()
}

fn built<T>(part: Result<T, BuildError>) -> T {
    part.expect("all members that the type asks for are set")
}
