//! What is written above the bars: names of events over their days, labels of marked days.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::axis::Days;
use super::bars::Plot;
use super::lanes::{Lanes, ROW};
use super::{LABEL, STRONG};
use crate::Locale;
use crate::color::{Color, EVENT, EVENT_EDGE, EVENT_TEXT, MARK};
use crate::figures::Window;
use crate::font::Style;
use crate::geometry::{Area, Point, Span, number};
use crate::scene::{Scene, Text};

/// A day that stands out, such as a spike.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The day.
    pub day: Date,
    /// What to say of it, short: `EC2 +$320`.
    pub label: String,
}

/// Pixels between the rows of labels and the plot: the highest bar's mark is there.
const HEADROOM: f32 = 30.0;
/// Widest label in pixels; an event's name may be as wide as the event, too.
const WIDEST: f32 = 420.0;
/// Pixels of a band's upper edge.
const EDGE: f32 = 3.0;
/// Half the width, the height, and the distance from the bar of a mark.
const HALF: f32 = 11.0;
const HEIGHT: f32 = 16.0;
const ABOVE: f32 = 6.0;
/// Pixels of the line from a mark to its label.
const LINE: f32 = 2.0;

/// Notes with their places.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    bands: Vec<Span>,
    /// Days with a mark, each with the row of its label, if there was room for one.
    marks: Vec<(usize, Option<usize>)>,
    /// Labels with their rows.
    labels: Vec<(Label, usize)>,
    lanes: Lanes,
}

#[derive(Debug)]
struct Label {
    content: String,
    style: Style,
    color: Color,
    place: Span,
}

/// Where a mark's label is.
#[derive(Clone, Copy, Debug)]
enum Side {
    /// Over the mark.
    Over,
    /// From the mark to the right, as a flag: so marks of days in a row have room.
    Right,
}

/// Labels of the days that have marks.
type ByDay<'a> = BTreeMap<usize, Vec<&'a str>>;

impl Notes {
    /// Finds places for the notes of the days that are shown. Two marks of a day become one.
    pub(crate) fn new(days: &Days, windows: &[Window], marks: &[Mark], locale: &Locale) -> Self {
        let mut by_day = ByDay::new();
        for mark in marks {
            if let Some(day) = days.dates.iter().position(|date| *date == mark.day) {
                by_day.entry(day).or_default().push(&mark.label);
            }
        }
        let marked = |side| Self::marked(days, &by_day, side, locale);
        let mut notes = marked(Side::Over);
        if notes.labels.len() < notes.marks.len() {
            let flags = marked(Side::Right);
            notes = if flags.labels.len() > notes.labels.len() { flags } else { notes };
        }
        for window in windows {
            if let Some(band) = days.stretch(window.first_day, window.last_day) {
                notes.add(&window.name, (LABEL, EVENT_TEXT), band, None, days.across);
                notes.bands.push(band);
            }
        }
        notes
    }

    /// Notes of marks alone, from the last day to the first.
    fn marked(days: &Days, by_day: &ByDay<'_>, side: Side, locale: &Locale) -> Self {
        let mut notes = Self::default();
        for (day, labels) in by_day.iter().rev() {
            let (x, label) = (days.slot(*day).center(), labels.join(locale.words.list));
            let over = match side {
                Side::Over => Span::new(x, x),
                Side::Right => Span::new(x, x + STRONG.width(&STRONG.cut(&label, WIDEST))),
            };
            let row = notes.add(&label, (STRONG, MARK), over, Some(x), days.across);
            notes.marks.push((*day, row));
        }
        notes
    }

    /// Adds a label in the middle of a stretch, as wide as that or as a label may be, within the plot,
    /// if there is room. Tells its row.
    fn add(
        &mut self,
        content: &str,
        (style, color): (Style, Color),
        over: Span,
        line: Option<f32>,
        plot: Span,
    ) -> Option<usize> {
        let content = style.cut(content, over.width().max(WIDEST));
        let place = Span::centered(over.center(), style.width(&content), plot);
        let row = self.lanes.place(place, line)?;
        self.labels.push((Label { content, style, color, place }, row));
        Some(row)
    }

    /// Pixels that the notes need above the plot.
    pub(crate) fn height(&self) -> f32 {
        let headroom = if self.marks.is_empty() { 0.0 } else { HEADROOM };
        self.lanes.height() + headroom
    }

    /// Draws the events' bands, from the first row of labels to the plot's end.
    pub(crate) fn draw_bands(&self, scene: &mut Scene, plot: Span) {
        let down = Span::new(plot.start - self.height(), plot.end);
        for band in &self.bands {
            scene.fill(Area::of(*band, down), EVENT);
            let edge = Span::new(down.start, down.start + EDGE);
            scene.fill(Area::of(*band, edge), EVENT_EDGE);
        }
    }

    /// Draws labels, and marks above the bars, whose tops `top_of` tells.
    pub(crate) fn draw(&self, scene: &mut Scene, plot: &Plot<'_>, top_of: impl Fn(usize) -> f32) {
        let bottom = plot.down.start - self.height() + self.lanes.height();
        for (day, row) in &self.marks {
            let (x, y) = (plot.days.slot(*day).center(), top_of(*day) - ABOVE);
            if let Some(row) = row {
                let top = bottom - number(*row) * ROW;
                scene.line(vec![Point::new(x, top), Point::new(x, y - HEIGHT)], MARK, LINE);
            }
            let (left, right) =
                (Point::new(x - HALF, y - HEIGHT), Point::new(x + HALF, y - HEIGHT));
            scene.shape(vec![left, right, Point::new(x, y)], MARK);
        }
        for (label, row) in &self.labels {
            let lowest = bottom - number(*row) * ROW - label.style.descent();
            let text = Text::new(&label.content, label.style, label.color, 0.0, lowest);
            scene.text(text.centered_in(label.place));
        }
    }
}
