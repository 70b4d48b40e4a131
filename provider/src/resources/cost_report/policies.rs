//! What the roles of a report may do, and who may take them on: no more than they need.

use contract::report::{PurposeFrom, Settings};
use framework::Attr;

use super::model::CostReport;
use super::names::{Names, Place};
use super::settings;
use crate::aws::objects::policy::{Policy, Statement, read_webhooks, trust_in_service};

/// The service that runs functions.
const LAMBDA: &str = "lambda.amazonaws.com";
/// The service that runs schedules.
const SCHEDULER: &str = "scheduler.amazonaws.com";

/// Below the prefix: the months, and what reports keep for the next one.
const FOLDERS: [&str; 2] = ["costs/*", "report/*"];

/// What the policy of the function's role depends on.
#[derive(Clone, Debug)]
pub(super) struct Needs {
    /// Settings, of which not all need be known.
    pub(super) settings: Settings,
    /// Whether there are events, whose anomalies were planned.
    pub(super) has_events: bool,
}

/// What the policy of the function's role depends on; nothing while any of it is unknown.
pub(super) fn needs(report: &CostReport, bucket: &str) -> Option<Needs> {
    let is_known = settings::sources_are_known(report)
        && !report.webhook_parameter_arn.is_unknown()
        && !report.anomaly_feedback.is_unknown()
        && !report.events.is_unknown()
        && !report.of_history(|history| &history.prefix).is_unknown();
    let purpose = match &report.purpose_from {
        Attr::Unknown => None,
        Attr::Known(from) if from.tag.is_unknown() || from.unit.is_unknown() => None,
        Attr::Null | Attr::Known(_) => Some(()),
    };
    purpose.filter(|()| is_known).map(|()| Needs {
        settings: settings::as_far_as_known(report, bucket),
        has_events: report.events.as_known().is_some_and(|events| !events.is_empty()),
    })
}

/// Only Lambda may take on the role of the function.
pub(super) fn trust_in_lambda() -> Policy {
    trust_in_service(LAMBDA, &[])
}

/// Only the schedules of this group, which are this account's
/// (<https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html>).
pub(super) fn trust_in_schedules(place: &Place, names: &Names) -> Policy {
    let (account, group) = (place.account.to_string(), place.schedule_group(names));
    let conditions = [
        ("StringEquals", "aws:SourceAccount", account.as_str()),
        ("StringEquals", "aws:SourceArn", group.as_str()),
    ];
    trust_in_service(SCHEDULER, &conditions)
}

/// What the function may do. Its log group exists before it does, so it needs not make one.
///
/// Cost Explorer and Organizations know no resources for these actions
/// (<https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscostexplorerservice.html>).
pub(super) fn function(place: &Place, names: &Names, needs: &Needs) -> Policy {
    let Needs { settings: needs, has_events } = needs;
    let streams = format!("{}:*", place.log_group(names));
    let parameters = [needs.webhook.parameter_arn.clone()].into();
    let [webhook, webhook_key] = read_webhooks(&place.partition, &place.account, &parameters);
    let bucket = place.bucket(&needs.history.bucket);
    let objects = FOLDERS.map(|folder| format!("{bucket}/{}{folder}", needs.history.prefix));
    let mut statements = vec![
        Statement::allow("Log", ["logs:CreateLogStream", "logs:PutLogEvents"]).on([streams]),
        webhook,
        webhook_key,
        Statement::allow("History", ["s3:GetObject", "s3:PutObject"]).on(objects),
        // Of the whole bucket: without it S3 says "403" of an object that isn't there, and looks at no prefix then.
        Statement::allow("FindHistory", ["s3:ListBucket"]).on([bucket]),
    ];
    if !needs.sources.is_empty() {
        let roles = needs.sources.iter().map(|source| source.role_arn.clone());
        statements.push(Statement::allow("Sources", ["sts:AssumeRole"]).on(roles));
        return Policy::of(statements);
    }
    statements.push(Statement::allow("Costs", ["ce:GetCostAndUsage"]).on(["*"]));
    if needs.anomaly_feedback && *has_events {
        let actions = ["ce:GetAnomalies", "ce:ProvideAnomalyFeedback"];
        statements.push(Statement::allow("Anomalies", actions).on(["*"]));
    }
    let organization: &[&str] = match needs.purpose_from {
        None => &[],
        Some(PurposeFrom::Tag(_)) => &["organizations:ListTagsForResource"],
        Some(PurposeFrom::Unit) => &[
            "organizations:ListAccountsForParent",
            "organizations:ListOrganizationalUnitsForParent",
            "organizations:ListRoots",
        ],
    };
    if !organization.is_empty() {
        let actions = organization.iter().copied();
        statements.push(Statement::allow("Organization", actions).on(["*"]));
    }
    Policy::of(statements)
}

/// What the schedule may do.
pub(super) fn schedule(place: &Place, names: &Names) -> Policy {
    let invoke = Statement::allow("Invoke", ["lambda:InvokeFunction"]);
    Policy::of([invoke.on([place.function(names)])])
}

#[cfg(test)]
mod tests;
