//! What a report costs a month.

use framework::{Attr, Diagnostics, Plan, path};

use super::model::CostReport;
use super::settings;
use crate::clients::Clients;
use crate::model::architecture::Architecture;
use crate::pricing::{CostReport as Billed, Processor, Usd, grouped};

/// Sets runs, calls, price and basis, and refuses a report that costs more than it may.
pub(super) async fn check(clients: &Clients, plan: &mut Plan<CostReport>) {
    let Some(billed) = set(clients, &mut plan.planned, &mut plan.diagnostics).await else { return };
    let (month, cost) = (billed.month(), billed.month().total());
    let most = plan.planned.max_monthly_cost_usd.as_known().copied().and_then(Usd::from_number);
    let Some(most) = most.filter(|most| cost > *most) else { return };
    let (calls, most) = (grouped(billed.calls()), most.exact());
    let detail = format!(
        "With {calls} calls of Cost Explorer a month it costs {cost} USD, {} of it for those calls, and `max_monthly_cost_usd` allows {most}.",
        month.calls,
    );
    let at = path!(CostReport => max_monthly_cost_usd);
    plan.diagnostics.error(at, "The report costs more than it may", detail);
}

/// Sets runs, calls, price and basis where all that they follow from is known.
pub(super) async fn set(
    clients: &Clients,
    report: &mut CostReport,
    diagnostics: &mut Diagnostics,
) -> Option<Billed> {
    let billed = billed(clients, report, diagnostics).await;
    let of = |part: fn(&Billed) -> u64| billed.as_ref().map_or(Attr::Unknown, |it| part(it).into());
    report.runs_per_month = Attr::Known(Billed::runs());
    report.calls_per_month = of(Billed::calls);
    let cost = |billed: &Billed| Attr::Known(billed.month().total().as_number());
    report.estimated_monthly_cost_usd = billed.as_ref().map_or(Attr::Unknown, cost);
    report.price_basis = billed.as_ref().map_or(Attr::Unknown, |it| Attr::Known(it.basis()));
    billed
}

/// What is billed; `None` while a part of it is not known.
async fn billed(
    clients: &Clients,
    planned: &CostReport,
    diagnostics: &mut Diagnostics,
) -> Option<Billed> {
    let region = planned.region.as_known()?;
    if !settings::sources_are_known(planned) {
        return None;
    }
    let sources = planned.sources.as_known().map_or(1, Vec::len);
    let prices = clients.prices(region, diagnostics).await?;
    Some(Billed {
        prices,
        memory_mb: *planned.memory_mb.as_known()?,
        processor: match planned.architecture.as_known()? {
            Architecture::X86 => Processor::X86,
            Architecture::Arm => Processor::Arm,
        },
        sources: u64::try_from(sources).unwrap_or(u64::MAX),
        most_calls: (*planned.max_calls.as_known()?).into(),
    })
}
