//! Cost of each day as stacked bars.

use jiff::civil::Date;

use crate::color::{BUDGET, Color, GROUPS, LINE, OTHER};
use crate::error::Error;
use crate::figures::{self, Group, Window};
use crate::geometry::{Point, Span};
use crate::layout::axis::{Amounts, Days};
use crate::layout::bars::{LINE_WIDTH, Plot};
use crate::layout::header::{self, Header};
use crate::layout::legend::{self, Entry, Sample};
use crate::layout::notes::{Mark, Notes};
use crate::scene::Scene;
use crate::{Locale, layout, raster};

/// Figures of a [`daily`] chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Daily {
    /// The title, such as `Cost of the last 30 days`.
    pub title: String,
    /// A line below it, or nothing.
    pub subtitle: String,
    /// The first day. Each group has a figure for it and for each day after it.
    pub first_day: Date,
    /// The groups, from the bottom of the bars to the top. A group's colour follows its place: keep
    /// their order from one report to the next. Of more than eight, the eight of most weight are
    /// drawn, and the sum of the rest. A day for which no group has a figure is drawn as missing.
    pub groups: Vec<Group>,
    /// How many of the last days have figures that aren't final.
    pub incomplete_days: usize,
    /// The 7-day median of all groups' sum, one value a day; or nothing.
    pub median: Vec<Option<f64>>,
    /// What a day may cost by the budget.
    pub budget_per_day: Option<f64>,
    /// Days that stand out.
    pub marks: Vec<Mark>,
    /// Times that were planned to cost more.
    pub events: Vec<Window>,
}

/// Days that a chart shows at most.
pub const MOST_DAYS: usize = 62;

/// Height of the plot in pixels.
pub(crate) const PLOT: f32 = 350.0;
/// A budget that is this many times above all days isn't in the plot: it would flatten the bars.
const FAR: f64 = 2.0;

/// Draws the cost of each day as stacked bars, as a PNG of 1100 pixels' width.
///
/// Marks and events of days that aren't shown are left out.
pub fn daily(figures: &Daily, locale: &Locale) -> Result<Vec<u8>, Error> {
    scene(figures, locale).map(|scene| raster::png(&scene))
}

/// What the chart shows.
pub(crate) fn scene(figures: &Daily, locale: &Locale) -> Result<Scene, Error> {
    let count = check(figures)?;
    let groups = colored(&figures.groups, locale);
    let totals: Vec<_> = (0..count)
        .map(|day| figures::sum(groups.iter().map(|(group, _)| group.costs[day])))
        .collect();

    let (low, high) = extent(&groups, figures, count);
    let budget_is_near = figures.budget_per_day.is_some_and(|budget| budget <= high * FAR);
    let budget = figures.budget_per_day.filter(|_| budget_is_near);
    let amounts = Amounts::new(low, high.max(budget.unwrap_or(0.0)), locale);
    let days = Days { dates: figures::days(figures.first_day, count), across: amounts.plot() };
    let notes = Notes::new(&days, &figures.events, &figures.marks, locale);

    let mut scene = Scene::default();
    let header = Header { title: &figures.title, subtitle: &figures.subtitle, figure: None };
    let top = (header::draw(&mut scene, &header) + notes.height() + layout::TOP).ceil();
    let plot = Plot { amounts: &amounts, days: &days, down: Span::new(top, top + PLOT) };
    plot.draw_ground(&mut scene, &notes);
    let tops = draw_bars(&mut scene, &plot, &groups, &totals, figures.incomplete_days);
    amounts.draw_zero(&mut scene, days.across, plot.down);
    draw_lines(&mut scene, &plot, &figures.median, budget);
    notes.draw(&mut scene, &plot, |day| tops[day]);
    let bottom = days.draw_labels(&mut scene, plot.down.end, &[], locale);
    let entries = entries(figures, &groups, &totals, budget_is_near, locale);
    scene.height = legend::draw(&mut scene, bottom + layout::BETWEEN, &entries) + layout::BOTTOM;
    Ok(scene)
}

