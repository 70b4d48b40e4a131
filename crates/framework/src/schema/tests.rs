use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::*;
use crate::{Attr, Diagnostics};

/// A thing with every shape of attribute.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Thing {
    /// Its name.
    #[schemars(
        length(min = 1, max = 5),
        regex(pattern = "^[a-z]+$"),
        extend("x-tf" = tf::required().replace().pattern_in_words("hold only letters"))
    )]
    name: Attr<String>,
    /// How it is done.
    #[schemars(extend("x-tf" = tf::default("fast")))]
    way: Attr<Way>,
    /// How often.
    #[schemars(range(min = 1, max = 60), extend("x-tf" = tf::default(5)))]
    times: Attr<u32>,
    /// How much.
    #[schemars(range(min = 0.5), extend("x-tf" = tf::optional()))]
    amount: Attr<f64>,
    /// Words.
    #[schemars(length(max = 2), inner(length(max = 3)), extend("x-tf" = tf::optional().sensitive()))]
    words: Attr<BTreeSet<Attr<String>>>,
    /// Parts by name.
    #[schemars(extend("x-tf" = tf::optional()))]
    parts: Attr<BTreeMap<String, Attr<Part>>>,
    /// One part, described here.
    #[schemars(extend("x-tf" = tf::optional_computed().keep()))]
    part: Attr<Part>,
    /// A secret.
    #[schemars(extend("x-tf" = tf::optional().write_only().sensitive().deprecated("Use another.")))]
    secret: Attr<String>,
    /// Its address.
    #[schemars(extend("x-tf" = tf::computed().keep()))]
    address: Attr<String>,
}

/// A way.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Way {
    /// Quickly.
    Fast,
    /// With care.
    VerySlow,
}

/// A part.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Part {
    /// Its size.
    #[schemars(extend("x-tf" = tf::required()))]
    size: Attr<i64>,
}

fn thing() -> Schema {
    lower::<Thing>(3).expect("a schema")
}

#[test]
fn a_struct_says_everything_once() {
    let schema = thing();
    assert_eq!(
        (schema.version, schema.description.as_str()),
        (3, "A thing with every shape of attribute.")
    );
    let names: Vec<_> = schema.attributes.iter().map(|attribute| attribute.name.as_str()).collect();
    let declared =
        ["name", "way", "times", "amount", "words", "parts", "part", "secret", "address"];
    assert_eq!(names, declared, "in the order of declaration");

    let attribute = |name: &str| schema.attribute(name).expect("declared");
    assert_eq!(attribute("name").mode, Mode::Required);
    assert!(attribute("name").replace);
    assert_eq!(attribute("way").default, Some(Value::string("fast")));
    assert_eq!(attribute("way").mode, Mode::OptionalComputed);
    assert_eq!(attribute("times").default, Some(Value::Number(5_i64.into())));
    assert_eq!(attribute("part").description, "One part, described here.");
    assert!(attribute("part").keep && attribute("address").keep);
    let secret = attribute("secret");
    assert!(secret.write_only && secret.sensitive);
    assert_eq!(secret.deprecated.as_deref(), Some("Use another."));
    assert!(matches!(attribute("parts").kind, Kind::Nested(Nesting::Map, _)));
    assert!(matches!(attribute("part").kind, Kind::Nested(Nesting::Single, _)));
    assert_eq!(attribute("words").kind, Kind::Plain(Type::Set(Box::new(Type::String))));
    assert_eq!(attribute("amount").kind, Kind::Plain(Type::Number));
}

#[test]
fn a_field_without_words_has_no_schema() {
    #[derive(JsonSchema)]
    struct Undocumented {
        #[schemars(extend("x-tf" = tf::optional()))]
        #[expect(dead_code, reason = "only its schema is used")]
        field: Attr<String>,
    }
    #[derive(JsonSchema)]
    struct Unsaid {
        /// A field.
        #[expect(dead_code, reason = "only its schema is used")]
        field: Attr<String>,
    }
    let message = |result: Result<Schema, LowerError>| result.expect_err("refused").to_string();
    assert_eq!(message(lower::<Undocumented>(0)), "field: no doc comment");
    assert_eq!(message(lower::<Unsaid>(0)), "field: no `x-tf`");
}

