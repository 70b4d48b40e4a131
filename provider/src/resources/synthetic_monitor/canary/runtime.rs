//! Whether AWS still takes a canary's runtime. One of the few questions that a plan asks AWS.

use std::time::{Duration, SystemTime};

use framework::{Plan, path};
use tokio_util::sync::CancellationToken;

use crate::aws::reads::runtimes::{self, Runtimes};
use crate::clients::Clients;
use crate::model::place;
use crate::resources::synthetic_monitor::model::Monitor;

/// The longest that a plan waits for the answer: it does without.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is known of a runtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Fine,
    /// It will be refused from that time on.
    Ends(SystemTime),
    /// AWS takes no new canary and no change with it.
    Ended(SystemTime),
    Unheard,
}

fn judge(runtimes: &Runtimes, name: &str, now: SystemTime) -> Verdict {
    match runtimes.get(name) {
        None => Verdict::Unheard,
        Some(None) => Verdict::Fine,
        Some(Some(end)) if *end <= now => Verdict::Ended(*end),
        Some(Some(end)) => Verdict::Ends(*end),
    }
}

/// Tells of a runtime that is deprecated or not known, when a canary is to be made with it or
/// changed to it. Where AWS can't be asked yet, an apply will find out.
///
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_Library.html>,
/// "Runtime versions support policy".)
pub(in super::super) async fn check(clients: &Clients, plan: &mut Plan<Monitor>) {
    let name_of = |monitor: &Monitor| {
        monitor.canary.as_known().and_then(|canary| canary.runtime_version.as_known()).cloned()
    };
    let Some(name) = name_of(&plan.planned) else { return };
    if plan.prior.as_ref().and_then(name_of).as_ref() == Some(&name) {
        return;
    }
    let Some(runtimes) = ask(clients, &plan.planned).await else { return };
    let at = path!(Monitor => canary.runtime_version);
    let diagnostics = &mut plan.diagnostics;
    match judge(&runtimes, &name, SystemTime::now()) {
        Verdict::Fine => {}
        Verdict::Ends(end) => {
            let detail = format!(
                "AWS takes no new canary and no change with the runtime `{name}` from {} on. Choose a newer one before that.",
                day(end)
            );
            diagnostics.warning(at, "The runtime will be deprecated", detail);
        }
        Verdict::Ended(end) => {
            let detail = format!(
                "Since {} AWS takes no new canary and no change with the runtime `{name}`. Choose a newer one.",
                day(end)
            );
            diagnostics.error(at, "The runtime is deprecated", detail);
        }
        Verdict::Unheard => {
            let detail = format!("AWS lists no runtime `{name}` in this region.");
            diagnostics.warning(at, "The runtime is not known", detail);
        }
    }
}

/// The region's runtimes; nothing when account and region are not known yet or don't answer.
async fn ask(clients: &Clients, planned: &Monitor) -> Option<Runtimes> {
    let account = planned.account.as_known()?;
    if !clients.aws_is_known() || account.id.is_unknown() || account.role_name.is_unknown() {
        return None;
    }
    planned.region.as_known()?;
    let target = place::target(&planned.account, Some(&planned.region)).ok()?;
    let asking = async {
        let session = clients.session(&target, &CancellationToken::new()).await;
        let session = session.map_err(|problem| problem.to_string())?;
        runtimes::all(&session).await.map_err(|failure| failure.to_string())
    };
    let asked = tokio::time::timeout(PATIENCE, asking).await;
    match asked.unwrap_or_else(|_| Err("no answer in time".to_owned())) {
        Ok(runtimes) => Some(runtimes),
        Err(reason) => {
            tracing::debug!(reason, "The runtimes of canaries can't be asked for yet.");
            None
        }
    }
}

/// The day of a time, as `year-month-day`.
fn day(time: SystemTime) -> String {
    use aws_sdk_synthetics::primitives::{DateTime, DateTimeFormat};
    let text = DateTime::from(time).fmt(DateTimeFormat::DateTime).unwrap_or_default();
    text.chars().take(10).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runtime_is_judged_by_its_end() {
        let day_of = |days: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(days * 86_400);
        let runtimes = Runtimes::from([
            ("syn-nodejs-3.1".to_owned(), None),
            ("syn-nodejs-3.0".to_owned(), Some(day_of(20_000))),
        ]);
        let judged = |name, days| judge(&runtimes, name, day_of(days));
        assert_eq!(judged("syn-nodejs-3.1", 30_000), Verdict::Fine);
        assert_eq!(judged("syn-nodejs-3.0", 19_999), Verdict::Ends(day_of(20_000)));
        assert_eq!(judged("syn-nodejs-3.0", 20_000), Verdict::Ended(day_of(20_000)));
        assert_eq!(judged("syn-nodejs-9.0", 0), Verdict::Unheard);
        assert_eq!(day(day_of(20_000)), "2024-10-04");
    }
}
