//! Redirects: how far, with what, and to whom.

use contract::check::SecretHeader;

use super::servers::{Script, Server};
use super::*;

#[tokio::test]
async fn redirects_are_followed_to_their_end() {
    let server = Server::start([
        Script::redirect(301, "/second?a=b"),
        Script::redirect(302, "third"),
        Script::http("200 OK", "", "here"),
    ])
    .await;
    let outcome = outcome(&probe(), Check::Http(get(server.url("/first")))).await;
    assert_eq!((outcome.verdict, outcome.status), (Verdict::Passed, Some(200)));
    let requests = server.requests();
    let paths: Vec<_> = requests.iter().filter_map(|request| request.split(' ').nth(1)).collect();
    assert_eq!(paths, ["/first", "/second?a=b", "/third"]);
}

#[tokio::test]
async fn no_more_redirects_than_allowed_are_followed() {
    for (redirects, requests, told) in [
        (0, 1, "status 302 is not in 200-299"),
        (1, 2, "more than one redirect"),
        (5, 6, "more than 5 redirects"),
    ] {
        let server = Server::start([Script::redirect(302, "/again")]).await;
        let check = HttpCheck { redirects, ..get(server.url("/")) };
        assert_eq!(why(&probe(), Check::Http(check)).await, told);
        assert_eq!(server.requests().len(), requests);
    }
}

#[tokio::test]
async fn a_redirect_that_is_not_followed_can_be_asserted() {
    let server = Server::start([Script::redirect(301, "https://www.example.com/")]).await;
    let mut check = HttpCheck { redirects: 0, ..get(server.url("/")) };
    check.assertions = vec![
        Assertion::Status("301".parse().expect("a range")),
        Assertion::Header {
            name: "Location".to_owned(),
            rule: contract::check::TextRule::Equals("https://www.example.com/".to_owned()),
        },
    ];
    assert_eq!(why(&probe(), Check::Http(check)).await, "");
}

#[tokio::test]
async fn a_redirect_leads_to_no_forbidden_address() {
    for (to, told) in [
        ("http://169.254.169.254/latest/meta-data/", "169.254.169.254 is a link-local address"),
        ("http://[::1]:9001/", "::1 is a loopback address"),
        ("http://[::ffff:10.0.0.1]/", "::ffff:10.0.0.1 is a private address"),
        ("http://0x0a000001/", "10.0.0.1 is a private address"),
        ("http://2852039166/", "169.254.169.254 is a link-local address"),
        (
            "file:///etc/passwd",
            "a redirect leads elsewhere: the probe speaks HTTP and HTTPS, not `file`",
        ),
        ("http://", "a redirect leads to no URL"),
    ] {
        let server = Server::start([Script::redirect(302, to)]).await;
        let seen = why(&probe(), Check::Http(get(server.url("/")))).await;
        assert!(seen.contains(told), "{to}: {seen}");
    }
}

#[tokio::test]
async fn only_the_same_origin_gets_the_secrets() {
    let target = Server::start([Script::http("200 OK", "", "")]).await;
    let other = target.url("/elsewhere");
    let first =
        Server::start([Script::redirect(302, "/same"), Script::redirect(302, &other)]).await;
    let header = SecretHeader { secret: "token".to_owned(), prefix: String::new() };
    let check = HttpCheck {
        headers: BTreeMap::from([
            ("Cookie".to_owned(), "session=1".to_owned()),
            ("Accept".to_owned(), "text/plain".to_owned()),
            ("Host".to_owned(), "shop.example".to_owned()),
        ]),
        secret_headers: BTreeMap::from([("X-Door".to_owned(), header)]),
        ..get(first.url("/"))
    };
    assert_eq!(why(&probe(), Check::Http(check)).await, "");
    let all = [first.requests(), target.requests()].concat();
    let has = |text: &str| -> Vec<bool> {
        all.iter().map(|request| request.to_lowercase().contains(text)).collect()
    };
    assert_eq!(has(SECRET), [true, true, false]);
    assert_eq!(has("cookie: session=1"), [true, true, false]);
    assert_eq!(has("host: shop.example"), [true, true, false]);
    assert_eq!(has("accept: text/plain"), [true, true, true]);
}

#[tokio::test]
async fn methods_change_as_the_standard_says() {
    for (status, method, then, keeps_body) in [
        (301, Method::Post, "GET", false),
        (302, Method::Post, "GET", false),
        (303, Method::Put, "GET", false),
        (303, Method::Head, "HEAD", true),
        (302, Method::Put, "PUT", true),
        (307, Method::Post, "POST", true),
        (308, Method::Patch, "PATCH", true),
    ] {
        let server =
            Server::start([Script::redirect(status, "/next"), Script::http("200 OK", "", "")])
                .await;
        let body = Some("payload".to_owned());
        let check = HttpCheck { method, body, ..get(server.url("/")) };
        assert_eq!(why(&probe(), Check::Http(check)).await, "", "{status}");
        let requests = server.requests();
        assert!(requests[1].starts_with(&format!("{then} /next ")), "{status}: {}", requests[1]);
        assert_eq!(requests[1].ends_with("payload"), keeps_body, "{status}: {}", requests[1]);
    }
}

#[tokio::test]
async fn all_hops_share_the_time() {
    let hung = Server::start([Script::answer_nothing()]).await;
    let to = hung.url("/slow");
    let server = Server::start([Script::redirect(302, &to)]).await;
    let check = HttpCheck { timeout_milliseconds: SHORT, ..get(server.url("/")) };
    let told = "no answer within 400 ms: waited for the first byte";
    assert_eq!(why(&probe(), Check::Http(check)).await, told);
}
