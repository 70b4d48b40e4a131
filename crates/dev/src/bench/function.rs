//! What the Lambda function costs: on disk, at a cold start, and in memory.
//!
//! Lambda bills the start too, and counts the smallest function's memory in 128 MB.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::{Ipv4Addr, TcpListener},
    thread,
    time::{Duration, Instant},
};

use hinomi_tests::{
    Error, Result,
    function::{Answer, Event, Settings},
};
use serde_json::json;

use super::{megabytes, memory, relay, report};
use crate::{agent, console, stop::Stop};

/// Megabytes of the stripped binary.
const LARGEST_BINARY: f64 = 12.0;

/// Milliseconds from the process's start to its first question for an event.
const LONGEST_START: f64 = 30.0;

/// Resident megabytes after runs of a check, or batches of the relay.
const LARGEST_MEMORY: f64 = 30.0;

/// Runs of a check before the memory is read: the first ones fill caches.
const RUNS: u32 = 5;

const LIMIT: Duration = Duration::from_secs(30);

/// Measures and prints; `false` when size or memory passes its limit. The start only says so.
pub(super) fn run(starts: u32, stop: &Stop) -> Result<bool> {
    let built = console::step("building the agent", || {
        agent::prepare(agent::Build::Agent, "debug", console::pass_on(), console::is_terminal())
    })?;
    stop.check()?;
    console::heading("agent");
    let is_small = report("binary, stripped", megabytes(built.size), "MB", Some(LARGEST_BINARY));
    let archive = fs::metadata(&built.archive).map_err(Error::io("read the archive's size"))?;
    report("archive", megabytes(archive.len()), "MB", None);
    let mut times = Vec::new();
    for _ in 0..starts {
        stop.check()?;
        times.push(start(&built)?);
    }
    times.sort_unstable();
    let median = times.get(times.len() / 2).copied().unwrap_or_default();
    let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
    report("cold start to the first poll", milliseconds(median), "ms", Some(LONGEST_START));
    let (polling, after) = resident(&built)?;
    report("resident at the first poll", megabytes(polling), "MB", None);
    let what = format!("resident after {RUNS} runs of a check");
    let is_lean = report(&what, megabytes(after), "MB", Some(LARGEST_MEMORY));
    stop.check()?;
    let what = format!("resident after {} batches of alarms", relay::BATCHES);
    let told = relay::resident(&built)?;
    let is_lean = report(&what, megabytes(told), "MB", Some(LARGEST_MEMORY)) && is_lean;
    console::line(format_args!(
        "cold start: median of {starts}, from spawn to the poll; it is a time, and fails nothing"
    ));
    Ok(is_small && is_lean)
}

/// From the spawn to the first poll, the stand-in's part of it included.
fn start(built: &agent::Agent) -> Result<Duration> {
    let settings = Settings::default().with_bootstrap(&built.binary);
    let begun = Instant::now();
    let function = settings.start()?;
    function.wait_for_polls(1)?;
    let taken = begun.elapsed();
    function.kill()?;
    Ok(taken)
}

/// Highest resident bytes at the first poll, and after runs of a check over HTTP.
fn resident(built: &agent::Agent) -> Result<(u64, u64)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(Error::io("listen"))?;
    let address = listener.local_addr().map_err(Error::io("listen"))?;
    thread::spawn(move || listener.incoming().flatten().for_each(|stream| answer(&stream)));
    let settings = Settings::default().with_bootstrap(&built.binary);
    let function = settings.env("HINOMI_LOCATION_NETWORKS", "127.0.0.0/8").start()?;
    function.wait_for_polls(1)?;
    let polling = memory::of_process(function.id())?;
    for _ in 0..RUNS {
        let answer = function.invoke(run_of(&format!("http://{address}/")), LIMIT)?;
        if answer != Answer::Response(json!({ "passed": true })) {
            return Err(Error::unexpected(format!("the run didn't pass: {answer:?}")));
        }
    }
    Ok((polling, memory::of_process(function.id())?))
}

fn answer(mut stream: &std::net::TcpStream) {
    let mut lines = BufReader::new(stream).lines();
    while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";
    // A run whose answer is lost doesn't pass, and that is said.
    let _ = stream.write_all(answer);
}

fn run_of(url: &str) -> Event {
    let event = json!({
        "hinomi": "probe", "monitor": "bench", "location": "home",
        "check": { "http": {
            "url": url, "method": "GET", "timeout_milliseconds": 5000,
            "assertions": [{ "status": "200-299" }],
        } },
        "timeout_milliseconds": 10000, "retries": 0, "interval_seconds": 60,
        "home": { "account": "111122223333", "region": "us-east-1" },
        "scheduled_time": "<aws.scheduler.scheduled-time>",
    });
    Event::new(event.to_string())
}
