//! Who is called on Discord.

use contract::relay::Mentions;
use discord::Snowflake;
use framework::schema::tf;
use framework::{Attr, Diagnostics, Path};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::checks::{check_all, refuse};
use super::lift;
use super::texts::{self, Texts};

/// Who is called.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mention {
    /// Ids of roles on Discord.
    #[schemars(length(min = 1, max = 100), extend("x-tf" = tf::optional()))]
    pub roles: Attr<Texts>,
    /// Ids of users on Discord.
    #[schemars(length(min = 1, max = 100), extend("x-tf" = tf::optional()))]
    pub users: Attr<Texts>,
    /// Whether everyone in the channel is called.
    #[schemars(extend("x-tf" = tf::default(false)))]
    pub everyone: Attr<bool>,
}

impl Mention {
    /// The same for a function.
    pub fn at_run_time(&self) -> Mentions {
        Mentions {
            roles: texts::known(&self.roles).into_iter().collect(),
            users: texts::known(&self.users).into_iter().collect(),
            everyone: self.everyone.as_known().copied().unwrap_or_default(),
        }
    }

    /// A mention as a function has it; its sets as they were written where those say the same.
    pub fn lifted(before: Option<&Self>, found: &Mentions) -> Self {
        Self {
            roles: lift::texts(before.map(|before| &before.roles), &found.roles),
            users: lift::texts(before.map(|before| &before.users), &found.users),
            everyone: Attr::Known(found.everyone),
        }
    }

    /// Adds an error for an id that is none, and for a mention that calls nobody.
    pub fn check(&self, at: &Path, diagnostics: &mut Diagnostics) {
        check_all::<Snowflake>(&self.roles, &at.attribute("roles"), diagnostics);
        check_all::<Snowflake>(&self.users, &at.attribute("users"), diagnostics);
        let calls_everyone = !matches!(self.everyone, Attr::Null | Attr::Known(false));
        if self.roles.is_null() && self.users.is_null() && !calls_everyone {
            let detail = "Nobody is called: name `roles` or `users`, or set `everyone`.";
            refuse(diagnostics, at.clone(), detail);
        }
    }
}
