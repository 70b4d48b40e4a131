//! One request's way: record, fault, limits, act, headers.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest, Multipart};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use axum::http::{HeaderMap, HeaderName, Request, StatusCode};
use axum::response::{IntoResponse, Json, Response};
use serde_json::{Value, json};

use crate::attachments::Upload;
use crate::faults::{Effect, Fault, Scope, strike};
use crate::limits::{Counters, Limits, bucket_hash};
use crate::operation::{Ids, Operation};
use crate::refusal::Refusal;
use crate::replies::{Dropped, dropped, refuse, tell, too_large, too_many};
use crate::world::World;
use crate::{history, messages, webhooks};

/// More than Discord takes in one request, so that its own limits decide first.
const LARGEST_BODY: usize = 32 << 20;
/// Bytes of all files of a message, without boosts of the guild.
const LARGEST_FILES: usize = 10 << 20;

/// What a request was, without any token.
#[derive(Clone, Debug)]
pub struct RequestRecord {
    /// The operation; its path template holds no token.
    pub operation: Operation,
    /// Channel or webhook of the path.
    pub major: String,
    /// Status of the answer; `None` when the connection was closed without one.
    pub status: Option<u16>,
    /// The JSON body, or the part `payload_json` of a form.
    pub body: Option<Value>,
    /// `X-Audit-Log-Reason`, decoded.
    pub audit_log_reason: Option<String>,
    /// Whether an `Authorization` header came with it.
    pub authorized: bool,
    /// `User-Agent`.
    pub user_agent: String,
    /// When it came.
    pub at: Instant,
}

/// Everything that a running server shares.
#[derive(Default)]
pub(crate) struct Shared {
    inner: Mutex<Inner>,
}

#[derive(Default)]
pub(crate) struct Inner {
    pub(crate) world: World,
    pub(crate) faults: Vec<Fault>,
    pub(crate) limits: Limits,
    pub(crate) counters: Counters,
    pub(crate) requests: Vec<RequestRecord>,
    pub(crate) unanswered: usize,
    /// How far the server's clock is ahead of the machine's.
    pub(crate) ahead: Duration,
}

impl Shared {
    /// The state; a panic of another test's thread while it held the lock leaves nothing half-made.
    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request, read whole.
pub(crate) struct Call {
    pub(crate) operation: Operation,
    pub(crate) ids: Ids,
    pub(crate) bot_token: Option<String>,
    pub(crate) user_agent: String,
    pub(crate) files: Vec<Upload>,
    /// What the URLs of webhooks start with.
    pub(crate) root: String,
    audit_log_reason: Option<String>,
    authorized: bool,
    query: Vec<(String, String)>,
    body: Option<Value>,
}

/// What an act answers.
pub(crate) enum Answer {
    Json(Value),
    Empty,
}

impl Call {
    pub(crate) fn json(&self) -> Result<&Value, Refusal> {
        let invalid = || Refusal::bad_request(50109, "The request body contains invalid JSON.");
        self.body.as_ref().filter(|body| body.is_object()).ok_or_else(invalid)
    }

    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    async fn read(request: Request<Body>, root: &str) -> Result<Self, Refusal> {
        let path = request.uri().path();
        let path = path.strip_prefix("/api/v10").or_else(|| path.strip_prefix("/api"));
        let found = path.and_then(|path| Operation::of(request.method(), path));
        let Some((operation, ids)) = found else {
            return Err(Refusal::new(StatusCode::NOT_FOUND, 0, "404: Not Found"));
        };
        let query = request.uri().query().unwrap_or_default();
        let query = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let (parts, body) = request.into_parts();
        let bytes = to_bytes(body, LARGEST_BODY).await.map_err(|_| too_large())?;
        let (body, files) = read_body(&parts.headers, bytes).await?;
        if files.iter().map(|file| file.content.len()).sum::<usize>() > LARGEST_FILES {
            return Err(too_large());
        }
        let authorization = text_header(&parts.headers, &AUTHORIZATION);
        Ok(Self {
            operation,
            ids,
            bot_token: authorization
                .as_deref()
                .and_then(|value| value.strip_prefix("Bot "))
                .map(str::to_owned),
            user_agent: text_header(&parts.headers, &USER_AGENT).unwrap_or_default(),
            files,
            root: root.to_owned(),
            audit_log_reason: audit_log_reason(&parts.headers)?,
            authorized: authorization.is_some(),
            query,
            body,
        })
    }

