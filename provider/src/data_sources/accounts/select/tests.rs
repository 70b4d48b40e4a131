use super::super::model::State;
use super::*;
use crate::aws::reads::directory::Unit;

fn id(number: u8) -> AccountId {
    format!("{number:012}").parse().expect("an account's id")
}

fn text(text: &str) -> Attr<String> {
    Attr::Known(text.to_owned())
}

fn texts(texts: &[&str]) -> Attr<Texts> {
    Attr::Known(texts.iter().map(|one| text(one)).collect())
}

/// A root with `Production` and `Production/Web`, and one account in each; the fourth is closed.
fn directory() -> Directory {
    let member = |name: &str, parent: &str, state: &str| Member {
        name: name.to_owned(),
        email: format!("{name}@example.com"),
        arn: format!("arn:{name}"),
        state: state.to_owned(),
        parent: parent.to_owned(),
        joined: None,
    };
    let unit = |name: &str, parent: &str, path: &str| Unit {
        name: name.to_owned(),
        parent: parent.to_owned(),
        path: path.to_owned(),
    };
    Directory {
        organization_id: "o-x".to_owned(),
        management: id(1),
        root_id: "r-x".to_owned(),
        units: BTreeMap::from([
            ("ou-1".to_owned(), unit("Production", "r-x", "Production")),
            ("ou-2".to_owned(), unit("Web", "ou-1", "Production/Web")),
        ]),
        members: BTreeMap::from([
            (id(1), member("payer", "r-x", "ACTIVE")),
            (id(2), member("shop", "ou-1", "ACTIVE")),
            (id(3), member("tickets", "ou-2", "ACTIVE")),
            (id(4), member("old", "ou-2", "CLOSED")),
        ]),
    }
}

fn config() -> AccountList {
    AccountList {
        include_descendants: Attr::Known(true),
        states: Attr::Known(BTreeSet::from([Attr::Known(State::Active)])),
        with_tags: Attr::Known(false),
        ..AccountList::default()
    }
}

fn chosen(config: &AccountList) -> Vec<AccountId> {
    before_tags(&directory(), config).expect("its units are there")
}

#[test]
fn units_go_by_id_or_path_and_reach_down_unless_told() {
    for (units, deeply, expected) in [
        (None, true, vec![1, 2, 3]),
        (None, false, vec![1, 2, 3]),
        (Some("Production"), true, vec![2, 3]),
        (Some("Production"), false, vec![2]),
        (Some("ou-1"), true, vec![2, 3]),
        (Some("Production/Web"), true, vec![3]),
        (Some("r-x"), true, vec![1, 2, 3]),
        (Some("r-x"), false, vec![1]),
    ] {
        let units = units.map_or(Attr::Null, |unit| texts(&[unit]));
        let case = AccountList {
            units: units.clone(),
            include_descendants: Attr::Known(deeply),
            ..config()
        };
        let expected: Vec<_> = expected.into_iter().map(id).collect();
        assert_eq!(chosen(&case), expected, "{units:?} {deeply}");
    }
}

#[test]
fn a_unit_that_is_not_there_is_told_with_those_that_are() {
    for unit in ["Web", "production", "ou-9", "Production/"] {
        let case = AccountList { units: texts(&[unit]), ..config() };
        let error = before_tags(&directory(), &case).expect_err("no such unit");
        let told = error.diagnostic();
        assert_eq!(told.summary, format!("Unable to find organizational unit `{unit}`"));
        assert!(told.detail.contains("It has `Production`, `Production/Web`."), "{}", told.detail);
        assert_eq!(told.path.to_string(), "units");
    }
}

#[test]
fn states_choose() {
    for (states, expected) in [
        (vec![State::Active], vec![1, 2, 3]),
        (vec![State::Closed], vec![4]),
        (vec![State::Active, State::Closed], vec![1, 2, 3, 4]),
        (vec![State::Suspended], vec![]),
    ] {
        let states: BTreeSet<_> = states.into_iter().map(Attr::Known).collect();
        let case = AccountList { states: Attr::Known(states), ..config() };
        assert_eq!(chosen(&case), expected.into_iter().map(id).collect::<Vec<_>>());
    }
}

