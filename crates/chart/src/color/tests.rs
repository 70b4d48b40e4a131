use super::*;

type Linear = [f64; 3];

/// What protanopes, deuteranopes and tritanopes see: Machado, Oliveira, Fernandes 2009, severity 1.
const SIGHTS: [(&str, [Linear; 3]); 4] = [
    ("all cones", [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]),
    (
        "no red",
        [
            [0.152_286, 1.052_583, -0.204_868],
            [0.114_503, 0.786_281, 0.099_216],
            [-0.003_882, -0.048_116, 1.051_998],
        ],
    ),
    (
        "no green",
        [
            [0.367_322, 0.860_646, -0.227_968],
            [0.280_085, 0.672_501, 0.047_413],
            [-0.011_820, 0.042_940, 0.968_881],
        ],
    ),
    (
        "no blue",
        [
            [1.255_528, -0.076_749, -0.178_779],
            [-0.078_411, 0.930_809, 0.147_602],
            [0.004_733, 0.691_367, 0.303_900],
        ],
    ),
];

/// `top` as it looks over `below`.
fn over(top: Color, below: Color) -> Color {
    let mix = |top_part: u8, below_part: u8| {
        let (alpha, rest) = (u16::from(top.alpha), 255 - u16::from(top.alpha));
        let sum = u16::from(top_part) * alpha + u16::from(below_part) * rest;
        u8::try_from(sum / 255).expect("a mean of two bytes is a byte")
    };
    Color::rgb(mix(top.red, below.red), mix(top.green, below.green), mix(top.blue, below.blue))
}

fn linear(color: Color) -> Linear {
    [color.red, color.green, color.blue].map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    })
}

fn times(matrix: &[Linear; 3], vector: Linear) -> Linear {
    matrix.map(|row| row.iter().zip(vector).map(|(a, b)| a * b).sum())
}

/// Contrast of two colours as WCAG 2.2 defines it, from 1 to 21.
fn contrast(one: Color, other: Color) -> f64 {
    let luminance = |color| {
        let [red, green, blue] = linear(color);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    };
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// Place of a colour in Oklab, where a distance of 0.02 is about the least that is seen.
fn oklab(color: Linear) -> Linear {
    let cones = times(
        &[
            [0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9],
            [0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6],
            [0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5],
        ],
        color.map(|part| part.clamp(0.0, 1.0)),
    );
    times(
        &[
            [0.210_454_255_3, 0.793_617_785_0, -0.004_072_046_8],
            [1.977_998_495_1, -2.428_592_205_0, 0.450_593_709_9],
            [0.025_904_037_1, 0.782_771_766_2, -0.808_675_766_0],
        ],
        cones.map(f64::cbrt),
    )
}

/// All that may lie behind a fill or a text of the plot.
fn grounds() -> [Color; 4] {
    let event = over(EVENT, BACKGROUND);
    [BACKGROUND, over(WEEKEND, BACKGROUND), event, over(EVENT, over(WEEKEND, BACKGROUND))]
}

#[test]
fn fills_and_lines_stand_out() {
    let fills = GROUPS.into_iter().chain([OTHER, PLAIN, ADDED, LINE, BUDGET, MARK, AXIS]);
    for fill in fills {
        for ground in grounds() {
            let contrast = contrast(fill, ground);
            assert!(contrast >= 3.0, "{fill:?} on {ground:?} has {contrast:.2}");
        }
    }
}

#[test]
fn texts_are_readable() {
    for text in [TEXT, MUTED, EVENT_TEXT, MARK, ADDED, GROWTH, DECLINE] {
        for ground in grounds() {
            let contrast = contrast(text, ground);
            assert!(contrast >= 4.5, "{text:?} on {ground:?} has {contrast:.2}");
        }
    }
}

#[test]
fn groups_are_told_apart_with_any_eyes() {
    let colors: Vec<_> = GROUPS.into_iter().chain([OTHER]).collect();
    for (sight, matrix) in &SIGHTS {
        let seen: Vec<_> = colors.iter().map(|it| oklab(times(matrix, linear(*it)))).collect();
        for (index, one) in seen.iter().enumerate() {
            for (other_index, other) in seen.iter().enumerate().skip(index + 1) {
                let distance =
                    one.iter().zip(other).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt();
                assert!(
                    distance >= 0.07,
                    "{sight}: colours {index} and {other_index} are {distance:.3} apart"
                );
            }
        }
    }
}

#[test]
fn contrast_is_wcags() {
    assert!((contrast(Color::rgb(0, 0, 0), Color::rgb(255, 255, 255)) - 21.0).abs() < 1e-9);
    assert!(
        (contrast(Color::rgb(0x77, 0x77, 0x77), Color::rgb(255, 255, 255)) - 4.48).abs() < 0.01
    );
}
