//! What a day is expected to cost, from the days before it.

use super::account::Track;
use super::anomaly::Basis;
use super::judge::TO_LAST;
use super::rules::{MONTHS_OF_FIRST_DAYS, Rules};
use super::statistics::{DEVIATION_OF_MAD, median, median_absolute_deviation, theil_sen};
use crate::cost::day;

/// Same weekdays from which their median is taken. With fewer, one odd day would be half of it.
const LEAST_SAME_WEEKDAYS: usize = 4;
/// Days of any weekday from which their median is taken.
const LEAST_DAYS: usize = 7;
/// How steady a trend is at least for the expected cost to follow it.
const FOLLOWED_STEADINESS: f64 = 0.5;
/// The least standard deviation, as a share of the expected cost: figures that are all the same
/// would make each cent a rise.
const LEAST_SPREAD: f64 = 0.02;

/// What a day is expected to cost.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Outlook {
    /// The expected cost, in US dollars.
    pub(super) expected: f64,
    /// The standard deviation of ordinary days.
    pub(super) spread: f64,
    /// How it is known.
    pub(super) basis: Basis,
}

/// What the day with a number is expected to cost, from the ordinary days before `until`. None
/// where there are none.
pub(super) fn outlook(track: &Track, number: i32, until: i32, rules: &Rules) -> Option<Outlook> {
    let ordinary = Window::of(track, until, rules).outlook(number)?;
    let first = dearest_first_day(track, number).filter(|(usd, _)| *usd > ordinary.expected);
    Some(match first {
        Some((usd, basis)) => Outlook::new(usd, ordinary.spread, basis),
        None => ordinary,
    })
}

/// What is expected on a day of a peak, where the days that are looked at have peaks: the second
/// dearest of them. What was reached twice is a habit; what was reached once may be a spike of its
/// own. None with fewer than two.
pub(super) fn outlook_of_peaks(
    track: &Track,
    number: i32,
    until: i32,
    rules: &Rules,
) -> Option<Outlook> {
    let window = Window::of(track, until, rules);
    let ordinary = window.outlook(number)?;
    let mut peaks = window.peaks(ordinary.spread, rules);
    peaks.sort_by(f64::total_cmp);
    let &[.., usual, _] = peaks.as_slice() else { return None };
    let spread = DEVIATION_OF_MAD * median_absolute_deviation(&peaks, usual)?;
    let basis = Basis::Peaks(counted(peaks.len()));
    Some(Outlook::new(ordinary.expected + usual, spread.max(ordinary.spread), basis))
}

/// Of a month's first day: the dearest first day of the months before. What is charged once a
/// month, such as support, is charged on it.
fn dearest_first_day(track: &Track, number: i32) -> Option<(f64, Basis)> {
    let date = day::date(number);
    if date.day() != 1 {
        return None;
    }
    let mut first = date;
    let months = (0..MONTHS_OF_FIRST_DAYS).filter_map(|_| {
        first = first.yesterday().ok()?.first_of_month();
        Some((track.value(day::number(first))?, Basis::FirstOfMonth(first)))
    });
    // Of equal ones the latest.
    months.reduce(|one, other| if other.0 > one.0 { other } else { one })
}

impl Outlook {
    fn new(expected: f64, spread: f64, basis: Basis) -> Self {
        Self { expected, spread: spread.max(LEAST_SPREAD * expected), basis }
    }
}

/// Ordinary days in a row.
struct Window<'a> {
    first: i32,
    days: &'a [Option<f64>],
    weeks: u32,
}

impl<'a> Window<'a> {
    fn of(track: &'a Track, until: i32, rules: &Rules) -> Self {
        let (first, days) = track.ordinary_before(until, rules.baseline_weeks);
        Self { first, days, weeks: rules.baseline_weeks }
    }

    fn outlook(&self, number: i32) -> Option<Outlook> {
        let mut all: Vec<f64> = self.days.iter().copied().flatten().collect();
        if all.len() < LEAST_DAYS {
            let dearest = all.iter().copied().max_by(f64::total_cmp)?;
            return Some(Outlook::new(dearest, 0.0, Basis::DearestDay(counted(all.len()))));
        }
        if self.weekday(number, 0.0, number).count() < LEAST_SAME_WEEKDAYS {
            return self.of_all_days(&mut all, number);
        }
        let slope = self.slope();
        let mut same: Vec<f64> =
            self.weekday(number, slope, number).take(self.weeks as usize).collect();
        let expected = median(&mut same)?.max(0.0);
        let spread = DEVIATION_OF_MAD * median_absolute_deviation(&same, expected)?;
        Some(Outlook::new(expected, spread, Basis::SameWeekdays(counted(same.len()))))
    }

    /// With few same weekdays all days count, and the same weekdays only where they are dearer.
    fn of_all_days(&self, all: &mut [f64], number: i32) -> Option<Outlook> {
        let middle = median(all)?;
        let mut same: Vec<f64> = self.weekday(number, 0.0, number).collect();
        let expected = median(&mut same).map_or(middle, |same| same.max(middle));
        let spread = DEVIATION_OF_MAD * median_absolute_deviation(all, middle)?;
        Some(Outlook::new(expected, spread, Basis::AllDays(counted(all.len()))))
    }

    /// By how much peaks are dearer than their weekday's median. A peak reaches half of each limit:
    /// what is just too small to ring is a habit too. Days in a row are one, the dearest of them.
    fn peaks(&self, spread: f64, rules: &Rules) -> Vec<f64> {
        let usual: Vec<f64> = (self.first..self.first + day::WEEK)
            .map(|weekday| median(&mut self.weekday(weekday, 0.0, weekday).collect::<Vec<_>>()))
            .map(Option::unwrap_or_default)
            .collect();
        let mut peaks: Vec<f64> = Vec::new();
        let mut was_peak = false;
        for (value, usual) in self.days.iter().zip(usual.iter().cycle()) {
            let rise = value.map(|value| value - usual);
            let rise = rise.filter(|rise| rules.limits_are_reached(*rise, *usual, spread, TO_LAST));
            match (rise, peaks.last_mut()) {
                (Some(rise), Some(last)) if was_peak => *last = last.max(rise),
                (Some(rise), _) => peaks.push(rise),
                (None, _) => {}
            }
            was_peak = rise.is_some();
        }
        peaks
    }

    /// The days of the same weekday as a day, the latest first, each moved along the slope to the
    /// day `moved_to`.
    fn weekday(&self, number: i32, slope: f64, moved_to: i32) -> impl Iterator<Item = f64> {
        let last = self.first + i32::try_from(self.days.len()).unwrap_or(0) - 1;
        let latest = last - (last - number).rem_euclid(day::WEEK);
        let skipped = usize::try_from(last - latest).unwrap_or(0);
        let days = self.days.iter().rev().skip(skipped).step_by(7).enumerate();
        days.filter_map(move |(week, value)| {
            let own = latest - counted(week).cast_signed() * day::WEEK;
            Some((*value)? + slope * f64::from(moved_to - own))
        })
    }

    /// The growth a day that is followed: none unless it is steady.
    fn slope(&self) -> f64 {
        let trend = theil_sen(self.days, 7);
        let steady = trend.filter(|trend| trend.steadiness.abs() >= FOLLOWED_STEADINESS);
        steady.map_or(0.0, |trend| trend.slope)
    }
}

fn counted(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
