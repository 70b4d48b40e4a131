//! A history, morning by morning, as a daily report would have seen it.

use jiff::civil::Date;

use super::{Morning, News, Rules, State, assess};
use crate::cost::{Arrivals, History, PlannedEvent, Recorded};

/// Replays a history: each morning knows what was known then, and what was told before.
#[derive(Clone, Debug)]
pub struct Replay<'a> {
    arrivals: Arrivals<'a>,
    state: State,
    next: Date,
    events: &'a [PlannedEvent],
    rules: &'a Rules,
}

impl<'a> Replay<'a> {
    /// A replay from a morning on. What is known by then is its history, of which nothing was told.
    pub fn new(
        recorded: &'a [Recorded],
        from: Date,
        events: &'a [PlannedEvent],
        rules: &'a Rules,
    ) -> Self {
        let arrivals = Arrivals::of(recorded);
        Self { arrivals, state: State::default(), next: from, events, rules }
    }

    /// The next morning and what it brings.
    pub fn morning(&mut self) -> (Date, Vec<News>) {
        let today = self.next;
        let history = self.arrivals.known_on(today);
        let morning = Morning { today, history, events: self.events, rules: self.rules };
        let assessment = assess(&morning, &self.state);
        self.state = assessment.state;
        self.next = today.tomorrow().unwrap_or(Date::MAX);
        (today, assessment.news)
    }

    /// What is kept after the mornings so far.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// What is known after the mornings so far.
    pub fn history(&self) -> &History {
        self.arrivals.history()
    }
}
