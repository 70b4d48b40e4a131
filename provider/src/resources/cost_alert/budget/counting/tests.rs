//! Which costs count, in both of AWS's forms.

use std::collections::HashMap;

use super::*;

fn region(value: &str) -> Dimensions {
    Dimensions::from([("Region".to_owned(), BTreeSet::from([value.to_owned()]))])
}

fn plain() -> Counting {
    Counting::plain(Metric::Unblended, BTreeSet::new(), Dimensions::new())
}

fn builder() -> BudgetBuilder {
    types::Budget::builder()
        .budget_name("b")
        .budget_type(types::BudgetType::Cost)
        .time_unit(types::TimeUnit::Monthly)
}

fn sent(counting: &Counting, existing: Option<&types::Budget>) -> types::Budget {
    counting.set(builder(), existing).and_then(BudgetBuilder::build).expect("complete")
}

fn found(budget: &types::Budget) -> Counting {
    let mut unsaid = Vec::new();
    let counting = Counting::found(budget, &mut unsaid);
    assert!(unsaid.is_empty(), "{unsaid:?}");
    counting
}

fn unsaid(budget: &types::Budget) -> String {
    let mut unsaid = Vec::new();
    Counting::found(budget, &mut unsaid);
    unsaid.join("; ")
}

fn is_newer(budget: &types::Budget) -> bool {
    let older = budget.cost_filters.is_some() || budget.cost_types.is_some();
    let newer = budget.filter_expression.is_some() || budget.metrics.is_some();
    assert!(older != newer, "one of the two forms: {budget:?}");
    newer
}

#[test]
fn every_metric_goes_there_and_back_in_the_older_form_where_that_can() {
    for (metric, named) in METRICS {
        for filters in [Dimensions::new(), region("b")] {
            let counting = Counting::plain(metric, BTreeSet::new(), filters);
            let budget = sent(&counting, None);
            assert_eq!(is_newer(&budget), is_net(metric), "{metric:?}");
            assert!(!is_net(metric) || budget.metrics() == std::slice::from_ref(&named));
            assert!(counting.is_met_by(&found(&budget)), "{metric:?}");
        }
    }
}

#[test]
fn every_charge_goes_there_and_back_alone() {
    for (charge, _) in CHARGES {
        let excluded = BTreeSet::from([charge]);
        let counting = Counting::plain(Metric::Unblended, excluded, Dimensions::new());
        assert!(counting.is_met_by(&found(&sent(&counting, None))), "{charge:?}");
    }
}

#[test]
fn a_budget_of_the_newer_form_keeps_it_as_long_as_that_can_say_it() {
    let net = Counting::plain(Metric::NetUnblended, BTreeSet::new(), Dimensions::new());
    let existing = sent(&net, None);
    let same = Counting::plain(Metric::Blended, BTreeSet::new(), region("b"));
    assert!(is_newer(&sent(&same, Some(&existing))));
    assert!(same.is_met_by(&found(&sent(&same, Some(&existing)))));
    let excluding = Counting { excluded: BTreeSet::from([Charge::Taxes]), ..same };
    assert!(!is_newer(&sent(&excluding, Some(&existing))));
    assert!(!is_newer(&sent(&plain(), Some(&sent(&excluding, None)))));
}

#[test]
fn an_expression_is_sent_as_one_with_a_metric() {
    let text = r#"{"Not":{"Dimensions":{"Key":"RECORD_TYPE","Values":["Credit"]}}}"#;
    let budget = |expression: &str| Budget {
        metric: Attr::Known(Metric::Unblended),
        expression: Attr::Known(expression.to_owned()),
        ..Budget::default()
    };
    let counting = Counting::of(&budget(text)).expect("known");
    let sent_as = sent(&counting, None);
    assert!(is_newer(&sent_as));
    assert_eq!(sent_as.metrics(), [types::Metric::UnblendedCost]);
    assert!(counting.is_met_by(&found(&sent_as)));
    assert!(!counting.is_met_by(&plain()));
    // One that filters could say is sent as it was written, and is the same as they are.
    let text = r#"{"Dimensions":{"Key":"REGION","Values":["b"]}}"#;
    let counting = Counting::of(&budget(text)).expect("known");
    assert!(is_newer(&sent(&counting, None)));
    let lists = Counting::plain(Metric::Unblended, BTreeSet::new(), region("b"));
    assert!(counting.is_met_by(&lists) && lists.is_met_by(&counting));
}

#[test]
fn what_aws_shows_beside_the_older_form_is_its_other_way_to_say_it() {
    let counting = Counting::plain(Metric::Amortized, BTreeSet::new(), region("b"));
    let mut budget = sent(&counting, None);
    let expression = filters::expression(&region("b")).expect("a filter");
    budget.filter_expression = Some(expression::sent(&expression).expect("complete"));
    budget.metrics = Some(vec![types::Metric::AmortizedCost]);
    assert!(counting.is_met_by(&found(&budget)));
    // Where the older form says nothing, the expression is what counts.
    let mut budget = sent(&plain(), None);
    budget.cost_filters = Some(HashMap::new());
    budget.filter_expression = Some(expression::sent(&expression).expect("complete"));
    let lists = Counting::plain(Metric::Unblended, BTreeSet::new(), region("b"));
    assert!(lists.is_met_by(&found(&budget)));
    // A budget without anything counts everything, unblended.
    assert!(plain().is_met_by(&found(&builder().build().expect("complete"))));
}

#[test]
fn what_the_attributes_cannot_say_is_named() {
    let mut both = sent(&plain(), None);
    let cost_types = both.cost_types.as_mut().expect("cost types");
    (cost_types.use_blended, cost_types.use_amortized) = (Some(true), Some(true));
    assert!(unsaid(&both).contains("blended and amortized"));

    let mut entity = sent(&plain(), None);
    let filters = entity.cost_filters.get_or_insert_default();
    filters.insert("BillingEntity".to_owned(), vec!["AWS".to_owned()]);
    assert!(unsaid(&entity).contains("`BillingEntity`"));

    let usage = builder().metrics(types::Metric::UsageQuantity).build().expect("complete");
    assert!(unsaid(&usage).contains("the metric UsageQuantity"));

    let empty = types::Expression::builder().build();
    let strange = builder().filter_expression(empty).build().expect("complete");
    assert!(unsaid(&strange).contains("an expression with members"));
}
