//! Places in a picture, in pixels from its top left corner.

/// A point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Point {
    pub(crate) x: f32,
    pub(crate) y: f32,
}

impl Point {
    pub(crate) const fn new(x: f32, y: f32) -> Self {
        Self { x, y }
    }
}

/// A stretch of one axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Span {
    pub(crate) start: f32,
    pub(crate) end: f32,
}

impl Span {
    pub(crate) const fn new(start: f32, end: f32) -> Self {
        Self { start, end }
    }

    /// A stretch of `width` around `center`, moved as little as it takes to lie within `limits`.
    pub(crate) fn centered(center: f32, width: f32, limits: Self) -> Self {
        let start = (center - width / 2.0).min(limits.end - width).max(limits.start);
        Self::new(start, start + width)
    }

    pub(crate) fn width(self) -> f32 {
        self.end - self.start
    }

    pub(crate) fn center(self) -> f32 {
        f32::midpoint(self.start, self.end)
    }

    /// Longer by `by` at both ends.
    pub(crate) fn widened(self, by: f32) -> Self {
        Self::new(self.start - by, self.end + by)
    }

    pub(crate) fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// A rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Area {
    pub(crate) left: f32,
    pub(crate) top: f32,
    pub(crate) right: f32,
    pub(crate) bottom: f32,
}

impl Area {
    pub(crate) const fn new(left: f32, top: f32, right: f32, bottom: f32) -> Self {
        Self { left, top, right, bottom }
    }

    /// The rectangle of two stretches; `down` may run either way.
    pub(crate) fn of(across: Span, down: Span) -> Self {
        let (top, bottom) = (down.start.min(down.end), down.start.max(down.end));
        Self::new(across.start, top, across.end, bottom)
    }
}

/// A number of things, as a factor of lengths. Pictures hold far fewer than 65,536 of anything.
pub(crate) fn number(count: usize) -> f32 {
    u16::try_from(count).map_or(f32::from(u16::MAX), f32::from)
}
