//! Every message in every language: against its snapshot, Discord's limits and Discord's own
//! description; and what broken notices become.
//!
//! `HINOMI_REGENERATE=1` writes the snapshots anew.

mod scenes;

use std::path::PathBuf;

use contract::relay::{Language, Mentions};
use discord::message::length;
use discord_standin::Operation;
use discord_standin::openapi::Description;
use hinomi_agent::relay::draft;
use hinomi_agent::relay::incident::{Event, Subject};
use hinomi_agent::relay::message;
use hinomi_agent::relay::notice::{self, AlarmNotice, Notice, State};
use hinomi_agent::relay::post::Post;
use hinomi_agent::relay::wanted::Wanted;
use jiff::SignedDuration;
use proptest::prelude::*;
use scenes::Told;
use serde_json::{Value, json};

const LANGUAGES: [(Language, &str); 2] = [(Language::English, "en"), (Language::Japanese, "ja")];

fn snapshots() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots")
}

#[test]
fn every_message_is_as_it_was() {
    let regenerate = std::env::var_os("HINOMI_REGENERATE").is_some();
    let mut expected_files = Vec::new();
    for (language, code) in LANGUAGES {
        for scene in scenes::scenes(language) {
            let widget: Option<Value> =
                scene.widget.map(|text| serde_json::from_str(&text).expect("JSON"));
            let messages: Vec<Value> = scene.messages.iter().map(shown).collect();
            let written = json!({ "at": scene.at, "messages": messages, "widget": widget });
            let written = serde_json::to_string_pretty(&written).expect("JSON") + "\n";
            let file = snapshots().join(format!("{}.{code}.json", scene.name));
            if regenerate {
                std::fs::create_dir_all(snapshots()).expect("the folder can be made");
                std::fs::write(&file, &written).expect("the snapshot can be written");
            }
            let known = std::fs::read_to_string(&file).unwrap_or_default();
            assert!(known == written, "{} is not as it was:\n{written}", file.display());
            expected_files.push(file);
        }
    }
    let entries = std::fs::read_dir(snapshots()).expect("there are snapshots");
    for entry in entries {
        let path = entry.expect("an entry").path();
        assert!(expected_files.contains(&path), "nothing makes {} any more", path.display());
    }
}

fn shown(told: &Told) -> Value {
    json!({ "at": told.at, "is_edit": told.is_edit, "payload": told.payload })
}

#[test]
fn discord_takes_every_message() {
    let description = Description::official();
    for (language, _) in LANGUAGES {
        for scene in scenes::scenes(language) {
            for message in &scene.messages {
                assert_eq!(refused(&message.payload), None, "{}", scene.name);
                for operation in [Operation::Execute, Operation::EditMessage] {
                    let checked = description.check_request(operation, &message.payload);
                    assert_eq!(checked, Ok(()), "{}", scene.name);
                }
            }
        }
    }
}

#[test]
fn every_fixture_is_what_its_name_says() {
    for (name, body) in scenes::fixtures() {
        let delivery = notice::read(&body);
        let kind = match &delivery.notice {
            Notice::Alarm(_) => "alarm",
            Notice::Budget(_) => "budget",
            Notice::Anomaly(_) => "anomaly",
            Notice::Health(_) => "health",
            Notice::Drill(_) => "drill",
            Notice::Text(_) => "text",
            Notice::Reminder(_) => "reminder",
        };
        let expected = match name.split('-').next().expect("a part") {
            "monitor" | "metric" | "composite" | "function" | "band" => "alarm",
            "confirmation" | "other" => "text",
            first => first,
        };
        assert_eq!(kind, expected, "{name}");
        let is_raw = body.starts_with("{\n  \"version\"") || !body.starts_with('{');
        assert_eq!(delivery.envelope.is_none(), is_raw, "{name}");
        let is_asked = delivery.envelope.is_some_and(|envelope| envelope.confirmation);
        assert_eq!(is_asked, name == "confirmation");
    }
}

#[test]
fn an_alarm_survives_being_kept() {
    for (name, body) in scenes::fixtures() {
        let notice = notice::read(&body).notice;
        let kept = serde_json::to_string(&notice).expect("JSON");
        assert_eq!(serde_json::from_str::<Notice>(&kept).expect("a notice"), notice, "{name}");
    }
}

