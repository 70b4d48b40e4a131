//! Mornings that a report is made for, in a fixed order: for the snapshots, and for the example `preview`.

pub(crate) mod company;
pub(crate) mod world;

use contract::cost::DailyCost;
use contract::report::{Currency, Event, Language, Mentions, Weekday};
use jiff::ToSpan;
use jiff::civil::{Date, date};
use report::{Notice, Reason};

use company::{Member, SERVICES};
use world::World;

/// The morning of most scenes, a Friday. The day that it reports is Thursday the 26th.
const TODAY: Date = date(2026, 11, 27);

/// All mornings with their names.
pub(crate) fn scenes(language: Language) -> Vec<(&'static str, World)> {
    vec![
        ("ordinary", ordinary(language)),
        ("spike", spike(language)),
        ("spike-growing", spike_later(language, 1)),
        ("spike-over", spike_later(language, 6)),
        ("event-day", event(language, (25, 28))),
        ("event-end", event(language, (20, 23))),
        ("digest-weekly", digest(language, date(2026, 11, 23))),
        ("digest-monthly", digest(language, date(2026, 12, 2))),
        ("first-morning", first_mornings(language, 0)),
        ("second-morning", first_mornings(language, 1)),
        ("missing-days", missing(language)),
        ("late", late(language)),
        ("partial", partial(language)),
        ("troubled", troubled(language)),
        ("credits", credits(language)),
        ("closed-account", closed(language)),
        ("fifty-accounts", fifty(language)),
        ("busy", busy(language)),
    ]
}

fn at(language: Language, today: Date, members: &[Member]) -> World {
    let mut settings = world::settings();
    settings.language = language;
    company::name_all(&mut settings, members);
    World::of(today, settings, company::lines(members, today))
}

fn ordinary(language: Language) -> World {
    let members = company::eight(language);
    let mut world = at(language, TODAY, &members);
    for member in &members[..6] {
        world.settings.budgets.insert(member.id.clone(), (member.level * 32.5).round());
    }
    world
}

/// More cost of a service of an account on some days.
fn add(world: &mut World, member: &Member, service: usize, days: &[Date], usd: f64) {
    let service = SERVICES[service].0;
    world.lines.extend(days.iter().map(|day| DailyCost {
        day: *day,
        account: member.id.clone(),
        service: service.into(),
        cost_usd: usd,
    }));
}

fn spike(language: Language) -> World {
    let members = company::eight(language);
    let mut world = ordinary(language);
    add(&mut world, &members[0], 0, &[date(2026, 11, 26)], 212.4);
    let reason = |usage_type: &str, extra_usd| Reason {
        service: SERVICES[0].0.into(),
        usage_type: usage_type.to_owned(),
        region: Some("ap-northeast-1".to_owned()),
        extra_usd,
    };
    world.reasons =
        vec![reason("APN1-BoxUsage:p4d.24xlarge", 196.7), reason("APN1-EBS:VolumeUsage.gp3", 15.7)];
    let roles = vec!["1310000000000000001".to_owned()];
    world.settings.mentions = Mentions { roles, ..Mentions::default() };
    world.calls = 3;
    world
}

/// The spike some mornings later: it lasted two days.
fn spike_later(language: Language, mornings: i64) -> World {
    let members = company::eight(language);
    let mut world = at(language, TODAY.saturating_add(mornings.days()), &members);
    add(&mut world, &members[0], 0, &[date(2026, 11, 26)], 212.4);
    add(&mut world, &members[0], 0, &[date(2026, 11, 27)], 251.9);
    world
}

fn event(language: Language, (first, last): (i8, i8)) -> World {
    let members = company::eight(language);
    let mut world = ordinary(language);
    let (start, end) = (date(2026, 11, first), date(2026, 11, last));
    let days: Vec<Date> =
        start.series(1.day()).take_while(|day| *day <= end && *day < world.today).collect();
    add(&mut world, &members[3], 2, &days, 88.5);
    add(&mut world, &members[4], 0, &days, 141.2);
    add(&mut world, &members[4], 5, &days, 19.8);
    let name = match language {
        Language::English => "Autumn festival",
        Language::Japanese => "秋の文化祭",
    };
    let accounts = members[3..5].iter().map(|member| member.id.clone()).collect();
    let tags = [("event".to_owned(), "autumn".to_owned())].into();
    let event = Event { start, end, baseline_days: 28, accounts, tags };
    world.settings.events.insert(name.to_owned(), event);
    world.tagged_usd.insert(name.to_owned(), 241.9);
    world
}

