//! The two axes: lines at round amounts, and days with weekends and months.

use jiff::civil::{Date, Weekday};

use super::{APART, INSIDE, LABEL, STRONG};
use crate::Locale;
use crate::color::{AXIS, GRID, MUTED, TEXT, WEEKEND};
use crate::geometry::{Area, Point, Span, number};
use crate::scale::Scale;
use crate::scene::{Scene, Text, WIDTH};

/// Pixels from the labels of amounts to the plot.
const GUTTER: f32 = 14.0;
/// Pixels of the widest label.
const WIDEST: f32 = 300.0;
/// Pixels of a line of the grid, and of the one at zero.
const THIN: f32 = 2.0;
/// From a text's baseline to the middle of its digits, in parts of its size.
const MIDDLE: f32 = 0.37;
/// Pixels from the plot to the labels of days. The label of the lowest amount reaches 17 below it.
const BELOW: f32 = 20.0;
/// Pixels of the mark between a day and its label.
const TICK: f32 = 9.0;
/// Where labels of days may be: somewhat beyond the plot, so that the last day's is below its bar.
const LABELS: Span = Span::new(10.0, WIDTH - 10.0);
/// Share of a day's width that its bar has.
const BAR: f32 = 0.74;

/// An axis of amounts with its labels.
#[derive(Debug)]
pub(crate) struct Amounts {
    pub(crate) scale: Scale,
    labels: Vec<String>,
}

impl Amounts {
    /// An axis that holds all amounts from `low` to `high`.
    pub(crate) fn new(low: f64, high: f64, locale: &Locale) -> Self {
        let scale = Scale::new(low, high, 5);
        let labels = locale.currency.axis(&scale.values, scale.step, locale.words);
        let labels = labels.iter().map(|it| LABEL.cut(it, WIDEST)).collect();
        Self { scale, labels }
    }

    /// What the labels leave of the picture's width.
    pub(crate) fn plot(&self) -> Span {
        let widest = self.labels.iter().map(|it| LABEL.width(it)).fold(0.0, f32::max);
        Span::new((INSIDE.start + widest + GUTTER).ceil(), INSIDE.end)
    }

    /// Draws the lines, each with its amount.
    pub(crate) fn draw(&self, scene: &mut Scene, across: Span, down: Span) {
        for (value, label) in self.scale.values.iter().zip(&self.labels) {
            let y = self.scale.range.place(*value, down).round();
            scene.fill(horizontal(across, y), GRID);
            let baseline = y + LABEL.size * MIDDLE;
            let text = Text::new(label, LABEL, MUTED, 0.0, baseline);
            scene.text(text.ending_at(across.start - GUTTER));
        }
    }

    /// Draws the line at zero, over the bars.
    pub(crate) fn draw_zero(&self, scene: &mut Scene, across: Span, down: Span) {
        scene.fill(horizontal(across, self.scale.range.place(0.0, down).round()), AXIS);
    }
}

fn horizontal(across: Span, y: f32) -> Area {
    Area::of(across, Span::new(y - THIN / 2.0, y + THIN / 2.0))
}

/// An axis of days.
#[derive(Debug)]
pub(crate) struct Days {
    pub(crate) dates: Vec<Date>,
    pub(crate) across: Span,
}

impl Days {
    /// The stretch of a day.
    pub(crate) fn slot(&self, day: usize) -> Span {
        let width = self.across.width() / number(self.dates.len());
        let start = self.across.start + width * number(day);
        Span::new(start, start + width)
    }

    /// The stretch of a day's bar, of whole pixels.
    pub(crate) fn bar(&self, day: usize) -> Span {
        let slot = self.slot(day);
        let width = (slot.width() * BAR).round().max(1.0);
        let start = (slot.center() - width / 2.0).round();
        Span::new(start, start + width)
    }

    /// The stretch of some days, or `None` where none of them is shown.
    pub(crate) fn stretch(&self, first: Date, last: Date) -> Option<Span> {
        let shown = |date: &Date| (first..=last).contains(date);
        let start = self.dates.iter().position(shown)?;
        let end = self.dates.iter().rposition(shown)?;
        Some(Span::new(self.slot(start).start.round(), self.slot(end).end.round()))
    }

    /// Draws what is behind everything: weekends.
    pub(crate) fn draw_weekends(&self, scene: &mut Scene, down: Span) {
        for (day, date) in self.dates.iter().enumerate() {
            if matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) {
                let slot = self.slot(day);
                let whole = Span::new(slot.start.round(), slot.end.round());
                scene.fill(Area::of(whole, down), WEEKEND);
            }
        }
    }

    /// Draws a line where a month begins within the plot.
    pub(crate) fn draw_months(&self, scene: &mut Scene, down: Span) {
        for (day, _) in self.dates.iter().enumerate().skip(1).filter(|(_, date)| date.day() == 1) {
            let x = self.slot(day).start.round();
            let line = Span::new(x - THIN / 2.0, x + THIN / 2.0);
            scene.fill(Area::of(line, Span::new(down.start, down.end + TICK)), AXIS);
        }
    }

    /// Draws the days' labels below `top`, those of `preferred` days before others, and tells where
    /// they end. A label that has no room is left out.
    pub(crate) fn draw_labels(
        &self,
        scene: &mut Scene,
        top: f32,
        preferred: &[Date],
        locale: &Locale,
    ) -> f32 {
        let baseline = top + BELOW + LABEL.ascent();
        let mut taken: Vec<Span> = Vec::new();
        for (day, date) in self.by_importance(preferred) {
            let is_first = date.day() == 1;
            let (style, color) = if is_first { (STRONG, TEXT) } else { (LABEL, MUTED) };
            let text = Text::new(&(locale.words.day)(date), style, color, 0.0, baseline);
            let center = self.slot(day).center();
            let place = Span::centered(center, text.width(), LABELS);
            if taken.iter().any(|it| it.widened(APART).overlaps(place)) {
                continue;
            }
            taken.push(place);
            scene.text(text.centered_in(place));
            let (from, to) = (Point::new(center, top + 1.0), Point::new(center, top + TICK));
            scene.line(vec![from, to], AXIS, THIN);
        }
        baseline + LABEL.descent()
    }

    /// The days that may have a label: firsts of months, preferred ones, the last one, Mondays.
    fn by_importance(&self, preferred: &[Date]) -> Vec<(usize, Date)> {
        let rank = |day: usize, date: Date| match date {
            _ if date.day() == 1 => Some(0),
            _ if preferred.contains(&date) => Some(1),
            _ if day + 1 == self.dates.len() => Some(2),
            _ if date.weekday() == Weekday::Monday => Some(3),
            _ => None,
        };
        let days = self.dates.iter().enumerate().map(|(day, date)| (day, *date));
        let mut ranked: Vec<_> =
            days.filter_map(|(day, date)| Some((rank(day, date)?, day, date))).collect();
        // Of equals the later one goes first: what is new matters more.
        ranked.sort_by_key(|(rank, day, _)| (*rank, usize::MAX - day));
        ranked.into_iter().map(|(_, day, date)| (day, date)).collect()
    }
}
