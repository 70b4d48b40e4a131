//! A morning with all that its report is made of, as the report's function would have it.

use std::collections::{BTreeMap, BTreeSet};

use contract::account::AccountId;
use contract::cost::{DailyCost, Figure, History, Recorded};
use contract::report::{Destination, Event, HistoryPlace, Settings};
use contract::spike::{Assessment, Replay};
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};
use report::{EventDay, Input, Notice, Pace, PaceGroup, Period, Reason};

/// A morning.
pub(crate) struct World {
    pub(crate) today: Date,
    pub(crate) settings: Settings,
    pub(crate) lines: Vec<DailyCost>,
    /// Mornings that were assessed before this one.
    pub(crate) mornings: i64,
    /// Reasons of whatever rings.
    pub(crate) reasons: Vec<Reason>,
    pub(crate) tagged_usd: BTreeMap<String, f64>,
    pub(crate) notices: Vec<Notice>,
    pub(crate) calls: u32,
}

/// What a world's input borrows.
pub(crate) struct Known {
    history: History,
    assessment: Assessment,
    reasons: BTreeMap<String, Vec<Reason>>,
    event_days: BTreeMap<String, Vec<EventDay>>,
    paces: Vec<Pace>,
}

impl std::fmt::Debug for World {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Thousands of lines are nothing to read.
        write!(formatter, "{}: {} lines, {:?}", self.today, self.lines.len(), self.settings)
    }
}

pub(crate) fn settings() -> Settings {
    let parameter = "arn:aws:ssm:ap-northeast-1:111122223333:parameter/hinomi/costs";
    let history = HistoryPlace { bucket: "hinomi-costs".to_owned(), prefix: String::new() };
    Settings::of("company", Destination::of(parameter), history)
}

impl World {
    pub(crate) fn of(today: Date, settings: Settings, lines: Vec<DailyCost>) -> Self {
        let (reasons, tagged_usd) = (Vec::new(), BTreeMap::new());
        let notices = Vec::new();
        Self { today, settings, lines, mornings: 25, reasons, tagged_usd, notices, calls: 2 }
    }

    pub(crate) fn known(&self) -> Known {
        let history: History = self.lines.iter().collect();
        let assessment = self.assessment();
        let rings = assessment.news.iter().filter(|news| news.anomaly.closed.is_none());
        let reasons = rings.map(|news| (news.anomaly.id.clone(), self.reasons.clone()));
        let events = self.settings.events.iter();
        let event_days = events
            .filter(|(_, event)| event.start < self.today)
            .map(|(name, event)| (name.clone(), event_days(&history, event, self.today)));
        Known {
            reasons: reasons.collect(),
            assessment,
            event_days: event_days.collect(),
            paces: paces(&history, &self.settings),
            history,
        }
    }

    pub(crate) fn input<'a>(&'a self, known: &'a Known) -> Input<'a> {
        Input {
            today: self.today,
            previous: None,
            history: &known.history,
            settings: &self.settings,
            assessment: &known.assessment,
            reasons: &known.reasons,
            event_days: &known.event_days,
            tagged_usd: &self.tagged_usd,
            paces: &known.paces,
            notices: &self.notices,
            calls: self.calls,
        }
    }

    /// What the spike engine says, after it has seen the mornings before.
    fn assessment(&self) -> Assessment {
        let recorded: Vec<Recorded> = self
            .lines
            .iter()
            .map(|cost| Recorded { cost: cost.clone(), known_on: cost.day.saturating_add(1.day()) })
            .collect();
        let events = self.settings.planned_events();
        let from = self.today.saturating_sub(self.mornings.days());
        let mut replay = Replay::new(&recorded, from, &events, &self.settings.rules);
        loop {
            let (morning, news) = replay.morning();
            if morning >= self.today {
                return Assessment { news, state: replay.state().clone() };
            }
        }
    }
}

fn charged(history: &History, account: &AccountId, service: &str, day: Date) -> Option<f64> {
    let account = history.account(account)?;
    let is_known = account.services().any(|(_, series)| series.figure(day).is_some());
    is_known.then(|| {
        let series = account.service(service);
        series.and_then(|it| it.figure(day)).and_then(Figure::charged).unwrap_or(0.0)
    })
}

