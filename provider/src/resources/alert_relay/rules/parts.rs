//! Rules of a relay's nested attributes, and of spokes.

use discord::Snowflake;
use framework::{Attr, Diagnostics, Path, path};

use super::super::model::{Hub, Relay, Route};
use super::super::settings::impact;
use crate::aws::{AccountId, Arn};
use crate::model::checks::{check, check_all, check_parameter, refuse};

/// A spoke names the hub's queue, and nothing that only a hub has.
pub(super) fn check_spoke(config: &Relay, hub: &Hub, diagnostics: &mut Diagnostics) {
    if let Some(text) = hub.queue_arn.as_known() {
        let is_queue = text.parse::<Arn>().is_ok_and(|arn| {
            let is_ordered = arn.resource().strip_suffix(".fifo").is_some();
            arn.service() == "sqs"
                && arn.region().is_some()
                && arn.account().is_some()
                && !is_ordered
        });
        if !is_queue {
            let detail = "It must be the ARN of a standard SQS queue: the `queue_arn` of the hub.";
            refuse(diagnostics, path!(Relay => hub).attribute("queue_arn"), detail);
        }
    }
    for (name, is_null) in [
        ("webhook_parameter_arn", config.webhook_parameter_arn.is_null()),
        ("thread_id", config.thread_id.is_null()),
        ("routes", config.routes.is_null()),
        ("mentions", config.mentions.is_null()),
        ("language", config.language.is_null()),
        ("timezone", config.timezone.is_null()),
        ("accounts", config.accounts.is_null()),
        ("emails", config.emails.is_null()),
        ("source_regions", config.source_regions.is_null()),
        ("bot_token_parameter_arn", config.bot_token_parameter_arn.is_null()),
        ("architecture", config.architecture.is_null()),
        ("memory_mb", config.memory_mb.is_null()),
        ("log_retention_days", config.log_retention_days.is_null()),
        ("role_arn", config.role_arn.is_null()),
        ("scheduler_role_arn", config.scheduler_role_arn.is_null()),
        ("permissions_boundary", config.permissions_boundary.is_null()),
    ] {
        if !is_null {
            let detail = format!(
                "With `hub` the relay is a spoke: it has topics alone. `{name}` belongs to the hub."
            );
            refuse(diagnostics, Path::root().attribute(name), detail);
        }
    }
}

pub(super) fn check_routes(config: &Relay, diagnostics: &mut Diagnostics) {
    let at = path!(Relay => routes);
    for (name, route) in config.routes.as_known().into_iter().flatten() {
        match route {
            Attr::Known(route) => check_route(route, &at.key(name), diagnostics),
            Attr::Null => refuse(diagnostics, at.key(name), "The route is null."),
            Attr::Unknown => {}
        }
    }
}

fn check_route(route: &Route, at: &Path, diagnostics: &mut Diagnostics) {
    let webhook = at.attribute("webhook_parameter_arn");
    check_parameter(&route.webhook_parameter_arn, webhook, diagnostics);
    check::<Snowflake>(&route.thread_id, at.attribute("thread_id"), diagnostics);
    check_all::<AccountId>(&route.accounts, &at.attribute("accounts"), diagnostics);
    let has_null = |name: &str| (at.attribute(name), "One of the values is null.");
    if route.impacts.as_known().is_some_and(|impacts| impacts.iter().any(Attr::is_null)) {
        let (at, detail) = has_null("impacts");
        refuse(diagnostics, at, detail);
    }
    if route.kinds.as_known().is_some_and(|kinds| kinds.iter().any(Attr::is_null)) {
        let (at, detail) = has_null("kinds");
        refuse(diagnostics, at, detail);
    }
    if route.impacts.is_null() && route.kinds.is_null() && route.accounts.is_null() {
        let detail = "The route takes nothing: name `impacts`, `kinds` or `accounts`.";
        refuse(diagnostics, at.clone(), detail);
    }
    if route.webhook_parameter_arn.is_null() && route.thread_id.is_null() {
        let detail =
            "The route leads nowhere else: name another `webhook_parameter_arn` or a `thread_id`.";
        refuse(diagnostics, at.clone(), detail);
    }
}

pub(super) fn check_mentions(config: &Relay, diagnostics: &mut Diagnostics) {
    let at = path!(Relay => mentions);
    for (word, mention) in config.mentions.as_known().into_iter().flatten() {
        let at = at.key(word);
        if impact(word).is_none() {
            let detail = format!(
                "`{word}` is no impact: the keys are `critical`, `high`, `normal` and `low`."
            );
            refuse(diagnostics, at.clone(), detail);
        }
        match mention {
            Attr::Known(mention) => mention.check(&at, diagnostics),
            Attr::Null => refuse(diagnostics, at, "The mention is null."),
            Attr::Unknown => {}
        }
    }
}
