//! A TCP connection to a host, at an address that the location allows.

use std::io;
use std::net::{IpAddr, SocketAddr};

use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

use super::Surroundings;
use super::attempt::{Attempt, Problem, Stage, span};
use super::resolve::literal;

/// Connects to the first address of a host that answers.
///
/// What is judged is the very address that is connected to: the name isn't asked for again, so that
/// DNS can't say one thing to the judge and another to the connection.
pub(super) async fn connect(
    surroundings: &Surroundings,
    host: &str,
    port: u16,
    attempt: &mut Attempt,
) -> Result<TcpStream, Problem> {
    let addresses = surroundings.servers.addresses(host, attempt).await?;
    let addresses = permitted(surroundings, host, &addresses)?;
    let mut problems = Vec::new();
    for (place, address) in addresses.iter().enumerate() {
        let address = SocketAddr::new(*address, port);
        let share = share(attempt.limit(), addresses.len() - place);
        match connect_to(address, share, attempt).await {
            Ok(stream) => return Ok(stream),
            Err(problem) => problems.push(problem),
        }
    }
    let first = problems.swap_remove(0);
    Err(Problem::Failed(match problems.len() {
        0 => first,
        others => format!("none of {} addresses answered: {first}", others + 1),
    }))
}

/// The addresses that may be connected to.
fn permitted(
    surroundings: &Surroundings,
    host: &str,
    addresses: &[IpAddr],
) -> Result<Vec<IpAddr>, Problem> {
    let allowed = &surroundings.allowed;
    let permitted: Vec<IpAddr> =
        addresses.iter().copied().filter(|address| allowed.refusal(*address).is_none()).collect();
    let refused = addresses.iter().find_map(|address| Some((address, allowed.refusal(*address)?)));
    match refused {
        Some((address, kind)) if permitted.is_empty() => {
            let is_itself = literal(host) == Some(*address);
            let place = if is_itself {
                format!("{address} is")
            } else {
                format!("`{host}` is at {address},")
            };
            Err(Problem::Failed(format!("{place} {kind}, which this location may not check")))
        }
        Some(_) | None => Ok(permitted),
    }
}

/// When to turn to the next address: what is left is shared between those that remain, so that one
/// that swallows packets doesn't take the time of all.
fn share(limit: Instant, remaining: usize) -> Instant {
    let now = Instant::now();
    let remaining = u32::try_from(remaining).unwrap_or(u32::MAX).max(1);
    now + limit.saturating_duration_since(now) / remaining
}

async fn connect_to(
    address: SocketAddr,
    until: Instant,
    attempt: &mut Attempt,
) -> Result<TcpStream, String> {
    attempt.enter(Stage::Connecting(address));
    attempt.remote = Some(address);
    let began = Instant::now();
    let connected = timeout_at(until, TcpStream::connect(address)).await;
    if connected.is_err() && until >= attempt.limit() {
        // The attempt's own limit has come, and says the whole time.
        std::future::pending::<()>().await;
    }
    attempt.rest();
    let stream = connected
        .map_err(|_| format!("no connection to {address} within {}", span(until - began)))?
        .map_err(|problem| refused(address, &problem))?;
    // A request is one small packet, which mustn't wait for another one.
    stream.set_nodelay(true).map_err(|problem| refused(address, &problem))?;
    Ok(stream)
}

fn refused(address: SocketAddr, problem: &io::Error) -> String {
    use io::ErrorKind::{
        ConnectionRefused, ConnectionReset, HostUnreachable, NetworkUnreachable, TimedOut,
    };
    #[expect(clippy::wildcard_enum_match_arm, reason = "the others say it themselves")]
    match problem.kind() {
        ConnectionRefused => format!("the connection was refused by {address}"),
        ConnectionReset => format!("the connection was reset by {address}"),
        HostUnreachable => format!("there is no way to {address}: the host is unreachable"),
        NetworkUnreachable => format!("there is no way to {address}: the network is unreachable"),
        TimedOut => format!("no connection to {address}: it did not answer"),
        _ => format!("no connection to {address}: {problem}"),
    }
}

/// What to say of a connection that broke while it was used.
pub(super) fn broken(problem: &io::Error, while_doing: &str) -> String {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    #[expect(clippy::wildcard_enum_match_arm, reason = "the others say it themselves")]
    match problem.kind() {
        ConnectionReset | BrokenPipe | ConnectionAborted => {
            format!("the server reset the connection {while_doing}")
        }
        UnexpectedEof => format!("the server closed the connection {while_doing}"),
        _ => format!("the connection broke {while_doing}: {problem}"),
    }
}
