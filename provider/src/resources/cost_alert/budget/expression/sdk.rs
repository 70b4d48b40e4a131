//! Expressions, between our form and that of AWS's answers and requests.

use std::collections::BTreeSet;

use aws_sdk_budgets::error::BuildError;
use aws_sdk_budgets::types;

use super::{Expression, Leaf, Of};

/// The expression of a request.
///
/// # Errors
/// Never, as all required members are set.
pub(in super::super) fn sent(expression: &Expression) -> Result<types::Expression, BuildError> {
    let all = |operands: &BTreeSet<Expression>| {
        operands.iter().map(sent).collect::<Result<Vec<_>, _>>().map(Some)
    };
    let builder = types::Expression::builder();
    Ok(match expression {
        Expression::And(operands) => builder.set_and(all(operands)?),
        Expression::Or(operands) => builder.set_or(all(operands)?),
        Expression::Not(inner) => builder.set_not(Some(Box::new(sent(inner)?))),
        Expression::Leaf(leaf) => match leaf.of {
            Of::Dimensions => builder.dimensions(
                types::ExpressionDimensionValues::builder()
                    .key(leaf.key.as_str().into())
                    .set_values(Some(leaf.values.iter().cloned().collect()))
                    .set_match_options(options(leaf))
                    .build()?,
            ),
            Of::Tags => builder.tags(
                types::TagValues::builder()
                    .key(&leaf.key)
                    .set_values(Some(leaf.values.iter().cloned().collect()))
                    .set_match_options(options(leaf))
                    .build(),
            ),
            Of::CostCategories => builder.cost_categories(
                types::CostCategoryValues::builder()
                    .key(&leaf.key)
                    .set_values(Some(leaf.values.iter().cloned().collect()))
                    .set_match_options(options(leaf))
                    .build(),
            ),
        },
    }
    .build())
}

fn options(leaf: &Leaf) -> Option<Vec<types::MatchOption>> {
    let options = leaf.options.iter().map(|option| option.as_str().into());
    (!leaf.options.is_empty()).then(|| options.collect())
}

/// The expression of an answer; `None` for one that we can't say.
pub(in super::super) fn found(answer: &types::Expression) -> Option<Expression> {
    let all = |operands: &[types::Expression]| operands.iter().map(found).collect::<Option<_>>();
    let dimensions = answer.dimensions.as_ref().map(|leaf| {
        Some(found_leaf(Of::Dimensions, leaf.key.as_str(), leaf.values(), leaf.match_options()))
    });
    let tags = answer.tags.as_ref().map(|leaf| {
        Some(found_leaf(Of::Tags, leaf.key.as_deref()?, leaf.values(), leaf.match_options()))
    });
    let categories = answer.cost_categories.as_ref().map(|leaf| {
        let key = leaf.key.as_deref()?;
        Some(found_leaf(Of::CostCategories, key, leaf.values(), leaf.match_options()))
    });
    let mut roots: Vec<Option<Expression>> =
        [dimensions, tags, categories].into_iter().flatten().collect();
    // An answer may hold empty lists in place of members that aren't there.
    if !answer.and().is_empty() {
        roots.push(all(answer.and()).map(Expression::And));
    }
    if !answer.or().is_empty() {
        roots.push(all(answer.or()).map(Expression::Or));
    }
    roots.extend(
        answer.not().map(|inner| found(inner).map(|inner| Expression::Not(Box::new(inner)))),
    );
    if answer.product_attributes.is_some() || roots.len() != 1 {
        return None;
    }
    roots.pop().flatten()
}

fn found_leaf(of: Of, key: &str, values: &[String], options: &[types::MatchOption]) -> Expression {
    let options = options.iter().map(|option| option.as_str().to_owned()).collect();
    Expression::Leaf(Leaf::settled(of, key.to_owned(), values.to_vec(), options))
}
