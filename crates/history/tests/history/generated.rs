//! Records and answers by chance.

use contract::cost::{PlannedEvent, ServiceName};
use history::{AccountDay, Record, Usd};
use jiff::ToSpan;
use jiff::civil::Date;
use proptest::prelude::*;

pub(crate) const FIRST_DAY: Date = Date::constant(2026, 9, 20);
pub(crate) const ACCOUNTS: [&str; 4] =
    ["111122223333", "444455556666", "777788889999", "000000000001"];
pub(crate) const SERVICES: [&str; 3] = ["AWS Lambda", "Amazon S3", "Tax"];

pub(crate) fn day(number: i32) -> Date {
    FIRST_DAY + i64::from(number).days()
}

pub(crate) fn usd(text: &str) -> Usd {
    text.parse().expect("an amount")
}

/// A record as simple as it can be.
pub(crate) fn record(day: Date, account: &str, service: &str, charges_usd: Usd) -> Record {
    Record {
        day,
        account: account.parse().expect("an account"),
        account_name: None,
        purpose: None,
        service: service.into(),
        charges_usd,
        credits_usd: Usd::ZERO,
        estimated: false,
    }
}

/// An amount that a record can hold, small ones and the largest.
fn amount() -> impl Strategy<Value = Usd> {
    let most = 10_i128.pow(18) - 1;
    prop_oneof![Just(0_i128), 0..1_000_000_000_000_i128, 0..=most, Just(most),]
        .prop_map(Usd::of_units)
}

fn label() -> impl Strategy<Value = Option<String>> {
    prop_oneof![Just(None), Just(Some("production".to_owned())), "\\PC{1,12}".prop_map(Some),]
}

prop_compose! {
    /// A record of November 2026.
    fn any_record()(
        day in 1..=30_i8,
        account in 0..ACCOUNTS.len(),
        service in prop_oneof![
            prop::sample::select(SERVICES.to_vec()).prop_map(ToOwned::to_owned),
            "\\PC{1,20}",
        ],
        labels in (label(), label()),
        charges in amount(),
        credits in amount(),
        estimated in any::<bool>(),
    ) -> Record {
        Record {
            account_name: labels.0,
            purpose: labels.1,
            credits_usd: -credits,
            estimated,
            ..record(Date::constant(2026, 11, day), ACCOUNTS[account], &service, charges)
        }
    }
}

/// Records of November 2026 in any order, each day, account and service once.
pub(crate) fn november() -> impl Strategy<Value = Vec<Record>> {
    prop::collection::vec(any_record(), 1..60).prop_map(|mut records| {
        let mut seen = std::collections::BTreeSet::new();
        let key = |record: &Record| (record.day, record.account.clone(), record.service.clone());
        records.retain(|record| seen.insert(key(record)));
        records
    })
}

prop_compose! {
    /// What AWS answers of an account's day, within three months.
    fn answer()(
        number in 0..70_i32,
        account in 0..ACCOUNTS.len(),
        lines in prop::collection::vec((0..SERVICES.len(), -50..200_i32), 0..4),
        estimated in any::<bool>(),
    ) -> AccountDay {
        let id = ACCOUNTS[account].parse().expect("an account");
        let mut answer = AccountDay::of(day(number), id, estimated);
        answer.purpose = (account > 0).then(|| format!("purpose {}", account % 2));
        for (service, cents) in lines {
            let amount = Usd::of_units(i128::from(cents) * 100_000_000);
            answer.add(ServiceName::from(SERVICES[service]), amount);
        }
        answer
    }
}

/// Answers in the order in which they come; a day may be answered several times.
pub(crate) fn answers() -> impl Strategy<Value = Vec<AccountDay>> {
    prop::collection::vec(answer(), 0..40)
}

/// What an account does over [`DAYS`] days.
#[derive(Clone, Debug)]
struct Course {
    account: usize,
    /// The days of which something is known.
    known: std::ops::Range<i32>,
    missing: Vec<i32>,
    /// On that day its purpose changes.
    moves: i32,
    /// Charges of each service in cents, of which a service has a record where they aren't zero.
    levels: [i32; 3],
    /// Days on which everything costs as many times more.
    spikes: Vec<(i32, i32)>,
}

/// Days that courses have at most, from [`FIRST_DAY`] on: thirteen weeks.
pub(crate) const DAYS: i32 = 91;

prop_compose! {
    fn course(account: usize)(
        known in prop_oneof![
            Just(0..DAYS),
            (0..60_i32, 20..DAYS).prop_map(|(first, days)| first..(first + days).min(DAYS)),
        ],
        missing in prop::collection::vec(0..DAYS, 0..12),
        moves in prop_oneof![Just(DAYS), 0..DAYS],
        levels in prop::array::uniform3(prop_oneof![Just(0), 1..10_000_i32]),
        spikes in prop::collection::vec((0..DAYS, 2..50_i32), 0..6),
    ) -> Course {
        Course { account, known, missing, moves, levels, spikes }
    }
}

impl Course {
    fn records(&self) -> Vec<Record> {
        let days = self.known.clone().filter(|number| !self.missing.contains(number));
        days.flat_map(|number| self.day(number)).collect()
    }

    fn day(&self, number: i32) -> Vec<Record> {
        let id = ACCOUNTS[self.account].parse().expect("an account");
        let mut answer = AccountDay::of(day(number), id, number > DAYS - 4);
        let purposes = [None, Some("production".to_owned()), Some("event's".to_owned())];
        let place = self.account + usize::from(number >= self.moves);
        answer.purpose.clone_from(&purposes[place % purposes.len()]);
        let spike = self.spikes.iter().find(|(on, _)| *on == number).map_or(1, |(_, times)| *times);
        for (service, level) in SERVICES.iter().zip(self.levels) {
            // Another cost on the same weekday of the next week, and on every fifth day none.
            let cents = level * ((number + level) % 5) * spike;
            if cents > 0 {
                answer.add(*service, Usd::of_units(i128::from(cents) * 100_000_000));
            }
        }
        // What the month's object holds, also for a day without charges.
        let month = answer.month();
        let known = std::collections::BTreeMap::from([(month, Vec::new())]);
        let merged = history::merge(&known, &[answer], history::Labels::Keep).expect("merged");
        merged.changed.into_values().flatten().collect()
    }
}

/// Records of up to four accounts over thirteen weeks: some accounts come later or end, days are
/// missing, purposes change, and some days are dear.
pub(crate) fn courses() -> impl Strategy<Value = Vec<Record>> {
    (course(0), course(1), course(2), course(3), 1..=ACCOUNTS.len()).prop_map(
        |(first, second, third, fourth, count)| {
            let courses = [first, second, third, fourth];
            courses[..count].iter().flat_map(Course::records).collect()
        },
    )
}

/// An event within the courses, that concerns all accounts or some, and services as well.
pub(crate) fn event(name: &'static str) -> impl Strategy<Value = PlannedEvent> {
    let accounts = prop::sample::subsequence(ACCOUNTS.to_vec(), 0..=2);
    let services = prop::sample::subsequence(SERVICES.to_vec(), 0..=1);
    (20..DAYS, 0..9_i32, accounts, services).prop_map(move |(first, days, accounts, services)| {
        let event = PlannedEvent::of(name, day(first), day(first + days)).expect("an event");
        PlannedEvent {
            accounts: accounts.iter().map(|id| id.parse().expect("an account")).collect(),
            services: services.iter().map(|name| (*name).into()).collect(),
            ..event
        }
    })
}
