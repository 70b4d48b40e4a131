//! From the settings to a session in an account and region.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use aws_config::SdkConfig;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use tokio::sync::OnceCell;

use super::error::{Failure, Kind, Operation};
use super::memo::Memo;
use super::reads::{Global, Listings};
use super::session::Session;
use super::settings::{Settings, Target};
use super::{AccountId, Arn, Partition, Region, config, http};

const GET_CALLER_IDENTITY: Operation = Operation { service: "sts", name: "GetCallerIdentity" };

/// The way to AWS: sessions by account, role and region. Cloning is cheap and shares everything.
#[derive(Clone)]
pub struct Aws {
    shared: Arc<Shared>,
}

struct Shared {
    settings: Settings,
    http: SharedHttpClient,
    /// Credentials in place of those of the standard chain.
    credentials: Option<SharedCredentialsProvider>,
    base: OnceCell<SdkConfig>,
    caller: Memo<(), Caller>,
    identities: Memo<Role, Arc<Identity>>,
    sessions: Mutex<HashMap<(Option<Role>, Region), Session>>,
    listings: Mutex<HashMap<(AccountId, Region), Arc<Listings>>>,
    global: Mutex<HashMap<AccountId, Arc<Global>>>,
}

/// A role in another account, as it is assumed.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Role {
    account: AccountId,
    name: String,
    external_id: Option<String>,
}

/// Whose credentials the provider runs with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// The account of the credentials.
    pub account: AccountId,
    /// The user or role session.
    pub arn: Arn,
}

/// Credentials known to belong to an account.
pub(super) struct Identity {
    pub(super) caller: Caller,
    pub(super) config: SdkConfig,
}

impl Aws {
    /// Keeps the settings. The first call that needs AWS does the rest.
    pub fn new(settings: Settings) -> Self {
        Self::over(settings, http::client(), None)
    }

