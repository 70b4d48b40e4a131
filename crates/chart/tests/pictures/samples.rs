//! Figures of a company that runs online events: eight accounts in three purposes, thirty days with
//! a spike, a festival, a credit, a day without data, and an account that was closed.

use chart::{Currency, Daily, ENGLISH, Event, Group, Growth, JAPANESE, Locale, Mark, Pace, Window};
use jiff::ToSpan;
use jiff::civil::{Date, Weekday, date};

const FIRST: Date = date(2026, 10, 25);
const DAYS: usize = 30;

/// One language's locale and texts.
pub(crate) struct Told {
    pub(crate) locale: Locale,
    pub(crate) is_japanese: bool,
}

pub(crate) fn english() -> Told {
    let currency = Currency { prefix: "$".into(), suffix: String::new(), decimals: 2 };
    Told { locale: Locale { words: &ENGLISH, currency }, is_japanese: false }
}

/// Japanese, with dollars as the reports write them.
pub(crate) fn japanese() -> Told {
    let currency = Currency { prefix: String::new(), suffix: "ドル".into(), decimals: 2 };
    Told { locale: Locale { words: &JAPANESE, currency }, is_japanese: true }
}

impl Told {
    pub(crate) fn say(&self, english: &str, japanese: &str) -> String {
        if self.is_japanese { japanese } else { english }.to_owned()
    }
}

/// Noise between -1 and 1 that is the same on every machine.
struct Noise(u32);

impl Noise {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(self.0 >> 8) / f64::from(1 << 23) - 1.0
    }
}

fn day(index: usize) -> Date {
    FIRST.checked_add(i64::try_from(index).expect("small").days()).expect("in the calendar")
}

