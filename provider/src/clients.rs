//! What configuring the provider makes: the ways to AWS and Discord, and the defaults of resources.

use contract::duration::Span;
use framework::{Attr, Diagnostic, Diagnostics, Error, Result, Severity};
use tokio_util::sync::CancellationToken;

use crate::VERSION;
use crate::aws::settings::{AccountDefaults, AssumeRole};
use crate::aws::{self, Aws};
use crate::claims::Claims;
use crate::diagnose;
use crate::model::account::DefaultAccount;
use crate::model::prices::{self, PriceList};
use crate::model::tags::Tags;
use crate::price_lists::PriceLists;
use crate::pricing::{PriceBook, Prices};
use crate::provider::{self, Block};
use contract::secret::Secret;

/// Begins names in AWS where the provider block says nothing else.
const NAME_PREFIX: &str = "hinomi-";
/// The stack where the provider block names none.
const STACK: &str = "default";
/// Where a bot's token may stand instead of the configuration.
const BOT_TOKEN: &str = "DISCORD_BOT_TOKEN";

/// What every operation works with.
pub struct Clients {
    aws: Result<Aws, NotYetKnown>,
    discord: Result<discord::Client, NotYetKnown>,
    /// What resources use where they say nothing themselves.
    pub defaults: Defaults,
    /// What was made since the provider was configured.
    pub claims: Claims,
    /// Prices, with what the provider block says; `None` while that isn't known.
    prices: Option<PriceBook>,
    price_list: Attr<PriceList>,
    price_lists: PriceLists,
}

/// Values of the provider block for resources that say nothing themselves. Unknown ones are
/// tolerated while planning.
#[derive(Clone, Debug, Default)]
pub struct Defaults {
    /// The account, part by part.
    pub account: DefaultAccount,
    /// Whether the account as a whole is not known yet.
    pub account_is_unknown: bool,
    /// The region, when the provider block names one.
    pub region: Attr<String>,
    /// Tags of every object.
    pub tags: Attr<Tags>,
    /// Begins the name of every object; never null.
    pub name_prefix: Attr<String>,
    /// The stack; never null.
    pub stack: Attr<String>,
    /// Bounds the permissions of every role that is made.
    pub permissions_boundary: Attr<String>,
    /// Path of every role that is made.
    pub iam_path: Attr<String>,
    /// Where Discord's API is, when it is not Discord's own address.
    pub discord_base_url: Attr<String>,
}

