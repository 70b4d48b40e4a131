//! The parameters of a webhook, each with the way into its account and region.

use std::collections::BTreeMap;

use aws_sdk_ssm::types::{ParameterMetadata, ParameterType};
use framework::{Error, Path, Result, path};
use tokio_util::sync::CancellationToken;

use super::api::{self, Content};
use super::model::{Publication, Webhook};
use crate::aws::reads::parameters;
use crate::aws::tags::{Ownership, TagChanges, ownership};
use crate::aws::{Arn, Failure, Kind, Session};
use crate::clients::Clients;
use crate::diagnose::Doing;
use crate::model::place;
use contract::secret::Secret;
use discord::{Client, WebhookUrl};

/// One parameter.
pub(super) struct Spot {
    /// The user's name of it.
    pub(super) key: String,
    /// What is declared of it.
    pub(super) publication: Publication,
    session: Session,
    name: String,
}

/// Whose a webhook is, as its parameters' tags say it.
pub(super) struct Owner<'a> {
    /// The provider's stack.
    pub(super) stack: &'a str,
    /// The value of the tag `hinomi:name`.
    pub(super) name: &'a str,
}

/// Opens the way to each parameter of a webhook.
///
/// # Errors
/// When an account can't be entered.
pub(super) async fn spots(
    clients: &Clients,
    webhook: &Webhook,
    cancel: &CancellationToken,
) -> Result<Vec<Spot>> {
    let mut spots = Vec::new();
    for (key, publication) in webhook.publications() {
        let account = publication.account.clone().map(Into::into);
        let target = place::target(&account, Some(&publication.region))?;
        let session = clients.session(&target, cancel).await;
        let session = session.map_err(|problem| problem.at(path_of(key)))?;
        let name = publication.parameter_name.known("parameter_name")?.clone();
        spots.push(Spot { key: key.clone(), publication: publication.clone(), session, name });
    }
    Ok(spots)
}

fn path_of(key: &str) -> Path {
    path!(Webhook => publish_to).key(key)
}

impl Spot {
    /// The parameter's ARN.
    pub(super) fn arn(&self) -> String {
        let (partition, account) = (self.session.partition(), self.session.account());
        Arn::parameter(partition, account, self.session.region(), &self.name).to_string()
    }

    /// Where it is, for a person.
    fn told(&self) -> String {
        format!("{} in {} {}", self.name, self.session.account(), self.session.region())
    }

    fn doing<T>(&self, verb: &str, outcome: Result<T, Failure>) -> Result<T> {
        let outcome = outcome.doing(verb, "SSM parameter", &self.told());
        outcome.map_err(|problem| problem.at(path_of(&self.key)))
    }

    /// The parameter as it was listed, without its value; `None` when it is gone.
    pub(super) async fn find(&self) -> Result<Option<ParameterMetadata>> {
        self.doing("read", parameters::find(&self.session, &self.name).await)
    }

    /// The tags of the parameter.
    pub(super) async fn tags(&self) -> Result<BTreeMap<String, String>> {
        let tags =
            self.doing("read the tags of", parameters::tags(&self.session, &self.name).await);
        Ok(tags?.unwrap_or_default())
    }

    /// The webhook whose URL the parameter holds; `None` when it holds anything else, or is gone.
    pub(super) async fn url(&self, client: &Client) -> Result<Option<WebhookUrl>> {
        let value = self.doing("read", api::value(&self.session, &self.name).await)?;
        Ok(value.and_then(|text| client.parse_webhook_url(text.expose()).ok()))
    }

    /// What is at the parameter's name, which a declaration is about to write.
    ///
    /// # Errors
    /// When something is there that the declaration didn't make.
    pub(super) async fn claim(&self, owner: &Owner<'_>) -> Result<Option<ParameterMetadata>> {
        self.claim_if(|tags| ownership(tags, owner.stack, owner.name)).await
    }

    /// The same for a parameter that the state knows: it stays ours when its tags were lost or say
    /// an earlier name or the stack's former one, but not when another stack has made one in its
    /// place.
    pub(super) async fn reclaim(
        &self,
        owner: &Owner<'_>,
        former_stack: Option<&str>,
    ) -> Result<Option<ParameterMetadata>> {
        let judge = |tags: &BTreeMap<String, String>| match ownership(tags, owner.stack, owner.name)
        {
            Ownership::OtherStack { stack, name }
                if stack != owner.stack && Some(stack.as_str()) != former_stack =>
            {
                Ownership::OtherStack { stack, name }
            }
            Ownership::Ours | Ownership::OtherStack { .. } | Ownership::Foreign => Ownership::Ours,
        };
        self.claim_if(judge).await
    }

