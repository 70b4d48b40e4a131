//! What the colours and lines mean: groups with their amounts in columns, then the keys.

use super::{APART, INSIDE, LABEL, STRONG};
use crate::color::{Color, MUTED, PLAIN, TEXT};
use crate::geometry::{Area, Point, Span, number};
use crate::scene::{Scene, Text};

/// How something looks in the chart.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sample {
    /// A filled bar.
    Fill(Color),
    /// Bars that aren't final.
    Stripes,
    /// A bar that is missing, or a part of one.
    Frame(Color),
    /// A line.
    Line(Color),
    /// A dashed line.
    Dashes(Color),
    /// Nothing: the entry is a remark.
    Nothing,
}

/// A meaning.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) sample: Sample,
    pub(crate) name: String,
    /// Written at the right of a column; entries without one follow below, in lines.
    pub(crate) amount: Option<String>,
}

impl Entry {
    pub(crate) fn key(sample: Sample, name: impl Into<String>) -> Self {
        Self { sample, name: name.into(), amount: None }
    }
}

/// Height of a line in pixels.
const ROW: f32 = 40.0;
/// Pixels between groups and keys.
const SPLIT: f32 = 10.0;
/// Pixels between two columns or keys.
const BETWEEN: f32 = 40.0;
/// Pixels of a sample, and from it to the name.
const SAMPLE: f32 = 24.0;
const LONG_SAMPLE: f32 = 44.0;
const AFTER: f32 = 12.0;

/// Draws a legend below `top`, and tells where it ends.
pub(crate) fn draw(scene: &mut Scene, top: f32, entries: &[Entry]) -> f32 {
    let (groups, keys): (Vec<_>, Vec<_>) = entries.iter().partition(|it| it.amount.is_some());
    let bottom = draw_groups(scene, top, &groups);
    let is_split = !groups.is_empty() && !keys.is_empty();
    draw_keys(scene, bottom + if is_split { SPLIT } else { 0.0 }, &keys)
}

/// Groups in as many columns as leave every name whole, two at least.
fn draw_groups(scene: &mut Scene, top: f32, groups: &[&Entry]) -> f32 {
    let width = |columns| (INSIDE.width() - BETWEEN * number(columns - 1)) / number(columns);
    let needed = |entry: &Entry| {
        let amount = entry.amount.as_deref().unwrap_or_default();
        SAMPLE + AFTER + LABEL.width(&entry.name) + APART + STRONG.width(amount)
    };
    let widest = groups.iter().map(|it| needed(it)).fold(0.0, f32::max);
    let columns = if widest <= width(3) { 3 } else { 2 };
    for (index, entry) in groups.iter().enumerate() {
        let (column, row) = (index % columns, index / columns);
        let left = INSIDE.start + number(column) * (width(columns) + BETWEEN);
        let baseline = baseline(top + number(row) * ROW);
        draw_group(scene, entry, Span::new(left, left + width(columns)), baseline);
    }
    top + number(groups.len().div_ceil(columns)) * ROW
}

fn draw_group(scene: &mut Scene, entry: &Entry, across: Span, baseline: f32) {
    let amount = entry.amount.as_deref().unwrap_or_default();
    let amount = STRONG.cut(amount, across.width() / 2.0);
    let amount = Text::new(&amount, STRONG, TEXT, 0.0, baseline).ending_at(across.end);
    let left = across.start + draw_sample(scene, entry.sample, across.start, baseline) + AFTER;
    let name = LABEL.cut_name(&entry.name, amount.left - APART - left);
    scene.text(Text::new(&name, LABEL, TEXT, left, baseline));
    scene.text(amount);
}

/// Keys one after another, in as many lines as they need.
fn draw_keys(scene: &mut Scene, top: f32, keys: &[&Entry]) -> f32 {
    let (mut left, mut row) = (INSIDE.start, 0);
    for entry in keys {
        let before = match sample_width(entry.sample) {
            width if width > 0.0 => width + AFTER,
            _ => 0.0,
        };
        let name = LABEL.cut(&entry.name, INSIDE.width() - before);
        let width = before + LABEL.width(&name);
        if left > INSIDE.start && left + width > INSIDE.end {
            (left, row) = (INSIDE.start, row + 1);
        }
        let baseline = baseline(top + number(row) * ROW);
        draw_sample(scene, entry.sample, left, baseline);
        scene.text(Text::new(&name, LABEL, MUTED, left + before, baseline));
        left += width + BETWEEN;
    }
    let rows = if keys.is_empty() { 0 } else { row + 1 };
    top + number(rows) * ROW
}

/// The baseline of a line that starts at `top`, its ink in the middle.
fn baseline(top: f32) -> f32 {
    top + (ROW - LABEL.ascent() - LABEL.descent()) / 2.0 + LABEL.ascent()
}

fn sample_width(sample: Sample) -> f32 {
    match sample {
        Sample::Fill(_) | Sample::Stripes | Sample::Frame(_) => SAMPLE,
        Sample::Line(_) | Sample::Dashes(_) => LONG_SAMPLE,
        Sample::Nothing => 0.0,
    }
}

/// Draws a sample beside a text, and tells its width.
fn draw_sample(scene: &mut Scene, sample: Sample, left: f32, baseline: f32) -> f32 {
    let right = left + sample_width(sample);
    let middle = (baseline - LABEL.size * 0.37).round();
    let square = Area::new(left, middle - SAMPLE / 2.0, right, middle + SAMPLE / 2.0);
    let (from, to) = (Point::new(left, middle), Point::new(right, middle));
    match sample {
        Sample::Fill(color) => scene.fill(square, color),
        Sample::Stripes => {
            scene.fill(square, PLAIN);
            scene.stripes(square);
        }
        Sample::Frame(color) => scene.frame(square, color),
        Sample::Line(color) => scene.line(vec![from, to], color, super::bars::LINE_WIDTH),
        Sample::Dashes(color) => scene.dashes(from, to, color, super::bars::LINE_WIDTH),
        Sample::Nothing => {}
    }
    right - left
}
