//! Settings to requests, answers to settings.

#![expect(deprecated, reason = "what cost filters become is looked at too")]

use std::collections::{BTreeMap, BTreeSet};

use aws_smithy_types::DateTime;
use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::resources::cost_alert::budget::filters::Dimensions;
use crate::resources::cost_alert::model::{Charge, Metric};

const TODAY: Date = date(2026, 12, 24);

/// A day of the year 2026 or 2027.
fn day(offset: i32) -> Date {
    date(2026, 1, 1).checked_add(jiff::Span::new().days(offset)).expect("in range")
}

fn settings() -> Settings {
    Settings {
        limit: Limit::Fixed(Amount::new(100.0)),
        period: Period::Monthly,
        start: None,
        end: None,
        counting: Counting::plain(Metric::Unblended, BTreeSet::new(), Dimensions::new()),
    }
}

fn sent(settings: &Settings, existing: Option<&types::Budget>) -> types::Budget {
    settings.budget("b", existing, TODAY).expect("complete")
}

/// What AWS answers after `CreateBudget` with the settings: decimals have a point, and start and
/// end are there.
fn answer(settings: &Settings) -> types::Budget {
    let mut budget = sent(settings, None);
    let limits = budget.planned_budget_limits.as_mut().into_iter().flat_map(HashMap::values_mut);
    for limit in budget.budget_limit.as_mut().into_iter().chain(limits) {
        limit.amount = format!("{:?}", limit.amount.parse::<f64>().expect("a number"));
    }
    let start = settings.start.map_or(DateTime::from_secs(1_793_491_200), calendar::moment);
    let end = settings.end.map_or(DateTime::from_secs(3_706_473_600), calendar::moment);
    budget.time_period = Some(types::TimePeriod::builder().start(start).end(end).build());
    budget
}

/// What AWS answers is what was meant.
fn assert_found(settings: &Settings) {
    let found = Settings::found(&answer(settings)).expect("sayable");
    assert!(settings.is_met_by(&found, TODAY), "{settings:?} {found:?}");
}

#[test]
fn a_request_says_everything() {
    let region = Dimensions::from([("Region".to_owned(), BTreeSet::from(["b".to_owned()]))]);
    let excluded = BTreeSet::from([Charge::Credits, Charge::Refunds]);
    let settings = Settings {
        limit: Limit::Fixed(Amount::new(12.5)),
        period: Period::Daily,
        counting: Counting::plain(Metric::Amortized, excluded, region),
        ..settings()
    };
    let budget = sent(&settings, None);
    assert_eq!(budget.budget_name, "b");
    assert_eq!(budget.budget_type, types::BudgetType::Cost);
    assert_eq!(budget.time_unit, types::TimeUnit::Daily);
    let limit = budget.budget_limit.expect("a limit");
    assert_eq!((limit.amount.as_str(), limit.unit.as_str()), ("12.5", "USD"));
    let filters = HashMap::from([("Region".to_owned(), vec!["b".to_owned()])]);
    assert_eq!(budget.cost_filters, Some(filters));
    let cost_types = budget.cost_types.expect("cost types");
    assert_eq!(cost_types.use_amortized, Some(true));
    assert_eq!(cost_types.use_blended, Some(false));
    assert_eq!(cost_types.include_credit, Some(false));
    assert_eq!(cost_types.include_refund, Some(false));
    assert_eq!(cost_types.include_tax, Some(true));
    assert_eq!(budget.time_period, None, "AWS begins with the present period");
    assert_eq!((budget.filter_expression, budget.metrics), (None, None), "never both forms");
}

#[test]
fn every_period_goes_there_and_back() {
    for period in
        [Period::Daily, Period::Monthly, Period::Quarterly, Period::Annually, Period::Custom]
    {
        assert_found(&Settings {
            period,
            start: Some(date(2027, 1, 1)),
            end: Some(date(2027, 3, 1)),
            ..settings()
        });
    }
}

#[test]
fn a_plan_is_sent_for_the_periods_ahead() {
    let limits = [(date(2026, 1, 1), 1.0), (date(2027, 2, 1), 2.0)];
    let limits = limits.map(|(first, usd)| (first, Amount::new(usd)));
    let planned = Planned::new(BTreeMap::from(limits));
    let settings = Settings { limit: Limit::Planned(planned), ..settings() };
    let budget = sent(&settings, None);
    assert_eq!(budget.budget_limit, None, "AWS takes one of them");
    let sent = budget.planned_budget_limits.expect("a plan");
    let amount = |first: Date| sent[&calendar::seconds(first).to_string()].amount.clone();
    assert_eq!(sent.len(), 12);
    assert_eq!(amount(date(2026, 12, 1)), "1");
    assert_eq!(amount(date(2027, 2, 1)), "2");
    assert_eq!(amount(date(2027, 11, 1)), "2");
    // AWS shows the limit of the present period as well.
    let mut answer = answer(&settings);
    answer.budget_limit = Some(spend(Amount::new(1.0)).expect("complete"));
    let found = Settings::found(&answer).expect("sayable");
    assert!(settings.is_met_by(&found, TODAY));
    let later = date(2028, 3, 1);
    assert!(settings.is_met_by(&found, later), "the last one holds on");
}

