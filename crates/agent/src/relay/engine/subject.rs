//! Subjects: read, changed, written only over what was read.

use super::{ATTEMPTS, Engine, Stop};
use crate::bell::Bell;
use crate::relay::incident::{Event, Subject};
use crate::relay::ledger::{self, Ledger, Written};
use crate::relay::outside::Outside;

impl<L: Ledger, B: Bell, O: Outside> Engine<'_, L, B, O> {
    /// Takes events in, oldest first, and gives the subject as it is then.
    pub(super) async fn take(&self, key: &str, events: &[&Event]) -> Result<Subject, Stop> {
        self.change(key, |subject| {
            let mut changed = false;
            for event in events {
                changed |= subject.apply(event);
            }
            changed
        })
        .await
    }

    /// Changes a subject, if the change says that it has to be, and gives it as it is then. Whoever writes in between only
    /// makes it be tried again.
    pub(super) async fn change(
        &self,
        key: &str,
        mut change: impl FnMut(&mut Subject) -> bool,
    ) -> Result<Subject, Stop> {
        for _ in 0..ATTEMPTS {
            let (mut subject, version) = match ledger::read(self.ledger, key).await? {
                Some((subject, version)) => (subject, Some(version)),
                None => (Subject::default(), None),
            };
            if !change(&mut subject) {
                return Ok(subject);
            }
            let written = ledger::write(self.ledger, key, &subject, self.expiry(), version);
            if let Written::Done(_) = written.await? {
                return Ok(subject);
            }
        }
        Err(Stop::soon("others write the same item"))
    }
}
