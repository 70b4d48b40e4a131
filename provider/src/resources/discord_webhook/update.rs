//! A webhook that changes, and its end.

use std::collections::BTreeMap;

use framework::{Applied, Attr, Context, Error, Private, Result, path};

use super::create::{stack, stopped};
use super::model::{Publication, Webhook};
use super::reach::{PATIENCE, Reach, Reached};
use super::settle::{self, AVATAR, FORMER_ID, VERSIONS};
use super::spot::{Owner, Spot, spots};
use crate::aws::tags::STACK;
use crate::clients::Clients;
use crate::model::{tags, timeouts};
use discord::{AvatarChange, WebhookUrl};

/// Account, region and name: what tells one parameter from another.
type Identity<'a> = (Option<&'a String>, Option<&'a String>, Option<&'a String>);

fn identity(publication: &Publication) -> Identity<'_> {
    let account = publication.account.as_known().and_then(|account| account.id.as_known());
    (account, publication.region.as_known(), publication.parameter_name.as_known())
}

/// Changes the webhook and its parameters. What was reached when something fails is returned, so
/// that the next plan shows the rest.
pub(super) async fn update(
    context: &mut Context<'_, Clients>,
    prior: Webhook,
    planned: Webhook,
    config: Webhook,
) -> Result<Applied<Webhook>> {
    let clients = context.clients;
    let limit = timeouts::limit(&planned.timeouts, |timeouts| &timeouts.update, PATIENCE);
    let client = clients.discord()?;
    let reach = Reach::new(client, &planned.audit_log_reason, limit, &context.cancel);
    let is_versioned =
        prior.url_wo_version != planned.url_wo_version && !planned.url_wo_version.is_null();
    let given = given_url(&reach, &prior, &config, is_versioned)?;
    let mut change = Change {
        before: spots(clients, &with_planned_ways(&prior, &planned), &context.cancel).await?,
        after: spots(clients, &planned, &context.cancel).await?,
        stack: stack(&clients.defaults)?,
        reach,
        given,
        rewrites: is_versioned,
        has_drifted: settle::picture_drifted(&prior, context.private),
        private: context.private,
        done: Webhook { timeouts: planned.timeouts.clone(), ..prior.clone() },
    };
    Ok(match change.run(&prior, &planned, &config).await {
        Ok(()) => {
            let Webhook { avatar_hash: hash, parameter_arns, .. } = change.done;
            let avatar_hash =
                if planned.avatar_hash.is_unknown() { hash } else { planned.avatar_hash.clone() };
            Applied::Done(Webhook { id: prior.id, avatar_hash, parameter_arns, ..planned })
        }
        Err(problem) => Applied::Partial(change.done, problem),
    })
}

/// The URL of the configuration, when it is that of this webhook.
fn given_url(
    reach: &Reach<'_>,
    prior: &Webhook,
    config: &Webhook,
    is_versioned: bool,
) -> Result<Option<WebhookUrl>> {
    let Some(text) = config.url_wo.as_known() else { return Ok(None) };
    let at = path!(Webhook => url_wo);
    let url = reach.client.parse_webhook_url(text).map_err(|problem| {
        Error::new("Invalid value for `url_wo`", format!("`url_wo`: {problem}.")).at(at.clone())
    })?;
    if prior.id.as_known().is_some_and(|id| id == url.id.as_str()) {
        return Ok(Some(url));
    }
    if is_versioned {
        let error = Error::new(
            "The URL is of another webhook",
            "`url_wo` was not known when the plan was made, and is the URL of another webhook than the one that was adopted.",
        );
        return Err(error
            .hint("plan again, now that it is known: the resource is made anew then.")
            .at(at));
    }
    Ok(None)
}

/// The stack that the parameters' tags said when they were written last.
fn former_stack(prior: &Webhook) -> Option<&str> {
    prior.tags_all.as_known()?.get(STACK)?.as_known().map(String::as_str)
}