#[test]
fn a_limit_that_adjusts_itself_goes_there_and_back() {
    for adjustment in [Adjustment::Forecast, Adjustment::Historical(6)] {
        let settings = Settings { limit: Limit::Adjusted(adjustment), ..settings() };
        let mut answer = answer(&settings);
        assert_eq!(answer.budget_limit, None);
        // What AWS makes of it, anew in each period.
        answer.budget_limit = Some(spend(Amount::new(3.25)).expect("complete"));
        assert_eq!(Settings::found(&answer).map(|found| found.limit), Ok(settings.limit));
    }
}

#[test]
fn what_is_not_ours_is_sent_back_as_it_was() {
    let mut existing = answer(&settings());
    existing.billing_view_arn =
        Some("arn:aws:billing::111111111111:billingview/primary".to_owned());
    let dearer = Settings { limit: Limit::Fixed(Amount::new(200.0)), ..settings() };
    let changed = sent(&dearer, Some(&existing));
    let start = |budget: &types::Budget| budget.time_period.as_ref().and_then(|span| span.start);
    assert_eq!(start(&changed), start(&existing));
    assert_eq!(changed.time_period.and_then(|span| span.end), None, "an end is an attribute");
    assert_eq!(changed.billing_view_arn, existing.billing_view_arn);

    let daily = Settings { period: Period::Daily, ..settings() };
    assert_eq!(
        start(&sent(&daily, Some(&existing))),
        None,
        "a day can't begin with the month's start"
    );
    let own = Settings { start: Some(date(2027, 1, 1)), ..settings() };
    assert_eq!(start(&sent(&own, Some(&existing))), Some(calendar::moment(date(2027, 1, 1))));
}

type Change = Box<dyn Fn(&mut types::Budget)>;

#[test]
fn what_the_attributes_cannot_say_is_named() {
    let spend = types::Spend::builder().amount("1").unit("USD").build().expect("complete");
    let auto = types::AutoAdjustData::builder()
        .auto_adjust_type(types::AutoAdjustType::Historical)
        .build()
        .expect("complete");
    let within = |budget: &mut types::Budget| {
        budget.time_period.as_mut().expect("a span").end = Some(DateTime::from_secs(1_800_000_001));
    };
    let cases: Vec<(&str, Change)> = vec![
        (
            "planned limits",
            Box::new(move |budget| {
                budget.planned_budget_limits =
                    Some(HashMap::from([("1".to_owned(), spend.clone())]));
            }),
        ),
        ("adjusts itself", Box::new(move |budget| budget.auto_adjust_data = Some(auto.clone()))),
        ("an end within a day", Box::new(within)),
        (
            "a start within a day",
            Box::new(|budget| {
                budget.time_unit = types::TimeUnit::Custom;
                budget.time_period.as_mut().expect("a span").start = Some(DateTime::from_secs(1));
            }),
        ),
        ("the type USAGE", Box::new(|budget| budget.budget_type = types::BudgetType::Usage)),
        ("the period WEEKLY", Box::new(|budget| budget.time_unit = "WEEKLY".into())),
        ("no limit", Box::new(|budget| budget.budget_limit = None)),
        (
            "100.0 EUR",
            Box::new(|budget| {
                budget.budget_limit.as_mut().expect("a limit").unit = "EUR".to_owned();
            }),
        ),
    ];
    for (said, change) in cases {
        let mut budget = answer(&settings());
        change(&mut budget);
        let unsaid = Settings::found(&budget).expect_err(said).join("; ");
        assert!(unsaid.contains(said), "{said}: {unsaid}");
    }
}

proptest! {
    #[test]
    fn plans_and_spans_go_there_and_back(
        limits in prop::collection::btree_map(0_i32..24, 1_u32..5, 1..8),
        is_quarterly in any::<bool>(),
        start in prop::option::of(0_i32..400),
        length in prop::option::of(1_i32..700),
    ) {
        let months = if is_quarterly { 3 } else { 1 };
        let limits = limits.into_iter().map(|(offset, usd)| {
            let first = date(2026, 1, 1).checked_add(jiff::Span::new().months(offset)).expect("near");
            (calendar::first_of(months, first), Amount::new(usd.into()))
        });
        let settings = Settings {
            limit: Limit::Planned(Planned::new(limits.collect())),
            period: if is_quarterly { Period::Quarterly } else { Period::Monthly },
            start: start.map(day),
            end: length.map(|length| day(start.unwrap_or(400) + length)),
            ..settings()
        };
        let answer = answer(&settings);
        prop_assume!(answer.planned_budget_limits.as_ref().is_some_and(|limits| !limits.is_empty()));
        let found = Settings::found(&answer).expect("sayable");
        prop_assert!(settings.is_met_by(&found, TODAY), "{:?} {:?}", settings, found);
    }
}
