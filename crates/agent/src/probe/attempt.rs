//! What one attempt of a check went through: phases, times, and what was seen on the way.

use std::net::SocketAddr;
use std::time::Duration;

use serde::Serialize;
use tokio::time::Instant;

/// Why an attempt did not pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    /// The target is not as it should be: one sentence without a full stop.
    Failed(String),
    /// The check itself could not be made, which says nothing about its target.
    Unable(String),
}

/// What an attempt is waiting for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Nothing but its own work.
    Working,
    /// An answer of DNS.
    Resolving,
    /// A TCP connection to this address.
    Connecting(SocketAddr),
    /// The TLS handshake.
    Securing,
    /// The first byte of an answer.
    FirstByte,
    /// The rest of an answer.
    Rest,
}

/// How long each phase of an attempt took, in milliseconds, redirects added up. A phase that was
/// not reached is missing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Phases {
    /// Until DNS had answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dns: Option<f64>,
    /// Until a TCP connection stood, addresses that were tried in vain included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connect: Option<f64>,
    /// Until the TLS handshake was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls: Option<f64>,
    /// From the request to the first byte of its answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_byte: Option<f64>,
    /// The whole attempt.
    pub total: f64,
}

/// The record of one attempt, written while it is made: so a timeout still tells how far it came.
#[derive(Debug)]
pub(super) struct Attempt {
    started: Instant,
    limit: Instant,
    stage: Stage,
    entered: Instant,
    pub(super) phases: Phases,
    pub(super) remote: Option<SocketAddr>,
    pub(super) status: Option<u16>,
    pub(super) tls_days_left: Option<i64>,
}

impl Attempt {
    /// Starts now and ends at a limit.
    pub(super) fn until(limit: Instant) -> Self {
        let started = Instant::now();
        Self {
            started,
            limit,
            stage: Stage::Working,
            entered: started,
            phases: Phases::default(),
            remote: None,
            status: None,
            tls_days_left: None,
        }
    }

    /// When it must have ended.
    pub(super) fn limit(&self) -> Instant {
        self.limit
    }

    /// Ends the stage that it was in, and enters another one.
    pub(super) fn enter(&mut self, stage: Stage) {
        let now = Instant::now();
        let spent = milliseconds(now - self.entered);
        let phase = match self.stage {
            Stage::Working | Stage::Rest => None,
            Stage::Resolving => Some(&mut self.phases.dns),
            Stage::Connecting(_) => Some(&mut self.phases.connect),
            Stage::Securing => Some(&mut self.phases.tls),
            Stage::FirstByte => Some(&mut self.phases.first_byte),
        };
        if let Some(phase) = phase {
            *phase = Some(rounded(phase.unwrap_or_default() + spent));
        }
        self.phases.total = milliseconds(now - self.started);
        (self.stage, self.entered) = (stage, now);
    }

    /// Ends the stage that it was in. Called at the attempt's end, whatever came of it.
    pub(super) fn rest(&mut self) {
        self.enter(Stage::Working);
    }

    /// Notes a certificate's remaining days. Of several, on the way of redirects, the fewest count.
    pub(super) fn note_days_left(&mut self, days: i64) {
        let fewest = self.tls_days_left.map_or(days, |known| known.min(days));
        self.tls_days_left = Some(fewest);
    }

    /// What to say when the limit has come.
    pub(super) fn out_of_time(&self) -> Problem {
        let waited = match self.stage {
            Stage::Working => "was still at work".to_owned(),
            Stage::Resolving => "waited for DNS".to_owned(),
            Stage::Connecting(address) => format!("waited for a connection to {address}"),
            Stage::Securing => "waited for the TLS handshake".to_owned(),
            Stage::FirstByte => "waited for the first byte".to_owned(),
            Stage::Rest => "waited for the rest of the answer".to_owned(),
        };
        let answer = if self.stage == Stage::Rest { "no whole answer" } else { "no answer" };
        Problem::Failed(format!("{answer} within {}: {waited}", span(self.limit - self.started)))
    }
}

/// A time in milliseconds, to a hundredth.
fn milliseconds(time: Duration) -> f64 {
    rounded(time.as_secs_f64() * 1_000.0)
}

fn rounded(milliseconds: f64) -> f64 {
    (milliseconds * 100.0).round() / 100.0
}

/// A length of time for people: `10 s`, `1.5 s`, `300 ms`.
pub(super) fn span(time: Duration) -> String {
    let milliseconds = (time.as_micros() + 500) / 1_000;
    match milliseconds {
        0..1_000 => format!("{milliseconds} ms"),
        _ if milliseconds.is_multiple_of(1_000) => format!("{} s", milliseconds / 1_000),
        _ => format!("{}.{} s", milliseconds / 1_000, milliseconds % 1_000 / 100),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn times_are_added_up_by_phase() {
        let mut attempt = Attempt::until(Instant::now() + Duration::from_secs(10));
        for (stage, spent) in
            [(Stage::Resolving, 5), (Stage::FirstByte, 7), (Stage::Resolving, 8), (Stage::Rest, 20)]
        {
            attempt.enter(stage);
            tokio::time::advance(Duration::from_millis(spent)).await;
        }
        attempt.rest();
        let expected =
            Phases { dns: Some(13.0), first_byte: Some(7.0), total: 40.0, ..Phases::default() };
        assert_eq!(attempt.phases, expected);
    }

    #[tokio::test(start_paused = true)]
    async fn a_timeout_tells_what_was_waited_for() {
        let address = "192.0.2.1:443".parse().expect("an address");
        for (stage, told) in [
            (Stage::Resolving, "no answer within 10 s: waited for DNS"),
            (
                Stage::Connecting(address),
                "no answer within 10 s: waited for a connection to 192.0.2.1:443",
            ),
            (Stage::Securing, "no answer within 10 s: waited for the TLS handshake"),
            (Stage::FirstByte, "no answer within 10 s: waited for the first byte"),
            (Stage::Rest, "no whole answer within 10 s: waited for the rest of the answer"),
        ] {
            let mut attempt = Attempt::until(Instant::now() + Duration::from_secs(10));
            attempt.enter(stage);
            assert_eq!(attempt.out_of_time(), Problem::Failed(told.to_owned()));
        }
    }

    #[test]
    fn lengths_of_time_are_readable() {
        for (milliseconds, text) in
            [(0, "0 ms"), (300, "300 ms"), (1_000, "1 s"), (1_500, "1.5 s"), (10_000, "10 s")]
        {
            assert_eq!(span(Duration::from_millis(milliseconds)), text);
        }
        assert_eq!(span(Duration::from_micros(9_999_900)), "10 s");
    }

    #[test]
    fn the_certificate_with_the_fewest_days_counts() {
        let mut attempt = Attempt::until(Instant::now());
        for days in [40, 12, 90] {
            attempt.note_days_left(days);
        }
        assert_eq!(attempt.tls_days_left, Some(12));
    }
}
