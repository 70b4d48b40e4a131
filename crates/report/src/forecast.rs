//! What a month will have cost.

use contract::spike::median;
use jiff::civil::{Date, Weekday};

use crate::calendar;
use crate::daily::Daily;

/// Days that show what is usual: four of each weekday.
const DAYS: i64 = 28;
/// Ordinary days without which there is no forecast.
const LEAST: usize = 7;
/// Known days of a weekday without which it counts as any other.
const LEAST_SAME: usize = 3;
/// Last days that show the present level.
const LEVEL: usize = 7;

/// What an account will have been charged in the month of a day; none while fewer than seven ordinary days
/// of the last 28 are known.
///
/// It is what was charged until then, and for each day that is to come, or is missing, what such
/// a day usually costs: the median of its weekday in the last four weeks, times how the last seven settled
/// days compare with theirs (the median of the seven). Medians aren't moved by a spike: one counts
/// with what it cost, and is not carried on. A rise that lasts is, once it has lasted four
/// days. What is charged once a month has been charged when its day is past, and isn't foreseen before.
/// Days of planned events show nothing of other days, and no event is foreseen.
pub(crate) fn of_month(daily: &Daily, day: Date, last_settled: Date) -> Option<f64> {
    let usual = Usual::of(daily, day, last_settled)?;
    let days = calendar::days(day.first_of_month(), day.last_of_month());
    let usd = days.map(|date| {
        let known = daily.on(date).filter(|_| date <= day);
        known.unwrap_or_else(|| usual.of_weekday(date.weekday()))
    });
    Some(usd.fold(0.0, |sum, usd| sum + usd))
}

/// What days usually cost.
struct Usual {
    /// What each weekday costs, from Monday on.
    weekdays: [f64; 7],
    /// How much more the last days cost than their weekdays.
    level: f64,
}

impl Usual {
    /// From the settled days, or all of them where these are too few.
    fn of(daily: &Daily, day: Date, last_settled: Date) -> Option<Self> {
        let known = |last: Date| -> Vec<(Date, f64)> {
            daily.ordinary(calendar::before(last, DAYS - 1), last).collect()
        };
        let settled = known(last_settled.min(day));
        let days = if settled.len() >= LEAST { settled } else { known(day) };
        if days.len() < LEAST {
            return None;
        }
        let any = median(&mut days.iter().map(|(_, usd)| *usd).collect::<Vec<_>>())?;
        let weekdays = WEEKDAYS.map(|weekday| of_weekday(&days, weekday).unwrap_or(any));
        let last = days.iter().rev().take(LEVEL);
        let levels = last.filter_map(|(date, usd)| {
            // A weekday on which nothing runs says nothing of the others.
            let usual = Some(weekdays[place(date.weekday())]).filter(|usual| *usual > 0.0)?;
            Some(usd / usual)
        });
        let level = median(&mut levels.collect::<Vec<_>>()).unwrap_or(1.0);
        Some(Self { weekdays, level })
    }

    fn of_weekday(&self, weekday: Weekday) -> f64 {
        self.level * self.weekdays[place(weekday)]
    }
}

const WEEKDAYS: [Weekday; 7] = [
    Weekday::Monday,
    Weekday::Tuesday,
    Weekday::Wednesday,
    Weekday::Thursday,
    Weekday::Friday,
    Weekday::Saturday,
    Weekday::Sunday,
];

fn place(weekday: Weekday) -> usize {
    weekday.to_monday_zero_offset().unsigned_abs().into()
}

/// What a weekday costs; none where too few of it are known.
fn of_weekday(days: &[(Date, f64)], weekday: Weekday) -> Option<f64> {
    let mut same: Vec<f64> =
        days.iter().filter(|(date, _)| date.weekday() == weekday).map(|(_, usd)| *usd).collect();
    if same.len() < LEAST_SAME { None } else { median(&mut same) }
}

#[cfg(test)]
mod tests {
    use contract::cost::{DailyCost, History};
    use jiff::civil::date;

    use super::*;

    /// Days of November 2026 and before, by their distance to the 20th.
    fn daily(usd: impl Fn(Date, i64) -> Option<f64>) -> Daily {
        let day = date(2026, 11, 20);
        let line = |ago: i64| {
            let day = calendar::before(day, ago);
            let account = "111122223333".parse().expect("an account");
            Some(DailyCost { day, account, service: "S3".into(), cost_usd: usd(day, ago)? })
        };
        let lines: Vec<_> = (0..60).filter_map(line).collect();
        let history: History = lines.iter().collect();
        history.accounts().next().map_or_else(Daily::default, |(_, account)| {
            Daily::of_account(account, (calendar::before(day, 60), day), std::iter::empty())
        })
    }

    fn forecast(usd: impl Fn(Date, i64) -> Option<f64>) -> Option<f64> {
        let day = date(2026, 11, 20);
        of_month(&daily(usd), day, calendar::before(day, 3))
    }

    fn is_weekend(day: Date) -> bool {
        matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
    }

    #[test]
    fn a_month_is_foreseen_from_its_weekdays() {
        let week = |day: Date, _| Some(if is_weekend(day) { 4.0 } else { 10.0 });
        // November 2026 has 9 days at weekends.
        assert_eq!(forecast(week), Some(21.0 * 10.0 + 9.0 * 4.0));
        let weekends = |day: Date, _| Some(if is_weekend(day) { 4.0 } else { 0.0 });
        assert_eq!(forecast(weekends), Some(36.0));
    }

    #[test]
    fn a_spike_is_not_carried_on_and_a_missing_day_is_filled() {
        assert_eq!(forecast(|_, ago| Some(if ago == 5 { 500.0 } else { 10.0 })), Some(790.0));
        assert_eq!(forecast(|_, ago| (ago != 4).then_some(10.0)), Some(300.0));
    }

    #[test]
    fn a_rise_that_lasts_is_carried_on() {
        // From the 11th on: ten days of 30 so far, and ten to come.
        let rise = |_, ago| Some(if ago < 10 { 30.0 } else { 10.0 });
        assert_eq!(forecast(rise), Some(100.0 + 20.0 * 30.0));
    }

    #[test]
    fn too_few_days_foresee_nothing() {
        assert_eq!(forecast(|_, ago| (ago < 6).then_some(10.0)), None);
        assert_eq!(forecast(|_, ago| (ago < 7).then_some(10.0)), Some(70.0 + 100.0 + 130.0));
        assert_eq!(forecast(|_, _| None), None);
    }
}
