//! Slow growth that no single day shows.

use super::account::{Track, View};
use super::anomaly::{
    Anomaly, AnomalyKind, Cause, Change, Closing, DayFigure, Development, Growth, News, Outcome,
    Part, Told,
};
use super::rules::Rules;
use super::statistics::{median, theil_sen};
use crate::cost::{ServiceName, day};

/// Days of which the cost is known, from which a growth is told.
const LEAST_DAYS: usize = 28;
/// Weeks that are looked at. In fewer any unsteady service seems to grow, and in more the growth is
/// old news.
const WEEKS: u32 = 8;
/// How steady a growth is at least for it to ring, and for it to go on.
const RINGS_STEADINESS: f64 = 0.6;
const LASTS_STEADINESS: f64 = 0.3;
/// The share of the limits at which a growth goes on that has rung.
const TO_LAST: f64 = 0.5;
/// Days of a drift that has ended for which the same doesn't ring again.
pub(super) const REST_DAYS: i32 = 28;
/// Days ahead for which the growth is told.
const AHEAD: f64 = 30.0;

/// How a service, or the total, grows.
#[derive(Clone, Copy, Debug)]
struct Pace {
    /// The first day that is looked at.
    since: i32,
    /// A typical day's cost at the beginning, in the middle and at the end of those days.
    before_usd: f64,
    middle_usd: f64,
    now_usd: f64,
    /// The growth in 30 days.
    growth_usd: f64,
    /// A typical day's cost of the last week: what has fallen back no longer grows.
    last_week_usd: f64,
    steadiness: f64,
}

/// Brings the account's drifts, open and closed ones, up to the morning. A new one gets a new id.
pub(super) fn assess(
    view: &View<'_>,
    rules: &Rules,
    mut drifts: Vec<Anomaly>,
    spikes: &[Anomaly],
    new_id: impl FnOnce() -> String,
) -> (Vec<Anomaly>, Vec<News>) {
    let today = day::date(view.calendar.today);
    let mut news = Vec::new();
    for drift in drifts.iter_mut().filter(|drift| drift.closed.is_none()) {
        let lasts = follow(drift, view, rules);
        if !lasts && drift.told.on < today {
            let through = day::date(view.calendar.settled);
            drift.closed = Some(Closing { on: today, through, outcome: Outcome::Over });
            let change = Change::Close(Outcome::Over);
            news.push(News { change, anomaly: drift.clone() });
        }
    }
    let (services, total) = find(view, rules, &drifts, spikes);
    let joined: Vec<_> = services.iter().filter_map(|part| part.service.clone()).collect();
    match drifts.iter_mut().find(|drift| drift.closed.is_none()) {
        Some(open) => {
            open.services.extend(services);
            if open.total.is_none() {
                open.total = total;
            }
            news.extend(update(open, view, rules, joined));
        }
        None if services.is_empty() && total.is_none() => {}
        None => {
            let new = ring(view, new_id(), services, total);
            news.push(News { change: Change::Ring, anomaly: new.clone() });
            drifts.push(new);
        }
    }
    (drifts, news)
}

/// What grows and isn't told yet: the services, and the total.
fn find(
    view: &View<'_>,
    rules: &Rules,
    drifts: &[Anomaly],
    spikes: &[Anomaly],
) -> (Vec<Part>, Option<Part>) {
    let calendar = view.calendar;
    let is_told = |service: Option<&ServiceName>| {
        let rests = |drift: &&Anomaly| {
            let closed = drift.closed.map(|closing| day::number(closing.on));
            closed.is_none_or(|closed| calendar.today - closed < REST_DAYS)
        };
        let open = spikes.iter().filter(|spike| spike.closed.is_none());
        drifts
            .iter()
            .filter(rests)
            .chain(open)
            .any(|anomaly| anomaly.parts().any(|part| part.service.as_ref() == service))
    };
    let grows = |service: Option<&ServiceName>, track: &Track| {
        let pace = (!is_told(service)).then(|| Pace::of(track, calendar.settled))??;
        pace.reaches(rules, 1.0, RINGS_STEADINESS).then(|| pace.part(service, calendar.settled))
    };
    let services = view.services.iter().filter_map(|(service, track)| grows(Some(service), track));
    (services.collect(), grows(None, &view.total))
}

