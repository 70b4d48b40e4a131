//! A Discord channel's webhook, whose URL lives in SSM parameters and nowhere else.
//!
//! Reading order: `model` → `validate` and `plan` (what can be told before anything is done) → `create`,
//! `read`, `update` (the lifecycle) → `reach` (how a webhook is reached), `spot` (a parameter and its
//! place) and `api` (the calls to SSM), `settle` (what Discord is asked, and what is taken over from it).
//!
//! The URL and its token exist only inside of an operation, in [`Secret`](contract::secret::Secret)s. They
//! reach no model but the write-only `url_wo`, no private value and no message.

mod api;
mod create;
mod model;
mod plan;
mod reach;
mod read;
mod settle;
mod spot;
mod update;
mod validate;

use framework::{Applied, Context, Diagnostics, Plan, Resource, Result};

pub use model::{Publication, Webhook};

use crate::clients::Clients;

/// The resource `hinomi_discord_webhook`.
#[derive(Debug)]
pub struct DiscordWebhook;

impl Resource for DiscordWebhook {
    const NAME: &'static str = "discord_webhook";
    type Model = Webhook;
    type Clients = Clients;

    fn validate(config: &Webhook, diagnostics: &mut Diagnostics) {
        validate::validate(config, diagnostics);
    }

    async fn plan(clients: &Clients, plan: &mut Plan<Webhook>) -> Result<()> {
        plan::plan(clients, plan).await
    }

    async fn create(
        context: &mut Context<'_, Clients>,
        planned: Webhook,
        config: Webhook,
    ) -> Result<Applied<Webhook>> {
        create::create(context, planned, config).await
    }

    async fn read(context: &mut Context<'_, Clients>, state: Webhook) -> Result<Option<Webhook>> {
        read::read(context, state).await
    }

    async fn update(
        context: &mut Context<'_, Clients>,
        prior: Webhook,
        planned: Webhook,
        config: Webhook,
    ) -> Result<Applied<Webhook>> {
        update::update(context, prior, planned, config).await
    }

    async fn delete(context: &mut Context<'_, Clients>, state: Webhook) -> Result<()> {
        update::delete(context, state).await
    }

    async fn import(context: &mut Context<'_, Clients>, id: &str) -> Result<Webhook> {
        read::import(context, id)
    }
}
