//! Who is notified.

use serde::Serialize;
use serde_json::{Value, json};

use crate::Snowflake;

/// Roles or people that Discord lets a message notify.
const MOST: usize = 100;
/// Mentions that are written; more would leave no room for the text.
const WRITTEN: usize = 40;

/// Who a message notifies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Mentions {
    roles: Vec<Snowflake>,
    users: Vec<Snowflake>,
    everyone: bool,
}

impl Mentions {
    /// Roles, people, and whether everybody in the channel is notified. What isn't an id of
    /// Discord's, or comes twice, is left out; more than 40 in all are, too.
    pub fn new<'a>(
        roles: impl IntoIterator<Item = &'a str>,
        users: impl IntoIterator<Item = &'a str>,
        everyone: bool,
    ) -> Self {
        let roles = ids(roles, WRITTEN);
        let users = ids(users, WRITTEN - roles.len());
        Self { roles, users, everyone }
    }

    /// Whether nobody is notified.
    pub fn is_empty(&self) -> bool {
        self.roles.is_empty() && self.users.is_empty() && !self.everyone
    }

    /// The same mentions and others'.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        let of = |one: &[Snowflake], two: &[Snowflake]| -> Vec<String> {
            one.iter().chain(two).map(Snowflake::to_string).collect()
        };
        let (roles, users) = (of(&self.roles, &other.roles), of(&self.users, &other.users));
        let everyone = self.everyone || other.everyone;
        Self::new(roles.iter().map(String::as_str), users.iter().map(String::as_str), everyone)
    }

    /// The mentions as text.
    pub(super) fn written(&self) -> String {
        let everyone = self.everyone.then(|| "@everyone".to_owned());
        let roles = self.roles.iter().map(|id| format!("<@&{id}>"));
        let users = self.users.iter().map(|id| format!("<@{id}>"));
        everyone.into_iter().chain(roles).chain(users).collect::<Vec<_>>().join(" ")
    }

    /// What Discord is told: these and nobody else, whatever the text says.
    pub(super) fn allowed(&self) -> Value {
        let parse: &[&str] = if self.everyone { &["everyone"] } else { &[] };
        json!({ "parse": parse, "roles": self.roles, "users": self.users })
    }
}

fn ids<'a>(texts: impl IntoIterator<Item = &'a str>, most: usize) -> Vec<Snowflake> {
    let mut ids: Vec<Snowflake> = Vec::new();
    for id in texts.into_iter().filter_map(|text| text.parse().ok()) {
        if ids.len() < most.min(MOST) && !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}
