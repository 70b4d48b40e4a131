//! The calls.

pub(super) mod messages;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, USER_AGENT};
use hyper::{Method, Request};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::answer::Answer;
use super::failure::{Failure, FailureKind, FieldProblem};
use super::limiter::Route;
use super::reason::AuditReason;
use super::scrub::Scrubber;
use super::send::{Bounds, Errand, Gate};
use super::snowflake::Snowflake;
use super::transport::Transport;
use super::webhook::{Changes, NewWebhook, Webhook};
use super::webhook_url::{UrlProblem, WebhookUrl, is_well_formed};
use contract::secret::Secret;

/// Discord's API, in the version that this client speaks.
pub const DEFAULT_BASE_URL: &str = "https://discord.com/api/v10";
/// Time for one request, connection included.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(15);
/// Where the user agent says that this client comes from, as Discord's reference asks.
const HOMEPAGE: &str = "https://github.com/hinomi/terraform-provider-hinomi";

/// What a client needs to know.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where the API is, version included: [`DEFAULT_BASE_URL`], or a proxy's http or https address.
    pub base_url: Url,
    /// The bot's token, without the word `Bot`. Calls by a webhook's own token need none.
    pub bot_token: Option<Secret<String>>,
    /// Version for the user agent.
    pub version: &'static str,
}

/// A client. Clones are cheap and share connections and what is known of the rate limits.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    settings: Settings,
    transport: Transport,
    gate: Gate,
}

/// Who a call is made as.
#[derive(Clone, Copy)]
enum Identity<'a> {
    Bot,
    Webhook(&'a Secret<String>),
}

/// One call: what is sent, apart from the headers that all calls have.
struct Outgoing<'a> {
    method: Method,
    route: Route,
    path: String,
    identity: Identity<'a>,
    reason: Option<&'a AuditReason>,
    body: Option<Content>,
}

/// A request's body, and what it is written in.
#[derive(Clone)]
struct Content {
    kind: String,
    bytes: Bytes,
}

impl Client {
    /// Makes a client. It opens no connection and reads no file until the first call.
    pub fn new(settings: Settings) -> Self {
        let transport = Transport::new(settings.base_url.scheme() == "https");
        Self { inner: Arc::new(Inner { settings, transport, gate: Gate::default() }) }
    }

    /// Whether calls as a bot can be made.
    pub fn has_bot(&self) -> bool {
        self.inner.settings.bot_token.is_some()
    }

    /// Makes a webhook in a channel; needs `MANAGE_WEBHOOKS` there.
    ///
    /// A connection that breaks after the request was sent is [`FailureKind::Ambiguous`].
    pub async fn create_webhook(
        &self,
        channel: &Snowflake,
        new: &NewWebhook,
        reason: Option<&AuditReason>,
        bounds: &Bounds,
    ) -> Result<Webhook, Failure> {
        let outgoing = Outgoing {
            body: Some(json(new)?),
            reason,
            ..of_channel(Method::POST, "POST /channels/{channel_id}/webhooks", channel)
        };
        let answer = self.send(&outgoing, false, bounds).await?;
        decode(&answer).map_err(Failure::into_ambiguous)
    }

    /// Lists the webhooks of a channel; needs `MANAGE_WEBHOOKS` there.
    pub async fn list_channel_webhooks(
        &self,
        channel: &Snowflake,
        bounds: &Bounds,
    ) -> Result<Vec<Webhook>, Failure> {
        let route = "GET /channels/{channel_id}/webhooks";
        let answer = self.send(&of_channel(Method::GET, route, channel), true, bounds).await?;
        // Discord's description allows null for an empty list.
        Ok(decode::<Option<Vec<Webhook>>>(&answer)?.unwrap_or_default())
    }

    /// Reads a webhook as the bot.
    pub async fn webhook(&self, id: &Snowflake, bounds: &Bounds) -> Result<Webhook, Failure> {
        let outgoing = of_webhook(Method::GET, "GET /webhooks/{webhook_id}", id);
        decode(&self.send(&outgoing, true, bounds).await?)
    }

