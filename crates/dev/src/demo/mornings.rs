//! The mornings: a company's bill of 120 days, the report that its schedule asks for, the same morning once
//! more, and a later one in Japanese.
//!
//! Nothing but the bill is made up: the real function asks Cost Explorer's stand-in, records what it is
//! told, and writes to the channel.

use std::time::Duration;

use hinomi_tests::{
    Error, Result, account::REGION, chain::Invocation, discord::standin::Message, eventually,
};
use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde_json::Value;

use super::{album::Album, company, text};
use crate::{console, scene::Scene, stop::Stop};

/// How long a morning may take: the first fetches months.
const LIMIT: Duration = Duration::from_mins(3);

/// Plays them; prints each message, and returns the channel's pictures.
pub(super) fn play(scene: &Scene, stop: &Stop) -> Result<Album> {
    let mut mornings =
        Mornings { scene, stop, schedule: schedule(scene)?, album: Album::default() };
    let [first, later] = company::MORNINGS;
    mornings.report(first, "In English, with a spike while an event runs")?;
    mornings.again(first)?;
    console::line("\nlanguage = \"ja\"");
    scene.workspace.file("language.auto.tfvars.json", r#"{ "language": "ja" }"#)?;
    scene.workspace.apply()?;
    mornings.report(later, "In Japanese, when the event's figures are final")?;
    bill(scene)?;
    Ok(mornings.album)
}

struct Mornings<'a> {
    scene: &'a Scene,
    stop: &'a Stop,
    /// Group and name of the report's schedule.
    schedule: (String, String),
    album: Album,
}

impl Mornings<'_> {
    /// Lets a morning come, and shows what is told on it.
    fn report(&mut self, day: Date, heading: &str) -> Result<()> {
        let before = self.scene.discord.messages().len();
        let run = self.fire(day)?;
        let posted = self.scene.discord.messages().split_off(before);
        let [message] = posted.as_slice() else {
            return Err(Error::unexpected(format!(
                "{} messages were posted on {day}: {}",
                posted.len(),
                run.log
            )));
        };
        print(day, message);
        self.album.add(heading, at(day)?, &posted);
        Ok(())
    }

    /// Lets the same morning come once more: nothing new, and the same bytes.
    fn again(&mut self, day: Date) -> Result<()> {
        let bucket = self.scene.workspace.output("costs")?["history"]["bucket"].clone();
        let bucket = bucket.as_str().unwrap_or_default();
        let (messages, objects) =
            (self.scene.discord.messages().len(), self.scene.account.bucket(bucket)?);
        self.fire(day)?;
        let now = self.scene.account.bucket(bucket)?;
        if self.scene.discord.messages().len() != messages || now != objects {
            return Err(Error::unexpected("the same morning again changed something"));
        }
        console::line(format_args!(
            "the same morning again: nothing new on Discord, and the same bytes in all {} objects",
            objects.len()
        ));
        Ok(())
    }

    /// Fires the schedule for a morning, and waits for the function.
    fn fire(&self, day: Date) -> Result<Invocation> {
        self.stop.check()?;
        let account = &self.scene.account;
        account.day_of_costs(Some(&day.to_string()))?;
        let runs = reports(self.scene)?.len();
        let (group, name) = &self.schedule;
        account.run_schedule_for(REGION, group, name, &at(day)?.to_string())?;
        let run =
            eventually("the report", LIMIT, || Ok(reports(self.scene)?.into_iter().nth(runs)))?;
        match &run.error {
            None => Ok(run),
            Some(error) => {
                Err(Error::unexpected(format!("the report of {day} failed: {error}\n{}", run.log)))
            }
        }
    }
}

/// When a morning's report is due.
fn at(day: Date) -> Result<Timestamp> {
    let due = TimeZone::UTC.to_timestamp(day.at(9, 0, 0, 0));
    due.map_err(|error| Error::unexpected(format!("no morning: {error}")))
}

fn print(day: Date, message: &Message) {
    console::line(format_args!("\nDiscord, on the morning of {day}:"));
    for line in text::lines(message) {
        console::line(format_args!("  │ {line}"));
    }
    console::line("");
}

/// Runs of the report's function so far.
fn reports(scene: &Scene) -> Result<Vec<Invocation>> {
    let invocations = scene.account.invocations()?.into_iter();
    Ok(invocations.filter(|one| one.kind == "report").collect())
}

/// Group and name of the report's schedule.
pub(super) fn schedule(scene: &Scene) -> Result<(String, String)> {
    let costs = scene.workspace.output("costs")?;
    let group = costs["report"]["schedule_group_name"].as_str().unwrap_or_default().to_owned();
    let objects = scene.account.objects()?.into_iter();
    let mut names = objects.filter(|one| one.kind == "scheduler:schedule");
    let name = names.find_map(|one| {
        let (of, name) = one.name.split_once('/')?;
        (of == group).then(|| name.to_owned())
    });
    let name = name.ok_or_else(|| {
        Error::unexpected(format!("the output `costs` names no schedule's group: {costs}"))
    })?;
    Ok((group, name))
}

/// Says what Cost Explorer was asked, and what that costs.
fn bill(scene: &Scene) -> Result<()> {
    let billed: Value = scene.account.billed()?;
    console::line(format_args!(
        "Cost Explorer was asked {} times for the two mornings and the months before: {} US dollars",
        billed["requests"],
        billed["usd"].as_str().unwrap_or_default()
    ));
    Ok(())
}
