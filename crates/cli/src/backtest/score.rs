//! How well what rang fits what should have rung.

use contract::account::AccountId;
use contract::cost::ServiceName;
use contract::spike::{AnomalyKind, Change, News};
use jiff::{ToSpan, civil::Date};

/// Days before a drift rings for which it is taken to stand.
const DRIFT_DAYS: i64 = 14;

/// Days on which an account should ring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The account.
    pub account: AccountId,
    /// The service; none where any will do.
    pub service: Option<ServiceName>,
    /// The first day.
    pub start: Date,
    /// The last day.
    pub end: Date,
}

/// Something that rang.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alert {
    /// The account.
    pub account: AccountId,
    /// The services that it names; none where it is the whole account's.
    pub services: Vec<ServiceName>,
    /// The first day that it is about.
    pub start: Date,
    /// The last day that it is about.
    pub end: Date,
    /// The morning on which it rang.
    pub on: Date,
}

/// How well alerts fit labels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Score {
    /// Labels.
    pub labels: usize,
    /// Labels of which something rang.
    pub found: usize,
    /// Alerts that fit no label.
    pub false_alerts: usize,
    /// Alerts of a label of which something had rung already. They count neither for nor against.
    pub repeats: usize,
    /// For each label that was found: days from the first morning on which it could have rung to
    /// the one on which it did.
    pub delays: Vec<i32>,
}

impl Alert {
    /// What a piece of news rings for; none where it tells of nothing that is new.
    pub fn of(news: &News, morning: Date) -> Option<Self> {
        let anomaly = &news.anomaly;
        let is_new = |name: Option<&ServiceName>| match &news.change {
            Change::Ring => true,
            Change::Update(development) => {
                name.is_some_and(|name| development.joined.contains(name))
            }
            Change::Close(_) => false,
        };
        let parts: Vec<_> = anomaly.parts().filter(|part| is_new(part.service.as_ref())).collect();
        let days: Vec<Date> =
            parts.iter().flat_map(|part| &part.days).map(|figure| figure.day).collect();
        let end = days.iter().copied().max()?;
        let start = match anomaly.kind {
            AnomalyKind::Spike => days.into_iter().min()?,
            AnomalyKind::Drift => morning.saturating_sub(DRIFT_DAYS.days()),
        };
        let is_account_wide = anomaly.is_account_wide && news.change == Change::Ring;
        let services = if is_account_wide {
            Vec::new()
        } else {
            parts.iter().filter_map(|part| part.service.clone()).collect()
        };
        Some(Self { account: anomaly.account.clone(), services, start, end, on: morning })
    }

    fn fits(&self, label: &Label) -> bool {
        let is_service = label
            .service
            .as_ref()
            .is_none_or(|service| self.services.is_empty() || self.services.contains(service));
        is_service
            && self.account == label.account
            && self.start <= label.end
            && label.start <= self.end
    }
}

impl Score {
    /// Compares alerts, in the order in which they rang, with labels.
    pub fn of(labels: &[Label], alerts: &[Alert]) -> Self {
        let mut score = Self { labels: labels.len(), ..Self::default() };
        let mut is_found = vec![false; labels.len()];
        for alert in alerts {
            let fitting: Vec<usize> =
                (0..labels.len()).filter(|index| alert.fits(&labels[*index])).collect();
            if fitting.is_empty() {
                score.false_alerts += 1;
            } else if fitting.iter().all(|index| is_found[*index]) {
                score.repeats += 1;
            }
            for index in fitting {
                if !std::mem::replace(&mut is_found[index], true) {
                    score.found += 1;
                    score.delays.push(delay(&labels[index], alert));
                }
            }
        }
        score
    }

    /// Adds the counts of another.
    pub fn add(&mut self, other: &Self) {
        self.labels += other.labels;
        self.found += other.found;
        self.false_alerts += other.false_alerts;
        self.repeats += other.repeats;
        self.delays.extend(&other.delays);
    }

    /// The share of what rang that should have: found labels to those and false alerts. None
    /// where nothing rang.
    pub fn precision(&self) -> Option<f64> {
        share(self.found, self.found + self.false_alerts)
    }

    /// The share of what should have rung that did. None without labels.
    pub fn recall(&self) -> Option<f64> {
        share(self.found, self.labels)
    }

    /// The harmonic mean of precision and recall. None where there were neither labels nor alerts.
    pub fn f1(&self) -> Option<f64> {
        share(2 * self.found, self.labels + self.found + self.false_alerts)
    }

    /// The mean delay in days. None where nothing was found.
    pub fn mean_delay(&self) -> Option<f64> {
        let sum: i32 = self.delays.iter().sum();
        let count = u32::try_from(self.delays.len()).ok().filter(|count| *count > 0)?;
        Some(f64::from(sum) / f64::from(count))
    }
}

/// Days by which an alert came later than it could have: on the morning after the label's start.
fn delay(label: &Label, alert: &Alert) -> i32 {
    let hours = alert.on.duration_since(label.start).as_hours();
    i32::try_from(hours / 24 - 1).unwrap_or(i32::MAX).max(0)
}

fn share(part: usize, whole: usize) -> Option<f64> {
    let (part, whole) = (u32::try_from(part).ok()?, u32::try_from(whole).ok()?);
    (whole > 0).then(|| f64::from(part) / f64::from(whole))
}