/// A value of the provider block that something else has to make first.
#[derive(Clone, Debug)]
struct NotYetKnown(&'static str);

impl NotYetKnown {
    fn error(&self, what: &str) -> Error {
        Error::new(
            format!("{what} can't be reached yet"),
            format!(
                "The provider's `{}` is not known before something else has been applied.",
                self.0
            ),
        )
        .hint("give the provider a value that is known while planning, or apply what makes the value first (`-target`).")
    }
}

/// A value that is set, or null; unknown is refused with the attribute's name.
fn settled<T: Clone>(attribute: &Attr<T>, name: &'static str) -> Result<Option<T>, NotYetKnown> {
    match attribute {
        Attr::Null => Ok(None),
        Attr::Unknown => Err(NotYetKnown(name)),
        Attr::Known(value) => Ok(Some(value.clone())),
    }
}

impl Clients {
    /// Reads a provider block that was found valid. Makes no call.
    ///
    /// # Errors
    /// When a value can't be used.
    pub fn new(block: Block) -> Result<Self> {
        let aws = settings(&block).map(Aws::new);
        let discord = match discord_settings(&block.discord) {
            Ok(settings) => Ok(discord::Client::new(settings)),
            Err(unknown) => Err(unknown),
        };
        let prices = prices::overrides(&block.prices).map(PriceBook::new);
        let price_list = block.price_list.clone();
        let price_lists = PriceLists::of_user();
        let defaults = Defaults::of(block);
        let claims = Claims::default();
        Ok(Self { aws, discord, defaults, claims, prices, price_list, price_lists })
    }

    /// The way to AWS.
    ///
    /// # Errors
    /// While the provider block has unknown values that it needs.
    pub fn aws(&self) -> Result<&Aws> {
        self.aws.as_ref().map_err(|unknown| unknown.error("AWS"))
    }

    /// Whether AWS can be reached with what is known now.
    pub fn aws_is_known(&self) -> bool {
        self.aws.is_ok()
    }

    /// The way to Discord.
    ///
    /// # Errors
    /// While the provider block has unknown values that it needs.
    pub fn discord(&self) -> Result<&discord::Client> {
        self.discord.as_ref().map_err(|unknown| unknown.error("Discord"))
    }

    /// The prices of a region; `None` while something of the provider block that they follow from is
    /// not known, AWS's list included: an apply that can ask for it must not contradict its plan.
    ///
    /// A list that can't be read is no failure. The table takes its place, with one warning in all.
    pub async fn prices(&self, region: &str, diagnostics: &mut Diagnostics) -> Option<Prices> {
        let book = self.prices.as_ref()?;
        match self.price_list {
            Attr::Unknown => None,
            Attr::Null | Attr::Known(PriceList::Table) => Some(book.table(region)),
            Attr::Known(PriceList::Live) => self.live_prices(book, region, diagnostics).await,
        }
    }

    async fn live_prices(
        &self,
        book: &PriceBook,
        region: &str,
        diagnostics: &mut Diagnostics,
    ) -> Option<Prices> {
        let aws = self.aws.as_ref().ok()?;
        // Any account may ask; the provider's own is the one whose permissions are known best.
        let asking = self.defaults.target()?;
        let Ok(code) = region.parse::<aws::Region>() else { return Some(book.table(region)) };
        match self.price_lists.of(aws, &asking, &code).await {
            Ok(found) => Some(book.live(region, &found)),
            Err(failure) => {
                if self.price_lists.may_warn() {
                    diagnostics.push(without_list(&failure));
                }
                Some(book.table(region))
            }
        }
    }

    /// A session in an account and region, unless Terraform asks to stop first.
    ///
    /// # Errors
    /// When the account can't be entered, or the credentials are of another one.
    pub async fn session(
        &self,
        target: &aws::Target,
        cancel: &CancellationToken,
    ) -> Result<aws::Session> {
        entered(target, cancel, self.aws()?.session(target)).await
    }

    /// A session for a service without regions, such as Budgets.
    ///
    /// # Errors
    /// Those of [`Clients::session`].
    pub async fn global_session(
        &self,
        target: &aws::Target,
        cancel: &CancellationToken,
    ) -> Result<aws::Session> {
        entered(target, cancel, self.aws()?.global_session(target)).await
    }
}

/// The warning that AWS's price list could not be read.
fn without_list(failure: &aws::Failure) -> Diagnostic {
    let told = diagnose::attempted(failure, "read AWS's price list").into_diagnostic();
    let instead = "Prices are those of us-east-1 from the table in this release, where you give none yourself.";
    let detail = format!("{instead} {}", told.detail);
    Diagnostic { severity: Severity::Warning, detail, ..told }
}

/// Waits for a session, unless Terraform asks to stop first.
async fn entered(
    target: &aws::Target,
    cancel: &CancellationToken,
    opening: impl Future<Output = Result<aws::Session, aws::Failure>>,
) -> Result<aws::Session> {
    let opened = tokio::select! {
        opened = opening => opened,
        () = cancel.cancelled() => {
            Err(aws::Failure::new(aws::Kind::Cancelled, "Terraform asked to stop"))
        }
    };
    opened.map_err(|failure| {
        let error = diagnose::attempted(&failure, &entering(target));
        told_of_role(error, &failure)
    })
}

/// A role that can't be assumed may have been renamed: the state still knows the old one.
fn told_of_role(error: Error, failure: &aws::Failure) -> Error {
    let is_role = failure.operation().is_some_and(|operation| operation.name == "AssumeRole");
    if failure.kind() == aws::Kind::Denied && is_role {
        return error.hint("if the role was renamed, the state still holds its old name: `terraform apply -refresh=false` with the new one puts it right.");
    }
    error
}

/// What opening a session is, as it reads after "Unable to ".
fn entering(target: &aws::Target) -> String {
    match &target.account {
        Some(account) => format!("enter AWS account `{account}`"),
        None => "enter the AWS account of the credentials".to_owned(),
    }
}

impl Defaults {
    fn of(block: Block) -> Self {
        Self {
            account_is_unknown: block.account.is_unknown(),
            account: block.account.into_known().unwrap_or_default(),
            region: block.region,
            tags: block.default_tags,
            name_prefix: block.name_prefix.or(Attr::Known(NAME_PREFIX.to_owned())),
            stack: block.stack.or(Attr::Known(STACK.to_owned())),
            permissions_boundary: block.permissions_boundary,
            iam_path: block.iam_path,
            discord_base_url: block.discord.and_then(|discord| discord.base_url),
        }
    }

    /// The account's id, role name and external id, each null, unknown or known.
    pub fn account_parts(&self) -> DefaultAccount {
        if self.account_is_unknown { DefaultAccount::unknown() } else { self.account.clone() }
    }

    /// The default account, to be entered; `None` while a part of it is not known.
    fn target(&self) -> Option<aws::Target> {
        let DefaultAccount { id, role_name, external_id } = self.account_parts();
        let known = |part: Attr<String>| match part {
            Attr::Unknown => None,
            Attr::Null => Some(None),
            Attr::Known(text) => Some(Some(text)),
        };
        Some(aws::Target {
            // The id was found valid when the block was.
            account: known(id)?.and_then(|id| id.parse().ok()),
            role_name: known(role_name)?,
            external_id: known(external_id)?,
            region: None,
        })
    }

    /// Whether any part of where resources live by default is not known yet.
    pub fn place_is_unknown(&self) -> bool {
        let DefaultAccount { id, role_name, external_id } = self.account_parts();
        [&id, &role_name, &external_id, &self.region].iter().any(|part| part.is_unknown())
    }
}

fn settings(block: &Block) -> Result<aws::Settings, NotYetKnown> {
    let region = match &block.region {
        // A resource may name its own region, so an unknown default harms only those that don't.
        Attr::Null | Attr::Unknown => None,
        Attr::Known(region) => region.parse().ok(),
    };
    Ok(aws::Settings {
        region,
        profile: settled(&block.profile, "profile")?,
        endpoint_url: settled(&block.endpoint_url, "endpoint_url")?,
        // Resources resolve their account themselves, so that it stands in plan and state.
        account: AccountDefaults::default(),
        assume_role: match settled(&block.assume_role, "assume_role")? {
            Some(role) => assume_role(&role)?,
            None => None,
        },
        version: VERSION.to_owned(),
    })
}

fn assume_role(role: &provider::AssumeRole) -> Result<Option<AssumeRole>, NotYetKnown> {
    let Some(role_arn) = settled(&role.role_arn, "assume_role.role_arn")? else { return Ok(None) };
    // Both texts were found valid when the block was.
    let Ok(role_arn) = role_arn.parse() else { return Ok(None) };
    let duration = settled(&role.duration, "assume_role.duration")?;
    Ok(Some(AssumeRole {
        role_arn,
        external_id: settled(&role.external_id, "assume_role.external_id")?,
        session_name: settled(&role.session_name, "assume_role.session_name")?,
        duration: duration.and_then(|text| text.parse::<Span>().ok()).map(Into::into),
    }))
}

fn discord_settings(block: &Attr<provider::Discord>) -> Result<discord::Settings, NotYetKnown> {
    let block = settled(block, "discord")?.unwrap_or_default();
    let written = settled(&block.bot_token, "discord.bot_token")?;
    let bot_token =
        written.or_else(|| std::env::var(BOT_TOKEN).ok().filter(|token| !token.is_empty()));
    let base_url = settled(&block.base_url, "discord.base_url")?;
    let base_url = base_url.as_deref().unwrap_or(discord::DEFAULT_BASE_URL);
    Ok(discord::Settings {
        base_url: base_url.parse().expect("the block's address was found valid, and so is ours"),
        bot_token: bot_token.map(Secret::new),
        version: VERSION,
    })
}
