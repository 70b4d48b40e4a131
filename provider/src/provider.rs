//! The provider block: where things live, how AWS and Discord are reached.

use std::collections::BTreeMap;

use framework::schema::tf;
use framework::{
    Attr, Diagnostics, ErasedDataSource, ErasedResource, Function, Path, Provider, Setup, path,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::clients::Clients;
use crate::model::account::{self, DefaultAccount};
use crate::model::boundary::Boundary;
use crate::model::checks::{check, check_tags};
use crate::model::prices::{PriceList, RegionPrices};
use crate::{aws, registry};

/// The provider.
#[derive(Clone, Copy, Debug)]
pub struct Hinomi;

/// Declares what is watched in your AWS accounts, what it may cost and where the bell rings.
///
/// One provider block serves a whole organization: each resource may name an account of its own,
/// whose role the provider assumes by itself.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// Region of everything that names none itself. Without it the standard AWS environment and profile decide.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub region: Attr<String>,
    /// Profile of the shared AWS configuration files that the credentials come from.
    #[schemars(length(min = 1), extend("x-tf" = tf::optional()))]
    pub profile: Attr<String>,
    /// Account of everything that names none itself. Without it that is the account of the credentials.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub account: Attr<DefaultAccount>,
    /// Role to take on first, before the role of any account. Use it when the credentials themselves may do nothing else.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub assume_role: Attr<AssumeRole>,
    /// Tags of everything that this provider makes. A resource's own `tags` win over them.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub default_tags: Attr<BTreeMap<String, Attr<String>>>,
    /// Begins the name of everything that this provider makes in AWS, for organizations whose policies ask for one. Without it that is `hinomi-`.
    #[schemars(
        length(max = 10),
        regex(pattern = "^[a-z]([a-z0-9-]*)$"),
        extend("x-tf" = tf::optional().pattern_in_words("begin with a lower-case letter and hold only lower-case letters, digits and `-`"))
    )]
    pub name_prefix: Attr<String>,
    /// Tells two configurations apart that declare things in the same account: part of names and of the tag `hinomi:stack`. Without it that is `default`.
    #[schemars(
        length(min = 1, max = 32),
        regex(pattern = "^[a-z0-9][a-z0-9-]*$"),
        extend("x-tf" = tf::optional().pattern_in_words("hold only lower-case letters, digits and `-`, and not begin with `-`"))
    )]
    pub stack: Attr<String>,
    /// The policy that bounds the permissions of every IAM role that this provider makes, where the organization refuses roles without one: its name, with its path if it has one, such as `bounds/monitoring`, which means the policy of that name in each account; or its ARN, which serves one account alone.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub permissions_boundary: Attr<String>,
    /// IAM path of every role that this provider makes, such as `/monitoring/`.
    #[schemars(
        length(max = 512),
        regex(pattern = "^/([!-~]+/)?$"),
        extend("x-tf" = tf::optional().pattern_in_words("begin and end with `/`"))
    )]
    pub iam_path: Attr<String>,
    /// Address that all AWS calls go to, for a private endpoint. The standard variables `AWS_ENDPOINT_URL` and `AWS_ENDPOINT_URL_<SERVICE>` work as well.
    #[schemars(
        regex(pattern = "^https?://"),
        extend("x-tf" = tf::optional().pattern_in_words("begin with `https://` or `http://`"))
    )]
    pub endpoint_url: Attr<String>,
    /// Where list prices come from: `table`, which is what it is without this, or `live`.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub price_list: Attr<PriceList>,
    /// Your own prices, by region, in place of the list prices: for what your company pays, or for a region whose prices differ.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub prices: Attr<BTreeMap<String, Attr<RegionPrices>>>,
    /// How Discord is reached. Needed for webhooks that the provider makes by itself.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub discord: Attr<Discord>,
}

