//! How fast cost grows: each group's months in a small chart of its own.

use jiff::civil::Date;

use crate::color::{AXIS, Color, DECLINE, GROUPS, GROWTH, MUTED, OTHER, TEXT};
use crate::error::Error;
use crate::figures::{self, Group};
use crate::geometry::{Area, Span, number};
use crate::layout::bars::draw_missing;
use crate::layout::header::{self, Header};
use crate::layout::legend::{self, Entry, Sample};
use crate::layout::{APART, BOTTOM, INSIDE, LABEL, STRONG, state_keys};
use crate::scale::Range;
use crate::scene::{Scene, Text};
use crate::{Locale, raster};

/// Figures of a [`pace`] chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Pace {
    /// The title, such as `Growth by purpose`.
    pub title: String,
    /// A line below it, or nothing.
    pub subtitle: String,
    /// A day of the first month.
    pub first_month: Date,
    /// The groups in the order of their charts. Of more than nine, the eight of most weight are drawn,
    /// and the sum of the rest.
    pub groups: Vec<Growth>,
    /// Whether the last month isn't over, or its figures aren't final.
    pub is_last_incomplete: bool,
}

/// A group and how fast it grows.
#[derive(Clone, Debug, PartialEq)]
pub struct Growth {
    /// The cost of each month.
    pub group: Group,
    /// Growth a month, as a share: `0.08` for 8 %. `None` where there is too little to tell.
    pub a_month: Option<f64>,
}

/// Months that a chart shows at most.
pub const MOST_MONTHS: usize = 13;

/// Charts in a picture at most.
const PANELS: usize = 9;
/// Pixels between two charts.
const GUTTER: f32 = 40.0;
/// Pixels between the header and the charts.
const ABOVE: f32 = 8.0;
/// Height of the bars and of a whole chart, in pixels.
const BARS: f32 = 96.0;
const PANEL: f32 = 240.0;
/// Height of a line of text.
const LINE: f32 = 38.0;
/// Share of a month's width that its bar has.
const BAR: f32 = 0.78;
/// A growth of more than this many percent is only said to be more.
const MOST_PERCENT: f64 = 999.0;

/// Draws the growth of each group, as a PNG of 1100 pixels' width.
pub fn pace(figures: &Pace, locale: &Locale) -> Result<Vec<u8>, Error> {
    scene(figures, locale).map(|scene| raster::png(&scene))
}

/// What the chart shows.
pub(crate) fn scene(figures: &Pace, locale: &Locale) -> Result<Scene, Error> {
    let months = check(figures)?;
    let months = figures::months(figures.first_month, months);
    let panels = panels(figures, locale);
    let mut scene = Scene::default();
    let header = Header { title: &figures.title, subtitle: &figures.subtitle, figure: None };
    let top = (header::draw(&mut scene, &header) + ABOVE).ceil();
    let columns = match panels.len() {
        few @ 1..=3 => few,
        4 => 2,
        _ => 3,
    };
    let width = (INSIDE.width() - GUTTER * number(columns - 1)) / number(columns);
    for (index, (growth, color)) in panels.iter().enumerate() {
        let (column, row) = (index % columns, index / columns);
        let left = (INSIDE.start + number(column) * (width + GUTTER)).round();
        let panel = Panel {
            growth,
            color: *color,
            months: &months,
            across: Span::new(left, left + width),
            top: top + number(row) * PANEL,
            is_last_incomplete: figures.is_last_incomplete,
        };
        panel.draw(&mut scene, locale);
    }
    let bottom = top + number(panels.len().div_ceil(columns)) * PANEL;
    scene.height = legend::draw(&mut scene, bottom, &entries(figures, locale)) + BOTTOM;
    Ok(scene)
}

fn check(figures: &Pace) -> Result<usize, Error> {
    let months = figures.groups.first().map_or(0, |growth| growth.group.costs.len());
    figures::check_columns(months, MOST_MONTHS)?;
    for Growth { group, a_month } in &figures.groups {
        figures::check(&group.name, &group.costs, months)?;
        figures::check(&group.name, &[*a_month], 1)?;
    }
    Ok(months)
}

/// The charts with their colours: all groups, or those of most weight and the sum of the rest.
fn panels(figures: &Pace, locale: &Locale) -> Vec<(Growth, Color)> {
    let keep = if figures.groups.len() > PANELS { PANELS - 1 } else { PANELS };
    let groups: Vec<_> = figures.groups.iter().map(|growth| &growth.group).collect();
    let (kept, other) = figures::fold(&groups, keep, locale.words);
    let kept = kept.into_iter().map(|place| figures.groups[place].clone());
    let other = other.map(|group| Growth { group, a_month: None });
    kept.chain(other).zip(GROUPS.into_iter().chain([OTHER])).collect()
}

/// One group's chart.
struct Panel<'a> {
    growth: &'a Growth,
    color: Color,
    months: &'a [Date],
    across: Span,
    top: f32,
    is_last_incomplete: bool,
}

