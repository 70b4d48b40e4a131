//! What holds for the report of any company.

use contract::cost::{DailyCost, ServiceName};
use contract::report::{Account, Currency, Event, Language, Weekday};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use proptest::collection::vec;
use proptest::prelude::*;
use report::Reason;
use report::summary::{Figures, Purpose, Summary};
use serde_json::json;

use crate::refusal::{blocks, refused};
use crate::scenes::{company, world, world::World};

const TODAY: Date = date(2026, 11, 27);

/// Names of any kind: long Japanese ones, and what Discord treats in its own way.
fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z-]{1,30}",
        "[ぁ-ん漢字株式会社文化祭部門配信基盤ー]{1,60}",
        "(?s).{0,40}",
        prop::sample::select(vec![
            "```",
            "@everyone",
            "=1+1",
            "a`b``c",
            "👩‍👩‍👧‍👦",
            "ﾊﾟｿｺﾝ",
            "\u{200b}",
            "…"
        ])
        .prop_map(str::to_owned),
    ]
}

/// What an account costs a day, in US dollars.
fn level() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), 0.001..1.0_f64, 1.0..500.0_f64, 1e3..1e7_f64]
}

/// A rise or a gap in an account's days.
#[derive(Clone, Debug)]
struct Bend {
    account: usize,
    from: i64,
    days: i64,
    factor: Option<f64>,
}

prop_compose! {
    fn bend()(
        account in 0..60_usize, from in 1..45_i64, days in 1..20_i64,
        factor in prop::option::of(-2.0..30.0_f64),
    ) -> Bend { Bend { account, from, days, factor } }
}

prop_compose! {
    fn company()(
        members in vec((name(), prop::option::of(0..6_usize), level(), any::<bool>()), 1..=60),
        purposes in vec(name(), 6),
        bends in vec(bend(), 0..30),
        events in vec((name(), 1..30_i64, 0..12_i64, any::<bool>()), 0..4),
        rate in prop_oneof![Just(None), Just(Some(("JPY", 151.25))), Just(Some(("IDR", 16_000.0)))],
        (japanese, digest, own) in any::<(bool, bool, bool)>(),
        known in 1..60_i64,
        title in name(),
    ) -> World {
        let mut settings = world::settings();
        settings.name = title;
        settings.language = if japanese { Language::Japanese } else { Language::English };
        if let Some((code, per_usd)) = rate {
            settings.currency =
                Currency { code: code.to_owned(), per_usd, as_of: Some(date(2026, 11, 1)) };
        }
        settings.weekly_digest = digest.then_some(Weekday::Friday);
        let mut lines = Vec::new();
        for (number, (name, purpose, level, has_budget)) in members.iter().enumerate() {
            let id = company::id(number);
            // Or each account has a purpose of its own.
            let purpose = if own {
                Some(name.clone())
            } else {
                purpose.map(|place: usize| purposes[place].clone())
            };
            let account = Account { name: name.clone(), purpose };
            settings.accounts.insert(id.clone(), account);
            if *has_budget {
                settings.budgets.insert(id.clone(), level * 30.0 + 1.0);
            }
            for ago in 1..=known {
                let bend = bends.iter().find(|it| {
                    it.account == number && (it.from..it.from + it.days).contains(&ago)
                });
                let factor = bend.map_or(Some(1.0), |bend| bend.factor);
                let Some(factor) = factor else { continue };
                for (service, share) in [("EC2", 0.7), ("Amazon S3", 0.3)] {
                    lines.push(DailyCost {
                        day: TODAY.saturating_sub(ago.days()),
                        account: id.clone(),
                        service: service.into(),
                        cost_usd: level * share * factor,
                    });
                }
            }
        }
        for (place, (name, ago, days, some)) in events.into_iter().enumerate() {
            let start = TODAY.saturating_sub(ago.days());
            let accounts = if some { [company::id(0)].into() } else { [].into() };
            let tags = [("event".to_owned(), "x".to_owned())].into();
            let end = start.saturating_add(days.days());
            let event = Event { start, end, baseline_days: 28, accounts, tags };
            settings.events.insert(format!("{name}{place}"), event);
        }
        let mut world = World::of(TODAY, settings, lines);
        world.mornings = 6;
        world.reasons = purposes[..2].iter().map(|usage_type| Reason {
            service: ServiceName::from("EC2"),
            usage_type: usage_type.repeat(5),
            region: Some(usage_type.clone()),
            extra_usd: 12.0,
        }).collect();
        world
    }
}

fn near(one: f64, two: f64) -> bool {
    (one - two).abs() <= 1e-9 * one.abs().max(two.abs()).max(1.0)
}

/// Whether figures are the sum of others.
fn is_sum(sum: &Figures, parts: &[Figures]) -> bool {
    let of = |figure: fn(&Figures) -> f64| near(figure(sum), parts.iter().map(figure).sum());
    of(|it| it.day_usd.unwrap_or(0.0))
        && of(|it| it.month_usd)
        && of(|it| it.against_day_before.map_or(0.0, |it| it.from_usd))
        && of(|it| it.against_day_before.map_or(0.0, |it| it.to_usd))
        && of(|it| it.credits_month_usd)
        && of(|it| it.budget.map_or(0.0, |it| it.limit_usd))
}

fn adds_up(summary: &Summary) -> bool {
    let purposes = &summary.purposes;
    let of_accounts = |purpose: &Purpose| -> Vec<Figures> {
        purpose.accounts.iter().map(|account| account.figures).collect()
    };
    let of_purposes: Vec<Figures> = purposes.iter().map(|purpose| purpose.figures).collect();
    is_sum(&summary.total, &of_purposes)
        && purposes.iter().all(|purpose| is_sum(&purpose.figures, &of_accounts(purpose)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_report_is_one_that_discord_takes(world in company()) {
        let known = world.known();
        let summary = report::summary::of(&world.input(&known));
        prop_assert!(adds_up(&summary));
        let post = report::message::of(&summary, &world.settings);
        let payload = post.payload();
        prop_assert_eq!(refused(&post, 50), None, "{}", payload);
        prop_assert!(post.files.len() <= 10);
        // A spike, if there is any, leads; the accounts come next.
        let main = usize::from(!summary.spikes.told.is_empty() || summary.spikes.quiet > 0);
        let description = payload["embeds"][main]["description"].as_str().unwrap_or_default();
        let tables = blocks(description);
        prop_assert_eq!(tables.len(), 2, "{}", description);
        prop_assert_eq!(tables[0].len(), tables[1].len());
        prop_assert!((4..=25).contains(&tables[0].len()), "{}", description);
        let nobody = json!({ "parse": [], "roles": [], "users": [] });
        prop_assert_eq!(&payload["allowed_mentions"], &nobody);
    }
}
