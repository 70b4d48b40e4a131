//! What there is to tell: the history, seen by the spike engine, with reasons, events and paces.

use std::collections::{BTreeMap, BTreeSet};

use contract::cost::{History, PlannedEvent, ServiceName};
use contract::report::{Event, Settings};
use contract::spike::{self, Anomaly, AnomalyKind, Assessment, Change};
use costs::{Error, Kind, Ledger, Question};
use history::{Baseline, Group, Grouping, Record, event_cost, pace, to_history};
use jiff::ToSpan;
use jiff::civil::Date;
use report::message::Post;
use report::{EventDay, Input, Notice, Pace, PaceGroup, Period, Reason};

use super::collect::{may_ask, notice_of};
use super::morning::{Morning, after, before};
use super::sources::Sources;
use super::store::State;
use super::{Outcome, labels};

/// Days after an event's end for which it is looked at.
const EVENT_KEPT: i64 = 31;
/// Months that the pace compares, the present one apart.
const PACE_MONTHS: i64 = 4;
/// Days before an anomaly with which it is compared to explain it, and days of it.
const EXPLAINED: usize = 7;
/// Reasons of an anomaly.
const REASONS: usize = 5;

/// What is known on a morning.
#[derive(Debug)]
pub(super) struct Known {
    settings: Settings,
    history: History,
    assessment: Assessment,
    reasons: BTreeMap<String, Vec<Reason>>,
    event_days: BTreeMap<String, Vec<EventDay>>,
    tagged_usd: BTreeMap<String, f64>,
    paces: Vec<Pace>,
}

/// The first day of the history that anything looks at on a morning.
pub(super) fn first_day(morning: Morning, settings: &Settings) -> Date {
    let engine = before(morning.today, i64::from(settings.rules.history_days()));
    let months = morning.today.first_of_month().saturating_sub(PACE_MONTHS.months());
    let events = told_events(morning, settings);
    let events = events.map(|(_, event)| before(event.start, i64::from(event.baseline_days)));
    events.chain([engine, months]).min().unwrap_or(engine)
}

/// The events that have begun, and ended no longer than a month ago.
fn told_events(morning: Morning, settings: &Settings) -> impl Iterator<Item = (&String, &Event)> {
    let (today, since) = (morning.today, before(morning.today, EVENT_KEPT));
    settings.events.iter().filter(move |(_, event)| event.start < today && event.end >= since)
}

impl Known {
    /// Judges the morning. The ledger has read the history.
    pub(super) async fn of(
        morning: Morning,
        settings: &Settings,
        state: &State,
        ledger: &mut Ledger<'_>,
        sources: &Sources,
        outcome: &mut Outcome,
    ) -> Result<Self, Error> {
        let first = first_day(morning, settings);
        ledger.read(first, morning.yesterday()).await?;
        let days = first..=morning.yesterday();
        let records: Vec<Record> =
            ledger.records().filter(|record| days.contains(&record.day)).cloned().collect();
        let filled = labels::filled_in(settings, state, records.iter());
        let history = to_history(&records);
        let events = settings.planned_events();
        let seen = spike::Morning {
            today: morning.today,
            history: &history,
            events: &events,
            rules: &settings.rules,
        };
        let assessment = spike::assess(&seen, &state.spikes);
        let mut known = Self {
            event_days: event_days(morning, settings, &records, &events),
            paces: paces(morning, settings, &records),
            settings: filled,
            history,
            assessment,
            reasons: BTreeMap::new(),
            tagged_usd: BTreeMap::new(),
        };
        known.explain(sources, &records, outcome).await;
        known.ask_for_tags(morning, sources, outcome).await;
        Ok(known)
    }

    /// Looks up what drove new and grown anomalies, the dearest first, as far as the calls go.
    async fn explain(&mut self, sources: &Sources, records: &[Record], outcome: &mut Outcome) {
        let news = self.assessment.news.iter();
        let told = news.filter(|news| !matches!(news.change, Change::Close(_)));
        let mut told: Vec<&Anomaly> = told.map(|news| &news.anomaly).collect();
        told.sort_by(|one, other| other.extra_usd().total_cmp(&one.extra_usd()));
        let questions = told
            .into_iter()
            .filter_map(|anomaly| Some((anomaly.id.clone(), question(anomaly, records)?)));
        for (id, question) in questions.collect::<Vec<_>>() {
            let mut found = Vec::new();
            // Its own source is asked first. Which payer an account belongs to isn't known: the first one that has
            // figures of it does.
            let mut all: Vec<_> = sources.all.iter().collect();
            all.sort_by_key(|source| source.name != question.account.as_str());
            for source in all {
                match source.explorer.reasons(&question).await {
                    Ok(reasons) => found = reasons,
                    Err(error) if error.kind() == Kind::CallsUsedUp => {
                        let most = self.settings.most_calls;
                        tell_once(outcome, Notice::CallsUsedUp { most });
                        return;
                    }
                    Err(error) => tracing::warn!(error = %error, id, "A spike isn't explained."),
                }
                if !found.is_empty() {
                    break;
                }
            }
            let reasons = found.into_iter().take(REASONS).map(|reason| Reason {
                service: reason.service,
                usage_type: reason.usage_type,
                region: reason.region,
                extra_usd: reason.extra_usd,
            });
            self.reasons.insert(id, reasons.collect());
        }
    }

