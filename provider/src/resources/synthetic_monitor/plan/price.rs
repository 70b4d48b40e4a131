//! What a monitor costs a month.

use framework::{Attr, Plan, Result, path};

use crate::clients::Clients;
use crate::model::location::Location;
use crate::pricing::{Breakdown, Prices, ProbePlace, Processor, Usd, Watch};
use crate::resources::synthetic_monitor::lower::span;
use crate::resources::synthetic_monitor::model::{CostBreakdown, Engine, Monitor};

/// Memory of a function that doesn't say it.
const MEMORY_MB: u64 = 128;

/// Sets runs, price and basis where all that they follow from is known, and refuses a monitor that
/// costs more than it may.
pub(super) async fn price(clients: &Clients, plan: &mut Plan<Monitor>) -> Result<()> {
    let Some(watch) = watch(clients, &plan.planned).await? else {
        unknown(&mut plan.planned);
        return Ok(());
    };
    let planned = &mut plan.planned;
    planned.price_basis = Attr::Known(watch.basis());
    let interval = span(&planned.interval);
    let runs = match (&planned.enabled, interval) {
        (Attr::Known(false), _) => Some((0, 0)),
        (Attr::Known(true), Some(interval)) => {
            crate::pricing::runs_per_month(interval).zip(watch.runs(interval))
        }
        _ => None,
    };
    let Some((each, all)) = runs else {
        let basis = planned.price_basis.clone();
        unknown(planned);
        planned.price_basis = basis;
        return Ok(());
    };
    let parts = watch.month(each);
    planned.runs_per_month = Attr::Known(all);
    planned.estimated_monthly_cost_usd = Attr::Known(parts.total().as_number());
    planned.cost_breakdown = Attr::Known(breakdown(&parts));
    check_purse(plan, &watch, all, parts.total());
    Ok(())
}

fn unknown(planned: &mut Monitor) {
    planned.runs_per_month = Attr::Unknown;
    planned.estimated_monthly_cost_usd = Attr::Unknown;
    planned.cost_breakdown = Attr::Unknown;
    planned.price_basis = Attr::Unknown;
}

fn breakdown(parts: &Breakdown) -> CostBreakdown {
    let part = |amount: Usd| Attr::Known(amount.as_fine_number());
    CostBreakdown {
        runs: part(parts.runs),
        alarms: part(parts.alarms),
        metrics: part(parts.metrics),
        function: part(parts.function),
        schedule: part(parts.schedule),
        logs: part(parts.logs),
        api: part(parts.api),
    }
}

fn check_purse(plan: &mut Plan<Monitor>, watch: &Watch, runs: u64, cost: Usd) {
    let most = plan.planned.max_monthly_cost_usd.as_known().copied().and_then(Usd::from_number);
    let Some(most) = most.filter(|most| cost > *most) else { return };
    let advice = match watch.shortest_affordable_interval(most) {
        Some(interval) => format!("An interval of `{interval}` would fit."),
        None => "No interval would fit.".to_owned(),
    };
    let detail = format!(
        "{runs} runs and the alarms cost {cost} USD a month, and `max_monthly_cost_usd` allows {most}. {advice}"
    );
    let at = path!(Monitor => max_monthly_cost_usd);
    plan.diagnostics.error(at, "The monitor costs more than it may", detail);
}

/// What is billed; `None` while a part of it is not known.
async fn watch(clients: &Clients, planned: &Monitor) -> Result<Option<Watch>> {
    let (Some(engine), Some(region)) = (planned.engine.as_known(), planned.region.as_known())
    else {
        return Ok(None);
    };
    let has_alarm = match &planned.alarm {
        Attr::Unknown => return Ok(None),
        Attr::Null => false,
        Attr::Known(_) => true,
    };
    let Some(home) = clients.prices(region).await? else { return Ok(None) };
    if *engine == Engine::Canary {
        return Ok(Some(Watch::Canary { prices: home, alarms: has_alarm.into() }));
    }
    let Some(locations) = planned.locations.as_known() else { return Ok(None) };
    let mut places = Vec::new();
    for location in locations.values() {
        let Some(location) = location.as_known() else { return Ok(None) };
        let Some(region) = location.region.as_known() else { return Ok(None) };
        let Some(prices) = clients.prices(region).await? else { return Ok(None) };
        let Some(place) = place(planned, location, prices) else { return Ok(None) };
        places.push(place);
    }
    // One for a service that is down, and one for missing results.
    let alarms = if has_alarm { 2 } else { 0 };
    Ok(Some(Watch::Probe { home, places, alarms }))
}

fn place(planned: &Monitor, location: &Location, prices: Prices) -> Option<ProbePlace> {
    let memory_mb = match &location.memory_mb {
        Attr::Unknown => return None,
        Attr::Null => MEMORY_MB,
        Attr::Known(memory) => *memory,
    };
    let processor = match &location.architecture {
        Attr::Unknown => return None,
        Attr::Known(name) if name == "arm64" => Processor::Arm,
        Attr::Null | Attr::Known(_) => Processor::X86,
    };
    let home_account = planned.account.as_known()?.id.as_known()?;
    let is_home = location.account_id.as_known()? == home_account
        && location.region.as_known() == planned.region.as_known();
    Some(ProbePlace { prices, memory_mb, processor, writes_elsewhere: !is_home })
}
