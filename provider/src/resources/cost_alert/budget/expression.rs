//! Filter expressions: the newer form of a budget's filters, which can say more than lists.
//!
//! Rules: <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_Expression.html>
//! and `API_budgets_ExpressionDimensionValues.html` beside it. That each leaf needs values, also
//! one with `ABSENT`, is what the API answered in
//! <https://github.com/hashicorp/terraform-provider-aws/pull/46501>.

mod sdk;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub(super) use sdk::{found, sent};

/// An expression in one form that can be compared: values are sorted, and so are the operands of
/// `And` and `Or`, whose order means nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum Expression {
    And(BTreeSet<Self>),
    Or(BTreeSet<Self>),
    Not(Box<Self>),
    Leaf(Leaf),
}

/// A dimension, tag or cost category, and the values of which one must fit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) struct Leaf {
    pub(super) of: Of,
    pub(super) key: String,
    pub(super) values: BTreeSet<String>,
    /// How values are compared; empty is AWS's default, `EQUALS`.
    pub(super) options: BTreeSet<String>,
}

/// What a leaf looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) enum Of {
    Dimensions,
    Tags,
    CostCategories,
}

/// The default way to compare, which AWS may or may not name.
const EQUALS: &str = "EQUALS";

/// How values may be compared
/// (<https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_ExpressionDimensionValues.html>).
const OPTIONS: [&str; 7] = [
    "ABSENT",
    "CASE_INSENSITIVE",
    "CASE_SENSITIVE",
    "CONTAINS",
    "ENDS_WITH",
    EQUALS,
    "STARTS_WITH",
];

/// The dimensions that a budget of costs may look at
/// (<https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_budgets_ExpressionDimensionValues.html>, `Key`).
const DIMENSIONS: [&str; 33] = [
    "AZ",
    "BILLING_ENTITY",
    "CACHE_ENGINE",
    "COST_CATEGORY_NAME",
    "DATABASE_ENGINE",
    "DEPLOYMENT_OPTION",
    "INSTANCE_TYPE",
    "INSTANCE_TYPE_FAMILY",
    "INVOICING_ENTITY",
    "LEGAL_ENTITY_NAME",
    "LINKED_ACCOUNT",
    "LINKED_ACCOUNT_NAME",
    "OPERATING_SYSTEM",
    "OPERATION",
    "PAYMENT_OPTION",
    "PLATFORM",
    "PURCHASE_TYPE",
    "RECORD_TYPE",
    "REGION",
    "RESERVATION_ID",
    "RESERVATION_MODIFIED",
    "RESOURCE_ID",
    "RIGHTSIZING_TYPE",
    "SAVINGS_PLANS_TYPE",
    "SAVINGS_PLAN_ARN",
    "SCOPE",
    "SERVICE",
    "SERVICE_CODE",
    "SUBSCRIPTION_ID",
    "TAG_KEY",
    "TENANCY",
    "USAGE_TYPE",
    "USAGE_TYPE_GROUP",
];

/// An expression as JSON has it, with every member that a person may write.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct Written {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    and: Option<Vec<Self>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    or: Option<Vec<Self>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    not: Option<Box<Self>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dimensions: Option<WrittenLeaf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    tags: Option<WrittenLeaf>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    cost_categories: Option<WrittenLeaf>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "PascalCase")]
struct WrittenLeaf {
    key: String,
    #[serde(default)]
    values: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    match_options: Option<Vec<String>>,
}

/// What is wrong with an expression, in a sentence without its full stop.
pub(in super::super) type Problem = String;

impl Expression {
    /// Reads the JSON of an attribute.
    ///
    /// # Errors
    /// What AWS would refuse in it, or what is no expression.
    pub(in super::super) fn read(text: &str) -> Result<Self, Problem> {
        let written: Written = serde_json::from_str(text)
            .map_err(|problem| format!("This is no expression of AWS Budgets: {problem}"))?;
        Self::of(written)
    }

    /// The JSON of an attribute that says the same.
    pub(super) fn text(&self) -> String {
        serde_json::to_string(&self.written()).unwrap_or_default()
    }

