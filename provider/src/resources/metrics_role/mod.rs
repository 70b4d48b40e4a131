//! `hinomi_metrics_role`: the role by which locations of other accounts write metrics here.
//!
//! `model` has the attributes, `policies` who may take the role on and what it may do, `plan` what is
//! known and refused beforehand, `import` takes one that exists.

mod import;
mod model;
mod plan;
mod policies;

use framework::{Applied, Attr, Context, Diagnostics, Plan, Resource, Result};

pub use self::model::MetricsRole;
use crate::aws::objects::Claim;
use crate::aws::objects::policy::says_the_same;
use crate::aws::objects::role::{self, Found, Role};
use crate::aws::{Failure, Session};
use crate::claims::Object;
use crate::clients::Clients;
use crate::diagnose::Doing;
use crate::model::{place, place::target, tags};

/// What messages call it.
const THING: &str = "metrics role";

/// The resource.
#[derive(Clone, Copy, Debug)]
pub struct Metrics;

impl Resource for Metrics {
    const NAME: &'static str = "metrics_role";
    type Model = MetricsRole;
    type Clients = Clients;

    fn validate(config: &MetricsRole, diagnostics: &mut Diagnostics) {
        plan::validate(config, diagnostics);
    }

    async fn plan(clients: &Clients, plan: &mut Plan<MetricsRole>) -> Result<()> {
        plan::refine(clients, plan).await
    }

    async fn create(
        context: &mut Context<'_, Clients>,
        planned: MetricsRole,
        _: MetricsRole,
    ) -> Result<Applied<MetricsRole>> {
        let session = session(context, &planned).await?;
        let object = Object::new(THING, &session, planned.role_name.known("role_name")?);
        context.clients.claims.claim(&object)?;
        let made = put(context, &session, planned, Claim::ByTags, "create").await;
        made.inspect_err(|_| context.clients.claims.release(&object))
    }

    async fn read(
        context: &mut Context<'_, Clients>,
        state: MetricsRole,
    ) -> Result<Option<MetricsRole>> {
        place::note_promise(context.private, &context.clients.defaults)?;
        let session = session(context, &state).await?;
        let found = role::find(&session, state.role_name.known("role_name")?).await;
        let found = found.doing("read", THING, label(&state))?;
        Ok(found.map(|found| as_found(context.clients, &state, &found)))
    }

    async fn update(
        context: &mut Context<'_, Clients>,
        _prior: MetricsRole,
        planned: MetricsRole,
        _: MetricsRole,
    ) -> Result<Applied<MetricsRole>> {
        let session = session(context, &planned).await?;
        put(context, &session, planned, Claim::ByState, "update").await
    }

    async fn delete(context: &mut Context<'_, Clients>, state: MetricsRole) -> Result<()> {
        let session = session(context, &state).await?;
        let name = state.role_name.known("role_name")?;
        if context.clients.claims.keeps(&Object::new(THING, &session, name), context.warnings) {
            return Ok(());
        }
        role::delete(&session, name).await.doing("delete", THING, label(&state))
    }

    async fn import(context: &mut Context<'_, Clients>, id: &str) -> Result<MetricsRole> {
        import::find(context, id).await
    }
}

async fn session(context: &Context<'_, Clients>, model: &MetricsRole) -> Result<Session> {
    let target = target(&model.account, None)?;
    context.clients.global_session(&target, &context.cancel).await
}

/// Makes the role, or brings it to what it shall be. What a failure leaves of it stays in the state.
async fn put(
    context: &Context<'_, Clients>,
    session: &Session,
    planned: MetricsRole,
    claim: Claim,
    verb: &str,
) -> Result<Applied<MetricsRole>> {
    let defaults = &context.clients.defaults;
    let wanted = plan::wanted(&planned, session.partition(), context.private, defaults)?;
    let made = role::ensure(session, claim, &wanted).await;
    let Err(error) = made.doing(verb, THING, label(&planned)) else {
        return Ok(Applied::Done(planned));
    };
    match left(session, claim, &wanted).await {
        Ok(None) => Err(error),
        Ok(Some(found)) => Ok(Applied::Partial(as_found(context.clients, &planned, &found), error)),
        // What exists can't be told: a role that is in no state would be nobody's.
        Err(_) => Ok(Applied::Partial(planned, error)),
    }
}

/// What there is of the role, unless it is another's.
async fn left(session: &Session, claim: Claim, wanted: &Role) -> Result<Option<Found>, Failure> {
    let found = role::find(session, &wanted.name).await?;
    let is_ours =
        |found: &Found| claim.check("role", &wanted.name, &found.tags, &wanted.tags).is_ok();
    Ok(found.filter(is_ours))
}

/// The attributes as AWS has them now, those of `state` where that says the same.
fn as_found(clients: &Clients, state: &MetricsRole, found: &Found) -> MetricsRole {
    let same = |found: &str, stated: &Attr<String>| match stated.as_known() {
        Some(stated) if says_the_same(found, stated) => Attr::Known(stated.clone()),
        Some(_) | None => Attr::Known(found.to_owned()),
    };
    let mut now = state.clone();
    now.arn = Attr::Known(found.arn.clone());
    now.trust_policy_json = same(&found.trust, &state.trust_policy_json);
    let policy = Attr::Known(policies::writes_metrics().to_json());
    now.policy_json = found.policy.as_ref().map_or(Attr::Null, |found| same(found, &policy));
    now.permissions_boundary = found.permissions_boundary.clone().into();
    let found_tags = found.tags.iter().filter(|(key, _)| !key.starts_with("aws:"));
    let found_tags = found_tags.map(|(key, value)| (key.clone(), value.clone())).collect();
    now.tags = tags::own_of(&found_tags, &state.tags, &state.tags_all, &clients.defaults);
    let all = found_tags.into_iter().map(|(key, value)| (key, Attr::Known(value)));
    now.tags_all = Attr::Known(all.collect());
    // The others are attributes of their own.
    let name = state.role_name.as_known().map_or("", String::as_str);
    let told = (found.description != plan::DESCRIPTION)
        .then(|| Attr::Known(format!("role {name} has another description")));
    now.drift = Attr::Known(told.into_iter().collect());
    now
}

/// The role's name for messages.
fn label(model: &MetricsRole) -> &str {
    model.name.as_known().map_or("", String::as_str)
}
