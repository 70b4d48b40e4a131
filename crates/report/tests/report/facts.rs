//! What single mornings' figures are.

use contract::report::{Language, Settings};
use jiff::civil::date;
use report::message::Post;
use report::summary::{Comparison, Phase, Standing, Summary};
use serde_json::Value;

use crate::scenes::{self, company, world::World};

fn scene(name: &str) -> World {
    let scenes = scenes::scenes(Language::English);
    scenes.into_iter().find(|(other, _)| *other == name).expect("there is one").1
}

fn told(world: &World) -> (Summary, Post) {
    let known = world.known();
    let summary = report::summary::of(&world.input(&known));
    let post = report::message::of(&summary, &world.settings);
    (summary, post)
}

fn summary(world: &World) -> Summary {
    told(world).0
}

fn assert_near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-6, "{found} isn't {expected}");
}

/// What the lines of a bill come to.
fn sum(world: &World, keep: impl Fn(&contract::cost::DailyCost) -> bool) -> f64 {
    world.lines.iter().filter(|line| keep(line) && line.cost_usd > 0.0).map(|it| it.cost_usd).sum()
}

#[test]
fn the_figures_are_those_of_the_bill() {
    let world = scene("ordinary");
    let found = summary(&world);
    let day = date(2026, 11, 26);
    assert_eq!((found.today, found.day), (date(2026, 11, 27), day));
    let of_day = sum(&world, |line| line.day == day);
    let before = sum(&world, |line| line.day == date(2026, 11, 25));
    let month = sum(&world, |line| line.day >= date(2026, 11, 1));
    assert_near(found.total.day_usd.expect("it is known"), of_day);
    assert_near(found.total.month_usd, month);
    let change = found.total.against_day_before.expect("both are known");
    assert_near(change.change_usd(), of_day - before);
    let account = found.accounts().find(|it| it.id == company::id(6)).expect("it is told of");
    let own = sum(&world, |line| line.day == day && line.account == account.id);
    assert_near(account.figures.day_usd.expect("it is known"), own);
    let forecast = found.total.forecast_usd.expect("there is history");
    assert!((1.1..1.2).contains(&(forecast / month)), "{forecast} after {month} of 26 of 30 days");
    assert_near(found.making_usd(), 0.02);
}

#[test]
fn a_missing_day_is_no_fall() {
    let found = summary(&scene("missing-days"));
    let missing: Vec<_> =
        found.state.missing.iter().map(|it| (it.account.as_str(), it.days.len())).collect();
    assert_eq!(missing, [("streaming", 1), ("sandbox", 3)]);
    let change = found.total.against_day_before.and_then(Comparison::change_percent);
    assert!(change.is_some_and(|percent| percent.abs() < 2.0), "{change:?}: it isn't compared");
    let streaming = found.accounts().find(|it| it.name == "streaming").expect("it is told of");
    assert_eq!((streaming.standing, streaming.figures.day_usd), (Standing::Missing, None));
    assert!(streaming.figures.month_usd > 2_000.0);
}

#[test]
fn a_late_morning_tells_of_the_day_that_is_known() {
    let found = summary(&scene("late"));
    assert_eq!(found.day, date(2026, 11, 25));
    assert!(found.state.is_late && found.state.missing.is_empty());
    assert_eq!(found.state.unsettled_days, 2);
    let found = summary(&scene("partial"));
    assert!(found.state.is_partial && !found.state.is_late);
}

#[test]
fn credits_are_told_apart() {
    let (ordinary, credits) = (summary(&scene("ordinary")), summary(&scene("credits")));
    assert_eq!(credits.total.day_usd, ordinary.total.day_usd);
    assert_near(credits.total.month_usd, ordinary.total.month_usd);
    assert_near(credits.total.credits_month_usd, -26.0 * 40.0 - 350.0);
    assert_near(credits.total.credits_day_usd, -390.0);
}