fn problems(config: &Value) -> Vec<(String, String)> {
    let mut diagnostics = Diagnostics::new();
    thing().check(config, &mut diagnostics);
    diagnostics.into_iter().map(|found| (found.path.to_string(), found.detail)).collect()
}

#[test]
fn values_are_checked_with_their_path() {
    let number = |text: &str| Value::Number(text.parse().expect("a number"));
    let long = Value::set(["a", "b", "four"].map(Value::string));
    for (name, value, path, detail) in [
        (
            "name",
            Value::string("toolong"),
            "name",
            "`name` must have at most 5 characters, not \"toolong\".",
        ),
        ("name", Value::string("A"), "name", "`name` must hold only letters, not \"A\"."),
        (
            "way",
            Value::string("slow"),
            "way",
            "`way` must be one of `fast` or `very_slow`, not \"slow\".",
        ),
        ("times", number("1.5"), "times", "`times` must be a whole number, not 1.5."),
        ("times", number("61"), "times", "`times` must be at most 60, not 61."),
        ("amount", number("0.4"), "amount", "`amount` must be at least 0.5, not 0.4."),
        ("words", long, "words", "`words` must have at most 2 elements."),
        (
            "parts",
            Value::map([("x", Value::map([("size", number("0.5"))]))]),
            "parts[\"x\"].size",
            "`parts[\"x\"].size` must be a whole number, not 0.5.",
        ),
    ] {
        let found = problems(&Value::map([(name, value)]));
        assert_eq!(found.first(), Some(&(path.to_owned(), detail.to_owned())));
    }
}

#[test]
fn numbers_that_a_field_cannot_hold_and_null_elements_are_refused() {
    let huge = Value::Number("99999999999999999999".parse().expect("a number"));
    let part = Value::map([("x", Value::map([("size", huge)]))]);
    let found = problems(&Value::map([("parts", part)]));
    assert!(found[0].1.contains("must be at most 9223372036854775807"), "{found:?}");
    for (name, value) in
        [("words", Value::set([Value::Null])), ("parts", Value::map([("x", Value::Null)]))]
    {
        let found = problems(&Value::map([(name, value)]));
        assert!(found[0].1.contains("is null"), "{found:?}");
    }
}

#[test]
fn what_a_nested_object_must_have_is_asked_for() {
    let found = problems(&Value::map([("part", Value::map([("size", Value::Null)]))]));
    assert_eq!(found, [("part.size".to_owned(), "`part.size` must be set.".to_owned())]);
    assert_eq!(problems(&Value::map([("part", Value::Null)])), []);
}

#[test]
fn unknown_and_absent_values_keep_every_rule() {
    assert_eq!(
        problems(&Value::map([("name", Value::unknown()), ("words", Value::unknown())])),
        []
    );
    assert_eq!(problems(&Value::map::<&str>([])), []);
}

#[test]
fn secrets_are_not_repeated_in_messages() {
    let found = problems(&Value::map([("words", Value::set([Value::string("hush!")]))]));
    assert!(!format!("{found:?}").contains("hush"), "{found:?}");
}

#[test]
fn a_struct_conforms_to_its_schema() {
    let words = BTreeSet::from([Attr::Known("b".to_owned()), Attr::Unknown]);
    let thing_value =
        Thing { words: Attr::Known(words), way: Attr::Known(Way::VerySlow), ..Thing::default() };
    let value = thing().conform(crate::value::to_value(&thing_value).expect("a value"));
    assert_eq!(value.attribute("words"), &Value::set([Value::string("b"), Value::unknown()]));
    assert_eq!(value.attribute("way"), &Value::string("very_slow"));
    let back: Thing = crate::value::from_value(&value).expect("a struct");
    assert_eq!(back.words, thing_value.words);
}

#[test]
fn a_value_that_does_not_fit_is_named() {
    let value =
        Value::map([("parts", Value::map([("x", Value::map([("size", Value::string("big"))]))]))]);
    let problem =
        crate::value::from_value::<Thing>(&thing().conform(value)).expect_err("no number");
    assert!(problem.to_string().starts_with("parts.x.size: invalid type"), "{problem}");
}
