use proptest::prelude::*;

use super::*;

/// The median by its definition: sorted, and in the middle.
fn sorted_median(values: &[f64]) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    match sorted.len() {
        0 => None,
        count if count % 2 == 1 => Some(sorted[middle]),
        _ => Some(f64::midpoint(sorted[middle - 1], sorted[middle])),
    }
}

/// The slope by its definition: of all pairs of days that are a multiple of the period apart.
fn naive_theil_sen(values: &[Option<f64>], period: usize) -> Option<Trend> {
    let mut slopes = Vec::new();
    for (one, other) in (0..values.len()).flat_map(|one| (0..one).map(move |other| (other, one))) {
        let (Some(earlier), Some(later)) = (values[one], values[other]) else { continue };
        if (other - one) % period == 0 {
            let days = f64::from(u32::try_from(other - one).expect("few days"));
            slopes.push((later - earlier) / days);
        }
    }
    let count = |test: fn(&f64) -> bool| slopes.iter().filter(|slope| test(slope)).count();
    let (rising, falling) = (count(|slope| *slope > 0.0), count(|slope| *slope < 0.0));
    let as_number = |count: usize| f64::from(u32::try_from(count).expect("few pairs"));
    let steadiness = (as_number(rising) - as_number(falling)) / as_number(slopes.len());
    Some(Trend { slope: sorted_median(&slopes)?, steadiness })
}

fn close(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1e-9 * (1.0 + one.abs().max(other.abs()))
}

#[test]
fn medians() {
    let cases: [(&[f64], Option<f64>); 6] = [
        (&[], None),
        (&[3.0], Some(3.0)),
        (&[4.0, 1.0], Some(2.5)),
        (&[9.0, 1.0, 2.0], Some(2.0)),
        (&[9.0, 1.0, 2.0, 4.0], Some(3.0)),
        (&[5.0, 5.0, 5.0, 1e9], Some(5.0)),
    ];
    for (values, expected) in cases {
        assert_eq!(median(&mut values.to_vec()), expected, "{values:?}");
    }
}

#[test]
fn deviations() {
    let cases: [(&[f64], f64, Option<f64>); 4] = [
        (&[], 0.0, None),
        (&[7.0, 7.0, 7.0], 7.0, Some(0.0)),
        (&[1.0, 2.0, 4.0, 7.0, 1_000.0], 4.0, Some(3.0)),
        (&[-2.0, 2.0], 0.0, Some(2.0)),
    ];
    for (values, center, expected) in cases {
        assert_eq!(median_absolute_deviation(values, center), expected, "{values:?}");
    }
}

#[test]
fn slopes() {
    let line: Vec<_> = (0..10).map(|day| Some(3.0 + 2.0 * f64::from(day))).collect();
    assert_eq!(theil_sen(&line, 1), Some(Trend { slope: 2.0, steadiness: 1.0 }));
    let mut odd = line.clone();
    odd[4] = Some(1e6);
    odd[7] = None;
    assert!(close(theil_sen(&odd, 1).expect("a slope").slope, 2.0));
    // Weekdays cost more than weekends, and nothing grows.
    let week: Vec<_> = (0..28).map(|day| Some(if day % 7 < 5 { 10.0 } else { 2.0 })).collect();
    assert_eq!(theil_sen(&week, 7), Some(Trend { slope: 0.0, steadiness: 0.0 }));
    // The last digits of sums are no growth.
    let sums: Vec<_> = (0..28).map(|day| Some(0.3 + 1e-16 * f64::from(day))).collect();
    assert_eq!(theil_sen(&sums, 1).expect("a slope").steadiness.to_bits(), 0.0_f64.to_bits());
    for nothing in [&[][..], &[Some(1.0)], &[Some(1.0), None, None], &[None; 9]] {
        assert_eq!(theil_sen(nothing, 1), None);
    }
    assert_eq!(theil_sen(&line[..7], 7), None, "no two days are a week apart");
}

prop_compose! {
    fn days()(days in prop::collection::vec(prop::option::weighted(0.9, -1e6..1e6_f64), 0..60))
        -> Vec<Option<f64>> { days }
}

proptest! {
    #[test]
    fn a_median_is_the_middle_of_the_sorted(values in prop::collection::vec(-1e9..1e9_f64, 0..80)) {
        prop_assert_eq!(median(&mut values.clone()), sorted_median(&values));
    }

    #[test]
    fn a_median_moves_with_its_values(
        values in prop::collection::vec(-1e6..1e6_f64, 1..40),
        scale in 0.01..100.0_f64,
        shift in -1e6..1e6_f64,
    ) {
        let middle = median(&mut values.clone()).expect("there are values");
        let mut moved: Vec<_> = values.iter().map(|value| value * scale + shift).collect();
        prop_assert!(close(median(&mut moved).expect("as before"), middle * scale + shift));
        let spread = median_absolute_deviation(&values, middle).expect("there are values");
        let moved_spread = median_absolute_deviation(&moved, middle * scale + shift);
        let moved_spread = moved_spread.expect("as before");
        prop_assert!((moved_spread - spread * scale).abs() < 1e-6 * (1.0 + moved_spread));
    }

    #[test]
    fn a_minority_moves_no_median_far(
        values in prop::collection::vec(10.0..20.0_f64, 5..40),
        odd in prop::collection::vec(prop::num::f64::NORMAL, 0..3),
    ) {
        let mut mixed: Vec<_> = values.iter().chain(&odd).copied().collect();
        let middle = median(&mut mixed).expect("there are values");
        prop_assert!((10.0..=20.0).contains(&middle), "{}", middle);
    }

    #[test]
    fn a_slope_is_that_of_the_definition(days in days(), period in 1..9_usize) {
        let (fast, naive) = (theil_sen(&days, period), naive_theil_sen(&days, period));
        prop_assert_eq!(fast.is_some(), naive.is_some());
        if let (Some(fast), Some(naive)) = (fast, naive) {
            prop_assert!(close(fast.slope, naive.slope), "{:?} {:?}", fast, naive);
            prop_assert!(close(fast.steadiness, naive.steadiness), "{:?} {:?}", fast, naive);
        }
    }

    #[test]
    fn a_slope_scales_and_ignores_shifts(
        days in days(), scale in 0.01..100.0_f64, shift in -1e6..1e6_f64,
    ) {
        let moved: Vec<_> =
            days.iter().map(|value| value.map(|value| value * scale + shift)).collect();
        let (one, other) = (theil_sen(&days, 7), theil_sen(&moved, 7));
        prop_assert_eq!(one.is_some(), other.is_some());
        if let (Some(one), Some(other)) = (one, other) {
            let error = (one.slope * scale - other.slope).abs();
            prop_assert!(error < 1e-6 * (1.0 + other.slope.abs()), "{:?} {:?}", one, other);
        }
    }

    #[test]
    fn a_slope_of_the_reverse_is_the_opposite(days in days()) {
        let reversed: Vec<_> = days.iter().rev().copied().collect();
        match (theil_sen(&days, 7), theil_sen(&reversed, 7)) {
            (Some(one), Some(other)) => prop_assert!(close(one.slope, -other.slope)),
            (one, other) => prop_assert!(one.is_none() && other.is_none()),
        }
    }
}
