use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use tfplugin::tfplugin6 as wire;
use tonic::Request;
use wire::provider_server::Provider as _;

use super::*;
use crate::value::{Value, decode, encode};
use crate::{
    Applied, Attr, Context, Diagnostics, FunctionError, Parameter, Plan, Resource, Setup, path,
    resource, tf,
};

/// A toy that is made, changed and broken on demand.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Toy {
    /// What it does: `partial`, `fail`, `panic`, `lie`, `hang`, or anything else to behave.
    #[schemars(length(min = 1), extend("x-tf" = tf::required()))]
    mood: Attr<String>,
    /// A secret.
    #[schemars(extend("x-tf" = tf::optional().write_only().sensitive()))]
    secret: Attr<String>,
    /// How long the secret is.
    #[schemars(extend("x-tf" = tf::computed()))]
    secret_length: Attr<u64>,
    /// Its id.
    #[schemars(extend("x-tf" = tf::computed().keep()))]
    id: Attr<String>,
}

struct Toys;

impl Resource for Toys {
    const NAME: &'static str = "toy";
    const VERSION: i64 = 2;
    type Model = Toy;
    type Clients = String;

    fn validate(config: &Toy, diagnostics: &mut Diagnostics) {
        if config.mood == Attr::Known("angry".to_owned()) {
            diagnostics.error(path!(Toy => mood), "Bad mood", "It must not be angry.");
        }
    }

    async fn plan(_: &String, plan: &mut Plan<Toy>) -> Result<()> {
        match plan.config.mood.as_known().map(String::as_str) {
            Some("invent") => plan.planned.mood = Attr::Known("invented".to_owned()),
            Some("panic at plan") => panic!("planned to"),
            Some("elsewhere") => plan.replace(path!(Toy => mood)),
            _ => {}
        }
        if plan.is_create() {
            plan.planned.id = Attr::Known("known early".to_owned());
        }
        Ok(())
    }

    async fn create(
        context: &mut Context<'_, String>,
        planned: Toy,
        config: Toy,
    ) -> Result<Applied<Toy>> {
        let mut toy = planned;
        let length = config.secret.as_known().map_or(0, String::len);
        toy.secret_length = Attr::Known(length as u64);
        toy.id = Attr::Known("known early".to_owned());
        context.private.keep("made_by", context.clients)?;
        match toy.mood.known("mood")?.as_str() {
            "partial" => Ok(Applied::Partial(toy, Error::new("Half made", "The rest failed."))),
            "fail" => Err(Error::new("Not made", "Nothing exists.").at(path!(Toy => mood))),
            "panic" => panic!("as told"),
            "lie" => {
                toy.mood = Attr::Known("another".to_owned());
                Ok(Applied::Done(toy))
            }
            "hang" => {
                context.cancel.cancelled().await;
                Ok(Applied::Partial(toy, Error::new("Stopped", "Terraform asked to stop.")))
            }
            _ => Ok(Applied::Done(toy)),
        }
    }

    async fn read(_: &mut Context<'_, String>, state: Toy) -> Result<Option<Toy>> {
        match state.mood.known("mood")?.as_str() {
            "gone" => Ok(None),
            "unreachable" => Err(Error::new("Not reached", "No answer.")),
            _ => Ok(Some(state)),
        }
    }

    async fn update(
        _: &mut Context<'_, String>,
        prior: Toy,
        planned: Toy,
        _: Toy,
    ) -> Result<Applied<Toy>> {
        Ok(Applied::Done(Toy { secret_length: prior.secret_length, ..planned }))
    }

    async fn delete(_: &mut Context<'_, String>, state: Toy) -> Result<()> {
        if state.mood == Attr::Known("undying".to_owned()) {
            return Err(Error::new("Not removed", "It lives."));
        }
        Ok(())
    }

    async fn import(_: &mut Context<'_, String>, id: &str) -> Result<Toy> {
        Ok(Toy {
            id: Attr::Known(id.to_owned()),
            mood: Attr::Known("found".to_owned()),
            ..Toy::default()
        })
    }

    fn upgrade(version: i64, state: Json) -> Result<Json> {
        let mut state = state;
        match version {
            0 => state["mood"] = state["temper"].take(),
            1 => state["id"] = json!("upgraded"),
            _ => return Err(Error::provider_bug("no such version")),
        }
        Ok(state)
    }
}

/// The block.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Block {
    /// Who makes toys.
    #[schemars(length(min = 2), extend("x-tf" = tf::optional()))]
    maker: Attr<String>,
}

struct Shop;

impl Provider for Shop {
    const NAME: &'static str = "shop";
    type Config = Block;
    type Clients = String;

