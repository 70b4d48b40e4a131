//! Whether a day stands out.

use super::account::Track;
use super::anomaly::{Basis, Cause, DayFigure};
use super::baseline::{Outlook, outlook, outlook_of_peaks};
use super::rules::Rules;
use crate::cost::{ServiceName, day};

/// Days for which a service or account is new.
const NEW_DAYS: i32 = 7;
/// By this the percentage is multiplied where little is known of what is usual.
const FEW_DAYS_FACTOR: f64 = 2.0;
/// What a day of an anomaly that is known already needs of each limit to be a part of it: with the
/// whole of it, noise around a limit would end and begin anomalies all the time.
pub(super) const TO_LAST: f64 = 0.5;

/// How a day compares with what was expected.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Standing {
    /// It isn't known what it cost, or what was to be expected.
    Unknown,
    /// It is as expected, or cheaper.
    Usual,
    /// It is dearer by so many US dollars than on ordinary days, as it has been now and then.
    UsualPeak(f64),
    /// It is dearer than expected.
    Above(Cause, DayFigure),
}

/// One day to judge.
#[derive(Clone, Copy, Debug)]
pub(super) struct Question<'a> {
    pub(super) track: &'a Track,
    /// The day's number.
    pub(super) number: i32,
    /// The ordinary days before this one show what is usual.
    pub(super) until: i32,
    /// What is expected beside that, in US dollars.
    pub(super) offset: f64,
    /// The share of each limit that must be reached.
    pub(super) share: f64,
    pub(super) rules: &'a Rules,
}

impl Question<'_> {
    /// Judges a day of which nothing is told yet.
    pub(super) fn judge(self, service: Option<&ServiceName>) -> Standing {
        let is_new = self.track.is_start_certain
            && self.track.start.is_some_and(|start| (0..NEW_DAYS).contains(&(self.number - start)));
        match (is_new, service) {
            (true, Some(_)) => self.compare_with_nothing(Cause::NewService),
            (true, None) => self.compare_with_nothing(Cause::NewAccount),
            (false, _) => self.compare(),
        }
    }

    /// Why a day stands out of which nothing is told yet; none where it doesn't.
    pub(super) fn above(self, service: Option<&ServiceName>) -> Option<Cause> {
        match self.judge(service) {
            Standing::Above(cause, _) => Some(cause),
            Standing::Unknown | Standing::Usual | Standing::UsualPeak(_) => None,
        }
    }

    /// Judges a day of an anomaly that is known already.
    pub(super) fn judge_again(self, cause: &Cause) -> Standing {
        match cause {
            Cause::NewService | Cause::NewAccount => self.compare_with_nothing(cause.clone()),
            Cause::AboveUsual(_) | Cause::SlowGrowth(_) => self.compare(),
        }
    }

    fn compare_with_nothing(self, cause: Cause) -> Standing {
        let Some(actual) = self.track.value(self.number) else { return Standing::Unknown };
        if actual - self.offset < self.share * self.rules.new_service_at_least_usd {
            return Standing::Usual;
        }
        Standing::Above(cause, self.figure(actual, self.offset))
    }

    fn compare(self) -> Standing {
        let rules = self.rules;
        let Some(actual) = self.track.value(self.number) else { return Standing::Unknown };
        // Nothing is expected to cost less than nothing, so this is no rise: most days end here.
        if actual < self.share * rules.at_least_usd {
            return Standing::Usual;
        }
        let Some(outlook) = outlook(self.track, self.number, self.until, rules) else {
            return Standing::Unknown;
        };
        let Some(figure) = self.exceeds(actual, outlook) else { return Standing::Usual };
        // What peaks now and then is compared with its peaks.
        let peaks = match outlook.basis {
            Basis::SameWeekdays(_) | Basis::AllDays(_) | Basis::FirstOfMonth(_) => {
                outlook_of_peaks(self.track, self.number, self.until, rules)
            }
            // Of so few days the dearest is the peak, and peaks are that anyway.
            Basis::DearestDay(_) | Basis::Peaks(_) => None,
        };
        let Some(peaks) = peaks else {
            return Standing::Above(Cause::AboveUsual(outlook.basis), figure);
        };
        match self.exceeds(actual, peaks) {
            Some(figure) => Standing::Above(Cause::AboveUsual(peaks.basis), figure),
            None => Standing::UsualPeak(figure.extra_usd()),
        }
    }

    /// The figure, where it exceeds what was expected by all limits.
    fn exceeds(self, actual: f64, outlook: Outlook) -> Option<DayFigure> {
        let expected = outlook.expected + self.offset;
        let factor = if outlook.basis.is_weak() { FEW_DAYS_FACTOR } else { 1.0 };
        let rise = actual - expected;
        self.rules
            .limits_are_reached(rise, factor * expected, outlook.spread, self.share)
            .then(|| self.figure(actual, expected))
    }

    fn figure(self, actual_usd: f64, expected_usd: f64) -> DayFigure {
        DayFigure { day: day::date(self.number), actual_usd, expected_usd }
    }
}