    async fn claim_if(
        &self,
        judge: impl Fn(&BTreeMap<String, String>) -> Ownership,
    ) -> Result<Option<ParameterMetadata>> {
        let found = self.doing("read", parameters::direct(&self.session, &self.name).await)?;
        let Some(found) = found else { return Ok(None) };
        match judge(&self.tags().await?) {
            Ownership::Ours => Ok(Some(found)),
            Ownership::OtherStack { stack, name } => {
                Err(self
                    .taken(&format!("It belongs to the webhook `{name}` of the stack `{stack}`")))
            }
            Ownership::Foreign => Err(self.taken("Hinomi didn't make it")),
        }
    }

    fn taken(&self, whose: &str) -> Error {
        Error::new(
            format!("Unable to write SSM parameter `{}`", self.told()),
            format!("There is a parameter of this name already. {whose}, so it is left alone."),
        )
        .hint("choose another `parameter_name`, or delete the parameter if nobody needs it.")
        .at(path_of(&self.key).attribute("parameter_name"))
    }

    /// Writes the URL and the tags; returns the parameter's version.
    ///
    /// `found` is what [`Spot::claim`] or [`Spot::reclaim`] found.
    pub(super) async fn write(
        &self,
        found: Option<ParameterMetadata>,
        client: &Client,
        url: &WebhookUrl,
        tags: &BTreeMap<String, String>,
        owner: &Owner<'_>,
    ) -> Result<i64> {
        let value = client.webhook_url(url);
        let content = Content {
            webhook: &url.id,
            url: &value,
            kms_key_id: self.publication.kms_key_id.as_known().map(String::as_str),
        };
        if let Some(found) = found {
            return self.replace(&found, &content, tags).await;
        }
        match api::create(&self.session, &self.name, &content, tags).await {
            // The first try may have made it, and its answer have been lost.
            Err(failure) if failure.kind() == Kind::Conflict => match self.claim(owner).await? {
                Some(found) => self.replace(&found, &content, tags).await,
                None => self.doing("write", Err(failure)),
            },
            outcome => self.doing("write", outcome),
        }
    }

    async fn replace(
        &self,
        found: &ParameterMetadata,
        content: &Content<'_>,
        tags: &BTreeMap<String, String>,
    ) -> Result<i64> {
        if found.r#type.as_ref() != Some(&ParameterType::SecureString) {
            // The type of a parameter can't be changed.
            self.remove().await?;
            let made = api::create(&self.session, &self.name, content, tags).await;
            return self.doing("write", made);
        }
        let written = api::overwrite(&self.session, &self.name, content).await;
        let version = self.doing("write", written)?;
        self.retag(tags).await?;
        Ok(version)
    }

    /// Gives the parameter these tags and no others.
    pub(super) async fn retag(&self, tags: &BTreeMap<String, String>) -> Result<()> {
        let changes = TagChanges::between(&self.tags().await?, tags);
        if changes.is_empty() {
            return Ok(());
        }
        self.doing("tag", api::change_tags(&self.session, &self.name, changes).await)
    }

    /// Removes the parameter.
    pub(super) async fn remove(&self) -> Result<()> {
        self.doing("delete", api::delete(&self.session, &self.name).await)
    }

    /// Removes the parameter, unless it holds another webhook's URL by now.
    pub(super) async fn retract(&self, webhook: Option<&str>) -> Result<()> {
        let found = self.doing("read", parameters::direct(&self.session, &self.name).await)?;
        let Some(found) = found else { return Ok(()) };
        match webhook {
            Some(id) if api::names_another(found.description.as_deref(), id) => Ok(()),
            Some(_) | None => self.remove().await,
        }
    }

    /// Whether the parameter holds this URL.
    pub(super) async fn holds(&self, client: &Client, url: &WebhookUrl) -> Result<bool> {
        Ok(self.url(client).await?.is_some_and(|found| found == *url))
    }
}

/// The tokens of a webhook that its parameters hold, each once.
///
/// # Errors
/// When no token was found and a parameter can't be read.
pub(super) async fn tokens(
    spots: &[Spot],
    client: &Client,
    webhook: &str,
) -> Result<Vec<Secret<String>>> {
    let (mut tokens, mut unreadable) = (Vec::new(), None);
    for spot in spots {
        match spot.url(client).await {
            Ok(Some(url)) if url.id.as_str() == webhook && !tokens.contains(&url.token) => {
                tokens.push(url.token);
            }
            Ok(_) => {}
            Err(problem) => unreadable = unreadable.or(Some(problem)),
        }
    }
    match unreadable {
        Some(problem) if tokens.is_empty() => Err(problem),
        Some(_) | None => Ok(tokens),
    }
}
