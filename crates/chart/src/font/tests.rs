use proptest::prelude::*;
use skrifa::outline::pen::ControlBoundsPen;

use super::*;

const STYLES: [Style; 2] = [Style::regular(100.0), Style::bold(100.0)];

/// JIS X 0208 with the rows that NEC and IBM added, read by another program than the fonts' script.
fn shift_jis() -> Vec<char> {
    let rows = (0xa1..=0xfe_u8).flat_map(|row| (0xa1..=0xfe_u8).map(move |cell| [row, cell]));
    let texts = rows.filter_map(|bytes| {
        let (text, _, has_errors) = encoding_rs::EUC_JP.decode(&bytes);
        (!has_errors).then(|| text.into_owned())
    });
    texts.flat_map(|text| text.chars().collect::<Vec<_>>()).collect()
}

fn needed() -> Vec<char> {
    let latin = ('\u{20}'..='\u{7e}').chain('\u{a0}'..='\u{ff}').filter(|it| *it != '\u{ad}');
    let half_width_katakana = '\u{ff61}'..='\u{ff9f}';
    // Signs that Unicode's table of JIS reads otherwise than the Web's, and others of prose and money.
    let signs = "〜‖−—–‘’“”…•‰€¥£™←↑→↓≠≤≥△▲▽▼●○■□◆◇★☆±×÷·";
    latin.chain(half_width_katakana).chain(signs.chars()).chain(shift_jis()).collect()
}

#[test]
fn the_font_has_every_character_that_is_needed() {
    let needed = needed();
    assert!(needed.len() > 6_879 + 300, "JIS X 0208 alone has 6,879");
    for style in STYLES {
        let font = style.font();
        let lacking: String = needed
            .iter()
            .filter(|it| font.glyphs(&it.to_string()).any(|(it, _)| it == GlyphId::NOTDEF))
            .collect();
        assert_eq!(lacking, "", "{:?}", style.weight);
    }
}

#[test]
fn every_glyph_can_be_drawn() {
    for style in STYLES {
        let font = style.font();
        let mut glyphs = 0;
        for (glyph, outline) in font.outlines.iter() {
            let mut pen = ControlBoundsPen::default();
            let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
            outline.draw(settings, &mut pen).expect("an outline");
            assert!(font.advances.advance_width(glyph).is_some());
            glyphs += 1;
        }
        assert!(glyphs > 7_000);
    }
}

/// Where a text's ink is, relative to its start on the baseline; `y` grows upwards.
struct Ink {
    pen: ControlBoundsPen,
    x: f32,
}

impl OutlinePen for Ink {
    fn move_to(&mut self, x: f32, y: f32) {
        self.pen.move_to(self.x + x, y);
    }
    fn line_to(&mut self, x: f32, y: f32) {
        self.pen.line_to(self.x + x, y);
    }
    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        self.pen.quad_to(self.x + cx, cy, self.x + x, y);
    }
    fn curve_to(&mut self, cx: f32, cy: f32, dx: f32, dy: f32, x: f32, y: f32) {
        self.pen.curve_to(self.x + cx, cy, self.x + dx, dy, self.x + x, y);
    }
    fn close(&mut self) {}
}

impl PlacedPen for Ink {
    fn place(&mut self, x: f32) {
        self.x = x;
    }
}

/// Left, bottom, right and top of a text's ink, if it has any.
fn ink(style: Style, text: &str) -> Option<[f32; 4]> {
    let mut ink = Ink { pen: ControlBoundsPen::default(), x: 0.0 };
    style.outline(text, &mut ink);
    ink.pen.bounding_box().map(|it| [it.x_min, it.y_min, it.x_max, it.y_max])
}

#[test]
fn ink_stays_within_what_a_text_is_said_to_take() {
    // Box drawing fills its cell to the edge, so that lines meet: no name is written with it.
    let is_box = |it: &char| ('\u{2500}'..='\u{257f}').contains(it);
    let mut outside = String::new();
    for style in STYLES {
        for character in needed().into_iter().filter(|it| !is_box(it)) {
            let Some([_, bottom, _, top]) = ink(style, &character.to_string()) else { continue };
            if top > style.ascent() || bottom < -style.descent() {
                outside.push(character);
            }
        }
    }
    assert_eq!(outside, "");
}

#[test]
fn what_the_font_lacks_is_a_box() {
    for style in STYLES {
        let missing = ink(style, "🦀").expect("a box");
        assert!(missing[2] - missing[0] > 30.0 && missing[3] - missing[1] > 30.0);
        assert!(style.width("ไทย🦀") > 0.0);
        assert_eq!(ink(style, "a\u{200d}\u{fe0f}b"), ink(style, "ab"));
        assert!((style.width("a\tb\n") - style.width("a b ")).abs() < 0.01);
    }
}

#[test]
fn letters_are_kerned_and_digits_are_as_wide_as_each_other() {
    for style in STYLES {
        assert!(style.width("AV") < style.width("A") + style.width("V") - 1.0);
        for digit in '1'..='9' {
            let width = style.width(&digit.to_string());
            assert!((width - style.width("0")).abs() < 0.01, "{digit}");
        }
    }
}

#[test]
fn long_texts_end_with_an_ellipsis() {
    let style = STYLES[0];
    assert_eq!(style.cut("short", 1_000.0), "short");
    assert_eq!(style.cut("production web shop", style.width("production...")), "production...");
    assert_eq!(style.cut("本番環境", style.width("本番…")), "本番…");
    assert_eq!(style.cut("production", 10.0), "");
    assert_eq!(
        style.cut_name("company-shop-01", style.width("company...-01") - 1.0),
        "compa...p-01"
    );
    assert_eq!(style.cut_name("本番環境（東京）", style.width("本番…京）")), "本番…京）");
    assert_eq!(style.cut_name("production", 10.0), "");
}

proptest! {
    #[test]
    fn cut_texts_fit(text in "\\PC{0,40}|[ぁ-龠A-z ]{0,40}", width in 0.0..3_000.0_f32) {
        for style in STYLES {
            let cut = style.cut(&text, width);
            prop_assert!(style.width(&cut) <= width || cut.is_empty());
            let start = cut.strip_suffix(ellipsis(&text)).unwrap_or(&cut);
            prop_assert!(text.starts_with(start));
            let name = style.cut_name(&text, width);
            prop_assert!(style.width(&name) <= width || name.is_empty());
        }
    }
}
