//! What one service of one account cost on one day.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::ServiceName;
use crate::account::AccountId;

/// One line of a bill: what a service of an account cost on a day, or was given back for it.
///
/// A service may have several lines on one day, such as its charges and a credit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DailyCost {
    /// The day.
    pub day: Date,
    /// The account.
    pub account: AccountId,
    /// The service.
    pub service: ServiceName,
    /// US dollars; below zero where a credit or refund is larger than what was charged.
    pub cost_usd: f64,
}

/// What is known of a service's day: what was charged, and what was given back.
///
/// The two are kept apart, since a credit says nothing of what was used: it must not hide a spike.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figure {
    /// Sum of the amounts above zero, in US dollars.
    pub charges_usd: f64,
    /// Sum of the amounts below zero, in US dollars: zero or less.
    pub credits_usd: f64,
}

impl Figure {
    /// A figure of one amount.
    pub fn of(usd: f64) -> Self {
        let mut figure = Self::default();
        figure.add(usd);
        figure
    }

    /// Adds an amount to the charges or to the credits. One that is no number is passed over.
    pub fn add(&mut self, usd: f64) {
        if !usd.is_finite() {
            return;
        }
        if usd < 0.0 {
            self.credits_usd += usd;
        } else {
            self.charges_usd += usd;
        }
    }

    /// What was charged. None where only a credit is known: then it was more than the charges, of
    /// which nothing can be said.
    pub fn charged(self) -> Option<f64> {
        (self.charges_usd > 0.0 || self.credits_usd >= 0.0).then_some(self.charges_usd)
    }

    /// What the bill comes to: charges less credits.
    pub fn net_usd(self) -> f64 {
        self.charges_usd + self.credits_usd
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credit_hides_no_charge() {
        let mut figure = Figure::of(100.0);
        figure.add(-80.0);
        assert_eq!(figure.charged(), Some(100.0));
        assert!((figure.net_usd() - 20.0).abs() < 1e-9);
    }

    #[test]
    fn of_a_credit_alone_nothing_is_known() {
        assert_eq!(Figure::of(-5.0).charged(), None);
        assert_eq!(Figure::of(0.0).charged(), Some(0.0));
        assert_eq!(Figure::of(f64::NAN).charged(), Some(0.0));
    }
}
