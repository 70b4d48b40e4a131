//! The bell: the shop breaks, the real agent sees it on the schedule's real input, its metric turns
//! the alarm, the relay tells it on Discord, and when the shop heals the message says so.
//!
//! Only the minutes are short: instead of waiting for the next one, the demo sets the stand-in's clock
//! ahead, fires the schedule for that minute, and lets the alarms look at it. No minute is left out.

use std::time::{Duration, SystemTime};

use hinomi_tests::{
    Error, Result, Shop, account::REGION, discord::standin::Message, discord::text_of, eventually,
};
use jiff::Timestamp;
use serde_json::Value;

use super::{
    album::Album,
    text::{self, Spell},
};
use crate::{console, scene::Scene, stop::Stop};

/// The monitor whose service is broken.
const MONITOR: &str = "checkout";
const MINUTE: Duration = Duration::from_mins(1);
/// How long a message may take through topic, queue and function.
const LIMIT: Duration = Duration::from_mins(1);
/// Minutes that everything goes well, that the shop is broken until somebody is told, and that it is
/// well again.
const MINUTES: [u32; 3] = [100, 3, 2];
/// Until the reminder of a critical monitor.
const REMINDER: Duration = Duration::from_mins(15);

/// What was played.
pub(super) struct Played {
    /// What the channel showed.
    pub(super) album: Album,
    /// When the play's last minute is over, by the machine's clock: about now.
    pub(super) end: SystemTime,
}

/// Plays it all; prints each message as it changes, and adds the channel's pictures to an album.
pub(super) fn play(scene: &Scene, service: &Shop, stop: &Stop) -> Result<Played> {
    let (group, schedule) = schedule(scene)?;
    // The relay tells how long something lasts by the machine's clock: the hour is over by then.
    let start = SystemTime::now() - REMINDER - MINUTE * (MINUTES.iter().sum::<u32>() - 2);
    let album = Album::default();
    let mut bell =
        Bell { scene, shop: service, stop, group, schedule, start, passed: 0, runs: 0, album };
    bell.play()?;
    let end = bell.start + MINUTE * bell.passed;
    Ok(Played { album: bell.album, end })
}

/// The state of the play.
struct Bell<'a> {
    scene: &'a Scene,
    shop: &'a Shop,
    stop: &'a Stop,
    /// The schedule of the monitor's checks.
    group: String,
    schedule: String,
    /// When the play begins.
    start: SystemTime,
    /// Minutes since then.
    passed: u32,
    /// Checks so far.
    runs: u32,
    album: Album,
}

impl Bell<'_> {
    fn play(&mut self) -> Result<()> {
        let [well, broken, healed] = MINUTES;
        // What Terraform made is older than the play's first minute.
        self.scene.account.refuse_new_roles(0)?;
        self.set_clock(self.passed)?;
        let drill = self.wait_for("the drill", |_| true)?;
        print("the drill that `ring` asked for", &drill);
        console::line("the shop is well");
        self.pass(false, well)?;
        console::line("the shop breaks");
        self.pass(true, broken)?;
        let posted = self.wait_for("a message", |one| is_of_monitor(one) && one.edits == 0)?;
        self.tell("posted", &posted)?;
        self.remind(&posted)?;
        self.photograph("While the shop is down", &drill)?;
        console::line("the shop is well again");
        self.pass(false, healed)?;
        let edited =
            self.wait_for("the message's edit", |one| one.id == posted.id && one.edits > 0)?;
        self.tell("edited", &edited)?;
        self.photograph("When it is up again", &drill)
    }

    /// Lets minutes pass, with a check and a look of the alarms in each.
    fn pass(&mut self, is_broken: bool, minutes: u32) -> Result<()> {
        let account = &self.scene.account;
        self.shop.set_broken(is_broken);
        let mut spell = Spell::default();
        for _ in 0..minutes {
            self.stop.check()?;
            self.set_clock(self.passed)?;
            let time = self.time(self.passed)?.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
            account.run_schedule_for(REGION, &self.group, &self.schedule, &time)?;
            (self.passed, self.runs) = (self.passed + 1, self.runs + 1);
            let minute = self.passed;
            spell.add(minute, probe(self.scene, self.runs)?);
            // The minute is over when the alarms look at it.
            self.set_clock(minute)?;
            for change in account.evaluate_alarms()? {
                spell.tell();
                let (alarm, from, to) = (change.alarm, change.from, change.to);
                console::line(format_args!("  minute {minute}: alarm {alarm}: {from} → {to}"));
            }
        }
        spell.tell();
        Ok(())
    }

    /// Lets the time of the reminder come that the relay asked for, and the shop is still down.
    fn remind(&mut self, posted: &Message) -> Result<()> {
        let account = &self.scene.account;
        let (of_report, _) = super::mornings::schedule(self.scene)?;
        let (group, name) = eventually("the reminder's schedule", LIMIT, || {
            let objects = account.objects()?.into_iter();
            let mut names = objects.filter(|one| one.kind == "scheduler:schedule");
            let found = names.find_map(|one| {
                let (group, name) = one.name.split_once('/')?;
                (group != self.group && group != of_report)
                    .then(|| (group.to_owned(), name.to_owned()))
            });
            Ok(found)
        })?;
        let minutes = u32::try_from(REMINDER.as_secs() / 60).unwrap_or_default();
        self.pass(true, minutes - 1)?;
        let minute = self.passed;
        console::line(format_args!(
            "  minute {minute}: the shop is still down; the one-time schedule"
        ));
        console::line(format_args!("             {name} fires"));
        account.run_schedule(REGION, &group, &name)?;
        let reminder =
            self.wait_for("the reminder", |one| is_of_monitor(one) && one.id != posted.id)?;
        self.tell("the reminder, since an edit notifies nobody", &reminder)
    }

    fn wait_for(&self, what: &str, wanted: impl Fn(&Message) -> bool) -> Result<Message> {
        self.scene.discord.wait_for_message(what, LIMIT, wanted)
    }

    fn tell(&mut self, how: &str, message: &Message) -> Result<()> {
        self.album.see(self.time(self.passed)?, message);
        print(how, message);
        Ok(())
    }

    /// Adds the channel to the album, without the drill: Terraform sent it before the play, whose clock
    /// is its own.
    fn photograph(&mut self, heading: &str, drill: &Message) -> Result<()> {
        let mut messages = self.scene.discord.messages();
        messages.retain(|one| one.id != drill.id);
        self.album.add(heading, self.time(self.passed)?, &messages);
        Ok(())
    }

    /// Sets the account's clock to so many minutes after the beginning.
    fn set_clock(&self, minutes: u32) -> Result<()> {
        self.scene.account.set_clock(self.start + MINUTE * minutes)
    }

    fn time(&self, minutes: u32) -> Result<Timestamp> {
        let time = Timestamp::try_from(self.start + MINUTE * minutes);
        time.map_err(|error| Error::unexpected(format!("no clock: {error}")))
    }
}

fn print(how: &str, message: &Message) {
    console::line(format_args!("\nDiscord, {how}:"));
    for line in text::lines(message) {
        console::line(format_args!("  │ {line}"));
    }
    console::line("");
}

fn is_of_monitor(message: &Message) -> bool {
    text_of(message).contains(MONITOR)
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