    /// Reads a webhook by its own token; no bot token is needed.
    pub async fn webhook_with_token(
        &self,
        id: &Snowflake,
        token: &Secret<String>,
        bounds: &Bounds,
    ) -> Result<Webhook, Failure> {
        let route = "GET /webhooks/{webhook_id}/{webhook_token}";
        let outgoing = with_token(Method::GET, route, id, token)?;
        decode(&self.send(&outgoing, true, bounds).await?)
    }

    /// Changes a webhook's name, picture or channel as the bot.
    pub async fn modify_webhook(
        &self,
        id: &Snowflake,
        changes: &Changes,
        reason: Option<&AuditReason>,
        bounds: &Bounds,
    ) -> Result<Webhook, Failure> {
        let outgoing = Outgoing {
            body: Some(json(changes)?),
            reason,
            ..of_webhook(Method::PATCH, "PATCH /webhooks/{webhook_id}", id)
        };
        decode(&self.send(&outgoing, true, bounds).await?)
    }

    /// Changes a webhook's name or picture by its own token. Another channel is refused here: Discord would ignore it.
    pub async fn modify_webhook_with_token(
        &self,
        id: &Snowflake,
        token: &Secret<String>,
        changes: &Changes,
        reason: Option<&AuditReason>,
        bounds: &Bounds,
    ) -> Result<Webhook, Failure> {
        if changes.channel_id.is_some() {
            return Err(moving_needs_a_bot());
        }
        let route = "PATCH /webhooks/{webhook_id}/{webhook_token}";
        let outgoing = Outgoing {
            body: Some(json(changes)?),
            reason,
            ..with_token(Method::PATCH, route, id, token)?
        };
        decode(&self.send(&outgoing, true, bounds).await?)
    }

    /// Deletes a webhook as the bot. One that is gone already is a [`Failure::is_unknown_webhook`].
    pub async fn delete_webhook(
        &self,
        id: &Snowflake,
        reason: Option<&AuditReason>,
        bounds: &Bounds,
    ) -> Result<(), Failure> {
        let outgoing = of_webhook(Method::DELETE, "DELETE /webhooks/{webhook_id}", id);
        self.send(&Outgoing { reason, ..outgoing }, true, bounds).await.map(drop)
    }

    /// Deletes a webhook by its own token. One that is gone already is a [`Failure::is_unknown_webhook`].
    pub async fn delete_webhook_with_token(
        &self,
        id: &Snowflake,
        token: &Secret<String>,
        reason: Option<&AuditReason>,
        bounds: &Bounds,
    ) -> Result<(), Failure> {
        let route = "DELETE /webhooks/{webhook_id}/{webhook_token}";
        let outgoing = with_token(Method::DELETE, route, id, token)?;
        self.send(&Outgoing { reason, ..outgoing }, true, bounds).await.map(drop)
    }

    /// Reads a webhook's URL: of Discord, or of the host of this client's base URL.
    pub fn parse_webhook_url(&self, text: &str) -> Result<WebhookUrl, UrlProblem> {
        WebhookUrl::parse(text, &self.inner.settings.base_url)
    }

    /// The URL that messages are sent to, on the host of this client's base URL.
    pub fn webhook_url(&self, url: &WebhookUrl) -> Secret<String> {
        url.compose(&self.inner.settings.base_url)
    }

    async fn send(
        &self,
        outgoing: &Outgoing<'_>,
        repeatable: bool,
        bounds: &Bounds,
    ) -> Result<Answer, Failure> {
        let inner = &*self.inner;
        let request = inner.request(outgoing)?;
        let errand = Errand {
            route: outgoing.route.clone(),
            repeatable,
            scrubber: inner.scrubber(outgoing.identity),
            time_limit: REQUEST_TIMEOUT,
            bounds,
        };
        inner.gate.run(&errand, || inner.transport.exchange(request.clone())).await
    }
}

