//! HTTP without redirects and without TLS.

use contract::check::{SecretHeader, TextRule};

use super::servers::{End, Script, Server, closed_port};
use super::*;

async fn why_of(script: Script, change: impl FnOnce(&mut HttpCheck)) -> String {
    let server = Server::start([script]).await;
    let mut check = get(server.url("/"));
    change(&mut check);
    why(&probe(), Check::Http(check)).await
}

#[tokio::test]
async fn a_good_answer_passes_and_is_measured() {
    let server = Server::start([Script::http("200 OK", "", "fine")]).await;
    let outcome = outcome(&probe(), Check::Http(get(server.url("/health?deep=1#part")))).await;
    assert_eq!(outcome.verdict, Verdict::Passed);
    assert_eq!((outcome.status, outcome.attempts), (Some(200), 1));
    assert_eq!(outcome.remote, Some(server.address));
    let phases = outcome.phases;
    assert_eq!((phases.dns, phases.tls), (None, None));
    let parts = phases.connect.expect("connected") + phases.first_byte.expect("answered");
    assert!(parts > 0.0 && parts <= phases.total + 0.05, "{phases:?}");
    let requests = server.requests();
    let lines: Vec<&str> = requests[0].lines().collect();
    assert_eq!(lines[0], "GET /health?deep=1 HTTP/1.1");
    let host = format!("host: {}", server.address);
    let agent = format!("user-agent: hinomi/{}", env!("CARGO_PKG_VERSION"));
    for header in [host, agent] {
        assert!(lines.iter().any(|line| line.eq_ignore_ascii_case(&header)), "{lines:?}");
    }
}

#[tokio::test]
async fn statuses_are_judged() {
    for (status, range, told) in [
        ("204 No Content", "200-299", ""),
        ("503 Service Unavailable", "200-299", "status 503 is not in 200-299"),
        ("200 OK", "401", "status 200 is not 401"),
        ("401 Unauthorized", "401", ""),
        ("304 Not Modified", "200-299", "status 304 is not in 200-299"),
    ] {
        let script = Script::answer(format!("HTTP/1.1 {status}\r\n\r\n"), End::Close);
        let range = Assertion::Status(range.parse().expect("a range"));
        let seen = why_of(script, |check| check.assertions = vec![range]).await;
        assert_eq!(seen, told, "{status}");
    }
}

#[tokio::test]
async fn what_is_asked_for_is_sent() {
    let server = Server::start([Script::http("200 OK", "", "")]).await;
    let mut check = get(server.url("/orders"));
    check.method = Method::Post;
    check.body = Some("{\"probe\":true}".to_owned());
    check.headers = BTreeMap::from([
        ("Content-Type".to_owned(), "application/json".to_owned()),
        ("User-Agent".to_owned(), "mine".to_owned()),
        ("Host".to_owned(), "shop.example".to_owned()),
        ("Content-Length".to_owned(), "9999".to_owned()),
    ]);
    let header = SecretHeader { secret: "token".to_owned(), prefix: "Bearer ".to_owned() };
    check.secret_headers = BTreeMap::from([("Authorization".to_owned(), header)]);
    assert_eq!(why(&probe(), Check::Http(check)).await, "");
    let requests = server.requests();
    let request = requests[0].to_lowercase();
    assert!(requests[0].starts_with("POST /orders HTTP/1.1\r\n"), "{request}");
    assert!(requests[0].ends_with("\r\n\r\n{\"probe\":true}"), "{request}");
    for header in [
        "content-type: application/json",
        "user-agent: mine",
        "host: shop.example",
        "content-length: 14",
        "authorization: bearer s3cr3t-of-the-check",
    ] {
        assert_eq!(request.matches(&format!("\r\n{header}\r\n")).count(), 1, "{header}: {request}");
    }
}

#[tokio::test]
async fn an_answer_to_head_has_no_body_to_wait_for() {
    let script = Script::answer("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", End::Hang);
    assert_eq!(why_of(script, |check| check.method = Method::Head).await, "");
}

#[tokio::test]
async fn nobody_who_answers_is_told() {
    let address = closed_port().await;
    let outcome = outcome(&probe(), Check::Http(get(format!("http://{address}/")))).await;
    let told = format!("the connection was refused by {address}");
    assert_eq!(outcome.verdict, Verdict::Failed(told));
    assert_eq!((outcome.remote, outcome.phases.first_byte), (Some(address), None));
}

#[tokio::test]
async fn a_connection_that_breaks_is_told() {
    let half = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf";
    for (script, told) in [
        (Script::answer("", End::Close), "the server closed the connection before it answered"),
        (Script::answer("", End::Reset), "the server reset the connection before it answered"),
        (
            Script::answer("HTTP/1.1 2", End::Close),
            "the server closed the connection before it answered",
        ),
        (
            Script::answer(half, End::Close),
            "the server closed the connection before its answer was whole",
        ),
        (Script::answer("SSH-2.0-server\r\n", End::Close), "what answered doesn't speak HTTP/1.1"),
    ] {
        let seen = why_of(script.clone(), |_| ()).await;
        assert!(seen.starts_with(told), "{script:?}: {seen}");
    }
}

