use hyper::StatusCode;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use proptest::prelude::*;

use super::*;

fn answer(headers: &[(&'static str, &str)], body: &[u8]) -> Answer {
    let pair = |(name, value): &(&'static str, &str)| {
        (HeaderName::from_static(name), HeaderValue::from_str(value).expect("a value"))
    };
    Answer {
        status: StatusCode::OK,
        headers: headers.iter().map(pair).collect::<HeaderMap>(),
        body: body.to_vec(),
        is_whole: true,
        leads_to: None,
    }
}

fn judged(assertions: &[Assertion], answer: &Answer) -> Result<(), String> {
    let hidden = Hidden::default();
    judge(
        assertions,
        &Seen { answer, milliseconds: 120.4, tls_days_left: Some(20), hidden: &hidden },
    )
}

fn header(rule: TextRule) -> Assertion {
    Assertion::Header { name: "X-Cache".to_owned(), rule }
}

fn json(path: &str, rule: TextRule) -> Assertion {
    Assertion::Json { path: path.to_owned(), rule }
}

fn all_rules(text: &str) -> Vec<TextRule> {
    vec![
        TextRule::Equals(text.to_owned()),
        TextRule::NotEquals(text.to_owned()),
        TextRule::Contains(text.to_owned()),
        TextRule::NotContains(text.to_owned()),
        TextRule::Matches(text.to_owned()),
        TextRule::Exists(true),
        TextRule::Exists(false),
    ]
}

#[test]
fn rules_are_told_apart() {
    let answer = answer(&[("x-cache", "HIT"), ("x-cache", "MISS")], b"all is well");
    let expected = [
        ("HIT, MISS", [true, false, true, false, true, true, false]),
        ("HIT", [false, true, true, false, true, true, false]),
        ("GONE", [false, true, false, true, false, true, false]),
    ];
    for (text, holds) in expected {
        for (rule, holds) in all_rules(text).into_iter().zip(holds) {
            let result = judged(&[header(rule.clone())], &answer);
            assert_eq!(result.is_ok(), holds, "{rule:?}: {result:?}");
        }
    }
}

#[test]
fn every_complaint_says_what_and_why() {
    let answer = answer(&[("x-cache", "HIT")], b"{\"a\":[1,2],\"s\":\"x\"}");
    let text = |text: &str| text.to_owned();
    for (assertion, told) in [
        (
            header(TextRule::Equals(text("MISS"))),
            "the header `X-Cache` is \"HIT\" and not \"MISS\"",
        ),
        (header(TextRule::NotEquals(text("HIT"))), "the header `X-Cache` is \"HIT\""),
        (header(TextRule::Contains(text("no"))), "the header `X-Cache` doesn't contain \"no\""),
        (header(TextRule::NotContains(text("H"))), "the header `X-Cache` contains \"H\""),
        (header(TextRule::Matches(text("^M"))), "the header `X-Cache` doesn't match `^M`"),
        (header(TextRule::Exists(false)), "the header `X-Cache` is there"),
        (Assertion::Body(TextRule::Equals(text("ok"))), "the body is not \"ok\""),
        (Assertion::Body(TextRule::Contains(text("ok"))), "the body doesn't contain \"ok\""),
        (Assertion::Body(TextRule::Exists(false)), "the body is there"),
        (json("$.a[5]", TextRule::Exists(true)), "`$.a[5]` is not there"),
        (json("$.a", TextRule::Equals(text("[1]"))), "`$.a` is \"[1,2]\" and not \"[1]\""),
        (Assertion::ResponseTimeBelow(120), "the answer took 120 ms and not less than 120 ms"),
        (
            Assertion::TlsDaysLeftAtLeast(21),
            "the certificate expires in 20 days, which is less than 21",
        ),
    ] {
        assert_eq!(judged(&[assertion], &answer), Err(told.to_owned()));
    }
    for assertion in [Assertion::ResponseTimeBelow(121), Assertion::TlsDaysLeftAtLeast(20)] {
        assert_eq!(judged(&[assertion], &answer), Ok(()));
    }
}

#[test]
fn what_is_not_there_fulfils_no_rule_but_one() {
    let answer = answer(&[], b"{}");
    for rule in all_rules("x") {
        let wanted = rule == TextRule::Exists(false);
        for assertion in [header(rule.clone()), json("$.gone", rule.clone())] {
            assert_eq!(judged(&[assertion], &answer).is_ok(), wanted, "{rule:?}");
        }
    }
    let empty = self::answer(&[], b"");
    assert!(judged(&[Assertion::Body(TextRule::Exists(true))], &empty).is_err());
    assert!(judged(&[Assertion::Body(TextRule::Equals(String::new()))], &empty).is_ok());
}

#[test]
fn a_path_may_find_several_values() {
    let answer = answer(&[], br#"{"nodes":[{"s":"up"},{"s":"down"}]}"#);
    let path = "$.nodes[*].s";
    let text = |text: &str| text.to_owned();
    for (rule, holds) in [
        (TextRule::Equals(text("down")), true),
        (TextRule::NotEquals(text("down")), false),
        (TextRule::NotContains(text("late")), true),
        (TextRule::Matches(text("^u")), true),
    ] {
        assert_eq!(judged(&[json(path, rule.clone())], &answer).is_ok(), holds, "{rule:?}");
    }
    // A filter of RFC 9535 finds none, which is what must hold.
    let failing = json("$.nodes[?@.s=='late']", TextRule::Exists(false));
    assert_eq!(judged(&[failing], &answer), Ok(()));
}

#[test]
fn values_that_are_no_text_are_compared_as_json() {
    let answer =
        answer(&[], br#"{"n":12345678901234567890,"f":1.50,"t":true,"z":null,"o":{"a": 1}}"#);
    for (path, text) in [
        ("$.n", "12345678901234567890"),
        ("$.f", "1.50"),
        ("$.t", "true"),
        ("$.z", "null"),
        ("$.o", r#"{"a":1}"#),
    ] {
        let rule = TextRule::Equals(text.to_owned());
        assert_eq!(judged(&[json(path, rule)], &answer), Ok(()), "{path}");
    }
}

#[test]
fn what_can_not_be_read_is_told() {
    let answer = answer(&[("x-cache", "HIT")], b"{}");
    let told = judged(&[json("status", TextRule::Exists(true))], &answer).expect_err("no path");
    assert!(told.starts_with("`status` is no JSON path: "), "{told}");
    let told = judged(&[header(TextRule::Matches("(".to_owned()))], &answer).expect_err("no regex");
    assert!(told.starts_with("`(` can't be matched: "), "{told}");
}

#[test]
fn further_complaints_are_counted() {
    let answer = answer(&[], b"");
    let failing = || header(TextRule::Exists(true));
    let first = "the header `X-Cache` is not there";
    for (count, more) in
        [(1, ""), (2, "; one more assertion doesn't hold"), (3, "; 2 more assertions don't hold")]
    {
        let assertions: Vec<_> = (0..count).map(|_| failing()).collect();
        assert_eq!(judged(&assertions, &answer), Err(format!("{first}{more}")));
    }
    assert_eq!(judged(&[], &answer), Ok(()));
}

fn rule() -> impl Strategy<Value = TextRule> {
    (".{0,12}", 0..7_usize).prop_map(|(text, which)| all_rules(&text).swap_remove(which))
}

fn path() -> impl Strategy<Value = String> {
    prop_oneof![".{0,16}", r"\$(\.[a-c]|\[[0-3*]\]|\.\.[a-c*]|\[\?@\.[a-c]==[0-3]\]){0,4}"]
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..200),
        r#"(\{"[a-c]":|\[|[0-3]|,|\]|\}|"x"|null|1e999){0,40}"#.prop_map(String::into_bytes),
    ]
}

proptest! {
    #[test]
    fn no_answer_panics(
        rule in rule(),
        path in path(),
        body in body(),
        value in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        let mut answer = answer(&[], &body);
        if let Ok(value) = HeaderValue::from_bytes(&value) {
            answer.headers.insert("x-cache", value);
        }
        let assertions = [header(rule.clone()), Assertion::Body(rule.clone()), json(&path, rule)];
        let _ = judged(&assertions, &answer);
    }

    #[test]
    fn no_depth_of_json_panics(depth in 0..5_000_usize, path in path()) {
        let answer = answer(&[], "[".repeat(depth).as_bytes());
        let _ = judged(&[json(&path, TextRule::Exists(true))], &answer);
    }

    #[test]
    fn a_rule_and_its_opposite_never_both_hold(text in ".{0,8}", body in ".{0,8}") {
        let answer = answer(&[], body.as_bytes());
        let holds = |rule| judged(&[Assertion::Body(rule)], &answer).is_ok();
        prop_assert_ne!(holds(TextRule::Equals(text.clone())), holds(TextRule::NotEquals(text.clone())));
        prop_assert_ne!(holds(TextRule::Contains(text.clone())), holds(TextRule::NotContains(text)));
    }
}