/// The state, with the way into an account as it is planned: the old role may be gone by now.
fn with_planned_ways(prior: &Webhook, planned: &Webhook) -> Webhook {
    let mut reachable = prior.clone();
    for former in reachable.publish_to.as_known_mut().into_iter().flat_map(BTreeMap::values_mut) {
        let Some(former) = former.as_known_mut() else { continue };
        let same = planned.publications().find(|(_, one)| identity(one) == identity(former));
        if let Some((_, same)) = same {
            former.account = same.account.clone();
        }
    }
    reachable
}

/// A change under way.
struct Change<'a> {
    reach: Reach<'a>,
    stack: String,
    /// The parameters of the state.
    before: Vec<Spot>,
    /// The parameters that are planned.
    after: Vec<Spot>,
    given: Option<WebhookUrl>,
    /// Whether a URL that was given anew is written everywhere.
    rewrites: bool,
    /// Whether somebody else changed the picture.
    has_drifted: bool,
    private: &'a mut Private,
    /// What was reached so far.
    done: Webhook,
}

impl Change<'_> {
    async fn run(&mut self, prior: &Webhook, planned: &Webhook, config: &Webhook) -> Result<()> {
        let has_new_picture = prior.avatar_sha256 != planned.avatar_sha256 || self.has_drifted;
        let differs = prior.name != planned.name || prior.channel_id != planned.channel_id;
        let writes = self.after.iter().any(|spot| self.must_write(prior, spot));
        if has_new_picture || differs || writes || self.rewrites {
            let reached = self.reach.find(prior, &self.before, self.given.as_ref()).await?;
            let avatar = if has_new_picture {
                settle::avatar_change(config, !prior.avatar_sha256.is_null())?
            } else {
                AvatarChange::Keep
            };
            self.change_webhook(&reached, planned, avatar).await?;
            if writes || self.rewrites {
                let url = self.reach.url(&reached, &self.before).await?;
                self.write_parameters(prior, planned, Some(&url)).await?;
                return self.remove_the_rest(planned).await;
            }
        }
        self.write_parameters(prior, planned, None).await?;
        self.remove_the_rest(planned).await
    }

    /// Whether the URL must be written there: the parameter is new, was lost, or has another key.
    fn must_write(&self, prior: &Webhook, spot: &Spot) -> bool {
        let wanted = identity(&spot.publication);
        let existing = prior.publications().find(|(_, one)| identity(one) == wanted);
        self.rewrites
            || existing.is_none_or(|(key, existing)| {
                prior.arn(key).is_none() || existing.kms_key_id != spot.publication.kms_key_id
            })
    }

    async fn change_webhook(
        &mut self,
        reached: &Reached,
        planned: &Webhook,
        avatar: AvatarChange,
    ) -> Result<()> {
        let changes = settle::changes(planned, &reached.webhook, avatar);
        if !settle::is_empty(&changes) {
            let found = self.reach.change(reached, &changes).await?;
            self.private.keep(AVATAR, &found.avatar)?;
            self.done.avatar_hash = found.avatar.into();
        }
        self.done.name = planned.name.clone();
        self.done.channel_id = planned.channel_id.clone();
        self.done.avatar_sha256 = planned.avatar_sha256.clone();
        Ok(())
    }

    /// Brings every planned parameter to its value, key and tags. Without a URL only tags may have
    /// to change.
    async fn write_parameters(
        &mut self,
        prior: &Webhook,
        planned: &Webhook,
        url: Option<&WebhookUrl>,
    ) -> Result<()> {
        let tags = tags::plain(&planned.tags_all).unwrap_or_default();
        let retags = prior.tags_all != planned.tags_all;
        let tag_name = settle::tag_name(planned.name.known("name")?);
        let (stack, after) = (self.stack.clone(), std::mem::take(&mut self.after));
        let owner = Owner { stack: &stack, name: &tag_name };
        for spot in &after {
            if self.reach.bounds.cancel.is_cancelled() {
                return Err(stopped());
            }
            match url {
                Some(url) if self.must_write(prior, spot) => {
                    self.write(prior, spot, url, &tags, &owner).await?;
                }
                Some(_) | None if retags => spot.retag(&tags).await?,
                Some(_) | None => {}
            }
            self.note(spot);
            self.remove_former(spot, &after).await?;
            self.take_over(spot);
        }
        self.after = after;
        self.done.tags = planned.tags.clone();
        self.done.tags_all = planned.tags_all.clone();
        Ok(())
    }

    async fn write(
        &mut self,
        prior: &Webhook,
        spot: &Spot,
        url: &WebhookUrl,
        tags: &BTreeMap<String, String>,
        owner: &Owner<'_>,
    ) -> Result<()> {
        let wanted = identity(&spot.publication);
        let is_known = prior.publications().any(|(_, one)| identity(one) == wanted);
        let found = if is_known {
            spot.reclaim(owner, former_stack(prior)).await?
        } else {
            spot.claim(owner).await?
        };
        let version = spot.write(found, self.reach.client, url, tags, owner).await?;
        let mut versions: BTreeMap<String, i64> = self.private.value(VERSIONS).unwrap_or_default();
        versions.insert(spot.key.clone(), version);
        self.private.keep(VERSIONS, &versions)
    }

    /// Notes that the parameter exists.
    fn note(&mut self, spot: &Spot) {
        let arns = self.done.parameter_arns.as_known().cloned().unwrap_or_default();
        let arn = (spot.key.clone(), Attr::Known(spot.arn()));
        self.done.parameter_arns = Attr::Known(arns.into_iter().chain([arn]).collect());
    }

    /// Removes the parameter that had this name of the user's before, if it is another one. Only
    /// then the state forgets it.
    async fn remove_former(&self, spot: &Spot, after: &[Spot]) -> Result<()> {
        let former = self.before.iter().find(|former| former.key == spot.key);
        match former {
            Some(former) if is_obsolete(former, after) => {
                former.retract(self.done.id.as_known().map(String::as_str)).await
            }
            Some(_) | None => Ok(()),
        }
    }

    fn take_over(&mut self, spot: &Spot) {
        let all = self.done.publish_to.as_known().cloned().unwrap_or_default();
        let publication = (spot.key.clone(), Attr::Known(spot.publication.clone()));
        self.done.publish_to = Attr::Known(all.into_iter().chain([publication]).collect());
    }

    /// Removes the parameters that are planned under no name any more.
    async fn remove_the_rest(&mut self, planned: &Webhook) -> Result<()> {
        let mut versions: BTreeMap<String, i64> = self.private.value(VERSIONS).unwrap_or_default();
        for former in &self.before {
            if planned.publications().any(|(key, _)| *key == former.key) {
                continue;
            }
            if is_obsolete(former, &self.after) {
                former.retract(self.done.id.as_known().map(String::as_str)).await?;
            }
            versions.remove(&former.key);
            if let Some(all) = self.done.publish_to.as_known_mut() {
                all.remove(&former.key);
            }
            if let Some(arns) = self.done.parameter_arns.as_known_mut() {
                arns.remove(&former.key);
            }
        }
        self.private.keep(VERSIONS, &versions)
    }
}

/// Whether a parameter is planned under no name.
fn is_obsolete(former: &Spot, after: &[Spot]) -> bool {
    let former = identity(&former.publication);
    !after.iter().any(|spot| identity(&spot.publication) == former)
}

/// Deletes the webhook, unless it is to stay, and removes its parameters. The webhook goes first:
/// an adopted one can be reached only as long as a parameter holds its token.
pub(super) async fn delete(context: &mut Context<'_, Clients>, state: Webhook) -> Result<()> {
    let clients = context.clients;
    let limit = timeouts::limit(&state.timeouts, |timeouts| &timeouts.delete, PATIENCE);
    let spots = spots(clients, &state, &context.cancel).await?;
    let deletes = state.delete_on_destroy.as_known().copied().unwrap_or(!state.is_adopted());
    if deletes && state.id.as_known().is_some() {
        let reach = Reach::new(clients.discord()?, &state.audit_log_reason, limit, &context.cancel);
        reach.remove(&state, &spots).await?;
    }
    // A replacement that was made first has written its own URL by now.
    let id = state.id.into_known().or_else(|| context.private.value(FORMER_ID));
    for spot in &spots {
        spot.retract(id.as_deref()).await?;
    }
    Ok(())
}
