//! A check of a server's certificate.

use contract::check::TlsCheck;

use super::Surroundings;
use super::attempt::{Attempt, Problem};
use super::connect::connect;
use super::http::judge_days_left;
use super::secure::Within;

/// Makes the handshake and counts the days that the certificate has left.
pub(super) async fn check(
    surroundings: &Surroundings,
    check: &TlsCheck,
    attempt: &mut Attempt,
) -> Result<(), Problem> {
    let stream = connect(surroundings, &check.host, check.port, attempt).await?;
    let server = check.server_name.as_deref().unwrap_or(&check.host);
    surroundings.trust.handshake(stream, server, Within::Anything, attempt).await?;
    judge_days_left(check.days_left_at_least, attempt.tls_days_left).map_err(Problem::Failed)
}
