//! Settings to requests, answers to settings.

use std::collections::HashMap;

use aws_smithy_types::DateTime;

use super::*;

fn settings() -> Settings {
    Settings {
        limit: Amount::new(100.0),
        period: Period::Monthly,
        metric: Metric::Unblended,
        excluded: BTreeSet::new(),
        filters: Dimensions::new(),
    }
}

/// What AWS answers after `CreateBudget` with the settings: decimals have a point.
fn answer(settings: &Settings) -> types::Budget {
    let mut budget = settings.budget("b", None).expect("complete");
    let limit = budget.budget_limit.as_mut().expect("a limit");
    limit.amount = format!("{:.1}", settings.limit.number());
    budget.time_period = Some(
        types::TimePeriod::builder()
            .start(DateTime::from_secs(1_793_491_200))
            .end(DateTime::from_secs(3_706_473_600))
            .build(),
    );
    budget
}

#[test]
fn a_request_says_everything() {
    let settings = Settings {
        limit: Amount::new(12.5),
        period: Period::Daily,
        metric: Metric::Amortized,
        excluded: BTreeSet::from([Charge::Credits, Charge::Refunds]),
        filters: Dimensions::from([("Region".to_owned(), BTreeSet::from(["b".to_owned()]))]),
    };
    let budget = settings.budget("b", None).expect("complete");
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
}

#[test]
fn every_charge_goes_there_and_back_alone() {
    for (charge, _) in CHARGES {
        let settings = Settings { excluded: BTreeSet::from([charge]), ..settings() };
        assert_eq!(Settings::found(&answer(&settings)), Ok(settings));
    }
}

#[test]
fn every_period_and_metric_goes_there_and_back() {
    for period in [Period::Daily, Period::Monthly, Period::Quarterly, Period::Annually] {
        for metric in [Metric::Unblended, Metric::Blended, Metric::Amortized] {
            let settings = Settings { period, metric, ..settings() };
            assert_eq!(Settings::found(&answer(&settings)), Ok(settings));
        }
    }
}

#[test]
fn what_is_not_ours_is_sent_back_as_it_was() {
    let mut existing = answer(&settings());
    existing.billing_view_arn =
        Some("arn:aws:billing::111111111111:billingview/primary".to_owned());
    let dearer = Settings { limit: Amount::new(200.0), ..settings() };
    let sent = dearer.budget("b", Some(&existing)).expect("complete");
    assert_eq!(sent.time_period, existing.time_period);
    assert_eq!(sent.billing_view_arn, existing.billing_view_arn);

    let daily = Settings { period: Period::Daily, ..settings() };
    let sent = daily.budget("b", Some(&existing)).expect("complete");
    let time_period = sent.time_period.expect("it still ends");
    assert_eq!(time_period.start, None, "a day can't begin with the month's start");
    assert_eq!(time_period.end, existing.time_period.and_then(|period| period.end));
}

type Change = Box<dyn Fn(&mut types::Budget)>;

#[test]
fn what_the_attributes_cannot_say_is_named() {
    let expression = types::Expression::builder().build();
    let spend = types::Spend::builder().amount("1").unit("USD").build().expect("complete");
    let auto = types::AutoAdjustData::builder()
        .auto_adjust_type(types::AutoAdjustType::Forecast)
        .build()
        .expect("complete");
    let cases: Vec<(&str, Change)> = vec![
        (
            "planned limits",
            Box::new(move |budget| {
                budget.planned_budget_limits =
                    Some(HashMap::from([("0".to_owned(), spend.clone())]));
            }),
        ),
        ("adjusts itself", Box::new(move |budget| budget.auto_adjust_data = Some(auto.clone()))),
        (
            "filter expression",
            Box::new(move |budget| {
                budget.filter_expression = Some(expression.clone());
            }),
        ),
        (
            "metrics",
            Box::new(|budget| {
                budget.metrics = Some(vec![types::Metric::NetAmortizedCost]);
                budget.cost_types = None;
            }),
        ),
        ("the type USAGE", Box::new(|budget| budget.budget_type = types::BudgetType::Usage)),
        ("the period CUSTOM", Box::new(|budget| budget.time_unit = types::TimeUnit::Custom)),
        ("no limit", Box::new(|budget| budget.budget_limit = None)),
        (
            "100.0 EUR",
            Box::new(|budget| {
                budget.budget_limit.as_mut().expect("a limit").unit = "EUR".to_owned();
            }),
        ),
        (
            "blended and amortized",
            Box::new(|budget| {
                let cost_types = budget.cost_types.as_mut().expect("cost types");
                (cost_types.use_blended, cost_types.use_amortized) = (Some(true), Some(true));
            }),
        ),
        (
            "`BillingEntity`",
            Box::new(|budget| {
                let filters = budget.cost_filters.get_or_insert_default();
                filters.insert("BillingEntity".to_owned(), vec!["AWS".to_owned()]);
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

#[test]
fn an_expression_beside_filters_is_their_other_form() {
    let region = Dimensions::from([("Region".to_owned(), BTreeSet::from(["b".to_owned()]))]);
    let settings = Settings { filters: region, ..settings() };
    let mut budget = answer(&settings);
    budget.filter_expression = Some(types::Expression::builder().build());
    assert_eq!(Settings::found(&budget), Ok(settings));
}
