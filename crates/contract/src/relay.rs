//! What a relay needs to know at run time, and what its reminders say.
//!
//! The provider writes [`Settings`] into the relay's table as the item [`SETTINGS_ITEM`], where the
//! relay reads them for each batch: an item has no limit of 4 KB, as a function's environment has,
//! and it changes without the function being deployed again. No value here is a secret: a webhook's
//! URL and a bot's token are named by the ARN of the parameter that holds them.
//!
//! Keys that a reader doesn't know are passed over, so that an older relay reads newer settings.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::impact::Impact;

/// Key of the item of the relay's table that holds the settings.
pub const SETTINGS_ITEM: &str = "settings";
/// Name of the table's key (a string), and of the attributes that its items have: the content, a
/// JSON text; the version, a number; and when the item may go, in seconds since 1970.
pub const TABLE_KEY: &str = "id";
/// Attribute with an item's content, a JSON text.
pub const TABLE_JSON: &str = "json";
/// Attribute with an item's version; the settings have none.
pub const TABLE_VERSION: &str = "version";
/// Attribute by which `DynamoDB`'s time to live removes an item; the settings have none.
pub const TABLE_EXPIRES: &str = "expires";
/// Environment variable with the table's name.
pub const TABLE_VARIABLE: &str = "HINOMI_TABLE";
/// Environment variable with the URL of the dead-letter queue.
pub const DEAD_LETTER_VARIABLE: &str = "HINOMI_DEAD_LETTER_QUEUE_URL";

/// Settings of a relay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The relay's name.
    pub name: String,
    /// Where everything goes that no route takes.
    pub webhook: Destination,
    /// Where else some things go, by the name of the route.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub routes: BTreeMap<String, Route>,
    /// Who is mentioned when an incident of an impact opens.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub mentions: BTreeMap<Impact, Mentions>,
    /// Language of the messages.
    #[serde(default)]
    pub language: Language,
    /// Name of the IANA time zone of the messages' times, such as `Asia/Tokyo`.
    #[serde(default = "utc")]
    pub timezone: String,
    /// What the accounts are for, by their number of twelve digits.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub accounts: BTreeMap<String, Account>,
    /// ARN of the SSM parameter with the token of a bot that may read the channels' messages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bot_token_parameter_arn: Option<String>,
    /// Where Discord's API is, version included, when it is reached through a proxy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub discord_base_url: Option<String>,
    /// How the relay reminds of what is still down; without it, it doesn't.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reminder: Option<Schedules>,
}

/// A place for messages.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Destination {
    /// ARN of the SSM parameter, a `SecureString`, that holds the webhook's URL. Its region is in it.
    pub parameter_arn: String,
    /// The thread, of the webhook's channel, that messages go to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread_id: Option<String>,
}

/// What goes to another place. A condition that is left empty is met by everything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Route {
    /// Where it goes.
    pub destination: Destination,
    /// Impacts that it takes; what has no impact is then not taken.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub impacts: Vec<Impact>,
    /// Kinds of notices that it takes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<Kind>,
    /// Accounts that it takes, by their number of twelve digits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accounts: Vec<String>,
}

/// A kind of notice, as routes name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An alarm of CloudWatch, metric or composite.
    Alarm,
    /// A budget's notification.
    Budget,
    /// A cost anomaly.
    Anomaly,
    /// An event of AWS Health.
    Health,
    /// A test that somebody asked for.
    Drill,
    /// Anything else.
    Text,
    /// One of a later version, which nothing that this version reads is of.
    #[serde(other)]
    Unknown,
}

/// Who is mentioned.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mentions {
    /// Ids of roles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// Ids of people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<String>,
    /// Everybody in the channel (`@everyone`).
    #[serde(default)]
    pub everyone: bool,
}

/// A language of messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    /// Japanese.
    #[serde(rename = "ja")]
    Japanese,
    /// English; also where a later version writes a language that this one doesn't know.
    #[default]
    #[serde(rename = "en", other)]
    English,
}

/// What an account is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its name.
    #[serde(default)]
    pub name: String,
    /// What it is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
}

/// Where reminders are scheduled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedules {
    /// The group of EventBridge Scheduler that the one-time schedules are made in.
    pub group_name: String,
    /// The role by which Scheduler sends to the relay's queue.
    pub role_arn: String,
}

/// The message of a relay's queue by which it is asked to remind of an incident that is still open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminder {
    /// Always `reminder`: by it the relay knows what is asked for.
    pub hinomi: String,
    /// Key of the incident's item in the relay's table.
    pub incident: String,
    /// The incident's short id: a newer incident of the same monitor has another.
    pub short_id: String,
    /// Which reminder this is. One that isn't the next of its incident is out of date.
    pub number: u32,
}

/// The message by which the provider asks a relay for a test: published to the relay's topic.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drill {
    /// Always `ring`.
    pub hinomi: String,
    /// The relay's name.
    pub relay: String,
    /// What the test says: the value of `ring`.
    pub text: String,
    /// When it was asked for, in the form of RFC 3339.
    pub at: String,
}

