use super::*;
use crate::schema::{Attribute, Kind, Mode, Nesting};
use crate::value::{Refinement, Type};

fn attribute(name: &str, mode: Mode) -> Attribute {
    Attribute {
        name: name.to_owned(),
        kind: Kind::Plain(Type::String),
        mode,
        description: String::new(),
        sensitive: false,
        write_only: false,
        deprecated: None,
        replace: false,
        keep: false,
        default: None,
        rules: Vec::new(),
        element_rules: Vec::new(),
    }
}

/// A resource with one attribute of each kind that the pipeline treats otherwise.
fn schema() -> Schema {
    let nested = |name: &str, nesting| Attribute {
        kind: Kind::Nested(
            nesting,
            vec![
                attribute("input", Mode::Optional),
                attribute("made", Mode::Computed),
                Attribute {
                    default: Some(Value::string("default")),
                    ..attribute("defaulted", Mode::OptionalComputed)
                },
            ],
        ),
        ..attribute(name, Mode::Optional)
    };
    Schema {
        version: 0,
        description: String::new(),
        attributes: vec![
            Attribute { replace: true, ..attribute("name", Mode::Required) },
            attribute("note", Mode::Optional),
            Attribute {
                default: Some(Value::string("default")),
                ..attribute("defaulted", Mode::OptionalComputed)
            },
            attribute("chosen", Mode::OptionalComputed),
            attribute("state", Mode::Computed),
            Attribute { keep: true, ..attribute("id", Mode::Computed) },
            Attribute { write_only: true, ..attribute("secret", Mode::Optional) },
            nested("by_key", Nesting::Map),
            nested("in_order", Nesting::List),
            nested("unordered", Nesting::Set),
        ],
    }
}

fn object(entries: &[(&str, Value)]) -> Value {
    schema().conform(Value::map(entries.iter().map(|(name, value)| (*name, value.clone()))))
}

fn text(text: &str) -> Value {
    Value::string(text)
}

/// What exists after the simplest configuration was applied.
fn existing() -> Value {
    object(&[
        ("name", text("n")),
        ("defaulted", text("default")),
        ("chosen", text("by provider")),
        ("state", text("ready")),
        ("id", text("id-1")),
    ])
}

#[test]
fn a_new_object_has_defaults_and_unknown_choices() {
    let config = object(&[("name", text("n")), ("secret", text("hush"))]);
    let planned = prepare(&schema(), &Value::Null, &config, &config);
    let expected = object(&[
        ("name", text("n")),
        ("defaulted", text("default")),
        ("chosen", Value::unknown()),
        ("state", Value::unknown()),
        ("id", Value::unknown()),
    ]);
    assert_eq!(planned, expected, "and no write-only value");
}

#[test]
fn no_change_plans_what_exists() {
    let config = object(&[("name", text("n")), ("secret", text("changed and unseen"))]);
    assert_eq!(prepare(&schema(), &existing(), &config, &existing()), existing());
}

#[test]
fn a_change_makes_choices_unknown_but_keeps_what_stays() {
    let config = object(&[("name", text("n")), ("note", text("new"))]);
    let proposed = {
        let Value::Map(mut entries) = existing() else { unreachable!("an object") };
        entries.insert("note".to_owned(), text("new"));
        Value::Map(entries)
    };
    let planned = prepare(&schema(), &existing(), &config, &proposed);
    assert_eq!(planned.attribute("chosen"), &Value::unknown());
    assert_eq!(planned.attribute("state"), &Value::unknown());
    assert_eq!(planned.attribute("id"), &text("id-1"));
    assert_eq!(planned.attribute("defaulted"), &text("default"));
}

#[test]
fn a_value_that_left_the_configuration_goes_back_to_its_default() {
    let prior = {
        let Value::Map(mut entries) = existing() else { unreachable!("an object") };
        entries.insert("defaulted".to_owned(), text("own"));
        Value::Map(entries)
    };
    let config = object(&[("name", text("n"))]);
    // Core proposes the prior value for a computed attribute that is not configured.
    let planned = prepare(&schema(), &prior, &config, &prior);
    assert_eq!(planned.attribute("defaulted"), &text("default"));
}

#[test]
fn nested_objects_follow_the_same_rules() {
    let written = Value::map([("input", text("i"))]);
    for (name, container) in [
        ("by_key", Value::map([("k", written.clone())])),
        ("in_order", Value::List(vec![written.clone()])),
        ("unordered", Value::set([written])),
    ] {
        let config = object(&[("name", text("n")), (name, container)]);
        let planned = prepare(&schema(), &Value::Null, &config, &config);
        let container = planned.attribute(name);
        let element = container.elements().first().unwrap_or(container.attribute("k"));
        assert_eq!(element.attribute("made"), &Value::unknown(), "{name}");
        assert_eq!(element.attribute("defaulted"), &text("default"), "{name}");
        assert_planned(&schema(), &Value::Null, &config, &planned).expect(name);
    }
}

