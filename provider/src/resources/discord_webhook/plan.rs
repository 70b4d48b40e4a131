//! What can be known of a webhook before anything is done.

use std::collections::{BTreeMap, BTreeSet};

use framework::{Attr, Error, Path, Plan, Result, path};

use super::model::{Publication, Webhook};
use super::settle;
use crate::aws::{Arn, Partition};
use crate::clients::Clients;
use crate::diagnose::Doing;
use crate::model::account::Account;
use crate::model::place::{Place, WHOSE, Wanted, is_promised, resolve_one};
use discord::WebhookUrl;

/// Longest ARN of a parameter, in characters (API reference of Systems Manager, `PutParameter`).
const LONGEST_ARN: usize = 1011;

/// Refines the plan of a webhook.
pub(super) async fn plan(clients: &Clients, plan: &mut Plan<Webhook>) -> Result<()> {
    resolve_places(clients, plan).await?;
    plan_origin(clients, plan);
    plan_channel(clients, plan);
    plan_picture(plan);
    let planned = &mut plan.planned;
    if plan.config.delete_on_destroy.is_null() {
        planned.delete_on_destroy = planned.adopted.clone().map(|adopted| !adopted);
    }
    planned.tags_all = settle::tags_all(planned, &clients.defaults);
    plan_arns(clients, plan).await
}

/// Where each parameter lives.
async fn resolve_places(clients: &Clients, plan: &mut Plan<Webhook>) -> Result<()> {
    let place_of = |publication: &Publication| Place {
        account: publication.account.clone().map(Account::from),
        region: Some(publication.region.clone()),
    };
    let prior: BTreeMap<&String, Place> = plan.prior.as_ref().map_or_else(BTreeMap::new, |prior| {
        prior.publications().map(|(key, publication)| (key, place_of(publication))).collect()
    });
    let Some(planned) = plan.planned.publish_to.as_known_mut() else { return Ok(()) };
    for (key, config) in plan.config.publications() {
        let wanted = Wanted {
            config: place_of(config),
            prior: prior.get(key).cloned(),
            at: path!(Webhook => publish_to).key(key),
            thing: "parameter",
            is_promised: is_promised(&plan.private),
        };
        let place = resolve_one(clients, &wanted, &mut plan.diagnostics).await?;
        if let Some(planned) = planned.get_mut(key).and_then(Attr::as_known_mut) {
            planned.account = place.account.map(Into::into);
            planned.region = place.region.unwrap_or_default();
        }
    }
    Ok(())
}

/// Which webhook it is: one to be made, the one that exists, or one to be adopted.
fn plan_origin(clients: &Clients, plan: &mut Plan<Webhook>) {
    let url = given_url(clients, plan);
    let version = plan.config.url_wo_version.clone();
    let Some(prior) = plan.prior.clone() else {
        plan.planned.adopted = version.as_ref().map(|_| true).or(Attr::Known(false));
        plan.planned.id = url.map(|url| url.id.to_string());
        plan_new(clients, plan);
        return;
    };
    plan.planned.guild_id = prior.guild_id;
    plan.planned.application_id = prior.application_id;
    if prior.id.is_null() {
        // Its parameters outlived it; both are made anew together.
        plan.planned.id = Attr::Unknown;
        plan.replace(path!(Webhook => id));
    } else {
        plan_other(plan, url, &prior.id, prior.url_wo_version != version && !version.is_null());
    }
}

/// What becomes of an existing webhook when a URL is given, maybe of another one.
fn plan_other(
    plan: &mut Plan<Webhook>,
    url: Attr<WebhookUrl>,
    id: &Attr<String>,
    is_versioned: bool,
) {
    let is_other = url.as_known().is_some_and(|url| id.as_known() != Some(&url.id.to_string()));
    if !is_versioned {
        if is_other {
            plan.diagnostics.warning(
                path!(Webhook => url_wo),
                "Another webhook's URL is not looked at",
                "`url_wo` is the URL of another webhook than before, but `url_wo_version` is the same. Raise it if the other webhook is meant.",
            );
        }
        return;
    }
    match url {
        Attr::Known(url) if is_other => {
            plan.planned.id = Attr::Known(url.id.to_string());
            plan.replace(path!(Webhook => id));
        }
        Attr::Known(_) => {}
        Attr::Unknown => {
            // It may turn out to be another webhook's, and an action can't become a replacement later.
            plan.planned.id = Attr::Unknown;
            plan.replace(path!(Webhook => id));
        }
        Attr::Null => url_is_missing(plan),
    }
}

/// A new resource has a bot to make it, or the URL to adopt.
fn plan_new(clients: &Clients, plan: &mut Plan<Webhook>) {
    if plan.config.url_wo_version.is_null() && plan.config.url_wo.is_null() {
        let has_bot = clients.discord().map_or(true, discord::Client::has_bot);
        plan.planned.id = Attr::Unknown;
        if !has_bot {
            let no_bot = Error::new(
                "No bot can make the webhook",
                "The provider has no token of a Discord bot, and no URL of an existing webhook is given.",
            )
            .hint("set `discord.bot_token` in the provider block or DISCORD_BOT_TOKEN, of a bot that may manage webhooks in the channel; or make the webhook in the channel's settings and adopt it with `url_wo` and `url_wo_version`.");
            plan.diagnostics.fail(no_bot);
        }
    } else if plan.config.url_wo.is_null() {
        url_is_missing(plan);
    }
}