    /// Asks what carries the tags of the events that are told of: while they run, and once they are final.
    async fn ask_for_tags(&mut self, morning: Morning, sources: &Sources, outcome: &mut Outcome) {
        let revised = i64::from(self.settings.rules.revised_for_days) + 1;
        let told = told_events(morning, &self.settings).filter(|(_, event)| {
            // A morning later than the last one that an event can be told on, for one that was left out.
            !event.tags.is_empty() && morning.today <= after(event.end, revised + 1)
        });
        for (name, event) in told {
            let last = event.end.min(morning.yesterday());
            // What one of several sources couldn't say is no part of a sum: there is none then.
            let mut sum = Some(0.0);
            for source in &sources.all {
                if !may_ask(&source.explorer, 1) {
                    let most = self.settings.most_calls;
                    tell_once(outcome, Notice::CallsUsedUp { most });
                    return;
                }
                match source.explorer.tagged(&event.tags, event.start, last).await {
                    Ok(usd) => sum = sum.map(|sum| sum + usd.to_f64()),
                    Err(error) => {
                        sum = None;
                        tell_once(outcome, notice_of(source, &error, &self.settings));
                    }
                }
            }
            if let Some(sum) = sum {
                self.tagged_usd.insert(name.clone(), sum);
            }
        }
    }

    /// The message of the morning.
    pub(super) fn post(&self, morning: Morning, state: &State, outcome: &Outcome) -> Post {
        let calls = state.collected.as_ref().map_or(outcome.calls, |collected| collected.calls);
        let summary = report::summary::of(&Input {
            previous: state.posted.as_ref().map(|posted| posted.morning),
            calls,
            notices: &outcome.notices,
            ..self.input(morning)
        });
        report::message::of(&summary, &self.settings)
    }

    fn input(&self, morning: Morning) -> Input<'_> {
        Input {
            today: morning.today,
            previous: None,
            history: &self.history,
            settings: &self.settings,
            assessment: &self.assessment,
            reasons: &self.reasons,
            event_days: &self.event_days,
            tagged_usd: &self.tagged_usd,
            paces: &self.paces,
            notices: &[],
            calls: 0,
        }
    }

    /// What the spike engine keeps, once the morning is told.
    pub(super) fn into_spikes(self) -> spike::State {
        self.assessment.state
    }
}

fn tell_once(outcome: &mut Outcome, notice: Notice) {
    if !outcome.notices.contains(&notice) {
        outcome.notices.push(notice);
    }
}

/// What is to be asked about an anomaly: of its last days, beside the days before it. Of slow growth nothing, as
/// no single days stand out.
fn question(anomaly: &Anomaly, records: &[Record]) -> Option<Question> {
    if anomaly.kind == AnomalyKind::Drift {
        return None;
    }
    let since = anomaly.since()?;
    let days: BTreeSet<Date> =
        anomaly.leading().iter().flat_map(|part| &part.days).map(|figure| figure.day).collect();
    let days: BTreeSet<Date> = days.into_iter().rev().take(EXPLAINED).collect();
    let known: BTreeSet<Date> = records
        .iter()
        .filter(|record| record.account == anomaly.account && record.day < since)
        .map(|record| record.day)
        .collect();
    let week = i64::try_from(EXPLAINED).expect("it is small");
    let before = known.into_iter().filter(|day| *day >= before(since, week)).collect();
    let services: Vec<ServiceName> = if anomaly.is_account_wide {
        anomaly.contributors.iter().map(|it| it.service.clone()).collect()
    } else {
        anomaly.services.iter().filter_map(|part| part.service.clone()).collect()
    };
    let account = anomaly.account.clone();
    (!days.is_empty()).then_some(Question { account, services, days, before })
}

fn event_days(
    morning: Morning,
    settings: &Settings,
    records: &[Record],
    planned: &[PlannedEvent],
) -> BTreeMap<String, Vec<EventDay>> {
    let told = told_events(morning, settings).filter_map(|(name, event)| {
        let own = planned.iter().find(|planned| planned.name == *name)?;
        let baseline = Baseline::of(event.baseline_days, planned).ok()?;
        let days = event_cost(records, own, &baseline).into_iter();
        let days = days.filter(|day| day.day < morning.today).map(|day| EventDay {
            day: day.day,
            account: day.account,
            service: day.service,
            charges_usd: day.charges_usd.map(history::Usd::to_f64),
            baseline_usd: day.baseline_usd,
        });
        Some((name.clone(), days.collect()))
    });
    told.collect()
}

/// The paces, on mornings that have a digest.
fn paces(morning: Morning, settings: &Settings, records: &[Record]) -> Vec<Pace> {
    if Input::digest_of(morning.today, settings).is_none() {
        return Vec::new();
    }
    let mut paces = Vec::new();
    for (length, period) in
        [(history::Period::Week, Period::Week), (history::Period::Month, Period::Month)]
    {
        for grouping in [Grouping::Purpose, Grouping::Account] {
            paces.extend(pace(records, length, grouping).into_iter().map(|pace| Pace {
                group: match pace.group {
                    Group::Account(account) => PaceGroup::Account(account),
                    Group::Purpose(purpose) => PaceGroup::Purpose(purpose),
                },
                period,
                start: pace.start,
                charges_usd: pace.charges_usd.to_f64(),
                typical_day_usd: pace.typical_day_usd,
                growth_percent: pace.growth_percent,
            }));
        }
    }
    paces
}
