//! The bell: the shop breaks, the real agent sees it on the schedule's real input, its metric turns
//! the alarm, the relay tells it on Discord, and when the shop heals the message says so.
//!
//! Only the hours are short: instead of waiting for the next minute, the demo sets the stand-in's clock
//! ahead and fires the schedule for that minute.

use std::time::{Duration, SystemTime};

use hinomi_tests::{Error, Result, account::REGION, discord::text_of, eventually};
use jiff::Timestamp;
use serde_json::Value;

use super::shop::Shop;
use crate::{console, scene::Scene, stop::Stop};

/// The monitor whose service is broken.
const MONITOR: &str = "checkout";
const MINUTE: Duration = Duration::from_secs(60);
/// How long a message may take through topic, queue and function.
const LIMIT: Duration = Duration::from_secs(60);
/// Minutes that everything goes well, that the shop is broken, and that it is well again.
const MINUTES: [(bool, u32); 3] = [(false, 2), (true, 3), (false, 3)];

/// Plays it all; prints each message as it changes.
pub(super) fn play(scene: &Scene, shop: &Shop, stop: &Stop) -> Result<()> {
    let account = &scene.account;
    let (group, schedule) = schedule(scene)?;
    let start = SystemTime::now();
    let mut passed = 0;
    for (is_broken, minutes) in MINUTES {
        shop.set_broken(is_broken);
        console::line(if is_broken { "the shop breaks" } else { "the shop is well" });
        for _ in 0..minutes {
            stop.check()?;
            let ahead = MINUTE * passed;
            account.set_clock_ahead(ahead)?;
            account.run_schedule_for(REGION, &group, &schedule, &in_words(start + ahead)?)?;
            passed += 1;
            console::line(format_args!("  minute {passed}: {}", probe(scene, passed)?));
            // The minute is over when the alarms look at it.
            account.set_clock_ahead(ahead + MINUTE)?;
            let changes = account.evaluate_alarms()?;
            for change in changes {
                console::line(format_args!(
                    "  minute {passed}: alarm {}: {} → {}",
                    change.alarm, change.from, change.to
                ));
            }
        }
        tell(scene, is_broken, passed > minutes)?;
    }
    Ok(())
}

/// Prints what stands in the channel, once it is as it should be.
fn tell(scene: &Scene, is_broken: bool, was_broken: bool) -> Result<()> {
    if !is_broken && !was_broken {
        return Ok(());
    }
    let what = if is_broken { "a message" } else { "the message's edit" };
    let message = scene.discord.wait_for_message(what, LIMIT, |message| {
        text_of(message).contains(MONITOR) && (message.edits > 0) == !is_broken
    })?;
    let how = if is_broken { "posted" } else { "edited" };
    console::line(format_args!("\nDiscord, {how}:"));
    for line in text_of(&message).lines() {
        console::line(format_args!("  │ {line}"));
    }
    console::line("");
    Ok(())
}

/// Group and name of the monitor's schedule, as Terraform put them out.
fn schedule(scene: &Scene) -> Result<(String, String)> {
    let monitors = scene.workspace.output("monitors")?;
    let arn = monitors[MONITOR]["schedules"]["here"]["arn"].as_str();
    let parts = arn.and_then(|arn| arn.rsplit_once(":schedule/")?.1.split_once('/'));
    let (group, name) = parts.ok_or_else(|| {
        Error::unexpected(format!("the output `monitors` has no schedule: {monitors}"))
    })?;
    Ok((group.to_owned(), name.to_owned()))
}

/// What the probe says of its run of this number, once it is over.
fn probe(scene: &Scene, number: u32) -> Result<String> {
    let number = usize::try_from(number).unwrap_or(usize::MAX);
    let run = eventually("the probe's run", LIMIT, || {
        let invocations = scene.account.invocations()?.into_iter();
        Ok(invocations.filter(|one| one.kind == "probe").nth(number - 1))
    })?;
    if let Some(error) = &run.error {
        return Err(Error::unexpected(format!("the probe failed: {error}\n{}", run.log)));
    }
    let record = run.log.lines().rev().find_map(|line| {
        let record: Value = serde_json::from_str(line).ok()?;
        record.get("outcome").is_some().then_some(record)
    });
    let record = record.unwrap_or_default();
    let outcome = record["outcome"].as_str().unwrap_or("(no record)");
    let why = record["why"].as_str().map(|why| format!(": {why}")).unwrap_or_default();
    Ok(format!("the check {outcome}{why}"))
}

fn in_words(time: SystemTime) -> Result<String> {
    let time = Timestamp::try_from(time);
    let time = time.map_err(|error| Error::unexpected(format!("no clock: {error}")))?;
    Ok(time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}
