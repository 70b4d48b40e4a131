//! What is known, what isn't, and what the report was made of.

use super::lines::Lines;
use super::{Page, shown};
use crate::{Notice, text};

/// Characters of the notices.
const NOTICES: usize = 700;
/// Cells of an account's name in a notice.
const NAME: usize = 28;
/// Missing days of an account that are named.
const DAYS: usize = 4;
/// Cells of a reason of AWS's.
const REASON: usize = 160;
/// Budgets that are named.
const BUDGETS: usize = 4;

/// What to know about the figures, one line each; nothing where there is nothing.
pub(super) fn notices(page: &Page<'_>) -> String {
    let (words, summary) = (page.words, page.summary);
    let (state, money) = (&summary.state, &page.money);
    let mut lines = Lines::within(NOTICES);
    for notice in &state.notices {
        lines.add(&format!("⚠️ {}", told(page, notice)));
    }
    if state.is_late {
        lines.add(&format!("⏳ {}", (words.late)(&(words.weekday)(summary.day))));
    }
    if state.is_partial {
        lines.add(&format!("⏳ {}", words.partial));
    }
    for closed in &state.closed {
        let day = page.day(closed.last_day);
        lines.add(&format!("🔚 {}", (words.closed)(&shown(&closed.account, NAME), &day)));
    }
    let over = summary.accounts().filter_map(|account| {
        let budget = account.figures.budget.filter(|it| it.is_exceeded_by_forecast())?;
        let (name, limit) = (shown(&account.name, NAME), money.amount(budget.limit_usd));
        if budget.used_usd > budget.limit_usd {
            return Some((words.past_budget)(&name, &money.amount(budget.used_usd), &limit));
        }
        let foreseen = money.amount(budget.forecast_usd?);
        Some((words.over_budget)(&name, &foreseen, &limit))
    });
    over.take(BUDGETS).for_each(|it| lines.add(&format!("💸 {it}")));
    let total = &summary.total;
    if total.credits_month_usd < 0.0 {
        let month = money.amount(total.credits_month_usd);
        lines.add(&format!("🎁 {}", (words.credits)(&month, &money.amount(total.credits_day_usd))));
    }
    for missing in &state.missing {
        let days: Vec<String> =
            missing.days.iter().rev().take(DAYS).map(|it| page.day(*it)).collect();
        let rest = if missing.days.len() > DAYS { "…" } else { "" };
        let days = format!("{}{rest}", days.join(words.list));
        lines.add(&format!("❔ {}", (words.missing)(&shown(&missing.account, NAME), &days)));
    }
    lines.text(words.more)
}

fn told(page: &Page<'_>, notice: &Notice) -> String {
    let words = page.words;
    match notice {
        Notice::Source { name, reason } => {
            (words.no_source)(&shown(name, NAME), &shown(reason, REASON))
        }
        Notice::Purposes { reason } => (words.no_purposes)(&shown(reason, REASON)),
        Notice::Filling { since } => (words.filling)(&page.day(*since)),
        Notice::CallsUsedUp { most } => (words.calls_used_up)(*most),
    }
}

/// Who writes, of which morning, what may change, and what it cost to make.
pub(super) fn footer(page: &Page<'_>) -> String {
    let (words, summary) = (page.words, page.summary);
    let name = text::fit(&text::plain(&page.settings.name), NAME);
    let days = summary.state.unsettled_days;
    let rate = page.settings.currency.as_of.filter(|_| page.money.code != "USD").map(|day| {
        let currency = &page.settings.currency;
        (words.rate)(&format!("1 USD = {} {}", currency.per_usd, page.money.code), &day.to_string())
    });
    let parts = [
        Some(format!("Hinomi {name} · {}", summary.today)),
        (days > 0 && !summary.state.is_empty).then(|| (words.unsettled)(days)),
        Some((words.made)(summary.calls, &format!("{:.2}", summary.making_usd()))),
        rate,
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
