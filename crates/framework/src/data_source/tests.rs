//! Data sources, asked for by the calls of the protocol.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tfplugin::tfplugin6 as wire;
use tonic::Request;
use wire::provider_server::Provider as _;

use super::*;
use crate::provider::{Provider, Setup};
use crate::schema::{Mode, lower};
use crate::server::Server;
use crate::value::{Type, Value, decode, encode};
use crate::{Attr, ErasedResource, Error, Path, path, tf};

/// Toys that are on a shelf.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Shelf {
    /// What to do: `fail`, `panic`, `hang`, `forget`, `rewrite`, `invent`, `unknown`, or anything else to behave.
    #[schemars(length(min = 1), extend("x-tf" = tf::required()))]
    mood: Attr<String>,
    /// Colours that are looked for.
    #[schemars(length(min = 1), extend("x-tf" = tf::optional()))]
    colors: Attr<BTreeSet<Attr<String>>>,
    /// How many to read at most.
    #[schemars(range(min = 1), extend("x-tf" = tf::default(20)))]
    most: Attr<u32>,
    /// The shop.
    #[schemars(extend("x-tf" = tf::optional_computed()))]
    shop: Attr<String>,
    /// Where to look.
    #[schemars(extend("x-tf" = tf::optional()))]
    place: Attr<Place>,
    /// The toys by name.
    #[schemars(extend("x-tf" = tf::computed()))]
    toys: Attr<BTreeMap<String, Attr<Toy>>>,
}

/// A place.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Place {
    /// The floor.
    #[schemars(extend("x-tf" = tf::required()))]
    floor: Attr<i32>,
    /// The room.
    #[schemars(extend("x-tf" = tf::optional()))]
    room: Attr<String>,
}

/// A toy.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Toy {
    /// Its colour; null when it has none.
    #[schemars(extend("x-tf" = tf::computed()))]
    color: Attr<String>,
}

struct Shelves;

impl DataSource for Shelves {
    const NAME: &'static str = "shelf";
    type Model = Shelf;
    type Clients = String;

    fn validate(config: &Shelf, diagnostics: &mut Diagnostics) {
        if config.mood == Attr::Known("angry".to_owned()) {
            diagnostics.error(path!(Shelf => mood), "Bad mood", "It must not be angry.");
        }
    }

    async fn read(context: &mut Reading<'_, String>, config: Shelf) -> Result<Shelf> {
        let mut shelf = config;
        let mood = shelf.mood.known("mood")?.clone();
        if mood == "forget" {
            return Ok(shelf);
        }
        assert!(shelf.toys.is_unknown(), "what is to be set is marked");
        if shelf.shop.is_unknown() {
            shelf.shop = Attr::Known(context.clients.clone());
        }
        let plain = Attr::Known(Toy { color: Attr::Null });
        shelf.toys = Attr::Known(BTreeMap::from([("ball".to_owned(), plain)]));
        match mood.as_str() {
            "fail" => {
                return Err(Error::new("Unable to read the shelf", "It is too high.")
                    .at(path!(Shelf => place.floor)));
            }
            "panic" => panic!("as told"),
            "hang" => std::future::pending::<()>().await,
            "rewrite" => shelf.place = Attr::Known(Place::default()),
            "invent" => shelf.colors = Attr::Known(BTreeSet::new()),
            "unknown" => {
                let toys = shelf.toys.as_known_mut().expect("set above");
                toys.insert("doll".to_owned(), Attr::Known(Toy { color: Attr::Unknown }));
            }
            "empty" => context.warnings.warning(Path::root(), "Nothing there", "It is empty."),
            _ => {}
        }
        Ok(shelf)
    }
}

/// The block.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Block {
    /// Where the shop is.
    #[schemars(extend("x-tf" = tf::required()))]
    street: Attr<String>,
}

struct Shop;

impl Provider for Shop {
    const NAME: &'static str = "shop";
    type Config = Block;
    type Clients = String;

    fn resources() -> Vec<Box<dyn ErasedResource<String>>> {
        Vec::new()
    }

    fn data_sources() -> Vec<Box<dyn ErasedDataSource<String>>> {
        vec![data_source::<Shelves>()]
    }

    async fn configure(block: Block, _: Setup, _: &mut Diagnostics) -> Option<String> {
        block.street.into_known()
    }
}

fn shelf_type() -> Type {
    data_source::<Shelves>().value_type().clone()
}

fn message(value: &Value) -> wire::DynamicValue {
    wire::DynamicValue { msgpack: encode(value, &shelf_type()), json: Vec::new() }
}

fn shelf(entries: &[(&str, Value)]) -> Value {
    let schema = lower::<Shelf>(0).expect("a schema");
    schema.conform(Value::map(entries.iter().map(|(name, value)| (*name, value.clone()))))
}

fn moody(mood: &str) -> Value {
    shelf(&[("mood", Value::string(mood))])
}

fn summaries(diagnostics: &[wire::Diagnostic]) -> Vec<&str> {
    diagnostics.iter().map(|diagnostic| diagnostic.summary.as_str()).collect()
}

