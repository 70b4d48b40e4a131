//! What the spike engine has to tell, with the reasons that were found.

use contract::spike::{Change, News};

use super::accounts;
use crate::{Input, Reason};

/// What the spike engine has to tell.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spikes {
    /// What is new, still there and more, or over: in this order, and the most extra cost first.
    pub told: Vec<Spike>,
    /// Anomalies that are open, and of which there is nothing to tell.
    pub quiet: usize,
}

/// One thing to tell of an anomaly.
#[derive(Clone, Debug, PartialEq)]
pub struct Spike {
    /// What is new, and the anomaly.
    pub news: News,
    /// The account's name.
    pub account: String,
    /// Its purpose.
    pub purpose: Option<String>,
    /// What drove it, the most extra cost first; none where nobody has looked.
    pub reasons: Vec<Reason>,
}

impl Spikes {
    /// How many are new.
    pub fn rung(&self) -> usize {
        self.told.iter().filter(|spike| spike.news.change == Change::Ring).count()
    }
}

pub(super) fn of(input: &Input<'_>) -> Spikes {
    let assessment = input.assessment;
    let mut told: Vec<Spike> = assessment.news.iter().map(|news| spike(input, news)).collect();
    // Equal ones stay in the engine's order.
    told.sort_by(|one, two| {
        let extra = |spike: &Spike| spike.news.anomaly.extra_usd();
        order(one).cmp(&order(two)).then(extra(two).total_cmp(&extra(one)))
    });
    let is_told = |id: &str| told.iter().any(|spike| spike.news.anomaly.id == id);
    let open = assessment.state.anomalies.iter().filter(|anomaly| anomaly.closed.is_none());
    let quiet = open.filter(|anomaly| !is_told(&anomaly.id)).count();
    Spikes { told, quiet }
}

fn spike(input: &Input<'_>, news: &News) -> Spike {
    let account = &news.anomaly.account;
    Spike {
        news: news.clone(),
        account: accounts::name(input, account),
        purpose: accounts::purpose(input, account),
        reasons: input.reasons.get(&news.anomaly.id).cloned().unwrap_or_default(),
    }
}

fn order(spike: &Spike) -> u8 {
    match spike.news.change {
        Change::Ring => 0,
        Change::Update(_) => 1,
        Change::Close(_) => 2,
    }
}
