//! The anomalies of one account that show on single days, brought from one morning to the next.

use super::account::View;
use super::anomaly::{
    Anomaly, AnomalyKind, Cause, Change, Closing, Development, News, Outcome, Part, Told,
};
use super::beside::Beside;
use super::course::{Beginning, still_stands_out};
use super::found;
use super::judge::{Question, Standing};
use super::rules::Rules;
use crate::cost::{ServiceName, day};

/// Days by which the beginnings of two services may differ for them to be one anomaly.
const SAME_BEGINNING_DAYS: i32 = 1;

/// An anomaly on a morning.
pub(super) struct Entry {
    pub(super) anomaly: Anomaly,
    /// Services that joined this morning.
    joined: Vec<ServiceName>,
    /// What is new of it, as far as that is known.
    change: Option<Change>,
}

/// Looks again at the days of the open anomalies, and closes those that have ended. Says whether
/// that gave something a new level, by which all the rest is to be looked at anew.
pub(super) fn settle(entries: &mut [Entry], view: &View<'_>, rules: &Rules) -> bool {
    let mut ended = vec![None; entries.len()];
    for (entry, ended) in entries.iter_mut().zip(&mut ended).filter(|(entry, _)| entry.is_open()) {
        *ended = entry.follow_services(view, rules);
    }
    for (index, outcome) in follow_totals(entries, view, rules) {
        ended[index] = outcome;
    }
    let mut is_level_new = false;
    for (entry, ended) in entries.iter_mut().zip(ended) {
        // What was told of this morning already isn't closed on the same one.
        let may_close = entry.anomaly.told.on < day::date(view.calendar.today);
        if let Some(outcome) = ended.filter(|_| may_close) {
            entry.complete(view, rules);
            entry.close(outcome, view);
            is_level_new |= outcome == Outcome::NewNormal;
        }
    }
    is_level_new
}

/// Looks for what stands out anew: it joins an open anomaly, or is one, which gets a new id.
pub(super) fn find(
    entries: &mut Vec<Entry>,
    view: &View<'_>,
    rules: &Rules,
    new_id: impl FnOnce() -> String,
) {
    let known: Vec<_> = entries.iter().map(|entry| entry.anomaly.clone()).collect();
    let mut fresh = Vec::new();
    for part in found::services(view, &known, rules) {
        match entries.iter_mut().find(|entry| entry.takes(&part)) {
            Some(entry) => entry.join(part),
            None => fresh.push(part),
        }
    }
    let beside = Beside::of(view, rules, told(entries, None).chain(&fresh));
    if let Some(beginning) = found::total(view, &known, &beside, rules) {
        // The anomaly's own services are a part of its total.
        let beside = Beside::of(view, rules, told(entries, None));
        let elsewhere = |number| beside.on(number, beginning.since);
        let course = beginning.follow(&view.total, view.calendar, elsewhere, rules);
        let total = Some(beginning.part(course));
        entries.push(Entry::new(new_id(), view, fresh, total));
    } else if !fresh.is_empty() {
        entries.push(Entry::new(new_id(), view, fresh, None));
    }
    follow_totals(entries, view, rules);
}

/// Says what is new.
pub(super) fn tell(entries: &mut [Entry], view: &View<'_>, rules: &Rules) -> Vec<News> {
    let mut news = Vec::new();
    for entry in entries {
        if entry.is_open() {
            entry.complete(view, rules);
            entry.compare(view, rules);
        }
        if let Some(change) = entry.change.take() {
            news.push(News { change, anomaly: entry.anomaly.clone() });
        }
    }
    news
}

impl Entry {
    /// One that is known already.
    pub(super) fn of(anomaly: Anomaly) -> Self {
        Self { anomaly, joined: Vec::new(), change: None }
    }

    /// One that rings this morning.
    fn new(id: String, view: &View<'_>, services: Vec<Part>, total: Option<Part>) -> Self {
        let today = day::date(view.calendar.today);
        let anomaly = Anomaly {
            is_account_wide: total.is_some(),
            services,
            total,
            ..Anomaly::new(id, view.id, AnomalyKind::Spike, today)
        };
        Self { change: Some(Change::Ring), ..Self::of(anomaly) }
    }

    fn is_open(&self) -> bool {
        self.anomaly.closed.is_none()
    }

    /// Looks again at the services' days. Says how they ended together; none while one lasts.
    fn follow_services(&mut self, view: &View<'_>, rules: &Rules) -> Option<Outcome> {
        let follow = |part: &mut Part| follow(part, view, |_| 0.0, rules);
        let outcomes: Vec<_> = self.anomaly.services.iter_mut().map(follow).collect();
        let ended: Vec<Outcome> = outcomes.into_iter().collect::<Option<_>>()?;
        let strongest = [Outcome::NewNormal, Outcome::Over].into_iter();
        strongest.chain(ended.first().copied()).find(|outcome| ended.contains(outcome))
    }

