//! Bars and lines over them.

use super::axis::{Amounts, Days};
use super::notes::Notes;
use crate::color::{BACKGROUND, Color, MUTED};
use crate::geometry::{Area, Point, Span};
use crate::scene::Scene;

/// Pixels of a line over bars, and of the dark edge that sets it off from them.
pub(crate) const LINE_WIDTH: f32 = 4.0;
const LINE_EDGE: f32 = 8.0;
/// Pixels between the parts of a bar, where they are high enough to spare them.
const SEAM: f32 = 2.0;
const HIGH: f32 = 6.0;
/// Height of the frame that stands for a missing bar, in parts of the plot's, and in pixels at least.
const FRAME: f32 = 0.16;
const LEAST_FRAME: f32 = 28.0;

/// Draws what stands for a bar that is missing, where bars stand on `zero` within `down`.
pub(crate) fn draw_missing(scene: &mut Scene, across: Span, zero: f32, down: Span) {
    let height = (down.width() * FRAME).round().max(LEAST_FRAME);
    // Where zero is the top of the plot, all bars hang from it.
    let end = if zero - height >= down.start { zero - height } else { zero + height };
    scene.frame(Area::of(across, Span::new(zero, end)), MUTED);
}

/// The part of a picture where bars are.
#[derive(Debug)]
pub(crate) struct Plot<'a> {
    pub(crate) amounts: &'a Amounts,
    pub(crate) days: &'a Days,
    pub(crate) down: Span,
}

impl Plot<'_> {
    /// Draws what is behind the bars: weekends, events, lines at round amounts and at months.
    pub(crate) fn draw_ground(&self, scene: &mut Scene, notes: &Notes) {
        self.days.draw_weekends(scene, self.down);
        notes.draw_bands(scene, self.down);
        self.amounts.draw(scene, self.days.across, self.down);
        self.days.draw_months(scene, self.down);
    }

    /// Height of an amount, in whole pixels.
    pub(crate) fn y(&self, amount: f64) -> f32 {
        self.amounts.scale.range.place(amount, self.down).round()
    }

    /// Draws a bar of parts, those above zero on each other, those below zero below each other.
    /// Tells the area from its top to its bottom.
    pub(crate) fn stack(
        &self,
        scene: &mut Scene,
        day: usize,
        parts: impl Iterator<Item = (f64, Color)>,
    ) -> Area {
        let across = self.days.bar(day);
        let (mut above, mut below) = (0.0, 0.0);
        for (cost, color) in parts {
            let side = if cost < 0.0 { &mut below } else { &mut above };
            let (from, to) = (self.y(*side), self.y(*side + cost));
            *side += cost;
            let is_high = (to - from).abs() >= HIGH && from.total_cmp(&self.y(0.0)).is_ne();
            let seam = if is_high { SEAM.copysign(to - from) } else { 0.0 };
            scene.fill(Area::of(across, Span::new(from + seam, to)), color);
        }
        Area::of(across, Span::new(self.y(above), self.y(below)))
    }

    /// Draws what stands for a bar that is missing.
    pub(crate) fn missing(&self, scene: &mut Scene, day: usize) {
        draw_missing(scene, self.days.bar(day), self.y(0.0), self.down);
    }

    /// Draws a line from day to day, with gaps where it has no value.
    pub(crate) fn line(&self, scene: &mut Scene, values: &[Option<f64>], color: Color) {
        self.runs(scene, values, color, |day, y| {
            let bar = self.days.bar(day);
            // A day alone has a line as wide as its bar.
            let is_alone =
                |other: Option<usize>| other.and_then(|other| *values.get(other)?).is_none();
            if is_alone(day.checked_sub(1)) && is_alone(Some(day + 1)) {
                vec![Point::new(bar.start, y), Point::new(bar.end, y)]
            } else {
                vec![Point::new(bar.center(), y)]
            }
        });
    }

    /// Draws a line of steps, one a day, with gaps where it has no value.
    pub(crate) fn steps(&self, scene: &mut Scene, values: &[Option<f64>], color: Color) {
        self.runs(scene, values, color, |day, y| {
            let slot = self.days.slot(day);
            vec![Point::new(slot.start.round(), y), Point::new(slot.end.round(), y)]
        });
    }

    /// Draws each run of days with values as one line, set off from what is below it.
    fn runs(
        &self,
        scene: &mut Scene,
        values: &[Option<f64>],
        color: Color,
        points: impl Fn(usize, f32) -> Vec<Point>,
    ) {
        let known: Vec<_> =
            values.iter().enumerate().map(|(day, value)| Some((day, (*value)?))).collect();
        for run in known.split(Option::is_none) {
            let run = run.iter().flatten().flat_map(|(day, value)| points(*day, self.y(*value)));
            let run: Vec<Point> = run.collect();
            scene.line(run.clone(), BACKGROUND, LINE_EDGE);
            scene.line(run, color, LINE_WIDTH);
        }
    }
}