    fn resources() -> Vec<Box<dyn ErasedResource<String>>> {
        vec![resource::<Toys>()]
    }

    fn functions() -> Vec<Function> {
        vec![Function {
            name: "length",
            summary: "Length.",
            description: "The length of a text.",
            parameters: vec![Parameter {
                name: "text",
                description: "A text.",
                kind: Type::String,
            }],
            returns: Type::Number,
            call: |arguments| match arguments {
                [Value::String(text)] if text == "panic" => panic!("as told"),
                [Value::String(text)] => Ok(Value::Number((text.len() as u64).into())),
                _ => Err(FunctionError { text: "No text.".to_owned(), argument: Some(0) }),
            },
        }]
    }

    async fn configure(config: Block, setup: Setup, _: &mut Diagnostics) -> Option<String> {
        assert!(!setup.terraform_version.is_empty());
        Some(config.maker.into_known().unwrap_or_else(|| "nobody".to_owned()))
    }
}

fn toy_type() -> Type {
    resource::<Toys>().value_type().clone()
}

fn toy(entries: &[(&str, Value)]) -> Value {
    let schema = lower::<Toy>(2).expect("a schema");
    schema.conform(Value::map(entries.iter().map(|(name, value)| (*name, value.clone()))))
}

fn message(value: &Value) -> wire::DynamicValue {
    wire::DynamicValue { msgpack: encode(value, &toy_type()), json: Vec::new() }
}

fn value(message: Option<wire::DynamicValue>) -> Value {
    decode(&message.expect("a value").msgpack, &toy_type()).expect("a toy")
}

fn summaries(diagnostics: &[wire::Diagnostic]) -> Vec<&str> {
    diagnostics.iter().map(|diagnostic| diagnostic.summary.as_str()).collect()
}

async fn configured() -> Server<Shop> {
    let server = Server::new();
    let kind = Type::object([("maker".to_owned(), Type::String)]);
    let config = encode(&Value::map([("maker", Value::string("smith"))]), &kind);
    let request = wire::configure_provider::Request {
        terraform_version: "1.11.4".to_owned(),
        config: Some(wire::DynamicValue { msgpack: config, json: Vec::new() }),
        client_capabilities: None,
    };
    let answer = server.configure_provider(Request::new(request)).await.expect("an answer");
    assert!(answer.into_inner().diagnostics.is_empty());
    server
}

async fn plan(
    server: &Server<Shop>,
    prior: &Value,
    config: &Value,
    proposed: &Value,
) -> wire::plan_resource_change::Response {
    let request = wire::plan_resource_change::Request {
        type_name: "shop_toy".to_owned(),
        prior_state: Some(message(prior)),
        proposed_new_state: Some(message(proposed)),
        config: Some(message(config)),
        prior_private: br#"{"kept":1}"#.to_vec(),
        ..Default::default()
    };
    server.plan_resource_change(Request::new(request)).await.expect("an answer").into_inner()
}

async fn apply(
    server: &Server<Shop>,
    prior: &Value,
    planned: &Value,
    config: &Value,
) -> wire::apply_resource_change::Response {
    let request = wire::apply_resource_change::Request {
        type_name: "shop_toy".to_owned(),
        prior_state: Some(message(prior)),
        planned_state: Some(message(planned)),
        config: Some(message(config)),
        planned_private: br#"{"kept":1}"#.to_vec(),
        ..Default::default()
    };
    server.apply_resource_change(Request::new(request)).await.expect("an answer").into_inner()
}