/// Looks again at an open drift. Says whether it lasts.
fn follow(drift: &mut Anomaly, view: &View<'_>, rules: &Rules) -> bool {
    let settled = view.calendar.settled;
    let mut lasts = false;
    for part in drift.services.iter_mut().chain(&mut drift.total) {
        let Some(track) = view.track(part.service.as_ref()) else { continue };
        // Of a level that is new too little is known to say that it no longer grows.
        let Some(pace) = Pace::of(track, settled) else {
            lasts |= track.value(settled).is_some();
            continue;
        };
        lasts |= pace.reaches(rules, TO_LAST, LASTS_STEADINESS);
        let first = part.days.first().map_or(pace.before_usd, |figure| figure.expected_usd);
        let now = pace.part(part.service.as_ref(), settled);
        part.cause = now.cause;
        part.days = now.days;
        for figure in &mut part.days {
            figure.expected_usd = first;
        }
    }
    lasts
}

fn update(
    drift: &mut Anomaly,
    view: &View<'_>,
    rules: &Rules,
    joined: Vec<ServiceName>,
) -> Option<News> {
    let (from_usd, to_usd) = (drift.told.extra_usd, drift.extra_usd());
    if !rules.is_update(from_usd, to_usd) && joined.is_empty() {
        return None;
    }
    drift.told = Told { on: day::date(view.calendar.today), extra_usd: to_usd };
    let change = Change::Update(Development { from_usd, to_usd, joined });
    Some(News { change, anomaly: drift.clone() })
}

fn ring(view: &View<'_>, id: String, services: Vec<Part>, total: Option<Part>) -> Anomaly {
    let today = day::date(view.calendar.today);
    let mut anomaly = Anomaly {
        is_account_wide: services.is_empty(),
        services,
        total,
        ..Anomaly::new(id, view.id, AnomalyKind::Drift, today)
    };
    anomaly.told.extra_usd = anomaly.extra_usd();
    anomaly
}

impl Pace {
    /// The growth over the days before and on `settled`; none where they are too few.
    fn of(track: &Track, settled: i32) -> Option<Self> {
        let (first, days) = track.ordinary_before(settled + 1, WEEKS);
        // A service that is younger than that didn't cost anything before it was used.
        let unknown = days.iter().position(Option::is_some)?;
        let (since, days) = (first + i32::try_from(unknown).ok()?, &days[unknown..]);
        if days.iter().flatten().count() < LEAST_DAYS {
            return None;
        }
        let trend = theil_sen(days, 7)?;
        // Half of the days from the middle to either end.
        let half = (f64::from(u32::try_from(days.len()).ok()?) - 1.0) / 2.0;
        let mut levels: Vec<f64> = (0_u32..)
            .zip(days)
            .filter_map(|(index, value)| Some((*value)? + trend.slope * (half - f64::from(index))))
            .collect();
        let middle_usd = median(&mut levels)?.max(0.0);
        let week = day::WEEK.unsigned_abs() as usize;
        let mut last_week: Vec<f64> = days.iter().rev().flatten().take(week).copied().collect();
        Some(Self {
            since,
            before_usd: (middle_usd - trend.slope * half).max(0.0),
            middle_usd,
            now_usd: (middle_usd + trend.slope * half).max(0.0),
            growth_usd: trend.slope * AHEAD,
            last_week_usd: median(&mut last_week)?,
            steadiness: trend.steadiness,
        })
    }

    fn reaches(&self, rules: &Rules, share: f64, steadiness: f64) -> bool {
        let percent = rules.growth_at_least_percent / 100.0;
        let grown_usd = self.now_usd - self.before_usd;
        self.growth_usd.min(grown_usd) >= share * rules.at_least_usd
            && self.growth_usd >= share * percent * self.middle_usd
            && self.steadiness >= steadiness
            && self.last_week_usd >= self.middle_usd
    }

    fn part(&self, service: Option<&ServiceName>, settled: i32) -> Part {
        let percent_in_30_days =
            if self.middle_usd > 0.0 { 100.0 * self.growth_usd / self.middle_usd } else { 0.0 };
        let projected_usd = self.now_usd + self.growth_usd;
        let (actual_usd, expected_usd) = (self.now_usd, self.before_usd);
        Part {
            service: service.cloned(),
            cause: Cause::SlowGrowth(Growth { projected_usd, percent_in_30_days }),
            since: day::date(self.since),
            days: vec![DayFigure { day: day::date(settled), actual_usd, expected_usd }],
            is_new_normal: false,
        }
    }
}
