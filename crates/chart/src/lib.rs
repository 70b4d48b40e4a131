//! Charts of cost as PNG, for messages on Discord's dark theme.
//!
//! [`daily`] shows the last days as stacked bars, [`event`] what an event cost, [`pace`] how fast cost
//! grows. Each is a pure function from figures to bytes: no clock, no file, no font of the system, and
//! the same figures give the same bytes on every machine. The crate knows neither AWS nor Discord.
//!
//! A picture is 1100 pixels wide, which Discord shows at about 400, and as high as its content. How
//! it is made: a chart ([`daily`] and the others) places measured texts and shapes in a `scene`, with
//! the parts of `layout`; `raster` draws it. The tests look at scenes, where no text may leave the
//! picture or touch another one.

mod color;
mod daily;
mod encode;
mod error;
mod event;
mod figures;
mod font;
mod geometry;
mod layout;
mod money;
mod pace;
mod raster;
mod scale;
mod scene;
mod words;

#[cfg(test)]
mod tests;

pub use daily::{Daily, MOST_DAYS, daily};
pub use error::Error;
pub use event::{Event, event};
pub use figures::{Group, Window};
pub use layout::notes::Mark;
pub use money::Currency;
pub use pace::{Growth, MOST_MONTHS, Pace, pace};
pub use words::{ENGLISH, JAPANESE, Words};

/// In which words and which money a chart is written.
#[derive(Clone, Debug)]
pub struct Locale {
    /// The language.
    pub words: &'static Words,
    /// The currency of all figures.
    pub currency: Currency,
}
