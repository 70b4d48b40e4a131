//! Sessions: which credentials, how many calls, and what is refused.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_http_client::proxy::ProxyConfig;
use tokio::task::JoinSet;

use super::settings::{AccountDefaults, AssumeRole};
use super::testing::{Call, FakeAws, OTHER, OWN, role_credentials, sts_error};
use super::*;

fn settings() -> Settings {
    Settings {
        region: Some("eu-central-1".parse().unwrap()),
        version: "1.2.3".to_owned(),
        ..Settings::default()
    }
}

fn quiet() -> FakeAws {
    FakeAws::new(|_| None)
}

fn target(account: &str, role_name: Option<&str>) -> Target {
    Target {
        account: Some(account.parse().unwrap()),
        role_name: role_name.map(str::to_owned),
        ..Target::default()
    }
}

fn is_send<T: Send>(value: T) -> T {
    value
}

#[tokio::test]
async fn making_it_calls_nobody_and_the_caller_is_asked_once() {
    let fake = quiet();
    let aws = fake.aws(settings());
    assert!(fake.calls().is_empty());
    let mut asking = JoinSet::new();
    for _ in 0..10 {
        let aws = aws.clone();
        asking.spawn(async move { aws.caller().await.unwrap() });
    }
    for caller in asking.join_all().await {
        assert_eq!(caller.account.as_str(), OWN);
        assert_eq!(caller.partition().as_str(), "aws");
    }
    assert_eq!(fake.count("GetCallerIdentity"), 1);
    assert!(fake.calls()[0].user_agent.contains("lib/hinomi/1.2.3"), "{:?}", fake.calls()[0]);
}

#[tokio::test]
async fn in_the_own_account_no_role_is_assumed() {
    let fake = quiet();
    let aws = fake.aws(settings());
    for wanted in [Target::default(), target(OWN, None), target(OWN, Some("watch"))] {
        let session = is_send(aws.session(&wanted)).await.unwrap();
        assert_eq!(session.account().as_str(), OWN);
        assert_eq!(session.region().as_str(), "eu-central-1");
    }
    assert_eq!(fake.count("AssumeRole"), 0);
    assert_eq!(fake.count("GetCallerIdentity"), 1);
}

#[tokio::test]
async fn another_account_is_reached_once_through_its_role_for_all_regions() {
    let fake = quiet();
    let aws = fake.aws(settings());
    let mut opening = JoinSet::new();
    for region in ["eu-central-1", "us-east-1", "eu-central-1", "us-east-1"] {
        let aws = aws.clone();
        opening.spawn(async move {
            let region = Some(region.parse().unwrap());
            let external_id = Some("shared word".to_owned());
            let role = target(OTHER, Some("ops/watch"));
            aws.session(&Target { external_id, region, ..role }).await.unwrap()
        });
    }
    for session in opening.join_all().await {
        assert_eq!(session.account().as_str(), OTHER);
        let _ = session.ssm().get_parameter().name("x").send().await;
    }
    assert_eq!(fake.count("AssumeRole"), 1);
    assert_eq!(fake.count("GetCallerIdentity"), 2, "one for the caller, one for the role");
    let calls = fake.calls();
    let assumed = calls.iter().find(|call| call.operation == "AssumeRole").unwrap();
    let role = format!("RoleArn=arn%3Aaws%3Aiam%3A%3A{OTHER}%3Arole%2Fops%2Fwatch");
    for part in [role.as_str(), "RoleSessionName=hinomi", "ExternalId=shared%20word"] {
        assert!(assumed.body.contains(part), "{}", assumed.body);
    }
    let reads: Vec<_> = calls.iter().filter(|call| call.operation == "GetParameter").collect();
    assert!(reads.iter().all(|call| call.account == OTHER));
    assert_eq!(reads.iter().filter(|call| call.scope == "us-east-1/ssm").count(), 2);
}

#[tokio::test]
async fn another_account_without_a_role_is_refused_before_any_call_to_it() {
    let fake = quiet();
    let failure = fake.aws(settings()).session(&target(OTHER, None)).await.unwrap_err();
    assert_eq!(failure.kind(), Kind::WrongAccount);
    for part in [OWN, OTHER, "`role_name`"] {
        assert!(failure.message().contains(part), "{failure}");
    }
    assert_eq!(fake.calls().len(), 1);
}

