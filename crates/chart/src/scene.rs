//! What a picture shows, before it is drawn: shapes and measured texts. The tests look at this.

use crate::color::Color;
use crate::font::Style;
use crate::geometry::{Area, Point, Span};

/// Width of every picture, in pixels. Discord shows it at about 400, so this is 2x and more.
pub(crate) const WIDTH: f32 = 1100.0;

/// A picture's content, from back to front.
#[derive(Debug, Default)]
pub(crate) struct Scene {
    pub(crate) items: Vec<Item>,
    /// Where the last row of content ends.
    pub(crate) height: f32,
}

/// A thing in a picture.
#[derive(Debug)]
pub(crate) enum Item {
    /// A filled rectangle.
    Fill { area: Area, color: Color },
    /// Stripes of the background over a rectangle: figures that aren't final.
    Stripes { area: Area },
    /// A dashed frame inside a rectangle: figures that are missing.
    Frame { area: Area, color: Color },
    /// A line through points.
    Line { points: Vec<Point>, color: Color, width: f32, is_dashed: bool },
    /// A filled shape with corners.
    Shape { corners: Vec<Point>, color: Color },
    /// A text.
    Text(Text),
}

/// A text in one line.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub(crate) content: String,
    pub(crate) style: Style,
    pub(crate) color: Color,
    pub(crate) left: f32,
    pub(crate) baseline: f32,
    width: f32,
}

impl Text {
    /// A text that starts at `left`, on a baseline of whole pixels.
    pub(crate) fn new(content: &str, style: Style, color: Color, left: f32, baseline: f32) -> Self {
        let (width, baseline) = (style.width(content), baseline.round());
        Self { content: content.to_owned(), style, color, left, baseline, width }
    }

    /// The same, ending at `right`.
    pub(crate) fn ending_at(self, right: f32) -> Self {
        Self { left: right - self.width, ..self }
    }

    /// The same in the middle of a stretch.
    pub(crate) fn centered_in(self, span: Span) -> Self {
        Self { left: span.center() - self.width / 2.0, ..self }
    }

    pub(crate) fn width(&self) -> f32 {
        self.width
    }

    /// Where its ink is.
    #[cfg(test)]
    pub(crate) fn area(&self) -> Area {
        let (top, bottom) =
            (self.baseline - self.style.ascent(), self.baseline + self.style.descent());
        Area::new(self.left, top, self.left + self.width, bottom)
    }
}

impl Scene {
    pub(crate) fn fill(&mut self, area: Area, color: Color) {
        self.items.push(Item::Fill { area, color });
    }

    pub(crate) fn stripes(&mut self, area: Area) {
        self.items.push(Item::Stripes { area });
    }

    pub(crate) fn frame(&mut self, area: Area, color: Color) {
        self.items.push(Item::Frame { area, color });
    }

    pub(crate) fn line(&mut self, points: Vec<Point>, color: Color, width: f32) {
        self.items.push(Item::Line { points, color, width, is_dashed: false });
    }

    pub(crate) fn dashes(&mut self, from: Point, to: Point, color: Color, width: f32) {
        self.items.push(Item::Line { points: vec![from, to], color, width, is_dashed: true });
    }

    pub(crate) fn shape(&mut self, corners: Vec<Point>, color: Color) {
        self.items.push(Item::Shape { corners, color });
    }

    /// Adds a text; an empty one is left out.
    pub(crate) fn text(&mut self, text: Text) {
        if !text.content.is_empty() {
            self.items.push(Item::Text(text));
        }
    }
}
