//! Objects that several resources make in AWS: what each shall be, and how it is found, made and
//! removed.
//!
//! Each file holds one kind: a struct that says what the object shall be, `find`, `ensure`, which makes
//! it or brings what exists to that, and `delete`, for which one that is gone is done. Every `ensure`
//! looks before it acts, so that a run that was killed at any call is finished by the next.

pub mod agent;
pub mod bucket;
pub mod cost_table;
pub mod database;
pub mod event_source;
pub mod function;
pub mod log_group;
pub mod policy;
pub mod queue;
pub mod queue_alarm;
pub mod role;
pub mod rule;
pub mod saved_query;
pub mod schedule;
pub mod schedule_group;
pub mod subscription;
pub mod table;
pub mod topic;
pub mod workgroup;

use std::collections::BTreeMap;

use tokio_util::sync::CancellationToken;

use super::error::{Failure, Kind};
use super::tags::{self, Ownership};
use super::wait::Deadline;

/// An object's tags.
pub type Tags = BTreeMap<String, String>;

/// What makes an object that exists already ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// Its tags: stack and name are equal to those of the tags it shall have. For what no state holds.
    ByTags,
    /// The state: it is brought to what it shall be, whatever became of its tags.
    ByState,
}

impl Claim {
    /// Refuses an object that is not ours. `thing` is what messages call it, such as "role".
    ///
    /// # Errors
    /// [`Kind::Conflict`] with what to do.
    pub fn check(
        self,
        thing: &str,
        name: &str,
        found: &Tags,
        wanted: &Tags,
    ) -> Result<(), Failure> {
        let value = |key| wanted.get(key).map_or("", String::as_str);
        let owner = match self {
            Self::ByState => Ownership::Ours,
            Self::ByTags => tags::ownership(found, value(tags::STACK), value(tags::NAME)),
        };
        let whose = match owner {
            Ownership::Ours => return Ok(()),
            Ownership::Foreign => "Hinomi did not make it".to_owned(),
            Ownership::OtherStack { stack, name } => {
                format!("it belongs to `{name}` of the stack `{stack}`")
            }
        };
        let message = format!("{thing} `{name}` exists already and {whose}");
        Err(Failure::new(Kind::Conflict, message)
            .advising("give the resource another `name`, or the provider another `name_prefix`; or remove what exists, if nothing needs it any more."))
    }
}

/// How long an operation may wait for AWS in all, and what ends it sooner.
#[derive(Clone, Copy, Debug)]
pub struct Patience<'a> {
    /// When it gives up.
    pub deadline: Deadline,
    /// Fires when Terraform asks to stop.
    pub cancel: &'a CancellationToken,
}

impl Patience<'_> {
    /// To be asked between two writes.
    ///
    /// # Errors
    /// [`Kind::Cancelled`] when Terraform asked to stop.
    pub fn unless_stopped(&self) -> Result<(), Failure> {
        if self.cancel.is_cancelled() {
            return Err(Failure::new(Kind::Cancelled, "Terraform asked to stop"));
        }
        Ok(())
    }
}

/// `Ok(None)` for what doesn't exist.
///
/// # Errors
/// Every other failure.
pub(super) fn or_absent<T>(asked: Result<T, Failure>) -> Result<Option<T>, Failure> {
    match asked {
        Ok(found) => Ok(Some(found)),
        Err(failure) if failure.kind() == Kind::NotFound => Ok(None),
        Err(failure) => Err(failure),
    }
}
