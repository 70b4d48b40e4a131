//! TLS, with certificates made here.

use std::time::SystemTime;

use contract::check::TlsCheck;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use rustls::pki_types::PrivatePkcs8KeyDer;

use super::servers::{End, Script, Server};
use super::*;

/// Who signs the certificates of these tests.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().expect("a key");
        Self(CertifiedIssuer::self_signed(params, key).expect("a certificate"))
    }

    fn roots(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots.add(self.0.der().clone()).expect("a root");
        roots
    }

    fn probe(&self) -> Probe {
        probe_with("127.0.0.0/8", Servers::System, Some(self.roots()))
    }

    /// A server whose certificate is for a name, from and until so many hours and a half from now.
    async fn server(&self, name: &str, hours: (i64, i64), script: Script) -> Server {
        let mut params = CertificateParams::new([name.to_owned()]).expect("a name");
        let [from, until] = [hours.0, hours.1].map(|hours| {
            // The type of this time is of a crate that is named nowhere else.
            let now = SystemTime::UNIX_EPOCH.elapsed().expect("a time after 1970").as_secs();
            let seconds = now.saturating_add_signed(hours * 3_600 + 1_800);
            date_time_ymd(1970, 1, 1) + Duration::from_secs(seconds)
        });
        (params.not_before, params.not_after) = (from, until);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.signed_by(&key, &self.0).expect("a certificate");
        let chain = vec![certificate.der().clone()];
        let key = PrivatePkcs8KeyDer::from(key.serialize_der()).into();
        Server::secure([script], chain, key).await
    }
}

/// Valid since yesterday and for 30 days and an hour.
const VALID: (i64, i64) = (-24, 30 * 24 + 1);

fn silent() -> Script {
    Script::greeting("", End::Hang)
}

fn tls(server: &Server) -> TlsCheck {
    TlsCheck {
        host: "127.0.0.1".to_owned(),
        port: server.address.port(),
        server_name: Some("shop.example".to_owned()),
        days_left_at_least: 14,
        timeout_milliseconds: AMPLE,
    }
}

#[tokio::test]
async fn a_good_certificate_passes_and_its_days_are_counted() {
    let authority = Authority::new("an authority");
    let server = authority.server("shop.example", VALID, silent()).await;
    let outcome = outcome(&authority.probe(), Check::Tls(tls(&server))).await;
    assert_eq!((outcome.verdict, outcome.tls_days_left), (Verdict::Passed, Some(30)));
    assert!(outcome.phases.tls.is_some_and(|spent| spent > 0.0), "{:?}", outcome.phases);
}

#[tokio::test]
async fn days_left_are_asserted() {
    let authority = Authority::new("an authority");
    let server = authority.server("shop.example", VALID, silent()).await;
    for (days, told) in
        [(30, ""), (31, "the certificate expires in 30 days, which is less than 31")]
    {
        let check = TlsCheck { days_left_at_least: days, ..tls(&server) };
        assert_eq!(why(&authority.probe(), Check::Tls(check)).await, told);
    }
}

#[tokio::test]
async fn certificates_out_of_their_time_are_told() {
    let authority = Authority::new("an authority");
    for (hours, told, left) in [
        ((-2_400, -3 * 24 - 1), "the certificate expired 3 days ago", Some(-4)),
        ((-2_400, -5), "the certificate expired 4 hours ago", Some(-1)),
        ((25, 2_400), "the certificate is not valid yet, but in 25 hours", None),
    ] {
        let server = authority.server("shop.example", hours, silent()).await;
        let outcome = outcome(&authority.probe(), Check::Tls(tls(&server))).await;
        assert_eq!(outcome.verdict, Verdict::Failed(told.to_owned()));
        assert_eq!(outcome.tls_days_left, left);
    }
}

#[tokio::test]
async fn certificates_of_others_are_told() {
    let authority = Authority::new("an authority");
    let server = authority.server("other.example", VALID, silent()).await;
    let told = "the certificate is for `other.example` and not for `shop.example`";
    assert_eq!(why(&authority.probe(), Check::Tls(tls(&server))).await, told);
    let stranger = Authority::new("another authority");
    let told = why(&stranger.probe(), Check::Tls(tls(&server))).await;
    assert!(told.starts_with("the certificate was issued by nobody who is trusted"), "{told}");
    let namesake = Authority::new("an authority");
    let told = "the certificate was not signed by the issuer that it names";
    assert_eq!(why(&namesake.probe(), Check::Tls(tls(&server))).await, told);
}

#[tokio::test]
async fn the_host_is_the_name_where_none_is_given() {
    let authority = Authority::new("an authority");
    let server = authority.server("127.0.0.1", VALID, silent()).await;
    let check = TlsCheck { server_name: None, ..tls(&server) };
    assert_eq!(why(&authority.probe(), Check::Tls(check)).await, "");
}

#[tokio::test]
async fn what_speaks_no_tls_is_told() {
    let authority = Authority::new("an authority");
    for (script, told) in [
        (Script::greeting("220 mail ready\r\n", End::Hang), "what answered doesn't speak TLS"),
        (Script::answer("", End::Hang), "no answer within 400 ms: waited for the TLS handshake"),
        (
            Script::greeting("", End::Close),
            "the server closed the connection during the TLS handshake",
        ),
    ] {
        let server = Server::start([script]).await;
        let check = TlsCheck { timeout_milliseconds: SHORT, ..tls(&server) };
        assert_eq!(why(&authority.probe(), Check::Tls(check)).await, told);
    }
}

#[tokio::test]
async fn https_is_spoken_with_the_name_of_the_url() {
    let authority = Authority::new("an authority");
    let server = authority.server("127.0.0.1", VALID, Script::http("200 OK", "", "fine")).await;
    let mut check = get(format!("https://{}/", server.address));
    check.assertions.push(Assertion::TlsDaysLeftAtLeast(30));
    let outcome = outcome(&authority.probe(), Check::Http(check.clone())).await;
    assert_eq!((outcome.verdict, outcome.tls_days_left), (Verdict::Passed, Some(30)));
    check.assertions = vec![Assertion::TlsDaysLeftAtLeast(90)];
    let told = "the certificate expires in 30 days, which is less than 90";
    assert_eq!(why(&authority.probe(), Check::Http(check)).await, told);
}

#[tokio::test]
async fn a_certificate_is_asserted_only_where_there_is_one() {
    let server = Server::start([Script::http("200 OK", "", "")]).await;
    let mut check = get(server.url("/"));
    check.assertions = vec![Assertion::TlsDaysLeftAtLeast(1)];
    let told = "there is no certificate whose days could be counted";
    assert_eq!(why(&probe(), Check::Http(check)).await, told);
}
