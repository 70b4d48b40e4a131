//! The relay's memory: items with a version, written only over the version that was read.

mod dynamo;
#[cfg(test)]
pub(crate) mod memory;

use std::future::Future;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

pub use dynamo::Table;

/// An item as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The version; 0 for an item that the provider wrote, such as the settings.
    pub version: u64,
    /// What it holds.
    pub json: String,
}

/// Whether something was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Written {
    /// It was; this is its version now.
    Done(u64),
    /// It wasn't: somebody else wrote first.
    Conflict,
}

/// Why the memory doesn't serve.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The call failed, and may be tried again.
    #[error("the table can't be {doing}: {reason}")]
    Call {
        /// `read` or `written`.
        doing: &'static str,
        /// AWS's words.
        reason: String,
    },
    /// What is there isn't what this version of the agent writes.
    #[error("the item `{id}` can't be read: {reason}")]
    Content {
        /// The item.
        id: String,
        /// What is wrong.
        reason: serde_json::Error,
    },
}

/// A table of items. An item past its time is as if it weren't there.
pub trait Ledger: Sync {
    /// Reads an item as it is now.
    fn read(&self, id: &str) -> impl Future<Output = Result<Option<Item>, Fault>> + Send;

    /// Writes an item, if its version still is the one that was read (none: if it isn't there).
    fn write(
        &self,
        id: &str,
        json: String,
        expires: Timestamp,
        expected: Option<u64>,
    ) -> impl Future<Output = Result<Written, Fault>> + Send;
}

/// Reads what an item holds, with its version.
pub async fn read<T: DeserializeOwned>(
    ledger: &impl Ledger,
    id: &str,
) -> Result<Option<(T, u64)>, Fault> {
    let Some(Item { version, json }) = ledger.read(id).await? else { return Ok(None) };
    let held = serde_json::from_str(&json);
    let held = held.map_err(|reason| Fault::Content { id: id.to_owned(), reason })?;
    Ok(Some((held, version)))
}

/// Writes what an item holds.
pub async fn write<T: Serialize + Sync>(
    ledger: &impl Ledger,
    id: &str,
    held: &T,
    expires: Timestamp,
    expected: Option<u64>,
) -> Result<Written, Fault> {
    let json = serde_json::to_string(held);
    let json = json.map_err(|reason| Fault::Content { id: id.to_owned(), reason })?;
    ledger.write(id, json, expires, expected).await
}