/// As the history tells what an event cost: each day beside the median of the same weekdays before.
fn event_days(history: &History, event: &Event, today: Date) -> Vec<EventDay> {
    let mut days = Vec::new();
    for day in event.start.series(1.day()).take_while(|day| *day <= event.end && *day < today) {
        for (account, known) in history.accounts() {
            if !event.accounts.is_empty() && !event.accounts.contains(account) {
                continue;
            }
            for (service, _) in known.services() {
                let usd = |day| charged(history, account, service.as_str(), day);
                let weeks = (1..=52).map(|week| day.saturating_sub((7 * week).days()));
                let first = event.start.saturating_sub(i64::from(event.baseline_days).days());
                let weeks = weeks.filter(|day| (first..event.start).contains(day));
                let mut usual: Vec<f64> = weeks.filter_map(usd).collect();
                days.push(EventDay {
                    day,
                    account: account.clone(),
                    service: service.clone(),
                    charges_usd: usd(day),
                    baseline_usd: contract::spike::median(&mut usual),
                });
            }
        }
    }
    days
}

/// As the history tells the pace, but plainer: the median of a period's days, beside the period before.
fn paces(history: &History, settings: &Settings) -> Vec<Pace> {
    let (Some(first), Some(last)) = (history.first_day(), history.last_day()) else {
        return Vec::new();
    };
    let account = |id: &AccountId, period, start| typical(history, id, period, start);
    let mut groups = BTreeMap::<PaceGroup, BTreeSet<AccountId>>::new();
    for (id, _) in history.accounts() {
        let purpose = settings.accounts.get(id).and_then(|it| it.purpose.clone());
        groups.entry(PaceGroup::Purpose(purpose)).or_default().insert(id.clone());
        groups.entry(PaceGroup::Account(id.clone())).or_default().insert(id.clone());
    }
    let mut paces = Vec::new();
    for period in [Period::Week, Period::Month] {
        let mut start = next(period, first);
        while next(period, start) <= last.saturating_add(1.day()) {
            let before = previous(period, start);
            for (group, ids) in &groups {
                let sum = |start| -> (f64, f64) {
                    ids.iter()
                        .map(|id| account(id, period, start))
                        .fold((0.0, 0.0), |sum, it| (sum.0 + it.0, sum.1 + it.1))
                };
                let ((charges_usd, now), (_, then)) = (sum(start), sum(before));
                paces.push(Pace {
                    group: group.clone(),
                    period,
                    start,
                    charges_usd,
                    typical_day_usd: (now > 0.0).then_some(now),
                    growth_percent: (then > 0.0).then(|| 100.0 * (now - then) / then),
                });
            }
            start = next(period, start);
        }
    }
    paces
}

/// The sum and the median of an account's days in a period.
fn typical(history: &History, id: &AccountId, period: Period, start: Date) -> (f64, f64) {
    let days = start.series(1.day()).take_while(|day| *day < next(period, start));
    let services: Vec<&str> = history
        .account(id)
        .into_iter()
        .flat_map(|account| account.services().map(|(service, _)| service.as_str()))
        .collect();
    let mut usd: Vec<f64> = days
        .filter_map(|day| {
            let services = services.iter().filter_map(|it| charged(history, id, it, day));
            services.fold(None, |sum, usd| Some(sum.unwrap_or(0.0) + usd))
        })
        .collect();
    let sum = usd.iter().sum();
    (sum, contract::spike::median(&mut usd).unwrap_or(0.0))
}

/// The first day of the period after that of a day.
fn next(period: Period, day: Date) -> Date {
    match period {
        Period::Week => {
            let monday = day.saturating_sub(day.weekday().since(Weekday::Monday).days());
            monday.saturating_add(7.days())
        }
        Period::Month => day.first_of_month().saturating_add(1.month()),
    }
}

fn previous(period: Period, start: Date) -> Date {
    match period {
        Period::Week => start.saturating_sub(7.days()),
        Period::Month => start.saturating_sub(1.month()),
    }
}
