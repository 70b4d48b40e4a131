//! Of which lines of the bill the costs are.

use std::collections::BTreeMap;

use aws_sdk_costexplorer::types::{Dimension, DimensionValues, Expression, TagValues};
use contract::account::AccountId;
use contract::cost::ServiceName;

/// What is given back, and doesn't say what was used. Discounts and what Savings Plans cover are parts of
/// what usage costs, and stay with it (AWS Cost Management User Guide, "Filtering the data that you
/// want to view", charge type).
const GIVEN_BACK: [&str; 2] = ["Credit", "Refund"];

/// Only credits and refunds.
pub(super) fn credits() -> Expression {
    dimension(Dimension::RecordType, GIVEN_BACK)
}

/// Everything but credits and refunds.
pub(super) fn charges() -> Expression {
    Expression::builder().not(credits()).build()
}

/// The charges of some services of an account.
pub(super) fn charges_of(account: &AccountId, services: &[ServiceName]) -> Expression {
    let account = dimension(Dimension::LinkedAccount, [account.as_str()]);
    let services: Vec<&str> = services.iter().map(ServiceName::as_str).collect();
    let of_services = dimension(Dimension::Service, services.iter().copied());
    let parts = [account, charges()].into_iter();
    all(parts.chain((!services.is_empty()).then_some(of_services)).collect())
}

/// The charges of what carries all of these cost allocation tags.
pub(super) fn charges_tagged(tags: &BTreeMap<String, String>) -> Expression {
    let tags = tags.iter().map(|(key, value)| {
        let tag = TagValues::builder().key(key).values(value).build();
        Expression::builder().tags(tag).build()
    });
    all(tags.chain([charges()]).collect())
}

/// An `And` takes two expressions or more.
fn all(parts: Vec<Expression>) -> Expression {
    Expression::builder().set_and(Some(parts)).build()
}

fn dimension<'a>(key: Dimension, values: impl IntoIterator<Item = &'a str>) -> Expression {
    let values = values.into_iter().map(str::to_owned).collect();
    let values = DimensionValues::builder().key(key).set_values(Some(values)).build();
    Expression::builder().dimensions(values).build()
}
