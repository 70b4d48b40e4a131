use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

use super::*;

/// `ValidateResourceConfig.Request.config` of a schema with these attributes, as Terraform 1.11.4
/// sent it; captured on the wire.
fn captured_type() -> Type {
    Type::object(
        [
            ("any", Type::Dynamic),
            ("delay", Type::Number),
            ("id", Type::String),
            ("inner", Type::object([("a".to_owned(), Type::Number)])),
            ("name", Type::String),
            ("secret", Type::String),
        ]
        .map(|(name, kind)| (name.to_owned(), kind)),
    )
}

const VALIDATE_WALK: &str = "86a3616e7992c4275b227475706c65222c5b226e756d626572222c22737472696e67222c2264796e616d6963225d5d9301a178d40000a564656c6179c0a26964c0a5696e6e657281a161cb3ff8000000000000a46e616d65c7090c8201c202a47072652da6736563726574a3736868";
const PLAN_WALK: &str = "86a3616e7992c4265b227475706c65222c5b226e756d626572222c22737472696e67222c22737472696e67225d5d9301a178c7030c8101c2a564656c6179c0a26964c0a5696e6e657281a161cb3ff8000000000000a46e616d65c7090c8201c202a47072652da6736563726574a3736868";
const NUMBERS: &str = "86a3616e7992c44a5b227475706c65222c5b226e756d626572222c226e756d626572222c226e756d626572222c226e756d626572222c226e756d626572222c226e756d626572222c226e756d626572225d5d97a3302e31cb3fe000000000000001cf7fffffffffffffffb339323233333732303336383534373735383038bf3130303030303030303030303030303030303030303030303030303030303003a564656c6179c0a26964c0a5696e6e6572c0a46e616d65a2c3a9a6736563726574c0";

