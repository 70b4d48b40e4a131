//! Filters, between the attributes and AWS's map of dimensions to values.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use framework::{Attr, Error, Result};

use super::expression::{Expression, Leaf, Of};
use crate::resources::cost_alert::model::{Filters, Texts};
use crate::resources::cost_alert::texts::{attribute, texts};

/// Filters as AWS has them: a dimension's values, each once.
pub(super) type Dimensions = BTreeMap<String, BTreeSet<String>>;

/// AWS's dimension for tags; values read `user:Key$Value`.
const TAGS: &str = "TagKeyValue";
/// AWS's dimension for cost categories; values read `Name$Value`.
const COST_CATEGORIES: &str = "CostCategory";
/// Begins the key of a tag that a user set. Without it a budget counts nothing, and no error says so.
const OF_USERS: &str = "user:";
/// Begins the key of a tag that AWS set.
pub(in super::super) const OF_AWS: &str = "aws:";
/// Between a key and its value.
pub(in super::super) const BETWEEN: char = '$';

/// A dimension whose values are plain texts, and the attribute that holds them.
#[derive(Clone, Copy)]
struct Plain {
    dimension: &'static str,
    /// The same dimension in expressions.
    key: &'static str,
    name: &'static str,
    read: fn(&Filters) -> &Attr<Texts>,
    write: fn(&mut Filters) -> &mut Attr<Texts>,
}

macro_rules! plain {
    ($($dimension:literal, $key:literal => $name:ident),+ $(,)?) => {
        [$(Plain {
            dimension: $dimension,
            key: $key,
            name: stringify!($name),
            read: |filters| &filters.$name,
            write: |filters| &mut filters.$name,
        }),+]
    };
}

/// The dimensions of plain texts
/// (<https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Budget.html>,
/// `CostFilters`), and their names in expressions
/// (`API_budgets_ExpressionDimensionValues.html` beside it, `Key`).
const PLAIN: [Plain; 9] = plain! {
    "Service", "SERVICE" => services,
    "Region", "REGION" => regions,
    "LinkedAccount", "LINKED_ACCOUNT" => linked_accounts,
    "UsageType", "USAGE_TYPE" => usage_types,
    "UsageTypeGroup", "USAGE_TYPE_GROUP" => usage_type_groups,
    "Operation", "OPERATION" => operations,
    "InstanceType", "INSTANCE_TYPE" => instance_types,
    "AZ", "AZ" => availability_zones,
    "PurchaseType", "PURCHASE_TYPE" => purchase_types,
};

/// The attributes that hold plain texts, with their names.
pub(in super::super) fn plain_attributes(
    filters: &Filters,
) -> impl Iterator<Item = (&'static str, &Attr<Texts>)> {
    PLAIN.iter().map(|plain| (plain.name, (plain.read)(filters)))
}

/// AWS's form of the attributes.
///
/// # Errors
/// A bug of the provider's, when a value isn't known.
pub(super) fn dimensions(filters: &Attr<Filters>) -> Result<Dimensions> {
    let mut dimensions = Dimensions::new();
    if filters.is_null() {
        return Ok(dimensions);
    }
    let filters = filters.known("filters")?;
    for Plain { dimension, name, read, .. } in PLAIN {
        dimensions.insert(dimension.to_owned(), texts(read(filters), name)?);
    }
    let all = |map: &Attr<BTreeMap<String, Attr<Texts>>>, prefix: fn(&str) -> &'static str| {
        let mut all = BTreeSet::new();
        for (key, values) in map.as_known().into_iter().flatten() {
            all.extend(pairs(prefix(key), key, &texts(values, key)?));
        }
        Ok::<_, Error>(all)
    };
    dimensions.insert(TAGS.to_owned(), all(&filters.tags, tag_prefix)?);
    dimensions.insert(COST_CATEGORIES.to_owned(), all(&filters.cost_categories, |_| "")?);
    dimensions.retain(|_, values| !values.is_empty());
    Ok(dimensions)
}

/// AWS's answer, each value once.
pub(super) fn found(filters: &HashMap<String, Vec<String>>) -> Dimensions {
    filters
        .iter()
        .filter(|(_, values)| !values.is_empty())
        .map(|(dimension, values)| (dimension.clone(), values.iter().cloned().collect()))
        .collect()
}

