//! The built provider's data sources, asked for as Terraform does it.

use hinomi_tests::paths;
use plugin_client::{Connection, Launch, Plugin};
use serde_json::{Value, json};
use tfplugin::tfplugin6::{
    Diagnostic, DynamicValue, configure_provider, get_metadata, get_provider_schema,
    read_data_source, validate_data_resource_config,
};

const NAMES: [&str; 3] = ["hinomi_accounts", "hinomi_costs", "hinomi_event_cost"];

async fn connected() -> (Plugin, Connection) {
    let program = paths::provider();
    assert!(program.is_file(), "{} is missing: build the provider first", program.display());
    let plugin = Launch::new(program).start().await.expect("starts");
    let connection = plugin.connect().await.expect("connects");
    (plugin, connection)
}

/// Every attribute of a data source, null but for these.
async fn config(connection: &Connection, name: &str, set: &Value) -> DynamicValue {
    let request = get_provider_schema::Request {};
    let schema = connection.provider().get_provider_schema(request).await.expect("answers");
    let mut config = serde_json::Map::new();
    let block = schema.into_inner().data_source_schemas[name].block.clone().expect("a block");
    for attribute in block.attributes {
        config.insert(attribute.name.clone(), set[&attribute.name].clone());
    }
    DynamicValue { msgpack: Vec::new(), json: Value::Object(config).to_string().into_bytes() }
}

async fn validate(connection: &Connection, name: &str, set: &Value) -> Vec<Diagnostic> {
    let config = Some(config(connection, name, set).await);
    let request = validate_data_resource_config::Request { type_name: name.to_owned(), config };
    let answer = connection.provider().validate_data_resource_config(request).await;
    answer.expect("answers").into_inner().diagnostics
}

fn summaries(diagnostics: &[Diagnostic]) -> Vec<&str> {
    diagnostics.iter().map(|diagnostic| diagnostic.summary.as_str()).collect()
}

#[tokio::test]
async fn data_sources_are_listed_and_have_schemas() {
    let (_plugin, connection) = connected().await;
    let listed = connection.provider().get_metadata(get_metadata::Request {}).await;
    let mut names: Vec<_> = listed
        .expect("answers")
        .into_inner()
        .data_sources
        .into_iter()
        .map(|source| source.type_name)
        .collect();
    names.sort();
    assert_eq!(names, NAMES);
    let request = get_provider_schema::Request {};
    let schema = connection.provider().get_provider_schema(request).await.expect("answers");
    let schemas = schema.into_inner().data_source_schemas;
    assert_eq!(schemas.len(), NAMES.len());
    for (name, schema) in schemas {
        assert_eq!(schema.version, 0, "{name}");
        for attribute in schema.block.expect("a block").attributes {
            assert!(!attribute.write_only, "{name}.{}: data sources have none", attribute.name);
            assert!(attribute.required || attribute.optional || attribute.computed);
            assert!(!attribute.description.is_empty(), "{name}.{}", attribute.name);
        }
    }
}

#[tokio::test]
async fn configurations_are_checked_before_the_provider_is_configured() {
    let (_plugin, connection) = connected().await;
    let days = |start: &str, end: &str| json!({ "start": start, "end": end });
    let costs = validate(&connection, "hinomi_costs", &days("2026-11-01", "2026-11-30")).await;
    assert_eq!(summaries(&costs), Vec::<&str>::new());
    let costs = validate(&connection, "hinomi_costs", &days("2026-11-31", "2026-11")).await;
    assert_eq!(summaries(&costs), ["Invalid day", "Invalid day"]);
    let steps = |diagnostic: &Diagnostic| {
        diagnostic.attribute.as_ref().map(|path| path.steps.len()).unwrap_or_default()
    };
    assert!(costs.iter().all(|diagnostic| steps(diagnostic) == 1), "each has its place");
    let accounts = json!({ "account": { "id": "1", "role_name": null, "external_id": null } });
    let accounts = validate(&connection, "hinomi_accounts", &accounts).await;
    assert_eq!(summaries(&accounts), ["Invalid value for `id`"]);
    assert_eq!(steps(&accounts[0]), 2);
}

#[tokio::test]
async fn nothing_is_read_without_a_provider_that_is_configured() {
    let (_plugin, connection) = connected().await;
    for name in NAMES {
        let set = json!({ "name": "x", "start": "2026-11-01", "end": "2026-11-02" });
        let request = read_data_source::Request {
            type_name: name.to_owned(),
            config: Some(config(&connection, name, &set).await),
            ..Default::default()
        };
        let answer = connection.provider().read_data_source(request).await.expect("answers");
        let diagnostics = answer.into_inner().diagnostics;
        assert_eq!(summaries(&diagnostics), ["The provider is not configured"], "{name}");
    }
}

#[tokio::test]
async fn an_unknown_data_source_is_a_diagnostic() {
    let (_plugin, connection) = connected().await;
    let request =
        read_data_source::Request { type_name: "hinomi_ghost".to_owned(), ..Default::default() };
    let answer = connection.provider().read_data_source(request).await.expect("answers");
    let diagnostics = answer.into_inner().diagnostics;
    assert_eq!(summaries(&diagnostics), ["Unknown data source `hinomi_ghost`"]);
}

/// An event that is to come asks AWS nothing, so that it is read whole without one.
#[tokio::test]
async fn an_answer_is_an_object_with_all_that_was_asked() {
    let (_plugin, connection) = connected().await;
    let request = get_provider_schema::Request {};
    let schema = connection.provider().get_provider_schema(request).await.expect("answers");
    let block = schema.into_inner().provider.expect("a block").block.expect("attributes");
    let names = block.attributes.iter().map(|one| (one.name.clone(), Value::Null));
    let empty = Value::Object(names.collect()).to_string().into_bytes();
    let request = configure_provider::Request {
        terraform_version: "1.11.4".to_owned(),
        config: Some(DynamicValue { msgpack: Vec::new(), json: empty }),
        client_capabilities: None,
    };
    let configured = connection.provider().configure_provider(request).await.expect("answers");
    assert_eq!(configured.into_inner().diagnostics, []);
    let set = json!({ "name": "far", "start": "2999-01-01", "end": "2999-01-03" });
    let request = read_data_source::Request {
        type_name: "hinomi_event_cost".to_owned(),
        config: Some(config(&connection, "hinomi_event_cost", &set).await),
        ..Default::default()
    };
    let answer = connection.provider().read_data_source(request).await.expect("answers");
    let answer = answer.into_inner();
    assert_eq!(summaries(&answer.diagnostics), ["The event hasn't cost anything yet"]);
    let state = answer.state.expect("an object").msgpack;
    let has = |text: &str| state.windows(text.len()).any(|part| part == text.as_bytes());
    assert!(has("incremental_usd") && has("2999-01-03") && has("planned"));
    assert!(answer.deferred.is_none());
}