fn digest(language: Language, today: Date) -> World {
    let members = company::eight(language);
    let mut world = at(language, today, &members);
    world.settings.weekly_digest = Some(Weekday::Monday);
    world.settings.monthly_digest = Some(2);
    world
}

/// The first mornings, on which so many days are known.
fn first_mornings(language: Language, known: i64) -> World {
    let mut world = ordinary(language);
    let first = TODAY.saturating_sub(known.days());
    world.lines.retain(|line| line.day >= first);
    world.calls = 1;
    world
}

fn missing(language: Language) -> World {
    let members = company::eight(language);
    let mut world = ordinary(language);
    let is_missing = |line: &DailyCost| {
        (line.account == members[2].id && line.day == date(2026, 11, 26))
            || (line.account == members[6].id
                && (date(2026, 11, 22)..=date(2026, 11, 24)).contains(&line.day))
    };
    world.lines.retain(|line| !is_missing(line));
    world
}

fn late(language: Language) -> World {
    let mut world = ordinary(language);
    world.lines.retain(|line| line.day < date(2026, 11, 26));
    world
}

fn troubled(language: Language) -> World {
    let mut world = missing(language);
    world.notices = vec![
        Notice::Source {
            name: "444455556666".to_owned(),
            reason:
                "AccessDenied: User: arn:aws:sts::111122223333:assumed-role/costs/hinomi is not \
                     authorized to perform: sts:AssumeRole on a role of a very long name"
                    .to_owned(),
        },
        Notice::Purposes {
            reason: "AWSOrganizationsNotInUseException: no *organization*".to_owned(),
        },
        Notice::Filling { since: date(2026, 9, 1) },
        Notice::CallsUsedUp { most: 20 },
    ];
    world
}

fn partial(language: Language) -> World {
    let mut world = ordinary(language);
    for line in world.lines.iter_mut().filter(|line| line.day == date(2026, 11, 26)) {
        line.cost_usd *= 0.3;
    }
    world
}

fn credits(language: Language) -> World {
    let members = company::eight(language);
    let mut world = ordinary(language);
    let days: Vec<Date> =
        date(2026, 11, 1).series(1.day()).take_while(|day| *day < TODAY).collect();
    add(&mut world, &members[0], 0, &days, -40.0);
    add(&mut world, &members[7], 1, &[date(2026, 11, 26)], -350.0);
    world
}

fn closed(language: Language) -> World {
    let members = company::eight(language);
    let mut world = ordinary(language);
    world.lines.retain(|line| line.account != members[7].id || line.day <= date(2026, 11, 19));
    world
}

fn fifty(language: Language) -> World {
    let mut world = at(language, TODAY, &company::fifty(language));
    let as_of = Some(date(2026, 11, 2));
    world.settings.currency = Currency { code: "JPY".to_owned(), per_usd: 151.25, as_of };
    world.calls = 4;
    world
}

/// A morning on which everything comes together.
fn busy(language: Language) -> World {
    let members = company::eight(language);
    let mut world = event(language, (20, 23));
    let name = match language {
        Language::English => "Product launch",
        Language::Japanese => "新製品発表会",
    };
    let event = Event {
        start: date(2026, 11, 26),
        end: date(2026, 11, 29),
        baseline_days: 28,
        accounts: [members[5].id.clone()].into(),
        tags: [].into(),
    };
    world.settings.events.insert(name.to_owned(), event);
    add(&mut world, &members[0], 0, &[date(2026, 11, 26)], 212.4);
    add(&mut world, &members[2], 3, &[date(2026, 11, 25), date(2026, 11, 26)], 64.0);
    world.lines.retain(|line| line.account != members[7].id || line.day <= date(2026, 11, 19));
    world.settings.weekly_digest = Some(Weekday::Friday);
    world
}
