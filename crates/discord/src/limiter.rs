//! When the next request may go. Pure: the time is given, nothing waits here.
//!
//! Discord counts requests in buckets. Which routes share one is learnt from `X-RateLimit-Bucket`, and each channel or
//! webhook (the "major parameter") has its own. No limit is written down here but the global one, as the documentation
//! ("Rate Limits") asks.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use tokio::time::Instant;

/// Requests that a bot may make in one second, over everything.
const GLOBAL_LIMIT: usize = 50;
const GLOBAL_PERIOD: Duration = Duration::from_secs(1);
/// So many places are remembered before the forgotten ones are swept out.
const SWEEP_AT: usize = 512;
/// How long to wait when a bucket's whole window is in flight.
const LOOK_AGAIN: Duration = Duration::from_millis(100);

/// A bucket and the channel or webhook that it counts for.
type Key = (String, String);

/// Where a request goes, for the purpose of limits.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Route {
    /// Method and path template.
    pub(super) name: &'static str,
    /// The channel's or webhook's id.
    pub(super) major: String,
}

/// What the headers of an answer tell of its bucket.
#[derive(Clone, Debug)]
pub(super) struct Standing {
    pub(super) bucket: String,
    pub(super) limit: u32,
    pub(super) remaining: u32,
    pub(super) reset_after: Duration,
}

#[derive(Default)]
pub(super) struct Limiter {
    /// Starts of the requests of the last second.
    started: VecDeque<Instant>,
    global_until: Option<Instant>,
    /// Routes that were refused, until when.
    refused: HashMap<Route, Instant>,
    /// Bucket of each route, as learnt.
    learnt: HashMap<&'static str, String>,
    buckets: HashMap<Key, Bucket>,
}

/// A place that a request holds while it is in flight; empty when its bucket is not known yet.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place(Option<Key>);

struct Bucket {
    limit: u32,
    remaining: u32,
    reset_at: Instant,
    in_flight: u32,
}

impl Limiter {
    /// Takes a place for one request, or says how long to wait before asking again. A taken place is given back with
    /// [`Limiter::finish`].
    pub(super) fn reserve(&mut self, now: Instant, route: &Route) -> Result<Place, Duration> {
        let wait =
            [self.global_wait(now), self.refused_wait(now, route), self.bucket_wait(now, route)]
                .into_iter()
                .flatten()
                .max();
        if let Some(wait) = wait {
            return Err(wait);
        }
        self.started.push_back(now);
        let key = self.key(route).filter(|key| self.buckets.contains_key(key));
        if let Some(bucket) = key.as_ref().and_then(|key| self.buckets.get_mut(key)) {
            bucket.in_flight += 1;
        }
        Ok(Place(key))
    }

    /// A request has ended, with or without an answer.
    pub(super) fn finish(&mut self, place: &Place) {
        if let Some(bucket) = place.0.as_ref().and_then(|key| self.buckets.get_mut(key)) {
            bucket.in_flight = bucket.in_flight.saturating_sub(1);
        }
    }

    /// An answer told where its bucket stands.
    pub(super) fn learn(&mut self, now: Instant, route: &Route, told: Standing) {
        self.sweep(now);
        let reset_at = now + told.reset_after;
        self.learnt.insert(route.name, told.bucket.clone());
        let place = self.buckets.entry((told.bucket, route.major.clone()));
        let bucket = place.or_insert(Bucket {
            limit: told.limit,
            remaining: told.remaining,
            reset_at,
            in_flight: 0,
        });
        // Answers overtake each other: within one window the lower number is the newer one.
        let same_window = now < bucket.reset_at;
        bucket.remaining =
            if same_window { bucket.remaining.min(told.remaining) } else { told.remaining };
        bucket.reset_at = if same_window { bucket.reset_at.max(reset_at) } else { reset_at };
        bucket.limit = told.limit;
    }

