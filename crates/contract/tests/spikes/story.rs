//! Histories for tests: days are counted from a Monday, and figures can be late.

use std::collections::BTreeMap;

use contract::account::AccountId;
use contract::cost::{DailyCost, PlannedEvent, Recorded, ServiceName};
use contract::spike::{Change, News, Outcome, Part, Replay, Rules};
use jiff::{ToSpan, civil::Date};

/// A Monday, which isn't the first of a month. Day 70 is a Monday too.
const FIRST: Date = Date::constant(2026, 1, 5);

/// The account of most stories.
pub(crate) const SHOP: &str = "111122223333";
/// The service of most stories.
pub(crate) const COMPUTE: &str = "Compute";

pub(crate) fn account(id: &str) -> AccountId {
    id.parse().expect("twelve digits")
}

/// The day with a number.
pub(crate) fn day(number: i32) -> Date {
    FIRST.saturating_add(number.days())
}

/// The number of a day.
pub(crate) fn number(day: Date) -> i32 {
    i32::try_from(day.duration_since(FIRST).as_hours() / 24).expect("a near day")
}

type Key = (String, String, i32);

/// What accounts cost, and when it became known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Story {
    /// For each day of a service: mornings after it, and the lines that were known from then on.
    figures: BTreeMap<Key, BTreeMap<i32, Vec<f64>>>,
    pub(crate) events: Vec<PlannedEvent>,
    pub(crate) rules: Rules,
}

impl Story {
    /// An account whose only service costs the same every day.
    pub(crate) fn of(days: std::ops::Range<i32>, usd: f64) -> Self {
        Self::default().service(COMPUTE, days, usd)
    }

    pub(crate) fn service(self, service: &str, days: std::ops::Range<i32>, usd: f64) -> Self {
        self.daily(service, days, |_| usd)
    }

    pub(crate) fn daily(
        self,
        service: &str,
        days: std::ops::Range<i32>,
        usd: impl Fn(i32) -> f64,
    ) -> Self {
        self.daily_of(SHOP, service, days, usd)
    }

    pub(crate) fn daily_of(
        mut self,
        account: &str,
        service: &str,
        days: std::ops::Range<i32>,
        usd: impl Fn(i32) -> f64,
    ) -> Self {
        for number in days {
            let key = (account.to_owned(), service.to_owned(), number);
            self.figures.insert(key, BTreeMap::from([(1, vec![usd(number)])]));
        }
        self
    }

    /// What a day cost, known on the next morning.
    pub(crate) fn day(self, number: i32, usd: f64) -> Self {
        self.service(COMPUTE, number..number + 1, usd)
    }

    /// What was known of a day, so many mornings after it.
    pub(crate) fn known(mut self, number: i32, figures: &[(i32, f64)]) -> Self {
        let key = (SHOP.to_owned(), COMPUTE.to_owned(), number);
        let lines = figures.iter().map(|(after, usd)| (*after, vec![*usd]));
        self.figures.insert(key, lines.collect());
        self
    }

    /// Another line of a day, such as a credit.
    pub(crate) fn line(mut self, service: &str, number: i32, usd: f64) -> Self {
        let key = (SHOP.to_owned(), service.to_owned(), number);
        self.figures.entry(key).or_default().entry(1).or_default().push(usd);
        self
    }

    pub(crate) fn missing(mut self, number: i32) -> Self {
        self.figures.retain(|(.., day), _| *day != number);
        self
    }

    pub(crate) fn event(mut self, days: std::ops::RangeInclusive<i32>) -> Self {
        let (start, end) = (day(*days.start()), day(*days.end()));
        self.events.push(PlannedEvent::of("festival", start, end).expect("it starts first"));
        self
    }

    pub(crate) fn rules(mut self, rules: Rules) -> Self {
        self.rules = rules;
        self
    }

    pub(crate) fn recorded(&self) -> Vec<Recorded> {
        let mut recorded = Vec::new();
        for ((account_id, service, number), known) in &self.figures {
            for (after, lines) in known {
                recorded.extend(lines.iter().map(|usd| Recorded {
                    cost: DailyCost {
                        day: day(*number),
                        account: account(account_id),
                        service: ServiceName::from(service.as_str()),
                        cost_usd: *usd,
                    },
                    known_on: day(number + after),
                }));
            }
        }
        recorded
    }

    /// What is told on the mornings of these days.
    pub(crate) fn news(&self, mornings: std::ops::Range<i32>) -> Vec<(i32, News)> {
        let recorded = self.recorded();
        let mut replay = Replay::new(&recorded, day(mornings.start), &self.events, &self.rules);
        let mut told = Vec::new();
        for _ in mornings {
            let (morning, news) = replay.morning();
            told.extend(news.into_iter().map(|news| (number(morning), news)));
        }
        told
    }

    /// The same in words, a line each.
    pub(crate) fn told(&self, mornings: std::ops::Range<i32>) -> Vec<String> {
        self.news(mornings).iter().map(|(morning, news)| line(*morning, news)).collect()
    }
}

/// A piece of news in words: the morning, what is new, and for each leading part its first and its
/// last day and its extra cost.
pub(crate) fn line(morning: i32, news: &News) -> String {
    let change = match &news.change {
        Change::Ring => "rings".to_owned(),
        Change::Update(development) if development.joined.is_empty() => "grows".to_owned(),
        Change::Update(development) => {
            let names: Vec<_> = development.joined.iter().map(ServiceName::as_str).collect();
            format!("grows by {}", names.join(", "))
        }
        Change::Close(outcome) => match outcome {
            Outcome::Over => "over".to_owned(),
            Outcome::NewNormal => "new normal".to_owned(),
            Outcome::Planned => "planned".to_owned(),
            Outcome::Revised => "revised".to_owned(),
            Outcome::Silent => "silent".to_owned(),
        },
    };
    let part = |part: &Part| {
        let name = part.service.as_ref().map_or("total", ServiceName::as_str);
        let days: Vec<i32> = part.days.iter().map(|figure| number(figure.day)).collect();
        let span = match days.as_slice() {
            [] => "no day".to_owned(),
            [day] => format!("day {day}"),
            [first, .., last] => format!("days {first} to {last}"),
        };
        format!("{name} {span} +{:.0}", part.extra_usd())
    };
    let anomaly = &news.anomaly;
    let mut parts: Vec<String> = anomaly.leading().iter().map(part).collect();
    if anomaly.is_account_wide {
        parts.extend(anomaly.services.iter().map(|service| format!("with {}", part(service))));
    }
    format!("{morning} {change}: {}", parts.join(", "))
}
