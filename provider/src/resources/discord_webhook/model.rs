//! The webhook as Terraform sees it.

use std::collections::BTreeMap;

use framework::Attr;
use framework::schema::tf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::account::PartAccount;
use crate::model::tags::Tags;
use crate::model::timeouts::Timeouts;

/// A Discord channel's webhook whose URL never enters plan or state.
///
/// Whoever knows a webhook's URL can write to its channel, so the URL goes straight into encrypted
/// SSM parameters, in one or more accounts and regions, where those who ring the bell read it. The
/// webhook is made by a bot, or it is an existing one that is adopted by its URL.
///
/// A new webhook has a passing name until its first parameter is written: what an interrupted run
/// left behind is known by that name, or by the parameter, and taken over by the next one.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Webhook {
    /// Discord's id of the webhook. It is no secret.
    #[schemars(extend("x-tf" = tf::computed().keep()))]
    pub id: Attr<String>,
    /// Id of the channel that the webhook writes to. Required, except for an adopted webhook, which else stays in its channel. Another channel of the same server is a move in place, for which a bot is needed.
    #[schemars(extend("x-tf" = tf::optional_computed().keep()))]
    pub channel_id: Attr<String>,
    /// Name that the webhook's messages are signed with, 1 to 80 characters without `discord` and `clyde`. Required, except for an adopted webhook, which else keeps its name.
    #[schemars(extend("x-tf" = tf::optional_computed().keep()))]
    pub name: Attr<String>,
    /// Picture of the webhook, as a data URI of a PNG, JPEG or GIF of at most 1 MiB: `"data:image/png;base64,${filebase64("bell.png")}"`. It stays out of plan and state, where `avatar_sha256` stands for it. Without it the webhook keeps the picture that it has; taking it away brings back the default picture.
    #[schemars(extend("x-tf" = tf::optional().write_only()))]
    pub avatar: Attr<String>,
    /// SHA-256 of `avatar`, in hexadecimal digits. It changes when the picture does.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub avatar_sha256: Attr<String>,
    /// Discord's hash of the webhook's picture. It shows when somebody else changed the picture.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub avatar_hash: Attr<String>,
    /// Reason that the server's audit log shows for what Terraform does to the webhook, 1 to 512 characters.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub audit_log_reason: Attr<String>,
    /// SSM parameters that hold the webhook's URL, by a name of your own. Each is a `SecureString` and may live in an account and region of its own.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub publish_to: Attr<BTreeMap<String, Attr<Publication>>>,
    /// URL of an existing webhook to adopt. No bot is needed then, since the URL allows everything but moving the webhook to another channel. Write it once: later runs read it from a parameter of `publish_to`, of which there must be one.
    #[schemars(extend("x-tf" = tf::optional().write_only().sensitive()))]
    pub url_wo: Attr<String>,
    /// Version of `url_wo`, which Terraform can't compare by itself. Raise it when `url_wo` changes. The URL of another webhook makes the resource anew.
    #[schemars(range(min = 0), extend("x-tf" = tf::optional()))]
    pub url_wo_version: Attr<i64>,
    /// Whether the webhook existed before and was adopted by its URL.
    #[schemars(extend("x-tf" = tf::computed().keep()))]
    pub adopted: Attr<bool>,
    /// Whether destroying the resource deletes the webhook in Discord, and not only the parameters. Without it that is `true`, and `false` for an adopted webhook.
    #[schemars(extend("x-tf" = tf::optional_computed().keep()))]
    pub delete_on_destroy: Attr<bool>,
    /// Tags of the parameters, over the provider's `default_tags`.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub tags: Attr<Tags>,
    /// All tags of the parameters: those of the provider, those of the resource, and those that say what made them.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub tags_all: Attr<Tags>,
    /// How long the provider waits for Discord, whose rate limits may ask for patience.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub timeouts: Attr<Timeouts>,
    /// Id of the Discord server that the channel belongs to.
    #[schemars(extend("x-tf" = tf::computed().keep()))]
    pub guild_id: Attr<String>,
    /// Id of the application that made the webhook. Null when a person did.
    #[schemars(extend("x-tf" = tf::computed().keep()))]
    pub application_id: Attr<String>,
    /// ARNs of the parameters that hold the URL, by the names in `publish_to`. Known when planned; one that is missing here was removed or overwritten by somebody else and is written again.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub parameter_arns: Attr<BTreeMap<String, Attr<String>>>,
}

/// An SSM parameter that holds the webhook's URL.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Publication {
    /// Name of the parameter, a path such as `/hinomi/alerts/webhook-url`. Another name is another parameter: the new one is written before the old one is removed.
    #[schemars(
        length(min = 1, max = 1011),
        regex(pattern = "^(/[A-Za-z0-9_.-]+){1,15}$"),
        extend("x-tf" = tf::required().pattern_in_words("be a path of 1 to 15 levels that each begin with `/` and hold only letters, digits and `_.-`"))
    )]
    pub parameter_name: Attr<String>,
    /// Account that the parameter lives in.
    #[schemars(extend("x-tf" = tf::optional_computed().keep()))]
    pub account: Attr<PartAccount>,
    /// Region that the parameter lives in. Without it that is the provider's, or else that of the AWS environment.
    #[schemars(extend("x-tf" = tf::optional_computed().keep()))]
    pub region: Attr<String>,
    /// KMS key that encrypts the parameter: id, ARN or alias. Without it that is the account's own key for SSM, which other accounts can't use.
    #[schemars(
        length(min = 1, max = 256),
        regex(pattern = "^[A-Za-z0-9:/_-]+$"),
        extend("x-tf" = tf::optional().pattern_in_words("hold only letters, digits and `:/_-`"))
    )]
    pub kms_key_id: Attr<String>,
}

impl Webhook {
    /// The parameters that are known to be wanted, by the user's names.
    pub fn publications(&self) -> impl Iterator<Item = (&String, &Publication)> {
        let all = self.publish_to.as_known().into_iter().flatten();
        all.filter_map(|(key, publication)| Some((key, publication.as_known()?)))
    }

    /// The ARN of the parameter of this name, when it is known to exist or planned.
    pub fn arn(&self, key: &str) -> Option<&String> {
        self.parameter_arns.as_known()?.get(key)?.as_known()
    }

    /// Whether an existing webhook was adopted.
    pub fn is_adopted(&self) -> bool {
        self.adopted == Attr::Known(true)
    }
}
