//! Colours that are told apart on Discord's dark theme, also by those who see fewer of them.
//!
//! The tests hold the contrasts that WCAG 2.2 asks for (1.4.3: text 4.5:1; 1.4.11: parts of a
//! graphic 3:1), and how far apart the groups' colours stay without red, green or blue cones.

/// A colour in sRGB; `alpha` is how much it covers what is below it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Color {
    pub(crate) red: u8,
    pub(crate) green: u8,
    pub(crate) blue: u8,
    pub(crate) alpha: u8,
}

impl Color {
    const fn rgb(red: u8, green: u8, blue: u8) -> Self {
        Self { red, green, blue, alpha: u8::MAX }
    }

    const fn covering(self, alpha: u8) -> Self {
        Self { alpha, ..self }
    }
}

/// Background of an embed in Discord's dark theme.
pub(crate) const BACKGROUND: Color = Color::rgb(0x2b, 0x2d, 0x31);
/// Titles, names and amounts.
pub(crate) const TEXT: Color = Color::rgb(0xf2, 0xf3, 0xf5);
/// What explains: subtitles, labels of axes.
pub(crate) const MUTED: Color = Color::rgb(0xb5, 0xba, 0xc1);
/// Lines at the axis' values.
pub(crate) const GRID: Color = Color::rgb(0x43, 0x46, 0x4d);
/// The line at zero, and the first day of a month.
pub(crate) const AXIS: Color = Color::rgb(0x8f, 0x94, 0x9c);
/// Behind Saturday and Sunday.
pub(crate) const WEEKEND: Color = Color::rgb(0xff, 0xff, 0xff).covering(0x0c);
/// Behind an event's days.
pub(crate) const EVENT: Color = Color::rgb(0x8b, 0x93, 0xff).covering(0x20);
/// The upper edge of that.
pub(crate) const EVENT_EDGE: Color = Color::rgb(0x8b, 0x93, 0xff);
/// An event's name.
pub(crate) const EVENT_TEXT: Color = Color::rgb(0xcd, 0xd1, 0xff);
/// What a spike's mark and label are drawn in.
pub(crate) const MARK: Color = Color::rgb(0xff, 0x96, 0x8d);
/// The line of medians or of a baseline.
pub(crate) const LINE: Color = Color::rgb(0xff, 0xff, 0xff);
/// The budget's daily pace.
pub(crate) const BUDGET: Color = Color::rgb(0xff, 0xc2, 0xd1);
/// Cost that an event would have had anyway, and bars that aren't told apart.
pub(crate) const PLAIN: Color = Color::rgb(0x7c, 0x9c, 0xc9);
/// Cost that an event added.
pub(crate) const ADDED: Color = Color::rgb(0xf5, 0xa0, 0x3c);
/// Growth, and its opposite.
pub(crate) const GROWTH: Color = Color::rgb(0xff, 0xb3, 0x5c);
pub(crate) const DECLINE: Color = Color::rgb(0x5f, 0xe0, 0xb8);
/// All groups that have no colour of their own.
pub(crate) const OTHER: Color = Color::rgb(0xa6, 0xa9, 0xae);
/// The groups, in their order.
pub(crate) const GROUPS: [Color; 8] = [
    Color::rgb(0x36, 0xb9, 0xf5),
    Color::rgb(0xf5, 0xa0, 0x3c),
    Color::rgb(0x2f, 0xe3, 0xb0),
    Color::rgb(0xfb, 0xdc, 0x45),
    Color::rgb(0xc3, 0x79, 0xbf),
    Color::rgb(0xf7, 0x5f, 0x1e),
    Color::rgb(0x77, 0x88, 0xfd),
    Color::rgb(0xe8, 0xed, 0xf7),
];

#[cfg(test)]
mod tests;
