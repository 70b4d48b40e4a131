//! Who may do what: least privilege for the relay's roles, topics and queue.

use std::collections::BTreeSet;

use super::names::{Names, Place};
use crate::aws::objects::policy::{Policy, Statement, read_webhooks, trust_in_service};
use crate::aws::{AccountId, Region};

/// Name of the statement that lets the hub's account subscribe its queue.
const HUB: &str = "Hub";

/// What the function's role may do. `parameters` are the ARNs of the SSM parameters with webhooks
/// and the bot's token.
pub(super) fn execution(
    place: &Place,
    names: &Names,
    scheduler_role: &str,
    parameters: &BTreeSet<String>,
) -> Policy {
    let Place { partition, account, .. } = place;
    let [webhooks, webhook_keys] = read_webhooks(partition, account, parameters);
    Policy::of([
        Statement::allow(
            "Messages",
            [
                "sqs:ReceiveMessage",
                "sqs:DeleteMessage",
                "sqs:ChangeMessageVisibility",
                "sqs:GetQueueAttributes",
            ],
        )
        .on([place.queue(names)]),
        Statement::allow("DeadLetters", ["sqs:SendMessage"]).on([place.dead_letter_queue(names)]),
        Statement::allow("Incidents", ["dynamodb:GetItem", "dynamodb:PutItem"])
            .on([place.table(names)]),
        webhooks,
        webhook_keys,
        // This action knows no resources.
        Statement::allow("Charts", ["cloudwatch:GetMetricWidgetImage"]).on(["*"]),
        Statement::allow("Reminders", ["scheduler:CreateSchedule"]).on([place.schedules(names)]),
        Statement::allow("RemindersRole", ["iam:PassRole"]).on([scheduler_role]).only_if(
            "StringEquals",
            "iam:PassedToService",
            ["scheduler.amazonaws.com"],
        ),
        Statement::allow("Log", ["logs:CreateLogStream", "logs:PutLogEvents"])
            .on([format!("{}:*", place.log_group(names))]),
    ])
}

/// Who may take on the function's role.
pub(super) fn execution_trust() -> Policy {
    trust_in_service("lambda.amazonaws.com", &[])
}

/// What EventBridge Scheduler may do for a reminder: put it on the relay's queue, where it is folded and retried like all else.
pub(super) fn scheduler(place: &Place, names: &Names) -> Policy {
    Policy::of([Statement::allow("Remind", ["sqs:SendMessage"]).on([place.queue(names)])])
}

/// Who may take on the role of reminders: Scheduler, for this relay's group of schedules
/// (<https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html>).
pub(super) fn scheduler_trust(place: &Place, names: &Names) -> Policy {
    trust_in_service(
        "scheduler.amazonaws.com",
        &[
            ("StringEquals", "aws:SourceAccount", place.account.as_str()),
            ("StringEquals", "aws:SourceArn", &place.schedule_group(names)),
        ],
    )
}

/// Who may do what with the topic of a region. `sources` are other accounts whose alarms may ring
/// here, `hub` is the account of the queue that the topic feeds when that is another one.
pub(super) fn topic(
    place: &Place,
    topic_arn: &str,
    sources: &BTreeSet<String>,
    hub: Option<(&AccountId, &str)>,
) -> Policy {
    let own = place.account.to_string();
    let alarms = sources.iter().cloned().chain([own.clone()]);
    let mut statements = vec![
        Statement::allow("Alarms", ["sns:Publish"])
            .by_services(["cloudwatch.amazonaws.com"])
            .on([topic_arn])
            .only_if("StringEquals", "aws:SourceAccount", alarms),
        Statement::allow("Notices", ["sns:Publish"])
            .by_services(["budgets.amazonaws.com", "costalerts.amazonaws.com"])
            .on([topic_arn])
            .only_if("StringEquals", "aws:SourceAccount", [own]),
        // Without a condition: docs/decisions/012 says why, and what is left to fear.
        Statement::allow("Events", ["sns:Publish"])
            .by_services(["events.amazonaws.com"])
            .on([topic_arn]),
    ];
    if let Some((account, queue_arn)) = hub {
        let partition = &place.partition;
        statements.push(
            Statement::allow(HUB, ["sns:Subscribe"])
                .by([format!("arn:{partition}:iam::{account}:root")])
                .on([topic_arn])
                .only_if("StringEquals", "sns:Protocol", ["sqs"])
                .only_if("StringEquals", "sns:Endpoint", [queue_arn]),
        );
    }
    Policy::of(statements)
}

