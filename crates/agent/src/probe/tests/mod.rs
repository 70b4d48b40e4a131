//! Whole runs, against servers of this very process. Nothing here sleeps: what is to run into its
//! limit asks a server that never answers.

mod dns;
mod http;
mod redirects;
mod runs;
pub(super) mod servers;
mod tcp;
mod tls;

use std::collections::BTreeMap;

use contract::check::{Assertion, DEFAULT_REDIRECTS, HttpCheck, Method, StatusRange};
use contract::probe::{Home, Purpose};
use contract::secret::Secret;
use rustls::RootCertStore;

use super::*;

/// Longer than anything here takes.
const AMPLE: u64 = 20_000;
/// Long enough to send a request to this machine, and short enough to wait for its end.
const SHORT: u64 = 400;

/// A store with one secret.
struct OneSecret;

const SECRET: &str = "s3cr3t-of-the-check";

impl Secrets for OneSecret {
    async fn read(&self, name: &str) -> Result<Secret<String>, String> {
        match name {
            "token" => Ok(Secret::new(format!("{SECRET}\n"))),
            "broken" => Ok(Secret::new("two\nlines".to_owned())),
            _ => Err("ResourceNotFoundException".to_owned()),
        }
    }
}

/// A probe at a location that allows loopback addresses of IPv4.
fn probe() -> Probe {
    probe_with("127.0.0.0/8", Servers::System, None)
}

fn probe_with(networks: &str, servers: Servers, roots: Option<RootCertStore>) -> Probe {
    let allowed = Allowed::read(networks).expect("networks");
    // Without roots of a test nobody is trusted: the machine's are never read.
    let trust = Trust::new(Some(roots.unwrap_or_else(RootCertStore::empty)));
    Probe { surroundings: Ok(Surroundings { allowed, servers, trust }), kept: Kept::default() }
}

pub(super) fn run_of(check: Check) -> Run {
    Run {
        hinomi: Purpose::Probe,
        monitor: "checkout".to_owned(),
        location: "tokyo".to_owned(),
        check,
        timeout_milliseconds: AMPLE,
        retries: 0,
        interval_seconds: 60,
        home: Home {
            account: "111122223333".to_owned(),
            region: "ap-northeast-1".to_owned(),
            metrics_role_arn: None,
        },
        scheduled_time: "2026-11-24T03:00:00Z".to_owned(),
    }
}

fn get(url: impl Into<String>) -> HttpCheck {
    HttpCheck {
        url: url.into(),
        method: Method::Get,
        headers: BTreeMap::new(),
        secret_headers: BTreeMap::new(),
        body: None,
        redirects: DEFAULT_REDIRECTS,
        timeout_milliseconds: AMPLE,
        assertions: vec![Assertion::Status(StatusRange::SUCCESS)],
    }
}

async fn made(probe: &Probe, run: &Run) -> Outcome {
    probe.run(run, &OneSecret, Instant::now() + Duration::from_mins(1)).await
}

/// The outcome of one check by a probe.
async fn outcome(probe: &Probe, check: Check) -> Outcome {
    made(probe, &run_of(check)).await
}

/// Why a check failed; empty where it passed.
async fn why(probe: &Probe, check: Check) -> String {
    match outcome(probe, check).await.verdict {
        Verdict::Passed => String::new(),
        Verdict::Failed(why) => why,
        Verdict::NotMade(why) => format!("not made: {why}"),
    }
}
