//! Title, subtitle, and at the right the figure that the chart is about.

use super::{APART, EDGE, FIGURE, INSIDE, LABEL, TITLE};
use crate::color::{Color, MUTED, TEXT};
use crate::font::Style;
use crate::scene::{Scene, Text};

/// The top of a picture.
#[derive(Debug)]
pub(crate) struct Header<'a> {
    pub(crate) title: &'a str,
    /// Left out where empty.
    pub(crate) subtitle: &'a str,
    pub(crate) figure: Option<Figure<'a>>,
}

/// An amount in large digits, and what it is.
#[derive(Debug)]
pub(crate) struct Figure<'a> {
    pub(crate) amount: String,
    pub(crate) caption: &'a str,
    pub(crate) color: Color,
}

/// Pixels from the last line to what follows.
const BELOW: f32 = 14.0;
/// Pixels from one line's ink to the next one's.
const BETWEEN: f32 = 2.0;

/// Draws a header, and tells where it ends.
pub(crate) fn draw(scene: &mut Scene, header: &Header<'_>) -> f32 {
    let (top_style, has_second) = match &header.figure {
        Some(_) => (FIGURE, true),
        None => (TITLE, !header.subtitle.is_empty()),
    };
    let first = EDGE - 10.0 + top_style.ascent();
    let second = first + top_style.descent() + BETWEEN + LABEL.ascent();
    let (amount, caption, color) = match &header.figure {
        Some(figure) => (figure.amount.as_str(), figure.caption, figure.color),
        None => ("", "", TEXT),
    };
    pair(scene, first, (header.title, TITLE, TEXT), (amount, FIGURE, color));
    pair(scene, second, (header.subtitle, LABEL, MUTED), (caption, LABEL, MUTED));
    let last = if has_second { second + LABEL.descent() } else { first + top_style.descent() };
    last + BELOW
}

type Styled<'a> = (&'a str, Style, Color);

/// Two texts in a line, at its left and right end; the right one has its room first.
fn pair(scene: &mut Scene, baseline: f32, left: Styled<'_>, right: Styled<'_>) {
    let room = INSIDE.width() / 2.0;
    let content = right.1.cut(right.0, room);
    let end = Text::new(&content, right.1, right.2, 0.0, baseline).ending_at(INSIDE.end);
    let room = end.left - if content.is_empty() { 0.0 } else { APART } - INSIDE.start;
    let content = left.1.cut(left.0, room);
    scene.text(Text::new(&content, left.1, left.2, INSIDE.start, baseline));
    scene.text(end);
}
