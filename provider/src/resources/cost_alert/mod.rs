//! A cost alert: one budget of AWS Budgets, and one subscription to the anomalies of a monitor.
//!
//! [`model`] holds the attributes, `rules` what is refused of them. `budget` and `anomaly` are the
//! two parts, each with AWS's side of its attributes, the calls, and what makes it what it should
//! be. `plan` says what is known beforehand, `apply` brings both parts to that, `read` makes
//! attributes of what is there.
//!
//! A refresh of n alerts in one account makes two calls for all budgets and all notifications
//! (1,000 budgets a page) and, for each budget, one for its tags and one for each threshold's
//! subscribers: AWS lists neither for more than one. Where anomalies are watched two calls list all
//! monitors and subscriptions, and each alert asks for the tags of its own.

mod amount;
mod anomaly;
mod apply;
mod budget;
mod import;
pub mod model;
mod ownership;
mod plan;
mod read;
mod rules;
mod stop;
mod subscriber;
mod texts;

use std::collections::BTreeMap;
use std::time::Duration;

use framework::{Applied, Context, Diagnostics, Error, Plan, Resource, Result};

use self::model::Alert;
use self::ownership::Owner;
use crate::aws::Session;
use crate::claims::Object;
use crate::clients::Clients;
use crate::model::tags::plain;
use crate::model::{place, place::target};

/// What a user calls the resource.
const THING: &str = "cost alert";

/// How long AWS may go on showing what was before a write.
const SETTLES_IN: Duration = Duration::from_mins(1);

/// The resource `hinomi_cost_alert`.
#[derive(Clone, Copy, Debug)]
pub struct CostAlert;

impl Resource for CostAlert {
    const NAME: &'static str = "cost_alert";
    type Model = Alert;
    type Clients = Clients;

    fn validate(config: &Alert, diagnostics: &mut Diagnostics) {
        rules::validate(config, diagnostics);
    }

    async fn plan(clients: &Clients, plan: &mut Plan<Alert>) -> Result<()> {
        place::resolve(clients, plan).await?;
        plan::refine(clients, plan).await
    }

    async fn create(
        context: &mut Context<'_, Clients>,
        planned: Alert,
        _config: Alert,
    ) -> Result<Applied<Alert>> {
        let session = session(context, &planned).await?;
        let object = object(context.clients, &session, &planned);
        context.clients.claims.claim(&object)?;
        let created = Box::pin(apply::create(context, &session, planned)).await;
        created.inspect_err(|_| context.clients.claims.release(&object))
    }

    async fn read(context: &mut Context<'_, Clients>, state: Alert) -> Result<Option<Alert>> {
        place::note_promise(context.private, &context.clients.defaults)?;
        let session = session(context, &state).await?;
        Box::pin(read::read(context, &session, &state)).await
    }

    async fn update(
        context: &mut Context<'_, Clients>,
        prior: Alert,
        planned: Alert,
        _config: Alert,
    ) -> Result<Applied<Alert>> {
        let session = session(context, &planned).await?;
        Box::pin(apply::update(context, &session, prior, planned)).await
    }

    async fn delete(context: &mut Context<'_, Clients>, state: Alert) -> Result<()> {
        let session = session(context, &state).await?;
        let object = object(context.clients, &session, &state);
        if context.clients.claims.keeps(&object, context.warnings) {
            return Ok(());
        }
        Box::pin(apply::delete(context, &session, &state)).await
    }

    async fn import(context: &mut Context<'_, Clients>, id: &str) -> Result<Alert> {
        import::find(context, id).await
    }
}

async fn session(context: &Context<'_, Clients>, alert: &Alert) -> Result<Session> {
    let target = target(&alert.account, None)?;
    context.clients.global_session(&target, &context.cancel).await
}

/// What no two alerts can have: the budget's name, or without a budget the name of the watch.
fn object(clients: &Clients, session: &Session, alert: &Alert) -> Object {
    let watch = || anomaly::converge::name(clients, alert).ok();
    let name = alert.budget_name.as_known().cloned().or_else(watch);
    // Without either nobody could have made one of its name.
    let name = name.or_else(|| alert.subscription_arn.as_known().cloned());
    Object::new(THING, session, &name.unwrap_or_default())
}

/// The alert's name for messages.
fn shown(alert: &Alert) -> &str {
    alert.name.as_known().map_or("", String::as_str)
}

/// The declaration that an alert is. While the stack isn't known, as it may be in a plan, nothing
/// counts as made by it.
fn owner<'a>(clients: &'a Clients, alert: &'a Alert) -> Owner<'a> {
    let stack = clients.defaults.stack.as_known().map_or("", String::as_str);
    Owner { stack, name: shown(alert) }
}

/// All tags of what an alert makes, known.
///
/// # Errors
/// A bug of the provider's, when one isn't.
fn wanted_tags(planned: &Alert) -> Result<BTreeMap<String, String>> {
    plain(&planned.tags_all)
        .ok_or_else(|| Error::provider_bug("a tag has no value where it must have one"))
}
