use super::*;
use crate::model::account_note::AccountNote;
use crate::model::language::Language;

const PARAMETER: &str = "arn:aws:ssm:eu-west-1:111111111111:parameter/hinomi/ops";

fn text(value: &str) -> Attr<String> {
    Attr::Known(value.to_owned())
}

fn one<T>(key: &str, value: T) -> Attr<BTreeMap<String, Attr<T>>> {
    Attr::Known(BTreeMap::from([(key.to_owned(), Attr::Known(value))]))
}

fn texts(values: &[&str]) -> Attr<Texts> {
    Attr::Known(values.iter().map(|value| text(value)).collect())
}

fn full() -> Relay {
    Relay {
        name: text("ops"),
        webhook_parameter_arn: text(PARAMETER),
        thread_id: text("1310000000000000001"),
        routes: one(
            "money",
            Route {
                webhook_parameter_arn: Attr::Null,
                thread_id: text("1310000000000000002"),
                impacts: Attr::Null,
                kinds: Attr::Known(BTreeSet::from([
                    Attr::Known(Kind::Budget),
                    Attr::Known(Kind::Anomaly),
                ])),
                accounts: texts(&["222222222222", "111111111111"]),
            },
        ),
        mentions: one(
            "critical",
            Mention {
                roles: texts(&["1310000000000000003"]),
                users: Attr::Null,
                everyone: Attr::Known(false),
            },
        ),
        language: Attr::Known(Language::Ja),
        timezone: text("Asia/Tokyo"),
        accounts: one("222222222222", AccountNote { name: text("shop"), purpose: text("sells") }),
        bot_token_parameter_arn: text("arn:aws:ssm:us-east-1:111111111111:parameter/bot"),
        ..Relay::default()
    }
}

fn reminder() -> run_time::Schedules {
    run_time::Schedules { group_name: "group".to_owned(), role_arn: "role".to_owned() }
}

fn settings(relay: &Relay) -> run_time::Settings {
    of(relay, reminder(), None).expect("all is known")
}

fn same(left: &Relay, right: &Relay) -> bool {
    serde_json::to_value(left).expect("JSON") == serde_json::to_value(right).expect("JSON")
}

#[test]
fn what_was_written_is_read_back_as_it_was() {
    let mut relay = full();
    let settings = settings(&relay);
    lift(&settings, &mut relay);
    assert!(same(&relay, &full()), "{relay:?}");
    let mut least = Relay {
        name: text("ops"),
        webhook_parameter_arn: text(PARAMETER),
        language: Attr::Known(Language::En),
        timezone: text("UTC"),
        ..Relay::default()
    };
    let before = least.clone();
    lift(&of(&least, reminder(), None).expect("all is known"), &mut least);
    assert!(same(&least, &before), "{least:?}");
}

#[test]
fn an_imported_relay_has_it_all() {
    let mut imported = Relay { name: text("ops"), ..Relay::default() };
    lift(&settings(&full()), &mut imported);
    assert!(same(&imported, &full()), "{imported:?}");
}

#[test]
fn changes_behind_are_seen() {
    let mut relay = full();
    let mut found = settings(&relay);
    found.routes.clear();
    found.webhook.thread_id = None;
    found.mentions.entry(Impact::Critical).or_default().everyone = true;
    lift(&found, &mut relay);
    assert!(relay.routes.is_null() && relay.thread_id.is_null());
    let mention = relay.mentions.as_known().and_then(|all| all.get("critical")?.as_known());
    assert_eq!(mention.map(|mention| &mention.everyone), Some(&Attr::Known(true)));
}

#[test]
fn a_route_to_another_thread_uses_the_relays_webhook() {
    let destination = &settings(&full()).routes["money"].destination;
    assert_eq!(destination.parameter_arn, PARAMETER);
    assert_eq!(destination.thread_id.as_deref(), Some("1310000000000000002"));
}

#[test]
fn every_parameter_is_named() {
    let relay = full();
    let bot = "arn:aws:ssm:us-east-1:111111111111:parameter/bot";
    assert_eq!(parameters(&relay), Some(BTreeSet::from([PARAMETER.to_owned(), bot.to_owned()])));
    let unknown = Relay { bot_token_parameter_arn: Attr::Unknown, ..full() };
    assert_eq!(parameters(&unknown), None);
    assert_eq!(parameters(&Relay { routes: Attr::Unknown, ..full() }), None);
}
