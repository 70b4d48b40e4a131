//! What a monitor costs a month.

use contract::duration::Span;
use framework::{Attr, Diagnostics, Plan, path};

use crate::clients::Clients;
use crate::model::location::Location;
use crate::pricing::{
    Breakdown, Canary, Frequency, Prices, ProbePlace, Processor, Usd, Watch, grouped,
};
use crate::resources::synthetic_monitor::lower::span;
use crate::resources::synthetic_monitor::model::{CostBreakdown, Engine, Monitor};
use crate::resources::synthetic_monitor::probe::is_shared;
use crate::resources::synthetic_monitor::validate::longest_interval;

/// The shortest interval that an impact or an advice comes to: what is shorter has to be asked for.
const MINUTE: Span = Span::from_seconds(60);
/// Memory of a function that doesn't say it.
const MEMORY_MB: u64 = 128;

/// Sets runs, price and basis where all that they follow from is known, and refuses a monitor that
/// costs more than it may.
pub(super) async fn price(clients: &Clients, plan: &mut Plan<Monitor>) {
    let Some(watch) = watch(clients, &plan.planned, &mut plan.diagnostics).await else {
        unknown(&mut plan.planned);
        return;
    };
    let frequency = span(&plan.planned.interval).and_then(Frequency::of);
    let basis = watch.basis(frequency.map(Frequency::rhythm));
    let basis = basis.map(|now| basis_of(plan.prior.as_ref(), now));
    let basis = basis.map_or(Attr::Unknown, Attr::Known);
    let planned = &mut plan.planned;
    let real = frequency.and_then(|frequency| match planned.enabled.as_known()? {
        true => Some(frequency),
        false => Some(frequency.paused()),
    });
    let (Some(frequency), Some(real)) = (frequency, real) else {
        unknown(planned);
        planned.price_basis = basis;
        return;
    };
    planned.price_basis = basis;
    let (runs, parts) = (watch.runs(real), watch.month(real));
    planned.runs_per_month = Attr::Known(runs);
    planned.estimated_monthly_cost_usd = Attr::Known(parts.total().as_number());
    planned.cost_breakdown = Attr::Known(breakdown(&parts));
    tell_below_a_minute(plan, &watch, frequency);
    check_purse(plan, &watch, runs, &parts);
}

/// Says once, where it is planned, what an interval below a minute costs.
fn tell_below_a_minute(plan: &mut Plan<Monitor>, watch: &Watch, frequency: Frequency) {
    let rhythm = frequency.rhythm();
    let before = plan.prior.as_ref().and_then(|prior| span(&prior.interval));
    let is_news = rhythm.is_below_a_minute() && before != Some(rhythm.interval());
    let Some(minutely) = Frequency::of(MINUTE).filter(|_| is_news) else { return };
    let (interval, cost) = (rhythm.interval(), watch.month(frequency).total());
    let usual = watch.month(minutely).total();
    let detail = format!(
        "At an interval of `{interval}` the function goes on between the runs of a minute, and the alarm is one of high resolution: that costs {cost} USD a month. At `{MINUTE}` it would be {usual} USD."
    );
    let at = path!(Monitor => interval);
    plan.diagnostics.warning(at, "Checked more often than once a minute", detail);
}

/// The basis as it was where it differs in days alone: a release whose table was merely read again
/// changes nothing. It follows from these two texts and nothing else, so that a plan whose runs are
/// not known yet and its apply, which knows them, say the same.
fn basis_of(prior: Option<&Monitor>, now: String) -> String {
    let before = prior.and_then(|prior| prior.price_basis.as_known());
    before.filter(|before| without_days(before) == without_days(&now)).cloned().unwrap_or(now)
}

