//! What holds for every picture, whatever the figures: no text leaves it or touches another one.

use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::prelude::*;

use crate::geometry::Area;
use crate::scene::{Item, Scene, Text, WIDTH};
use crate::{
    Currency, Daily, ENGLISH, Error, Event, Group, Growth, JAPANESE, Locale, MOST_DAYS,
    MOST_MONTHS, Mark, Pace, Window, daily, event, pace,
};

/// Rounding that isn't seen.
const HAIR: f32 = 0.01;

fn texts(scene: &Scene) -> Vec<&Text> {
    let mut texts = Vec::new();
    for item in &scene.items {
        if let Item::Text(text) = item {
            texts.push(text);
        }
    }
    texts
}

fn is_inside(area: Area, scene: &Scene) -> bool {
    area.left >= -HAIR
        && area.top >= -HAIR
        && area.right <= WIDTH + HAIR
        && area.bottom <= scene.height + HAIR
}

fn touch(one: Area, other: Area) -> bool {
    one.left < other.right - HAIR
        && other.left < one.right - HAIR
        && one.top < other.bottom - HAIR
        && other.top < one.bottom - HAIR
}

/// Checks a picture's texts and shapes.
fn check(scene: &Scene) -> Result<(), TestCaseError> {
    prop_assert!(scene.height > 100.0 && scene.height < 1_300.0);
    let texts = texts(scene);
    for (index, text) in texts.iter().enumerate() {
        prop_assert!(is_inside(text.area(), scene), "outside: {text:?}");
        for other in &texts[index + 1..] {
            prop_assert!(!touch(text.area(), other.area()), "{text:?} touches {other:?}");
        }
    }
    for item in &scene.items {
        match item {
            Item::Fill { area, .. } | Item::Stripes { area } | Item::Frame { area, .. } => {
                prop_assert!(is_inside(*area, scene), "outside: {item:?}");
                prop_assert!(area.left <= area.right && area.top <= area.bottom);
            }
            Item::Line { points, .. } | Item::Shape { corners: points, .. } => {
                let inside = |x: f32, y: f32| is_inside(Area::new(x, y, x, y), scene);
                prop_assert!(points.iter().all(|it| inside(it.x, it.y)), "outside: {item:?}");
            }
            Item::Text(_) => {}
        }
    }
    Ok(())
}

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,12}(-[a-z]{1,12}){0,3}",
        "[ぁ-んァ-ヶ一-龠]{1,20}",
        "\\PC{0,50}",
        Just(String::new()),
    ]
}

fn amount() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => 0.0..5_000.0,
        1 => -500.0..500.0,
        1 => -1e12..1e12,
        1 => 0.0..0.01,
        1 => Just(0.0),
    ]
}

fn costs(count: usize) -> impl Strategy<Value = Vec<Option<f64>>> {
    proptest::collection::vec(proptest::option::weighted(0.9, amount()), count)
}

fn group(count: usize) -> impl Strategy<Value = Group> {
    (name(), costs(count)).prop_map(|(name, costs)| Group { name, costs })
}

fn locale() -> impl Strategy<Value = Locale> {
    let unit = || prop_oneof![Just(String::new()), Just("$".into()), Just("ドル".into()), name()];
    (any::<bool>(), unit(), unit(), 0..9_u8).prop_map(|(is_english, prefix, suffix, decimals)| {
        let words = if is_english { &ENGLISH } else { &JAPANESE };
        Locale { words, currency: Currency { prefix, suffix, decimals } }
    })
}

fn day() -> impl Strategy<Value = Date> {
    (0..800_i64).prop_map(|days| date(2025, 1, 1).saturating_add(days.days()))
}

/// A window that begins near a day.
fn window(near: Date) -> impl Strategy<Value = Window> {
    (name(), -20..70_i64, 0..20_i64).prop_map(move |(name, after, length)| {
        let first_day = near.saturating_add(after.days());
        Window { name, first_day, last_day: first_day.saturating_add(length.days()) }
    })
}

fn mark(near: Date) -> impl Strategy<Value = Mark> {
    (name(), -5..65_i64)
        .prop_map(move |(label, after)| Mark { day: near.saturating_add(after.days()), label })
}

