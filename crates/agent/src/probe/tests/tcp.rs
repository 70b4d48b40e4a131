//! TCP checks.

use contract::check::TcpCheck;

use super::servers::{End, Script, Server, closed_port};
use super::*;

fn tcp(server: &Server) -> TcpCheck {
    TcpCheck {
        host: "127.0.0.1".to_owned(),
        port: server.address.port(),
        send: None,
        expect: None,
        timeout_milliseconds: AMPLE,
    }
}

async fn why_of(script: Script, change: impl FnOnce(&mut TcpCheck)) -> String {
    let server = Server::start([script]).await;
    let mut check = tcp(&server);
    change(&mut check);
    why(&probe(), Check::Tcp(check)).await
}

#[tokio::test]
async fn a_connection_is_enough_where_nothing_is_expected() {
    let server = Server::start([Script::greeting("", End::Hang)]).await;
    let outcome = outcome(&probe(), Check::Tcp(tcp(&server))).await;
    assert_eq!(outcome.verdict, Verdict::Passed);
    assert_eq!(outcome.remote, Some(server.address));
    assert!(outcome.phases.connect.is_some() && outcome.phases.first_byte.is_none());
}

#[tokio::test]
async fn what_is_expected_must_arrive() {
    let greeting = |text: &str| Script::greeting(text, End::Close);
    for (script, expected, told) in [
        (greeting("220 mail ready\r\n"), "220", ""),
        (greeting("554 no\r\n"), "220", "the server closed the connection before \"220\" arrived"),
        (
            Script::greeting("x".repeat(70_000), End::Hang),
            "220",
            "\"220\" is not in the first 64 KiB",
        ),
    ] {
        let seen = why_of(script, |check| check.expect = Some(expected.to_owned())).await;
        assert_eq!(seen, told);
    }
}

#[tokio::test]
async fn what_is_to_be_sent_is_sent() {
    let server = Server::start([Script::answer("+PONG\r\n", End::Close)]).await;
    let mut check = tcp(&server);
    check.send = Some("PING\r\n\r\n".to_owned());
    check.expect = Some("+PONG".to_owned());
    assert_eq!(why(&probe(), Check::Tcp(check)).await, "");
    assert_eq!(server.requests(), ["PING\r\n\r\n"]);
}

#[tokio::test]
async fn silence_and_refusal_are_told() {
    let seen = why_of(Script::greeting("22", End::Hang), |check| {
        check.expect = Some("220".to_owned());
        check.timeout_milliseconds = SHORT;
    })
    .await;
    assert_eq!(seen, "no whole answer within 400 ms: waited for the rest of the answer");
    let address = closed_port().await;
    let seen = why_of(Script::greeting("", End::Close), |check| check.port = address.port()).await;
    assert_eq!(seen, format!("the connection was refused by {address}"));
}

#[tokio::test]
async fn a_port_at_a_forbidden_address_is_not_tried() {
    let server = Server::start([Script::greeting("", End::Hang)]).await;
    let elsewhere = probe_with("10.0.0.0/8", Servers::System, None);
    let outcome = outcome(&elsewhere, Check::Tcp(tcp(&server))).await;
    let told = "127.0.0.1 is a loopback address, which this location may not check";
    assert_eq!(outcome.verdict, Verdict::Failed(told.to_owned()));
    assert_eq!((outcome.remote, outcome.phases.connect), (None, None));
}
