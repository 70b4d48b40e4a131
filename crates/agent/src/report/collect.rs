//! Asks Cost Explorer, and records what it answers.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use contract::account::AccountId;
use contract::report::Settings;
use costs::{Answer, Error, Explorer, Kind, Ledger, free_days};
use history::{AccountDay, Labels};
use jiff::civil::Date;
use report::Notice;
use tokio::time::Instant;

use super::morning::{Covered, Days, Morning};
use super::sources::{Source, Sources};
use super::store::{Collected, Store};
use super::{Outcome, labels, look};

/// The first part of the history is begun only with so much time, as nobody knows how long it takes.
const FIRST_FILLING: Duration = Duration::from_secs(90);

/// What is to be collected on a morning.
#[derive(Clone, Copy, Debug)]
pub(super) struct Collecting<'a> {
    pub(super) morning: Morning,
    pub(super) settings: &'a Settings,
    pub(super) sources: &'a Sources,
    /// When the history isn't filled any further on this morning.
    pub(super) until: Instant,
}

impl Collecting<'_> {
    /// Collects the ordinary days of each source, once a week what was revised before them, and what the history lacks. A source
    /// that fails is told, and keeps the others from nothing.
    pub(super) async fn run(
        &self,
        store: &mut Store<'_>,
        ledger: &mut Ledger<'_>,
        outcome: &mut Outcome,
    ) -> Result<(), Error> {
        outcome.earlier_calls = self.begin(store);
        ledger.read(self.morning.settled(), self.morning.yesterday()).await?;
        let mut failed = BTreeSet::new();
        for source in &self.sources.all {
            if Self::has_answered(store, source) {
                continue;
            }
            if let Err(notice) = self.ordinary(source, store, ledger, outcome).await? {
                failed.insert(source.key.clone());
                outcome.notices.push(notice);
            }
        }
        let healthy = || self.sources.all.iter().filter(|source| !failed.contains(&source.key));
        if look::is_due(&store.state, self.morning) {
            let mut is_whole = failed.is_empty();
            for source in healthy() {
                is_whole &= look::back(self, source, store, ledger, outcome).await?;
            }
            if is_whole {
                store.state.looked_back_on = Some(self.morning.today);
                store.save_collected().await?;
            }
        }
        let mut longest = FIRST_FILLING;
        for source in healthy() {
            self.fill(source, store, ledger, outcome, &mut longest).await?;
        }
        outcome.filling_calls = self.sources.filling_calls();
        self.free(store, ledger, outcome).await
    }

    /// Begins the morning, or goes on with it. Gives the calls that it has made before.
    fn begin(&self, store: &mut Store<'_>) -> u32 {
        let today = self.morning.today;
        if store.state.collected.as_ref().is_none_or(|collected| collected.morning != today) {
            let sources = Vec::new();
            store.state.collected = Some(Collected { morning: today, sources, calls: 0 });
        }
        // There is nothing to be looked back on before the first morning.
        store.state.looked_back_on.get_or_insert(today);
        store.state.collected.as_ref().map_or(0, |collected| collected.calls)
    }

    fn has_answered(store: &Store<'_>, source: &Source) -> bool {
        let collected = store.state.collected.as_ref();
        collected.is_some_and(|collected| collected.sources.contains(&source.key))
    }

    /// The days that AWS may still revise. A source that fails is an inner error.
    async fn ordinary(
        &self,
        source: &Source,
        store: &mut Store<'_>,
        ledger: &mut Ledger<'_>,
        outcome: &mut Outcome,
    ) -> Result<Result<(), Notice>, Error> {
        let parts = self.morning.parts(Self::groups_a_day(ledger), self.sources.calls_left());
        for part in &parts {
            match source.explorer.days(part.first, part.last).await {
                Ok(answer) => self.record(source, answer, store, ledger, outcome).await?,
                Err(error) => return Ok(Err(notice_of(source, &error, self.settings))),
            }
        }
        Self::covers(source, self.morning.window(), store);
        if let Some(collected) = &mut store.state.collected {
            collected.sources.push(source.key.clone());
        }
        store.count_calls(self.morning.today, outcome.earlier_calls + self.sources.calls());
        store.save_collected().await.map(Ok)
    }

    /// Groups that a day had last: the most of any day that was read.
    pub(super) fn groups_a_day(ledger: &Ledger<'_>) -> usize {
        let mut days = BTreeMap::<Date, usize>::new();
        for record in ledger.records() {
            *days.entry(record.day).or_default() += 1;
        }
        days.into_values().max().unwrap_or_default()
    }

    /// Fills the history as long as there is time, and writes each part when it is there.
    async fn fill(
        &self,
        source: &Source,
        store: &mut Store<'_>,
        ledger: &mut Ledger<'_>,
        outcome: &mut Outcome,
        longest: &mut Duration,
    ) -> Result<(), Error> {
        loop {
            let covered = store.state.covered.get(&source.key).copied();
            let Some(days) = self.morning.next_to_fill(covered, self.settings) else {
                return Ok(());
            };
            let begun = Instant::now();
            if self.until.saturating_duration_since(begun) < *longest {
                break;
            }
            let answer = match source.filling.days(days.first, days.last).await {
                Ok(answer) => answer,
                // Before Cost Explorer was enabled there is nothing: what it has is all that there is.
                Err(error) if error.kind() == Kind::NoData => Answer::default(),
                Err(error) => {
                    outcome.notices.push(notice_of(source, &error, self.settings));
                    break;
                }
            };
            self.record(source, answer, store, ledger, outcome).await?;
            Self::covers(source, days, store);
            if Self::has_answered(store, source) {
                // The morning's own days touch what is covered once the gap before them is filled.
                Self::covers(source, self.morning.window(), store);
            }
            store.save_collected().await?;
            *longest = (*longest).max(begun.elapsed() * 2);
        }
        let since = store.state.covered.get(&source.key).map(|covered| covered.from);
        outcome.notices.extend(since.map(|since| Notice::Filling { since }));
        Ok(())
    }

    fn covers(source: &Source, days: Days, store: &mut Store<'_>) {
        let known = store.state.covered.get(&source.key).copied();
        if let Some(covered) = Covered::with(known, days) {
            store.state.covered.insert(source.key.clone(), covered);
        }
    }

    /// Records an answer, with names and purposes.
    pub(super) async fn record(
        &self,
        source: &Source,
        answer: Answer,
        store: &mut Store<'_>,
        ledger: &mut Ledger<'_>,
        outcome: &mut Outcome,
    ) -> Result<(), Error> {
        if answer.unassigned != history::Usd::ZERO {
            let usd = answer.unassigned.to_string();
            tracing::warn!(
                source = source.name,
                usd,
                "Costs belong to no account, and aren't recorded."
            );
        }
        let Answer { mut days, names, .. } = answer;
        let accounts: BTreeSet<AccountId> = days.iter().map(|day| day.account.clone()).collect();
        store.state.names.extend(names);
        // No account is asked for twice on a morning, also if it has no purpose.
        let accounts: BTreeSet<AccountId> =
            accounts.difference(&outcome.looked_up).cloned().collect();
        // The organization is asked through the first source, and once a week anew.
        let all = look::is_due(&store.state, self.morning);
        if let Some(first) = self.sources.all.first()
            && !outcome.notices.iter().any(|notice| matches!(notice, Notice::Purposes { .. }))
        {
            let looked_up = labels::look_up(self.settings, &mut store.state, first, &accounts, all);
            outcome.notices.extend(looked_up.await);
        }
        outcome.looked_up.extend(accounts);
        labels::label(&mut days, self.settings, &store.state);
        self.write(&days, ledger, outcome).await
    }

    /// Records days that have their labels.
    pub(super) async fn write(
        &self,
        days: &[AccountDay],
        ledger: &mut Ledger<'_>,
        outcome: &mut Outcome,
    ) -> Result<(), Error> {
        let recorded = ledger.record(days, Labels::Keep).await?;
        outcome.new_days += recorded.new_days;
        outcome.revised_days += recorded.revised_days;
        outcome.months.extend(recorded.months);
        Ok(())
    }

    /// Records the days on which accounts cost nothing, as far as the history is looked at.
    async fn free(
        &self,
        store: &Store<'_>,
        ledger: &mut Ledger<'_>,
        outcome: &mut Outcome,
    ) -> Result<(), Error> {
        let first = super::judge::first_day(self.morning, self.settings);
        ledger.read(first, self.morning.yesterday()).await?;
        let covered: Vec<Covered> = self
            .sources
            .all
            .iter()
            .filter_map(|source| store.state.covered.get(&source.key).copied())
            .collect();
        let is_all = covered.len() == self.sources.all.len();
        let asked = |day: Date| is_all && covered.iter().all(|covered| covered.has(day));
        let mut known = BTreeMap::<AccountId, BTreeSet<Date>>::new();
        let mut estimated = BTreeSet::new();
        for record in ledger.records() {
            known.entry(record.account.clone()).or_default().insert(record.day);
            if record.estimated {
                estimated.insert(record.day);
            }
        }
        let free = free_days(&known, self.morning.settled(), asked);
        let free = free
            .into_iter()
            .map(|(account, day)| AccountDay::of(day, account, estimated.contains(&day)));
        let mut free: Vec<AccountDay> = free.collect();
        labels::label(&mut free, self.settings, &store.state);
        self.write(&free, ledger, outcome).await
    }
}

/// What people are told of a source that didn't answer.
pub(super) fn notice_of(source: &Source, error: &Error, settings: &Settings) -> Notice {
    tracing::warn!(source = source.name, error = %error, "Cost Explorer didn't answer.");
    if error.kind() == Kind::CallsUsedUp {
        return Notice::CallsUsedUp { most: settings.most_calls };
    }
    let reason = match error.code() {
        Some(code) => format!("{code}: {}", error.message()),
        None => error.message().to_owned(),
    };
    Notice::Source { name: source.name.clone(), reason }
}

/// The calls that a question takes at least: none is begun that can't be answered.
pub(super) fn may_ask(explorer: &Explorer, calls: u32) -> bool {
    explorer.calls().left() >= calls
}