fn is_weekend(date: Date) -> bool {
    matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// The festival, Friday to Sunday.
fn festival(date: Date) -> bool {
    (date_of(11, 13)..=date_of(11, 15)).contains(&date)
}

fn date_of(month: i8, day: i8) -> Date {
    date(2026, month, day)
}

/// Cost of an account whose weekdays cost `usual` at first, grow by `growth` a day, and cost `busy`
/// times as much in the festival.
fn account(seed: u32, usual: f64, growth: f64, busy: f64) -> Vec<Option<f64>> {
    let mut noise = Noise(seed);
    let mut cost = |(index, factor): (usize, f64)| {
        let date = day(index);
        let week = if is_weekend(date) { 0.8 } else { 1.0 };
        let during = if festival(date) { busy } else { 1.0 };
        let partial = if index + 1 == DAYS { 0.45 } else { 1.0 };
        Some(usual * factor * week * during * partial * (1.0 + 0.06 * noise.next()))
    };
    let mut factor = 1.0;
    (0..DAYS)
        .map(|index| {
            factor *= 1.0 + growth;
            cost((index, factor))
        })
        .collect()
}

/// The accounts, those of one purpose beside each other.
pub(crate) fn accounts(told: &Told) -> Vec<(usize, Group)> {
    let spike = |mut costs: Vec<Option<f64>>| {
        costs[17] = costs[17].map(|cost| cost + 240.0);
        costs
    };
    let credit = |mut costs: Vec<Option<f64>>| {
        costs[9] = Some(-130.0);
        costs
    };
    let closed = |mut costs: Vec<Option<f64>>| {
        costs[15..].fill(None);
        costs
    };
    let name = |english, japanese| told.say(english, japanese);
    let rows = [
        (0, name("shop-api", "ショップAPI"), spike(account(1, 118.0, 0.004, 1.25))),
        (0, name("shop-web", "ショップWeb"), account(2, 64.0, 0.002, 1.3)),
        (0, name("payments", "決済基盤"), account(3, 41.0, 0.001, 1.1)),
        (1, name("festival-stream", "フェス配信"), account(4, 12.0, 0.0, 17.0)),
        (1, name("festival-vote", "フェス投票"), account(5, 6.0, 0.0, 9.0)),
        (2, name("dev-shop", "開発（ショップ）"), account(6, 38.0, 0.003, 1.0)),
        (2, name("dev-data", "開発（データ分析）"), credit(account(7, 47.0, 0.006, 1.0))),
        (2, name("sandbox", "検証用"), closed(account(8, 22.0, 0.0, 1.0))),
    ];
    let missing = |mut costs: Vec<Option<f64>>| {
        costs[12] = None;
        costs
    };
    rows.into_iter()
        .map(|(purpose, name, costs)| (purpose, Group { name, costs: missing(costs) }))
        .collect()
}

/// The accounts summed by purpose.
pub(crate) fn purposes(told: &Told) -> Vec<Group> {
    let names = [
        told.say("production", "本番"),
        told.say("event", "イベント"),
        told.say("development", "開発"),
    ];
    let accounts = accounts(told);
    let sum = |purpose: usize| {
        (0..DAYS).map(move |day| {
            let costs = accounts.iter().filter(|(of, _)| *of == purpose);
            let known: Vec<f64> = costs.filter_map(|(_, group)| group.costs[day]).collect();
            (!known.is_empty()).then(|| known.iter().sum())
        })
    };
    let sums: Vec<Vec<_>> = (0..3).map(|purpose| sum.clone()(purpose).collect()).collect();
    names.into_iter().zip(sums).map(|(name, costs)| Group { name, costs }).collect()
}

fn totals(groups: &[Group]) -> Vec<Option<f64>> {
    let known = |day: usize| groups.iter().filter_map(move |group| group.costs[day]);
    (0..DAYS).map(|day| known(day).next().map(|_| known(day).sum())).collect()
}

fn medians(totals: &[Option<f64>]) -> Vec<Option<f64>> {
    (0..totals.len())
        .map(|day| {
            let mut week: Vec<f64> =
                totals[day.saturating_sub(6)..=day].iter().flatten().copied().collect();
            week.sort_by(f64::total_cmp);
            (week.len() > 3).then(|| week[week.len() / 2])
        })
        .collect()
}

fn festival_window(told: &Told) -> Window {
    Window {
        name: told.say("Autumn festival", "秋フェス2026"),
        first_day: date_of(11, 13),
        last_day: date_of(11, 15),
    }
}

/// The daily chart, by account or by purpose.
pub(crate) fn daily(told: &Told, is_by_account: bool) -> Daily {
    let groups = if is_by_account {
        accounts(told).into_iter().map(|(_, group)| group).collect()
    } else {
        purposes(told)
    };
    Daily {
        title: told.say("AWS cost of the last 30 days", "直近30日間のAWSコスト"),
        subtitle: told.say(
            "8 accounts · November so far $8,312 of $12,000",
            "8アカウント · 11月の累計 8,312ドル（予算 12,000ドル）",
        ),
        first_day: FIRST,
        incomplete_days: 1,
        median: medians(&totals(&groups)),
        groups,
        budget_per_day: Some(400.0),
        marks: vec![Mark {
            day: day(17),
            label: told.say("shop-api EC2 +$240", "ショップAPI EC2 +240ドル"),
        }],
        events: vec![festival_window(told)],
    }
}

/// What the festival cost.
pub(crate) fn event(told: &Told) -> Event {
    let costs = totals(&purposes(told));
    let shown = 10..27;
    let usual = |day: Date| if is_weekend(day) { 281.0 } else { 351.0 };
    let baseline: Vec<_> = shown.clone().map(|index| Some(usual(day(index)))).collect();
    let mut actual = costs[shown].to_vec();
    actual[7] = actual[7].map(|cost| cost - 240.0);
    Event {
        title: told.say("Autumn festival: cost by day", "秋フェス2026: 日別コスト"),
        subtitle: told.say("Nov 13 – 15, baseline of 4 weeks", "11/13〜11/15、基準は過去4週間"),
        window: festival_window(told),
        first_day: day(10),
        actual,
        baseline,
        added: 1_043.7,
        incomplete_days: 0,
    }
}

/// How fast the purposes or accounts grow.
pub(crate) fn pace(told: &Told, is_by_account: bool) -> Pace {
    let names: Vec<String> = if is_by_account {
        accounts(told).into_iter().map(|(_, group)| group.name).collect()
    } else {
        purposes(told).into_iter().map(|group| group.name).collect()
    };
    let mut noise = Noise(11);
    let groups = names.into_iter().enumerate().map(|(index, name)| {
        let rate = [0.06, 0.021, -0.015, 0.0, 0.012, 0.094, 0.13, -0.2][index % 8];
        let mut cost = 2_900.0 / f64::from(u8::try_from(index + 1).expect("few"));
        let costs = (0..13).map(|month| {
            cost *= 1.0 + rate;
            let jump = if name.contains("fest") || name.contains("フェス") {
                [1.0, 1.0, 3.2][month % 3]
            } else {
                1.0
            };
            let part = if month == 12 { 0.7 } else { 1.0 };
            let is_closed = index == 7 && month > 8;
            let is_missing = index == 2 && month == 4;
            let cost = cost * jump * part * (1.0 + 0.05 * noise.next());
            (!is_closed && !is_missing).then_some(cost)
        });
        let costs = costs.collect();
        let a_month = (index != 7).then_some(rate);
        Growth { group: Group { name, costs }, a_month }
    });
    Pace {
        title: told.say("Growth over 13 months", "13か月間の推移"),
        subtitle: told.say(
            "Latest full month, and growth a month",
            "直近の確定月の額と、1か月あたりの増加率",
        ),
        first_month: date(2025, 11, 1),
        groups: groups.collect(),
        is_last_incomplete: true,
    }
}

/// More than there is room for: two months of twelve accounts with long names in yen, notes on many
/// days, and a budget far above.
pub(crate) fn busy(told: &Told) -> Daily {
    let mut noise = Noise(5);
    let groups = (1..=12_u8).map(|number| {
        let cost = |_| Some(90_000.0 / f64::from(number) * (1.2 + noise.next()));
        let costs = (0..62).map(cost).collect();
        let name = told.say("platform-engineering-shared", "基盤開発部・共通サービス運用");
        Group { name: format!("{name}-{number:02}"), costs }
    });
    let groups: Vec<_> = groups.collect();
    let mark = |(index, label): (usize, &str)| Mark { day: day(index), label: label.to_owned() };
    let marks = [
        (2, told.say("EC2 in ap-northeast-1", "東京リージョンのEC2")),
        (4, told.say("RDS", "RDS")),
        (5, told.say("data transfer", "データ転送")),
        (
            33,
            told.say(
                "a long reason that needs more room than one label has",
                "とても長い理由は一行に収まらないので途中で省略される",
            ),
        ),
        (61, told.say("NAT gateway", "NATゲートウェイ")),
    ];
    let window = |name: &str, first, last| Window {
        name: name.to_owned(),
        first_day: day(first),
        last_day: day(last),
    };
    let long = told.say(
        "A title that goes on and on, longer than a picture is wide at any rate",
        "図の横幅よりもずっと長い見出しはどこかで省略されなければならないという例",
    );
    Daily {
        title: long.clone(),
        subtitle: long,
        first_day: FIRST,
        groups,
        incomplete_days: 2,
        median: Vec::new(),
        budget_per_day: Some(5e6),
        marks: marks.iter().map(|(index, label)| mark((*index, label))).collect(),
        events: vec![
            window("Rehearsal", 20, 21),
            window("Winter sale", 24, 40),
            window("Fair", 55, 61),
        ],
    }
}

/// Yen, in the same language.
pub(crate) fn yen(told: &Told) -> Locale {
    let currency = Currency { prefix: "¥".into(), suffix: String::new(), decimals: 0 };
    Locale { words: told.locale.words, currency }
}