#[test]
fn an_alarm_says_where_it_is() {
    let (_, body) = scenes::fixtures()
        .into_iter()
        .find(|(name, _)| name == "function-alarm")
        .expect("there is one");
    let Notice::Alarm(alarm) = notice::read(&body).notice else { panic!("it is an alarm") };
    assert_eq!((alarm.region.as_str(), alarm.account.as_str()), ("cn-north-1", "444455556666"));
    let settings = scenes::settings(Language::English);
    let embed = message::notice(&Notice::Alarm(alarm), "", &settings);
    let shown = serde_json::to_string(&embed).expect("JSON");
    for part in [
        "https://cn-north-1.console.amazonaws.cn/cloudwatch/deeplink.js?region=cn-north-1#alarmsV2:alarm/thumbnails%20errors",
        "logs-insights$3FqueryDetail$3D$257E$2528end",
        "*2Faws*2Flambda*2Fthumbnails",
    ] {
        assert!(shown.contains(part), "{part} is not in {shown}");
    }
}

#[test]
fn a_storm_is_told_in_few_messages() {
    for (language, _) in LANGUAGES {
        let scenes = scenes::scenes(language);
        for name in ["storm", "storm-reminders"] {
            let storm = scenes.iter().find(|scene| scene.name == name).expect("there is one");
            let embeds = storm.messages.iter().map(|one| one.payload["embeds"].as_array());
            let embeds: Vec<usize> = embeds.map(|embeds| embeds.map_or(0, Vec::len)).collect();
            assert_eq!(embeds, [10, 2]);
        }
    }
}

#[test]
fn nobody_is_mentioned_but_who_is_named() {
    let settings = scenes::settings(Language::English);
    let body = "@everyone <@&1310000000000000009> @here";
    let post = draft::notice(&settings.webhook, &notice::read(body).notice, "", &settings);
    let sent = post.payload(&settings);
    let nobody = json!({ "parse": [], "roles": [], "users": [] });
    assert_eq!(sent["allowed_mentions"], nobody);
    let description = sent["embeds"][0]["description"].as_str().unwrap_or_default();
    assert!(description.contains("\\<@&1310000000000000009>"), "{description}");
}

/// Sends what a body says in both languages, by itself and folded with nine others; the first thing that Discord would
/// refuse.
fn trouble(body: &str) -> Option<String> {
    let delivery = notice::read(body);
    LANGUAGES.into_iter().find_map(|(language, _)| {
        let settings = scenes::settings(language);
        let place = &settings.webhook;
        let own = draft::notice(place, &delivery.notice, "id", &settings);
        let mut posts = vec![own];
        if let Notice::Alarm(alarm) = &delivery.notice {
            message::widget(alarm, scenes::now(), &settings);
            let incidents = ten(alarm);
            let reminders: Vec<Wanted> =
                incidents.iter().map(|one| Wanted { reminder: Some(7), ..one.clone() }).collect();
            for group in [&incidents, &reminders].into_iter().filter(|group| !group.is_empty()) {
                posts.push(draft::message(place, &group[..1], &settings, scenes::now()));
                posts.push(draft::message(place, group, &settings, scenes::now()));
            }
        }
        let many = Mentions {
            roles: (0..200)
                .map(|number| (1_310_000_000_000_000_000_u64 + number).to_string())
                .collect(),
            ..Mentions::default()
        };
        posts.into_iter().find_map(|post| {
            let count = post.slots.len();
            let repeat = Post { repeat: true, mentions: many.clone(), ..post.clone() };
            let payloads = [post.payload(&settings), repeat.payload(&settings)];
            let lost = (count > 10 || count == 0).then(|| format!("{count} embeds"));
            lost.or_else(|| payloads.iter().find_map(refused))
        })
    })
}

/// An incident of this alarm, as ten monitors' own; none where it opens none.
fn ten(alarm: &AlarmNotice) -> Vec<Wanted> {
    let of = |number: u32| {
        let alarm = AlarmNotice { state: State::Alarm, ..alarm.clone() };
        let mut subject = Subject::default();
        let key = number.to_string();
        let at = scenes::now().saturating_add(SignedDuration::from_secs(number.into()));
        subject.apply(&Event { notice: alarm, at: at.expect("it is in range") });
        subject.incidents.first().map(|incident| Wanted::incident(&key, incident))
    };
    (0..10).filter_map(of).collect()
}