    /// A request was refused with 429.
    pub(super) fn refuse(&mut self, now: Instant, route: &Route, wait: Duration, global: bool) {
        let until = now + wait;
        if global {
            self.global_until = self.global_until.max(Some(until));
        } else {
            let place = self.refused.entry(route.clone()).or_insert(until);
            *place = (*place).max(until);
        }
    }

    fn key(&self, route: &Route) -> Option<Key> {
        let bucket = self.learnt.get(route.name)?;
        Some((bucket.clone(), route.major.clone()))
    }

    fn global_wait(&mut self, now: Instant) -> Option<Duration> {
        while self.started.front().is_some_and(|start| now.duration_since(*start) >= GLOBAL_PERIOD)
        {
            self.started.pop_front();
        }
        let crowded = (self.started.len() >= GLOBAL_LIMIT)
            .then(|| self.started.front().map(|start| *start + GLOBAL_PERIOD))
            .flatten();
        remaining(now, crowded.max(self.global_until))
    }

    fn refused_wait(&mut self, now: Instant, route: &Route) -> Option<Duration> {
        remaining(now, self.refused.get(route).copied())
    }

    fn bucket_wait(&mut self, now: Instant, route: &Route) -> Option<Duration> {
        let key = self.key(route)?;
        let bucket = self.buckets.get_mut(&key)?;
        if now >= bucket.reset_at {
            bucket.remaining = bucket.limit;
        }
        if bucket.remaining > bucket.in_flight {
            return None;
        }
        // In a new window only an answer can tell more; whoever waits is woken by it.
        remaining(now, Some(bucket.reset_at)).or(Some(LOOK_AGAIN))
    }

    fn sweep(&mut self, now: Instant) {
        if self.buckets.len() + self.refused.len() < SWEEP_AT {
            return;
        }
        self.refused.retain(|_, until| *until > now);
        self.buckets.retain(|_, bucket| bucket.reset_at > now || bucket.in_flight > 0);
    }
}

