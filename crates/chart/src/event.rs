//! What an event cost: each day against what its weekday usually costs.

use jiff::civil::Date;

use crate::color::{ADDED, LINE, PLAIN};
use crate::daily::{MOST_DAYS, PLOT};
use crate::error::Error;
use crate::figures::{self, Window};
use crate::geometry::{Area, Span};
use crate::layout::axis::{Amounts, Days};
use crate::layout::bars::Plot;
use crate::layout::header::{self, Figure, Header};
use crate::layout::legend::{self, Entry, Sample};
use crate::layout::notes::Notes;
use crate::scene::Scene;
use crate::{Locale, layout, raster};

/// Figures of an [`event`] chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The title, such as `Cost of the autumn festival`.
    pub title: String,
    /// A line below it, or nothing.
    pub subtitle: String,
    /// The event and its days.
    pub window: Window,
    /// The first day that is shown, some days before the event.
    pub first_day: Date,
    /// Cost of each day; `None` where it is missing.
    pub actual: Vec<Option<f64>>,
    /// What each day would usually cost: the median of the same weekday before the event, for example.
    pub baseline: Vec<Option<f64>>,
    /// What the event added in total. It is written in the title, and not summed up from the days, so
    /// that it is the figure that the report's text has.
    pub added: f64,
    /// How many of the last days have figures that aren't final.
    pub incomplete_days: usize,
}

/// Draws what an event cost, as a PNG of 1100 pixels' width.
pub fn event(figures: &Event, locale: &Locale) -> Result<Vec<u8>, Error> {
    scene(figures, locale).map(|scene| raster::png(&scene))
}

/// What the chart shows.
pub(crate) fn scene(figures: &Event, locale: &Locale) -> Result<Scene, Error> {
    let count = check(figures)?;
    let amounts = || figures.actual.iter().chain(&figures.baseline).flatten().copied();
    let (low, high) = (amounts().fold(0.0, f64::min), amounts().fold(0.0, f64::max));
    let amounts = Amounts::new(low, high, locale);
    let days = Days { dates: figures::days(figures.first_day, count), across: amounts.plot() };
    let notes = Notes::new(&days, std::slice::from_ref(&figures.window), &[], locale);

    let mut scene = Scene::default();
    let caption = locale.words.added;
    let figure = Figure { amount: locale.currency.change(figures.added), caption, color: ADDED };
    let header =
        Header { title: &figures.title, subtitle: &figures.subtitle, figure: Some(figure) };
    let top = (header::draw(&mut scene, &header) + notes.height() + layout::TOP).ceil();
    let plot = Plot { amounts: &amounts, days: &days, down: Span::new(top, top + PLOT) };
    plot.draw_ground(&mut scene, &notes);
    draw_bars(&mut scene, &plot, figures);
    amounts.draw_zero(&mut scene, days.across, plot.down);
    plot.steps(&mut scene, &figures.baseline, LINE);
    notes.draw(&mut scene, &plot, |_| plot.down.start);
    let ends = [figures.window.first_day, figures.window.last_day];
    let bottom = days.draw_labels(&mut scene, plot.down.end, &ends, locale);
    let entries = entries(figures, locale);
    scene.height = legend::draw(&mut scene, bottom + layout::BETWEEN, &entries) + layout::BOTTOM;
    Ok(scene)
}

fn check(figures: &Event) -> Result<usize, Error> {
    let days = figures.actual.len();
    figures::check_columns(days, MOST_DAYS)?;
    figures::check("actual", &figures.actual, days)?;
    figures::check("baseline", &figures.baseline, days)?;
    figures::check("added", &[Some(figures.added)], 1)?;
    Ok(days)
}

/// Days of the event with both figures, each with them.
fn compared(figures: &Event) -> impl Iterator<Item = (usize, f64, f64)> {
    let dates = figures::days(figures.first_day, figures.actual.len());
    dates.into_iter().enumerate().filter_map(|(day, date)| {
        let is_during = (figures.window.first_day..=figures.window.last_day).contains(&date);
        Some((day, figures.actual[day]?, figures.baseline[day]?)).filter(|_| is_during)
    })
}

fn draw_bars(scene: &mut Scene, plot: &Plot<'_>, figures: &Event) {
    let first_incomplete = figures.actual.len().saturating_sub(figures.incomplete_days);
    for (day, actual) in figures.actual.iter().enumerate() {
        let Some(actual) = *actual else {
            plot.missing(scene, day);
            continue;
        };
        let bar = plot.stack(scene, day, [(actual, PLAIN)].into_iter());
        let during = compared(figures).find(|(compared, ..)| *compared == day);
        if let Some((_, actual, baseline)) = during {
            let between = Span::new(plot.y(actual), plot.y(baseline));
            let area = Area::of(plot.days.bar(day), between);
            if actual > baseline {
                scene.fill(area, ADDED);
            } else if actual < baseline {
                scene.frame(area, ADDED);
            }
        }
        if day >= first_incomplete {
            scene.stripes(bar);
        }
    }
}

fn entries(figures: &Event, locale: &Locale) -> Vec<Entry> {
    let words = locale.words;
    let mut entries = vec![Entry::key(Sample::Fill(PLAIN), words.actual)];
    if compared(figures).any(|(_, actual, baseline)| actual > baseline) {
        entries.push(Entry::key(Sample::Fill(ADDED), words.added));
    }
    if compared(figures).any(|(_, actual, baseline)| actual < baseline) {
        entries.push(Entry::key(Sample::Frame(ADDED), words.saved));
    }
    if figures.baseline.iter().any(Option::is_some) {
        entries.push(Entry::key(Sample::Line(LINE), words.baseline));
    }
    entries.extend(layout::state_keys(&figures.actual, figures.incomplete_days, words));
    entries
}
