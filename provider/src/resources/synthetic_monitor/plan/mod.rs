//! What a plan can know: names, texts, definitions and the price.

mod alarm;
pub(super) mod impact;
mod names;
mod places;
mod price;

pub(super) use names::partition;

use framework::{Attr, Error, Plan, Result};

use super::canary::blueprint::Code;
use super::lower::{self, NotKnown};
use super::model::{Engine, Monitor};
use super::{canary, probe};
use crate::clients::Clients;
use crate::model::{place, tags};

/// Refines a plan: everything that is known now is set, everything that AWS would refuse told.
pub(super) async fn refine(clients: &Clients, plan: &mut Plan<Monitor>) -> Result<()> {
    place::resolve(clients, plan).await?;
    impact::fill(plan);
    names::name(plan, &clients.defaults)?;
    plan.planned.tags_all = tags::all(&plan.planned.tags, &clients.defaults, &plan.planned.name);
    tags::check_count(&plan.planned.tags_all, &mut plan.diagnostics);
    alarm::describe(plan);
    match plan.planned.engine {
        Attr::Known(Engine::Canary) => {
            plan.planned.code_hash = code_hash(&plan.planned)?;
            places::check_tag_keys(plan);
            canary::runtime::check(clients, plan).await;
        }
        Attr::Known(Engine::Probe) => {
            plan.planned.code_hash = Attr::Null;
            probe::plan_schedules(&mut plan.planned);
        }
        Attr::Null | Attr::Unknown => {}
    }
    price::price(clients, plan).await;
    places::check(plan);
    Ok(())
}

fn code_hash(monitor: &Monitor) -> Result<Attr<String>> {
    match lower::check(monitor) {
        Err(NotKnown) => Ok(Attr::Unknown),
        Ok(None) => Ok(Attr::Null),
        Ok(Some(check)) => match Code::of(&check) {
            Ok(code) => Ok(Attr::Known(code.hash())),
            Err(problem) => {
                let problem = format!("For this check {problem}.");
                Err(Error::new("The engine can't run the check", problem))
            }
        },
    }
}

#[cfg(test)]
mod tests;