/// Who may publish to the topic of dead letters: the alarm alone.
pub(super) fn dead_letter_topic(place: &Place, topic_arn: &str) -> Policy {
    Policy::of([Statement::allow("Alarms", ["sns:Publish"])
        .by_services(["cloudwatch.amazonaws.com"])
        .on([topic_arn])
        .only_if("StringEquals", "aws:SourceAccount", [place.account.as_str()])])
}

/// Who may send to the queue: the relay's topics, all topics of its account, such as those of spokes
/// beside it, and those of other accounts. The relay's own are named although the account's take them
/// in: an import reads them back.
pub(super) fn queue(
    place: &Place,
    names: &Names,
    regions: &BTreeSet<Region>,
    sources: &BTreeSet<String>,
    source_regions: &BTreeSet<Region>,
) -> Policy {
    let from = regions.union(source_regions).cloned().collect();
    let relays = regions.iter().map(|region| place.topic(names, region));
    let partition = &place.partition;
    let accounts =
        std::iter::once(place.account.as_str()).chain(sources.iter().map(String::as_str));
    let all = accounts.map(|account| format!("arn:{partition}:sns:*:{account}:*"));
    Policy::of([Statement::allow("Topics", ["sqs:SendMessage"])
        .by_services(deliverers(&place.home, &from))
        .on([place.queue(names)])
        .only_if("ArnLike", "aws:SourceArn", relays.chain(all))])
}

/// What SNS is called when it delivers from `regions` to a queue in `home`: across regions one of which
/// must be opted into, it goes by that region's name
/// (<https://docs.aws.amazon.com/sns/latest/dg/sns-cross-region-delivery.html>).
fn deliverers(home: &Region, regions: &BTreeSet<Region>) -> BTreeSet<String> {
    let young = regions.iter().chain([home]).filter(|region| region.is_opt_in());
    young.map(deliverer_of).chain([DELIVERER.to_owned()]).collect()
}

/// What SNS is called where no region must be opted into.
const DELIVERER: &str = "sns.amazonaws.com";

fn deliverer_of(region: &Region) -> String {
    format!("sns.{region}.amazonaws.com")
}

/// What SNS is called when it delivers from one region to a queue in another.
pub(super) fn deliverer(home: &Region, from: &Region) -> String {
    [from, home]
        .into_iter()
        .find(|region| region.is_opt_in())
        .map_or_else(|| DELIVERER.to_owned(), deliverer_of)
}

/// What a queue's policy admits.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Admitted {
    /// Regions of the relay's own topics.
    pub(super) regions: BTreeSet<String>,
    /// Other accounts.
    pub(super) accounts: BTreeSet<String>,
    /// Regions that must be opted into and have no topic of the relay's own.
    pub(super) source_regions: BTreeSet<String>,
}

/// What a queue's policy admits: the way back from [`queue`], for a relay that is imported.
pub(super) fn admitted(place: &Place, names: &Names, policy: &str) -> Admitted {
    let (mut regions, mut accounts) = (BTreeSet::new(), BTreeSet::new());
    let document: serde_json::Value = serde_json::from_str(policy).unwrap_or_default();
    let statement = &document["Statement"][0];
    for source in several(&statement["Condition"]["ArnLike"]["aws:SourceArn"]) {
        let parts: Vec<&str> = source.split(':').collect();
        let &[_, _, "sns", region, account, topic] = parts.as_slice() else { continue };
        if account == place.account.as_str() && topic == names.topic {
            regions.insert(region.to_owned());
        } else if (region, topic) == ("*", "*") && account != place.account.as_str() {
            accounts.insert(account.to_owned());
        }
    }
    let services = several(&statement["Principal"]["Service"]).into_iter();
    let source_regions: BTreeSet<String> = services
        .filter_map(|service| service.strip_prefix("sns.")?.strip_suffix(".amazonaws.com"))
        .filter(|region| !regions.contains(*region) && *region != place.home.as_str())
        .map(str::to_owned)
        .collect();
    Admitted { regions, accounts, source_regions }
}

/// ARN of the queue of another account that a spoke's topic may be subscribed to, by its policy.
pub(super) fn hub_queue(topic_policy: &str) -> Option<String> {
    let document: serde_json::Value = serde_json::from_str(topic_policy).ok()?;
    let statements = document["Statement"].as_array()?;
    let hub = statements.iter().find(|statement| statement["Sid"] == HUB)?;
    let queues = several(&hub["Condition"]["StringEquals"]["sns:Endpoint"]);
    queues.first().map(|queue| (*queue).to_owned())
}

/// The texts of a list, which AWS may show as the one where it has one.
pub(super) fn several(value: &serde_json::Value) -> Vec<&str> {
    let one = std::slice::from_ref(value);
    let all = value.as_array().map_or(one, Vec::as_slice);
    all.iter().filter_map(serde_json::Value::as_str).collect()
}

#[cfg(test)]
mod tests;
