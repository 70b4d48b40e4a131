//! A check of a TCP port.

use contract::check::TcpCheck;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::Surroundings;
use super::attempt::{Attempt, Problem, Stage};
use super::connect::{broken, connect};
use super::told::Hidden;

/// Bytes that are read in search of the expected text.
const LARGEST_ANSWER: usize = 64 << 10;

/// Connects, sends what is to be sent, and waits for what is expected.
pub(super) async fn check(
    surroundings: &Surroundings,
    check: &TcpCheck,
    attempt: &mut Attempt,
) -> Result<(), Problem> {
    let mut stream = connect(surroundings, &check.host, check.port, attempt).await?;
    if let Some(text) = &check.send {
        let sent = stream.write_all(text.as_bytes()).await;
        sent.map_err(|problem| Problem::Failed(broken(&problem, "while it was sent to")))?;
    }
    match &check.expect {
        Some(expected) => expect(&mut stream, expected, attempt).await,
        None => Ok(()),
    }
}

async fn expect(
    stream: &mut TcpStream,
    expected: &str,
    attempt: &mut Attempt,
) -> Result<(), Problem> {
    let told = Hidden::default().quoted(expected);
    let mut answer = Vec::new();
    attempt.enter(Stage::FirstByte);
    while !holds(&answer, expected.as_bytes()) {
        if answer.len() >= LARGEST_ANSWER {
            let most = LARGEST_ANSWER >> 10;
            return Err(Problem::Failed(format!("{told} is not in the first {most} KiB")));
        }
        let read = stream.read_buf(&mut answer).await.map_err(|problem| {
            Problem::Failed(broken(&problem, &format!("before {told} arrived")))
        })?;
        if read == 0 {
            let told = format!("the server closed the connection before {told} arrived");
            return Err(Problem::Failed(told));
        }
        attempt.enter(Stage::Rest);
    }
    Ok(())
}

fn holds(answer: &[u8], expected: &[u8]) -> bool {
    expected.is_empty() || answer.windows(expected.len()).any(|window| window == expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_among_bytes() {
        for (answer, expected, found) in [
            (&b"220 ready\r\n"[..], "220", true),
            (b"\xff\x00 ready", "ready", true),
            (b"22", "220", false),
            (b"", "", true),
        ] {
            assert_eq!(holds(answer, expected.as_bytes()), found, "{expected}");
        }
    }
}