impl Inner {
    fn request(&self, outgoing: &Outgoing<'_>) -> Result<Request<Full<Bytes>>, Failure> {
        let agent = format!("DiscordBot ({HOMEPAGE}, {})", self.settings.version);
        let mut request = Request::builder()
            .method(outgoing.method.clone())
            .uri(self.uri(&outgoing.path))
            .header(USER_AGENT, agent);
        match outgoing.identity {
            Identity::Bot => request = request.header(AUTHORIZATION, self.authorization()?),
            Identity::Webhook(_) => {}
        }
        if let Some(reason) = outgoing.reason {
            request = request.header("x-audit-log-reason", reason.encoded());
        }
        if let Some(content) = &outgoing.body {
            request = request.header(CONTENT_TYPE, &content.kind);
        }
        let bytes = outgoing.body.as_ref().map(|content| content.bytes.clone());
        let body = Full::new(bytes.unwrap_or_default());
        // The error is dropped: it may hold the path, which may hold a token.
        request.body(body).map_err(|_| {
            let message = "no request can be made of discord's base URL and the user agent";
            Failure::local(FailureKind::Invalid { fields: Vec::new() }, message)
        })
    }

    fn uri(&self, path: &str) -> String {
        let mut base = self.settings.base_url.clone();
        base.set_query(None);
        base.set_fragment(None);
        format!("{}{path}", base.as_str().trim_end_matches('/'))
    }

    fn authorization(&self) -> Result<HeaderValue, Failure> {
        let unauthorized = |message| Failure::local(FailureKind::Unauthorized, message);
        let token = self.settings.bot_token.as_ref();
        let token = token.ok_or_else(|| unauthorized("no bot token is configured"))?;
        let value = HeaderValue::try_from(format!("Bot {}", token.expose()));
        let malformed = "the bot token holds characters that no token has";
        let mut value = value.map_err(|_| unauthorized(malformed))?;
        value.set_sensitive(true);
        Ok(value)
    }

    fn scrubber(&self, identity: Identity<'_>) -> Scrubber {
        let own = match identity {
            Identity::Bot => None,
            Identity::Webhook(token) => Some(token.clone()),
        };
        Scrubber::new(own.into_iter().chain(self.settings.bot_token.clone()))
    }
}

fn of_channel(method: Method, name: &'static str, channel: &Snowflake) -> Outgoing<'static> {
    let route = Route { name, major: channel.to_string() };
    let path = format!("/channels/{channel}/webhooks");
    Outgoing { method, route, path, identity: Identity::Bot, reason: None, body: None }
}

fn of_webhook(method: Method, name: &'static str, id: &Snowflake) -> Outgoing<'static> {
    let (route, path) = (Route { name, major: id.to_string() }, format!("/webhooks/{id}"));
    Outgoing { method, route, path, identity: Identity::Bot, reason: None, body: None }
}

fn with_token<'a>(
    method: Method,
    name: &'static str,
    id: &Snowflake,
    token: &'a Secret<String>,
) -> Result<Outgoing<'a>, Failure> {
    // Anything else would become another path.
    if !is_well_formed(token.expose()) {
        let message = "the webhook's token holds characters that no token has";
        return Err(Failure::local(FailureKind::Unauthorized, message));
    }
    let path = format!("/webhooks/{id}/{}", token.expose());
    let outgoing = of_webhook(method, name, id);
    Ok(Outgoing { path, identity: Identity::Webhook(token), ..outgoing })
}

fn json(body: &impl Serialize) -> Result<Content, Failure> {
    let Ok(bytes) = serde_json::to_vec(body) else {
        let kind = FailureKind::Invalid { fields: Vec::new() };
        return Err(Failure::local(kind, "the request can't be written as JSON"));
    };
    Ok(Content { kind: "application/json".to_owned(), bytes: bytes.into() })
}

fn decode<T: DeserializeOwned>(answer: &Answer) -> Result<T, Failure> {
    serde_json::from_slice(&answer.body).map_err(|problem| {
        // serde's own words may quote a value, and one of the values is the token.
        let (line, column) = (problem.line(), problem.column());
        let message = format!("discord's answer can't be read (line {line}, column {column})");
        Failure::answered(FailureKind::Protocol, answer.status.as_u16(), None, message)
    })
}

fn moving_needs_a_bot() -> Failure {
    let message = "a webhook's own token can't move it to another channel; a bot token can";
    let problem = FieldProblem {
        path: "channel_id".to_owned(),
        code: "BOT_TOKEN_REQUIRED".to_owned(),
        message: message.to_owned(),
    };
    Failure::local(FailureKind::Invalid { fields: vec![problem] }, message)
}
