//! Runs one check and records its outcome.
//!
//! A run makes attempts until one passes, no retry is left or its time is over. What it found goes
//! to standard output as one line of JSON, and to two metrics in the monitor's home.

mod address;
mod attempt;
mod aws;
mod connect;
mod dns;
mod http;
mod record;
mod resolve;
mod rounds;
mod secrets;
mod secure;
mod tcp;
mod tls;
mod told;

use std::env;
use std::io;
use std::net::SocketAddr;
use std::sync::LazyLock;
use std::time::Duration;

use contract::check::Check;
use contract::probe::Run;
use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::time::{Instant, timeout_at};

use crate::Invocation;
use address::Allowed;
pub use attempt::Phases;
use attempt::{Attempt, Problem};
use http::SecretValue;
use record::record;
pub use record::{Here, Metrics, NotRecorded, Sample};
use resolve::Servers;
use secrets::Kept;
pub use secrets::Secrets;
use secure::Trust;

/// Variable with the networks that may be probed though they are not the public internet:
/// CIDR notation, separated by commas.
pub const NETWORKS_VARIABLE: &str = "HINOMI_LOCATION_NETWORKS";

/// No function runs for longer (Lambda developer guide, "Lambda quotas").
const LONGEST: Duration = Duration::from_mins(15);

/// The longest that a run waits for its secrets and for the roots of TLS. None of it is the target's, so
/// it comes before the run's own time.
const PREPARATION: Duration = Duration::from_secs(20);

/// What was found out about a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is as it should be.
    Passed,
    /// It is not, and why: one sentence without a full stop, and without a secret.
    Failed(String),
    /// The check could not be made, and why: nothing is known of the target.
    NotMade(String),
}

/// What came of a run; all but the number of attempts is that of the last one.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// Whether the target is as it should be.
    pub verdict: Verdict,
    /// How long each phase took.
    pub phases: Phases,
    /// How many attempts were made.
    pub attempts: u32,
    /// The address that was connected to.
    pub remote: Option<SocketAddr>,
    /// Status of the last response.
    pub status: Option<u16>,
    /// Whole days for which the server's certificate is still valid; negative once it has expired.
    pub tls_days_left: Option<i64>,
}

/// Where a check is made from.
struct Surroundings {
    allowed: Allowed,
    servers: Servers,
    trust: Trust,
}

/// What makes checks, with what it keeps from one run to the next.
pub struct Probe {
    surroundings: Result<Surroundings, String>,
    kept: Kept,
}

/// The function's own, so that a warm one reads roots and secrets once.
static PROBE: LazyLock<Probe> = LazyLock::new(Probe::from_environment);

/// Makes the run that an event asks for, or its rounds, and records it; the answer sums it up.
///
/// # Errors
/// [`NotRecorded`], which must fail the invocation.
pub async fn run(run: &Run, invocation: &Invocation<'_>) -> Result<Value, NotRecorded> {
    let clients = invocation.clients;
    let here = Here::of(&invocation.function_arn, clients.region());
    let here = &here;
    let one = async |run: Run| {
        let outcome = PROBE.run(&run, clients, invocation.deadline).await;
        record(&run, &outcome, here, clients, &mut io::stdout(), Timestamp::now()).await?;
        Ok(outcome.verdict == Verdict::Passed)
    };
    let passed = rounds::each(run, Timestamp::now(), invocation.deadline, one).await?;
    Ok(json!({ "passed": passed }))
}

impl Here {
    /// The place of a function, by its ARN (`arn:aws:lambda:region:account:function:name`).
    fn of(function_arn: &str, region: &str) -> Self {
        let account = function_arn.split(':').nth(4).unwrap_or_default().to_owned();
        Self { account, region: region.to_owned() }
    }
}

impl Probe {
    /// A probe of this function. What it can't read of its environment, its runs tell.
    pub fn from_environment() -> Self {
        let networks = env::var(NETWORKS_VARIABLE).unwrap_or_default();
        let allowed = Allowed::read(&networks);
        let surroundings = allowed
            .map(|allowed| Surroundings {
                allowed,
                servers: Servers::System,
                trust: Trust::new(None),
            })
            .map_err(|problem| format!("`{NETWORKS_VARIABLE}` can't be read: {problem}"));
        Self { surroundings, kept: Kept::default() }
    }