async fn configured() -> Server<Shop> {
    let server = Server::new();
    let kind = Type::object([("street".to_owned(), Type::String)]);
    let config = encode(&Value::map([("street", Value::string("corner shop"))]), &kind);
    let request = wire::configure_provider::Request {
        terraform_version: "1.11.4".to_owned(),
        config: Some(wire::DynamicValue { msgpack: config, json: Vec::new() }),
        client_capabilities: None,
    };
    let answer = server.configure_provider(Request::new(request)).await.expect("an answer");
    assert!(answer.into_inner().diagnostics.is_empty());
    server
}

async fn validate(config: &Value) -> Vec<wire::Diagnostic> {
    let request = wire::validate_data_resource_config::Request {
        type_name: "shop_shelf".to_owned(),
        config: Some(message(config)),
    };
    let answer = Server::<Shop>::new().validate_data_resource_config(Request::new(request)).await;
    answer.expect("an answer").into_inner().diagnostics
}

async fn read(server: &Server<Shop>, config: &Value) -> (Value, Vec<wire::Diagnostic>) {
    let request = wire::read_data_source::Request {
        type_name: "shop_shelf".to_owned(),
        config: Some(message(config)),
        ..Default::default()
    };
    // By its trait: the server has a method of the same name.
    let answer = wire::provider_server::Provider::read_data_source(server, Request::new(request));
    let answer = answer.await.expect("an answer").into_inner();
    let state = answer
        .state
        .map_or(Value::Null, |state| decode(&state.msgpack, &shelf_type()).expect("a shelf"));
    (state, answer.diagnostics)
}

#[tokio::test]
async fn what_is_found_stands_beside_what_was_asked() {
    let place = Value::map([("floor", Value::Number(2_i64.into())), ("room", Value::Null)]);
    let colors = Value::set([Value::string("red"), Value::Null]);
    let config = shelf(&[
        ("mood", Value::string("good")),
        ("place", place.clone()),
        ("colors", colors.clone()),
    ]);
    let (state, diagnostics) = read(&configured().await, &config).await;
    assert_eq!(summaries(&diagnostics), Vec::<&str>::new());
    let ball = Value::map([("color", Value::Null)]);
    let expected = shelf(&[
        ("mood", Value::string("good")),
        ("place", place),
        ("colors", colors),
        ("most", Value::Number(20_i64.into())),
        ("shop", Value::string("corner shop")),
        ("toys", Value::map([("ball", ball)])),
    ]);
    assert_eq!(state, expected);
}

#[tokio::test]
async fn what_was_asked_for_wins_over_what_would_be_chosen() {
    let config = shelf(&[
        ("mood", Value::string("good")),
        ("shop", Value::string("mine")),
        ("most", Value::Number(3_i64.into())),
    ]);
    let (state, _) = read(&configured().await, &config).await;
    assert_eq!(state.attribute("shop"), &Value::string("mine"));
    assert_eq!(state.attribute("most"), &Value::Number(3_i64.into()));
}

#[tokio::test]
async fn a_failure_has_its_place_and_a_warning_leaves_a_state() {
    let server = configured().await;
    let (state, diagnostics) = read(&server, &moody("fail")).await;
    assert_eq!((state, summaries(&diagnostics)), (Value::Null, vec!["Unable to read the shelf"]));
    assert_eq!(diagnostics[0].attribute.as_ref().map(|path| path.steps.len()), Some(2));
    assert!(diagnostics[0].detail.contains("At `place.floor`."), "{}", diagnostics[0].detail);

    let (state, diagnostics) = read(&server, &moody("empty")).await;
    assert_eq!(summaries(&diagnostics), ["Nothing there"]);
    assert!(state.is_wholly_known() && !state.is_null());
}

#[tokio::test]
async fn our_bugs_are_ours() {
    let server = configured().await;
    for (mood, told) in [
        ("panic", "it panicked: as told"),
        ("forget", "still unknown"),
        ("unknown", "still unknown"),
        ("rewrite", "though it is not set"),
        ("invent", "though it is not set"),
    ] {
        let (state, diagnostics) = read(&server, &moody(mood)).await;
        assert_eq!(summaries(&diagnostics), ["The provider has a bug"], "{mood}");
        assert!(diagnostics[0].detail.contains(told), "{mood}: {}", diagnostics[0].detail);
        assert!(state.is_null(), "{mood}");
    }
    let place = Value::map([("floor", Value::Number(2_i64.into()))]);
    let config = shelf(&[("mood", Value::string("rewrite")), ("place", place)]);
    let (_, diagnostics) = read(&server, &config).await;
    assert!(diagnostics[0].detail.contains("another one"), "{}", diagnostics[0].detail);
}

#[tokio::test]
async fn a_stop_ends_the_read_and_nothing_else() {
    let server = configured().await;
    let stopping = async {
        loop {
            tokio::task::yield_now().await;
            let request = Request::new(wire::stop_provider::Request {});
            server.stop_provider(request).await.expect("an answer");
        }
    };
    let config = moody("hang");
    let hanging = tokio::time::timeout(Duration::from_secs(10), read(&server, &config));
    let (_, diagnostics) = tokio::select! {
        stopped = hanging => stopped.expect("it was stopped"),
        () = stopping => unreachable!("it loops"),
    };
    assert_eq!(summaries(&diagnostics), ["Stopped"]);
    assert!(read(&server, &moody("good")).await.1.is_empty());
}

