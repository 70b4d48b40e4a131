//! Each rule of limit, period and counting broken alone.

use std::collections::{BTreeMap, BTreeSet};

use framework::path;

use super::*;
use crate::resources::cost_alert::model::{Alert, Charge, Filters, Metric};

fn known(text: &str) -> Attr<String> {
    Attr::Known(text.to_owned())
}

fn planned(entries: &[(&str, Attr<f64>)]) -> Attr<BTreeMap<String, Attr<f64>>> {
    let entries = entries.iter().map(|(key, limit)| ((*key).to_owned(), limit.clone()));
    Attr::Known(entries.collect())
}

fn adjusting(basis: AdjustmentBasis, lookback: Attr<u32>) -> Attr<AutoAdjust> {
    Attr::Known(AutoAdjust { basis: Attr::Known(basis), lookback })
}

fn budget(change: impl FnOnce(&mut Budget)) -> Budget {
    let mut budget = Budget { limit_usd: Attr::Known(100.0), ..Budget::default() };
    change(&mut budget);
    budget
}

fn found(change: impl FnOnce(&mut Budget)) -> Vec<(String, String)> {
    let mut diagnostics = Diagnostics::new();
    validate(&budget(change), &path!(Alert => budget), &mut diagnostics);
    diagnostics.into_iter().map(|one| (one.path.to_string(), one.detail)).collect()
}

fn assert_refused(change: impl FnOnce(&mut Budget), path: &str, said: &str) {
    let found = found(change);
    let [(at, detail)] = found.as_slice() else { panic!("{said}: {found:?}") };
    assert_eq!(at, path, "{detail}");
    assert!(detail.contains(said), "{detail}");
}

#[test]
fn a_budget_has_one_limit() {
    let plan = || planned(&[("2027-01", Attr::Known(1.0))]);
    let forecast = || adjusting(AdjustmentBasis::Forecast, Attr::Null);
    assert_refused(|budget| budget.limit_usd = Attr::Null, "budget.limit_usd", "must be set");
    let at = "budget.planned_limits_usd";
    assert_refused(|budget| budget.planned_limits_usd = plan(), at, "`limit_usd` is set as well");
    assert_refused(|budget| budget.auto_adjust = forecast(), "budget.auto_adjust", "one limit");
    for limit in [Attr::Null, Attr::Unknown] {
        assert_eq!(
            found(|budget| (budget.limit_usd, budget.planned_limits_usd) = (limit.clone(), plan())),
            []
        );
        assert_eq!(
            found(|budget| (budget.limit_usd, budget.auto_adjust) = (limit, forecast())),
            []
        );
    }
    assert_eq!(found(|budget| budget.limit_usd = Attr::Unknown), []);
}

#[test]
fn a_plan_is_of_months_or_quarters() {
    let with = |period, key: &'static str, limit| {
        move |budget: &mut Budget| {
            budget.limit_usd = Attr::Null;
            budget.planned_limits_usd = planned(&[(key, limit)]);
            budget.period = period;
        }
    };
    let at = |key| format!("budget.planned_limits_usd[\"{key}\"]");
    let one = || Attr::Known(1.0);
    for period in [Period::Daily, Period::Annually] {
        let with = with(Attr::Known(period), "2027-01", one());
        assert_refused(with, "budget.planned_limits_usd", "monthly and quarterly budgets alone");
    }
    assert_refused(with(Attr::Null, "2027-1", one()), &at("2027-1"), "a month such as");
    let quarterly = || Attr::Known(Period::Quarterly);
    assert_refused(with(quarterly(), "2027-02", one()), &at("2027-02"), "first month of a quarter");
    assert_refused(with(Attr::Null, "2027-01", Attr::Null), &at("2027-01"), "null");
    for wrong in [0.0, -1.0, 1e14] {
        assert_refused(
            with(Attr::Null, "2027-01", Attr::Known(wrong)),
            &at("2027-01"),
            "at least 0.01",
        );
    }
    for fine in [with(quarterly(), "2027-04", one()), with(Attr::Unknown, "2027-02", Attr::Unknown)]
    {
        assert_eq!(found(fine), []);
    }
}

