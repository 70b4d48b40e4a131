//! DNS, asked of a small server of this process.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use contract::check::{DnsCheck, RecordRule, RecordType, TcpCheck};
use hickory_resolver::proto::op::{Message, OpCode, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, AAAA, CNAME, MX, TXT};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType as Kind};
use tokio::net::UdpSocket;

use super::servers::{End, Script, Server};
use super::*;

/// What the zone of the tests says.
fn zone(name: &str, kind: Kind) -> Result<Vec<RData>, ResponseCode> {
    let mail = Name::from_ascii("Mail.example.test.").expect("a name");
    let www = Name::from_ascii("www.example.test.").expect("a name");
    Ok(match (name, kind) {
        ("www.example.test.", Kind::A) => {
            vec![RData::A(A(Ipv4Addr::new(192, 0, 2, 1))), RData::A(A(Ipv4Addr::new(192, 0, 2, 2)))]
        }
        ("www.example.test.", Kind::AAAA) => {
            vec![RData::AAAA(AAAA("2001:db8::1".parse().expect("an address")))]
        }
        ("alias.example.test.", Kind::CNAME) => vec![RData::CNAME(CNAME(www))],
        ("example.test.", Kind::MX) => vec![RData::MX(MX::new(10, mail))],
        ("example.test.", Kind::TXT) => {
            vec![RData::TXT(TXT::new(vec!["v=spf1 ".to_owned(), "-all".to_owned()]))]
        }
        ("local.example.test.", Kind::A) => {
            vec![RData::A(A(Ipv4Addr::new(10, 0, 0, 1))), RData::A(A(Ipv4Addr::LOCALHOST))]
        }
        ("two.example.test.", Kind::A) => {
            vec![RData::A(A(Ipv4Addr::new(127, 0, 0, 2))), RData::A(A(Ipv4Addr::LOCALHOST))]
        }
        ("private.example.test.", Kind::A) => vec![RData::A(A(Ipv4Addr::new(10, 0, 0, 1)))],
        ("broken.example.test.", _) => return Err(ResponseCode::ServFail),
        ("gone.example.test.", _) => return Err(ResponseCode::NXDomain),
        _ => vec![],
    })
}

/// A server that answers from [`zone`], or is silent.
async fn server(answers: bool) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.expect("a port");
    let address = socket.local_addr().expect("an address");
    tokio::spawn(async move {
        let mut buffer = [0; 1_500];
        loop {
            let (length, from) = socket.recv_from(&mut buffer).await.expect("a question");
            if answers {
                let answer = answer(&buffer[..length]);
                socket.send_to(&answer, from).await.expect("sent");
            }
        }
    });
    address
}

fn answer(question: &[u8]) -> Vec<u8> {
    let question = Message::from_vec(question).expect("a question");
    let query = question.queries.first().expect("one query").clone();
    let name = query.name().to_lowercase().to_string();
    let mut answer = Message::response(question.metadata.id, OpCode::Query);
    answer.metadata.recursion_available = true;
    match zone(&name, query.query_type()) {
        Ok(records) => {
            let record = |data| Record::from_rdata(query.name().clone(), 60, data);
            answer.add_answers(records.into_iter().map(record));
        }
        Err(code) => answer.metadata.response_code = code,
    }
    answer.add_query(query);
    answer.to_vec().expect("an answer")
}

fn dns(name: &str, record: RecordType, resolver: SocketAddr) -> DnsCheck {
    DnsCheck {
        name: name.to_owned(),
        record,
        resolver: Some(resolver.to_string()),
        expected: RecordRule::Any,
        timeout_milliseconds: AMPLE,
    }
}

fn equals(records: &[&str]) -> RecordRule {
    RecordRule::Equals(records.iter().map(|record| (*record).to_owned()).collect::<BTreeSet<_>>())
}

#[tokio::test]
async fn records_of_every_kind_are_read() {
    let server = server(true).await;
    for (name, record, expected) in [
        ("www.example.test", RecordType::A, &["192.0.2.1", "192.0.2.2"][..]),
        ("WWW.example.test.", RecordType::Aaaa, &["2001:db8::1"]),
        ("alias.example.test", RecordType::Cname, &["www.example.test"]),
        ("example.test", RecordType::Mx, &["10 mail.example.test"]),
        ("example.test", RecordType::Txt, &["v=spf1 -all"]),
    ] {
        let check = DnsCheck { expected: equals(expected), ..dns(name, record, server) };
        let outcome = outcome(&probe(), Check::Dns(check)).await;
        assert_eq!(outcome.verdict, Verdict::Passed, "{name}");
        assert_eq!(outcome.remote, Some(server));
        assert!(outcome.phases.dns.is_some_and(|spent| spent > 0.0));
    }
}