prop_compose! {
    fn any_daily()(days in 1..=MOST_DAYS, first_day in day())(
        (title, subtitle) in (name(), name()),
        groups in proptest::collection::vec(group(days), 1..14),
        median in prop_oneof![Just(Vec::new()), costs(days)],
        budget_per_day in proptest::option::of(amount()),
        incomplete_days in 0..4_usize,
        marks in proptest::collection::vec(mark(first_day), 0..8),
        events in proptest::collection::vec(window(first_day), 0..6),
        first_day in Just(first_day),
    ) -> Daily {
        Daily {
            title, subtitle, first_day, groups, incomplete_days, median, budget_per_day, marks, events,
        }
    }
}

prop_compose! {
    fn any_event()(days in 1..=MOST_DAYS, first_day in day())(
        (title, subtitle) in (name(), name()),
        (actual, baseline) in (costs(days), costs(days)),
        (added, incomplete_days) in (amount(), 0..4_usize),
        window in window(first_day),
        first_day in Just(first_day),
    ) -> Event {
        Event { title, subtitle, window, first_day, actual, baseline, added, incomplete_days }
    }
}

prop_compose! {
    fn any_pace()(months in 1..=MOST_MONTHS)(
        (title, subtitle) in (name(), name()),
        groups in proptest::collection::vec((group(months), proptest::option::of(-2.0..50.0)), 1..14),
        first_month in day(),
        is_last_incomplete in any::<bool>(),
    ) -> Pace {
        let groups = groups.into_iter().map(|(group, a_month)| Growth { group, a_month }).collect();
        Pace { title, subtitle, first_month, groups, is_last_incomplete }
    }
}

proptest! {
    #[test]
    fn daily_charts_are_readable(figures in any_daily(), locale in locale()) {
        check(&daily::scene(&figures, &locale).expect("figures that can be drawn"))?;
    }

    #[test]
    fn event_charts_are_readable(figures in any_event(), locale in locale()) {
        check(&event::scene(&figures, &locale).expect("figures that can be drawn"))?;
    }

    #[test]
    fn pace_charts_are_readable(figures in any_pace(), locale in locale()) {
        check(&pace::scene(&figures, &locale).expect("figures that can be drawn"))?;
    }
}

fn dollars() -> Locale {
    let currency = Currency { prefix: "$".into(), suffix: String::new(), decimals: 2 };
    Locale { words: &ENGLISH, currency }
}

fn some(costs: &[f64]) -> Vec<Option<f64>> {
    costs.iter().copied().map(Some).collect()
}

/// Two groups over eight days from a Friday; the third day is missing.
fn small() -> Daily {
    let mut groups = vec![
        Group { name: "a".into(), costs: some(&[10.0, 10.0, 0.0, 10.0, 10.0, 40.0, 10.0, 4.0]) },
        Group { name: "b".into(), costs: some(&[5.0, 5.0, 0.0, -5.0, 5.0, 5.0, 5.0, 2.0]) },
    ];
    for group in &mut groups {
        group.costs[2] = None;
    }
    Daily {
        title: "Cost".into(),
        subtitle: String::new(),
        first_day: date(2026, 10, 30),
        groups,
        incomplete_days: 1,
        median: Vec::new(),
        budget_per_day: Some(20.0),
        marks: vec![Mark { day: date(2026, 11, 4), label: "spike".into() }],
        events: Vec::new(),
    }
}

fn contents(scene: &Scene) -> Vec<&str> {
    texts(scene).into_iter().map(|text| text.content.as_str()).collect()
}

#[test]
fn a_daily_chart_says_what_its_figures_say() {
    let scene = daily::scene(&small(), &dollars()).expect("drawn");
    let said = contents(&scene);
    for text in ["Cost", "spike", "$0", "$20", "$40", "Nov 1", "Nov 6", "a", "b"] {
        assert!(said.contains(&text), "{text} isn't in {said:?}");
    }
    // Totals, without the day that is missing.
    for text in ["$94", "$22", "Budget $20/day", "Not final yet", "No data"] {
        assert!(said.contains(&text), "{text} isn't in {said:?}");
    }
    assert!(!said.contains(&ENGLISH.median));
    let count = |is: fn(&Item) -> bool| scene.items.iter().filter(|item| is(item)).count();
    // One for the day, one in the legend.
    assert_eq!(count(|item| matches!(item, Item::Frame { .. })), 2);
    assert_eq!(count(|item| matches!(item, Item::Stripes { .. })), 2);
    assert_eq!(count(|item| matches!(item, Item::Line { is_dashed: true, .. })), 2);
    // The mark's triangle, and its line.
    assert_eq!(count(|item| matches!(item, Item::Shape { .. })), 1);
}