fn tags() -> TagsOf {
    let of = |pairs: &[(&str, &str)]| {
        Arc::new(pairs.iter().map(|(key, value)| ((*key).into(), (*value).into())).collect())
    };
    BTreeMap::from([
        (id(1), of(&[])),
        (id(2), of(&[("purpose", "production"), ("team", "shop")])),
        (id(3), of(&[("purpose", "event"), ("team", "")])),
    ])
}

#[test]
fn all_tags_must_be_there_with_one_of_their_values() {
    for (wanted, expected) in [
        (vec![("purpose", vec!["production"])], vec![2]),
        (vec![("purpose", vec!["production", "event"])], vec![2, 3]),
        (vec![("purpose", vec![])], vec![2, 3]),
        (vec![("purpose", vec!["event"]), ("team", vec!["shop"])], vec![]),
        (vec![("team", vec![""])], vec![3]),
        (vec![("Purpose", vec![])], vec![]),
    ] {
        let asked: BTreeMap<_, _> =
            wanted.iter().map(|(key, values)| ((*key).to_owned(), texts(values))).collect();
        let case = AccountList { tags: Attr::Known(asked), ..config() };
        assert!(needs_tags(&case));
        let ids = chosen(&case);
        let filled = fill(case, &directory(), &ids, Some(&tags()));
        let expected: Texts = expected.into_iter().map(|one| text(id(one).as_str())).collect();
        assert_eq!(filled.ids, Attr::Known(expected), "{wanted:?}");
    }
}

#[test]
fn a_tag_without_an_entry_is_not_asked_for() {
    let asked = BTreeMap::from([("absent".to_owned(), Attr::Null)]);
    let case = AccountList { tags: Attr::Known(asked), ..config() };
    let ids = chosen(&case);
    let filled = fill(case, &directory(), &ids, Some(&tags()));
    assert_eq!(filled.accounts.as_known().map(BTreeMap::len), Some(3));
}

#[test]
fn a_purpose_stands_in_a_tag_or_is_the_units_name() {
    let purposes = |from: PurposeFrom| {
        let case = AccountList { purpose_from: Attr::Known(from), ..config() };
        let tags = needs_tags(&case).then(tags);
        let ids = chosen(&case);
        let filled = fill(case, &directory(), &ids, tags.as_ref());
        let accounts = filled.accounts.into_known().expect("known").into_values();
        accounts.map(|one| one.into_known().expect("known").purpose).collect::<Vec<_>>()
    };
    let tag = PurposeFrom { tag: text("purpose"), unit: Attr::Null };
    assert_eq!(purposes(tag), [Attr::Null, text("production"), text("event")]);
    let empty = PurposeFrom { tag: text("team"), unit: Attr::Known(false) };
    assert_eq!(purposes(empty), [Attr::Null, text("shop"), Attr::Null]);
    let unit = PurposeFrom { tag: Attr::Null, unit: Attr::Known(true) };
    assert_eq!(purposes(unit), [Attr::Null, text("Production"), text("Web")]);
}

#[test]
fn tags_are_null_where_nobody_asked_for_them() {
    let case = config();
    assert!(!needs_tags(&case));
    let ids = chosen(&case);
    let filled = fill(case, &directory(), &ids, None);
    let accounts = filled.accounts.into_known().expect("known");
    assert_eq!(accounts.len(), 3);
    assert!(accounts.values().all(|one| one.as_known().is_some_and(|one| one.tags.is_null())));
    assert!(needs_tags(&AccountList { with_tags: Attr::Known(true), ..config() }));
}

#[test]
fn a_purpose_has_one_place() {
    for (tag, unit, is_refused) in [
        (text("purpose"), Attr::Null, false),
        (text("purpose"), Attr::Known(false), false),
        (Attr::Null, Attr::Known(true), false),
        (Attr::Null, Attr::Null, true),
        (Attr::Null, Attr::Known(false), true),
        (text("purpose"), Attr::Known(true), true),
        (Attr::Unknown, Attr::Known(true), false),
        (text("purpose"), Attr::Unknown, false),
        (Attr::Unknown, Attr::Null, false),
        (Attr::Null, Attr::Unknown, false),
    ] {
        let from = PurposeFrom { tag: tag.clone(), unit: unit.clone() };
        let case = AccountList { purpose_from: Attr::Known(from), ..config() };
        let mut diagnostics = Diagnostics::new();
        validate(&case, &mut diagnostics);
        assert_eq!(diagnostics.has_errors(), is_refused, "{tag:?} {unit:?}");
    }
}
