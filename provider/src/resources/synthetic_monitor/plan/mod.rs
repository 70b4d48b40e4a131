//! What a plan can know: names, texts, definitions and the price.

mod alarm;
pub(super) mod impact;
mod names;
mod places;
mod price;

pub(super) use names::partition;

use framework::{Attr, Diagnostics, Error, Plan, Result, path};

use super::canary::blueprint::Code;
use super::lower::{self, NotKnown};
use super::model::{Engine, Monitor};
use super::{canary, probe};
use crate::clients::Clients;
use crate::model::{place, tags};

/// Refines a plan: everything that is known now is set, everything that AWS would refuse told.
pub(super) async fn refine(clients: &Clients, plan: &mut Plan<Monitor>) -> Result<()> {
    place::resolve(clients, plan).await?;
    impact::fill(&plan.config, &mut plan.planned);
    names::name(plan, &clients.defaults)?;
    plan.planned.tags_all = tags::all(&plan.planned.tags, &clients.defaults, &plan.planned.name);
    tags::check_count(&plan.planned.tags_all, &mut plan.diagnostics);
    alarm::describe(plan);
    match plan.planned.engine {
        Attr::Known(Engine::Canary) => {
            plan.planned.code_hash = code_hash(plan)?;
            places::check_tag_keys(plan);
            canary::runtime::check(clients, plan).await;
        }
        Attr::Known(Engine::Probe) => {
            plan.planned.code_hash = Attr::Null;
            probe::plan_schedules(&mut plan.planned);
            probe::check_size(plan);
        }
        Attr::Null | Attr::Unknown => {}
    }
    price::price(clients, plan).await;
    places::check(plan);
    Ok(())
}

fn code_hash(plan: &mut Plan<Monitor>) -> Result<Attr<String>> {
    match lower::check(&plan.planned) {
        Err(NotKnown) => Ok(Attr::Unknown),
        Ok(None) => Ok(Attr::Null),
        Ok(Some(check)) => match Code::of(&check) {
            Ok(code) => {
                check_size(&code, &mut plan.diagnostics);
                Ok(Attr::Known(code.hash()))
            }
            Err(problem) => {
                let problem = format!("For this check {problem}.");
                Err(Error::new("The engine can't run the check", problem))
            }
        },
    }
}

/// The most bytes of a canary's code: less than 225 KB
/// (<https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_CanaryCodeInput.html>,
/// `ZipFile`).
const LARGEST_CODE: usize = 225_000;

/// Refuses a check that is too long for a canary.
fn check_size(code: &Code, diagnostics: &mut Diagnostics) {
    let size = code.archive().len();
    if size >= LARGEST_CODE {
        let detail = format!(
            "A canary's code has room for less than {LARGEST_CODE} bytes, and this check takes {size}: take a shorter `body` or fewer assertions."
        );
        diagnostics.error(path!(Monitor => http), "The check is too long", detail);
    }
}

#[cfg(test)]
mod tests;