/// Areas that are filled with the colour of a group.
fn bars(scene: &Scene, group: usize) -> Vec<Area> {
    let mut bars = Vec::new();
    for item in &scene.items {
        if let Item::Fill { area, color } = item
            && *color == crate::color::GROUPS[group]
        {
            bars.push(*area);
        }
    }
    bars
}

#[test]
fn bars_are_as_high_as_their_amounts_and_credits_hang_below() {
    let scene = daily::scene(&small(), &dollars()).expect("drawn");
    // Seven days, and the sample of the legend at the end.
    let (a, b) = (bars(&scene, 0), bars(&scene, 1));
    assert_eq!((a.len(), b.len()), (8, 8));
    let height = |area: Area| area.bottom - area.top;
    let ratio = height(a[4]) / height(a[0]);
    assert!((ratio - 4.0).abs() < 0.1, "40 dollars are {ratio} times as high as 10");
    let zero = a[0].bottom;
    assert!((b[2].top - zero).abs() < HAIR && b[2].bottom > zero + 10.0, "a credit is below zero");
    assert!(b[0].bottom < zero, "the second group stands on the first");
    assert!(a.windows(2).take(6).all(|it| it[0].right < it[1].left), "days are side by side");
}

#[test]
fn a_budget_far_above_doesnt_flatten_the_bars() {
    let near = daily::scene(&small(), &dollars()).expect("drawn");
    let far = Daily { budget_per_day: Some(10_000.0), ..small() };
    let far = daily::scene(&far, &dollars()).expect("drawn");
    assert_eq!(bars(&near, 0), bars(&far, 0));
    assert!(contents(&far).contains(&"Budget $10,000/day (above the chart)"));
}

#[test]
fn an_event_shows_what_it_added() {
    let figures = Event {
        title: "Festival".into(),
        subtitle: String::new(),
        window: Window {
            name: "Festival".into(),
            first_day: date(2026, 11, 14),
            last_day: date(2026, 11, 15),
        },
        first_day: date(2026, 11, 13),
        actual: some(&[10.0, 40.0, 5.0, 12.0]),
        baseline: some(&[10.0, 10.0, 10.0, 10.0]),
        added: 25.0,
        incomplete_days: 0,
    };
    let scene = event::scene(&figures, &dollars()).expect("drawn");
    let said = contents(&scene);
    for text in ["+$25", "Nov 14", "Nov 16", ENGLISH.added, ENGLISH.saved, ENGLISH.baseline] {
        assert!(said.contains(&text), "{text} isn't in {said:?}");
    }
    let added =
        |item: &&Item| matches!(item, Item::Fill { color, .. } if *color == crate::color::ADDED);
    // One day above the baseline in the event, and the sample; the day after it isn't counted.
    assert_eq!(scene.items.iter().filter(added).count(), 2);
}

#[test]
fn figures_that_cant_be_drawn_are_refused() {
    let refused = |change: fn(&mut Daily)| {
        let mut figures = small();
        change(&mut figures);
        daily(&figures, &dollars()).expect_err("refused")
    };
    assert_eq!(refused(|it| it.groups.clear()), Error::Empty);
    assert_eq!(refused(|it| it.groups[1].costs[0] = Some(f64::NAN)), amount_of("b"));
    assert_eq!(refused(|it| it.budget_per_day = Some(f64::INFINITY)), amount_of("budget"));
    let uneven = Error::Uneven { name: "median".into(), found: 1, expected: 8 };
    assert_eq!(refused(|it| it.median = vec![None]), uneven);
    let long = refused(|it| it.groups[0].costs = vec![None; 63]);
    assert_eq!(long, Error::TooLong { found: 63, limit: 62 });
}

fn amount_of(name: &str) -> Error {
    Error::NotAnAmount { name: name.into() }
}
