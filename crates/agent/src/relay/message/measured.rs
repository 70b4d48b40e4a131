//! What an alarm measured, against its threshold, in words.

use contract::trailer::Kind;
use discord::message::markdown::{bold, cut, escape};

use crate::relay::notice::{AlarmNotice, Comparison, Metric, Query, Threshold, Watch};
use crate::relay::words::{self, Words};

/// Characters of a metric's name with its dimensions.
const NAME: usize = 300;

/// The measured value against the threshold; empty for a composite alarm.
pub(super) fn text(notice: &AlarmNotice, words: &Words) -> String {
    if notice.trailer.as_ref().is_some_and(|trailer| trailer.kind == Kind::NoData) {
        return words.nothing_heard.to_owned();
    }
    match &notice.watch {
        Watch::Metric(metric, threshold) if says_yes_or_no(metric) => checks(threshold, words),
        // An alarm that waits for its first result is an expression over the one metric.
        Watch::Math(queries, threshold)
            if say_yes_or_no(queries) && threshold.comparison == Some(Comparison::Below) =>
        {
            checks(threshold, words)
        }
        Watch::Math(queries, threshold) if say_yes_or_no(queries) => {
            let failing = threshold.recent.first().copied().map(words::plain);
            let limit = threshold.value.map(words::plain).unwrap_or_default();
            (words.locations_failed)(&failing.unwrap_or_else(|| "?".to_owned()), &limit)
        }
        Watch::Metric(metric, threshold) => {
            let unit = metric.unit.as_deref();
            lines(&compared(threshold, unit, words), &of_metric(metric, words), threshold, words)
        }
        Watch::Math(queries, threshold) => {
            let watched = watched(queries);
            let name = watched.map(|query| of_query(query, words)).unwrap_or_default();
            lines(&compared(threshold, None, words), &name, threshold, words)
        }
        Watch::Composite { .. } | Watch::Unknown => String::new(),
    }
}

/// The line of metric math that the alarm watches.
pub(super) fn watched(queries: &[Query]) -> Option<&Query> {
    queries.iter().find(|query| query.returned).or_else(|| queries.first())
}

/// Whether a metric is 0 or 1 for each check, as those of monitors are.
fn says_yes_or_no(metric: &Metric) -> bool {
    matches!(
        (metric.namespace.as_str(), metric.name.as_str()),
        ("Hinomi", "Success") | ("CloudWatchSynthetics", "SuccessPercent")
    )
}

/// How many checks failed.
fn checks(threshold: &Threshold, words: &Words) -> String {
    let all = threshold.periods.unwrap_or(1);
    (words.checks_failed)(threshold.datapoints.unwrap_or(all), all)
}

/// Whether an expression is over such metrics alone, as those of monitors are: it counts the locations
/// that fail.
fn say_yes_or_no(queries: &[Query]) -> bool {
    let mut metrics = queries.iter().filter_map(|query| query.metric.as_ref()).peekable();
    metrics.peek().is_some() && metrics.all(says_yes_or_no)
}

fn lines(compared: &str, name: &str, threshold: &Threshold, words: &Words) -> String {
    let periods =
        threshold.periods.map(|all| (words.periods)(threshold.datapoints.unwrap_or(all), all));
    let below = [Some(name.to_owned()), periods];
    let below = below.into_iter().flatten().filter(|text| !text.is_empty());
    let below = below.collect::<Vec<_>>().join(" · ");
    [compared, &below].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("\n")
}

fn compared(threshold: &Threshold, unit: Option<&str>, words: &Words) -> String {
    let value = threshold.recent.first().map(|value| bold(&words::with_unit(*value, unit)));
    let Some(limit) = threshold.value else { return compared_with_band(value, threshold, words) };
    let limit = words::with_unit(limit, unit);
    match (value, threshold.comparison) {
        (Some(value), Some(comparison)) => (words.compared)(comparison, &value, &limit),
        (None, Some(comparison)) => (words.rule_of)(comparison, &limit),
        (Some(value), None) => value,
        (None, None) => String::new(),
    }
}

/// Without a number, the threshold is a band of anomaly detection, or not told.
fn compared_with_band(value: Option<String>, threshold: &Threshold, words: &Words) -> String {
    let is_band = threshold.band.is_some() || threshold.comparison == Some(Comparison::Outside);
    match (value, threshold.comparison.filter(|_| is_band)) {
        (Some(value), Some(comparison)) => (words.compared_with_band)(comparison, &value),
        (None, Some(comparison)) => (words.rule_of_band)(comparison).to_owned(),
        (value, None) => value.unwrap_or_default(),
    }
}

fn of_metric(metric: &Metric, words: &Words) -> String {
    let dimensions = metric.dimensions.iter().map(|one| format!("{}={}", one.name, one.value));
    let dimensions = dimensions.collect::<Vec<_>>().join(", ");
    let name = format!("{} {}", metric.namespace, metric.name);
    let period = metric.period.map(|period| words::duration(period, words)).unwrap_or_default();
    let statistic = (words.statistic)(&metric.statistic);
    let told = (words.metric)(&escape(name.trim()), &escape(&statistic), &period);
    let told =
        if dimensions.is_empty() { told } else { format!("{told} · {}", escape(&dimensions)) };
    cut(&told, NAME)
}

fn of_query(query: &Query, words: &Words) -> String {
    if let Some(metric) = &query.metric {
        return of_metric(metric, words);
    }
    let name = query.label.as_ref().or(query.expression.as_ref()).unwrap_or(&query.id);
    let period = query.period.map(|period| words::duration(period, words)).unwrap_or_default();
    cut(&(words.metric)(&escape(name), "", &period), NAME)
}
