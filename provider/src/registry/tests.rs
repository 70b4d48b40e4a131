//! What holds for everything that the provider offers, whoever adds to it.

use std::fs;
use std::path::{Path, PathBuf};

use framework::schema::{Attribute, Kind, Mode, Rule, Schema, lower};
use framework::value::Type;

use super::*;
use crate::provider::Block;

/// Ends of the names of attributes whose values nobody may see. What ends with `secret` names one
/// that is kept elsewhere.
const SECRETS: [&str; 4] = ["password", "private_key", "token", "url_wo"];

/// Every schema with the name it goes by.
fn schemas() -> Vec<(String, Schema)> {
    let block = lower::<Block>(0).expect("the provider block has a schema");
    let mut schemas = vec![("provider".to_owned(), block)];
    for resource in resources() {
        let schema =
            resource.schema().unwrap_or_else(|problem| panic!("{}: {problem}", resource.name()));
        schemas.push((resource.name().to_owned(), schema.clone()));
    }
    for source in data_sources() {
        let schema =
            source.schema().unwrap_or_else(|problem| panic!("{}: {problem}", source.name()));
        schemas.push((format!("data_{}", source.name()), schema.clone()));
    }
    schemas
}

/// Calls `check` with each attribute, at any depth, and where it is.
fn for_each_attribute(check: impl Fn(&str, &Attribute)) {
    fn visit(at: &str, attributes: &[Attribute], check: &impl Fn(&str, &Attribute)) {
        for attribute in attributes {
            let at = format!("{at}.{}", attribute.name);
            check(&at, attribute);
            if let Kind::Nested(_, attributes) = &attribute.kind {
                visit(&at, attributes, check);
            }
        }
    }
    for (name, schema) in schemas() {
        assert!(!schema.attributes.is_empty(), "{name} has no attributes");
        visit(&name, &schema.attributes, &check);
    }
}

fn is_sentence(text: &str) -> bool {
    text.ends_with('.') && text.starts_with(|first: char| first.is_uppercase() || first == '`')
}

fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

/// Whether a rule is one that a person wrote, and not one that comes with the type of the field.
fn is_written(rule: &Rule) -> bool {
    match rule {
        Rule::MinimumLength(_)
        | Rule::MaximumLength(_)
        | Rule::MinimumItems(_)
        | Rule::MaximumItems(_)
        | Rule::Pattern { .. } => true,
        Rule::Integer | Rule::Minimum(_) | Rule::Maximum(_) | Rule::OneOf(_) => false,
    }
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

#[test]
fn every_schema_is_described() {
    for (name, schema) in schemas() {
        assert!(is_name(&name), "{name}");
        assert!(is_sentence(&schema.description), "{name}: {:?}", schema.description);
    }
}

#[test]
fn every_attribute_is_named_and_described() {
    for_each_attribute(|at, attribute| {
        assert!(is_name(&attribute.name), "{at}");
        assert!(is_sentence(&attribute.description), "{at}: {:?}", attribute.description);
    });
}

#[test]
fn what_the_provider_alone_sets_has_no_rules_for_users() {
    for_each_attribute(|at, attribute| {
        if attribute.mode != Mode::Computed {
            return;
        }
        assert!(!attribute.replace, "{at} is computed, and its change can't be the user's wish");
        assert!(attribute.default.is_none() && !attribute.write_only, "{at} is computed");
        let rules = attribute.rules.iter().chain(&attribute.element_rules);
        assert!(!rules.into_iter().any(is_written), "{at} is computed: {:?}", attribute.rules);
    });
}

#[test]
fn what_replaces_does_not_come_and_go() {
    for_each_attribute(|at, attribute| {
        let chosen = attribute.mode == Mode::OptionalComputed && attribute.default.is_none();
        assert!(
            !(chosen && attribute.replace) || attribute.keep,
            "{at}: without `keep` every change of something else would replace the object"
        );
    });
}

#[test]
fn secrets_are_hidden() {
    for_each_attribute(|at, attribute| {
        let is_text = attribute.value_type() == Type::String;
        if is_text && SECRETS.iter().any(|end| attribute.name.ends_with(end)) {
            assert!(attribute.sensitive, "{at} is named like a secret, and is shown");
        }
    });
}

#[test]
fn ids_and_arns_are_texts() {
    for_each_attribute(|at, attribute| {
        if attribute.name.ends_with("_arn") || attribute.name.ends_with("_id") {
            assert_eq!(attribute.value_type(), Type::String, "{at}");
        }
        for plural in ["_arns", "_ids"] {
            if attribute.name.ends_with(plural) {
                assert!(
                    matches!(attribute.value_type(), Type::Set(_) | Type::Map(_)),
                    "{at}: their order means nothing"
                );
            }
        }
    });
}

#[test]
fn names_are_there_once() {
    let resources: Vec<_> = resources().iter().map(|resource| resource.name()).collect();
    let data_sources: Vec<_> = data_sources().iter().map(|source| source.name()).collect();
    for mut names in [resources, data_sources] {
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count, "{names:?}");
    }
}

