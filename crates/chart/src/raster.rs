//! Draws a scene.
//!
//! The same scene gives the same bytes on every machine: only additions, multiplications and square
//! roots of IEEE numbers are involved, in tiny-skia's portable code: its feature `simd` is off.

use skrifa::outline::OutlinePen;
use tiny_skia::{FillRule, Mask, Paint, PathBuilder, Pixmap, Rect, Stroke, StrokeDash, Transform};

use crate::color::{BACKGROUND, Color};
use crate::encode;
use crate::font::PlacedPen;
use crate::geometry::{Area, Point};
use crate::scene::{Item, Scene, Text, WIDTH};

/// Pixels from one stripe to the next, and how much of that one covers.
const STRIPES: f32 = 13.0;
const STRIPE: f32 = 6.0;
/// Pixels of a dash and of the gap after it.
const DASH: f32 = 14.0;
const GAP: f32 = 9.0;
/// Pixels of a frame's line, its dashes and gaps.
const FRAME: f32 = 2.0;
const FRAME_DASH: f32 = 6.0;

/// The scene as a PNG.
pub(crate) fn png(scene: &Scene) -> Vec<u8> {
    let canvas = draw(scene);
    let pixels = canvas.pixels().iter().map(|it| [it.red(), it.green(), it.blue()]);
    encode::png(canvas.width(), canvas.height(), &pixels.collect::<Vec<_>>())
}

fn draw(scene: &Scene) -> Pixmap {
    let mut canvas = Pixmap::new(whole(WIDTH), whole(scene.height))
        .expect("a scene has a size, and no more than some thousand pixels");
    canvas.fill(skia_color(BACKGROUND));
    for item in &scene.items {
        match item {
            Item::Fill { area, color } => fill(&mut canvas, *area, *color),
            Item::Stripes { area } => stripes(&mut canvas, *area),
            Item::Frame { area, color } => frame(&mut canvas, *area, *color),
            Item::Line { points, color, width, is_dashed } => {
                let dash = is_dashed.then(|| StrokeDash::new(vec![DASH, GAP], 0.0)).flatten();
                line(&mut canvas, points, *color, &Stroke { width: *width, dash, ..smooth() });
            }
            Item::Shape { corners, color } => shape(&mut canvas, corners, *color),
            Item::Text(it) => text(&mut canvas, it),
        }
    }
    canvas
}

/// A length of whole pixels.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a picture's size is positive and small"
)]
fn whole(length: f32) -> u32 {
    length.round() as u32
}

fn skia_color(color: Color) -> tiny_skia::Color {
    tiny_skia::Color::from_rgba8(color.red, color.green, color.blue, color.alpha)
}

fn paint(color: Color) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color(skia_color(color));
    paint
}

fn smooth() -> Stroke {
    Stroke { line_join: tiny_skia::LineJoin::Round, ..Stroke::default() }
}

fn fill(canvas: &mut Pixmap, area: Area, color: Color) {
    // An area without a size has nothing to fill.
    if let Some(rect) = Rect::from_ltrb(area.left, area.top, area.right, area.bottom) {
        canvas.fill_rect(rect, &paint(color), Transform::identity(), None);
    }
}

/// Stripes that rise to the right, in one pattern over the whole picture.
fn stripes(canvas: &mut Pixmap, area: Area) {
    let Some(rect) = Rect::from_ltrb(area.left, area.top, area.right, area.bottom) else { return };
    let Some(mut mask) = Mask::new(canvas.width(), canvas.height()) else { return };
    mask.fill_path(&PathBuilder::from_rect(rect), FillRule::Winding, true, Transform::identity());
    let mut builder = PathBuilder::new();
    // A stripe is the set of points whose x + y lies between `sum` and `sum + STRIPE`.
    let mut sum = ((area.left + area.top) / STRIPES).floor() * STRIPES;
    while sum < area.right + area.bottom {
        builder.move_to(sum - area.top, area.top);
        builder.line_to(sum + STRIPE - area.top, area.top);
        builder.line_to(sum + STRIPE - area.bottom, area.bottom);
        builder.line_to(sum - area.bottom, area.bottom);
        builder.close();
        sum += STRIPES;
    }
    if let Some(path) = builder.finish() {
        let paint = paint(BACKGROUND);
        canvas.fill_path(&path, &paint, FillRule::Winding, Transform::identity(), Some(&mask));
    }
}

fn frame(canvas: &mut Pixmap, area: Area, color: Color) {
    let (left, top) = (area.left + FRAME / 2.0, area.top + FRAME / 2.0);
    let (right, bottom) = (area.right - FRAME / 2.0, area.bottom - FRAME / 2.0);
    let corners = [(left, bottom), (left, top), (right, top), (right, bottom), (left, bottom)];
    let dash = StrokeDash::new(vec![FRAME_DASH, FRAME_DASH], 0.0);
    let stroke = Stroke { width: FRAME, dash, ..Stroke::default() };
    line(canvas, &corners.map(|(x, y)| Point::new(x, y)), color, &stroke);
}

fn outline(points: &[Point]) -> Option<PathBuilder> {
    let (first, rest) = points.split_first()?;
    let mut builder = PathBuilder::new();
    builder.move_to(first.x, first.y);
    for point in rest {
        builder.line_to(point.x, point.y);
    }
    Some(builder)
}

fn line(canvas: &mut Pixmap, points: &[Point], color: Color, stroke: &Stroke) {
    // A line of one point has no path.
    if let Some(path) = outline(points).and_then(PathBuilder::finish) {
        canvas.stroke_path(&path, &paint(color), stroke, Transform::identity(), None);
    }
}

fn shape(canvas: &mut Pixmap, corners: &[Point], color: Color) {
    let closed = outline(corners).and_then(|mut builder| {
        builder.close();
        builder.finish()
    });
    if let Some(path) = closed {
        canvas.fill_path(&path, &paint(color), FillRule::Winding, Transform::identity(), None);
    }
}

fn text(canvas: &mut Pixmap, text: &Text) {
    let mut pen =
        Pen { builder: PathBuilder::new(), left: text.left, x: text.left, y: text.baseline };
    text.style.outline(&text.content, &mut pen);
    // A text of spaces has no outline.
    if let Some(path) = pen.builder.finish() {
        let paint = paint(text.color);
        canvas.fill_path(&path, &paint, FillRule::Winding, Transform::identity(), None);
    }
}

/// Collects the outlines of a text's glyphs at their places; the font's `y` grows upwards.
struct Pen {
    builder: PathBuilder,
    left: f32,
    x: f32,
    y: f32,
}

impl PlacedPen for Pen {
    fn place(&mut self, x: f32) {
        self.x = self.left + x;
    }
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.builder.move_to(self.x + x, self.y - y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.builder.line_to(self.x + x, self.y - y);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.builder.quad_to(self.x + cx, self.y - cy, self.x + x, self.y - y);
    }

    fn curve_to(&mut self, cx: f32, cy: f32, dx: f32, dy: f32, x: f32, y: f32) {
        let (left, base) = (self.x, self.y);
        let builder = &mut self.builder;
        builder.cubic_to(left + cx, base - cy, left + dx, base - dy, left + x, base - y);
    }

    fn close(&mut self) {
        self.builder.close();
    }
}
