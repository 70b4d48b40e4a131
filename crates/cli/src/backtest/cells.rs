//! The cells of the tables that a person reads.

use contract::cost::ServiceName;
use contract::spike::{
    Anomaly, AnomalyKind, Basis, Cause, Change, DayFigure, Development, Outcome, Part,
};
use jiff::civil::Date;

use super::costs::Costs;
use super::report::{Report, Summary, Told};
use super::score::Score;

/// Which way a column's cells are set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Set {
    /// To the left: words.
    Left,
    /// To the right: numbers.
    Right,
}

/// A table: headings, and rows of as many cells.
pub(super) struct Table {
    pub(super) headings: Vec<(&'static str, Set)>,
    pub(super) rows: Vec<Vec<String>>,
}

/// What was told, with a row for each service, and one for the account's total beside them.
pub(super) fn news(report: &Report, costs: &Costs) -> Table {
    let headings = vec![
        ("morning", Set::Left),
        ("news", Set::Left),
        ("account", Set::Left),
        ("what", Set::Left),
        ("day", Set::Left),
        ("actual USD", Set::Right),
        ("expected USD", Set::Right),
        ("extra USD", Set::Right),
        ("why", Set::Left),
    ];
    let rows = report.told.iter().flat_map(|told| rows(told, costs)).collect();
    Table { headings, rows }
}

/// The services that rang more than once.
pub(super) fn noisiest(summary: &Summary) -> Table {
    let headings =
        vec![("noisiest services", Set::Left), ("rings", Set::Right), ("accounts", Set::Right)];
    let rows = summary.noisiest.iter().map(|noisy| {
        vec![name(noisy.service.as_ref()), noisy.rings.to_string(), noisy.accounts.to_string()]
    });
    Table { headings, rows: rows.collect() }
}

/// What there was to replay, and how much of it rang, a line each.
pub(super) fn summary(report: &Report) -> String {
    let Summary { mornings, accounts, services, rings, spikes, drifts, .. } = report.summary;
    let Summary { rings_per_week, updates, closed, open_at_end, .. } = report.summary;
    let (from, until) = (report.from, report.until);
    format!(
        "{}, {from} to {until}; {}, {}\n\
         {} ({rings_per_week:.1} a week): {}, {}; {}; {closed} closed, {open_at_end} open at the end\n",
        counted(mornings as usize, "morning"),
        counted(accounts, "account"),
        counted(services, "service"),
        counted(rings as usize, "ring"),
        counted(spikes as usize, "spike"),
        counted(drifts as usize, "drift"),
        counted(updates as usize, "update"),
    )
}

/// How well what rang fits the labels.
pub(super) fn score(score: &Score) -> Table {
    let headings = vec![("against the labels", Set::Left), ("", Set::Right)];
    let share = |share: Option<f64>| share.map_or("-".to_owned(), |share| format!("{share:.3}"));
    let days = |days: Option<f64>| days.map_or("-".to_owned(), |days| format!("{days:.1} days"));
    let rows = [
        ("labels", score.labels.to_string()),
        ("found", score.found.to_string()),
        ("false alerts", score.false_alerts.to_string()),
        ("repeats of what was found", score.repeats.to_string()),
        ("precision", share(score.precision())),
        ("recall", share(score.recall())),
        ("F1", share(score.f1())),
        ("mean delay", days(score.mean_delay())),
    ];
    let rows = rows.into_iter().map(|(what, value)| vec![what.to_owned(), value]).collect();
    Table { headings, rows }
}

fn rows(told: &Told, costs: &Costs) -> Vec<Vec<String>> {
    let anomaly = &told.news.anomaly;
    let mut cells = match &told.news.change {
        Change::Ring => rung(anomaly),
        Change::Update(development) => {
            let joined = anomaly.services.iter().filter(|part| {
                part.service.as_ref().is_some_and(|service| development.joined.contains(service))
            });
            std::iter::once(grown(anomaly, development)).chain(joined.filter_map(part)).collect()
        }
        Change::Close(outcome) => vec![ended(anomaly, *outcome)],
    };
    let word = match &told.news.change {
        Change::Ring => "rings",
        Change::Update(_) => "grows",
        Change::Close(_) => "closes",
    };
    for (index, cells) in cells.iter_mut().enumerate() {
        let is_first = index == 0;
        let first = [told.morning.to_string(), word.to_owned(), costs.shown(&anomaly.account)];
        cells.splice(0..0, first.map(|cell| if is_first { cell } else { String::new() }));
    }
    cells
}

/// All that rings: the leading parts first.
fn rung(anomaly: &Anomaly) -> Vec<Vec<String>> {
    let mut parts: Vec<&Part> = anomaly.parts().collect();
    if anomaly.is_account_wide {
        parts.rotate_right(1);
    }
    let contributors = anomaly.contributors.iter().map(|contribution| {
        let mut cells = vec![format!("  {}", contribution.service)];
        cells.extend(figures(&contribution.figure));
        cells.push("a part of the total".to_owned());
        cells
    });
    parts.into_iter().filter_map(part).chain(contributors).collect()
}

/// A service or the total, on its day with the most extra cost. None where AWS has revised all of
/// its days.
fn part(part: &Part) -> Option<Vec<String>> {
    let days = part.days.iter();
    let dearest = days.max_by(|one, other| one.extra_usd().total_cmp(&other.extra_usd()))?;
    let mut cells = vec![name(part.service.as_ref())];
    cells.extend(figures(dearest));
    cells.push(why(&part.cause));
    Some(cells)
}

fn figures(figure: &DayFigure) -> [String; 4] {
    let percent = 100.0 * figure.extra_usd() / figure.expected_usd;
    let extra = if figure.expected_usd > 0.0 {
        format!("{} (+{percent:.0} %)", usd(figure.extra_usd()))
    } else {
        usd(figure.extra_usd())
    };
    [figure.day.to_string(), usd(figure.actual_usd), usd(figure.expected_usd), extra]
}

fn grown(anomaly: &Anomaly, development: &Development) -> Vec<String> {
    let unit = match anomaly.kind {
        AnomalyKind::Spike => "in all",
        AnomalyKind::Drift => "a day",
    };
    let grown = format!("more than expected {unit}; {} when last told", usd(development.from_usd));
    let joined = match development.joined.len() {
        0 => String::new(),
        count => format!("; {} joined", counted(count, "service")),
    };
    whole(anomaly, grown + &joined)
}

fn ended(anomaly: &Anomaly, outcome: Outcome) -> Vec<String> {
    let why = match (outcome, anomaly.kind) {
        (Outcome::Over, AnomalyKind::Spike) => "over: it costs what is usual again",
        (Outcome::Over, AnomalyKind::Drift) => "over: it no longer grows",
        (Outcome::NewNormal, _) => "it lasts, and is the new normal",
        (Outcome::Planned, _) => "its days turned out to be planned",
        (Outcome::Revised, _) => "AWS revised the figures: there was none",
        (Outcome::Silent, _) => "there are no figures any more",
    };
    whole(anomaly, why.to_owned())
}

/// A row of the whole anomaly: its span, and its extra cost.
fn whole(anomaly: &Anomaly, why: String) -> Vec<String> {
    let services: Vec<String> =
        anomaly.leading().iter().map(|part| name(part.service.as_ref())).collect();
    let span = span(anomaly.leading().iter().flat_map(|part| &part.days).map(|figure| figure.day));
    let empty = String::new();
    vec![services.join(", "), span, empty.clone(), empty, usd(anomaly.extra_usd()), why]
}

fn span(days: impl Iterator<Item = Date> + Clone) -> String {
    match (days.clone().min(), days.max()) {
        (Some(first), Some(last)) if first < last => format!("{first} to {last}"),
        (Some(day), _) => day.to_string(),
        (None, _) => String::new(),
    }
}

fn why(cause: &Cause) -> String {
    match cause {
        Cause::AboveUsual(basis) => match basis {
            Basis::SameWeekdays(weeks) => format!("same weekday of {weeks} weeks before"),
            Basis::AllDays(days) => format!("median of {days} days before"),
            Basis::DearestDay(days) => {
                format!("dearest of {} before", counted(*days as usize, "day"))
            }
            Basis::Peaks(peaks) => format!("second dearest of its {peaks} peaks"),
            Basis::FirstOfMonth(day) => format!("first of month before, {day}"),
        },
        Cause::NewService => "a new service".to_owned(),
        Cause::NewAccount => "a new account".to_owned(),
        Cause::SlowGrowth(growth) => format!(
            "grows by {:.0} % in 30 days, to {}",
            growth.percent_in_30_days,
            usd(growth.projected_usd)
        ),
    }
}

fn name(service: Option<&ServiceName>) -> String {
    service.map_or("account's total".to_owned(), ToString::to_string)
}

fn counted(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

/// An amount with two decimals and commas between thousands.
fn usd(amount: f64) -> String {
    let plain = format!("{amount:.2}");
    let digits = plain.find('.').unwrap_or(plain.len());
    let mut grouped = String::with_capacity(plain.len() + 4);
    for (index, letter) in plain.char_indices() {
        let left = digits.saturating_sub(index);
        if index > 0 && left > 0 && left % 3 == 0 && !grouped.ends_with('-') {
            grouped.push(',');
        }
        grouped.push(letter);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_grouped() {
        let cases = [
            (0.0, "0.00"),
            (-0.004, "-0.00"),
            (999.994, "999.99"),
            (1_000.0, "1,000.00"),
            (-123_456.789, "-123,456.79"),
            (12_345_678.5, "12,345,678.50"),
        ];
        for (amount, text) in cases {
            assert_eq!(usd(amount), text);
        }
    }

    #[test]
    fn one_is_not_many() {
        assert_eq!([counted(1, "ring"), counted(2, "ring")], ["1 ring", "2 rings"]);
    }
}
