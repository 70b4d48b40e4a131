//! The charts' font: Noto Sans JP in two weights, part of the program, so that a text has the same
//! width and shape on every machine.
//!
//! One character is one glyph, kerned by the font's pairs; Latin and Japanese need no more. What the
//! font lacks is drawn as its box for a missing glyph.

use std::sync::LazyLock;

use skrifa::charmap::Charmap;
use skrifa::instance::{LocationRef, Size};
use skrifa::metrics::GlyphMetrics;
use skrifa::outline::{DrawSettings, OutlineGlyphCollection, OutlinePen};
use skrifa::raw::TableProvider;
use skrifa::raw::tables::kern::{Subtable0, SubtableKind};
use skrifa::{FontRef, GlyphId, MetadataProvider};

/// How bold a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    /// 400.
    Regular,
    /// 700.
    Bold,
}

/// Size of a text in pixels, and its weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Style {
    pub(crate) size: f32,
    pub(crate) weight: Weight,
}

impl Style {
    pub(crate) const fn regular(size: f32) -> Self {
        Self { size, weight: Weight::Regular }
    }

    pub(crate) const fn bold(size: f32) -> Self {
        Self { size, weight: Weight::Bold }
    }

    /// How far ink may rise above the baseline.
    pub(crate) fn ascent(self) -> f32 {
        self.size * ASCENT
    }

    /// How far ink may fall below the baseline.
    pub(crate) fn descent(self) -> f32 {
        self.size * DESCENT
    }

    /// Width of a text in pixels.
    pub(crate) fn width(self, text: &str) -> f32 {
        self.font().glyphs(text).map(|(_, advance)| advance).sum::<f32>() * self.scale()
    }

    /// The text, or as much of its beginning as leaves room for an ellipsis within `width`; nothing
    /// where not one character fits.
    pub(crate) fn cut(self, text: &str, width: f32) -> String {
        self.shortened(text, width, |text, kept| {
            let (end, _) = text.char_indices().nth(kept)?;
            Some(format!("{}{}", text[..end].trim_end(), ellipsis(text)))
        })
    }

    /// The same for a name, of which the middle is left out: what tells names of one company apart is
    /// often their end.
    pub(crate) fn cut_name(self, name: &str, width: f32) -> String {
        self.shortened(name, width, |name, kept| {
            let (first, _) = name.char_indices().nth(kept.div_ceil(2))?;
            let (last, _) = name.char_indices().nth_back((kept / 2).checked_sub(1)?)?;
            let (start, end) = (name[..first].trim_end(), name[last..].trim_start());
            Some(format!("{start}{}{end}", ellipsis(name)))
        })
    }

    /// The text, or the longest of its short forms that fits. `short` makes one of some characters.
    fn shortened(
        self,
        text: &str,
        width: f32,
        short: impl Fn(&str, usize) -> Option<String>,
    ) -> String {
        if self.width(text) <= width {
            return text.to_owned();
        }
        let forms: Vec<String> =
            (1..text.chars().count()).filter_map(|kept| short(text, kept)).collect();
        let fitting = forms.partition_point(|form| self.width(form) <= width);
        fitting.checked_sub(1).map(|longest| forms[longest].clone()).unwrap_or_default()
    }

    /// Draws the text's outlines, the baseline starting at the pen's origin. `y` grows upwards.
    pub(crate) fn outline(self, text: &str, pen: &mut impl PlacedPen) {
        let mut place = 0.0;
        for (glyph, advance) in self.font().glyphs(text) {
            pen.place(place * self.scale());
            if let Some(outline) = self.font().outlines.get(glyph) {
                let size = Size::new(self.size);
                let settings = DrawSettings::unhinted(size, LocationRef::default());
                outline.draw(settings, pen).expect("the tests draw every glyph of the font");
            }
            place += advance;
        }
    }

    fn font(self) -> &'static Font {
        match self.weight {
            Weight::Regular => &REGULAR,
            Weight::Bold => &BOLD,
        }
    }

    fn scale(self) -> f32 {
        self.size / UNITS_PER_EM
    }
}

/// A pen that is told where each glyph starts.
pub(crate) trait PlacedPen: OutlinePen {
    /// The next glyph starts `x` pixels from the text's start.
    fn place(&mut self, x: f32);
}

/// Units of the font in the size of a text.
const UNITS_PER_EM: f32 = 1000.0;
/// Highest and lowest ink, in parts of the size: of a bold `Å` and of `|`.
const ASCENT: f32 = 1.02;
const DESCENT: f32 = 0.29;

static REGULAR: LazyLock<Font> =
    LazyLock::new(|| Font::new(include_bytes!("../fonts/noto-sans-jp-regular.otf")));
static BOLD: LazyLock<Font> =
    LazyLock::new(|| Font::new(include_bytes!("../fonts/noto-sans-jp-bold.otf")));

struct Font {
    characters: Charmap<'static>,
    advances: GlyphMetrics<'static>,
    outlines: OutlineGlyphCollection<'static>,
    pairs: Option<Subtable0<'static>>,
}

impl Font {
    fn new(bytes: &'static [u8]) -> Self {
        let font = FontRef::new(bytes).expect("the font is a file of this crate");
        let kerning = font.kern().ok();
        let pairs = kerning.and_then(|kerning| {
            kerning.subtables().flatten().find_map(|subtable| {
                if let Ok(SubtableKind::Format0(pairs)) = subtable.kind() {
                    Some(pairs)
                } else {
                    None
                }
            })
        });
        Self {
            characters: font.charmap(),
            advances: font.glyph_metrics(Size::unscaled(), LocationRef::default()),
            outlines: font.outline_glyphs(),
            pairs,
        }
    }

    /// Glyphs of a text, each with the units from its start to the next one's.
    fn glyphs<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (GlyphId, f32)> + 'a {
        let mut shown = text.chars().filter_map(shown).map(|it| self.glyph(it)).peekable();
        std::iter::from_fn(move || {
            let glyph = shown.next()?;
            let kerning = shown.peek().and_then(|next| self.pairs.as_ref()?.kerning(glyph, *next));
            let kerning = kerning.and_then(|units| i16::try_from(units).ok()).unwrap_or_default();
            let advance = self.advances.advance_width(glyph).unwrap_or_default();
            Some((glyph, advance + f32::from(kerning)))
        })
    }

    fn glyph(&self, character: char) -> GlyphId {
        self.characters.map(character).unwrap_or(GlyphId::NOTDEF)
    }
}

/// What stands for what is left out. The font's own sign is the Japanese one, in the middle of the
/// line, which no Western reader expects.
fn ellipsis(text: &str) -> &'static str {
    if text.is_ascii() { "..." } else { "…" }
}

/// What is drawn of a character: white space as a space, and nothing of what has no shape of its own.
fn shown(character: char) -> Option<char> {
    match character {
        '\u{3000}' => Some('\u{3000}'),
        // The sign of Japanese schools for "about", the only one of JIS X 0208 that the font lacks.
        '≒' => Some('≈'),
        _ if character.is_whitespace() => Some(' '),
        _ if is_shapeless(character) => None,
        _ => Some(character),
    }
}

/// Whether a character only says how others are shown: joiners, directions, selectors of a variant.
fn is_shapeless(character: char) -> bool {
    let tells_how = matches!(
        character,
        '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
    );
    tells_how || character.is_control()
}

#[cfg(test)]
mod tests;
