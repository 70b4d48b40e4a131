//! Who is told: somebody, each once, and at an address that AWS takes.

use std::collections::BTreeSet;

use framework::{Attr, Diagnostics, Path, path};

use super::refuse;
use crate::aws::{Arn, Partition};
use crate::resources::cost_alert::model::{Alert, Budget, Texts, Threshold};

/// Checks every set of topics and addresses. How many there may be is the schema's rule.
pub(super) fn validate(budget: &Budget, at: &Path, diagnostics: &mut Diagnostics) {
    for (at, topics, emails) in sets(budget, at) {
        check(topics, emails, &at, diagnostics);
    }
}

/// Checks the topics and addresses of one object.
pub(super) fn check(
    topics: &Attr<Texts>,
    emails: &Attr<Texts>,
    at: &Path,
    diagnostics: &mut Diagnostics,
) {
    check_topics(topics, &at.attribute("topic_arns"), diagnostics);
    check_emails(emails, &at.attribute("emails"), diagnostics);
}

/// The topics and addresses of the budget and of each threshold, with where they are.
fn sets<'a>(budget: &'a Budget, at: &Path) -> Vec<(Path, &'a Attr<Texts>, &'a Attr<Texts>)> {
    let mut sets = vec![(at.clone(), &budget.topic_arns, &budget.emails)];
    for (key, threshold) in budget.thresholds.as_known().into_iter().flatten() {
        if let Some(threshold) = threshold.as_known() {
            let at = at.attribute("thresholds").key(key);
            sets.push((at, &threshold.topic_arns, &threshold.emails));
        }
    }
    sets
}

fn check_topics(topics: &Attr<Texts>, at: &Path, diagnostics: &mut Diagnostics) {
    for topic in topics.as_known().into_iter().flatten() {
        let problem = match topic {
            Attr::Unknown => continue,
            Attr::Null => "The ARN is null".to_owned(),
            Attr::Known(topic) => match topic.parse::<Arn>() {
                Err(problem) => problem.to_string(),
                Ok(arn)
                    if arn.service() == "sns" && arn.resource().strip_suffix(FIFO).is_some() =>
                {
                    format!("`{topic}` is a FIFO topic, to which AWS sends no such message")
                }
                Ok(arn) if !is_topic(&arn) => format!("`{topic}` is no ARN of an SNS topic"),
                Ok(_) => continue,
            },
        };
        refuse(diagnostics, at.clone(), format!("{problem}."));
    }
}

/// The end of the names of topics that keep an order. Each message to them must name its group
/// (<https://docs.aws.amazon.com/sns/latest/dg/fifo-message-grouping.html>), and neither Budgets nor Cost
/// Anomaly Detection names one.
const FIFO: &str = ".fifo";

/// A topic's ARN names region and account, and ends with the topic's name; a subscription's goes on.
fn is_topic(arn: &Arn) -> bool {
    arn.service() == "sns"
        && arn.region().is_some()
        && arn.account().is_some()
        && arn.resource().chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

fn check_emails(emails: &Attr<Texts>, at: &Path, diagnostics: &mut Diagnostics) {
    let mut seen = BTreeSet::new();
    for email in emails.as_known().into_iter().flatten() {
        let problem = match email {
            Attr::Null => "An address is null".to_owned(),
            Attr::Known(email) if !is_address(email) => {
                format!("`{email}` is no e-mail address")
            }
            Attr::Known(email) if !seen.insert(email.to_lowercase()) => {
                format!("`{email}` is there twice, in another spelling")
            }
            Attr::Known(_) | Attr::Unknown => continue,
        };
        refuse(diagnostics, at.clone(), format!("{problem}."));
    }
}

/// Whether a text may be an address: what is checked is what tells an address from something else.
fn is_address(text: &str) -> bool {
    let Some((person, host)) = text.rsplit_once('@') else { return false };
    let labels = host.split('.').collect::<Vec<_>>();
    !person.is_empty()
        && !person.contains('@')
        && !text.chars().any(|c| c.is_whitespace() || c.is_control())
        && labels.len() > 1
        && labels.iter().all(|label| !label.is_empty())
}

/// AWS wants a subscriber for each notification.
pub(super) fn check_somebody_is_told(
    threshold: &Threshold,
    budget: &Budget,
    at: &Path,
    diagnostics: &mut Diagnostics,
) {
    let nobody = |own: &Attr<Texts>, default: &Attr<Texts>| {
        let set = if own.is_null() { default } else { own };
        set.is_null() || set.as_known().is_some_and(Texts::is_empty)
    };
    if nobody(&threshold.topic_arns, &budget.topic_arns)
        && nobody(&threshold.emails, &budget.emails)
    {
        let detail = "Nobody is told. Name an SNS topic in `topic_arns` or an address in `emails`, here or for the whole budget.";
        refuse(diagnostics, at.clone(), detail);
    }
}

/// Adds an error for every topic that is in another account than the alert, as far as both are
/// known.
///
/// Budgets: <https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-sns-policy.html>.
/// Cost Anomaly Detection: the policies in its guide admit the account that owns the subscription
/// (<https://docs.aws.amazon.com/cost-management/latest/userguide/ad-SNS.html>).
pub(in crate::resources::cost_alert) fn topics_in_account(
    alert: &Alert,
    account: Option<&String>,
    diagnostics: &mut Diagnostics,
) {
    let Some(account) = account else { return };
    for (at, topics, teller) in all_topics(alert) {
        for topic in topics.as_known().into_iter().flatten().filter_map(Attr::as_known) {
            let owner = topic.parse::<Arn>().ok().and_then(|arn| arn.account());
            let Some(owner) = owner.filter(|owner| owner.as_str() != account) else { continue };
            let detail = format!(
                "`{topic}` is in account {owner}, and the alert in account {account}. {teller} tells only topics of its own account."
            );
            refuse(diagnostics, at.attribute("topic_arns"), detail);
        }
    }
}

/// Every set of topics of an alert, with where it is and which service tells it.
fn all_topics(alert: &Alert) -> Vec<(Path, &Attr<Texts>, &'static str)> {
    let mut all = Vec::new();
    if let Some(budget) = alert.budget.as_known() {
        let sets = sets(budget, &path!(Alert => budget)).into_iter();
        all.extend(sets.map(|(at, topics, _)| (at, topics, "AWS Budgets")));
    }
    if let Some(anomaly) = alert.anomaly.as_known() {
        all.push((path!(Alert => anomaly), &anomaly.topic_arns, "Cost Anomaly Detection"));
    }
    all
}

/// Adds an error for every topic in another partition, such as `aws-cn`, than that of the alert.
/// Within a partition the guides of both services name no region that a topic must be in.
pub(in crate::resources::cost_alert) fn topics_in_partition(
    alert: &Alert,
    partition: &Partition,
    diagnostics: &mut Diagnostics,
) {
    for (at, topics, teller) in all_topics(alert) {
        for topic in topics.as_known().into_iter().flatten().filter_map(Attr::as_known) {
            let Ok(arn) = topic.parse::<Arn>() else { continue };
            let is_reachable = arn.partition() == partition
                && arn.region().is_none_or(|region| region.partition() == *partition);
            if is_reachable {
                continue;
            }
            let detail = format!(
                "`{topic}` is in a region that {teller} of the partition `{}` can't reach.",
                partition.as_str()
            );
            refuse(diagnostics, at.attribute("topic_arns"), detail);
        }
    }
}