async fn create(server: &Server<Shop>, mood: &str) -> wire::apply_resource_change::Response {
    let config = toy(&[("mood", Value::string(mood)), ("secret", Value::string("hush"))]);
    let planned = plan(server, &Value::Null, &config, &config).await;
    assert_eq!(summaries(&planned.diagnostics), Vec::<&str>::new());
    assert_eq!(planned.planned_private, br#"{"kept":1}"#);
    apply(server, &Value::Null, &value(planned.planned_state), &config).await
}

#[tokio::test]
async fn a_create_goes_from_plan_to_state() {
    let server = configured().await;
    let created = create(&server, "good").await;
    assert!(created.diagnostics.is_empty());
    let state = value(created.new_state);
    let expected = toy(&[
        ("mood", Value::string("good")),
        ("secret_length", Value::Number(4_i64.into())),
        ("id", Value::string("known early")),
    ]);
    assert_eq!(state, expected, "the write-only value reached the create and not the state");
    assert_eq!(created.private, br#"{"kept":1,"made_by":"smith"}"#);
}

#[tokio::test]
async fn half_made_things_are_kept() {
    let server = configured().await;
    let created = create(&server, "partial").await;
    assert_eq!(summaries(&created.diagnostics), ["Half made"]);
    assert_eq!(value(created.new_state).attribute("id"), &Value::string("known early"));

    let failed = create(&server, "fail").await;
    assert_eq!(summaries(&failed.diagnostics), ["Not made"]);
    assert_eq!(value(failed.new_state), Value::Null);
    let path = failed.diagnostics[0].attribute.clone().expect("a path");
    assert_eq!(path.steps.len(), 1);
}

#[tokio::test]
async fn our_bugs_are_ours() {
    let server = configured().await;
    for mood in ["panic", "lie"] {
        let created = create(&server, mood).await;
        assert_eq!(summaries(&created.diagnostics), ["The provider has a bug"], "{mood}");
    }
    for mood in ["invent", "panic at plan"] {
        let config = toy(&[("mood", Value::string(mood))]);
        let planned = plan(&server, &Value::Null, &config, &config).await;
        assert_eq!(summaries(&planned.diagnostics), ["The provider has a bug"], "{mood}");
    }
}

#[tokio::test]
async fn a_stop_ends_what_runs_and_nothing_else() {
    let server = configured().await;
    let stopping = async {
        loop {
            tokio::task::yield_now().await;
            server
                .stop_provider(Request::new(wire::stop_provider::Request {}))
                .await
                .expect("an answer");
        }
    };
    let hanging = tokio::time::timeout(Duration::from_secs(10), create(&server, "hang"));
    let stopped = tokio::select! {
        stopped = hanging => stopped.expect("it was stopped"),
        () = stopping => unreachable!("it loops"),
    };
    assert_eq!(summaries(&stopped.diagnostics), ["Stopped"]);
    assert_ne!(value(stopped.new_state), Value::Null);
    assert!(create(&server, "good").await.diagnostics.is_empty());
}

#[tokio::test]
async fn reads_keep_drop_and_fail() {
    let server = configured().await;
    let read = async |mood: &str| {
        let state = toy(&[("mood", Value::string(mood)), ("id", Value::string("i"))]);
        let request = wire::read_resource::Request {
            type_name: "shop_toy".to_owned(),
            current_state: Some(message(&state)),
            private: br#"{"kept":1}"#.to_vec(),
            ..Default::default()
        };
        let answer = server.read_resource(Request::new(request)).await.expect("an answer");
        (state, answer.into_inner())
    };
    let (state, found) = read("good").await;
    assert_eq!((value(found.new_state), found.private.as_slice()), (state, &br#"{"kept":1}"#[..]));
    let (_, gone) = read("gone").await;
    assert_eq!(value(gone.new_state), Value::Null);
    let (state, failed) = read("unreachable").await;
    assert_eq!(summaries(&failed.diagnostics), ["Not reached"]);
    assert_eq!(value(failed.new_state), state, "what can't be read is not dropped");
}

#[tokio::test]
async fn updates_destroys_and_replacements_are_told_apart() {
    let server = configured().await;
    let state = toy(&[("mood", Value::string("good")), ("id", Value::string("i"))]);
    let config = toy(&[("mood", Value::string("elsewhere"))]);
    let proposed = toy(&[("mood", Value::string("elsewhere")), ("id", Value::string("i"))]);
    let planned = plan(&server, &state, &config, &proposed).await;
    assert_eq!(planned.requires_replace.len(), 1);

    let destroyed = apply(&server, &state, &Value::Null, &Value::Null).await;
    assert_eq!(value(destroyed.new_state), Value::Null);
    let undying = toy(&[("mood", Value::string("undying"))]);
    let kept = apply(&server, &undying, &Value::Null, &Value::Null).await;
    assert_eq!(value(kept.new_state), undying);
    assert_eq!(summaries(&kept.diagnostics), ["Not removed"]);
}

#[tokio::test]
async fn a_configuration_is_validated_without_clients() {
    let server = Server::<Shop>::new();
    let validate = async |config: Value, knows_write_only: bool| {
        let request = wire::validate_resource_config::Request {
            type_name: "shop_toy".to_owned(),
            config: Some(message(&config)),
            client_capabilities: Some(wire::ClientCapabilities {
                write_only_attributes_allowed: knows_write_only,
                ..Default::default()
            }),
        };
        let answer =
            server.validate_resource_config(Request::new(request)).await.expect("an answer");
        answer.into_inner().diagnostics
    };
    let secret = toy(&[("mood", Value::string("good")), ("secret", Value::string("hush"))]);
    assert!(validate(secret.clone(), true).await.is_empty());
    let refused = validate(secret, false).await;
    assert_eq!(summaries(&refused), ["Write-only values need Terraform 1.11 or later"]);
    assert!(!format!("{refused:?}").contains("hush"));
    let empty = validate(toy(&[("mood", Value::string(""))]), true).await;
    assert_eq!(summaries(&empty), ["Invalid value for `mood`"]);
    let angry = validate(toy(&[("mood", Value::string("angry"))]), true).await;
    assert_eq!(summaries(&angry), ["Bad mood"]);
    assert!(validate(toy(&[("mood", Value::unknown())]), true).await.is_empty());
}

#[tokio::test]
async fn nothing_is_planned_before_the_provider_is_configured() {
    let config = toy(&[("mood", Value::string("good"))]);
    let planned = plan(&Server::new(), &Value::Null, &config, &config).await;
    assert_eq!(summaries(&planned.diagnostics), ["The provider is not configured"]);
}

#[tokio::test]
async fn states_of_earlier_versions_are_brought_up() {
    let server = Server::<Shop>::new();
    for (version, state, mood, id) in [
        (0, json!({"temper": "calm"}), "calm", Value::string("upgraded")),
        (1, json!({"mood": "calm", "left": "out"}), "calm", Value::string("upgraded")),
        (2, json!({"mood": "calm"}), "calm", Value::Null),
    ] {
        let request = wire::upgrade_resource_state::Request {
            type_name: "shop_toy".to_owned(),
            version,
            raw_state: Some(wire::RawState {
                json: state.to_string().into_bytes(),
                ..Default::default()
            }),
        };
        let answer = server.upgrade_resource_state(Request::new(request)).await.expect("an answer");
        let state = value(answer.into_inner().upgraded_state);
        assert_eq!((state.attribute("mood"), state.attribute("id")), (&Value::string(mood), &id));
    }
}

#[tokio::test]
async fn an_id_finds_an_object() {
    let server = configured().await;
    let request = wire::import_resource_state::Request {
        type_name: "shop_toy".to_owned(),
        id: "i".to_owned(),
        ..Default::default()
    };
    let answer = server.import_resource_state(Request::new(request)).await.expect("an answer");
    let imported = answer.into_inner().imported_resources;
    assert_eq!(imported.len(), 1);
    assert_eq!(imported[0].type_name, "shop_toy");
    assert_eq!(value(imported[0].state.clone()).attribute("id"), &Value::string("i"));
}

#[tokio::test]
async fn functions_answer_and_fail_in_their_own_way() {
    let server = Server::<Shop>::new();
    let call = async |name: &str, text: &str| {
        let argument = encode(&Value::string(text), &Type::String);
        let request = wire::call_function::Request {
            name: name.to_owned(),
            arguments: vec![wire::DynamicValue { msgpack: argument, json: Vec::new() }],
        };
        server.call_function(Request::new(request)).await.expect("an answer").into_inner()
    };
    let four = call("length", "four").await;
    let result = decode(&four.result.expect("a result").msgpack, &Type::Number);
    assert_eq!(result, Ok(Value::Number(4_i64.into())));
    assert!(
        call("length", "panic").await.error.is_some_and(|error| error.text.contains("panicked"))
    );
    assert!(call("width", "x").await.error.is_some());
}

#[tokio::test]
async fn an_unknown_type_is_a_diagnostic() {
    let request =
        wire::read_resource::Request { type_name: "shop_ghost".to_owned(), ..Default::default() };
    let answer = configured().await.read_resource(Request::new(request)).await.expect("an answer");
    assert_eq!(summaries(&answer.into_inner().diagnostics), ["Unknown resource type `shop_ghost`"]);
}

#[tokio::test]
async fn the_schema_has_all_there_is() {
    let server = Server::<Shop>::new();
    let request = Request::new(wire::get_provider_schema::Request {});
    let schema = server.get_provider_schema(request).await.expect("an answer").into_inner();
    assert!(schema.diagnostics.is_empty());
    let toy = schema.resource_schemas["shop_toy"].clone();
    assert_eq!(toy.version, 2);
    for attribute in toy.block.expect("a block").attributes {
        let kinds = (attribute.r#type.is_empty(), attribute.nested_type.is_some());
        assert!(matches!(kinds, (true, true) | (false, false)), "{}", attribute.name);
    }
    assert!(schema.functions.contains_key("length"));
    let capabilities = schema.server_capabilities.expect("capabilities");
    assert!(capabilities.plan_destroy && capabilities.get_provider_schema_optional);
}

#[tokio::test]
async fn what_nothing_needs_is_unimplemented() {
    let server = Server::<Shop>::new();
    let request = Request::new(wire::move_resource_state::Request::default());
    let status = server.move_resource_state(request).await.expect_err("not offered");
    assert_eq!(status.code(), tonic::Code::Unimplemented);
}
