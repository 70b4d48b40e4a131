//! A cost alert: one budget of AWS Budgets, its notifications and who is told.
//!
//! [`model`] holds the attributes, `rules` what is refused of them. `settings`, `triggers` and
//! `filters` are AWS's side of them in forms that can be compared, `lift` goes between the two.
//! `api` makes the calls, `converge` makes a budget what it should be, whatever it is.
//!
//! A refresh of n alerts in one account makes two calls for all budgets and all notifications
//! (1,000 budgets a page) and, for each alert, one for its tags and one for each threshold's
//! subscribers: AWS lists neither for more than one.

mod amount;
mod api;
mod converge;
mod filters;
mod import;
mod lift;
pub mod model;
mod plan;
mod rules;
mod settings;
mod triggers;

use aws_smithy_types::date_time::Format;
use framework::{Applied, Attr, Context, Diagnostics, Path, Plan, Resource, Result, path};

use self::api::Found;
use self::model::{Alert, Budget};
use self::settings::Settings;
use crate::aws::Session;
use crate::claims::Object;
use crate::clients::Clients;
use crate::diagnose::Doing;
use crate::model::tags;
use crate::model::{place, place::target};

/// What a user calls the resource.
const THING: &str = "cost alert";

/// The end of a budget that nobody gave an end, in seconds since 1970: 15 June 2087
/// (<https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_TimePeriod.html>).
const NO_END: i64 = 3_706_473_600;

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
        let object = Object::new(THING, &session, planned.budget_name.known("budget_name")?);
        context.clients.claims.claim(&object)?;
        let created = converge::create(context, &session, planned).await;
        created.inspect_err(|_| context.clients.claims.release(&object))
    }

    async fn read(context: &mut Context<'_, Clients>, state: Alert) -> Result<Option<Alert>> {
        place::note_promise(context.private, &context.clients.defaults)?;
        let session = session(context, &state).await?;
        let name = state.budget_name.known("budget_name")?;
        let found = api::listed(&session, name).await.doing("read", THING, shown(&state))?;
        let Some(found) = found else { return Ok(None) };
        let settings = match Settings::found(&found.budget) {
            Ok(settings) => Some(settings),
            Err(unsaid) if state.budget.is_null() => return Err(import::unsayable(name, &unsaid)),
            Err(unsaid) => {
                warn_of_unsaid(context, &state, &unsaid);
                None
            }
        };
        warn_of_others(context, &state, &found);
        warn_of_end(context, &state, &found);
        read_back(context.clients, &state, &found, settings.as_ref()).map(Some)
    }

    async fn update(
        context: &mut Context<'_, Clients>,
        prior: Alert,
        planned: Alert,
        _config: Alert,
    ) -> Result<Applied<Alert>> {
        let session = session(context, &planned).await?;
        converge::update(context, &session, &prior, planned).await
    }

    async fn delete(context: &mut Context<'_, Clients>, state: Alert) -> Result<()> {
        let session = session(context, &state).await?;
        let name = state.budget_name.known("budget_name")?;
        let object = Object::new(THING, &session, name);
        if context.clients.claims.keeps(&object, context.warnings) {
            return Ok(());
        }
        api::delete(&session, name).await.doing("delete", THING, shown(&state))
    }

    async fn import(context: &mut Context<'_, Clients>, id: &str) -> Result<Alert> {
        import::find(context, id).await
    }
}

async fn session(context: &Context<'_, Clients>, alert: &Alert) -> Result<Session> {
    let target = target(&alert.account, None)?;
    context.clients.global_session(&target, &context.cancel).await
}

/// The alert's name for messages.
fn shown(alert: &Alert) -> &str {
    alert.name.as_known().map_or("", String::as_str)
}

/// The attributes as AWS has them now, `known` where that says the same.
fn read_back(
    clients: &Clients,
    known: &Alert,
    found: &Found,
    settings: Option<&Settings>,
) -> Result<Alert> {
    let empty = Budget::default();
    let base = known.budget.as_known().unwrap_or(&empty);
    Ok(Alert {
        name: known.name.clone(),
        account: known.account.clone(),
        budget: Attr::Known(lift::budget(base, settings, &found.triggers)?),
        tags: tags::own_of(&found.tags, &known.tags, &known.tags_all, &clients.defaults),
        tags_all: Attr::Known(
            found.tags.iter().map(|(key, value)| (key.clone(), value.clone().into())).collect(),
        ),
        budget_name: known.budget_name.clone(),
        arn: known.arn.clone(),
    })
}

fn budget_path() -> Path {
    path!(Alert => budget)
}

/// An apply would put a fixed limit in the place of what somebody chose, so nothing is touched.
fn warn_of_unsaid(context: &mut Context<'_, Clients>, state: &Alert, unsaid: &[String]) {
    let detail = format!(
        "Outside Terraform the budget was given {}. The attributes of `budget` can't say that, so they show what was applied last. The provider won't overwrite it: take it away in AWS, or take the alert out of the state with `terraform state rm`.",
        unsaid.join("; ")
    );
    let summary =
        format!("The budget of cost alert `{}` was changed beyond what it can say", shown(state));
    context.warnings.warning(budget_path(), summary, detail);
}

/// Notifications that ring below a point or at it are nothing that Hinomi makes.
fn warn_of_others(context: &mut Context<'_, Clients>, state: &Alert, found: &Found) {
    if found.others.is_empty() {
        return;
    }
    let detail = format!(
        "They were made outside Terraform: {}. They stay as they are, count towards the five that AWS allows, and go with the budget.",
        found.others.join("; ")
    );
    let summary =
        format!("The budget of cost alert `{}` has notifications of another kind", shown(state));
    context.warnings.warning(budget_path(), summary, detail);
}

/// AWS deletes a budget at its end, with all that belongs to it.
fn warn_of_end(context: &mut Context<'_, Clients>, state: &Alert, found: &Found) {
    let end = found.budget.time_period.as_ref().and_then(|period| period.end);
    let Some(end) = end.filter(|end| end.secs() < NO_END) else { return };
    let end = end.fmt(Format::DateTime).unwrap_or_default();
    let detail = format!(
        "The end was set outside Terraform, and AWS deletes the budget with its notifications at {end}. The next plan after that makes it anew."
    );
    let summary = format!("The budget of cost alert `{}` has an end", shown(state));
    context.warnings.warning(budget_path(), summary, detail);
}