    /// Makes one run, which ends by `until` at the latest.
    pub async fn run(&self, run: &Run, secrets: &impl Secrets, until: Instant) -> Outcome {
        let surroundings = match &self.surroundings {
            Ok(surroundings) => surroundings,
            Err(why) => return not_made(why.clone()),
        };
        let by = until.min(Instant::now() + PREPARATION);
        let prepared = timeout_at(by, self.prepare(surroundings, &run.check, secrets)).await;
        let values = match prepared {
            Ok(Ok(values)) => values,
            Ok(Err(Problem::Unable(why) | Problem::Failed(why))) => return not_made(why),
            Err(_) => return not_made("its secrets could not be read in time".to_owned()),
        };
        let end = until.min(in_milliseconds(run.timeout_milliseconds));
        let mut attempts = 0;
        loop {
            attempts += 1;
            let outcome = attempt(surroundings, &run.check, &values, end, attempts).await;
            let has_failed = matches!(outcome.verdict, Verdict::Failed(_));
            let may_retry = attempts <= u32::from(run.retries) && Instant::now() < end;
            if !(has_failed && may_retry) {
                return outcome;
            }
        }
    }

    /// What must be there before the clock of an attempt starts: the check's secrets, and the roots
    /// of TLS.
    async fn prepare(
        &self,
        surroundings: &Surroundings,
        check: &Check,
        secrets: &impl Secrets,
    ) -> Result<Vec<SecretValue>, Problem> {
        match check {
            Check::Http(check) => {
                if check.url.starts_with("https:") {
                    surroundings.trust.prepare().await?;
                }
                self.kept.of(check, secrets).await
            }
            Check::Tls(_) => surroundings.trust.prepare().await.map(|_| Vec::new()),
            Check::Tcp(_) | Check::Dns(_) => Ok(Vec::new()),
        }
    }
}

fn in_milliseconds(milliseconds: u64) -> Instant {
    Instant::now() + Duration::from_millis(milliseconds).min(LONGEST)
}

fn not_made(why: String) -> Outcome {
    Outcome {
        verdict: Verdict::NotMade(why),
        phases: Phases::default(),
        attempts: 0,
        remote: None,
        status: None,
        tls_days_left: None,
    }
}

/// One attempt, which ends by the check's own limit and by the run's.
async fn attempt(
    surroundings: &Surroundings,
    check: &Check,
    secrets: &[SecretValue],
    end: Instant,
    attempts: u32,
) -> Outcome {
    let limit = end.min(in_milliseconds(check.timeout_milliseconds()));
    let mut attempt = Attempt::until(limit);
    let made = timeout_at(limit, carry_out(surroundings, check, secrets, &mut attempt)).await;
    let made = made.unwrap_or_else(|_| Err(attempt.out_of_time()));
    attempt.rest();
    Outcome {
        verdict: match made {
            Ok(()) => Verdict::Passed,
            Err(Problem::Failed(why)) => Verdict::Failed(why),
            Err(Problem::Unable(why)) => Verdict::NotMade(why),
        },
        phases: attempt.phases,
        attempts,
        remote: attempt.remote,
        status: attempt.status,
        tls_days_left: attempt.tls_days_left,
    }
}

async fn carry_out(
    surroundings: &Surroundings,
    check: &Check,
    secrets: &[SecretValue],
    attempt: &mut Attempt,
) -> Result<(), Problem> {
    match check {
        Check::Http(check) => http::check(surroundings, check, secrets, attempt).await,
        Check::Tcp(check) => tcp::check(surroundings, check, attempt).await,
        Check::Dns(check) => dns::check(surroundings, check, attempt).await,
        Check::Tls(check) => tls::check(surroundings, check, attempt).await,
    }
}

#[cfg(test)]
mod tests;