/// What Discord's limits say against a message.
fn refused(value: &Value) -> Option<String> {
    let embeds = value["embeds"].as_array().expect("a list");
    let mut total = 0;
    let mut check = |what: &str, value: &Value, least: usize, most: usize| {
        let text = value.as_str().unwrap_or_default();
        total += length(text);
        let is_fine = (least..=most).contains(&length(text)) && text.trim() == text;
        (!is_fine).then(|| format!("{what}: {text:?}"))
    };
    let mut problems = Vec::new();
    for embed in embeds {
        problems.extend(check("title", &embed["title"], 1, 256));
        problems.extend(check("description", &embed["description"], 0, 4096));
        problems.extend(check("footer", &embed["footer"]["text"], 1, 2048));
        for field in embed["fields"].as_array().into_iter().flatten() {
            problems.extend(check("name", &field["name"], 1, 256));
            problems.extend(check("value", &field["value"], 1, 1024));
        }
    }
    problems.extend((total > 6000 || embeds.len() > 10).then(|| format!("{total} characters")));
    let content = length(value["content"].as_str().unwrap_or_default());
    problems.extend((content > 2000).then(|| format!("{content} characters above the embeds")));
    let allowed = &value["allowed_mentions"];
    let count = |kind: &str| allowed[kind].as_array().map_or(0, Vec::len);
    problems.extend((count("roles") > 100).then(|| "too many roles".to_owned()));
    let mut urls: Vec<&str> = embeds.iter().filter_map(|embed| embed["url"].as_str()).collect();
    let linked = urls.len();
    urls.sort_unstable();
    urls.dedup();
    problems.extend((urls.len() < linked).then(|| "two embeds have one address".to_owned()));
    problems.into_iter().next()
}

fn any_fixture() -> impl Strategy<Value = String> {
    let bodies: Vec<String> = scenes::fixtures().into_iter().map(|(_, body)| body).collect();
    prop::sample::select(bodies)
}

/// A JSON value of any shape.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "(?s).{0,20}".prop_map(Value::from),
        "[a-z]{1,8}".prop_map(|word| Value::from(word.repeat(900))),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z]{1,6}", inner, 0..4)
                .prop_map(|map| map.into_iter().collect()),
        ]
    })
}

/// Replaces, removes or renames the value that a walk through the tree comes to.
fn mutate(value: &mut Value, walk: &[usize], with: &Value, act: u8) {
    let Some((step, rest)) = walk.split_first() else {
        *value = with.clone();
        return;
    };
    match value {
        Value::Object(map) if !map.is_empty() => {
            let key = map.keys().nth(step % map.len()).cloned().expect("within the map");
            match act {
                0 if rest.is_empty() => drop(map.remove(&key)),
                1 if rest.is_empty() => {
                    let taken = map.remove(&key).expect("it is there");
                    map.insert(key + "New", taken);
                }
                _ => mutate(&mut map[&key], rest, with, act),
            }
        }
        Value::Array(list) if !list.is_empty() => {
            let index = step % list.len();
            mutate(&mut list[index], rest, with, act);
        }
        Value::String(text) if text.starts_with('{') => {
            let mut inner: Value = serde_json::from_str(text).unwrap_or_default();
            mutate(&mut inner, walk, with, act);
            *text = inner.to_string();
        }
        Value::Null
        | Value::Bool(_)
        | Value::Number(_)
        | Value::String(_)
        | Value::Array(_)
        | Value::Object(_) => *value = with.clone(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_text_is_told(body in "(?s).{0,300}") {
        prop_assert_eq!(trouble(&body), None);
        // What is neither JSON nor a budget's is told word by word.
        if let Notice::Text(text) = notice::read(&body).notice {
            prop_assert!(text.is_json || text.text == body);
        }
    }

    #[test]
    fn any_bytes_are_told(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert_eq!(trouble(&String::from_utf8_lossy(&bytes)), None);
    }

    #[test]
    fn what_is_torn_is_told(body in any_fixture(), part in 0.0..1.0_f64) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss,
            reason = "a part of a length")]
        let kept = (body.chars().count() as f64 * part) as usize;
        let torn: String = body.chars().take(kept).collect();
        prop_assert_eq!(trouble(&torn), None);
    }

    #[test]
    fn what_is_changed_is_told(
        body in any_fixture(),
        walk in prop::collection::vec(0_usize..30, 1..6),
        with in any_json(),
        act in 0_u8..3,
    ) {
        let mut value: Value = serde_json::from_str(&body).unwrap_or_default();
        mutate(&mut value, &walk, &with, act);
        prop_assert_eq!(trouble(&value.to_string()), None);
    }

    #[test]
    fn any_json_is_told(value in any_json()) {
        prop_assert_eq!(trouble(&value.to_string()), None);
    }
}