fn url_is_missing(plan: &mut Plan<Webhook>) {
    plan.diagnostics.error(
        path!(Webhook => url_wo),
        "Missing `url_wo`",
        "`url_wo_version` says that a webhook is to be adopted by its URL, which is not given in this run.",
    );
}

/// The webhook that `url_wo` names; null when it is not set.
fn given_url(clients: &Clients, plan: &mut Plan<Webhook>) -> Attr<WebhookUrl> {
    let text = match &plan.config.url_wo {
        Attr::Null => return Attr::Null,
        Attr::Unknown => return Attr::Unknown,
        Attr::Known(text) => text,
    };
    let Ok(client) = clients.discord() else { return Attr::Unknown };
    match client.parse_webhook_url(text) {
        Ok(url) => Attr::Known(url),
        Err(problem) => {
            let detail = format!("`url_wo`: {problem}.");
            plan.diagnostics.error(path!(Webhook => url_wo), "Invalid value for `url_wo`", detail);
            Attr::Unknown
        }
    }
}

/// A webhook's own token can't move it.
fn plan_channel(clients: &Clients, plan: &mut Plan<Webhook>) {
    let Some(prior) = &plan.prior else { return };
    let (Some(from), Some(to)) = (prior.channel_id.as_known(), plan.planned.channel_id.as_known())
    else {
        return;
    };
    if from != to && clients.discord().is_ok_and(|client| !client.has_bot()) {
        plan.diagnostics.fail(moving_needs_a_bot(from, to));
    }
}

/// What is said of a move without a bot.
pub(super) fn moving_needs_a_bot(from: &str, to: &str) -> Error {
    Error::new(
        "Only a bot can move a webhook to another channel",
        format!("The webhook is in channel {from}, and {to} is wanted. Its URL allows everything but that, and the provider has no token of a bot."),
    )
    .hint("set `discord.bot_token` in the provider block or DISCORD_BOT_TOKEN, or move the webhook in Discord and set `channel_id` to where it is.")
    .at(path!(Webhook => channel_id))
}

/// Discord's hash is known again when the picture has been sent.
fn plan_picture(plan: &mut Plan<Webhook>) {
    let sha256 = settle::avatar_sha256(&plan.config.avatar);
    plan.planned.avatar_hash = match &plan.prior {
        None => Attr::Unknown,
        Some(prior) => {
            let drifted =
                !plan.config.avatar.is_null() && settle::picture_drifted(prior, &plan.private);
            if sha256 == prior.avatar_sha256 && !drifted {
                prior.avatar_hash.clone()
            } else if sha256.is_null() {
                Attr::Null
            } else {
                Attr::Unknown
            }
        }
    };
    plan.planned.avatar_sha256 = sha256;
}

/// The ARNs of the parameters, which must all be different ones.
async fn plan_arns(clients: &Clients, plan: &mut Plan<Webhook>) -> Result<()> {
    let publications = match &plan.planned.publish_to {
        Attr::Null => BTreeMap::new(),
        Attr::Unknown => {
            plan.planned.parameter_arns = Attr::Unknown;
            return Ok(());
        }
        Attr::Known(publications) => publications.clone(),
    };
    let mut arns = BTreeMap::new();
    if !publications.is_empty() {
        let partition = partition(clients).await?;
        let mut seen = BTreeSet::new();
        for (key, publication) in publications {
            let arn = publication.and_then(|one| arn_of(partition.as_ref(), &one));
            if let Some(arn) = arn.as_known() {
                let at = path!(Webhook => publish_to).key(&key).attribute("parameter_name");
                check_arn(arn, seen.insert(arn.clone()), at, plan);
            }
            arns.insert(key, arn);
        }
    }
    plan.planned.parameter_arns = Attr::Known(arns);
    Ok(())
}

fn check_arn(arn: &str, is_new: bool, at: Path, plan: &mut Plan<Webhook>) {
    let length = arn.chars().count();
    if !is_new {
        let detail = format!("Two elements of `publish_to` name the same parameter: {arn}.");
        plan.diagnostics.error(at, "The parameter is named twice", detail);
    } else if length > LONGEST_ARN {
        let detail = format!(
            "The parameter's ARN may have {LONGEST_ARN} characters, and has {length} with this name."
        );
        plan.diagnostics.error(at, "The parameter's name is too long", detail);
    }
}

/// The partition of the credentials, which no role leads out of; `None` while it can't be asked.
async fn partition(clients: &Clients) -> Result<Option<Partition>> {
    if !clients.aws_is_known() {
        return Ok(None);
    }
    let caller = clients.aws()?.caller().await.attempting(WHOSE)?;
    Ok(Some(caller.partition().clone()))
}

fn arn_of(partition: Option<&Partition>, publication: &Publication) -> Attr<String> {
    let account = publication.account.as_known().and_then(|account| account.id.as_known());
    let parts = (account, publication.region.as_known(), publication.parameter_name.as_known());
    let (Some(partition), (Some(account), Some(region), Some(name))) = (partition, parts) else {
        return Attr::Unknown;
    };
    match (account.parse(), region.parse()) {
        (Ok(account), Ok(region)) => {
            Attr::Known(Arn::parameter(partition, &account, &region, name).to_string())
        }
        // Found wrong when the configuration was checked.
        (Err(_), _) | (_, Err(_)) => Attr::Unknown,
    }
}