type Colored = (Group, Color);

/// The groups that are drawn: of most weight with a colour each, and the sum of the rest.
fn colored(groups: &[Group], locale: &Locale) -> Vec<Colored> {
    let all: Vec<_> = groups.iter().collect();
    let (kept, other) = figures::fold(&all, GROUPS.len(), locale.words);
    let kept = kept.into_iter().map(|place| groups[place].clone());
    kept.zip(GROUPS).chain(other.map(|other| (other, OTHER))).collect()
}

fn check(figures: &Daily) -> Result<usize, Error> {
    let days = figures::check_groups(&figures.groups, MOST_DAYS)?;
    if !figures.median.is_empty() {
        figures::check("median", &figures.median, days)?;
    }
    figures::check("budget", &[figures.budget_per_day], 1)?;
    Ok(days)
}

/// The lowest and highest end of all bars and of the medians.
fn extent(groups: &[Colored], figures: &Daily, days: usize) -> (f64, f64) {
    let side = |day: usize, keep: fn(&f64) -> bool| {
        groups.iter().filter_map(|(group, _)| group.costs[day]).filter(keep).sum::<f64>()
    };
    let medians = figures.median.iter().flatten().copied();
    let ends = (0..days).flat_map(|day| [side(day, |it| *it < 0.0), side(day, |it| *it > 0.0)]);
    ends.chain(medians).fold((0.0, 0.0), |(low, high), end| (low.min(end), high.max(end)))
}

/// Draws the bars, and tells where the top of each is.
fn draw_bars(
    scene: &mut Scene,
    plot: &Plot<'_>,
    groups: &[Colored],
    totals: &[Option<f64>],
    incomplete: usize,
) -> Vec<f32> {
    let first_incomplete = totals.len().saturating_sub(incomplete);
    let mut tops = Vec::new();
    for (day, total) in totals.iter().enumerate() {
        if total.is_none() {
            plot.missing(scene, day);
            tops.push(plot.y(0.0));
            continue;
        }
        let parts = groups.iter().filter_map(|(group, color)| Some((group.costs[day]?, *color)));
        let bar = plot.stack(scene, day, parts);
        if day >= first_incomplete {
            scene.stripes(bar);
        }
        tops.push(bar.top);
    }
    tops
}

fn draw_lines(scene: &mut Scene, plot: &Plot<'_>, median: &[Option<f64>], budget: Option<f64>) {
    if let Some(budget) = budget {
        let (y, across) = (plot.y(budget), plot.days.across);
        let (from, to) = (Point::new(across.start, y), Point::new(across.end, y));
        scene.dashes(from, to, BUDGET, LINE_WIDTH);
    }
    plot.line(scene, median, LINE);
}

fn entries(
    figures: &Daily,
    groups: &[Colored],
    totals: &[Option<f64>],
    budget_is_near: bool,
    locale: &Locale,
) -> Vec<Entry> {
    let Locale { words, currency } = locale;
    let total = |(group, _): &Colored| group.costs.iter().flatten().sum();
    let amounts = currency.amounts(&groups.iter().map(total).collect::<Vec<f64>>());
    let named = groups.iter().zip(amounts).map(|((group, color), amount)| Entry {
        sample: Sample::Fill(*color),
        name: group.name.clone(),
        amount: Some(amount),
    });
    let mut entries: Vec<_> = named.collect();
    if figures.median.iter().any(Option::is_some) {
        entries.push(Entry::key(Sample::Line(LINE), words.median));
    }
    if let Some(budget) = figures.budget_per_day {
        let name = if budget_is_near { words.budget } else { words.budget_above };
        entries.push(Entry::key(Sample::Dashes(BUDGET), name(&currency.amount(budget))));
    }
    entries.extend(layout::state_keys(totals, figures.incomplete_days, words));
    entries
}