#[tokio::test]
async fn the_time_is_kept() {
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n";
    for (script, told) in [
        (Script::answer("", End::Hang), "no answer within 400 ms: waited for the first byte"),
        (
            Script::answer(head, End::Hang),
            "no whole answer within 400 ms: waited for the rest of the answer",
        ),
    ] {
        let seen = why_of(script, |check| check.timeout_milliseconds = SHORT).await;
        assert_eq!(seen, told);
    }
}

#[tokio::test]
async fn a_body_is_read_up_to_a_mebibyte() {
    let fits = "x".repeat(1 << 20);
    let large = format!("{fits}y");
    let contains = |text: &str| Assertion::Body(TextRule::Contains(text.to_owned()));
    for (body, assertion, told) in [
        (&fits, contains("x"), ""),
        (&large, contains("x"), "the body is longer than 1 MiB, and no more is read"),
        (&large, Assertion::Status(StatusRange::SUCCESS), ""),
        (
            &large,
            Assertion::Json { path: "$.a".to_owned(), rule: TextRule::Exists(true) },
            "the body is longer than 1 MiB, and no more is read",
        ),
    ] {
        let script = Script::http("200 OK", "", body);
        let seen = why_of(script, |check| check.assertions = vec![assertion]).await;
        assert_eq!(seen, told);
    }
    // One without an end is read no further either.
    let endless = format!("HTTP/1.1 200 OK\r\n\r\n{large}");
    let seen = why_of(Script::answer(endless, End::Hang), |_| ()).await;
    assert_eq!(seen, "");
}

#[tokio::test]
async fn bodies_are_judged() {
    let json = r#"{"status":"degraded","parts":[{"up":true},{"up":false}],"count":3}"#;
    let equals = |path: &str, text: &str| Assertion::Json {
        path: path.to_owned(),
        rule: TextRule::Equals(text.to_owned()),
    };
    for (body, assertion, told) in [
        (json, equals("$.status", "ok"), "`$.status` is \"degraded\" and not \"ok\""),
        (json, equals("$.parts[1].up", "false"), ""),
        (json, equals("$.count", "3"), ""),
        (json, equals("$.gone", "3"), "`$.gone` is not there"),
        (
            "<html>",
            equals("$.status", "ok"),
            "the body is no JSON: expected value at line 1 column 1",
        ),
        ("ready", Assertion::Body(TextRule::Matches("^read[xy]$".to_owned())), ""),
    ] {
        let script = Script::http("200 OK", "", body);
        let seen = why_of(script, |check| check.assertions = vec![assertion]).await;
        assert_eq!(seen, told, "{body}");
    }
}

#[tokio::test]
async fn a_secret_that_a_server_repeats_is_not_told() {
    let echo = format!("X-Seen: Bearer {SECRET}\r\n");
    let body = format!("{{\"seen\":\"{SECRET}\"}}");
    for assertion in [
        Assertion::Header { name: "X-Seen".to_owned(), rule: TextRule::Equals("no".to_owned()) },
        Assertion::Json { path: "$.seen".to_owned(), rule: TextRule::Equals("no".to_owned()) },
    ] {
        let seen = why_of(Script::http("200 OK", &echo, &body), |check| {
            let header = SecretHeader { secret: "token".to_owned(), prefix: "Bearer ".to_owned() };
            check.secret_headers = BTreeMap::from([("Authorization".to_owned(), header)]);
            check.assertions = vec![assertion];
        })
        .await;
        assert!(seen.contains("(secret)") && !seen.contains(SECRET), "{seen}");
    }
}

#[tokio::test]
async fn what_cannot_be_sent_says_nothing_about_the_target() {
    let server = Server::start([Script::http("200 OK", "", "")]).await;
    let with_secret = |name: &str| {
        let header = SecretHeader { secret: name.to_owned(), prefix: String::new() };
        let secret_headers = BTreeMap::from([("Authorization".to_owned(), header)]);
        HttpCheck { secret_headers, ..get(server.url("/")) }
    };
    for (check, told) in [
        (
            with_secret("gone"),
            "not made: the secret `gone` can't be read: ResourceNotFoundException",
        ),
        (with_secret("broken"), "not made: the secret `broken` holds what no header can hold"),
        (get("ftp://127.0.0.1/"), "not made: the probe speaks HTTP and HTTPS, not `ftp`"),
        (get("nowhere"), "not made: the URL can't be read: relative URL without a base"),
    ] {
        assert_eq!(why(&probe(), Check::Http(check)).await, told);
    }
    assert!(server.requests().is_empty());
}
