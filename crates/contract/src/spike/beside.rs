//! What an account's total is expected to cost beside what is usual for it.

use std::collections::BTreeMap;

use super::account::View;
use super::anomaly::Part;
use super::judge::{Question, Standing};
use super::rules::Rules;
use crate::cost::day;

/// What services cost more than on ordinary days and isn't news: it is told already as theirs, or
/// is one of the peaks that they have now and then.
pub(super) struct Beside<'a> {
    view: &'a View<'a>,
    rules: &'a Rules,
    /// What is told of services, by the number of the day.
    told: BTreeMap<i32, f64>,
}

impl<'a> Beside<'a> {
    /// With what these parts tell. What has become normal is usual anyway.
    pub(super) fn of<'b>(
        view: &'a View<'a>,
        rules: &'a Rules,
        parts: impl IntoIterator<Item = &'b Part>,
    ) -> Self {
        let mut told = BTreeMap::new();
        let news = parts.into_iter().filter(|part| !part.is_new_normal);
        for figure in news.flat_map(|part| &part.days) {
            *told.entry(day::number(figure.day)).or_default() += figure.extra_usd();
        }
        Self { view, rules, told }
    }

    /// What is told of services on a day, in US dollars.
    pub(super) fn told_on(&self, number: i32) -> f64 {
        self.told.get(&number).copied().unwrap_or_default()
    }

    /// The same with services' usual peaks, by what was usual on the day `since`.
    pub(super) fn on(&self, number: i32, since: i32) -> f64 {
        let until = self.view.calendar.usual_until(since);
        let peak = |(service, track)| {
            let rules = self.rules;
            let question = Question { track, number, until, offset: 0.0, share: 1.0, rules };
            match question.judge(Some(service)) {
                Standing::UsualPeak(usd) => usd,
                Standing::Unknown | Standing::Usual | Standing::Above(..) => 0.0,
            }
        };
        let services = self.view.services.iter().map(|(service, track)| (*service, track));
        self.told_on(number) + services.map(peak).sum::<f64>()
    }
}
