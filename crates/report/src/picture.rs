//! The pictures: the last days, what an event cost, how fast cost grows.

use chart::{Daily, Event, Group, Growth, Locale, MOST_DAYS, Mark, Pace, Window};
use discord::message::File;

use crate::calendar::days_between;
use crate::money::Money;
use crate::summary::{Digest, EventFigures, Summary};
use crate::words::Words;
use crate::{service, text};

/// Cells of a name in a picture.
const NAME: usize = 60;

fn locale(money: &Money, words: &Words) -> Locale {
    Locale { words: words.chart, currency: money.currency.clone() }
}

fn name(name: &str) -> String {
    text::fit(&text::plain(name), NAME)
}

fn amounts(usd: &[Option<f64>], money: &Money) -> Vec<Option<f64>> {
    usd.iter().map(|usd| usd.map(|usd| money.convert(usd))).collect()
}

fn group(of: Option<&str>, usd: &[Option<f64>], money: &Money, words: &Words) -> Group {
    Group { name: name(of.unwrap_or(words.no_purpose)), costs: amounts(usd, money) }
}

/// The last 30 days by purpose.
pub(crate) fn days(
    summary: &Summary,
    money: &Money,
    words: &Words,
    headline: &str,
) -> Option<File> {
    let recent = &summary.recent;
    let groups = recent.purposes.iter().map(|it| group(it.name.as_deref(), &it.usd, money, words));
    let marks = recent.peaks.iter().map(|peak| {
        let what = peak.service.as_deref().map_or(words.all_services, service::short);
        let label =
            format!("{} {}", text::fit(&text::plain(what), 20), money.change(peak.extra_usd));
        Mark { day: peak.day, label }
    });
    let events = recent.events.iter().map(|(event, first, last)| Window {
        name: name(event),
        first_day: *first,
        last_day: *last,
    });
    let figures = Daily {
        title: words.chart_days_title.to_owned(),
        subtitle: String::new(),
        first_day: recent.first_day,
        groups: groups.collect(),
        incomplete_days: summary.state.unsettled_days,
        median: amounts(&recent.median_usd, money),
        budget_per_day: recent.budget_per_day_usd.map(|usd| money.convert(usd)),
        marks: marks.collect(),
        events: events.collect(),
    };
    let png = chart::daily(&figures, &locale(money, words)).ok()?;
    Some(File::png("days.png", &(words.chart_days)(headline), png))
}

/// What an event cost.
pub(crate) fn event(
    event: &EventFigures,
    summary: &Summary,
    money: &Money,
    words: &Words,
) -> Option<File> {
    // Of an event that is longer than a picture its end is shown.
    let shown = &event.chart[event.chart.len().saturating_sub(MOST_DAYS)..];
    let first_day = shown.first()?.0;
    let actual: Vec<Option<f64>> = shown.iter().map(|(_, usd)| *usd).collect();
    let baseline: Vec<Option<f64>> = shown
        .iter()
        .map(|(day, _)| {
            let total = event.days.iter().find(|(other, _)| other == day).map(|it| it.1)?;
            // What has no baseline is counted as usual: it isn't told as the event's.
            (total.all_usd() > 0.0).then_some(total.baseline_usd + total.without_baseline_usd)
        })
        .collect();
    let added = money.convert(event.sum.added_usd());
    let last = shown.last()?.0;
    let settled = days_between(last, summary.day);
    let unsettled = i64::try_from(summary.state.unsettled_days).unwrap_or(0) - settled;
    let figures = Event {
        title: name(&event.name),
        subtitle: String::new(),
        window: Window { name: name(&event.name), first_day: event.start, last_day: event.end },
        first_day,
        actual: amounts(&actual, money),
        baseline: amounts(&baseline, money),
        added,
        incomplete_days: usize::try_from(unsettled).unwrap_or(0),
    };
    let png = chart::event(&figures, &locale(money, words)).ok()?;
    let alternative = (words.chart_event)(&event.name, &money.change(event.sum.added_usd()));
    Some(File::png(&format!("event-{}.png", event.start), &alternative, png))
}

/// How fast cost grows.
pub(crate) fn pace(digest: &Digest, money: &Money, words: &Words) -> Option<File> {
    let months = &digest.months;
    let groups = months.purposes.iter().map(|purpose| Growth {
        group: group(purpose.name.as_deref(), &purpose.usd, money, words),
        a_month: purpose.growth_percent.map(|percent| percent / 100.0),
    });
    let figures = Pace {
        title: words.chart_pace.to_owned(),
        subtitle: String::new(),
        first_month: months.first?,
        groups: groups.collect(),
        is_last_incomplete: false,
    };
    let png = chart::pace(&figures, &locale(money, words)).ok()?;
    Some(File::png("pace.png", words.chart_pace, png))
}
