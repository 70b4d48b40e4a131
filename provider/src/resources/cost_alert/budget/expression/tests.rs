//! Expressions from JSON to AWS's form and back, and what is refused of them.

use proptest::prelude::*;

use super::*;

fn values(texts: &[&str]) -> BTreeSet<String> {
    texts.iter().map(ToString::to_string).collect()
}

#[test]
fn order_and_defaults_mean_nothing() {
    let one = r#"{"And":[{"Dimensions":{"Key":"SERVICE","Values":["b","a"],"MatchOptions":["EQUALS"]}},{"Not":{"Tags":{"Key":"team","Values":[""]}}}]}"#;
    let other = r#"{"Or":null,"And":[{"Not":{"Tags":{"Key":"team","Values":[""],"MatchOptions":[]}}},{"Dimensions":{"Key":"SERVICE","Values":["a","b","a"]}}]}"#;
    let read = Expression::read(one).expect("fine");
    assert_eq!(read, Expression::read(other).expect("fine"));
    let service = Leaf::plain(Of::Dimensions, "SERVICE", values(&["a", "b"]));
    let team = Leaf::plain(Of::Tags, "team", values(&[""]));
    let not = Expression::Not(Box::new(Expression::Leaf(team)));
    assert_eq!(read, Expression::And(BTreeSet::from([Expression::Leaf(service), not])));
}

#[test]
fn what_aws_refuses_is_refused() {
    let leaf = |inner: &str| format!(r#"{{"Dimensions":{{{inner}}}}}"#);
    let region = r#"{"Dimensions":{"Key":"REGION","Values":["a"]}}"#;
    for (text, said) in [
        (String::new(), "no expression"),
        ("{}".to_owned(), "here is none"),
        (r#"{"Services":["a"]}"#.to_owned(), "unknown field `Services`"),
        (r#"{"ProductAttributes":{"Key":"model","Values":["a"]}}"#.to_owned(), "unknown field"),
        (format!(r#"{{"Not":{region},"Tags":{{"Key":"a","Values":["b"]}}}}"#), "here are several"),
        (format!(r#"{{"And":[{region}]}}"#), "`And` combines two"),
        (r#"{"Or":[]}"#.to_owned(), "`Or` combines two"),
        (format!(r#"{{"Or":[{region},{region}]}}"#), "with itself"),
        (leaf(r#""Key":"SERVICE""#), "no `Values`"),
        (leaf(r#""Key":"AZ","MatchOptions":["ABSENT"]"#), "no `Values`"),
        (leaf(r#""Values":["a"]"#), "missing field `Key`"),
        (leaf(r#""Key":"","Values":["a"]"#), "`Key` is empty"),
        (leaf(r#""Key":"Service","Values":["a"]"#), "no dimension `Service`"),
        (
            leaf(r#""Key":"SERVICE","Values":["a"],"MatchOptions":["LIKE"]"#),
            "no match option `LIKE`",
        ),
        (
            leaf(r#""Key":"SERVICE","Values":["a"],"MatchOptions":["EQUALS","CONTAINS"]"#),
            "more than one match option",
        ),
    ] {
        let problem = Expression::read(&text).expect_err(&text);
        assert!(problem.contains(said), "{text}: {problem}");
    }
}

#[test]
fn what_has_no_attribute_is_nothing() {
    let attributes = aws_sdk_budgets::types::ProductAttributeValues::builder().key("model");
    let answer = aws_sdk_budgets::types::Expression::builder()
        .product_attributes(attributes.build().expect("complete"))
        .build();
    assert_eq!(found(&answer), None);
    assert_eq!(found(&aws_sdk_budgets::types::Expression::builder().build()), None);
}

fn leaf() -> impl Strategy<Value = Expression> {
    let of = prop_oneof![Just(Of::Dimensions), Just(Of::Tags), Just(Of::CostCategories)];
    let values = prop::collection::btree_set("[a-c]{0,2}", 1..4);
    let option =
        prop::option::of(prop::sample::select(vec!["ABSENT", "CONTAINS", "CASE_SENSITIVE"]));
    let key = prop::sample::select(DIMENSIONS.to_vec());
    (of, key, values, option).prop_map(|(of, key, values, option)| {
        let options = option.into_iter().map(str::to_owned).collect();
        Expression::Leaf(Leaf { of, key: key.to_owned(), values, options })
    })
}

fn expression() -> impl Strategy<Value = Expression> {
    leaf().prop_recursive(4, 20, 3, |inner| {
        let several = prop::collection::btree_set(inner.clone(), 2..4);
        prop_oneof![
            several.clone().prop_map(Expression::And),
            several.prop_map(Expression::Or),
            inner.prop_map(|inner| Expression::Not(Box::new(inner))),
        ]
    })
}

proptest! {
    #[test]
    fn every_expression_goes_there_and_back(expression in expression()) {
        let read = Expression::read(&expression.text());
        prop_assert_eq!(read, Ok(expression.clone()));
        let request = sent(&expression).expect("complete");
        prop_assert_eq!(found(&request), Some(expression));
    }

    #[test]
    fn no_text_panics(text in ".{0,60}") {
        let _ = Expression::read(&text);
    }
}