fn remaining(now: Instant, until: Option<Instant>) -> Option<Duration> {
    until.map(|until| until.saturating_duration_since(now)).filter(|wait| !wait.is_zero())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn route(name: &'static str, major: &str) -> Route {
        Route { name, major: major.to_owned() }
    }

    fn told(bucket: &str, limit: u32, remaining: u32, millis: u64) -> Standing {
        let reset_after = Duration::from_millis(millis);
        Standing { bucket: bucket.to_owned(), limit, remaining, reset_after }
    }

    /// One request, from start to answer.
    fn answered(limiter: &mut Limiter, now: Instant, route: &Route, told: Standing) {
        let place = limiter.reserve(now, route).expect("there is a place");
        limiter.learn(now, route, told);
        limiter.finish(&place);
    }

    fn millis(number: u64) -> Duration {
        Duration::from_millis(number)
    }

    #[test]
    fn an_empty_bucket_waits_for_its_reset_and_others_do_not() {
        let (mut limiter, start) = (Limiter::default(), Instant::now());
        let (create, list) = (route("create", "1"), route("list", "1"));
        for (one, left) in [(&create, 0), (&list, 3)] {
            answered(&mut limiter, start, one, told(one.name, 5, left, 2000));
        }
        assert_eq!(limiter.reserve(start + millis(500), &create), Err(millis(1500)));
        assert_eq!(limiter.reserve(start + millis(500), &route("create", "2")).map(drop), Ok(()));
        assert_eq!(limiter.reserve(start + millis(500), &list).map(drop), Ok(()));
        assert_eq!(limiter.reserve(start + millis(2000), &create).map(drop), Ok(()));
    }

    #[test]
    fn routes_that_share_a_bucket_share_its_count() {
        let (mut limiter, start) = (Limiter::default(), Instant::now());
        let (change, delete) = (route("change", "1"), route("delete", "1"));
        for one in [&change, &delete] {
            answered(&mut limiter, start, one, told("shared", 5, 0, 2000));
        }
        assert_eq!(limiter.reserve(start, &change), Err(millis(2000)));
        assert_eq!(limiter.reserve(start, &delete), Err(millis(2000)));
    }

    #[test]
    fn requests_in_flight_count() {
        let (mut limiter, start) = (Limiter::default(), Instant::now());
        let one = route("change", "1");
        answered(&mut limiter, start, &one, told("change", 5, 2, 2000));
        let first = limiter.reserve(start, &one).expect("two are left");
        assert!(limiter.reserve(start, &one).is_ok());
        assert_eq!(limiter.reserve(start, &one), Err(millis(2000)));
        assert_eq!(limiter.reserve(start + millis(1), &one), Err(millis(1999)));
        limiter.finish(&first);
        assert!(limiter.reserve(start, &one).is_ok(), "what broke off gives its place back");
    }

    #[test]
    fn a_new_window_admits_no_more_than_its_limit_before_an_answer() {
        let (mut limiter, start) = (Limiter::default(), Instant::now());
        let one = route("change", "1");
        answered(&mut limiter, start, &one, told("change", 2, 0, 1000));
        let later = start + millis(1000);
        assert!(limiter.reserve(later, &one).is_ok());
        assert!(limiter.reserve(later, &one).is_ok());
        assert_eq!(limiter.reserve(later, &one), Err(LOOK_AGAIN));
    }

    #[test]
    fn a_refusal_blocks_its_route_and_a_global_one_blocks_all() {
        let (mut limiter, start) = (Limiter::default(), Instant::now());
        let (one, other) = (route("create", "1"), route("create", "2"));
        limiter.refuse(start, &one, millis(700), false);
        limiter.refuse(start, &one, millis(300), false);
        assert_eq!(limiter.reserve(start, &one), Err(millis(700)));
        assert_eq!(limiter.reserve(start, &other).map(drop), Ok(()));
        limiter.refuse(start, &one, millis(900), true);
        assert_eq!(limiter.reserve(start, &other), Err(millis(900)));
        assert_eq!(limiter.reserve(start + millis(900), &one).map(drop), Ok(()));
    }

    proptest! {
        #[test]
        fn never_more_than_fifty_requests_in_a_second(gaps in prop::collection::vec(0_u64..40, 200)) {
            let (mut limiter, start) = (Limiter::default(), Instant::now());
            let (mut now, mut sent) = (start, Vec::new());
            for (index, gap) in gaps.into_iter().enumerate() {
                now += millis(gap);
                let one = route("read", &index.to_string());
                while let Err(wait) = limiter.reserve(now, &one) {
                    prop_assert!(wait <= GLOBAL_PERIOD);
                    now += wait;
                }
                sent.push(now);
            }
            for window in sent.windows(GLOBAL_LIMIT + 1) {
                prop_assert!(window[GLOBAL_LIMIT].duration_since(window[0]) >= GLOBAL_PERIOD);
            }
        }

        /// A server with fixed windows, of any size, never has to refuse a client that does what its headers say.
        #[test]
        fn an_honest_server_never_refuses(
            limit in 1_u32..8,
            period in 50_u64..3000,
            gaps in prop::collection::vec(0_u64..400, 1..80),
        ) {
            let (mut limiter, mut now) = (Limiter::default(), Instant::now());
            let (mut opened, mut used) = (now, 0);
            let one = route("change", "1");
            for gap in gaps {
                now += millis(gap);
                let place = loop {
                    match limiter.reserve(now, &one) {
                        Ok(place) => break place,
                        Err(wait) => {
                            prop_assert!(wait <= millis(period).max(GLOBAL_PERIOD));
                            now += wait;
                        }
                    }
                };
                if now.duration_since(opened) >= millis(period) {
                    (opened, used) = (now, 0);
                }
                used += 1;
                prop_assert!(used <= limit, "the server would have refused");
                let reset_after = opened + millis(period) - now;
                let bucket = "change".to_owned();
                limiter.learn(now, &one, Standing { bucket, limit, remaining: limit - used, reset_after });
                limiter.finish(&place);
            }
        }
    }
}
