//! The parts that charts are made of. Each measures its texts before it places them.

pub(crate) mod axis;
pub(crate) mod bars;
pub(crate) mod header;
pub(crate) mod lanes;
pub(crate) mod legend;
pub(crate) mod notes;

use crate::color::MUTED;
use crate::font::Style;
use crate::geometry::Span;
use crate::scene::WIDTH;
use crate::words::Words;
use legend::{Entry, Sample};

/// Pixels that stay empty at the picture's edges.
pub(crate) const EDGE: f32 = 32.0;
/// Pixels between two texts that stand side by side, at least.
pub(crate) const APART: f32 = 18.0;
/// Where content may be.
pub(crate) const INSIDE: Span = Span::new(EDGE, WIDTH - EDGE);

/// Pixels above the plot: half a label of the highest amount reaches there.
pub(crate) const TOP: f32 = 12.0;
/// Pixels between the labels of the days and the legend.
pub(crate) const BETWEEN: f32 = 16.0;
/// Pixels below the last line.
pub(crate) const BOTTOM: f32 = 20.0;

/// A title.
pub(crate) const TITLE: Style = Style::bold(38.0);
/// The one figure that a chart is about.
pub(crate) const FIGURE: Style = Style::bold(46.0);
/// Labels, names, subtitles. At 400 pixels of width this is as large as Discord's small print.
pub(crate) const LABEL: Style = Style::regular(28.0);
/// The same where it counts.
pub(crate) const STRONG: Style = Style::bold(28.0);

/// Keys for bars that aren't final, and for those that are missing, if there are any.
pub(crate) fn state_keys(
    figures: &[Option<f64>],
    incomplete: usize,
    words: &Words,
) -> impl Iterator<Item = Entry> {
    let incomplete = (incomplete > 0).then(|| Entry::key(Sample::Stripes, words.incomplete));
    let is_missing = figures.iter().any(Option::is_none);
    let missing = is_missing.then(|| Entry::key(Sample::Frame(MUTED), words.missing));
    incomplete.into_iter().chain(missing)
}
