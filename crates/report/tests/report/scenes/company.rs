//! A company's costs, made of plain rules: no chance, so that a scene is the same each time.

use contract::account::AccountId;
use contract::cost::DailyCost;
use contract::report::{Account, Language, Settings};
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

/// An account that costs something each day.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) id: AccountId,
    pub(crate) name: &'static str,
    pub(crate) purpose: &'static str,
    /// US dollars on an ordinary working day.
    pub(crate) level: f64,
    /// The share of that on a day of a weekend.
    pub(crate) weekend: f64,
    /// Growth in 30 days, as a share.
    pub(crate) growth: f64,
}

/// Services, with their share of an account's cost.
pub(crate) const SERVICES: [(&str, f64); 6] = [
    ("Amazon Elastic Compute Cloud - Compute", 0.46),
    ("Amazon Relational Database Service", 0.22),
    ("Amazon CloudFront", 0.14),
    ("Amazon Simple Storage Service", 0.1),
    ("AmazonCloudWatch", 0.05),
    ("AWS Lambda", 0.03),
];

/// Days of history.
pub(crate) const DAYS: i64 = 120;

pub(crate) fn id(number: usize) -> AccountId {
    format!("{:012}", 100_000_000_000_usize + number * 1_111_111).parse().expect("twelve digits")
}

/// Eight accounts in three purposes.
pub(crate) fn eight(language: Language) -> Vec<Member> {
    let japanese = matches!(language, Language::Japanese);
    let member = |number, en, ja, purpose: (&'static str, &'static str), level, weekend, growth| {
        let name = if japanese { ja } else { en };
        let purpose = if japanese { purpose.1 } else { purpose.0 };
        Member { id: id(number), name, purpose, level, weekend, growth }
    };
    let production = ("production", "本番");
    let event = ("event", "イベント");
    let development = ("development", "開発");
    vec![
        member(1, "shop-production", "ショップ本番", production, 182.0, 1.15, 0.06),
        member(2, "shop-batch", "バッチ処理", production, 46.0, 0.9, 0.02),
        member(3, "streaming", "動画配信基盤", production, 97.0, 1.3, 0.11),
        member(4, "festival-web", "文化祭サイト", event, 21.0, 1.0, 0.0),
        member(5, "festival-live", "文化祭ライブ配信", event, 12.5, 1.0, 0.04),
        member(6, "app-development", "アプリ開発", development, 38.0, 0.35, 0.03),
        member(7, "sandbox", "検証用サンドボックス", development, 6.2, 0.5, -0.08),
        member(8, "data-lab", "データ分析", development, 27.0, 0.4, 0.18),
    ]
}

/// Fifty accounts in six purposes.
pub(crate) fn fifty(language: Language) -> Vec<Member> {
    let japanese = matches!(language, Language::Japanese);
    let purposes = [
        ("production", "本番"),
        ("staging", "ステージング"),
        ("event", "イベント"),
        ("development", "開発"),
        ("security", "セキュリティ"),
        ("shared services", "共通基盤"),
    ];
    let of = |number: usize| {
        let (english, other) = purposes[number * 7 % 11 % purposes.len()];
        let purpose = if japanese { other } else { english };
        let name = if japanese {
            format!("{purpose}アカウント{number:02}")
        } else {
            format!("{}-account-{number:02}", purpose.replace(' ', "-"))
        };
        let level = 900.0 / f64::from(u32::try_from(number).expect("it is small"));
        Member {
            id: id(number),
            // The names of a test live as long as it.
            name: name.leak(),
            purpose,
            level,
            weekend: 0.8,
            growth: 0.03,
        }
    };
    (1..=50).map(of).collect()
}

/// What an account costs on a day, by service, from [`DAYS`] before `today` on.
pub(crate) fn lines(members: &[Member], today: Date) -> Vec<DailyCost> {
    let first = today.saturating_sub(DAYS.days());
    let days: Vec<Date> = first.series(1.day()).take_while(|day| *day < today).collect();
    let mut lines = Vec::new();
    for member in members {
        for (number, day) in (0_u32..).zip(&days) {
            let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
            let month = (f64::from(number) - 90.0) / 30.0;
            let level = member.level * (1.0 + member.growth).powf(month);
            let usual = level * if weekend { member.weekend } else { 1.0 };
            for (place, (service, share)) in SERVICES.iter().enumerate() {
                let cost_usd = cents(usual * share * wobble(number, place, &member.id));
                lines.push(DailyCost {
                    day: *day,
                    account: member.id.clone(),
                    service: (*service).into(),
                    cost_usd,
                });
            }
        }
    }
    lines
}

/// A factor near 1 that differs from day to day.
fn wobble(day: u32, service: usize, account: &AccountId) -> f64 {
    let account: u64 = account.as_str().parse().expect("digits");
    let service = u64::try_from(service).expect("it is small");
    let mixed = (u64::from(day) * 7_919 + service * 104_729 + account).wrapping_mul(2_654_435_761);
    let step = u32::try_from(mixed >> 16 & 0xff).expect("eight bits");
    0.96 + 0.08 * f64::from(step) / 255.0
}

fn cents(usd: f64) -> f64 {
    (usd * 100.0).round() / 100.0
}

/// Settings in which the accounts are named.
pub(crate) fn name_all(settings: &mut Settings, members: &[Member]) {
    settings.accounts = members
        .iter()
        .map(|member| {
            let purpose = Some(member.purpose.to_owned());
            (member.id.clone(), Account { name: member.name.to_owned(), purpose })
        })
        .collect();
}