#[tokio::test]
async fn a_role_that_leads_elsewhere_is_refused() {
    let fake = FakeAws::new(|call: &Call| {
        let elsewhere = role_credentials("333333333333", Duration::from_hours(1));
        (call.operation == "AssumeRole").then(|| (200, elsewhere.into_bytes()))
    });
    let aws = fake.aws(settings());
    let failure = aws.session(&target(OTHER, Some("watch"))).await.unwrap_err();
    assert_eq!(failure.kind(), Kind::WrongAccount);
    assert!(failure.message().contains(OTHER), "{failure}");
    assert!(failure.message().contains("333333333333"), "{failure}");
}

#[tokio::test]
async fn a_refused_role_is_explained_and_tried_again() {
    let tries = AtomicUsize::new(0);
    let fake = FakeAws::new(move |call: &Call| {
        let first = call.operation == "AssumeRole" && tries.fetch_add(1, Ordering::SeqCst) == 0;
        let message = "User: me is not authorized to perform: sts:AssumeRole";
        first.then(|| sts_error("AccessDenied", message))
    });
    let aws = fake.aws(settings());
    let failure = aws.session(&target(OTHER, Some("watch"))).await.unwrap_err();
    assert_eq!((failure.kind(), failure.code()), (Kind::Denied, Some("AccessDenied")));
    assert_eq!(failure.operation().unwrap().iam_action(), "sts:AssumeRole");
    assert!(failure.message().contains("role/watch"), "{failure}");
    let hint = failure.hint().unwrap();
    assert!(hint.contains("trust policy") && hint.contains("user/me"), "{hint}");
    assert!(aws.session(&target(OTHER, Some("watch"))).await.is_ok());
}

#[tokio::test]
async fn credentials_near_their_end_are_fetched_anew() {
    for (lifetime, wanted) in [(30, 3), (3600, 1)] {
        let fake = FakeAws::new(move |call: &Call| {
            let keys = role_credentials(OTHER, Duration::from_secs(lifetime));
            (call.operation == "AssumeRole").then(|| (200, keys.into_bytes()))
        });
        let session = fake.aws(settings()).session(&target(OTHER, Some("watch"))).await.unwrap();
        for _ in 0..2 {
            let _ = session.ssm().get_parameter().name("x").send().await;
        }
        assert_eq!(fake.count("AssumeRole"), wanted, "credentials for {lifetime} s");
    }
}

#[tokio::test]
async fn what_a_target_leaves_out_is_the_providers() {
    let fake = quiet();
    let account = AccountDefaults {
        id: Some(OTHER.parse().unwrap()),
        role_name: Some("watch".to_owned()),
        external_id: Some("word".to_owned()),
    };
    let aws = fake.aws(Settings { account, ..settings() });
    let session = aws.session(&Target::default()).await.unwrap();
    assert_eq!(session.account().as_str(), OTHER);
    let calls = fake.calls();
    let assumed = calls.iter().find(|call| call.operation == "AssumeRole").unwrap();
    assert!(assumed.body.contains("ExternalId=word"), "{}", assumed.body);
}

#[tokio::test]
async fn the_base_role_comes_before_the_role_of_an_account() {
    let fake = quiet();
    let base = AssumeRole {
        role_arn: "arn:aws:iam::444444444444:role/base".parse().unwrap(),
        external_id: None,
        session_name: Some("ci".to_owned()),
        duration: Some(Duration::from_mins(15)),
    };
    let aws = fake.aws(Settings { assume_role: Some(base), ..settings() });
    assert_eq!(aws.caller().await.unwrap().account.as_str(), "444444444444");
    let session = aws.session(&target(OTHER, Some("watch"))).await.unwrap();
    assert_eq!(session.account().as_str(), OTHER);
    let calls = fake.calls();
    let assumed: Vec<_> = calls.iter().filter(|call| call.operation == "AssumeRole").collect();
    assert_eq!(assumed.len(), 2, "the base role's credentials serve all accounts");
    assert_eq!((assumed[0].account.as_str(), assumed[1].account.as_str()), (OWN, "444444444444"));
    assert!(assumed[0].body.contains("RoleSessionName=ci"), "{}", assumed[0].body);
    assert!(assumed[0].body.contains("DurationSeconds=900"), "{}", assumed[0].body);
}

