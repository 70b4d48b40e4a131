//! Attempts, retries and limits of a run.

use contract::check::SecretHeader;

use super::servers::{End, Script, Server, closed_port};
use super::*;

#[tokio::test]
async fn a_failed_attempt_is_followed_by_another() {
    for (retries, attempts, passes) in [(0, 1, false), (1, 2, false), (2, 3, true), (5, 3, true)] {
        let server = Server::start([
            Script::http("503 Unavailable", "", ""),
            Script::answer("", End::Reset),
            Script::http("200 OK", "", ""),
        ])
        .await;
        let run = Run { retries, ..run_of(Check::Http(get(server.url("/")))) };
        let outcome = made(&probe(), &run).await;
        assert_eq!(outcome.verdict == Verdict::Passed, passes, "{outcome:?}");
        assert_eq!(outcome.attempts, attempts);
        // The reset attempt saw no status: what is told is of the last one alone.
        assert_eq!(outcome.status.is_none(), attempts == 2);
    }
}

#[tokio::test]
async fn the_run_s_limit_holds_over_all_attempts() {
    let server = Server::start([Script::answer_nothing()]).await;
    let run = Run {
        retries: 200,
        timeout_milliseconds: SHORT,
        ..run_of(Check::Http(get(server.url("/"))))
    };
    let began = Instant::now();
    let outcome = made(&probe(), &run).await;
    let told = "no answer within 400 ms: waited for the first byte";
    assert_eq!((outcome.verdict, outcome.attempts), (Verdict::Failed(told.to_owned()), 1));
    assert!(began.elapsed() < Duration::from_secs(10));
    assert!(outcome.phases.total >= 399.0, "{:?}", outcome.phases);
}

/// A store that takes its time.
struct SlowSecret;

impl Secrets for SlowSecret {
    async fn read(&self, name: &str) -> Result<Secret<String>, String> {
        let never = std::future::pending::<()>();
        let _ = tokio::time::timeout(Duration::from_millis(10 * SHORT), never).await;
        OneSecret.read(name).await
    }
}

/// The clock is one that goes on by itself when nothing else is to be done: nothing waits.
#[tokio::test(start_paused = true)]
async fn reading_secrets_takes_nothing_of_the_run_s_time() {
    let server = Server::start([Script::answer_nothing()]).await;
    let secret = SecretHeader { secret: "token".to_owned(), prefix: String::new() };
    let check = HttpCheck {
        secret_headers: BTreeMap::from([("Authorization".to_owned(), secret)]),
        ..get(server.url("/"))
    };
    let run = Run { timeout_milliseconds: SHORT, ..run_of(Check::Http(check)) };
    let outcome = probe().run(&run, &SlowSecret, Instant::now() + Duration::from_mins(1)).await;
    assert!(matches!(&outcome.verdict, Verdict::Failed(_)), "{outcome:?}");
    assert_eq!(outcome.attempts, 1);
    let soon = Instant::now() + Duration::from_millis(SHORT);
    let outcome = probe().run(&run, &SlowSecret, soon).await;
    let told = "its secrets could not be read in time";
    assert_eq!(outcome.verdict, Verdict::NotMade(told.to_owned()));
}

#[tokio::test]
async fn an_attempt_s_limit_leaves_time_for_the_next() {
    let server =
        Server::start([Script::answer_nothing(), Script::http("200 OK", "", "late")]).await;
    let check = HttpCheck { timeout_milliseconds: SHORT, ..get(server.url("/")) };
    let outcome = made(&probe(), &Run { retries: 1, ..run_of(Check::Http(check)) }).await;
    assert_eq!((outcome.verdict, outcome.attempts), (Verdict::Passed, 2));
}

#[tokio::test]
async fn the_invocation_s_end_ends_the_run() {
    let server = Server::start([Script::answer_nothing()]).await;
    let run = run_of(Check::Http(get(server.url("/"))));
    let until = Instant::now() + Duration::from_millis(SHORT);
    let outcome = probe().run(&run, &OneSecret, until).await;
    assert!(matches!(outcome.verdict, Verdict::Failed(why) if why.starts_with("no answer within")));
}

#[tokio::test]
async fn many_retries_end() {
    let address = closed_port().await;
    let check = get(format!("http://{address}/"));
    let outcome = made(&probe(), &Run { retries: u8::MAX, ..run_of(Check::Http(check)) }).await;
    assert_eq!(outcome.attempts, 256);
}

#[tokio::test]
async fn no_limit_is_too_long() {
    let server = Server::start([Script::http("200 OK", "", "")]).await;
    let check = HttpCheck { timeout_milliseconds: u64::MAX, ..get(server.url("/")) };
    let run = Run { timeout_milliseconds: u64::MAX, ..run_of(Check::Http(check)) };
    assert_eq!(made(&probe(), &run).await.verdict, Verdict::Passed);
}

#[tokio::test]
async fn an_unreadable_list_of_networks_is_told_by_every_run() {
    let surroundings = Allowed::read("ten").map(|_| unreachable!("it is no network"));
    let probe =
        Probe { surroundings: surroundings.map_err(|why| why.to_string()), kept: Kept::default() };
    let told = why(&probe, Check::Http(get("http://127.0.0.1/"))).await;
    assert!(told.starts_with("not made: `ten` is no network"), "{told}");
}

#[test]
fn a_function_knows_its_account_by_its_arn() {
    let arn = "arn:aws:lambda:ap-northeast-1:111122223333:function:probe:live";
    let here = Here::of(arn, "ap-northeast-1");
    assert_eq!((here.account.as_str(), here.region.as_str()), ("111122223333", "ap-northeast-1"));
    assert_eq!(Here::of("local", "").account, "");
}
