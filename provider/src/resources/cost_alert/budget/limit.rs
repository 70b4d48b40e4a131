//! What a budget's limit is: a sum, sums that change with the months, or what AWS makes of the costs.

use std::collections::BTreeMap;

use framework::{Attr, Error, Result};
use jiff::civil::Date;

use super::calendar;
use crate::resources::cost_alert::amount::Amount;
use crate::resources::cost_alert::model::{AdjustmentBasis, AutoAdjust, Budget};

/// The limit of a budget.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    /// The same in each period.
    Fixed(Amount),
    /// By the month from which each holds, until the next one.
    Planned(Planned),
    /// Set by AWS.
    Adjusted(Adjustment),
}

/// Limits by the first day of the period from which they hold. The last holds for ever, as in AWS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Planned(BTreeMap<Date, Amount>);

/// How AWS sets a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Adjustment {
    /// The average of so many past periods.
    Historical(u32),
    /// What AWS expects.
    Forecast,
}

impl Limit {
    /// What the attributes say.
    ///
    /// # Errors
    /// A bug of the provider's, when a value isn't known or was not found wrong before.
    pub(super) fn of(budget: &Budget) -> Result<Self> {
        if !budget.planned_limits_usd.is_null() {
            return Planned::of(&budget.planned_limits_usd).map(Self::Planned);
        }
        match &budget.auto_adjust {
            Attr::Null => Ok(Self::Fixed(Amount::new(*budget.limit_usd.known("limit_usd")?))),
            adjust @ (Attr::Unknown | Attr::Known(_)) => {
                Adjustment::of(adjust.known("auto_adjust")?).map(Self::Adjusted)
            }
        }
    }

    /// Whether a budget that has the limit `found` needs no change to have this one in `periods`.
    pub(super) fn is_met_by(&self, found: &Self, periods: &[Date]) -> bool {
        match (self, found) {
            (Self::Planned(wanted), Self::Planned(found)) => {
                periods.iter().all(|period| wanted.at(*period) == found.at(*period))
            }
            // AWS: once the plan is used up, the budget is as a fixed one.
            (Self::Planned(wanted), Self::Fixed(found)) => {
                periods.iter().all(|period| wanted.at(*period) == Some(*found))
            }
            _ => self == found,
        }
    }
}

impl Planned {
    /// What the attribute says.
    ///
    /// # Errors
    /// A bug of the provider's, when a value isn't known or was not found wrong before.
    pub(super) fn of(attribute: &Attr<BTreeMap<String, Attr<f64>>>) -> Result<Self> {
        let entries = attribute.known("planned_limits_usd")?;
        let limits = entries.iter().map(|(key, limit)| {
            let first = calendar::month(key)
                .ok_or_else(|| Error::provider_bug(format!("`{key}` passed for a month")))?;
            Ok((first, Amount::new(*limit.known(key)?)))
        });
        limits.collect::<Result<_>>().map(Self)
    }

    /// What AWS answered, by the first days of periods.
    pub(super) fn new(limits: BTreeMap<Date, Amount>) -> Self {
        Self(limits)
    }

    /// The limit of the period that begins at a day; `None` before the first.
    pub(super) fn at(&self, period: Date) -> Option<Amount> {
        self.0.range(..=period).next_back().map(|(_, limit)| *limit)
    }

    /// The same limits as attributes write them, each where it changes.
    pub(super) fn attribute(&self) -> Attr<BTreeMap<String, Attr<f64>>> {
        let mut before = None;
        let changes = self.0.iter().filter(|(_, limit)| before.replace(**limit) != Some(**limit));
        let entries = changes
            .map(|(first, limit)| (calendar::month_text(*first), Attr::Known(limit.number())));
        Attr::Known(entries.collect())
    }
}

impl Adjustment {
    fn of(adjust: &AutoAdjust) -> Result<Self> {
        Ok(match adjust.basis.known("basis")? {
            AdjustmentBasis::Historical => Self::Historical(*adjust.lookback.known("lookback")?),
            AdjustmentBasis::Forecast => Self::Forecast,
        })
    }

    /// The same as an attribute.
    pub(super) fn attribute(self) -> Attr<AutoAdjust> {
        let (basis, lookback) = match self {
            Self::Historical(periods) => (AdjustmentBasis::Historical, Attr::Known(periods)),
            Self::Forecast => (AdjustmentBasis::Forecast, Attr::Null),
        };
        Attr::Known(AutoAdjust { basis: Attr::Known(basis), lookback })
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan;
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    fn planned(entries: &[(&str, f64)]) -> Planned {
        let entries = entries.iter().map(|(key, usd)| ((*key).to_owned(), Attr::Known(*usd)));
        Planned::of(&Attr::Known(entries.collect())).expect("known months")
    }

    #[test]
    fn a_limit_holds_until_the_next_one() {
        let plan = planned(&[("2027-01", 100.0), ("2027-04", 150.0)]);
        for (period, limit) in [
            (date(2026, 12, 1), None),
            (date(2027, 1, 1), Some(100.0)),
            (date(2027, 3, 1), Some(100.0)),
            (date(2027, 4, 1), Some(150.0)),
            (date(2040, 1, 1), Some(150.0)),
        ] {
            assert_eq!(plan.at(period), limit.map(Amount::new), "{period}");
        }
    }

    #[test]
    fn only_what_lies_ahead_counts() {
        let periods = [date(2027, 2, 1), date(2027, 3, 1)];
        let wanted = Limit::Planned(planned(&[("2026-01", 1.0), ("2027-03", 2.0)]));
        let same = Limit::Planned(planned(&[("2027-02", 1.0), ("2027-03", 2.0)]));
        assert!(wanted.is_met_by(&same, &periods), "what the past had is gone");
        let other = Limit::Planned(planned(&[("2027-02", 1.0)]));
        assert!(!wanted.is_met_by(&other, &periods));
        let fixed = Limit::Fixed(Amount::new(2.0));
        assert!(!wanted.is_met_by(&fixed, &periods));
        assert!(wanted.is_met_by(&fixed, &periods[1..]), "a plan that is used up");
        assert!(!fixed.is_met_by(&wanted, &periods), "a plan is no fixed limit");
        let forecast = Limit::Adjusted(Adjustment::Forecast);
        assert!(!forecast.is_met_by(&Limit::Adjusted(Adjustment::Historical(3)), &periods));
    }

    proptest! {
        #[test]
        fn attributes_say_the_same_for_every_period(
            limits in prop::collection::btree_map(0_i32..40, 1_u32..4, 1..12),
        ) {
            let month = |offset: i32| date(2026, 1, 1).checked_add(offset.months()).expect("near");
            let limits = limits.into_iter().map(|(offset, usd)| (month(offset), Amount::new(usd.into())));
            let plan = Planned::new(limits.collect());
            let again = Planned::of(&plan.attribute()).expect("known months");
            for offset in 0..50 {
                prop_assert_eq!(plan.at(month(offset)), again.at(month(offset)));
            }
        }
    }
}