#[tokio::test]
async fn global_services_are_signed_for_their_own_region_at_the_given_endpoint() {
    let fake = quiet();
    let endpoint_url = Some("http://127.0.0.1:9".to_owned());
    let aws = fake.aws(Settings { endpoint_url, ..settings() });
    let here = aws.session(&Target::default()).await.unwrap();
    let global = aws.global_session(&Target::default()).await.unwrap();
    assert_eq!(global.region().as_str(), "us-east-1");
    for session in [here, global] {
        let _ = session.budgets().describe_budget().account_id(OWN).budget_name("b").send().await;
    }
    let calls = fake.calls();
    let budgets: Vec<_> = calls.iter().filter(|call| call.operation == "DescribeBudget").collect();
    assert_eq!(budgets.len(), 2);
    assert!(budgets.iter().all(|call| call.scope == "us-east-1/budgets"), "{budgets:?}");
    assert!(calls.iter().all(|call| call.uri.starts_with("http://127.0.0.1:9/")), "{calls:?}");
}

#[tokio::test(start_paused = true)]
async fn a_service_that_is_unwell_is_asked_a_few_times() {
    let fake = FakeAws::new(|call: &Call| call.uri.contains("/canary/").then(|| (503, Vec::new())));
    let session = fake.aws(settings()).session(&Target::default()).await.unwrap();
    let failure = reads::canaries::direct(&session, "shop").await.unwrap_err();
    assert_eq!(failure.kind(), Kind::Unavailable);
    assert_eq!(fake.calls().iter().filter(|call| call.uri.contains("/canary/")).count(), 8);
}

/// Throttling in one account must not slow down the others.
#[tokio::test(start_paused = true)]
async fn each_account_has_its_own_pace() {
    let fake = FakeAws::new(|call: &Call| {
        let code = if call.account == OTHER { "ThrottlingException" } else { "ParameterNotFound" };
        let body = format!(r#"{{"__type":"{code}","message":"no"}}"#);
        (call.operation == "GetParameter").then(|| (400, body.into_bytes()))
    });
    let aws = fake.aws(settings());
    let other = aws.session(&target(OTHER, Some("watch"))).await.unwrap();
    let own = aws.session(&Target::default()).await.unwrap();
    let mut kinds = Vec::new();
    let mut waited = Vec::new();
    for session in [&other, &own] {
        let start = tokio::time::Instant::now();
        let asked = session.ssm().get_parameter().name("x").send().await;
        kinds.push(asked.map_err(session.failed("ssm", "GetParameter")).unwrap_err().kind());
        waited.push(start.elapsed());
    }
    assert_eq!(kinds, [Kind::Throttled, Kind::NotFound]);
    assert!(waited[0] > Duration::from_millis(500), "{waited:?}");
    assert!(waited[1] < Duration::from_millis(10), "{waited:?}");
}

#[tokio::test]
async fn a_profile_that_does_not_exist_is_a_matter_of_configuration() {
    let profile = Some("no-such-profile-as-this".to_owned());
    let http = aws_smithy_runtime_api::client::http::SharedHttpClient::new(quiet());
    let aws = Aws::over(Settings { profile, ..settings() }, http, None);
    let failure = aws.caller().await.unwrap_err();
    assert_eq!(failure.kind(), Kind::Configuration);
    assert!(failure.to_string().contains("no-such-profile-as-this"), "{failure}");
}

/// The real HTTP client over loopback: it sends, reads, and keeps its connection.
#[tokio::test]
async fn connections_are_kept() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint_url = Some(format!("http://{}", listener.local_addr().unwrap()));
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        counted.fetch_add(1, Ordering::SeqCst);
        for _ in 0..2 {
            let mut request = [0; 16 * 1024];
            assert!(stream.read(&mut request).unwrap() > 0);
            let body = r#"{"__type":"ParameterNotFound","message":"none"}"#;
            let length = body.len();
            let head = "HTTP/1.1 400 Bad Request\r\ncontent-type: application/x-amz-json-1.1";
            write!(stream, "{head}\r\ncontent-length: {length}\r\n\r\n{body}").unwrap();
        }
    });
    let own =
        SharedCredentialsProvider::new(Credentials::new("KEY", "secret", None, None, "a test"));
    let settings = Settings { endpoint_url, ..settings() };
    let http = http::through(ProxyConfig::disabled());
    let config = config::load(&settings, http, Some(own)).await;
    for _ in 0..2 {
        let client = aws_sdk_ssm::Client::new(&config);
        let error = client.get_parameter().name("x").send().await.unwrap_err();
        let operation = error::Operation { service: "ssm", name: "GetParameter" };
        assert_eq!(Failure::of(operation, &error).kind(), Kind::NotFound);
    }
    server.join().unwrap();
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}