#[tokio::test]
async fn configurations_are_checked_with_what_is_not_known_yet() {
    let floorless = Value::map([("room", Value::string("attic"))]);
    for (config, told) in [
        (moody("good"), vec![]),
        (moody(""), vec!["Invalid value for `mood`"]),
        (moody("angry"), vec!["Bad mood"]),
        (shelf(&[("mood", Value::unknown()), ("colors", Value::unknown())]), vec![]),
        (
            shelf(&[
                ("mood", Value::string("good")),
                ("place", Value::unknown()),
                ("colors", Value::set([Value::unknown(), Value::string("red")])),
                ("most", Value::unknown()),
            ]),
            vec![],
        ),
        (
            shelf(&[("mood", Value::string("x")), ("colors", Value::set([Value::Null]))]),
            vec!["Invalid value for `colors`"],
        ),
        (shelf(&[("mood", Value::string("x")), ("place", floorless)]), vec!["Missing `floor`"]),
        (
            shelf(&[("mood", Value::string("")), ("most", Value::Number(0_i64.into()))]),
            vec!["Invalid value for `mood`", "Invalid value for `most`"],
        ),
    ] {
        assert_eq!(summaries(&validate(&config).await), told, "{config:?}");
    }
}

#[tokio::test]
async fn nothing_is_read_by_what_is_not_known() {
    let colors = Value::set([Value::unknown()]);
    let config = shelf(&[("mood", Value::string("good")), ("colors", colors)]);
    let (state, diagnostics) = read(&configured().await, &config).await;
    assert_eq!((state, summaries(&diagnostics)), (Value::Null, vec!["Unable to read shelf"]));
    assert!(diagnostics[0].attribute.is_some());
}

#[tokio::test]
async fn nothing_is_read_before_the_provider_is_configured() {
    let (_, diagnostics) = read(&Server::new(), &moody("good")).await;
    assert_eq!(summaries(&diagnostics), ["The provider is not configured"]);
}

#[tokio::test]
async fn an_unknown_data_source_is_a_diagnostic() {
    let request = wire::validate_data_resource_config::Request {
        type_name: "shop_ghost".to_owned(),
        config: None,
    };
    let answer = Server::<Shop>::new().validate_data_resource_config(Request::new(request)).await;
    let diagnostics = answer.expect("an answer").into_inner().diagnostics;
    assert_eq!(summaries(&diagnostics), ["Unknown data source `shop_ghost`"]);
}

#[tokio::test]
async fn data_sources_are_listed_and_described() {
    let server = Server::<Shop>::new();
    let request = Request::new(wire::get_metadata::Request {});
    let listed = server.get_metadata(request).await.expect("an answer").into_inner();
    assert_eq!(listed.data_sources.len(), 1);
    assert_eq!(listed.data_sources[0].type_name, "shop_shelf");

    let request = Request::new(wire::get_provider_schema::Request {});
    let schema = server.get_provider_schema(request).await.expect("an answer").into_inner();
    assert!(schema.diagnostics.is_empty() && schema.resource_schemas.is_empty());
    let block = schema.data_source_schemas["shop_shelf"].block.clone().expect("a block");
    assert_eq!(block.description, "Toys that are on a shelf.");
    let flags = |name: &str| {
        let named = block.attributes.iter().find(|attribute| attribute.name == name);
        let attribute = named.expect("an attribute");
        (attribute.required, attribute.optional, attribute.computed)
    };
    assert_eq!(flags("mood"), (true, false, false));
    assert_eq!(flags("most"), (false, true, true));
    assert_eq!(flags("toys"), (false, false, true));
}

#[test]
fn words_of_changes_have_no_place_in_what_is_read() {
    /// Toys.
    #[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Kept {
        /// Places.
        #[schemars(extend("x-tf" = tf::optional()))]
        places: Attr<BTreeMap<String, Attr<Spot>>>,
    }
    /// A place.
    #[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Spot {
        /// The floor.
        #[schemars(extend("x-tf" = tf::optional_computed().keep()))]
        floor: Attr<i32>,
    }
    struct Keeping;
    impl DataSource for Keeping {
        const NAME: &'static str = "keeping";
        type Model = Kept;
        type Clients = String;

        async fn read(_: &mut Reading<'_, String>, config: Kept) -> Result<Kept> {
            Ok(config)
        }
    }
    let problem = data_source::<Keeping>().schema().expect_err("refused").clone();
    assert_eq!(problem.path.to_string(), "places.floor");
    let shelf = data_source::<Shelves>();
    let computed = shelf.schema().expect("a schema").find(|one| one.mode == Mode::Computed);
    assert_eq!(computed.map(|path| path.to_string()).as_deref(), Some("toys"));
}
