//! Every message there is, in a fixed order, made as the relay makes it: for the snapshots, and for `cargo dev preview`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use contract::impact::Impact;
use contract::relay::{Account, Destination, Language, Mentions, Settings};
use contract::trailer::UNWATCHED;
use hinomi_agent::bell::Letter;
use hinomi_agent::relay::draft;
use hinomi_agent::relay::incident::{Event, Subject};
use hinomi_agent::relay::message;
use hinomi_agent::relay::notice::{self, AlarmNotice, Notice, State};
use hinomi_agent::relay::post::{MOST_SLOTS, MOST_TEXT, Post};
use hinomi_agent::relay::wanted::Wanted;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// The word that stands in each footer of what is of no incident.
const WORD: &str = "k7f3q9x2ab";

/// Some messages that belong together.
pub(crate) struct Scene {
    /// Its name, as a file's.
    pub(crate) name: String,
    /// When it is looked at.
    pub(crate) at: Timestamp,
    /// What is told.
    pub(crate) messages: Vec<Told>,
    /// The definition of the chart that goes with it.
    pub(crate) widget: Option<String>,
}

/// A message as it is sent to Discord.
pub(crate) struct Told {
    /// When it was posted.
    pub(crate) at: Timestamp,
    /// Whether this is an edit.
    pub(crate) is_edit: bool,
    /// What is sent.
    pub(crate) payload: Value,
}

/// When all scenes are looked at.
pub(crate) fn now() -> Timestamp {
    time("2026-11-24T03:12:00Z")
}

fn time(text: &str) -> Timestamp {
    text.parse().expect("it is a time")
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
    scenes.extend(fixtures().into_iter().map(|(name, body)| of_fixture(name, &body, &settings)));
    scenes
}

fn of_fixture(name: String, body: &str, settings: &Settings) -> Scene {
    let notice = notice::read(body).notice;
    let Notice::Alarm(alarm) = &notice else {
        return Scene { name, at: now(), messages: vec![once(&notice, settings)], widget: None };
    };
    let widget = message::widget(alarm, now(), settings);
    let messages = match alarm.state {
        State::Alarm => vec![posted(&[Wanted::incident("", &story(&[alarm]))], settings, now())],
        // Of what wasn't down, nobody says that it is up.
        State::Ok => Vec::new(),
        State::InsufficientData | State::Other(_) => vec![once(&notice, settings)],
    };
    Scene { name, at: now(), messages, widget }
}

/// The incident that these changes of alarms make.
fn story(alarms: &[&AlarmNotice]) -> hinomi_agent::relay::incident::Incident {
    let mut subject = Subject::default();
    for alarm in alarms {
        let at = alarm.changed_at.unwrap_or_else(now);
        subject.apply(&Event { notice: (*alarm).clone(), at });
    }
    subject.incidents.pop().expect("something was down")
}

fn post(group: &[Wanted], settings: &Settings, at: Timestamp) -> Post {
    let mut post = draft::message(&settings.webhook, group, settings, at);
    if let ([one], None) = (group, group[0].reminder) {
        // As with a chart that CloudWatch drew.
        let is_drawn = one
            .incident
            .leader()
            .is_some_and(|rung| message::widget(&rung.rang, at, settings).is_some());
        post.chart = is_drawn;
        post.slots = draft::slot(one, settings, at, is_drawn, MOST_TEXT).into_iter().collect();
    }
    post
}

fn posted(group: &[Wanted], settings: &Settings, at: Timestamp) -> Told {
    Told { at, is_edit: false, payload: post(group, settings, at).payload(settings) }
}

fn edited(opened: &Wanted, one: Wanted, settings: &Settings, at: Timestamp) -> Told {
    // Who was called when it was posted stays in its text.
    let mentions = draft::mentions(std::slice::from_ref(opened), settings);
    let post = Post { mentions, ..post(&[one], settings, at) };
    let letter = Letter { payload: post.payload(settings), files: Vec::new() }.silent();
    Told { at, is_edit: true, payload: letter.payload }
}

fn once(notice: &Notice, settings: &Settings) -> Told {
    let post = draft::notice(&settings.webhook, notice, WORD, settings);
    Told { at: now(), is_edit: false, payload: post.payload(settings) }
}

