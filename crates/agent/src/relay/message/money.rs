//! Notices of money: budgets and anomalies.

use contract::relay::Settings;
use discord::message::Embed;
use discord::message::markdown::{bold, cut, escape, link};

use super::{alarm, color};
use crate::relay::notice::{AnomalyNotice, Basis, BudgetNotice, RootCause};
use crate::relay::words::{self, Words};

/// Causes that are listed.
const CAUSES: usize = 8;
/// Characters of a cause.
const CAUSE: usize = 120;
/// Steps of the bar that shows how much of a budget is used.
const STEPS: usize = 20;

/// A budget's notice.
pub(super) fn budget(notice: &BudgetNotice, id: &str, settings: &Settings, words: &Words) -> Embed {
    let name = cut(&escape(&notice.name), 150);
    let (title, amount) = match notice.basis {
        Basis::Actual => ((words.budget_passed)(&name), words.spent),
        Basis::Forecasted => ((words.budget_foreseen)(&name), words.foreseen),
    };
    let text = |amount: &Option<String>| amount.as_deref().map(|it| localised(it, words));
    let mut embed = Embed::new(&format!("💰 {title}"))
        .color(color::MONEY)
        .footer(&super::footer(id, [notice.day.clone()]))
        .inline(amount, &text(&notice.amount).map(|it| format!("**{it}**")).unwrap_or_default())
        .inline(words.budget, &text(&notice.budgeted).unwrap_or_default())
        .inline(words.threshold, &text(&notice.threshold).unwrap_or_default())
        .inline(words.account, &alarm::account(&notice.account, settings));
    if let Some(address) = &notice.link {
        embed = embed.url(address).field(words.links, &link(words.open_console, address));
    }
    embed.description(&notice.share().map(bar).unwrap_or_default())
}

/// A cost anomaly with what drove it.
pub(super) fn anomaly(
    notice: &AnomalyNotice,
    id: &str,
    settings: &Settings,
    words: &Words,
) -> Embed {
    let first = notice.causes.first().and_then(|cause| cause.service.as_deref());
    let what = first.or(notice.dimension.as_deref()).or(notice.monitor.as_deref());
    let title = (words.anomaly)(&cut(&escape(what.unwrap_or("AWS")), 180));
    let mut embed = Embed::new(&format!("📈 {title}"))
        .color(color::MONEY)
        .footer(&super::footer(id, [Some(notice.id.clone())]))
        .inline(words.account, &alarm::account(&notice.account, settings))
        .inline(words.period, &period(notice))
        .inline(words.monitor, &notice.monitor.as_deref().map(escape).unwrap_or_default())
        .field(words.causes, &causes(&notice.causes, settings, words));
    if let Some(address) = &notice.link {
        embed = embed.url(address).field(words.links, &link(words.open_console, address));
    }
    embed.description(&impact(notice, words))
}

/// An amount as AWS writes it; what is in dollars follows the language.
fn localised(amount: &str, words: &Words) -> String {
    let (before, after) = amount.split_once('$').unwrap_or((amount, ""));
    let dollars = Some(after).filter(|after| !after.is_empty());
    let dollars = dollars.and_then(|after| after.replace(',', "").trim().parse::<f64>().ok());
    match dollars.filter(|dollars| dollars.is_finite()) {
        Some(dollars) => format!("{}{}", escape(before), words::money(dollars, words)),
        None => escape(amount),
    }
}

/// How much of a budget is used, as a bar with percents.
fn bar(share: f64) -> String {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "it is clamped to a few steps"
    )]
    let full = (share.clamp(0.0, 1.0) * STEPS as f64).round() as usize;
    let percent = words::plain((share * 100.0).round());
    format!("`{}{}` **{percent} %**", "█".repeat(full), "░".repeat(STEPS - full))
}

fn period(notice: &AnomalyNotice) -> String {
    let day = |at: jiff::Timestamp| at.strftime("%Y-%m-%d").to_string();
    match (notice.start.map(day), notice.end.map(day)) {
        (Some(start), Some(end)) if start != end => format!("{start} – {end}"),
        (Some(day), _) | (None, Some(day)) => day,
        (None, None) => String::new(),
    }
}

fn impact(notice: &AnomalyNotice, words: &Words) -> String {
    let money = |dollars: f64| words::money(dollars, words);
    let more = notice.impact.map(|more| bold(&(words.more_than_expected)(&money(more))));
    let instead = notice
        .actual
        .zip(notice.expected)
        .map(|(actual, expected)| (words.instead_of)(&money(actual), &money(expected)));
    let percent = notice.impact_percent.map(words::signed_percent);
    let detail = [instead, percent].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    [more.unwrap_or_default(), detail].join("\n").trim().to_owned()
}

/// The causes as a list, each with its dollars.
fn causes(causes: &[RootCause], settings: &Settings, words: &Words) -> String {
    let lines =
        causes.iter().take(CAUSES).map(|cause| format!("• {}", line(cause, settings, words)));
    let mut lines: Vec<String> = lines.collect();
    if causes.len() > CAUSES {
        lines.push((words.more_causes)(causes.len() - CAUSES));
    }
    lines.join("\n")
}

fn line(cause: &RootCause, settings: &Settings, words: &Words) -> String {
    let dollars = cause.contribution.map(|dollars| bold(&words::money(dollars, words)));
    let known = cause.account.as_ref().and_then(|id| settings.accounts.get(id));
    let account = known
        .map(|known| known.name.clone())
        .filter(|name| !name.is_empty())
        .or_else(|| cause.account_name.clone())
        .or_else(|| cause.account.clone());
    let parts = [&cause.service, &cause.usage_type, &cause.region, &account];
    let parts = parts.into_iter().flatten().map(|part| escape(part));
    cut(&dollars.into_iter().chain(parts).collect::<Vec<_>>().join(" · "), CAUSE)
}
