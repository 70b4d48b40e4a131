//! Every message there is, in a fixed order: for the snapshots, and for `cargo dev preview`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use contract::impact::Impact;
use contract::relay::{Account, Destination, Language, Mentions, Settings};
use discord::message::{Message, Picture, fold};
use hinomi_agent::relay::message::{self, Condition, Incident};
use hinomi_agent::relay::notice::{self, AlarmNotice, Notice};
use jiff::Timestamp;

/// The id that stands in each footer.
const ID: &str = "k7f3q9x2ab";

/// Some messages that belong together.
pub(crate) struct Scene {
    /// Its name, as a file's.
    pub(crate) name: String,
    /// When it is looked at.
    pub(crate) at: Timestamp,
    /// What is told.
    pub(crate) messages: Vec<Message>,
    /// The definition of the chart that goes with it.
    pub(crate) widget: Option<String>,
}

/// When all scenes are looked at.
pub(crate) fn now() -> Timestamp {
    "2026-11-24T03:12:00Z".parse().expect("it is a time")
}

/// The settings of a relay with everything set that messages show.
pub(crate) fn settings(language: Language) -> Settings {
    let mut settings = Settings::of("main", Destination::of("arn:aws:ssm:…:parameter/webhook"));
    settings.language = language;
    "Asia/Tokyo".clone_into(&mut settings.timezone);
    let (shop, media) = match language {
        Language::English => ("sells tickets and goods", "streams the stages"),
        Language::Japanese => ("チケットと物販", "ステージ配信"),
    };
    let account = |name: &str, purpose: &str| Account {
        name: name.to_owned(),
        purpose: Some(purpose.to_owned()),
    };
    settings.accounts = BTreeMap::from([
        ("111122223333".to_owned(), account("shop", shop)),
        ("444455556666".to_owned(), account("media", media)),
    ]);
    let mentions = Mentions {
        roles: vec!["1310000000000000001".to_owned()],
        users: vec!["1310000000000000002".to_owned()],
        everyone: false,
    };
    settings.mentions = BTreeMap::from([(Impact::Critical, mentions)]);
    settings
}

/// All fixtures, by name.
pub(crate) fn fixtures() -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/notices");
    let entries = std::fs::read_dir(&folder).expect("the fixtures are there");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let is_fixture = |path: &PathBuf| path.extension().is_some_and(|end| end != "md");
    let mut fixtures: Vec<(String, String)> = paths
        .filter(is_fixture)
        .map(|path| {
            let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
            (name, std::fs::read_to_string(&path).expect("it is text"))
        })
        .collect();
    fixtures.sort();
    fixtures
}

/// Every scene in a language: incidents first, then each fixture by itself.
pub(crate) fn scenes(language: Language) -> Vec<Scene> {
    let settings = settings(language);
    let mut scenes = incidents(&settings);
    scenes.extend(fixtures().into_iter().map(|(name, body)| {
        let delivery = notice::read(&body);
        let widget = match &delivery.notice {
            Notice::Alarm(alarm) => message::widget(alarm, now(), &settings),
            Notice::Budget(_)
            | Notice::Anomaly(_)
            | Notice::Health(_)
            | Notice::Drill(_)
            | Notice::Text(_) => None,
        };
        let embed = message::notice(&delivery.notice, ID, &settings);
        Scene { name, at: now(), messages: vec![Message::embed(embed)], widget }
    }));
    scenes
}

fn incidents(settings: &Settings) -> Vec<Scene> {
    let down = alarm("monitor-down");
    let many = alarm("monitor-locations");
    let silent = alarm("monitor-no-data");
    let foreign = alarm("metric-alarm");
    let ended: Timestamp = "2026-11-24T03:42:10Z".parse().expect("it is a time");
    let opened = Incident { chart: Some(chart(&down, settings)), ..Incident::of(ID, &down) };
    let over =
        Incident { condition: Condition::Up, resolved: Some(ended), flaps: 2, ..opened.clone() };
    let repeated = Incident { repeated: true, ..Incident::of(ID, &many) };
    let foreign_over =
        Incident { condition: Condition::Up, resolved: Some(ended), ..Incident::of(ID, &foreign) };
    let later: Timestamp = "2026-11-24T05:10:12Z".parse().expect("it is a time");
    let reminder =
        |incident: &Incident<'_>| Message::embed(message::reminder(incident, later, settings));
    let mentions = message::mentions(opened.impact(), settings);
    let headline = message::headline(&opened, settings);
    let told = show(&opened, settings).with_content(&headline).with_mentions(&mentions);
    let headline = message::headline(&over, settings);
    let over_told = show(&over, settings).with_content(&headline).with_mentions(&mentions);
    vec![
        scene("incident-opened", now(), told),
        scene("incident-over", ended, over_told),
        scene("incident-repeated", now(), show(&repeated, settings)),
        scene("incident-silent", now(), show(&Incident::of(ID, &silent), settings)),
        scene("incident-of-others-over", ended, show(&foreign_over, settings)),
        scene("reminder", later, reminder(&opened)),
        scene("reminder-silent", later, reminder(&Incident::of(ID, &silent))),
        scene("reminder-of-others", later, reminder(&Incident::of(ID, &foreign))),
        storm(&many, settings),
    ]
}

/// Twelve incidents at once.
fn storm(alarm: &AlarmNotice, settings: &Settings) -> Scene {
    let names = ["entrance", "stage", "stream", "shop", "tickets", "login", "search", "map"];
    let names = names.into_iter().chain(["chat", "news", "photos", "lost-and-found"]);
    let alarms: Vec<AlarmNotice> = names.map(|name| renamed(alarm, name)).collect();
    let embeds = alarms.iter().map(|alarm| message::brief(&Incident::of(ID, alarm), settings));
    let mut messages = fold(embeds);
    if let Some(first) = messages.first_mut() {
        *first = std::mem::take(first).with_content(&message::storm(alarms.len(), settings));
    }
    Scene { name: "storm".to_owned(), at: now(), messages, widget: None }
}

fn renamed(alarm: &AlarmNotice, name: &str) -> AlarmNotice {
    let mut alarm = alarm.clone();
    if let Some(trailer) = &mut alarm.trailer {
        name.clone_into(&mut trailer.monitor);
    }
    alarm
}

fn show(incident: &Incident<'_>, settings: &Settings) -> Message {
    Message::embed(message::incident(incident, settings))
}

fn scene(name: &str, at: Timestamp, message: Message) -> Scene {
    Scene { name: name.to_owned(), at, messages: vec![message], widget: None }
}

fn chart(alarm: &AlarmNotice, settings: &Settings) -> Picture {
    message::picture(ID, alarm, settings, b"no picture".to_vec())
}

fn alarm(fixture: &str) -> AlarmNotice {
    let found = fixtures().into_iter().find(|(name, _)| name == fixture);
    let (_, body) = found.expect("there is a fixture of this name");
    match notice::read(&body).notice {
        Notice::Alarm(alarm) => *alarm,
        other @ (Notice::Budget(_)
        | Notice::Anomaly(_)
        | Notice::Health(_)
        | Notice::Drill(_)
        | Notice::Text(_)) => panic!("{fixture} is no alarm but {other:?}"),
    }
}
