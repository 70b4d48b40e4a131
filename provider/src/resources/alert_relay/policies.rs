//! Who may do what: least privilege for the relay's roles, topics and queue.

use std::collections::BTreeSet;

use super::names::{Names, Place};
use crate::aws::objects::policy::{Policy, Statement, trust_in_service};
use crate::aws::{AccountId, Arn, Region};

/// What the function's role may do. `parameters` are the ARNs of the SSM parameters with webhooks
/// and the bot's token.
pub(super) fn execution(
    place: &Place,
    names: &Names,
    scheduler_role: &str,
    parameters: &BTreeSet<String>,
) -> Policy {
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
        Statement::allow("Webhooks", ["ssm:GetParameter"]).on(parameters.clone()),
        decrypt(place, parameters),
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

/// The keys of the parameters: whichever they are, through SSM alone and for these parameters alone
/// (<https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html>).
fn decrypt(place: &Place, parameters: &BTreeSet<String>) -> Statement {
    let regions: BTreeSet<Region> = parameters
        .iter()
        .filter_map(|arn| arn.parse::<Arn>().ok())
        .filter_map(|arn| arn.region())
        .collect();
    let Place { partition, account, .. } = place;
    let keys = regions.iter().map(|region| format!("arn:{partition}:kms:{region}:{account}:key/*"));
    let services =
        regions.iter().map(|region| format!("ssm.{region}.{}", place.partition.service_domain()));
    Statement::allow("WebhookKeys", ["kms:Decrypt"])
        .on(keys)
        .only_if("StringEquals", "kms:ViaService", services)
        .only_if("StringEquals", "kms:EncryptionContext:PARAMETER_ARN", parameters.clone())
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
        // Without a condition: EventBridge publishes with none of the keys that one could ask for, and a
        // topic's policy for it may hold none
        // (<https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html>).
        // What is left to fear: whoever knows the ARN could have EventBridge publish here from an
        // account of their own. That rings falsely and reads nothing.
        Statement::allow("Events", ["sns:Publish"])
            .by_services(["events.amazonaws.com"])
            .on([topic_arn]),
    ];
    if let Some((account, queue_arn)) = hub {
        let partition = &place.partition;
        statements.push(
            Statement::allow("Hub", ["sns:Subscribe"])
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
) -> Policy {
    let relays = regions.iter().map(|region| place.topic(names, region));
    let partition = &place.partition;
    let accounts =
        std::iter::once(place.account.as_str()).chain(sources.iter().map(String::as_str));
    let all = accounts.map(|account| format!("arn:{partition}:sns:*:{account}:*"));
    Policy::of([Statement::allow("Topics", ["sqs:SendMessage"])
        .by_services(deliverers(&place.home, regions))
        .on([place.queue(names)])
        .only_if("ArnLike", "aws:SourceArn", relays.chain(all))])
}

/// What SNS is called when it delivers from `regions` to a queue in `home`: across regions one of which
/// must be opted into, it goes by that region's name
/// (<https://docs.aws.amazon.com/sns/latest/dg/sns-cross-region-delivery.html>).
fn deliverers(home: &Region, regions: &BTreeSet<Region>) -> BTreeSet<String> {
    let young = regions.iter().chain([home]).filter(|region| region.is_opt_in());
    let young = young.map(|region| format!("sns.{region}.amazonaws.com"));
    young.chain(["sns.amazonaws.com".to_owned()]).collect()
}

/// The regions of the relay's own topics and the other accounts that a queue's policy admits: the
/// way back from [`queue`], for a relay that is imported.
pub(super) fn admitted(
    place: &Place,
    names: &Names,
    policy: &str,
) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut regions, mut accounts) = (BTreeSet::new(), BTreeSet::new());
    let document: serde_json::Value = serde_json::from_str(policy).unwrap_or_default();
    let sources = &document["Statement"][0]["Condition"]["ArnLike"]["aws:SourceArn"];
    // AWS may show a list of one as the one.
    let one = std::slice::from_ref(sources);
    let sources = sources.as_array().map_or(one, Vec::as_slice);
    for source in sources.iter().filter_map(serde_json::Value::as_str) {
        let parts: Vec<&str> = source.split(':').collect();
        let &[_, _, "sns", region, account, topic] = parts.as_slice() else { continue };
        if account == place.account.as_str() && topic == names.topic {
            regions.insert(region.to_owned());
        } else if (region, topic) == ("*", "*") && account != place.account.as_str() {
            accounts.insert(account.to_owned());
        }
    }
    (regions, accounts)
}

#[cfg(test)]
mod tests;
