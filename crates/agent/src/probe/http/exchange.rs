//! One request and its answer, on a connection of its own.

use std::error::Error;
use std::io;
use std::pin::pin;

use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::client::conn::http1::handshake;
use hyper::header::{HeaderMap, LOCATION};
use hyper::{Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

use super::request::Target;
use crate::probe::Surroundings;
use crate::probe::attempt::{Attempt, Problem, Stage};
use crate::probe::connect::{broken, connect};
use crate::probe::secure::Within;

/// Bytes of an answer's body that are read; what comes after them is not looked at.
pub(super) const LARGEST_BODY: usize = 1 << 20;

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    /// Its status.
    pub(super) status: StatusCode,
    /// Its headers.
    pub(super) headers: HeaderMap,
    /// Its body, or the beginning of it.
    pub(super) body: Vec<u8>,
    /// Whether the body is whole.
    pub(super) is_whole: bool,
    /// Where a redirect leads that is to be followed.
    pub(super) leads_to: Option<String>,
}

/// Connects, asks, and reads the answer.
pub(super) async fn exchange(
    surroundings: &Surroundings,
    target: &Target,
    follows: bool,
    attempt: &mut Attempt,
) -> Result<Answer, Problem> {
    let stream = connect(surroundings, target.host(), target.port(), attempt).await?;
    if target.is_secure() {
        let trust = &surroundings.trust;
        let stream = trust.handshake(stream, target.host(), Within::Http, attempt).await?;
        talk(stream, target, follows, attempt).await
    } else {
        talk(stream, target, follows, attempt).await
    }
}

async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    stream: S,
    target: &Target,
    follows: bool,
    attempt: &mut Attempt,
) -> Result<Answer, Problem> {
    let request = target.to_request()?;
    attempt.enter(Stage::FirstByte);
    let (mut sender, connection) = handshake(TokioIo::new(stream))
        .await
        .map_err(|problem| interrupted(&problem, "before it answered"))?;
    let mut exchange = pin!(async {
        let response = sender
            .send_request(request)
            .await
            .map_err(|problem| interrupted(&problem, "before it answered"))?;
        attempt.enter(Stage::Rest);
        attempt.status = Some(response.status().as_u16());
        read(response, follows).await
    });
    // The connection moves the bytes of the exchange, and may have no more to do before its end.
    tokio::select! {
        biased;
        answer = &mut exchange => return answer,
        _ = connection => {}
    }
    exchange.await
}

async fn read(response: Response<Incoming>, follows: bool) -> Result<Answer, Problem> {
    let (head, mut incoming) = response.into_parts();
    let location = head.headers.get(LOCATION).filter(|_| follows && is_redirect(head.status));
    let leads_to = location.map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
    let mut body = Vec::new();
    let mut is_whole = leads_to.is_none();
    // A redirect's own body says nothing that is asked for.
    while is_whole && let Some(frame) = incoming.frame().await {
        let frame =
            frame.map_err(|problem| interrupted(&problem, "before its answer was whole"))?;
        if let Ok(data) = frame.into_data() {
            let room = LARGEST_BODY - body.len();
            is_whole = data.len() <= room;
            body.extend_from_slice(&data[..data.len().min(room)]);
        }
    }
    Ok(Answer { status: head.status, headers: head.headers, body, is_whole, leads_to })
}

/// The statuses that a client follows (Fetch standard, "redirect status").
fn is_redirect(status: StatusCode) -> bool {
    matches!(status.as_u16(), 301 | 302 | 303 | 307 | 308)
}

fn interrupted(problem: &hyper::Error, when: &str) -> Problem {
    let cause = problem.source().and_then(|cause| cause.downcast_ref::<io::Error>());
    Problem::Failed(if let Some(cause) = cause {
        broken(cause, when)
    } else if problem.is_incomplete_message() || problem.is_closed() || problem.is_canceled() {
        format!("the server closed the connection {when}")
    } else if problem.is_parse() {
        format!("what answered doesn't speak HTTP/1.1: {problem}")
    } else {
        format!("the connection broke {when}: {problem}")
    })
}