#[test]
fn core_s_rules_are_ours() {
    let config = object(&[("name", text("n"))]);
    let good = prepare(&schema(), &Value::Null, &config, &config);
    assert_planned(&schema(), &Value::Null, &config, &good).expect("a good plan");
    for (name, value) in [
        ("name", text("other")),
        ("note", text("invented")),
        ("secret", text("hush")),
        ("by_key", Value::map([("k", Value::map::<&str>([]))])),
    ] {
        let Value::Map(mut entries) = good.clone() else { unreachable!("an object") };
        entries.insert(name.to_owned(), value);
        let broken = assert_planned(&schema(), &Value::Null, &config, &Value::Map(entries));
        let error = broken.expect_err(name);
        assert_eq!(error.diagnostic().path.to_string(), name);
    }
    assert!(assert_planned(&schema(), &Value::Null, &config, &Value::Null).is_err());
}

#[test]
fn an_unknown_value_stays_unknown_whatever_is_known_of_it() {
    let refined = Value::Unknown(Refinement { null: Some(false), ..Refinement::default() });
    let config = object(&[("name", refined)]);
    let Value::Map(mut entries) = prepare(&schema(), &Value::Null, &config, &config) else {
        unreachable!("an object")
    };
    entries.insert("name".to_owned(), Value::unknown());
    assert_planned(&schema(), &Value::Null, &config, &Value::Map(entries)).expect("as written");
}

#[test]
fn a_normalised_prior_value_may_stay() {
    let config = object(&[("name", text("N"))]);
    assert_planned(&schema(), &existing(), &config, &existing()).expect("no functional change");
}

#[test]
fn replacing_paths_are_those_that_change() {
    let renamed = {
        let Value::Map(mut entries) = existing() else { unreachable!("an object") };
        entries.insert("name".to_owned(), text("other"));
        Value::Map(entries)
    };
    let name = Path::root().attribute("name");
    assert_eq!(replacements(&schema(), &existing(), &renamed, &[]), std::slice::from_ref(&name));
    assert_eq!(replacements(&schema(), &existing(), &existing(), &[]), []);
    assert_eq!(replacements(&schema(), &Value::Null, &renamed, &[]), []);
    let hook = [name.clone(), Path::root().attribute("id")];
    assert_eq!(
        replacements(&schema(), &existing(), &renamed, &hook),
        [Path::root().attribute("id"), name]
    );
}

#[test]
fn what_replaces_is_seen_below_what_is_not_known_or_gone() {
    let schema = Schema {
        version: 0,
        description: String::new(),
        attributes: vec![Attribute {
            kind: Kind::Nested(
                Nesting::Single,
                vec![
                    Attribute { replace: true, ..attribute("id", Mode::Optional) },
                    attribute("note", Mode::Optional),
                ],
            ),
            ..attribute("account", Mode::Optional)
        }],
    };
    let with = |account: Value| schema.conform(Value::map([("account", account)]));
    let prior = with(Value::map([("id", text("1"))]));
    let account = Path::root().attribute("account");
    for planned in [Value::unknown(), Value::Null] {
        let found = replacements(&schema, &prior, &with(planned), &[]);
        assert_eq!(found, std::slice::from_ref(&account));
    }
    let changed = with(Value::map([("id", text("2"))]));
    assert_eq!(replacements(&schema, &prior, &changed, &[]), [account.attribute("id")]);
    let noted = with(Value::map([("id", text("1")), ("note", text("n"))]));
    assert_eq!(replacements(&schema, &prior, &noted, &[]), []);
}

#[test]
fn two_unknown_elements_of_a_set_stay_two() {
    let schema = Schema {
        version: 0,
        description: String::new(),
        attributes: vec![Attribute {
            kind: Kind::Plain(Type::Set(Box::new(Type::String))),
            ..attribute("mails", Mode::Optional)
        }],
    };
    let refined = Value::Unknown(Refinement { null: Some(false), ..Refinement::default() });
    for unknown in [Value::unknown(), refined] {
        let mails = Value::set([unknown.clone(), unknown, text("a"), text("a")]);
        assert_eq!(mails.elements().len(), 3);
        let config = schema.conform(Value::map([("mails", mails)]));
        let planned = prepare(&schema, &Value::Null, &config, &config);
        assert_planned(&schema, &Value::Null, &config, &planned).expect("as written");
        let wire = crate::value::encode(&planned, &schema.value_type());
        let read = crate::value::decode(&wire, &schema.value_type()).expect("ours");
        assert_eq!(read.attribute("mails").elements().len(), 3);
    }
}

#[test]
fn what_was_planned_must_be_applied() {
    let planned = object(&[("name", text("n")), ("state", Value::unknown())]);
    let with = |state| object(&[("name", text("n")), ("state", state)]);
    assert_applied(&planned, &with(text("ready"))).expect("as planned");
    let unknown = assert_applied(&planned, &with(Value::unknown())).expect_err("unknown");
    assert!(unknown.diagnostic().detail.contains("still unknown"));
    let other =
        assert_applied(&planned, &object(&[("name", text("m"))])).expect_err("another name");
    assert_eq!(other.diagnostic().path.to_string(), "name");
}

#[test]
fn write_only_values_leave_at_every_depth() {
    let schema = Schema {
        version: 0,
        description: String::new(),
        attributes: vec![Attribute {
            kind: Kind::Nested(
                Nesting::List,
                vec![Attribute { write_only: true, ..attribute("secret", Mode::Optional) }],
            ),
            ..attribute("outer", Mode::Optional)
        }],
    };
    let inner = |value| Value::map([("outer", Value::List(vec![Value::map([("secret", value)])]))]);
    let stripped = without_write_only(&schema.attributes, &inner(text("hush")));
    assert_eq!(stripped, inner(Value::Null));
}
