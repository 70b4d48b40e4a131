//! Tells alarms, budget notices and anomalies on Discord: one message per incident.
//!
//! [`batch`] takes records of the queue: what topics tell, and reminders, which Scheduler sends there when their time has come.
//! It is given the [`Invocation`], of which it uses the clients (`DynamoDB`, SQS, Scheduler, `CloudWatch`, Systems Manager), the
//! function's ARN (its account is the one whose charts can be drawn), the request's id (no two calls that run at once share one)
//! and the deadline. From the environment come the names of the table and of the dead-letter queue
//! ([`TABLE_VARIABLE`], [`DEAD_LETTER_VARIABLE`]); everything else is in the table's item of settings.
//!
//! Reading order: `notice` (what arrived) → `incident` (what that makes of a monitor; pure) → `engine` (one message for
//! each, nothing lost) with `wanted`, `draft`, `post` (a message as it is remembered), `route` and `face`, `message`, `words`
//! (how it is shown) → `ledger`, `bell` and `outside` (`DynamoDB`, Discord and the rest of the world, each behind a trait).
//! `docs/decisions/006-one-incident-of-two-alarms.md` says why it is so.

pub mod draft;
pub mod engine;
pub mod face;
pub mod incident;
pub mod ledger;
pub mod message;
pub mod notice;
pub mod outside;
pub mod post;
pub mod route;
pub mod wanted;
mod words;

use std::env;
use std::sync::LazyLock;

use contract::relay::{DEAD_LETTER_VARIABLE, SETTINGS_ITEM, Settings, TABLE_VARIABLE};

use self::engine::Engine;
use self::ledger::Table;
use self::outside::Aws;
use crate::Invocation;
use crate::bell::{Access, Discord, Memory};
use crate::dispatch::Record;

/// What a warm function keeps from one call to the next.
static MEMORY: LazyLock<Memory> = LazyLock::new(Memory::default);

/// What a relay's settings say of Discord.
pub(crate) fn access(settings: &Settings) -> Access<'_> {
    Access {
        base_url: settings.discord_base_url.as_deref(),
        bot_token_parameter_arn: settings.bot_token_parameter_arn.as_deref(),
    }
}

/// Tells what records of the queue say. Gives the ids of those that have to come again; when, is told to the queue.
pub async fn batch(records: Vec<Record>, invocation: &Invocation<'_>) -> Vec<String> {
    let Some(queue_arn) = records.first().map(|record| record.queue_arn.clone()) else {
        return Vec::new();
    };
    let records: Vec<engine::Record> = records.into_iter().map(Into::into).collect();
    let tell = async |engine: &AwsEngine<'_>| engine.batch(&records).await;
    // Boxed: the engine's futures are many kilobytes.
    match Box::pin(with_engine(invocation, &queue_arn, tell)).await {
        Ok(failed) => failed,
        Err(why) => {
            tracing::error!(why, "The relay isn't set up: all records have to come again.");
            records.into_iter().map(|record| record.message_id).collect()
        }
    }
}

type AwsEngine<'a> = Engine<'a, Table<'a>, Discord<'a, &'a crate::clients::Clients>, Aws<'a>>;

async fn with_engine<T>(
    invocation: &Invocation<'_>,
    queue_arn: &str,
    act: impl AsyncFnOnce(&AwsEngine<'_>) -> T,
) -> Result<T, String> {
    let table_name = variable(TABLE_VARIABLE)?;
    let dead_letter_url = variable(DEAD_LETTER_VARIABLE)?;
    let clients = invocation.clients;
    let table = Table::new(clients.dynamodb(), &table_name);
    let settings = ledger::read::<Settings>(&table, SETTINGS_ITEM).await;
    let settings = settings.map_err(|fault| fault.to_string())?;
    let (settings, _) = settings.ok_or("the table has no item of settings")?;
    let discord = Discord::new(&MEMORY, clients, access(&settings))?;
    let outside = Aws::new(clients, &invocation.function_arn, &dead_letter_url, queue_arn);
    let (id, deadline) = (invocation.request_id.as_str(), invocation.deadline);
    let engine = Engine::new(&table, &discord, &outside, settings.clone(), id, deadline);
    Ok(act(&engine).await)
}

fn variable(name: &str) -> Result<String, String> {
    env::var(name).map_err(|_| format!("the environment lacks {name}"))
}

impl From<Record> for engine::Record {
    fn from(record: Record) -> Self {
        let receive_count = record.attributes.approximate_receive_count.parse().unwrap_or(1);
        let Record { message_id, receipt_handle, body, .. } = record;
        Self { message_id, receipt_handle, body, receive_count }
    }
}