#[tokio::test]
async fn answers_that_are_none_are_told() {
    let server = server(true).await;
    for (name, record, told) in [
        (
            "gone.example.test",
            RecordType::A,
            "`gone.example.test` doesn't exist: DNS answered NXDOMAIN",
        ),
        ("www.example.test", RecordType::Mx, "DNS has no MX records for `www.example.test`"),
        ("broken.example.test", RecordType::A, "DNS answered SERVFAIL for `broken.example.test`"),
        ("bad name..", RecordType::A, "`bad name..` is no name that DNS could know"),
    ] {
        assert_eq!(why(&probe(), Check::Dns(dns(name, record, server))).await, told);
    }
    let check = DnsCheck {
        expected: equals(&["192.0.2.1"]),
        ..dns("www.example.test", RecordType::A, server)
    };
    let told = "the A records of `www.example.test` hold `192.0.2.2`, which is not expected";
    assert_eq!(why(&probe(), Check::Dns(check)).await, told);
}

#[tokio::test]
async fn a_silent_server_is_waited_for_until_the_limit() {
    let server = server(false).await;
    let check =
        DnsCheck { timeout_milliseconds: SHORT, ..dns("www.example.test", RecordType::A, server) };
    let told = "no answer within 400 ms: waited for DNS";
    assert_eq!(why(&probe(), Check::Dns(check)).await, told);
}

#[tokio::test]
async fn a_resolver_must_be_one_that_the_location_allows() {
    let server = server(true).await;
    let elsewhere = probe_with("", Servers::System, None);
    let seen = why(&elsewhere, Check::Dns(dns("www.example.test", RecordType::A, server))).await;
    let told =
        format!("the resolver {server} is a loopback address, which this location may not ask");
    assert_eq!(seen, told);
    let mut check = dns("www.example.test", RecordType::A, server);
    check.resolver = Some("dns.example".to_owned());
    let told = "not made: the resolver `dns.example` is no address, with or without a port";
    assert_eq!(why(&probe(), Check::Dns(check)).await, told);
}

fn named(networks: &str, server: SocketAddr) -> Probe {
    probe_with(networks, Servers::One(server), None)
}

#[tokio::test]
async fn a_host_is_connected_to_at_an_address_that_is_allowed() {
    let names = server(true).await;
    let target = Server::start([Script::http("200 OK", "", "")]).await;
    let port = target.address.port();
    let check = get(format!("http://local.example.test:{port}/"));
    let outcome = outcome(&named("127.0.0.0/8", names), Check::Http(check)).await;
    assert_eq!((outcome.verdict, outcome.remote), (Verdict::Passed, Some(target.address)));
    assert!(outcome.phases.dns.is_some());
}

#[tokio::test]
async fn a_name_that_leads_to_a_forbidden_address_is_refused() {
    let names = server(true).await;
    let check = TcpCheck {
        host: "private.example.test".to_owned(),
        port: 80,
        send: None,
        expect: None,
        timeout_milliseconds: AMPLE,
    };
    let told = "`private.example.test` is at 10.0.0.1, a private address, which this location may not check";
    assert_eq!(why(&named("127.0.0.0/8", names), Check::Tcp(check)).await, told);
    let target = Server::start([Script::redirect(302, "http://private.example.test/")]).await;
    assert_eq!(why(&named("127.0.0.0/8", names), Check::Http(get(target.url("/")))).await, told);
}

#[tokio::test]
async fn a_host_without_addresses_is_told() {
    let names = server(true).await;
    for (host, told) in [
        ("gone.example.test", "`gone.example.test` doesn't exist: DNS answered NXDOMAIN"),
        ("example.test", "DNS has no addresses for `example.test`"),
    ] {
        let check = get(format!("http://{host}/"));
        assert_eq!(why(&named("127.0.0.0/8", names), Check::Http(check)).await, told);
    }
}

#[tokio::test]
async fn addresses_are_tried_in_their_order() {
    // 127.0.0.1 is second: a port that is closed at the first doesn't end the attempt.
    let names = server(true).await;
    let target = Server::start([Script::greeting("", End::Hang)]).await;
    let check = TcpCheck {
        host: "two.example.test".to_owned(),
        port: target.address.port(),
        send: None,
        expect: None,
        timeout_milliseconds: AMPLE,
    };
    let outcome = outcome(&named("127.0.0.0/8", names), Check::Tcp(check)).await;
    assert_eq!((outcome.verdict, outcome.remote), (Verdict::Passed, Some(target.address)));
}