    fn of(written: Written) -> Result<Self, Problem> {
        let Written { and, or, not, dimensions, tags, cost_categories } = written;
        let leaves =
            [(Of::Dimensions, dimensions), (Of::Tags, tags), (Of::CostCategories, cost_categories)];
        let leaves = leaves.into_iter().filter_map(|(of, leaf)| Some(Leaf::of(of, leaf?)));
        let mut roots: Vec<Result<Self, Problem>> =
            leaves.map(|leaf| leaf.map(Self::Leaf)).collect();
        roots.extend(and.map(|operands| Self::operands("And", operands).map(Self::And)));
        roots.extend(or.map(|operands| Self::operands("Or", operands).map(Self::Or)));
        roots.extend(not.map(|inner| Self::of(*inner).map(|inner| Self::Not(Box::new(inner)))));
        match (roots.pop(), roots.is_empty()) {
            (Some(root), true) => root,
            (None, _) => Err("An expression has one of `And`, `Or`, `Not`, `Dimensions`, `Tags` and `CostCategories`, and here is none".to_owned()),
            (Some(_), false) => Err("An expression has one of `And`, `Or`, `Not`, `Dimensions`, `Tags` and `CostCategories`, and here are several: combine them with `And` or `Or`".to_owned()),
        }
    }

    fn operands(operator: &str, written: Vec<Written>) -> Result<BTreeSet<Self>, Problem> {
        if written.len() < 2 {
            return Err(format!("`{operator}` combines two expressions or more"));
        }
        let operands: BTreeSet<Self> =
            written.into_iter().map(Self::of).collect::<Result<_, _>>()?;
        if operands.len() < 2 {
            return Err(format!("`{operator}` combines the same expression with itself"));
        }
        Ok(operands)
    }

    fn written(&self) -> Written {
        let all = |operands: &BTreeSet<Self>| Some(operands.iter().map(Self::written).collect());
        match self {
            Self::And(operands) => Written { and: all(operands), ..Written::default() },
            Self::Or(operands) => Written { or: all(operands), ..Written::default() },
            Self::Not(inner) => {
                Written { not: Some(Box::new(inner.written())), ..Written::default() }
            }
            Self::Leaf(leaf) => match leaf.of {
                Of::Dimensions => {
                    Written { dimensions: Some(leaf.written()), ..Written::default() }
                }
                Of::Tags => Written { tags: Some(leaf.written()), ..Written::default() },
                Of::CostCategories => {
                    Written { cost_categories: Some(leaf.written()), ..Written::default() }
                }
            },
        }
    }
}

impl Leaf {
    /// A leaf that compares in AWS's default way.
    pub(super) fn plain(of: Of, key: &str, values: BTreeSet<String>) -> Self {
        Self { of, key: key.to_owned(), values, options: BTreeSet::new() }
    }

    fn of(of: Of, written: WrittenLeaf) -> Result<Self, Problem> {
        let WrittenLeaf { key, values, match_options } = written;
        let options: BTreeSet<String> = match_options.unwrap_or_default().into_iter().collect();
        if key.is_empty() {
            return Err("A `Key` is empty".to_owned());
        }
        if of == Of::Dimensions && !DIMENSIONS.contains(&key.as_str()) {
            return Err(format!("AWS Budgets knows no dimension `{key}`"));
        }
        if let Some(option) = options.iter().find(|option| !OPTIONS.contains(&option.as_str())) {
            return Err(format!("AWS Budgets knows no match option `{option}`"));
        }
        if of == Of::Dimensions && options.len() > 1 {
            return Err(format!("The dimension `{key}` has more than one match option"));
        }
        if values.is_empty() {
            return Err(format!("`{key}` has no `Values`, which AWS wants also with `ABSENT`"));
        }
        Ok(Self::settled(of, key, values, options))
    }

    fn settled(of: Of, key: String, values: Vec<String>, mut options: BTreeSet<String>) -> Self {
        if options.len() == 1 {
            options.remove(EQUALS);
        }
        Self { of, key, values: values.into_iter().collect(), options }
    }

    fn written(&self) -> WrittenLeaf {
        let options: Vec<String> = self.options.iter().cloned().collect();
        WrittenLeaf {
            key: self.key.clone(),
            values: self.values.iter().cloned().collect(),
            match_options: (!options.is_empty()).then_some(options),
        }
    }
}

#[cfg(test)]
mod tests;