#[test]
fn a_closed_account_is_told_once() {
    let mut world = scene("closed-account");
    let closed = |world: &World| {
        let found = summary(world);
        let standing = found.accounts().find(|it| it.name == "data-lab").map(|it| it.standing);
        (found.state.closed.len(), standing, found.state.missing.len())
    };
    assert_eq!(closed(&world), (1, Some(Standing::Closed), 0));
    for (today, lines) in [(date(2026, 11, 26), 1), (date(2026, 11, 28), 0)] {
        let all = company::lines(&company::eight(Language::English), today);
        let lab = company::id(8);
        world.today = today;
        world.lines = all;
        world.lines.retain(|line| line.account != lab || line.day <= date(2026, 11, 19));
        let (told, standing, missing) = closed(&world);
        assert_eq!((told, missing), (0, lines), "{today}: {standing:?}");
    }
    // Its month still counts, and then it is gone.
    world.today = date(2026, 12, 3);
    world.lines = company::lines(&company::eight(Language::English), world.today);
    world.lines.retain(|line| line.account != company::id(8) || line.day <= date(2026, 11, 19));
    assert_eq!(closed(&world), (0, None, 0));
}

#[test]
fn an_event_is_told_while_it_runs_and_when_it_is_final() {
    let mut world = scene("event-day");
    let running = summary(&world);
    let [event] = running.events.as_slice() else { panic!("one event") };
    assert_eq!(event.phase, Phase::Running { number: 2, of: 4 });
    let per_day = 88.5 + 141.2 + 19.8;
    assert!((event.last.added_usd() - per_day).abs() < 3.0, "{}", event.last.added_usd());
    assert!((event.sum.added_usd() - 2.0 * per_day).abs() < 6.0);
    assert_eq!(event.tagged_usd, Some(241.9));
    assert!(running.spikes.told.is_empty(), "it was planned");
    // It is final four days after its last day.
    for (today, expected) in [
        (date(2026, 11, 29), Some(Phase::Running { number: 4, of: 4 })),
        (date(2026, 11, 30), Some(Phase::Settling { final_on: date(2026, 12, 2) })),
        (date(2026, 12, 1), Some(Phase::Settling { final_on: date(2026, 12, 2) })),
        (date(2026, 12, 2), Some(Phase::Final)),
        (date(2026, 12, 3), None),
    ] {
        world.today = today;
        world.lines = company::lines(&company::eight(Language::English), today);
        let found = summary(&world);
        assert_eq!(found.events.first().map(|event| event.phase), expected, "{today}");
    }
    // After a morning that was left out it is told on the next one.
    let known = world.known();
    let mut input = world.input(&known);
    input.previous = Some(date(2026, 12, 1));
    let late = report::summary::of(&input);
    assert_eq!(late.events.first().map(|event| event.phase), Some(Phase::Final));
}

#[test]
fn what_an_event_added_is_the_same_by_account_by_service_and_by_day() {
    let found = summary(&scene("event-end"));
    let [event] = found.events.as_slice() else { panic!("one event") };
    let added = event.sum.added_usd();
    assert_eq!(event.phase, Phase::Final);
    assert_near(event.accounts.iter().map(|it| it.1).sum(), added);
    assert_near(event.services.iter().map(|it| it.1).sum(), added);
    assert_near(event.days.iter().map(|it| it.1.added_usd()).sum(), added);
    // The days of an event don't show what is usual after it.
    let festival = found.accounts().find(|it| it.name == "festival-live").expect("it is told of");
    let change = festival.figures.against_median.and_then(Comparison::change_percent);
    assert!(change.is_some_and(|percent| percent.abs() < 5.0), "{change:?}");
}

#[test]
fn only_a_new_spike_notifies() {
    let allowed = |name: &str| {
        let (_, post) = told(&scene(name));
        post.payload()["allowed_mentions"]["roles"].clone()
    };
    assert_eq!(allowed("spike"), serde_json::json!(["1310000000000000001"]));
    let mut quiet = scene("ordinary");
    quiet.settings.mentions.everyone = true;
    let (_, post) = told(&quiet);
    assert_eq!(post.payload()["allowed_mentions"]["parse"], serde_json::json!([]));
    assert!(!post.payload()["content"].as_str().unwrap_or_default().contains("@everyone"));
}

#[test]
fn a_spike_is_told_again_when_it_grows_and_when_it_is_over() {
    let first = |name: &str| {
        let (_, post) = told(&scene(name));
        let embed = post.payload()["embeds"][0].clone();
        embed["description"].as_str().unwrap_or_default().to_owned()
    };
    assert!(first("spike").starts_with("🔺 **shop-production** (production) · EC2: **+$21"));
    assert!(first("spike").contains("└ EC2 → APN1-BoxUsage:p4d.24xlarge · ap-northeast-1 · +$196"));
    assert!(first("spike-growing").contains("still growing"), "{}", first("spike-growing"));
    assert!(first("spike-over").contains("over, +$45"), "{}", first("spike-over"));
}

