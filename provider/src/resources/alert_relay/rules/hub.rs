//! Rules of a relay with a queue and a function of its own.

use discord::Snowflake;
use framework::{Attr, Diagnostics, Path, path};

use super::super::model::Relay;
use super::parts;
use crate::aws::Arn;
use crate::model::account_note;
use crate::model::checks::{
    check, check_all, check_parameter, check_retention, check_timezone, refuse,
};

pub(super) fn check_hub(config: &Relay, diagnostics: &mut Diagnostics) {
    if config.webhook_parameter_arn.is_null() {
        let detail = "A relay needs `webhook_parameter_arn`, the parameter with the webhook's URL; or `hub`, the relay whose queue it feeds.";
        refuse(diagnostics, path!(Relay => webhook_parameter_arn), detail);
    }
    let webhook = path!(Relay => webhook_parameter_arn);
    check_parameter(&config.webhook_parameter_arn, webhook, diagnostics);
    let bot = path!(Relay => bot_token_parameter_arn);
    check_parameter(&config.bot_token_parameter_arn, bot, diagnostics);
    check::<Snowflake>(&config.thread_id, path!(Relay => thread_id), diagnostics);
    parts::check_routes(config, diagnostics);
    parts::check_mentions(config, diagnostics);
    account_note::check(&config.accounts, &path!(Relay => accounts), diagnostics);
    check_timezone(&config.timezone, path!(Relay => timezone), diagnostics);
    let retention = path!(Relay => log_retention_days);
    check_retention(&config.log_retention_days, retention, diagnostics);
    check_emails(config, diagnostics);
    check_roles(config, diagnostics);
}

fn check_emails(config: &Relay, diagnostics: &mut Diagnostics) {
    let at = path!(Relay => emails);
    check_all::<String>(&config.emails, &at, diagnostics);
    for email in config.emails.as_known().into_iter().flatten().filter_map(Attr::as_known) {
        if !is_email(email) {
            refuse(diagnostics, at.clone(), format!("`{email}` is no e-mail address."));
        }
    }
    if config.emails.is_null() {
        let detail = "What can't be delivered to Discord waits in the dead-letter queue, and its alarm writes to nobody. Set `emails` to the addresses of those who should know.";
        diagnostics.warning(at, "Nobody is told of messages that are not delivered", detail);
    }
}

fn is_email(text: &str) -> bool {
    let Some((name, domain)) = text.split_once('@') else { return false };
    let is_plain = |c: char| !c.is_whitespace() && c != '@';
    !name.is_empty()
        && domain.split('.').count() > 1
        && domain.split('.').all(|label| !label.is_empty())
        && text.chars().count() <= 320
        && name.chars().chain(domain.chars()).all(is_plain)
}

fn check_roles(config: &Relay, diagnostics: &mut Diagnostics) {
    let (role, scheduler) = (&config.role_arn, &config.scheduler_role_arn);
    for (arn, at) in
        [(role, path!(Relay => role_arn)), (scheduler, path!(Relay => scheduler_role_arn))]
    {
        check_iam(arn, "role/", "role", at, diagnostics);
    }
    let boundary = path!(Relay => permissions_boundary);
    check_iam(&config.permissions_boundary, "policy/", "policy", boundary.clone(), diagnostics);
    match (role, scheduler) {
        (Attr::Known(_), Attr::Null) => {
            let detail = "With `role_arn` no role is made, so `scheduler_role_arn` must be given as well: without it there are no reminders.";
            refuse(diagnostics, path!(Relay => scheduler_role_arn), detail);
        }
        (Attr::Null, Attr::Known(_)) => {
            let detail =
                "With `scheduler_role_arn` no role is made, so `role_arn` must be given as well.";
            refuse(diagnostics, path!(Relay => role_arn), detail);
        }
        (Attr::Known(_), Attr::Known(_)) if !config.permissions_boundary.is_null() => {
            let detail = "No role is made that it could bound: `role_arn` is given.";
            refuse(diagnostics, boundary, detail);
        }
        _ => {}
    }
}

fn check_iam(
    arn: &Attr<String>,
    prefix: &str,
    what: &str,
    at: Path,
    diagnostics: &mut Diagnostics,
) {
    let Some(text) = arn.as_known() else { return };
    let is_one = text.parse::<Arn>().is_ok_and(|arn| {
        arn.service() == "iam"
            && arn.resource().strip_prefix(prefix).is_some_and(|name| !name.is_empty())
    });
    if !is_one {
        let detail = format!(
            "It must be the ARN of an IAM {what}, such as `arn:aws:iam::111111111111:{prefix}hinomi`."
        );
        refuse(diagnostics, at, detail);
    }
}
