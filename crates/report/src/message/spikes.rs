//! What the spike engine has to tell.

use contract::spike::{Anomaly, AnomalyKind, Cause, Change, Part};
use discord::message::Embed;

use super::lines::Lines;
use super::{Page, color, shown};
use crate::service;
use crate::summary::Spike;
use crate::text;

/// Characters of all of it.
const MOST: usize = 1_100;
/// Services that are named of an anomaly.
const SERVICES: usize = 3;
/// Reasons that are named of an anomaly.
const REASONS: usize = 3;
/// Cells of a name in a reason.
const NAME: usize = 44;

/// The embed of what there is to tell; none where there is nothing.
pub(super) fn embed(page: &Page<'_>) -> Option<Embed> {
    let spikes = &page.summary.spikes;
    if spikes.told.is_empty() && spikes.quiet == 0 {
        return None;
    }
    let mut lines = Lines::within(MOST);
    for spike in &spikes.told {
        lines.add(&line(page, spike));
        if spike.news.anomaly.closed.is_none() {
            for reason in reasons(page, spike) {
                lines.add(&reason);
            }
        }
    }
    if spikes.quiet > 0 {
        lines.add(&(page.words.quiet)(spikes.quiet));
    }
    let embed = Embed::new(page.words.spikes).color(edge(page));
    Some(embed.description(&lines.text(page.words.more)))
}

fn edge(page: &Page<'_>) -> u32 {
    let spikes = &page.summary.spikes;
    let goes_on = spikes.quiet > 0
        || spikes.told.iter().any(|spike| matches!(spike.news.change, Change::Update(_)));
    match (spikes.rung(), goes_on) {
        (1.., _) => color::SPIKE,
        (0, true) => color::WARNING,
        (0, false) => color::OVER,
    }
}

/// One line: where, which services, and what is new.
fn line(page: &Page<'_>, spike: &Spike) -> String {
    let anomaly = &spike.news.anomaly;
    let mark = match spike.news.change {
        Change::Ring => "🔺",
        Change::Update(_) => "📈",
        Change::Close(_) => "✅",
    };
    let account = page.account(&spike.account, spike.purpose.as_deref());
    let more = page.money.change(anomaly.extra_usd());
    let what = match &spike.news.change {
        Change::Ring => rings(page, anomaly),
        Change::Update(development) => {
            let money = |usd| page.money.change(usd);
            (page.words.grown)(&money(development.to_usd), &money(development.from_usd))
        }
        Change::Close(outcome) => (page.words.ended)(*outcome, &more),
    };
    let mut line = format!("{mark} {account} · {}: {what}", services(page, anomaly));
    if let (Change::Update(_), Some(since)) = (&spike.news.change, anomaly.since()) {
        line = format!("{line} · {}", (page.words.since)(&page.day(since)));
    }
    line
}

fn services(page: &Page<'_>, anomaly: &Anomaly) -> String {
    if anomaly.is_account_wide {
        return page.words.all_services.to_owned();
    }
    let names = anomaly.services.iter().filter_map(|part| part.service.as_ref());
    let mut names: Vec<String> =
        names.map(|name| shown(service::short(name.as_str()), NAME)).collect();
    if names.len() > SERVICES {
        let rest = names.split_off(SERVICES).len();
        names.push((page.words.more)(rest));
    }
    names.join(page.words.list)
}

/// What a new anomaly is.
fn rings(page: &Page<'_>, anomaly: &Anomaly) -> String {
    let (words, money) = (page.words, &page.money);
    let cause = anomaly.leading().first().map(|part| &part.cause);
    let Some(peak) = anomaly.peak() else { return money.change(anomaly.extra_usd()) };
    let day = page.day(peak.day);
    let (actual, expected) = (money.amount(peak.actual_usd), money.amount(peak.expected_usd));
    match (anomaly.kind, cause) {
        (AnomalyKind::Drift, _) => {
            let percent = text::percent(growth(anomaly.leading()));
            (words.drift)(&actual, &expected, &percent)
        }
        (AnomalyKind::Spike, Some(Cause::NewService)) => (words.new_service)(&actual, &day),
        (AnomalyKind::Spike, Some(Cause::NewAccount)) => (words.new_account)(&actual, &day),
        (AnomalyKind::Spike, Some(Cause::AboveUsual(_) | Cause::SlowGrowth(_)) | None) => {
            (words.peak)(&money.change(peak.extra_usd()), &day, &actual, &expected)
        }
    }
}

/// The growth in 30 days, in percent, of the part that grows most.
fn growth(parts: &[Part]) -> f64 {
    let growths = parts.iter().filter_map(|part| match part.cause {
        Cause::SlowGrowth(growth) => Some(growth.percent_in_30_days),
        Cause::AboveUsual(_) | Cause::NewService | Cause::NewAccount => None,
    });
    growths.fold(0.0, f64::max)
}

/// What drove it: the reasons that were found, or the services that cost more where only the total stands out.
fn reasons(page: &Page<'_>, spike: &Spike) -> Vec<String> {
    let name = |name: &str| shown(name, NAME);
    let found = spike.reasons.iter().take(REASONS).map(|reason| {
        let place = reason.region.as_deref().map(|it| format!(" · {}", name(it)));
        format!(
            "└ {} → {}{} · {}",
            name(service::short(reason.service.as_str())),
            name(&reason.usage_type),
            place.unwrap_or_default(),
            (page.words.in_all)(&page.money.change(reason.extra_usd))
        )
    });
    let found: Vec<String> = found.collect();
    if !found.is_empty() {
        return found;
    }
    let contributors = spike.news.anomaly.contributors.iter().take(REASONS);
    let contributors = contributors.map(|it| {
        let service = name(service::short(it.service.as_str()));
        format!("└ {service} · {}", page.money.change(it.figure.extra_usd()))
    });
    contributors.collect()
}
