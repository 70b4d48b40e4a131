//! The stand-in over HTTP: every answer, and every body that it accepts, is checked against Discord's own description.

mod faults;
mod history;
mod messages;
mod webhooks;

use axum::body::Body;
use axum::http::{HeaderMap, Request};
use discord_standin::openapi::Description;
use discord_standin::{Bot, Operation, Server};
use http_body_util::BodyExt;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;

/// A server with a guild, a channel and a bot, and a plain HTTP client.
struct Api {
    server: Server,
    description: Description,
    http: Client<HttpConnector, Body>,
    bot: Bot,
    guild: String,
    channel: String,
}

/// An answer.
#[derive(Debug)]
struct Reply {
    status: u16,
    headers: HeaderMap,
    body: Option<Value>,
}

/// Who calls.
#[derive(Clone, Copy)]
enum As<'a> {
    Bot(&'a Bot),
    Nobody,
}

impl Api {
    fn start() -> Self {
        let server = Server::start().expect("a port of loopback is free");
        let bot = server.bot();
        let guild = server.guild("festival");
        let channel = server.channel(&guild);
        let http = Client::builder(TokioExecutor::new()).build_http();
        Self { description: Description::official(), http, bot, guild, channel, server }
    }

    /// Calls, and checks the answer, and the body if it was accepted, against the description. `ids` fill the path's
    /// braces from left to right; the last one may carry a query.
    async fn call(
        &self,
        operation: Operation,
        ids: &[&str],
        caller: As<'_>,
        body: Option<&Value>,
    ) -> Reply {
        let reply = self.send(operation, ids, caller, body).await.expect("the server answers");
        let answer = self.description.check_answer(operation, reply.status, reply.body.as_ref());
        assert_eq!(answer, Ok(()), "{operation:?} {reply:?}");
        if let Some(body) = body.filter(|_| reply.status < 300) {
            let request = self.description.check_request(operation, body);
            assert_eq!(request, Ok(()), "{operation:?} {body}");
        }
        reply
    }

    /// Calls as the bot.
    async fn bot(&self, operation: Operation, ids: &[&str], body: Option<&Value>) -> Reply {
        self.call(operation, ids, As::Bot(&self.bot), body).await
    }

    /// Calls without a bot's token.
    async fn token(&self, operation: Operation, ids: &[&str], body: Option<&Value>) -> Reply {
        self.call(operation, ids, As::Nobody, body).await
    }

    async fn send(
        &self,
        operation: Operation,
        ids: &[&str],
        caller: As<'_>,
        body: Option<&Value>,
    ) -> Result<Reply, hyper_util::client::legacy::Error> {
        let request = Request::builder()
            .method(operation.method())
            .uri(format!("{}{}", self.server.url(), fill(operation.template(), ids)))
            .header("user-agent", "DiscordBot (https://example.com, 1)")
            .header("content-type", "application/json");
        let request = match caller {
            As::Bot(bot) => request.header("authorization", format!("Bot {}", bot.token)),
            As::Nobody => request,
        };
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.raw(request.body(body).expect("the request is well-formed")).await
    }

    async fn raw(
        &self,
        request: Request<Body>,
    ) -> Result<Reply, hyper_util::client::legacy::Error> {
        let (parts, body) = self.http.request(request).await?.into_parts();
        let bytes = body.collect().await.expect("the answer is whole").to_bytes();
        let body = serde_json::from_slice(&bytes).ok();
        Ok(Reply { status: parts.status.as_u16(), headers: parts.headers, body })
    }
}

impl Reply {
    fn code(&self) -> (u16, Option<u64>) {
        (self.status, self.at("code").as_u64())
    }

    fn at(&self, name: &str) -> &Value {
        self.body.as_ref().map_or(&Value::Null, |body| &body[name])
    }

    fn text(&self, name: &str) -> &str {
        self.at(name).as_str().unwrap_or_default()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

fn fill(template: &str, ids: &[&str]) -> String {
    let mut path = template.to_owned();
    for id in ids {
        let (before, rest) = path.split_once('{').expect("the path has as many braces as ids");
        let (_, after) = rest.split_once('}').expect("a brace is closed");
        path = format!("{before}{id}{after}");
    }
    path
}
