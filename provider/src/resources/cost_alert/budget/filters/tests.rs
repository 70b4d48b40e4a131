//! Filters from attributes to AWS's two forms and back.

use proptest::prelude::*;

use super::*;

fn set(texts: &[&str]) -> Attr<Texts> {
    attribute(texts.iter().map(ToString::to_string).collect())
}

fn plain(texts: &[&str]) -> BTreeSet<String> {
    texts.iter().map(ToString::to_string).collect()
}

fn map(entries: &[(&str, &[&str])]) -> Attr<BTreeMap<String, Attr<Texts>>> {
    Attr::Known(entries.iter().map(|(key, values)| ((*key).to_owned(), set(values))).collect())
}

#[test]
fn every_filter_goes_there_and_back() {
    let filters = Attr::Known(Filters {
        services: set(&["Amazon Simple Storage Service"]),
        regions: set(&["eu-west-1", "global"]),
        linked_accounts: set(&["111111111111"]),
        tags: map(&[("Team", &["web", ""]), ("aws:createdBy", &["x$y"])]),
        cost_categories: map(&[("Event", &["Summer"])]),
        usage_types: set(&["a"]),
        usage_type_groups: set(&["b"]),
        operations: set(&["c"]),
        instance_types: set(&["d"]),
        availability_zones: set(&["e"]),
        purchase_types: set(&["f"]),
    });
    let dimensions = dimensions(&filters).expect("known");
    assert_eq!(dimensions.len(), 11);
    assert_eq!(dimensions[TAGS], plain(&["user:Team$web", "user:Team$", "aws:createdBy$x$y"]));
    assert_eq!(dimensions[COST_CATEGORIES], plain(&["Event$Summer"]));
    assert_eq!(attributes(&dimensions), Ok(filters));
}

#[test]
fn no_filter_is_none_whatever_its_form() {
    let empty = Attr::Known(Filters { tags: map(&[]), ..Filters::default() });
    assert!(dimensions(&empty).expect("known").is_empty());
    assert!(dimensions(&Attr::Null).expect("known").is_empty());
    assert!(found(&HashMap::from([("Service".to_owned(), Vec::new())])).is_empty());
    assert_eq!(attributes(&Dimensions::new()), Ok(Attr::Null));
}

#[test]
fn what_has_no_attribute_is_named() {
    for (dimension, value, said) in [
        ("LegalEntityName", "Amazon Web Services, Inc.", "a filter by `LegalEntityName`"),
        (TAGS, "Team$web", "`Team$web`"),
        (TAGS, "user:Team", "`user:Team`"),
        (COST_CATEGORIES, "$x", "`$x`"),
    ] {
        let dimensions = Dimensions::from([(dimension.to_owned(), plain(&[value]))]);
        let unsaid = attributes(&dimensions).expect_err("has no attribute").join(" ");
        assert!(unsaid.contains(said), "{unsaid}");
    }
}

#[test]
fn an_expression_says_the_same_where_filters_can() {
    let filters = Attr::Known(Filters {
        regions: set(&["eu-west-1"]),
        tags: map(&[("Team", &["web", ""]), ("aws:createdBy", &["x$y"])]),
        cost_categories: map(&[("Event", &["Summer"])]),
        ..Filters::default()
    });
    let dimensions = dimensions(&filters).expect("known");
    let expression = expression(&dimensions).expect("filters");
    let leaf =
        |of, key: &str, values: &[&str]| Expression::Leaf(Leaf::plain(of, key, plain(values)));
    let leaves = [
        leaf(Of::Dimensions, "REGION", &["eu-west-1"]),
        leaf(Of::Tags, "Team", &["web", ""]),
        leaf(Of::Tags, "aws:createdBy", &["x$y"]),
        leaf(Of::CostCategories, "Event", &["Summer"]),
    ];
    assert_eq!(expression, Expression::And(BTreeSet::from(leaves.clone())));
    assert_eq!(of_expression(&expression), Some(dimensions));
    let [region, ..] = leaves;
    assert!(of_expression(&region).is_some(), "one leaf needs no `And`");
}

#[test]
fn what_only_an_expression_can_say_stays_one() {
    let leaf =
        |of, key: &str, values: &[&str]| Expression::Leaf(Leaf::plain(of, key, plain(values)));
    let region = |value: &str| leaf(Of::Dimensions, "REGION", &[value]);
    let and = |operands: Vec<Expression>| Expression::And(operands.into_iter().collect());
    let mut prefix = Leaf::plain(Of::Dimensions, "REGION", plain(&["eu-"]));
    prefix.options.insert("STARTS_WITH".to_owned());
    for expression in [
        Expression::Not(Box::new(region("a"))),
        Expression::Or(BTreeSet::from([region("a"), region("b")])),
        and(vec![region("a"), region("b")]),
        and(vec![region("a"), Expression::Not(Box::new(region("b")))]),
        leaf(Of::Dimensions, "RECORD_TYPE", &["Usage"]),
        leaf(Of::Tags, "user:Team", &["web"]),
        leaf(Of::CostCategories, "a$b", &["c"]),
        and(vec![leaf(Of::Tags, "Team", &["a"]), leaf(Of::Tags, "Team", &["b"])]),
        Expression::Leaf(prefix),
    ] {
        assert_eq!(of_expression(&expression), None, "{expression:?}");
    }
}

proptest! {
    #[test]
    fn filters_go_through_an_expression_unchanged(
        plain in prop::collection::btree_map(0..PLAIN.len(), prop::collection::btree_set("[a-c$]{1,2}", 1..3), 0..4),
        tags in prop::collection::btree_map("[a-c:]{1,2}", prop::collection::btree_set("[a-c$]{0,2}", 1..3), 0..3),
    ) {
        let mut dimensions: Dimensions =
            plain.into_iter().map(|(index, values)| (PLAIN[index].dimension.to_owned(), values)).collect();
        let pairs: BTreeSet<String> =
            tags.iter().flat_map(|(key, values)| pairs(tag_prefix(key), key, values)).collect();
        dimensions.insert(TAGS.to_owned(), pairs);
        dimensions.retain(|_, values| !values.is_empty());
        match expression(&dimensions) {
            None => prop_assert!(dimensions.is_empty()),
            Some(expression) => prop_assert_eq!(of_expression(&expression), Some(dimensions)),
        }
    }
}