    fn record(&self) -> RequestRecord {
        RequestRecord {
            operation: self.operation,
            major: self.ids.major.clone(),
            status: None,
            body: self.body.clone(),
            audit_log_reason: self.audit_log_reason.clone(),
            authorized: self.authorized,
            user_agent: self.user_agent.clone(),
            at: Instant::now(),
        }
    }
}

/// Answers one request.
pub(crate) async fn handle(shared: &Shared, root: &str, request: Request<Body>) -> Response {
    if request.uri().path() == "/_state" {
        return Json(shared.lock().world.overview()).into_response();
    }
    let call = match Call::read(request, root).await {
        Ok(call) => call,
        Err(refusal) => return refuse(&refusal),
    };
    let (index, effect) = {
        let mut inner = shared.lock();
        inner.requests.push(call.record());
        inner.unanswered += 1;
        (inner.requests.len() - 1, strike(&mut inner.faults, call.operation))
    };
    if let Some(Effect::Delay(time)) = effect {
        #[expect(clippy::disallowed_methods, reason = "the delay is what the test asked for")]
        tokio::time::sleep(time).await;
    }
    let response = with_fault(shared, &call, effect.as_ref());
    let dropped = response.extensions().get::<Dropped>().is_some();
    let mut inner = shared.lock();
    inner.unanswered -= 1;
    if let Some(record) = inner.requests.get_mut(index) {
        record.status = (!dropped).then(|| response.status().as_u16());
    }
    drop(inner);
    response
}

fn with_fault(shared: &Shared, call: &Call, effect: Option<&Effect>) -> Response {
    match effect {
        None | Some(Effect::Delay(_)) => limited(shared, call),
        Some(Effect::Answer { status, code }) => {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            let message = format!("{}: injected", status.as_u16());
            refuse(&Refusal::new(status, *code, message))
        }
        Some(Effect::RateLimited { retry_after, scope, json }) => {
            too_many(*retry_after, *scope, *json)
        }
        Some(Effect::DropBefore) => dropped(),
        Some(Effect::DropAfter) => {
            limited(shared, call);
            dropped()
        }
        Some(Effect::Malformed) => {
            let (mut parts, _) = limited(shared, call).into_parts();
            parts.headers.remove(axum::http::header::CONTENT_LENGTH);
            Response::from_parts(parts, Body::from("{\"id\": \"13"))
        }
    }
}

fn limited(shared: &Shared, call: &Call) -> Response {
    let inner = &mut *shared.lock();
    let now = Instant::now() + inner.ahead;
    let limits = inner.limits;
    if let Err(full) = inner.counters.count("global".into(), limits.global, now) {
        return too_many(full.reset_after, Some(Scope::Global), true);
    }
    let bucket = bucket_hash(call.operation);
    let key = format!("{bucket} {}", call.ids.major);
    let standing = match inner.counters.count(key, limits.bucket, now) {
        Ok(standing) => standing,
        Err(full) => {
            let mut response = too_many(full.reset_after, Some(Scope::User), true);
            tell(response.headers_mut(), &bucket, full);
            return response;
        }
    };
    let writes = call.operation == Operation::Execute;
    if let Some(webhook) = inner.world.webhooks.get(&call.ids.major).filter(|_| writes) {
        let key = format!("channel {}", webhook.channel);
        if let Err(full) = inner.counters.count(key, limits.channel_messages, now) {
            return too_many(full.reset_after, Some(Scope::Shared), true);
        }
    }
    let mut response = match act(&mut inner.world, call) {
        Ok(Answer::Json(body)) => Json(body).into_response(),
        Ok(Answer::Empty) => StatusCode::NO_CONTENT.into_response(),
        Err(refusal) => refuse(&refusal),
    };
    tell(response.headers_mut(), &bucket, standing);
    response
}

fn act(world: &mut World, call: &Call) -> Result<Answer, Refusal> {
    match call.operation {
        Operation::CreateWebhook => webhooks::create(world, call),
        Operation::ListChannelWebhooks => webhooks::list(world, call),
        Operation::ReadWebhook => webhooks::read(world, call),
        Operation::ModifyWebhook => webhooks::modify(world, call),
        Operation::DeleteWebhook => webhooks::delete(world, call),
        Operation::ReadWebhookWithToken => webhooks::read_with_token(world, call),
        Operation::ModifyWebhookWithToken => webhooks::modify_with_token(world, call),
        Operation::DeleteWebhookWithToken => webhooks::delete_with_token(world, call),
        Operation::ListMessages => history::list(world, call),
        Operation::Execute => messages::execute(world, call),
        Operation::ReadMessage => messages::read(world, call),
        Operation::EditMessage => messages::edit(world, call),
        Operation::DeleteMessage => messages::delete(world, call),
    }
}

async fn read_body(
    headers: &HeaderMap,
    bytes: Bytes,
) -> Result<(Option<Value>, Vec<Upload>), Refusal> {
    let kind = text_header(headers, &CONTENT_TYPE).unwrap_or_default();
    if !kind.starts_with("multipart/form-data") {
        return Ok((serde_json::from_slice(&bytes).ok(), Vec::new()));
    }
    let malformed = || Refusal::bad_request(50109, "The request body is not a form.");
    let rebuilt = Request::builder().header(CONTENT_TYPE, kind).body(Body::from(bytes));
    let rebuilt = rebuilt.map_err(|_| malformed())?;
    let mut form = Multipart::from_request(rebuilt, &()).await.map_err(|_| malformed())?;
    let (mut payload, mut files) = (Some(json!({})), Vec::new());
    while let Some(field) = form.next_field().await.map_err(|_| malformed())? {
        let file_name = field.file_name().map(str::to_owned);
        let is_payload = field.name() == Some("payload_json");
        let number = field.name().and_then(file_number);
        let content = field.bytes().await.map_err(|_| malformed())?;
        if is_payload {
            payload = serde_json::from_slice(&content).ok();
        } else if let Some(name) = file_name {
            files.push(Upload { number, name, content: content.to_vec() });
        }
    }
    Ok((payload, files))
}

/// The number in `files[n]`.
fn file_number(field: &str) -> Option<u64> {
    field.strip_prefix("files[")?.strip_suffix(']')?.parse().ok()
}

fn text_header(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
}

/// Decodes `X-Audit-Log-Reason`: 1 to 512 characters, URL-encoded. A `+` is a plus sign in it, not a space.
fn audit_log_reason(headers: &HeaderMap) -> Result<Option<String>, Refusal> {
    let name = HeaderName::from_static("x-audit-log-reason");
    let Some(raw) = text_header(headers, &name) else { return Ok(None) };
    let encoded = raw.replace('+', "%2B").replace('&', "%26");
    let decoded: String =
        url::form_urlencoded::parse(encoded.as_bytes()).map(|(key, _)| key.into_owned()).collect();
    if decoded.chars().count() > 512 {
        return Err(Refusal::bad_request(50035, "The audit log reason is longer than 512."));
    }
    Ok(Some(decoded))
}