/// The attributes that say the same as AWS's form.
///
/// # Errors
/// What can't be said, in words that go on after "The budget has ".
pub(super) fn attributes(dimensions: &Dimensions) -> Result<Attr<Filters>, Vec<String>> {
    let mut filters = Filters::default();
    let mut unsaid = Vec::new();
    for (dimension, values) in dimensions {
        if let Some(plain) = PLAIN.iter().find(|plain| plain.dimension == dimension) {
            *(plain.write)(&mut filters) = attribute(values.clone());
            continue;
        }
        let (map, prefix): (_, fn(&str) -> Option<&str>) = match dimension.as_str() {
            TAGS => (&mut filters.tags, tag_key),
            COST_CATEGORIES => (&mut filters.cost_categories, |key| Some(key)),
            _ => {
                unsaid.push(format!("a filter by `{dimension}`, which has no attribute here"));
                continue;
            }
        };
        let (by_key, strange) = by_key(values, prefix);
        unsaid.extend(strange.into_iter().map(|value| {
            format!(
                "the {dimension} filter `{value}`, which isn't of the form that counts anything"
            )
        }));
        *map = Attr::Known(by_key.into_iter().map(|(key, set)| (key, attribute(set))).collect());
    }
    if !unsaid.is_empty() {
        return Err(unsaid);
    }
    Ok(if dimensions.is_empty() { Attr::Null } else { Attr::Known(filters) })
}

/// What stands before the key of a tag in AWS's form.
fn tag_prefix(key: &str) -> &'static str {
    if key.starts_with(OF_AWS) { "" } else { OF_USERS }
}

/// The key of a tag as it is on resources; `None` for one that can't count anything.
fn tag_key(key: &str) -> Option<&str> {
    if key.starts_with(OF_AWS) { Some(key) } else { key.strip_prefix(OF_USERS) }
}

fn by_key(
    values: &BTreeSet<String>,
    key_of: fn(&str) -> Option<&str>,
) -> (BTreeMap<String, BTreeSet<String>>, Vec<String>) {
    let mut by_key: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut strange = Vec::new();
    for pair in values {
        match pair.split_once(BETWEEN).and_then(|(key, value)| Some((key_of(key)?, value))) {
            Some((key, value)) if !key.is_empty() => {
                by_key.entry(key.to_owned()).or_default().insert(value.to_owned());
            }
            _ => strange.push(pair.clone()),
        }
    }
    (by_key, strange)
}

/// The expression that says the same as the filters; `None` for none.
pub(super) fn expression(dimensions: &Dimensions) -> Option<Expression> {
    let mut leaves: BTreeSet<Expression> = PLAIN
        .iter()
        .filter_map(|plain| {
            let values = dimensions.get(plain.dimension)?;
            Some(Expression::Leaf(Leaf::plain(Of::Dimensions, plain.key, values.clone())))
        })
        .collect();
    // In expressions keys of tags stand as they are on the resources, as everywhere in Cost Explorer.
    let leaf =
        |of| move |(key, values): (String, _)| Expression::Leaf(Leaf::plain(of, &key, values));
    if let Some(values) = dimensions.get(TAGS) {
        leaves.extend(by_key(values, tag_key).0.into_iter().map(leaf(Of::Tags)));
    }
    if let Some(values) = dimensions.get(COST_CATEGORIES) {
        let (by_name, _) = by_key(values, |key| Some(key));
        leaves.extend(by_name.into_iter().map(leaf(Of::CostCategories)));
    }
    if leaves.len() > 1 { Some(Expression::And(leaves)) } else { leaves.pop_first() }
}

/// The filters that say the same as an expression; `None` where only an expression can.
pub(super) fn of_expression(expression: &Expression) -> Option<Dimensions> {
    let mut dimensions = Dimensions::new();
    let leaves = match expression {
        Expression::And(operands) => operands.iter().collect(),
        Expression::Leaf(_) => vec![expression],
        Expression::Or(_) | Expression::Not(_) => return None,
    };
    for operand in leaves {
        let Expression::Leaf(leaf) = operand else { return None };
        let Leaf { of, key, values, options } = leaf;
        if !options.is_empty() {
            return None;
        }
        let (dimension, values) = match of {
            Of::Dimensions => {
                let plain = PLAIN.iter().find(|plain| plain.key == key)?;
                (plain.dimension, values.clone())
            }
            // A key with the prefix of the other form is none that we would write.
            Of::Tags if key.starts_with(OF_USERS) => return None,
            Of::Tags => (TAGS, pairs(tag_prefix(key), key, values)),
            Of::CostCategories => (COST_CATEGORIES, pairs("", key, values)),
        };
        dimensions.entry(dimension.to_owned()).or_default().extend(values);
    }
    // Two leaves of one dimension, for one, are not the same as one with the values of both.
    let again = self::expression(&dimensions);
    (again.as_ref() == Some(expression)).then_some(dimensions)
}

fn pairs(prefix: &str, key: &str, values: &BTreeSet<String>) -> BTreeSet<String> {
    values.iter().map(|value| format!("{prefix}{key}{BETWEEN}{value}")).collect()
}

#[cfg(test)]
mod tests;
