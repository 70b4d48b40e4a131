//! The table in `DynamoDB`.
//!
//! Source: Amazon `DynamoDB` Developer Guide, "Condition expressions" and "Using time to live (TTL)":
//! what is past its time may still be there for days, so reads and conditions look at the time too.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use contract::relay::{TABLE_EXPIRES, TABLE_JSON, TABLE_KEY, TABLE_VERSION};
use jiff::Timestamp;

use super::{Fault, Item, Ledger, Written};
use crate::refusal::said;

/// Whoever wants to write where nothing is: or only something past its time.
const ABSENT: &str = "attribute_not_exists(#id) OR #expires < :now";
/// Whoever wants to write over what was read.
const UNCHANGED: &str = "#version = :expected";

/// A table.
#[derive(Clone, Debug)]
pub struct Table<'a> {
    client: &'a Client,
    name: &'a str,
}

impl<'a> Table<'a> {
    /// The table of this name.
    pub fn new(client: &'a Client, name: &'a str) -> Self {
        Self { client, name }
    }
}

impl Ledger for Table<'_> {
    async fn read(&self, id: &str) -> Result<Option<Item>, Fault> {
        let call = self.client.get_item().table_name(self.name).consistent_read(true);
        let answer = call.key(TABLE_KEY, AttributeValue::S(id.to_owned())).send().await;
        let answer = answer.map_err(|problem| failed("read", &problem))?;
        Ok(answer.item().and_then(|attributes| item(attributes, Timestamp::now())))
    }

    async fn write(
        &self,
        id: &str,
        json: String,
        expires: Timestamp,
        expected: Option<u64>,
    ) -> Result<Written, Fault> {
        let version = expected.map_or(1, |version| version + 1);
        let call = self.client.put_item().table_name(self.name);
        let call = call.set_item(Some(attributes(id, json, expires, version)));
        let call = match expected {
            None => call
                .condition_expression(ABSENT)
                .expression_attribute_names("#id", TABLE_KEY)
                .expression_attribute_names("#expires", TABLE_EXPIRES)
                .expression_attribute_values(":now", number(Timestamp::now().as_second())),
            Some(expected) => call
                .condition_expression(UNCHANGED)
                .expression_attribute_names("#version", TABLE_VERSION)
                .expression_attribute_values(":expected", number(expected)),
        };
        match call.send().await {
            Ok(_) => Ok(Written::Done(version)),
            Err(problem) => {
                let refused = problem.as_service_error();
                if refused.is_some_and(PutItemError::is_conditional_check_failed_exception) {
                    return Ok(Written::Conflict);
                }
                Err(failed("written", &problem))
            }
        }
    }
}

fn attributes(
    id: &str,
    json: String,
    expires: Timestamp,
    version: u64,
) -> HashMap<String, AttributeValue> {
    [
        (TABLE_KEY, AttributeValue::S(id.to_owned())),
        (TABLE_JSON, AttributeValue::S(json)),
        (TABLE_VERSION, number(version)),
        (TABLE_EXPIRES, number(expires.as_second())),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

fn item(attributes: &HashMap<String, AttributeValue>, now: Timestamp) -> Option<Item> {
    let parsed = |name: &str| attributes.get(name)?.as_n().ok()?.parse::<i64>().ok();
    if parsed(TABLE_EXPIRES).is_some_and(|expires| expires < now.as_second()) {
        return None;
    }
    let version = parsed(TABLE_VERSION).and_then(|version| version.try_into().ok()).unwrap_or(0);
    let json = attributes.get(TABLE_JSON)?.as_s().ok()?.clone();
    Some(Item { version, json })
}

fn number(number: impl Into<i128>) -> AttributeValue {
    AttributeValue::N(number.into().to_string())
}

fn failed<E>(doing: &'static str, problem: &SdkError<E>) -> Fault
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    Fault::Call { doing, reason: said(problem) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("it is in range")
    }

    #[test]
    fn what_is_written_is_read_back_until_its_time() {
        let written = attributes("incident#1", "{\"a\":1}".to_owned(), at(100), 7);
        assert_eq!(written["id"], AttributeValue::S("incident#1".to_owned()));
        assert_eq!(written["expires"], AttributeValue::N("100".to_owned()));
        assert_eq!(written["version"], AttributeValue::N("7".to_owned()));
        let held = Item { version: 7, json: "{\"a\":1}".to_owned() };
        assert_eq!(item(&written, at(99)), Some(held.clone()));
        assert_eq!(item(&written, at(100)), Some(held));
        assert_eq!(item(&written, at(101)), None);
    }

    #[test]
    fn settings_have_neither_version_nor_end() {
        let text = |text: &str| AttributeValue::S(text.to_owned());
        let settings: HashMap<_, _> = [("id", text("settings")), ("json", text("{}"))]
            .map(|(name, value)| (name.to_owned(), value))
            .into();
        let held = Item { version: 0, json: "{}".to_owned() };
        assert_eq!(item(&settings, at(i64::from(u32::MAX))), Some(held));
        assert_eq!(item(&HashMap::new(), at(0)), None);
    }
}