    /// Whether a service that stands out anew belongs to this anomaly.
    fn takes(&self, part: &Part) -> bool {
        let since = day::number(part.since);
        let begins_with =
            |own: &Part| (day::number(own.since) - since).abs() <= SAME_BEGINNING_DAYS;
        self.is_open()
            && (self.anomaly.is_account_wide || self.anomaly.services.iter().any(begins_with))
    }

    fn join(&mut self, part: Part) {
        self.joined.extend(part.service.clone());
        self.anomaly.services.push(part);
    }

    /// Orders the services, and adds what is told beside the leading parts.
    fn complete(&mut self, view: &View<'_>, rules: &Rules) {
        let anomaly = &mut self.anomaly;
        anomaly.services.sort_by(|one, other| {
            let by_extra = other.extra_usd().total_cmp(&one.extra_usd());
            by_extra.then_with(|| one.service.cmp(&other.service))
        });
        if !anomaly.is_account_wide {
            anomaly.total = attached_total(anomaly, view, rules);
        } else if let Some(total) = &anomaly.total {
            anomaly.contributors = found::contributors(view, total, rules);
        }
    }

    /// Compares it with what was last told of it.
    fn compare(&mut self, view: &View<'_>, rules: &Rules) {
        let (from_usd, to_usd) = (self.anomaly.told.extra_usd, self.anomaly.extra_usd());
        if self.change == Some(Change::Ring) {
            self.anomaly.told.extra_usd = to_usd;
            return;
        }
        if rules.is_update(from_usd, to_usd) || !self.joined.is_empty() {
            self.anomaly.told = Told { on: day::date(view.calendar.today), extra_usd: to_usd };
            let joined = std::mem::take(&mut self.joined);
            self.change = Some(Change::Update(Development { from_usd, to_usd, joined }));
        }
    }

    fn close(&mut self, outcome: Outcome, view: &View<'_>) {
        let calendar = view.calendar;
        let through = match outcome {
            Outcome::NewNormal | Outcome::Planned | Outcome::Silent => calendar.today - 1,
            Outcome::Over | Outcome::Revised => calendar.settled,
        };
        let (on, through) = (day::date(calendar.today), day::date(through));
        self.anomaly.closed = Some(Closing { on, through, outcome });
        self.change = Some(Change::Close(outcome));
        if outcome != Outcome::NewNormal {
            return;
        }
        let anomaly = &mut self.anomaly;
        let total = anomaly.total.iter_mut().filter(|_| anomaly.is_account_wide);
        for part in anomaly.services.iter_mut().chain(total) {
            part.is_new_normal = still_stands_out(&part.days, calendar);
        }
    }
}

/// Looks again at the days of the open anomalies that their account's total leads. Says how each
/// of them ended; none while it lasts.
fn follow_totals(
    entries: &mut [Entry],
    view: &View<'_>,
    rules: &Rules,
) -> Vec<(usize, Option<Outcome>)> {
    let is_led = |entry: &Entry| entry.is_open() && entry.anomaly.is_account_wide;
    let led: Vec<usize> = (0..entries.len()).filter(|index| is_led(&entries[*index])).collect();
    led.into_iter()
        .map(|index| {
            let beside = Beside::of(view, rules, told(entries, Some(index)));
            let outcome = entries[index].anomaly.total.as_mut().and_then(|total| {
                let since = day::number(total.since);
                follow(total, view, |number| beside.on(number, since), rules)
            });
            (index, outcome)
        })
        .collect()
}

fn follow(
    part: &mut Part,
    view: &View<'_>,
    elsewhere: impl Fn(i32) -> f64,
    rules: &Rules,
) -> Option<Outcome> {
    let beginning = Beginning::of(part);
    let Some(track) = view.track(part.service.as_ref()) else { return Some(Outcome::Silent) };
    let course = beginning.follow(track, view.calendar, elsewhere, rules);
    let outcome = beginning.outcome(&course, track, view.calendar, rules);
    part.days = course.days;
    outcome
}

/// What the anomalies but one tell of services.
fn told(entries: &[Entry], except: Option<usize>) -> impl Iterator<Item = &Part> {
    let others = entries.iter().enumerate().filter(move |(index, _)| Some(*index) != except);
    others.flat_map(|(_, entry)| &entry.anomaly.services)
}

/// The account's total on the days of its services' anomaly, where it stands out too.
fn attached_total(anomaly: &Anomaly, view: &View<'_>, rules: &Rules) -> Option<Part> {
    let until = view.calendar.usual_until(day::number(anomaly.since()?));
    let figures = anomaly.services.iter().flat_map(|part| &part.days);
    let mut numbers: Vec<i32> = figures.map(|figure| day::number(figure.day)).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let mut cause: Option<Cause> = None;
    let mut days = Vec::new();
    for number in numbers {
        let track = &view.total;
        let question = Question { track, number, until, offset: 0.0, share: 1.0, rules };
        if let Standing::Above(why, figure) = question.judge(None) {
            cause.get_or_insert(why);
            days.push(figure);
        }
    }
    let since = days.first()?.day;
    Some(Part { service: None, cause: cause?, since, days, is_new_normal: false })
}
