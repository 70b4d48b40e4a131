//! A table in memory, with the same conditions as the one in `DynamoDB`.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

use super::{Fault, Item, Ledger, Written};

/// The table; its clock is set from outside.
#[derive(Default)]
pub(crate) struct Memory(Mutex<Held>);

#[derive(Default)]
struct Held {
    items: BTreeMap<String, (Item, Option<Timestamp>)>,
    now: Timestamp,
}

impl Memory {
    /// Sets the time.
    pub(crate) fn at(&self, now: Timestamp) {
        self.with(|held| held.now = now);
    }

    /// What is there, by key.
    pub(crate) fn items(&self) -> BTreeMap<String, String> {
        self.with(|held| {
            let there = held.items.iter();
            there.map(|(id, (item, _))| (id.clone(), item.json.clone())).collect()
        })
    }

    fn with<T>(&self, act: impl FnOnce(&mut Held) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Held {
    fn current(&self, id: &str) -> Option<&Item> {
        let (item, expires) = self.items.get(id)?;
        expires.is_none_or(|expires| expires.as_second() >= self.now.as_second()).then_some(item)
    }
}

impl Ledger for Memory {
    async fn read(&self, id: &str) -> Result<Option<Item>, Fault> {
        Ok(self.with(|held| held.current(id).cloned()))
    }

    async fn write(
        &self,
        id: &str,
        json: String,
        expires: Timestamp,
        expected: Option<u64>,
    ) -> Result<Written, Fault> {
        Ok(self.with(|held| {
            let there = match expected {
                None => held.current(id),
                // As the table has it: what is past its time and still there can be written over.
                Some(_) => held.items.get(id).map(|(item, _)| item),
            };
            if there.map(|item| item.version) != expected {
                return Written::Conflict;
            }
            let version = expected.map_or(1, |version| version + 1);
            held.items.insert(id.to_owned(), (Item { version, json }, Some(expires)));
            Written::Done(version)
        }))
    }
}

#[tokio::test]
async fn only_what_was_read_is_written_over() {
    let memory = Memory::default();
    let at = |second| Timestamp::from_second(second).expect("it is in range");
    let write = |json: &str, expected| memory.write("a", json.to_owned(), at(100), expected);
    assert_eq!(write("1", None).await.ok(), Some(Written::Done(1)));
    assert_eq!(write("2", None).await.ok(), Some(Written::Conflict));
    assert_eq!(write("2", Some(1)).await.ok(), Some(Written::Done(2)));
    assert_eq!(write("3", Some(1)).await.ok(), Some(Written::Conflict));
    let read = memory.read("a").await.expect("it is read");
    assert_eq!(read, Some(Item { version: 2, json: "2".to_owned() }));
    memory.at(at(101));
    assert_eq!(memory.read("a").await.expect("it is read"), None);
    assert_eq!(write("4", None).await.ok(), Some(Written::Done(1)));
}
