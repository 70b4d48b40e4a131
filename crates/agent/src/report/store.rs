//! What is kept from one morning to the next: one object beside the history.
//!
//! It is written only over what was read, so that two runs never undo each other's work. What can be lost is only what follows from the
//! history, which was told last apart: a report without it fetches less than it could know, or tells a morning again.

use std::collections::BTreeMap;

use contract::account::AccountId;
use contract::report::Settings;
use contract::spike;
use costs::{Bucket, Error, Version, Written};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::morning::Covered;

/// What is kept.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct State {
    /// Which days each source was asked about.
    pub(super) covered: BTreeMap<String, Covered>,
    /// When it was last looked at what AWS revised of the past month.
    pub(super) looked_back_on: Option<Date>,
    /// What the last morning asked Cost Explorer for.
    pub(super) collected: Option<Collected>,
    /// The accounts' names and purposes, as AWS told them last.
    pub(super) names: BTreeMap<AccountId, String>,
    pub(super) purposes: BTreeMap<AccountId, String>,
    /// What the spike engine keeps, as of the morning that was told last.
    pub(super) spikes: spike::State,
    /// The morning that was told last.
    pub(super) posted: Option<Posted>,
    /// A message that is being sent, or was when its sender ended.
    pub(super) sending: Option<Sending>,
}

/// What a morning asked Cost Explorer for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Collected {
    /// The morning.
    pub(super) morning: Date,
    /// The sources that have answered of its ordinary days. They aren't asked again.
    pub(super) sources: Vec<String>,
    /// The calls that the morning has made in all its runs.
    pub(super) calls: u32,
}

/// A message that is on Discord.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Posted {
    /// Its morning.
    pub(super) morning: Date,
    /// The morning that was told before.
    pub(super) previous: Option<Date>,
    /// Discord's id of it.
    pub(super) message: String,
    /// SHA-256 of what was sent.
    pub(super) digest: String,
    /// Whether it says that it may be a repeat.
    pub(super) repeat: bool,
}

/// A message that is being sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sending {
    /// Its morning.
    pub(super) morning: Date,
    /// The run that sends it.
    pub(super) holder: String,
    /// When that has surely ended.
    pub(super) until: Timestamp,
}

/// What is kept, and where.
#[derive(Debug)]
pub(super) struct Store<'a> {
    bucket: &'a Bucket,
    key: String,
    version: Version,
    written: Option<State>,
    /// What is kept, with what isn't written yet.
    pub(super) state: State,
}

/// What became of a writing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Saved {
    /// It is written, or was so before.
    Done,
    /// Another run wrote meanwhile: what that one wrote was read, and takes the place of ours.
    Lost,
}

impl<'a> Store<'a> {
    /// Reads what is kept; nothing on a first morning.
    pub(super) async fn read(bucket: &'a Bucket, settings: &Settings) -> Result<Self, Error> {
        let key = key(settings);
        let mut store = Self {
            bucket,
            key,
            version: Version::default(),
            written: None,
            state: State::default(),
        };
        store.refresh().await?;
        Ok(store)
    }

    /// Reads anew what is kept.
    pub(super) async fn refresh(&mut self) -> Result<(), Error> {
        let kept = self.bucket.get(&self.key).await?;
        self.written = kept.bytes.map(|bytes| {
            serde_json::from_slice(&bytes).map_err(|problem| {
                Error::unreadable(format!(
                    "{} isn't what this version keeps ({problem}); without it the report begins anew",
                    self.key
                ))
            })
        }).transpose()?;
        self.version = kept.version;
        self.state = self.written.clone().unwrap_or_default();
        Ok(())
    }

