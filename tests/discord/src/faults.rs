//! Faults that a test asks for: the nth call of an operation goes wrong in a given way.

use std::time::Duration;

use crate::Operation;

/// Who a rate limit is shared with, as `X-RateLimit-Scope` says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// This bot or webhook alone.
    User,
    /// Everyone who uses the resource.
    Shared,
    /// All requests of the bot; the answer also says `X-RateLimit-Global`.
    Global,
}

impl Scope {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Shared => "shared",
            Self::Global => "global",
        }
    }
}

/// What goes wrong.
#[derive(Clone, Debug)]
pub enum Effect {
    /// Answers this status with this code of Discord's, and does nothing.
    Answer {
        /// HTTP status.
        status: u16,
        /// Discord's own code; 0 is its general one.
        code: u32,
    },
    /// Answers 429 and does nothing.
    RateLimited {
        /// What `Retry-After` (whole seconds, rounded up) and `retry_after` say.
        retry_after: Duration,
        /// `X-RateLimit-Scope`; `None` leaves out every `X-RateLimit-` header, as an edge server's 429 does.
        scope: Option<Scope>,
        /// Whether the body is Discord's; when false it is a page of HTML, as an edge server's 429 has.
        json: bool,
    },
    /// Closes the connection without an answer, and does nothing.
    DropBefore,
    /// Does what was asked, then closes the connection without an answer.
    DropAfter,
    /// Waits, then does what was asked.
    Delay(Duration),
    /// Does what was asked, and answers a body that is not JSON.
    Malformed,
}

/// An [`Effect`] on some calls of one operation.
#[derive(Clone, Debug)]
pub struct Fault {
    operation: Operation,
    first: u32,
    count: u32,
    effect: Effect,
    seen: u32,
}

impl Fault {
    /// The next call of the operation is affected, once.
    pub fn next(operation: Operation, effect: Effect) -> Self {
        Self { operation, first: 1, count: 1, effect, seen: 0 }
    }

    /// Begins at the nth call from now, counted from 1.
    #[must_use]
    pub fn from_call(self, first: u32) -> Self {
        Self { first, ..self }
    }

    /// Affects this many calls in a row; `u32::MAX` is all.
    #[must_use]
    pub fn times(self, count: u32) -> Self {
        Self { count, ..self }
    }

    fn strike(&mut self, operation: Operation) -> Option<Effect> {
        if self.operation != operation {
            return None;
        }
        self.seen = self.seen.saturating_add(1);
        let last = self.first.saturating_add(self.count);
        (self.seen >= self.first && self.seen < last).then(|| self.effect.clone())
    }
}

/// The effect on this call, of the first fault that has one; every fault counts the call.
pub(crate) fn strike(faults: &mut [Fault], operation: Operation) -> Option<Effect> {
    let mut struck = None;
    for fault in faults {
        let effect = fault.strike(operation);
        struck = struck.or(effect);
    }
    struck
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_strikes_only_the_calls_it_names() {
        let mut faults =
            [Fault::next(Operation::Execute, Effect::DropBefore).from_call(2).times(2)];
        let struck = |faults: &mut [Fault], operation| strike(faults, operation).is_some();
        assert!(!struck(&mut faults, Operation::Execute));
        assert!(!struck(&mut faults, Operation::CreateWebhook));
        assert!(struck(&mut faults, Operation::Execute));
        assert!(struck(&mut faults, Operation::Execute));
        assert!(!struck(&mut faults, Operation::Execute));
    }
}