    /// The same over another HTTP client, and with other credentials than those of the chain.
    pub(super) fn over(
        settings: Settings,
        http: SharedHttpClient,
        credentials: Option<SharedCredentialsProvider>,
    ) -> Self {
        let shared = Shared {
            settings,
            http,
            credentials,
            base: OnceCell::new(),
            caller: Memo::default(),
            identities: Memo::default(),
            sessions: Mutex::default(),
            listings: Mutex::default(),
            global: Mutex::default(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// The settings it was made with.
    pub fn settings(&self) -> &Settings {
        &self.shared.settings
    }

    /// Whose credentials these are, after the provider's `assume_role`. Asked once.
    ///
    /// # Errors
    /// What STS refuses; [`Kind::Configuration`] without credentials.
    pub async fn caller(&self) -> Result<Caller, Failure> {
        self.shared.caller.of(&(), async { self.ask_caller().await }).await
    }

    async fn ask_caller(&self) -> Result<Caller, Failure> {
        let profile = self.shared.settings.profile.as_deref();
        identify(self.base().await).await.map_err(|failure| match profile {
            Some(name) if failure.kind() == Kind::Configuration => {
                failure.noting(&format!("the profile is `{name}`"))
            }
            Some(_) | None => failure,
        })
    }

    /// The region of what names none: the provider's, or else that of the standard chain.
    ///
    /// # Errors
    /// [`Kind::Configuration`] when there is none.
    pub async fn default_region(&self) -> Result<Region, Failure> {
        if let Some(region) = &self.shared.settings.region {
            return Ok(region.clone());
        }
        let Some(found) = self.base().await.region() else {
            return Err(Failure::new(Kind::Configuration, "no region is given").advising(
                "set `region` on the resource or in the provider block, or AWS_REGION.",
            ));
        };
        found
            .as_ref()
            .parse()
            .map_err(|error| Failure::new(Kind::Configuration, format!("{error}")))
    }

    /// A session in the target's account and region.
    ///
    /// In the caller's own account no role is assumed, also when the target names one. In
    /// another account the role is assumed once and shared by all regions, and STS has confirmed
    /// the account before the session is handed out.
    ///
    /// # Errors
    /// [`Kind::WrongAccount`] when the credentials are of another account than the target's,
    /// naming both; [`Kind::Denied`] when the role may not be assumed; [`Kind::Configuration`]
    /// without credentials or region. A failure is not kept.
    pub async fn session(&self, target: &Target) -> Result<Session, Failure> {
        let region = match &target.region {
            Some(region) => region.clone(),
            None => self.default_region().await?,
        };
        let role = self.role(target).await?;
        let identity = self.identity(role.as_ref()).await?;
        Ok(self.open(role, &identity, region))
    }

    /// A session for services without a region of their own, such as Budgets. The target's region
    /// plays no part, and none needs to be configured.
    ///
    /// # Errors
    /// Those of [`Aws::session`], except for a missing region.
    pub async fn global_session(&self, target: &Target) -> Result<Session, Failure> {
        let role = self.role(target).await?;
        let identity = self.identity(role.as_ref()).await?;
        let region = identity.caller.arn.partition().global_region();
        Ok(self.open(role, &identity, region))
    }

    async fn base(&self) -> &SdkConfig {
        let shared = &self.shared;
        let load = || {
            let (http, credentials) = (shared.http.clone(), shared.credentials.clone());
            Box::pin(config::load(&shared.settings, http, credentials))
        };
        shared.base.get_or_init(load).await
    }

    /// The role to assume; `None` in the caller's own account.
    async fn role(&self, target: &Target) -> Result<Option<Role>, Failure> {
        let defaults = &self.shared.settings.account;
        let Some(account) = target.account.as_ref().or(defaults.id.as_ref()) else {
            return Ok(None);
        };
        let caller = self.caller().await?;
        if *account == caller.account {
            return Ok(None);
        }
        let Some(name) = target.role_name.as_ref().or(defaults.role_name.as_ref()) else {
            let Caller { account: own, arn } = caller;
            let message = format!(
                "account {account} is wanted, but the credentials ({arn}) belong to account \
                 {own} and no `role_name` says which role to assume"
            );
            return Err(Failure::new(Kind::WrongAccount, message));
        };
        Ok(Some(Role {
            account: account.clone(),
            name: name.clone(),
            external_id: target.external_id.clone().or_else(|| defaults.external_id.clone()),
        }))
    }

    async fn identity(&self, role: Option<&Role>) -> Result<Arc<Identity>, Failure> {
        let caller = self.caller().await?;
        match role {
            None => Ok(Arc::new(Identity { caller, config: self.base().await.clone() })),
            Some(role) => {
                self.shared.identities.of(role, async { self.assume(role, &caller).await }).await
            }
        }
    }

    async fn assume(&self, role: &Role, caller: &Caller) -> Result<Arc<Identity>, Failure> {
        let arn = Arn::role(caller.arn.partition(), &role.account, &role.name);
        let wanted = config::role_of_account(arn.clone(), role.external_id.clone());
        let config = config::assuming(self.base().await, wanted);
        let found = identify(&config).await.map_err(|failure| {
            let failure = failure.met_by(caller.arn.to_string());
            let role_is_named = failure.message().contains(&arn.to_string());
            if role_is_named { failure } else { failure.noting(&format!("the role is {arn}")) }
        })?;
        if found.account != role.account {
            let (wanted, found) = (&role.account, &found.account);
            let message =
                format!("account {wanted} is wanted, but role {arn} leads to account {found}");
            return Err(Failure::new(Kind::WrongAccount, message));
        }
        Ok(Arc::new(Identity { caller: found, config }))
    }

    fn open(&self, role: Option<Role>, identity: &Identity, region: Region) -> Session {
        let place = (identity.caller.account.clone(), region.clone());
        let key = (role, region);
        let mut sessions = self.shared.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        let open = || Session::new(identity, key.1.clone(), self.listings(place));
        sessions.entry(key.clone()).or_insert_with(open).clone()
    }

    /// What was listed in this account and region, whichever role listed it.
    fn listings(&self, place: (AccountId, Region)) -> Arc<Listings> {
        let global = {
            let mut all = self.shared.global.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(all.entry(place.0.clone()).or_default())
        };
        let mut all = self.shared.listings.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(all.entry(place).or_insert_with(|| Arc::new(Listings::new(global))))
    }
}

/// Whose credentials a configuration holds.
async fn identify(config: &SdkConfig) -> Result<Caller, Failure> {
    let client = aws_sdk_sts::Client::new(&config::with_region(config));
    let answer = Box::pin(client.get_caller_identity().send())
        .await
        .map_err(|error| Failure::of(GET_CALLER_IDENTITY, &error))?;
    let unreadable = |what: String| {
        Failure::new(Kind::Other, format!("the answer holds no usable identity: {what}"))
            .during(GET_CALLER_IDENTITY)
    };
    let account = answer.account().unwrap_or_default().parse();
    let arn = answer.arn().unwrap_or_default().parse();
    Ok(Caller {
        account: account.map_err(|error: super::InvalidAccountId| unreadable(error.to_string()))?,
        arn: arn.map_err(|error: super::InvalidArn| unreadable(error.to_string()))?,
    })
}

impl Caller {
    /// The partition of the credentials.
    pub fn partition(&self) -> &Partition {
        self.arn.partition()
    }
}
