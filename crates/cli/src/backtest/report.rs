//! What a replay brought, counted.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use contract::account::AccountId;
use contract::cost::ServiceName;
use contract::spike::{AnomalyKind, Change, News, Rules};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Value, json};

use super::costs::Costs;
use super::score::{Alert, Label, Score};

/// Services that are named as the noisiest.
const MOST_NOISY: usize = 10;

/// What a replay brought.
pub(super) struct Report {
    pub(super) rules: Rules,
    pub(super) from: Date,
    pub(super) until: Date,
    pub(super) told: Vec<Told>,
    pub(super) summary: Summary,
    pub(super) score: Option<Score>,
}

/// A piece of news, and the morning on which it was told.
pub(super) struct Told {
    pub(super) morning: Date,
    pub(super) news: News,
}

/// Counts of what was told.
#[derive(Debug, Default, PartialEq, Serialize)]
pub(super) struct Summary {
    pub(super) mornings: u32,
    pub(super) accounts: usize,
    pub(super) services: usize,
    pub(super) rings: u32,
    pub(super) rings_per_week: f64,
    pub(super) spikes: u32,
    pub(super) drifts: u32,
    pub(super) updates: u32,
    pub(super) closed: u32,
    pub(super) open_at_end: u32,
    /// Those that rang more than once, with the most rings first.
    pub(super) noisiest: Vec<Noisy>,
}

/// A service that rang, or the whole of an account where no service is named.
#[derive(Debug, PartialEq, Serialize)]
pub(super) struct Noisy {
    pub(super) service: Option<ServiceName>,
    pub(super) rings: u32,
    pub(super) accounts: usize,
}

impl Report {
    pub(super) fn of(
        costs: &Costs,
        rules: Rules,
        (from, until): (Date, Date),
        told: Vec<Told>,
        labels: Option<&[Label]>,
    ) -> Self {
        let days = until.duration_since(from).as_hours() / 24 + 1;
        let mornings = u32::try_from(days).unwrap_or(u32::MAX);
        let summary = Summary::of(costs, mornings, &told);
        let score = labels.map(|labels| {
            let alerts: Vec<_> =
                told.iter().filter_map(|told| Alert::of(&told.news, told.morning)).collect();
            // What no morning of the replay could have told isn't asked for.
            let asked = labels.iter().filter(|label| label.start < until && label.end >= from);
            Score::of(&asked.cloned().collect::<Vec<_>>(), &alerts)
        });
        Self { rules, from, until, told, summary, score }
    }

    /// Writes everything as JSON.
    pub(super) fn write_json(&self, costs: &Costs, out: &mut impl Write) -> io::Result<()> {
        let told = |told: &Told| {
            let account = costs.accounts.get(&told.news.anomaly.account);
            json!({
                "morning": told.morning,
                "account_name": account.and_then(|account| account.name.as_deref()),
                "purpose": account.and_then(|account| account.purpose.as_deref()),
                "change": told.news.change,
                "anomaly": told.news.anomaly,
            })
        };
        let document = json!({
            "rules": self.rules,
            "from": self.from,
            "until": self.until,
            "news": self.told.iter().map(told).collect::<Vec<_>>(),
            "summary": self.summary,
            "score": self.score.as_ref().map(score),
        });
        serde_json::to_writer_pretty(&mut *out, &document)?;
        writeln!(out)
    }
}

fn score(score: &Score) -> Value {
    json!({
        "labels": score.labels,
        "found": score.found,
        "false_alerts": score.false_alerts,
        "repeats": score.repeats,
        "precision": score.precision(),
        "recall": score.recall(),
        "f1": score.f1(),
        "mean_delay_days": score.mean_delay(),
        "longest_delay_days": score.delays.iter().max(),
    })
}

impl Summary {
    fn of(costs: &Costs, mornings: u32, told: &[Told]) -> Self {
        let mut summary = Self {
            mornings,
            accounts: costs.accounts.len(),
            services: costs.services.len(),
            ..Self::default()
        };
        let mut noisy: BTreeMap<Option<&ServiceName>, (u32, BTreeSet<&AccountId>)> =
            BTreeMap::new();
        for Told { news, .. } in told {
            match &news.change {
                Change::Ring => {
                    summary.rings += 1;
                    match news.anomaly.kind {
                        AnomalyKind::Spike => summary.spikes += 1,
                        AnomalyKind::Drift => summary.drifts += 1,
                    }
                    for part in news.anomaly.leading() {
                        let (rings, accounts) = noisy.entry(part.service.as_ref()).or_default();
                        *rings += 1;
                        accounts.insert(&news.anomaly.account);
                    }
                }
                Change::Update(_) => summary.updates += 1,
                Change::Close(_) => summary.closed += 1,
            }
        }
        summary.open_at_end = summary.rings - summary.closed;
        summary.rings_per_week = 7.0 * f64::from(summary.rings) / f64::from(mornings);
        summary.noisiest = noisiest(noisy);
        summary
    }
}

fn noisiest(noisy: BTreeMap<Option<&ServiceName>, (u32, BTreeSet<&AccountId>)>) -> Vec<Noisy> {
    let mut all: Vec<_> = noisy
        .into_iter()
        .filter(|(_, (rings, _))| *rings > 1)
        .map(|(service, (rings, accounts))| Noisy {
            service: service.cloned(),
            rings,
            accounts: accounts.len(),
        })
        .collect();
    // Equal ones stay in the order of their names.
    all.sort_by_key(|noisy| std::cmp::Reverse(noisy.rings));
    all.truncate(MOST_NOISY);
    all
}