/// The words of a text that are no day, written `year-month-day`.
fn without_days(text: &str) -> Vec<&str> {
    let is_day = |word: &str| {
        word.len() == 10
            && word.split('-').map(str::len).eq([4, 2, 2])
            && word.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit())
    };
    let ends = [' ', ',', ':', ';', '.', ')'];
    text.split_inclusive(ends).filter(|word| !is_day(word.trim_end_matches(ends))).collect()
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
        artifacts: part(parts.artifacts),
        api: part(parts.api),
    }
}

fn check_purse(plan: &mut Plan<Monitor>, watch: &Watch, runs: u64, parts: &Breakdown) {
    let most = plan.planned.max_monthly_cost_usd.as_known().copied().and_then(Usd::from_number);
    let cost = parts.total();
    let Some(most) = most.filter(|most| cost > *most) else { return };
    let Some(engine) = plan.planned.engine.as_known() else { return };
    let asked = span(&plan.planned.interval).unwrap_or(MINUTE).min(MINUTE);
    // Several locations want an interval at which they run together.
    let is_alone = plan.planned.locations.as_known().is_none_or(|locations| locations.len() < 2);
    let fits = |interval: Span| interval >= asked && (is_alone || is_shared(interval));
    let fitting = watch.shortest_affordable_interval(most, longest_interval(*engine), fits);
    let advice = match fitting {
        Some(interval) => format!("An interval of `{interval}` would fit."),
        None => "No interval would fit.".to_owned(),
    };
    let (runs, most, (dearest, amount)) = (grouped(runs), most.exact(), parts.dearest());
    let detail = format!(
        "With {runs} runs a month it costs {cost} USD, {amount} of it for {dearest}, and `max_monthly_cost_usd` allows {most}. {advice}"
    );
    let at = path!(Monitor => max_monthly_cost_usd);
    plan.diagnostics.error(at, "The monitor costs more than it may", detail);
}

/// What is billed; `None` while a part of it is not known.
async fn watch(
    clients: &Clients,
    planned: &Monitor,
    diagnostics: &mut Diagnostics,
) -> Option<Watch> {
    let (engine, region) = (planned.engine.as_known()?, planned.region.as_known()?);
    let has_alarm = match &planned.alarm {
        Attr::Unknown => return None,
        Attr::Null => false,
        Attr::Known(_) => true,
    };
    let home = clients.prices(region, diagnostics).await?;
    if *engine == Engine::Canary {
        let memory_mb = u64::from(*planned.canary.as_known()?.memory_mb.as_known()?);
        return Some(Watch::Canary(Canary { prices: home, memory_mb, alarms: has_alarm.into() }));
    }
    let mut places = Vec::new();
    for location in planned.locations.as_known()?.values() {
        let location = location.as_known()?;
        let prices = clients.prices(location.region.as_known()?, diagnostics).await?;
        places.push(place(planned, location, prices)?);
    }
    Some(Watch::Probe { home, places, has_alarms: has_alarm })
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

#[cfg(test)]
mod tests {
    use super::*;

    const BASIS: &str = "List prices of us-east-1 as of 2026-11-23: 0.0012 USD a canary run.";

    #[test]
    fn another_day_alone_changes_nothing() {
        let later = BASIS.replace("2026-11-23", "2027-02-01");
        let dearer = later.replace("0.0012", "0.0013");
        let prior = |text: Attr<String>| Monitor { price_basis: text, ..Monitor::default() };
        let before = prior(Attr::Known(BASIS.to_owned()));
        assert_eq!(basis_of(Some(&before), later.clone()), BASIS);
        assert_eq!(basis_of(Some(&before), dearer.clone()), dearer);
        for prior in [None, Some(&prior(Attr::Null))] {
            assert_eq!(basis_of(prior, later.clone()), later);
        }
    }

    #[test]
    fn days_are_told_from_other_numbers() {
        let text = "as of 2026-11-23: 0.0012 USD, 1234567890, 20-26-1123 (of 2026-11-23)";
        let words = without_days(text).concat();
        assert_eq!(words, "as of  0.0012 USD, 1234567890, 20-26-1123 (of ");
    }
}