fn bytes(hex: &str) -> Vec<u8> {
    (0..hex.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal"))
        .collect()
}

fn number(text: &str) -> Value {
    Value::Number(text.parse().expect("a number"))
}

#[test]
fn a_captured_configuration_is_read() {
    let value = decode(&bytes(VALIDATE_WALK), &captured_type()).expect("captured");
    let prefixed =
        Refinement { null: Some(false), prefix: Some("pre-".to_owned()), ..Refinement::default() };
    let tuple = Type::Tuple(vec![Type::Number, Type::String, Type::Dynamic]);
    let elements = Value::List(vec![number("1"), Value::string("x"), Value::unknown()]);
    assert_eq!(value.attribute("any"), &Value::Dynamic(Box::new((tuple, elements))));
    assert_eq!(value.attribute("delay"), &Value::Null);
    assert_eq!(value.attribute("inner").attribute("a"), &number("1.5"));
    assert_eq!(value.attribute("name"), &Value::Unknown(prefixed));
    assert_eq!(value.attribute("secret"), &Value::string("shh"));
}

#[test]
fn an_unknown_that_is_not_null_is_read() {
    let value = decode(&bytes(PLAN_WALK), &captured_type()).expect("captured");
    let Value::Dynamic(any) = value.attribute("any") else { panic!("a dynamic value") };
    let not_null = Refinement { null: Some(false), ..Refinement::default() };
    let Value::List(elements) = &any.1 else { panic!("a tuple") };
    assert_eq!(elements[2], Value::Unknown(not_null));
}

#[test]
fn captured_numbers_keep_their_value() {
    let value = decode(&bytes(NUMBERS), &captured_type()).expect("captured");
    let Value::Dynamic(any) = value.attribute("any") else { panic!("a dynamic value") };
    let expected = ["0.1", "0.5", "1", "9223372036854775807", "9223372036854775808", "1e30", "3"];
    assert_eq!(any.1, Value::List(expected.map(number).to_vec()));
    assert_eq!(value.attribute("name"), &Value::string("\u{e9}"));
}

#[test]
fn what_was_captured_is_written_alike() {
    for hex in [VALIDATE_WALK, PLAN_WALK, NUMBERS] {
        let kind = captured_type();
        let value = decode(&bytes(hex), &kind).expect("captured");
        let again = encode(&value, &kind);
        assert_eq!(decode(&again, &kind).as_ref(), Ok(&value));
        // Only floats are written otherwise, as decimal text.
        if hex == NUMBERS {
            assert!(!again.contains(&0xcb), "no float is written");
        }
    }
    let unknown = encode(&Value::unknown(), &Type::String);
    assert_eq!(unknown, [0xd4, 0, 0], "an unknown value has the bytes that core writes");
}

#[test]
fn text_is_brought_to_one_normalization_form() {
    assert_eq!(Value::string("e\u{301}"), Value::string("\u{e9}"));
    let read = decode(b"\xa3e\xcc\x81", &Type::String);
    assert_eq!(read, Ok(Value::string("\u{e9}")));
}

#[test]
fn a_set_has_no_order_and_no_repetition() {
    let kind = Type::Set(Box::new(Type::String));
    let read = decode(b"\x93\xa1b\xa1a\xa1b", &kind).expect("a set");
    assert_eq!(read, Value::set([Value::string("a"), Value::string("b")]));
}

#[test]
fn misfits_are_named_with_their_path() {
    let kind = Type::object([("a".to_owned(), Type::List(Box::new(Type::Bool)))]);
    for (bytes, problem) in [
        (&b"\x81\xa1a\x91\x01"[..], "a[0]: a bool is expected"),
        (b"\x81\xa1b\xc0", "b: unsupported attribute"),
        (b"\x80", "value: an object with 1 attributes is expected"),
        (b"\xc0\xc0", "value: bytes after the end of the value"),
        (b"", "value: unexpected end"),
        (b"\x81\xa1a\xdd\xff\xff\xff\xff", "a[0]: unexpected end"),
    ] {
        let found = decode(bytes, &kind).expect_err("a misfit").to_string();
        assert_eq!(found, problem);
    }
}

#[test]
fn nesting_without_end_is_refused() {
    let kind = (0..1_000).fold(Type::Bool, |kind, _| Type::List(Box::new(kind)));
    let mut bytes = vec![0x91; 1_000];
    bytes.push(0xc3);
    assert!(decode(&bytes, &kind).is_err());
}

#[test]
fn json_of_an_older_schema_is_read() {
    let kind = Type::object([("kept".to_owned(), Type::Number), ("new".to_owned(), Type::String)]);
    let json = serde_json::from_str(r#"{"kept": 123456789012345678901234567890.5, "old": true}"#);
    let value = from_json(&json.expect("JSON"), &kind).expect("fits");
    let expected =
        Value::map([("kept", number("123456789012345678901234567890.5")), ("new", Value::Null)]);
    assert_eq!(value, expected);
}

/// A type and a value of it.
fn typed(depth: u32) -> BoxedStrategy<(Type, Value)> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(|value| (Type::Bool, Value::Bool(value))),
        any::<i64>().prop_map(|value| (Type::Number, Value::Number(value.into()))),
        (any::<i64>(), 0..40_u32).prop_map(|(digits, places)| {
            (Type::Number, number(&format!("{digits}e-{places}")))
        }),
        ".*".prop_map(|text| (Type::String, Value::string(text))),
        Just((Type::String, Value::Null)),
        refinement().prop_map(|refinement| (Type::String, Value::Unknown(refinement))),
    ];
    if depth == 0 {
        return leaf.boxed();
    }
    let inner = typed(depth - 1);
    prop_oneof![
        leaf,
        (inner.clone(), 0..4_usize).prop_map(|((kind, value), count)| {
            (Type::List(Box::new(kind)), Value::List(vec![value; count]))
        }),
        inner.clone().prop_map(|(kind, value)| {
            (Type::Set(Box::new(kind)), Value::set([value, Value::Null]))
        }),
        (inner.clone(), btree_map(".*", Just(()), 0..3)).prop_map(|((kind, value), keys)| {
            let entries = keys.into_keys().map(|key| (key, value.clone()));
            (Type::Map(Box::new(kind)), Value::map(entries))
        }),
        vec((inner.clone(), "[a-z]{1,3}"), 1..4).prop_map(|parts| {
            let kinds = parts.iter().map(|((kind, _), name)| (name.clone(), kind.clone()));
            let kind = Type::object(kinds.collect::<Vec<_>>());
            let values = parts.into_iter().map(|((_, value), name)| (name, value));
            (kind, Value::map(values.collect::<Vec<_>>()))
        }),
        inner.prop_map(|(kind, value)| {
            let whole =
                if value.is_null() { value } else { Value::Dynamic(Box::new((kind, value))) };
            (Type::Dynamic, whole)
        }),
    ]
    .boxed()
}

fn refinement() -> impl Strategy<Value = Refinement> {
    let bound = (any::<i64>(), any::<bool>())
        .prop_map(|(value, inclusive)| Bound { value: value.into(), inclusive });
    (
        any::<Option<bool>>(),
        proptest::option::of("[a-z]{0,9}"),
        proptest::option::of(bound),
        any::<Option<i64>>(),
    )
        .prop_map(|(null, prefix, minimum, minimum_length)| Refinement {
            null,
            prefix,
            minimum,
            maximum: None,
            minimum_length,
            maximum_length: minimum_length,
        })
}

proptest! {
    #[test]
    fn msgpack_round_trips((kind, value) in typed(3)) {
        prop_assert_eq!(decode(&encode(&value, &kind), &kind), Ok(value));
    }

    #[test]
    fn json_round_trips((kind, value) in typed(3)) {
        prop_assume!(value.is_wholly_known());
        let text = to_json(&value).to_string();
        let json = serde_json::from_str(&text).expect("JSON");
        prop_assert_eq!(from_json(&json, &kind), Ok(value));
    }

    #[test]
    fn no_bytes_panic(bytes in vec(any::<u8>(), 0..200), (kind, _) in typed(2)) {
        let _ = decode(&bytes, &kind);
    }

    #[test]
    fn no_damage_to_a_value_panics((kind, value) in typed(3), at in any::<usize>(), byte: u8) {
        let mut bytes = encode(&value, &kind);
        let at = at % bytes.len().max(1);
        if let Some(damaged) = bytes.get_mut(at) {
            *damaged = byte;
        }
        let _ = decode(&bytes, &kind);
        let _ = decode(&bytes[..at], &kind);
    }
}