fn incidents(settings: &Settings) -> Vec<Scene> {
    let (down, up) = (alarm("monitor-down"), alarm("monitor-up"));
    let many = Wanted::incident("", &story(&[&alarm("monitor-locations")]));
    let silent = Wanted::incident("", &story(&[&alarm("monitor-no-data")]));
    let foreign = alarm("metric-alarm");
    let (rang, ended) = (time("2026-11-24T03:05:30Z"), time("2026-11-24T03:42:10Z"));
    let opened = Wanted::incident("", &story(&[&down]));
    let flaps = [(&up, 8), (&down, 12), (&up, 18), (&down, 25)].map(|(alarm, minute)| {
        let at =
            down.changed_at.and_then(|at| at.checked_add(SignedDuration::from_mins(minute)).ok());
        AlarmNotice { changed_at: at, ..alarm.clone() }
    });
    let flapping: Vec<&AlarmNotice> = [&down].into_iter().chain(&flaps).chain([&up]).collect();
    let over = Wanted::incident("", &story(&flapping));
    let unwatched = AlarmNotice {
        changed_at: Some(ended),
        reason: format!("{UNWATCHED}: the monitor was paused or taken away."),
        ..up.clone()
    };
    let unwatched = Wanted::incident("", &story(&[&down, &unwatched]));
    let foreign_up = AlarmNotice { state: State::Ok, changed_at: Some(ended), ..foreign.clone() };
    let foreign_over = Wanted::incident("", &story(&[&foreign, &foreign_up]));
    let lacking = AlarmNotice { state: State::InsufficientData, ..foreign.clone() };
    let foreign = Wanted::incident("", &story(&[&foreign]));
    let later = time("2026-11-24T05:10:12Z");
    let reminder = |one: &Wanted| Wanted { reminder: Some(1), ..one.clone() };
    let repeated = Post { repeat: true, ..post(std::slice::from_ref(&many), settings, now()) };
    let repeated = Told { at: now(), is_edit: false, payload: repeated.payload(settings) };
    let lacking = once(&Notice::Alarm(Box::new(lacking)), settings);
    let mut scenes = vec![
        scene("incident-opened", now(), posted(std::slice::from_ref(&opened), settings, rang)),
        scene("incident-over", ended, edited(&opened, over, settings, rang)),
        scene("incident-repeated", now(), repeated),
        scene("incident-silent", now(), posted(std::slice::from_ref(&silent), settings, now())),
        scene("incident-fails-after-silence", now(), posted(&[risen(&down)], settings, now())),
        scene("incident-unwatched", ended, edited(&opened, unwatched, settings, rang)),
        scene("incident-of-others-over", ended, edited(&foreign, foreign_over, settings, rang)),
        scene("incident-of-others-lacks-data", now(), lacking),
        scene("reminder", later, posted(&[reminder(&opened)], settings, later)),
        scene("reminder-silent", later, posted(&[reminder(&silent)], settings, later)),
        scene("reminder-of-others", later, posted(&[reminder(&foreign)], settings, later)),
    ];
    let storm = storm();
    let reminders: Vec<Wanted> = storm.iter().map(reminder).collect();
    scenes.push(folded("storm", now(), &storm, settings));
    scenes.push(folded("storm-reminders", later, &reminders, settings));
    scenes
}

/// What is told beside the message of a silence when the service turns out to be down.
fn risen(down: &AlarmNotice) -> Wanted {
    let silent = alarm("monitor-no-data");
    let began = silent.changed_at.unwrap_or_else(now);
    let mut subject = Subject::default();
    subject.apply(&Event { notice: silent, at: began });
    subject.incidents.iter_mut().for_each(|one| one.message = Some("message".to_owned()));
    let at = began + SignedDuration::from_mins(5);
    let notice = AlarmNotice { changed_at: Some(at), ..down.clone() };
    subject.apply(&Event { notice, at });
    let all = Wanted::all_of("", subject.incidents.last().expect("something is down"));
    all.last().expect("it is told")
}

/// Twelve incidents at once.
pub(crate) fn storm() -> Vec<Wanted> {
    let alarm = alarm("monitor-locations");
    let names = ["entrance", "stage", "stream", "shop", "tickets", "login", "search", "map"];
    let names = names.into_iter().chain(["chat", "news", "photos", "lost-and-found"]);
    names.map(|name| Wanted::incident(name, &story(&[&renamed(&alarm, name)]))).collect()
}

fn folded(name: &str, at: Timestamp, storm: &[Wanted], settings: &Settings) -> Scene {
    let messages = storm.chunks(MOST_SLOTS).map(|group| posted(group, settings, at)).collect();
    Scene { name: name.to_owned(), at, messages, widget: None }
}

fn renamed(alarm: &AlarmNotice, name: &str) -> AlarmNotice {
    let mut alarm = alarm.clone();
    if let Some(trailer) = &mut alarm.trailer {
        name.clone_into(&mut trailer.monitor);
    }
    alarm
}

fn scene(name: &str, at: Timestamp, told: Told) -> Scene {
    Scene { name: name.to_owned(), at, messages: vec![told], widget: None }
}

pub(crate) fn alarm(fixture: &str) -> AlarmNotice {
    let found = fixtures().into_iter().find(|(name, _)| name == fixture);
    let (_, body) = found.expect("there is a fixture of this name");
    match notice::read(&body).notice {
        Notice::Alarm(alarm) => *alarm,
        other @ (Notice::Budget(_)
        | Notice::Anomaly(_)
        | Notice::Health(_)
        | Notice::Drill(_)
        | Notice::Text(_)
        | Notice::Reminder(_)) => panic!("{fixture} is no alarm but {other:?}"),
    }
}