impl Panel<'_> {
    fn draw(&self, scene: &mut Scene, locale: &Locale) {
        let name = STRONG.cut_name(&self.growth.group.name, self.across.width());
        let baseline = self.top + STRONG.ascent();
        scene.text(Text::new(&name, STRONG, TEXT, self.across.start, baseline));
        self.draw_amounts(scene, baseline + LINE, locale);
        let bars = self.top + 2.0 * LINE + 14.0;
        self.draw_bars(scene, Span::new(bars, bars + BARS));
        self.draw_months(scene, bars + BARS + LABEL.ascent() + 4.0, locale);
    }

    /// The latest whole month's cost at the left, the growth at the right.
    fn draw_amounts(&self, scene: &mut Scene, baseline: f32, locale: &Locale) {
        let mut left_room = self.across.width();
        if let Some(share) = self.growth.a_month {
            let (percent, color) = percent(share);
            let growth = (locale.words.a_month)(&percent);
            let growth =
                Text::new(&growth, STRONG, color, 0.0, baseline).ending_at(self.across.end);
            left_room -= growth.width() + APART;
            scene.text(growth);
        }
        let costs = &self.growth.group.costs;
        let whole = costs.len() - usize::from(self.is_last_incomplete && costs.len() > 1);
        let latest = costs[..whole].last().copied().flatten();
        let fits = |written: &str| LABEL.width(written) <= left_room;
        let amount = match latest {
            Some(amount) => locale.currency.short_amount(amount, locale.words, fits),
            None => locale.words.missing.to_owned(),
        };
        let amount = LABEL.cut(&amount, left_room);
        scene.text(Text::new(&amount, LABEL, MUTED, self.across.start, baseline));
    }

    fn draw_bars(&self, scene: &mut Scene, down: Span) {
        let costs = &self.growth.group.costs;
        let known = || costs.iter().flatten().copied();
        let range = Range::new(known().fold(0.0, f64::min), known().fold(0.0, f64::max));
        let y = |amount: f64| range.place(amount, down).round();
        let slot = self.across.width() / number(costs.len());
        let width = (slot * BAR).round();
        for (month, cost) in costs.iter().enumerate() {
            let left = (self.across.start + slot * number(month) + (slot - width) / 2.0).round();
            let across = Span::new(left, left + width);
            let Some(cost) = cost else {
                draw_missing(scene, across, y(0.0), down);
                continue;
            };
            let bar = Area::of(across, Span::new(y(0.0), y(*cost)));
            scene.fill(bar, self.color);
            if self.is_last_incomplete && month + 1 == costs.len() {
                scene.stripes(bar);
            }
        }
        let zero = Span::new(y(0.0) - 1.0, y(0.0) + 1.0);
        scene.fill(Area::of(self.across, zero), AXIS);
    }

    /// The first month at the left, the last at the right.
    fn draw_months(&self, scene: &mut Scene, baseline: f32, locale: &Locale) {
        let text = |month: &Date| {
            let month = (locale.words.month)(*month);
            Text::new(&month, LABEL, MUTED, self.across.start, baseline)
        };
        if let Some(last) = self.months.last() {
            scene.text(text(last).ending_at(self.across.end));
        }
        if let [first, _, ..] = self.months {
            scene.text(text(first));
        }
    }
}

/// A growth with its sign, such as `+8.3 %`, and its colour.
fn percent(share: f64) -> (String, Color) {
    let percent = share * 100.0;
    let decimals = usize::from(percent.abs() < 9.95);
    let written = format!("{:.decimals$}", percent.abs().min(MOST_PERCENT));
    let more = if percent.abs() > MOST_PERCENT { ">" } else { "" };
    let is_zero = written.bytes().all(|it| matches!(it, b'0' | b'.'));
    let (sign, color) = match percent {
        _ if is_zero => ("±", MUTED),
        percent if percent < 0.0 => ("-", DECLINE),
        _ => ("+", GROWTH),
    };
    (format!("{more}{sign}{written} %"), color)
}

fn entries(figures: &Pace, locale: &Locale) -> Vec<Entry> {
    let costs = figures.groups.iter().flat_map(|growth| &growth.group.costs).copied();
    let costs: Vec<_> = costs.collect();
    let incomplete = usize::from(figures.is_last_incomplete);
    let remark = Entry::key(Sample::Nothing, locale.words.own_scales);
    state_keys(&costs, incomplete, locale.words).chain([remark]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_has_a_sign_and_few_digits() {
        for (share, written) in [
            (0.083, "+8.3 %"),
            (0.1249, "+12 %"),
            (-0.004, "-0.4 %"),
            (0.0, "±0.0 %"),
            (-0.0001, "±0.0 %"),
            (0.0999, "+10 %"),
            (42.0, ">+999 %"),
        ] {
            assert_eq!(percent(share).0, written);
        }
    }
}
