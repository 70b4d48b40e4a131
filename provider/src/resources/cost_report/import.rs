//! Taking an existing report into the state.

use contract::report::Run;
use framework::{Attr, Context, Diagnostics, Error, Path, Result};

use super::holdings::Holdings;
use super::model::{self, CostReport};
use super::names::{Names, Place, SCHEDULE};
use super::{Entered, HOLDINGS, NAMES, THING, plan, price, read, settings};
use crate::aws::objects::schedule::Schedule;
use crate::aws::objects::{function, schedule};
use crate::aws::{Session, tags};
use crate::clients::Clients;
use crate::diagnose::Doing;
use crate::model::architecture::Architecture;
use crate::model::import_id::ImportId;
use crate::model::place::{self, Wanted, resolve_one, target};

/// What a read needs of the report that an id names: `[role@]account/region/name`, or the name with
/// the provider's account and region. The name is the report's, or its function's.
///
/// A database of another name than the report's own, and a workgroup of the user's, are known by the declaration
/// alone: the next apply takes them over.
///
/// # Errors
/// When there is no such report, or Hinomi did not make it.
pub(super) async fn find(context: &mut Context<'_, Clients>, id: &str) -> Result<CostReport> {
    let id = ImportId::regional(id)?;
    let wanted = Wanted {
        config: place::Place { account: id.account, region: Some(id.region) },
        prior: None,
        at: Path::root(),
        thing: THING,
        is_promised: false,
    };
    let found = resolve_one(context.clients, &wanted, &mut Diagnostics::new()).await?;
    let region = found.region.unwrap_or_default();
    let session = {
        let target = target(&found.account, Some(&region))?;
        context.clients.session(&target, &context.cancel).await?
    };
    let place = Place::new(session.account().clone(), session.region().clone());
    let (names, function) = named(context.clients, &session, &place, &id.name).await?;
    context.private.keep(NAMES, &names)?;
    let name = function.function.tags.get(tags::NAME).cloned().unwrap_or_default();
    let kept = schedule::find(&session, &names.schedule_group, SCHEDULE).await;
    let kept = kept.doing("import", THING, &name)?;
    let (schedule, run) = kept
        .and_then(|schedule| read::parsed(&schedule).map(|run| (schedule, run)))
        .ok_or_else(|| no_settings(&names, &name))?;
    let report = CostReport {
        name: Attr::Known(name),
        account: found.account,
        region: Attr::Known(session.region().to_string()),
        timezone: Attr::Known(schedule.timezone.clone()),
        force_destroy: Attr::Known(false),
        ..CostReport::default()
    };
    let entered = Entered { session, place, names, iam_path: plan::IAM_PATH.to_owned() };
    let mut report = complete(&entered, report, &function, &schedule, &run);
    if price::set(context.clients, &mut report, context.warnings).await.is_none() {
        // A state holds nothing unknown. The next plan says what it comes to.
        report.calls_per_month = Attr::Null;
        report.estimated_monthly_cost_usd = Attr::Null;
        report.price_basis = Attr::Null;
    }
    let wanted = entered.wanted(context.clients, &report)?;
    context.private.keep(HOLDINGS, &[Holdings::of(&wanted)])?;
    Ok(report)
}

fn no_settings(names: &Names, name: &str) -> Error {
    let detail = format!(
        "The schedule `{SCHEDULE}` of the group `{}` is gone or can't be read, and its input says what the report is.",
        names.schedule_group
    );
    Error::new(format!("Unable to import {THING} `{name}`"), detail).hint(
        "declare the report with its name and apply: what is left of it is taken over and mended.",
    )
}

/// The names of a report, by its own name or its function's, and the function.
async fn named(
    clients: &Clients,
    session: &Session,
    place: &Place,
    given: &str,
) -> Result<(Names, function::Found)> {
    let prefix = clients.defaults.name_prefix.known("name_prefix")?;
    let stack = clients.defaults.stack.known("stack")?;
    let failed = |detail: String, hint: &str| {
        Err(Error::new(format!("Unable to import {THING} `{given}`"), detail).hint(hint))
    };
    let ours = Names::of(prefix, stack, given, place)?.function;
    for candidate in [&ours, given] {
        let found = function::find(session, candidate).await.doing("import", THING, given)?;
        let Some(found) = found else { continue };
        let name = found.function.tags.get(tags::NAME).cloned().unwrap_or_default();
        let owner = tags::ownership(&found.function.tags, stack, &name);
        let names = Names::of(prefix, stack, &name, place)?;
        if owner == tags::Ownership::Ours && names.function == *candidate {
            return Ok((names, found));
        }
        let detail = format!(
            "The function `{candidate}` is no report of this provider's `stack` and `name_prefix`."
        );
        return failed(
            detail,
            "give the provider the `stack` and the `name_prefix` that the report was made with; what Hinomi did not make can't be imported.",
        );
    }
    let detail = format!(
        "In account {}, region {}, there is no function `{ours}` or `{given}`.",
        place.account, place.region
    );
    failed(
        detail,
        "the id reads `[role@]account/region/name`, or `name` where the provider's account and region are meant.",
    )
}

/// Sets all that a read compares with.
fn complete(
    entered: &Entered,
    report: CostReport,
    function: &function::Found,
    schedule: &Schedule,
    run: &Run,
) -> CostReport {
    let Entered { place, names, .. } = entered;
    let bucket = &run.settings.history.bucket;
    let given = (*bucket != names.bucket).then(|| bucket.clone());
    let history = model::History { bucket: given.into(), ..model::History::default() };
    let role = &function.function.role_arn;
    let is_given = |arn: &String, name: &str| (!read::is_named(arn, name)).then(|| arn.clone());
    let mut report = CostReport {
        history: if history.bucket.is_null() { Attr::Null } else { Attr::Known(history) },
        time: Attr::Known(model::TIME.to_owned()),
        architecture: Architecture::named(&function.architecture).into(),
        memory_mb: u64::try_from(function.function.memory_mb).ok().into(),
        log_retention_days: Attr::Known(model::LOG_DAYS),
        role_arn: is_given(role, &names.role).into(),
        scheduler_role_arn: is_given(&schedule.role_arn, &names.scheduler_role).into(),
        ..report
    };
    settings::lift(&run.settings, &mut report);
    let path = Attr::Known(entered.iam_path.clone());
    plan::named(&mut report, place, names);
    plan::roles(&mut report, place, names, &path);
    report.execution_role_arn = Attr::Known(role.clone());
    report.scheduler_execution_role_arn = Attr::Known(schedule.role_arn.clone());
    report
}