#[test]
fn a_digest_is_due_on_its_weekday_and_on_its_day_of_the_month() {
    let period = |name: &str| summary(&scene(name)).digest.map(|digest| digest.period);
    assert_eq!(period("digest-weekly"), Some(report::Period::Week));
    assert_eq!(period("digest-monthly"), Some(report::Period::Month));
    assert_eq!(period("ordinary"), None);
    let digest = summary(&scene("digest-monthly")).digest.expect("it is due");
    assert_eq!(digest.month, Some(date(2026, 11, 1)));
    let lab = digest.rows.iter().find(|row| row.account.as_deref() == Some("data-lab"));
    let growth = lab.and_then(|row| row.month_percent).expect("it has grown");
    assert!((10.0..25.0).contains(&growth), "{growth}: it grows by 18 percent in 30 days");
}

#[test]
fn the_rate_is_stated_and_tables_keep_dollars() {
    let (found, post) = told(&scene("fifty-accounts"));
    let payload = post.payload();
    let footer = payload["embeds"][0]["footer"]["text"].as_str().unwrap_or_default();
    assert!(footer.contains("1 USD = 151.25 JPY on 2026-11-02"), "{footer}");
    let usd = found.total.day_usd.expect("it is known");
    let yen = format!("{:.0}", usd * 151.25);
    let content = payload["content"].as_str().unwrap_or_default().replace(',', "");
    assert!(content.contains(&format!("¥{yen}")), "{content}");
    let table = String::from_utf8(post.files.last().expect("a table").bytes().to_vec());
    assert!(table.expect("UTF-8").contains(&format!(",total,,,,,,,{usd:.2}")));
}

#[test]
fn the_table_has_every_account_and_adds_up() {
    let (found, post) = told(&scene("fifty-accounts"));
    let table = post.files.last().expect("a table").bytes().to_vec();
    let table = String::from_utf8(table).expect("UTF-8");
    let table = table.strip_prefix('\u{feff}').expect("the mark by which Excel knows UTF-8");
    let lines: Vec<Vec<&str>> =
        table.trim_end().split("\r\n").map(|line| line.split(',').collect()).collect();
    assert_eq!(lines[0], report::csv::COLUMNS);
    let cost = lines[0].iter().position(|column| *column == "cost_usd").expect("a column");
    let sum = |level: &str| -> f64 {
        let lines = lines.iter().filter(|line| line[1] == level);
        lines.map(|line| line[cost].parse::<f64>().expect("a number")).sum()
    };
    assert_eq!(lines.iter().filter(|line| line[1] == "account").count(), 50);
    for level in ["total", "purpose", "account", "service"] {
        assert_near(sum(level), found.total.day_usd.expect("it is known"));
    }
}

#[test]
fn a_rate_that_is_none_changes_nothing() {
    let mut world = scene("ordinary");
    let (_, dollars) = told(&world);
    world.settings.currency.code = "JPY".to_owned();
    world.settings.currency.per_usd = 0.0;
    let content = |post: &Post, _: &Settings| -> Value { post.payload()["content"].clone() };
    let (_, other) = told(&world);
    assert_eq!(content(&other, &world.settings), content(&dollars, &world.settings));
}

#[test]
fn where_nothing_comes_any_more_no_account_is_closed() {
    let mut world = scene("ordinary");
    world.today = date(2026, 12, 9);
    let found = summary(&world);
    assert_eq!((found.day, found.total.day_usd), (date(2026, 12, 8), None));
    assert!(found.accounts().all(|it| it.standing == Standing::Missing));
    assert_eq!((found.state.closed.len(), found.state.missing.len()), (0, 8));
}

#[test]
fn accounts_of_the_same_name_stay_apart() {
    let mut world = scene("event-end");
    for account in world.settings.accounts.values_mut() {
        "the same".clone_into(&mut account.name);
    }
    let found = summary(&world);
    assert_eq!(found.events[0].accounts.len(), 2);
    assert_eq!(found.accounts().count(), 8);
}
