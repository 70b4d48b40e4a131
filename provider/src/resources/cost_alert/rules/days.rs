//! What depends on the day of the plan.
//!
//! Source: <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Budget.html>
//! (`TimePeriod`: AWS deletes a budget at its end; `PlannedBudgetLimits`: from the current period on).

use framework::{Attr, Diagnostics, path};
use jiff::civil::Date;

use super::refuse;
use crate::resources::cost_alert::budget::calendar;
use crate::resources::cost_alert::model::{Alert, Budget, Status};

/// Refuses an end that is over and a plan that says nothing of today, and tells what an end does.
pub(in crate::resources::cost_alert) fn days(
    prior: Option<&Alert>,
    planned: &Alert,
    today: Date,
    diagnostics: &mut Diagnostics,
) {
    let Some(budget) = planned.budget.as_known() else { return };
    let before = prior.and_then(|prior| prior.budget.as_known());
    check_end(before, budget, today, diagnostics);
    if planned.status != Attr::Known(Status::Expired) {
        check_plan(budget, today, diagnostics);
    }
}

fn check_end(before: Option<&Budget>, budget: &Budget, today: Date, diagnostics: &mut Diagnostics) {
    if before.is_some_and(|before| before.end == budget.end) {
        return;
    }
    let at = path!(Alert => budget).attribute("end");
    let Some(end) = budget.end.as_known().and_then(|end| calendar::day(end)) else { return };
    if end <= today {
        let detail = format!("The end is over: today is {today} in UTC.");
        refuse(diagnostics, at, detail);
        return;
    }
    let detail = format!(
        "At the beginning of {end} (UTC) AWS deletes the budget with all its notifications, and nothing rings any more. The alert then stays in the state with the status `expired` and an empty plan, until its `end` is moved or it is removed."
    );
    diagnostics.warning(at, "AWS deletes a budget at its end", detail);
}

fn check_plan(budget: &Budget, today: Date, diagnostics: &mut Diagnostics) {
    let Some(planned) = budget.planned_limits_usd.as_known() else { return };
    let Some((months, _)) = budget.period.as_known().copied().and_then(calendar::planned) else {
        return;
    };
    let start = budget.start.as_known().and_then(|start| calendar::day(start));
    if budget.start.is_unknown() {
        return;
    }
    let current = calendar::first_of(months, start.map_or(today, |start| start.max(today)));
    let first = planned.keys().filter_map(|key| calendar::month(key)).min();
    if let Some(first) = first.filter(|first| *first > current) {
        let period = if months == 1 { "month" } else { "quarter" };
        let detail = format!(
            "Nothing says what may be spent from {}, the first {period} that the budget counts: the limits begin with {}.",
            calendar::month_text(current),
            calendar::month_text(first)
        );
        refuse(diagnostics, path!(Alert => budget).attribute("planned_limits_usd"), detail);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use framework::Severity;
    use jiff::civil::date;

    use super::*;
    use crate::resources::cost_alert::model::Period;

    const TODAY: Date = date(2026, 12, 24);

    fn alert(change: impl FnOnce(&mut Budget)) -> Alert {
        let mut budget = Budget { period: Attr::Known(Period::Monthly), ..Budget::default() };
        change(&mut budget);
        let (budget, status) = (Attr::Known(budget), Attr::Known(Status::Active));
        Alert { budget, status, ..Alert::default() }
    }

    fn ending(end: &str) -> Alert {
        alert(|budget| budget.end = Attr::Known(end.to_owned()))
    }

    fn planning(period: Period, keys: &[&str], start: Attr<String>) -> Alert {
        let limits = keys.iter().map(|key| ((*key).to_owned(), Attr::Known(1.0)));
        alert(|budget| {
            budget.period = Attr::Known(period);
            budget.planned_limits_usd = Attr::Known(limits.collect::<BTreeMap<_, _>>());
            budget.start = start;
        })
    }

    fn said(prior: Option<&Alert>, planned: &Alert) -> Vec<(Severity, String)> {
        let mut diagnostics = Diagnostics::new();
        days(prior, planned, TODAY, &mut diagnostics);
        diagnostics.into_iter().map(|one| (one.severity, one.detail)).collect()
    }

    #[test]
    fn an_end_is_told_once_and_refused_when_it_is_over() {
        let next = ending("2026-12-25");
        let told = said(None, &next);
        assert_eq!(told.len(), 1);
        assert_eq!(told[0].0, Severity::Warning);
        assert!(told[0].1.contains("2026-12-25 (UTC) AWS deletes"), "{told:?}");
        assert_eq!(said(Some(&next), &next), [], "it was told before");
        assert_eq!(said(Some(&ending("2026-12-30")), &next).len(), 1);
        let over = said(None, &ending("2026-12-24"));
        assert_eq!(over[0].0, Severity::Error);
        assert!(over[0].1.contains("today is 2026-12-24"), "{over:?}");
        let past = ending("2026-01-01");
        assert_eq!(said(Some(&past), &past), [], "it was there before it was over");
        assert_eq!(said(None, &alert(|_| ())), []);
    }

    #[test]
    fn a_plan_must_say_what_holds_now() {
        let plan = |period, keys: &[&str], start| said(None, &planning(period, keys, start));
        let none = Attr::Null;
        assert_eq!(plan(Period::Monthly, &["2026-12"], none.clone()), []);
        assert_eq!(plan(Period::Monthly, &["2020-01", "2028-01"], none.clone()), []);
        let late = plan(Period::Monthly, &["2027-01"], none.clone());
        assert!(late[0].1.contains("from 2026-12, the first month"), "{late:?}");
        assert_eq!(plan(Period::Quarterly, &["2026-10"], none.clone()), []);
        assert_eq!(plan(Period::Quarterly, &["2027-01"], none).len(), 1);
        let start = Attr::Known("2027-01-15".to_owned());
        assert_eq!(plan(Period::Monthly, &["2027-01"], start), []);
        assert_eq!(plan(Period::Monthly, &["2027-01"], Attr::Unknown), []);
        let over = planning(Period::Monthly, &["2030-01"], Attr::Null);
        let expired = Alert { status: Attr::Known(Status::Expired), ..over };
        assert_eq!(said(None, &expired), [], "nothing is sent for it");
    }
}
