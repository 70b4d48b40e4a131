//! Notifications as AWS has them: a point, and who is told.
//!
//! A notification has no id; it is its values. So what must be done to get from the notifications
//! that are there to those that are wanted is worked out here, from values alone.

use std::collections::BTreeMap;
use std::fmt;

use crate::resources::cost_alert::amount::Amount;
use crate::resources::cost_alert::model::Basis;
use crate::resources::cost_alert::subscriber::{Subscriber, Subscribers};

/// What an amount counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum Unit {
    /// Percent of the limit.
    Percent,
    /// US dollars.
    Usd,
}

/// A point at which the bell rings. AWS allows each once per budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) struct Trigger {
    pub(in super::super) basis: Basis,
    pub(in super::super) unit: Unit,
    pub(in super::super) above: Amount,
}

impl fmt::Display for Trigger {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let basis = match self.basis {
            Basis::Actual => "actual",
            Basis::Forecast => "forecast",
        };
        match self.unit {
            Unit::Percent => write!(formatter, "{basis} cost above {} %", self.above),
            Unit::Usd => write!(formatter, "{basis} cost above {} USD", self.above),
        }
    }
}

/// The notifications of a budget.
pub(in super::super) type Triggers = BTreeMap<Trigger, Subscribers>;

/// One call that changes notifications or subscribers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Step {
    /// Moves a notification to another point; who is told stays.
    Move { from: Trigger, to: Trigger },
    /// Removes a notification with its subscribers.
    Remove(Trigger),
    /// Adds a notification with its subscribers.
    Add(Trigger, Subscribers),
    /// Tells one more.
    Tell(Trigger, Subscriber),
    /// Tells another in the place of one.
    TellInstead { trigger: Trigger, old: Subscriber, new: Subscriber },
    /// Tells one no longer.
    Spare(Trigger, Subscriber),
}

/// The calls that lead from the notifications `found` to those `wanted`, in an order in which
/// AWS's limits hold at every moment: no notification too many, none without a subscriber, none
/// twice, and never a topic or an e-mail address too many.
///
/// Whatever call is the last that was made, the same function leads on from there.
pub(in super::super) fn steps(found: &Triggers, wanted: &Triggers) -> Vec<Step> {
    let (moves, removed, added) = pair_notifications(found, wanted);
    let mut steps: Vec<Step> = moves.iter().map(|(&to, &from)| Step::Move { from, to }).collect();
    // At most one of the two has anything in it, so no room is needed before it is made.
    steps.extend(removed.into_iter().map(Step::Remove));
    steps.extend(added.into_iter().map(|trigger| Step::Add(trigger, wanted[&trigger].clone())));
    for (trigger, wanted) in wanted {
        let before = moves.get(trigger).unwrap_or(trigger);
        if let Some(found) = found.get(before) {
            steps.extend(subscriber_steps(*trigger, found, wanted));
        }
    }
    steps
}

/// Pairs each notification that goes with one that comes, those first that tell the same people.
///
/// Returns the pairs, new one first, and what is left on either side.
fn pair_notifications(
    found: &Triggers,
    wanted: &Triggers,
) -> (BTreeMap<Trigger, Trigger>, Vec<Trigger>, Vec<Trigger>) {
    let mut gone: Vec<_> = found.keys().filter(|key| !wanted.contains_key(key)).copied().collect();
    let mut new: Vec<_> = wanted.keys().filter(|key| !found.contains_key(key)).copied().collect();
    let mut moves = BTreeMap::new();
    while let Some((from, to)) = nearest(found, &gone, wanted, &new) {
        gone.retain(|trigger| *trigger != from);
        new.retain(|trigger| *trigger != to);
        moves.insert(to, from);
    }
    (moves, gone, new)
}

/// The pair with the fewest differences in who is told.
fn nearest(
    found: &Triggers,
    gone: &[Trigger],
    wanted: &Triggers,
    new: &[Trigger],
) -> Option<(Trigger, Trigger)> {
    let pairs = gone.iter().flat_map(|from| new.iter().map(move |to| (*from, *to)));
    pairs.min_by_key(|(from, to)| found[from].symmetric_difference(&wanted[to]).count())
}

fn subscriber_steps(trigger: Trigger, found: &Subscribers, wanted: &Subscribers) -> Vec<Step> {
    let (mut swaps, mut tells, mut spares) = (Vec::new(), Vec::new(), Vec::new());
    for topics in [true, false] {
        let of_kind = |subscriber: &&Subscriber| subscriber.is_topic() == topics;
        let mut gone = found.difference(wanted).filter(of_kind).cloned();
        let mut new = wanted.difference(found).filter(of_kind).cloned();
        loop {
            match (gone.next(), new.next()) {
                (Some(old), Some(new)) => swaps.push(Step::TellInstead { trigger, old, new }),
                (Some(old), None) => spares.push(Step::Spare(trigger, old)),
                (None, Some(new)) => tells.push(Step::Tell(trigger, new)),
                (None, None) => break,
            }
        }
    }
    // More before fewer: with its last subscriber a notification goes as well.
    swaps.into_iter().chain(tells).chain(spares).collect()
}

#[cfg(test)]
mod tests;
