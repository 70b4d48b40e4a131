//! The attributes of an alert relay.

mod hub;
mod words;

use std::collections::BTreeMap;

use framework::Attr;
use framework::schema::tf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use hub::{Hub, Route};
pub use words::Kind;

use crate::model::account::Account;
use crate::model::account_note::AccountNotes;
use crate::model::architecture::Architecture;
use crate::model::language::Language;
use crate::model::mention::Mention;
use crate::model::place::Placed;
use crate::model::tags::Tags;
use crate::model::texts::Texts;
use crate::model::timeouts::Timeouts;

/// Tells on Discord what rings in an AWS account: alarms, budgets, cost anomalies and AWS Health.
///
/// It has an SNS topic in each of its regions, since an alarm can only use a topic of its own
/// region. All topics feed one queue, which one function reads. The function posts one message for
/// each incident and edits it until the incident is over. What it can't deliver goes to a
/// dead-letter queue, whose alarm writes e-mails: the bell is not lost with Discord.
///
/// With `hub` it is a spoke of another relay: topics only, which feed that relay's queue. So one
/// function and one webhook serve any number of accounts.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Relay {
    /// Name of the relay, unique in the provider's `stack` for each account and region, and part of the names of all that it makes.
    #[schemars(
        length(min = 1, max = 40),
        regex(pattern = "^[A-Za-z0-9][A-Za-z0-9-]*$"),
        extend("x-tf" = tf::required().replace().pattern_in_words("hold only letters, digits and `-`, and not begin with `-`"))
    )]
    pub name: Attr<String>,
    /// Account that the relay lives in. Without it that is the provider's.
    #[schemars(extend("x-tf" = tf::optional_computed().keep()))]
    pub account: Attr<Account>,
    /// Home region of the relay, where its queue and function are. Without it that is the provider's.
    #[schemars(extend("x-tf" = tf::optional_computed().replace().keep()))]
    pub region: Attr<String>,
    /// Regions whose alarms the relay hears: each gets a topic. The home region is one of them. Without it that is the home region alone.
    #[schemars(length(min = 1, max = 40), extend("x-tf" = tf::optional_computed()))]
    pub regions: Attr<Texts>,
    /// The relay whose queue this one feeds. It makes this relay a spoke: it has topics, and neither queue nor function of its own. The hub names this relay's account in its `source_accounts`, unless it is its own, and those of this relay's regions that an account must opt into in its `source_regions`: an apply that the hub's queue would not hear fails.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub hub: Attr<Hub>,
    /// ARN of the SSM parameter that holds the webhook's URL, as `hinomi_discord_webhook` makes it. The function reads it when it posts, so the URL is in no state and no environment. Needed unless `hub` is set; the parameter is in the relay's account.
    #[schemars(length(min = 1, max = 2048), extend("x-tf" = tf::optional()))]
    pub webhook_parameter_arn: Attr<String>,
    /// Id of the thread of the webhook's channel to post in.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub thread_id: Attr<String>,
    /// Other places for some of the messages, under names of your own. Of several that fit a message, the one with the most conditions takes it; what fits none goes to `webhook_parameter_arn`.
    #[schemars(extend("minProperties" = 1, "maxProperties" = 50, "x-tf" = tf::optional()))]
    pub routes: Attr<BTreeMap<String, Attr<Route>>>,
    /// Who is called when an incident opens, by its impact: `critical`, `high`, `normal` or `low`. Nobody is called without it.
    #[schemars(extend("minProperties" = 1, "x-tf" = tf::optional()))]
    pub mentions: Attr<BTreeMap<String, Attr<Mention>>>,
    /// Language of the messages: `en` or `ja`. Without it that is `en`; a spoke has none.
    #[schemars(extend("x-tf" = tf::optional_computed()))]
    pub language: Attr<Language>,
    /// Time zone of the times in messages, by its name in the IANA database, such as `Asia/Tokyo`. Without it that is `UTC`; a spoke has none.
    #[schemars(extend("x-tf" = tf::optional_computed()))]
    pub timezone: Attr<String>,
    /// What the accounts are called and what they are for, by their ids: messages say so beside the id.
    #[schemars(extend("minProperties" = 1, "x-tf" = tf::optional()))]
    pub accounts: Attr<AccountNotes>,
    /// Ids of other accounts that may ring here: their alarms may use the topics, and their topics, such as those of spokes, may feed the queue.
    #[schemars(length(min = 1), extend("x-tf" = tf::optional()))]
    pub source_accounts: Attr<Texts>,
    /// Regions of other accounts' topics, such as those of spokes, that an account must opt into, such as `eu-south-1`: SNS delivers from each under a name of its own, which the queue must admit. The relay's own `regions`, and those open to every account, need not be named.
    #[schemars(length(min = 1, max = 40), extend("x-tf" = tf::optional()))]
    pub source_regions: Attr<Texts>,
    /// Sends a test message, marked as one, whenever this text changes: the drill. It goes the whole way, from the topic of the home region to Discord. Any text will do, such as a date.
    #[schemars(length(min = 1, max = 1000), extend("x-tf" = tf::optional()))]
    pub ring: Attr<String>,
    /// E-mail addresses that are told when a message couldn't be delivered and lies in the dead-letter queue, and when the relay is mute: when a message has waited for over 10 minutes. AWS asks each address to confirm.
    #[schemars(length(min = 1, max = 50), extend("x-tf" = tf::optional()))]
    pub emails: Attr<Texts>,
    /// ARN of the SSM parameter that holds the token of a bot that may read the channel. When it is not known whether a message was posted, the function looks for it among the channel's messages since then, 1,000 at most, before it posts again. The bot needs the permissions to view the channel and to read its message history, and its application Discord's Message Content intent.
    #[schemars(length(min = 1, max = 2048), extend("x-tf" = tf::optional()))]
    pub bot_token_parameter_arn: Attr<String>,
    /// Whether AWS Health's events of each region are told. Those that belong to no region, such as IAM's, come in `us-east-1`: add it to `regions` to be told of them.
    #[schemars(extend("x-tf" = tf::default(true)))]
    pub health: Attr<bool>,
    /// Processor of the function: `x86_64` or `arm64`. Without it that is `x86_64`; a spoke has none.
    #[schemars(extend("x-tf" = tf::optional_computed()))]
    pub architecture: Attr<Architecture>,
    /// Memory of the function in megabytes. Without it that is 128; a spoke has none.
    #[schemars(range(min = 128, max = 10240), extend("x-tf" = tf::optional_computed()))]
    pub memory_mb: Attr<i64>,
    /// How long the function's log is kept, in days, one of those that CloudWatch Logs offers. Without it that is 30; a spoke has none.
    #[schemars(range(min = 1, max = 3653), extend("x-tf" = tf::optional_computed()))]
    pub log_retention_days: Attr<i64>,
    /// ARN of a role for the function that exists already: then none is made. It must allow what `policy_json` says. Needs `scheduler_role_arn`.
    #[schemars(length(min = 20, max = 2048), extend("x-tf" = tf::optional()))]
    pub role_arn: Attr<String>,
    /// ARN of a role that exists already, with which EventBridge Scheduler sends reminders to the relay's queue. It must allow what `scheduler_policy_json` says. Needs `role_arn`.
    #[schemars(length(min = 20, max = 2048), extend("x-tf" = tf::optional()))]
    pub scheduler_role_arn: Attr<String>,
    /// ARN of the policy that bounds the permissions of the roles that are made. Without it that is the provider's, which may be the name of a policy in each account.
    #[schemars(length(min = 20, max = 2048), extend("x-tf" = tf::optional_computed()))]
    pub permissions_boundary: Attr<String>,
    /// Tags of all that the relay makes, over the provider's `default_tags`.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub tags: Attr<Tags>,
    /// How long to wait for AWS.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub timeouts: Attr<Timeouts>,
    /// ARN of the topic in each region, by the region: the targets of alarms, budgets and anomaly subscriptions.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub topic_arns: Attr<BTreeMap<String, Attr<String>>>,
    /// ARN of the queue that all topics feed; a spoke's is that of its hub.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub queue_arn: Attr<String>,
    /// ARN of the queue of what couldn't be delivered, which it keeps until 14 days after it was sent; a spoke has none.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub dead_letter_queue_arn: Attr<String>,
    /// ARN of the function; a spoke has none.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub function_arn: Attr<String>,
    /// Name of the function; a spoke has none.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub function_name: Attr<String>,
    /// ARN of the function's role, made or given; a spoke has none.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub execution_role_arn: Attr<String>,
    /// ARN of the role with which EventBridge Scheduler sends reminders to the relay's queue, made or given; a spoke has none.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub scheduler_execution_role_arn: Attr<String>,
    /// Name of the function's log group; a spoke has none.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub log_group_name: Attr<String>,
    /// Name of the table of incidents in `DynamoDB`; a spoke has none.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub table_name: Attr<String>,
    /// Name of the group of the schedules of reminders; a spoke has none.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub schedule_group_name: Attr<String>,
    /// What the function's role allows, as an IAM policy: nothing more than the relay needs. A spoke has none.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub policy_json: Attr<String>,
    /// What the role of reminders allows, as an IAM policy. A spoke has none.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub scheduler_policy_json: Attr<String>,
    /// Version of the agent, the program that the function runs; a spoke has none.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub agent_version: Attr<String>,
    /// SHA-256 of the agent's archive in base64, as Lambda shows it; a spoke has none.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub agent_sha256: Attr<String>,
    /// What the relay's objects are, beyond what the other attributes say: `complete`, or what of them is gone or was changed outside Terraform. An apply puts it right.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub condition: Attr<String>,
    /// All tags of what the relay makes: the provider's, the relay's and those that say what made it.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub tags_all: Attr<Tags>,
}

impl Relay {
    /// Whether it feeds another relay's queue; nothing while that is not known.
    pub(super) fn is_spoke(&self) -> Option<bool> {
        match self.hub {
            Attr::Null => Some(false),
            Attr::Known(_) => Some(true),
            Attr::Unknown => None,
        }
    }
}

impl Placed for Relay {
    fn account(&self) -> &Attr<Account> {
        &self.account
    }

    fn account_mut(&mut self) -> &mut Attr<Account> {
        &mut self.account
    }

    fn region(&self) -> Option<&Attr<String>> {
        Some(&self.region)
    }

    fn region_mut(&mut self) -> Option<&mut Attr<String>> {
        Some(&mut self.region)
    }
}