impl Settings {
    /// Settings with a webhook and nothing else.
    pub fn of(name: impl Into<String>, webhook: Destination) -> Self {
        Self {
            name: name.into(),
            webhook,
            routes: BTreeMap::new(),
            mentions: BTreeMap::new(),
            language: Language::default(),
            timezone: utc(),
            accounts: BTreeMap::new(),
            bot_token_parameter_arn: None,
            discord_base_url: None,
            reminder: None,
        }
    }
}

impl Destination {
    /// The webhook of a parameter, in its channel.
    pub fn of(parameter_arn: impl Into<String>) -> Self {
        Self { parameter_arn: parameter_arn.into(), thread_id: None }
    }
}

impl Reminder {
    /// The word by which the relay knows this message.
    pub const WORD: &str = "reminder";

    /// A reminder of an incident.
    pub fn of(incident: impl Into<String>, short_id: impl Into<String>, number: u32) -> Self {
        let (incident, short_id) = (incident.into(), short_id.into());
        Self { hinomi: Self::WORD.to_owned(), incident, short_id, number }
    }
}

impl Drill {
    /// The word by which the relay knows this message.
    pub const WORD: &str = "ring";

    /// A test of a relay.
    pub fn of(relay: impl Into<String>, text: impl Into<String>, at: impl Into<String>) -> Self {
        let (relay, text, at) = (relay.into(), text.into(), at.into());
        Self { hinomi: Self::WORD.to_owned(), relay, text, at }
    }
}

fn utc() -> String {
    "UTC".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PARAMETER: &str = "arn:aws:ssm:ap-northeast-1:111122223333:parameter/hinomi/webhook";

    #[test]
    fn the_least_settings_are_a_name_and_a_webhook() {
        let text = format!(r#"{{"name":"main","webhook":{{"parameter_arn":"{PARAMETER}"}}}}"#);
        let read: Settings = serde_json::from_str(&text).expect("they are settings");
        assert_eq!(read, Settings::of("main", Destination::of(PARAMETER)));
        let written = serde_json::to_string(&read).expect("JSON");
        assert_eq!(serde_json::from_str::<Settings>(&written).ok(), Some(read));
    }

    #[test]
    fn all_settings_are_read_back() {
        let mut settings = Settings::of("main", Destination::of(PARAMETER));
        let thread_id = Some("1310000000000000009".to_owned());
        settings.routes.insert(
            "money".to_owned(),
            Route {
                destination: Destination { thread_id, ..Destination::of(PARAMETER) },
                impacts: vec![Impact::Critical],
                kinds: vec![Kind::Budget, Kind::Anomaly],
                accounts: vec!["111122223333".to_owned()],
            },
        );
        let mentions =
            Mentions { roles: vec!["1310000000000000001".to_owned()], ..Mentions::default() };
        settings.mentions.insert(Impact::Critical, mentions);
        settings.language = Language::Japanese;
        settings.timezone = "Asia/Tokyo".to_owned();
        let account = Account { name: "shop".to_owned(), purpose: Some("sells".to_owned()) };
        settings.accounts.insert("111122223333".to_owned(), account);
        settings.bot_token_parameter_arn = Some(format!("{PARAMETER}-bot"));
        settings.discord_base_url = Some("http://127.0.0.1:1/api/v10".to_owned());
        settings.reminder =
            Some(Schedules { group_name: "hinomi".to_owned(), role_arn: "arn".to_owned() });
        let written = serde_json::to_string(&settings).expect("JSON");
        assert_eq!(serde_json::from_str::<Settings>(&written).ok(), Some(settings));
    }

    #[test]
    fn newer_settings_are_read_by_an_older_relay() {
        let newer = format!(
            r#"{{"name":"main","colour":"red","language":"eo",
                "webhook":{{"parameter_arn":"{PARAMETER}","priority":1}},
                "routes":{{"new":{{"destination":{{"parameter_arn":"x"}},"kinds":["smoke","budget"]}}}}}}"#
        );
        let read: Settings = serde_json::from_str(&newer).expect("they are settings");
        assert_eq!(read.language, Language::English);
        assert_eq!(read.routes["new"].kinds, [Kind::Unknown, Kind::Budget]);
    }

    #[test]
    fn events_have_the_words_that_they_are_known_by() {
        let reminder = serde_json::to_value(Reminder::of("incident#1#2#3", "ab12", 2));
        let expected = serde_json::json!({
            "hinomi": "reminder", "incident": "incident#1#2#3", "short_id": "ab12", "number": 2
        });
        assert_eq!(reminder.ok(), Some(expected));
        let drill = serde_json::to_value(Drill::of("main", "hello", "2026-11-24T03:00:00Z"));
        let expected = serde_json::json!({
            "hinomi": "ring", "relay": "main", "text": "hello", "at": "2026-11-24T03:00:00Z"
        });
        assert_eq!(drill.ok(), Some(expected));
    }
}
