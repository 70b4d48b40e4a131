//! Removing a subscription, and the monitor that it listened to where that is ours to remove.

use super::api;
use super::look::{Known, Listed, tags};
use crate::aws::tags::{self, Ownership};
use crate::aws::{Failure, Session, reads};
use crate::resources::cost_alert::ownership::Owner;

/// Removes what is known, and what else of this name the declaration made in runs that were cut
/// short; what is gone is removed.
///
/// Returns whether a monitor of the alert's own stays, because others listen to it.
pub(in super::super) async fn all(
    session: &Session,
    known: &Known,
    name: &str,
    owner: &Owner<'_>,
) -> Result<bool, Failure> {
    if known.is_nothing() {
        return Ok(false);
    }
    if let Some(arn) = &known.subscription {
        api::delete_subscription(session, arn).await?;
    }
    let mut stays = false;
    if let Some(arn) = &known.monitor {
        let is_own = known.owned == Some(true);
        stays = !monitor(session, arn, is_own).await? && is_own;
    }
    let listed = Listed::now(session).await?;
    for arn in listed.own_subscriptions(session, name, owner, None).await? {
        api::delete_subscription(session, &arn).await?;
    }
    for arn in listed.own_monitors(session, name, owner, known.monitor.as_deref()).await? {
        monitor(session, &arn, true).await?;
    }
    Ok(stays)
}

/// Deletes a monitor that nobody listens to any more, when Hinomi made it: for this alert, or for
/// another one that went before this and had to leave it. Returns whether it is gone.
///
/// Each alert gives up its own subscription first, so that of several that go at once the last sees
/// none.
pub(super) async fn monitor(session: &Session, arn: &str, owned: bool) -> Result<bool, Failure> {
    if !owned {
        let Some(found) = tags(session, arn).await? else { return Ok(true) };
        if tags::ownership(&found, "", "") == Ownership::Foreign {
            return Ok(false);
        }
    }
    if reads::anomalies::is_listened_to(session, arn).await? {
        return Ok(false);
    }
    api::delete_monitor(session, arn).await?;
    Ok(true)
}
