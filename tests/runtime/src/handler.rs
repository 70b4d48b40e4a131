//! The four calls of the Runtime API, in the version that every runtime uses.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderName, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde_json::{Value, json};

use crate::world::{Answer, Shared};

const ACCEPTED: (StatusCode, &str) = (StatusCode::ACCEPTED, "{\"status\":\"OK\"}");

pub(crate) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/2018-06-01/runtime/invocation/next", get(next))
        .route("/2018-06-01/runtime/invocation/{id}/response", post(respond))
        .route("/2018-06-01/runtime/invocation/{id}/error", post(fail))
        .route("/2018-06-01/runtime/init/error", post(fail_to_start))
        .with_state(shared)
}

/// Waits for an event for as long as there is none, as Lambda does.
async fn next(State(shared): State<Arc<Shared>>) -> Response {
    shared.count_poll();
    let handed = loop {
        // Made before the look, so that what is sent in between is not missed.
        let arrived = shared.arrived.notified();
        if let Some(handed) = shared.take() {
            break handed;
        }
        arrived.await;
    };
    let headers = [
        ("lambda-runtime-aws-request-id", handed.id),
        ("lambda-runtime-deadline-ms", handed.deadline.to_string()),
        ("lambda-runtime-invoked-function-arn", handed.event.function_arn),
        ("content-type", "application/json".to_owned()),
    ];
    let headers = headers.map(|(name, value)| (HeaderName::from_static(name), value));
    (headers, handed.event.body).into_response()
}

async fn respond(
    State(shared): State<Arc<Shared>>,
    Path(id): Path<String>,
    body: String,
) -> Response {
    let response = serde_json::from_str(&body).unwrap_or(Value::String(body));
    accept(shared.keep(&id, Answer::Response(response)))
}

async fn fail(State(shared): State<Arc<Shared>>, Path(id): Path<String>, body: String) -> Response {
    accept(shared.keep(&id, error(&body)))
}

async fn fail_to_start(State(shared): State<Arc<Shared>>, body: String) -> Response {
    shared.keep_init_error(error(&body));
    ACCEPTED.into_response()
}

fn error(body: &str) -> Answer {
    let told: Value = serde_json::from_str(body).unwrap_or_default();
    let text = |key: &str| told[key].as_str().unwrap_or_default().to_owned();
    Answer::Error { kind: text("errorType"), message: text("errorMessage") }
}

fn accept(under_way: bool) -> Response {
    if under_way {
        return ACCEPTED.into_response();
    }
    let told = json!({ "errorType": "InvalidRequestID", "errorMessage": "Invalid request ID" });
    (StatusCode::BAD_REQUEST, Json(told)).into_response()
}