    /// Writes what is kept, if it isn't written so.
    pub(super) async fn save(&mut self) -> Result<Saved, Error> {
        if self.written.as_ref() == Some(&self.state) {
            return Ok(Saved::Done);
        }
        let bytes = serde_json::to_vec(&self.state).expect("dates, texts and numbers are JSON");
        let wanted = self.state.clone();
        match self.bucket.put(&self.key, bytes.into(), "application/json", &self.version).await? {
            Written::Done(version) => {
                (self.version, self.written) = (version, Some(wanted));
                Ok(Saved::Done)
            }
            Written::Lost => {
                self.refresh().await?;
                // A call that was repeated after its answer was lost meets what it wrote itself.
                Ok(if self.state == wanted { Saved::Done } else { Saved::Lost })
            }
        }
    }

    /// Writes what was collected. Where another run wrote meanwhile, both are put together.
    pub(super) async fn save_collected(&mut self) -> Result<(), Error> {
        let ours = self.state.clone();
        while self.save().await? == Saved::Lost {
            self.state.take_in(&ours);
        }
        Ok(())
    }

    /// Keeps how many calls a morning has made, this run included.
    pub(super) fn count_calls(&mut self, morning: Date, calls: u32) {
        if let Some(collected) = &mut self.state.collected
            && collected.morning == morning
        {
            collected.calls = calls;
        }
    }
}

impl State {
    /// Takes in what another run of the same report has collected. Days that were asked about stay asked about.
    fn take_in(&mut self, other: &Self) {
        for (source, covered) in &other.covered {
            let days = super::morning::Days { first: covered.from, last: covered.through };
            let known = self.covered.get(source).copied();
            let joined = Covered::with(known, days).unwrap_or(*covered);
            self.covered.insert(source.clone(), joined);
        }
        self.looked_back_on = self.looked_back_on.max(other.looked_back_on);
        self.collected.clone_from(&other.collected);
        self.names.extend(other.names.clone());
        self.purposes.extend(other.purposes.clone());
    }
}

/// The key of what a report keeps: `<prefix>report/<name>.json`.
fn key(settings: &Settings) -> String {
    let is_plain = |one: char| one.is_ascii_alphanumeric() || matches!(one, '-' | '_' | '.');
    let name: String = settings
        .name
        .chars()
        .map(|one| if is_plain(one) { one.to_string() } else { format!("={:x}", u32::from(one)) })
        .collect();
    format!("{}report/{name}.json", settings.history.prefix)
}

#[cfg(test)]
mod tests {
    use contract::report::{Destination, HistoryPlace};

    use super::*;

    #[test]
    fn each_report_keeps_its_own() {
        let of = |name: &str| {
            let history = HistoryPlace { bucket: "b".to_owned(), prefix: "hinomi/".to_owned() };
            key(&Settings::of(name, Destination::of("arn"), history))
        };
        assert_eq!(of("daily"), "hinomi/report/daily.json");
        assert_eq!(of("日/x"), "hinomi/report/=65e5=2fx.json");
    }

    #[test]
    fn what_is_kept_is_read_again_and_an_older_form_is_filled_up() {
        let mut state = State::default();
        let day = Date::constant(2026, 11, 30);
        state.covered.insert("own".to_owned(), Covered { from: day, through: day });
        state.names.insert("111122223333".parse().expect("an account"), "shop".to_owned());
        let sources = vec!["own".to_owned()];
        state.collected = Some(Collected { morning: day, sources, calls: 4 });
        let written = serde_json::to_string(&state).expect("JSON");
        assert_eq!(serde_json::from_str::<State>(&written).ok(), Some(state));
        assert_eq!(serde_json::from_str::<State>("{}").ok(), Some(State::default()));
    }

    #[test]
    fn two_runs_put_together_what_they_collected() {
        let day = |number: i8| Date::constant(2026, 11, number);
        let covered = |from, through| Covered { from: day(from), through: day(through) };
        let mut one = State::default();
        one.covered.insert("own".to_owned(), covered(10, 20));
        let mut other = State::default();
        other.covered.insert("own".to_owned(), covered(18, 25));
        other.looked_back_on = Some(day(25));
        one.take_in(&other);
        assert_eq!(one.covered["own"], covered(10, 25));
        assert_eq!(one.looked_back_on, Some(day(25)));
    }
}