/// A role that is taken on before all others.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AssumeRole {
    /// ARN of the role.
    #[schemars(extend("x-tf" = tf::required()))]
    pub role_arn: Attr<String>,
    /// External id that the role's trust policy asks for.
    #[schemars(length(min = 2, max = 1224), extend("x-tf" = tf::optional()))]
    pub external_id: Attr<String>,
    /// Name of the session, seen in CloudTrail. Without it that is `hinomi`.
    #[schemars(
        length(min = 2, max = 64),
        regex(pattern = "^[A-Za-z0-9_+=,.@-]*$"),
        extend("x-tf" = tf::optional().pattern_in_words("hold only letters, digits and `_+=,.@-`"))
    )]
    pub session_name: Attr<String>,
    /// How long the credentials live, from `15m` to `12h`, at most what the role allows. Without it that is `1h`.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub duration: Attr<String>,
}

/// How Discord is reached.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Discord {
    /// Token of a bot that may manage the webhooks of the channels. The variable `DISCORD_BOT_TOKEN` works as well.
    #[schemars(length(min = 1), extend("x-tf" = tf::optional().sensitive()))]
    pub bot_token: Attr<String>,
    /// Address of Discord's API, for a proxy. Without it that is `https://discord.com/api/v10`.
    #[schemars(
        regex(pattern = "^https?://"),
        extend("x-tf" = tf::optional().pattern_in_words("begin with `https://` or `http://`"))
    )]
    pub base_url: Attr<String>,
}

impl Provider for Hinomi {
    const NAME: &'static str = "hinomi";
    type Config = Block;
    type Clients = Clients;

    fn resources() -> Vec<Box<dyn ErasedResource<Clients>>> {
        registry::resources()
    }

    fn data_sources() -> Vec<Box<dyn ErasedDataSource<Clients>>> {
        registry::data_sources()
    }

    fn functions() -> Vec<Function> {
        registry::functions()
    }

    fn validate(block: &Block, diagnostics: &mut Diagnostics) {
        check::<aws::Region>(&block.region, path!(Block => region), diagnostics);
        check::<Boundary>(
            &block.permissions_boundary,
            path!(Block => permissions_boundary),
            diagnostics,
        );
        if let Some(account) = block.account.as_known() {
            account::validate(&account.id, &path!(Block => account), diagnostics);
        }
        if let Some(role) = block.assume_role.as_known() {
            validate_role(role, &path!(Block => assume_role), diagnostics);
        }
        check_tags(&block.default_tags, &path!(Block => default_tags), diagnostics);
        for region in block.prices.as_known().into_iter().flat_map(BTreeMap::keys) {
            let at = path!(Block => prices).key(region);
            check::<aws::Region>(&Attr::Known(region.clone()), at, diagnostics);
        }
        check::<Url>(&block.endpoint_url, path!(Block => endpoint_url), diagnostics);
        if let Some(discord) = block.discord.as_known() {
            check::<Url>(&discord.base_url, path!(Block => discord.base_url), diagnostics);
        }
    }

    async fn configure(block: Block, _: Setup, diagnostics: &mut Diagnostics) -> Option<Clients> {
        match Clients::new(block) {
            Ok(clients) => Some(clients),
            Err(problem) => {
                diagnostics.fail(problem);
                None
            }
        }
    }
}

fn validate_role(role: &AssumeRole, path: &Path, diagnostics: &mut Diagnostics) {
    check::<aws::Arn>(&role.role_arn, path.attribute("role_arn"), diagnostics);
    let duration = path.attribute("duration");
    check::<contract::duration::Span>(&role.duration, duration.clone(), diagnostics);
    if let Some(Ok(span)) =
        role.duration.as_known().map(|text| text.parse::<contract::duration::Span>())
        && !(900..=43_200).contains(&span.as_seconds())
    {
        diagnostics.error(
            duration,
            "Invalid value for `duration`",
            "The credentials of a role live from `15m` to `12h` (AWS STS, AssumeRole).",
        );
    }
}