#[test]
fn every_resource_has_an_example_and_acceptance_tests() {
    for resource in resources() {
        let name = resource.name();
        assert_shown_and_tried("resource", name);
        let folder = repository().join(format!("examples/resources/hinomi_{name}"));
        let import = fs::read_to_string(folder.join("import.sh")).unwrap_or_default();
        assert!(
            import.contains(&format!("terraform import hinomi_{name}.")),
            "{name} has no import"
        );
    }
}

#[test]
fn every_data_source_has_an_example_and_acceptance_tests() {
    for source in data_sources() {
        assert_shown_and_tried("data-source", source.name());
    }
}

/// That there is an example of it, where the registry looks, and acceptance tests that are run.
fn assert_shown_and_tried(kind: &str, name: &str) {
    let repository = repository();
    let file = format!("examples/{kind}s/hinomi_{name}/{kind}.tf");
    let example = fs::read_to_string(repository.join(file)).unwrap_or_default();
    let block = kind.trim_end_matches("-source");
    assert!(example.contains(&format!("{block} \"hinomi_{name}\"")), "{name} has no example");
    let tests = repository.join(format!("tests/tests/acceptance/{name}.rs"));
    assert!(tests.is_file(), "{name} has no acceptance tests");
    let modules = repository.join("tests/tests/acceptance/main.rs");
    let modules = fs::read_to_string(modules).expect("the acceptance tests have a list");
    assert!(modules.contains(&format!("mod {name};")), "the tests of {name} are not run");
}

#[test]
fn what_is_read_is_kept_and_replaced_nowhere() {
    for source in data_sources() {
        let schema = source.schema().expect("a schema");
        let changing = schema.find(|one| one.replace || one.keep || one.write_only);
        assert_eq!(changing, None, "{}", source.name());
        assert!(
            schema.attributes.iter().any(|one| one.mode == Mode::Computed),
            "{} tells nothing",
            source.name()
        );
    }
}

#[test]
fn every_function_is_described() {
    for function in functions() {
        let name = function.name;
        assert!(is_name(name), "{name}");
        assert!(is_sentence(function.summary), "{name}: {:?}", function.summary);
        assert!(is_sentence(function.description), "{name}: {:?}", function.description);
        for parameter in &function.parameters {
            assert!(is_name(parameter.name), "{name}.{}", parameter.name);
            assert!(is_sentence(parameter.description), "{name}.{}", parameter.name);
        }
    }
}

#[test]
fn the_walk_meets_what_is_deep_inside() {
    let met = std::cell::RefCell::new(Vec::new());
    for_each_attribute(|at, _| met.borrow_mut().push(at.to_owned()));
    for deep in ["provider.discord.bot_token", "cost_alert.budget.thresholds.emails"] {
        assert!(met.borrow().iter().any(|at| at == deep), "{deep}");
    }
}