#[test]
fn a_limit_adjusts_itself_within_aws_reach() {
    let with = |period: Period, basis, lookback| {
        move |budget: &mut Budget| {
            budget.limit_usd = Attr::Null;
            budget.auto_adjust = adjusting(basis, lookback);
            budget.period = Attr::Known(period);
        }
    };
    let at = "budget.auto_adjust.lookback";
    let historical = AdjustmentBasis::Historical;
    for (period, most) in
        [(Period::Daily, 60), (Period::Monthly, 12), (Period::Quarterly, 4), (Period::Annually, 1)]
    {
        assert_eq!(found(with(period, historical, Attr::Known(most))), []);
        let further = with(period, historical, Attr::Known(most + 1));
        assert_refused(further, at, &format!("at most {most}"));
    }
    assert_refused(with(Period::Monthly, historical, Attr::Null), at, "how many periods");
    let forecast = AdjustmentBasis::Forecast;
    assert_refused(with(Period::Monthly, forecast, Attr::Known(1)), at, "leave `lookback` out");
    assert_eq!(found(with(Period::Monthly, forecast, Attr::Unknown)), []);
    let custom = |budget: &mut Budget| {
        with(Period::Custom, forecast, Attr::Null)(budget);
        (budget.start, budget.end) = (known("2027-01-01"), known("2027-02-01"));
    };
    assert_refused(custom, "budget.auto_adjust", "comes once");
}

#[test]
fn a_span_has_days_in_their_order() {
    let with = |period, start: &str, end: &str| {
        let text = |day: &str| if day.is_empty() { Attr::Null } else { known(day) };
        let (start, end) = (text(start), text(end));
        move |budget: &mut Budget| {
            budget.period = Attr::Known(period);
            (budget.start, budget.end) = (start, end);
        }
    };
    let custom = Period::Custom;
    assert_refused(with(custom, "", "2027-01-31"), "budget.start", "needs a `start` and an `end`");
    assert_refused(with(custom, "2027-01-31", ""), "budget.end", "needs a `start` and an `end`");
    assert_refused(with(Period::Monthly, "2027-02-29", ""), "budget.start", "no such day");
    for end in ["2027-01-31", "2027-01-30"] {
        assert_refused(with(custom, "2027-01-31", end), "budget.end", "after the start");
    }
    assert_refused(with(Period::Daily, "", "2087-06-15"), "budget.end", "before 2087-06-15");
    for fine in [
        with(custom, "2027-01-31", "2027-02-01"),
        with(Period::Daily, "2027-01-31", ""),
        with(Period::Daily, "", "2087-06-14"),
    ] {
        assert_eq!(found(fine), []);
    }
    assert_eq!(
        found(|budget| {
            budget.period = Attr::Known(custom);
            (budget.start, budget.end) = (Attr::Unknown, Attr::Unknown);
        }),
        []
    );
}

#[test]
fn costs_are_counted_in_one_way() {
    let credits = || Attr::Known(BTreeSet::from([Attr::Known(Charge::Credits)]));
    let not_credits = r#"{"Not":{"Dimensions":{"Key":"RECORD_TYPE","Values":["Credit"]}}}"#;
    for metric in [Metric::NetUnblended, Metric::NetAmortized] {
        let net = |budget: &mut Budget| {
            (budget.metric, budget.excluded_charges) = (Attr::Known(metric), credits());
        };
        assert_refused(net, "budget.excluded_charges", "`RECORD_TYPE`");
    }
    let both = |budget: &mut Budget| {
        (budget.expression, budget.excluded_charges) = (known(not_credits), credits());
    };
    assert_refused(both, "budget.excluded_charges", "let the expression say it");
    let filters = |budget: &mut Budget| {
        (budget.expression, budget.filters) = (known(not_credits), Attr::Known(Filters::default()));
    };
    assert_refused(filters, "budget.expression", "not both");
    let broken = |budget: &mut Budget| budget.expression = known("{}");
    assert_refused(broken, "budget.expression", "here is none");
    for fine in [known(not_credits), Attr::Unknown] {
        assert_eq!(
            found(|budget| {
                (budget.expression, budget.metric) = (fine, Attr::Known(Metric::NetAmortized));
            }),
            []
        );
    }
}
