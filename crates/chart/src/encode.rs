//! Writes pixels as a PNG of at most 256 colours.
//!
//! A chart has few colours, and nearly all others are the soft edges of its letters; a byte for a
//! pixel makes less than half the bytes of three, and in a third of the time. The compression is
//! fdeflate's, which is the same on every processor, and which no other crate's features replace.

use std::collections::HashMap;

/// A colour: red, green, blue.
pub(crate) type Rgb = [u8; 3];

/// Colours that a palette has at most.
const MOST: usize = 256;

/// The pixels, row by row, as a PNG.
///
/// Beyond 256 colours those of the fewest pixels become the most similar ones of the others.
pub(crate) fn png(width: u32, height: u32, pixels: &[Rgb]) -> Vec<u8> {
    let palette = Palette::new(pixels);
    let indexes = palette.indexes(pixels);
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, width, height);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_palette(palette.colors.concat());
    encoder.set_compression(png::Compression::Fast);
    encoder.set_filter(png::Filter::Paeth);
    encoder
        .write_header()
        .and_then(|mut writer| {
            writer.write_image_data(&indexes)?;
            writer.finish()
        })
        .expect("memory takes any bytes, and these are as many as the header says");
    png
}

struct Palette {
    colors: Vec<Rgb>,
    index_of: HashMap<Rgb, u8>,
}

impl Palette {
    fn new(pixels: &[Rgb]) -> Self {
        let mut counts: HashMap<Rgb, usize> = HashMap::new();
        for run in pixels.chunk_by(|a, b| a == b) {
            *counts.entry(run[0]).or_default() += run.len();
        }
        // The order is that of the pixels' number, and of equals that of the colour.
        let mut colors: Vec<_> = counts.into_iter().collect();
        colors.sort_unstable_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
        let all: Vec<Rgb> = colors.into_iter().map(|(color, _)| color).collect();
        let colors = all[..all.len().min(MOST)].to_vec();
        let index_of = all.iter().map(|color| (*color, nearest(*color, &colors))).collect();
        Self { colors, index_of }
    }

    fn indexes(&self, pixels: &[Rgb]) -> Vec<u8> {
        let mut indexes = Vec::with_capacity(pixels.len());
        for run in pixels.chunk_by(|a, b| a == b) {
            indexes.resize(indexes.len() + run.len(), self.index_of[&run[0]]);
        }
        indexes
    }
}

/// The place of the most similar colour.
fn nearest(color: Rgb, colors: &[Rgb]) -> u8 {
    let distance = |other: &Rgb| -> u32 {
        color.iter().zip(other).map(|(a, b)| u32::from(a.abs_diff(*b)).pow(2)).sum()
    };
    (0..=u8::MAX).zip(colors).min_by_key(|(_, other)| distance(other)).map_or(0, |(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pixels of a PNG.
    fn decoded(png: &[u8]) -> Vec<Rgb> {
        let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
        decoder.set_transformations(png::Transformations::EXPAND);
        let mut reader = decoder.read_info().expect("a PNG");
        let mut bytes = vec![0; reader.output_buffer_size().expect("small")];
        reader.next_frame(&mut bytes).expect("whole");
        bytes.as_chunks().0.to_vec()
    }

    #[test]
    fn few_colors_are_kept() {
        let pixels: Vec<Rgb> = (0..=255).map(|it| [it, 255 - it, it / 2]).collect();
        assert_eq!(decoded(&png(16, 16, &pixels)), pixels);
        assert_eq!(decoded(&png(1, 1, &[[1, 2, 3]])), [[1, 2, 3]]);
    }

    #[test]
    fn rare_colors_become_similar_ones() {
        let mut pixels: Vec<Rgb> = (0..=255).flat_map(|it| [[it, it, it]; 2]).collect();
        pixels.extend([[100, 101, 100], [7, 7, 8]]);
        let found = decoded(&png(257, 2, &pixels));
        assert_eq!(found[..512], pixels[..512]);
        assert_eq!(found[512..], [[100, 100, 100], [7, 7, 7]]);
    }
}
