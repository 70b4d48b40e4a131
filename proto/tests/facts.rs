//! The `.proto` files carry exactly the names, numbers, types and labels that the protocol has.
//!
//! `protocol6.tsv` and `plugin.tsv` are the facts, kept apart from the `.proto` files so that a slip
//! of the hand in those can't change what is checked.

use std::collections::BTreeSet;

use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FieldOptions, FileDescriptorProto,
    MessageOptions, MethodDescriptorProto,
};

#[test]
fn provider_protocol_matches_its_facts() {
    compare("tfplugin6.proto", include_str!("protocol6.tsv"));
}

#[test]
fn plugin_services_match_their_facts() {
    compare("plugin.proto", include_str!("plugin.tsv"));
}

#[test]
fn provider_protocol_has_thirty_six_methods() {
    let methods = rows("tfplugin6.proto").into_iter().filter(|row| row.starts_with("rpc\t"));
    assert_eq!(methods.count(), 36);
}

fn compare(proto: &str, facts: &str) {
    let wanted: BTreeSet<String> = facts
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .map(str::to_owned)
        .collect();
    let found = rows(proto);
    let missing: Vec<_> = wanted.difference(&found).collect();
    let wrong: Vec<_> = found.difference(&wanted).collect();
    assert!(
        missing.is_empty() && wrong.is_empty(),
        "{proto} lacks {missing:#?} and has {wrong:#?} instead"
    );
}

/// Everything in a `.proto` file, in the form of the fact files.
fn rows(proto: &str) -> BTreeSet<String> {
    let files = protox::compile([proto], [env!("CARGO_MANIFEST_DIR")])
        .expect("the .proto file is well-formed")
        .file;
    let file = files.into_iter().find(|file| file.name() == proto).expect("compiled what we asked");
    let mut rows = BTreeSet::new();
    for message in &file.message_type {
        message_rows(&file, "", message, &mut rows);
    }
    for each in &file.enum_type {
        enum_rows("", each, &mut rows);
    }
    for service in &file.service {
        let path = format!("/{}.{}", file.package(), service.name());
        for method in &service.method {
            rows.insert(method_row(&file, &path, method));
        }
    }
    rows
}

fn message_rows(
    file: &FileDescriptorProto,
    parent: &str,
    message: &DescriptorProto,
    rows: &mut BTreeSet<String>,
) {
    let name = format!("{parent}{}", message.name());
    if message.field.is_empty() {
        rows.insert(format!("{name}\t(empty)\t-\t-\t-"));
    }
    for field in &message.field {
        let (kind, label) = match map_entry(message, field) {
            Some(entry) => (map_type(file, entry), "map".to_owned()),
            None => (type_name(file, field), label(message, field)),
        };
        let number = field.number();
        rows.insert(format!("{name}\t{}\t{number}\t{kind}\t{label}", field.name()));
    }
    let scope = format!("{name}.");
    for each in &message.enum_type {
        enum_rows(&scope, each, rows);
    }
    for nested in message.nested_type.iter().filter(|nested| !is_map_entry(nested)) {
        message_rows(file, &scope, nested, rows);
    }
}

fn enum_rows(scope: &str, each: &EnumDescriptorProto, rows: &mut BTreeSet<String>) {
    for value in &each.value {
        let (name, number) = (value.name(), value.number());
        rows.insert(format!("enum\t{scope}{}\t{name}\t{number}\t-", each.name()));
    }
}

fn method_row(file: &FileDescriptorProto, path: &str, method: &MethodDescriptorProto) -> String {
    let kind = match (method.client_streaming(), method.server_streaming()) {
        (false, false) => "unary",
        (false, true) => "server_stream",
        (true, false) => "client_stream",
        (true, true) => "bidi_stream",
    };
    let request = local_name(file, method.input_type());
    let response = local_name(file, method.output_type());
    format!("rpc\t{path}/{}\t{request}\t{response}\t{kind}", method.name())
}

fn label(message: &DescriptorProto, field: &FieldDescriptorProto) -> String {
    if field.proto3_optional() {
        return "optional".to_owned();
    }
    if let Some(index) = field.oneof_index {
        let index = usize::try_from(index).expect("an index is not negative");
        return format!("oneof:{}", message.oneof_decl[index].name());
    }
    let deprecated = field.options.as_ref().is_some_and(FieldOptions::deprecated);
    match (field.label(), deprecated) {
        (Label::Repeated, _) => "repeated".to_owned(),
        (_, true) => "singular deprecated".to_owned(),
        (_, false) => "singular".to_owned(),
    }
}

fn type_name(file: &FileDescriptorProto, field: &FieldDescriptorProto) -> String {
    let kind = field.r#type();
    if matches!(kind, Type::Message | Type::Enum) {
        return local_name(file, field.type_name());
    }
    kind.as_str_name().trim_start_matches("TYPE_").to_ascii_lowercase()
}

/// A name without this file's own package: `.tfplugin6.Schema.Block` becomes `Schema.Block`.
fn local_name(file: &FileDescriptorProto, name: &str) -> String {
    let own = format!(".{}.", file.package());
    name.strip_prefix(&own).or_else(|| name.strip_prefix('.')).unwrap_or(name).to_owned()
}

fn map_type(file: &FileDescriptorProto, entry: &DescriptorProto) -> String {
    let kinds: Vec<_> = entry.field.iter().map(|field| type_name(file, field)).collect();
    format!("map<{}>", kinds.join(","))
}

fn is_map_entry(message: &DescriptorProto) -> bool {
    message.options.as_ref().is_some_and(MessageOptions::map_entry)
}

/// The synthetic message that stands for a map field's pairs, if `field` is a map.
fn map_entry<'a>(
    message: &'a DescriptorProto,
    field: &FieldDescriptorProto,
) -> Option<&'a DescriptorProto> {
    let name = field.type_name().rsplit('.').next()?;
    message.nested_type.iter().find(|nested| is_map_entry(nested) && nested.name() == name)
}
