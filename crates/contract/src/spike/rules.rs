//! What counts as a spike: the rules that a user may set.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::statistics::ROUNDING;
use crate::cost::ServiceName;

/// When an account's daily cost rings.
///
/// The defaults suit accounts that cost from 10 to 10,000 US dollars a month.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Rules {
    /// US dollars a day above the expected cost that a rise has at least. Less never rings, however sudden it is.
    #[schemars(range(min = 0.01, max = 1_000_000))]
    pub at_least_usd: f64,
    /// Percent of the expected cost that a rise has at least, beside `at_least_usd`.
    #[schemars(range(min = 1, max = 1_000))]
    pub at_least_percent: f64,
    /// How many standard deviations of the ordinary days a rise has at least, beside the other two. They are estimated from the median absolute deviation, which odd days don't move.
    #[schemars(range(min = 1, max = 20))]
    pub deviations: f64,
    /// US dollars a day from which a service that is new in an account rings, or an account that is new.
    #[schemars(range(min = 0.01, max = 1_000_000))]
    pub new_service_at_least_usd: f64,
    /// Percent by which a typical day's cost grows in 30 days, from which slow growth rings that no single day shows. It must be `at_least_usd` as well.
    #[schemars(range(min = 1, max = 1_000))]
    pub growth_at_least_percent: f64,
    /// Percent by which the extra cost of an anomaly has grown since it was last told of, from which it is told of again.
    #[schemars(range(min = 10, max = 1_000))]
    pub update_step_percent: f64,
    /// Weeks of ordinary days that a day is compared with. From nine on they hold two of what is charged each month, which then is a habit.
    #[schemars(range(min = 4, max = 12))]
    pub baseline_weeks: u32,
    /// Days after which a rise that lasts is what an account costs: the anomaly is closed, and later days are compared with the new level.
    #[schemars(range(min = 7, max = 60))]
    pub new_normal_after_days: u32,
    /// Ordinary days in a row after which an anomaly is over. Days count once AWS no longer revises them.
    #[schemars(range(min = 1, max = 14))]
    pub over_after_days: u32,
    /// Days after a day's end for which AWS still revises its figures. A day can ring for so long, and only older ones show what is usual or that an anomaly is over.
    #[schemars(range(min = 0, max = 10))]
    pub revised_for_days: u32,
    /// Services that are left out, also of their account's total, by their names in Cost Explorer, such as `Tax`.
    pub excluded_services: BTreeSet<ServiceName>,
}

/// A rule with a value that isn't allowed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("`{key}` must be {least} to {most}, and is {given}")]
pub struct InvalidRule {
    /// The rule's name.
    pub key: &'static str,
    /// The least value that is allowed.
    pub least: f64,
    /// The largest value that is allowed.
    pub most: f64,
    /// The value that was given.
    pub given: f64,
}

/// Months whose first days a first day is compared with.
pub(super) const MONTHS_OF_FIRST_DAYS: u32 = 3;

impl Default for Rules {
    fn default() -> Self {
        Self {
            at_least_usd: 5.0,
            at_least_percent: 40.0,
            deviations: 5.0,
            new_service_at_least_usd: 5.0,
            growth_at_least_percent: 25.0,
            update_step_percent: 100.0,
            baseline_weeks: 9,
            new_normal_after_days: 14,
            over_after_days: 2,
            revised_for_days: 3,
            excluded_services: BTreeSet::new(),
        }
    }
}

impl Rules {
    /// Names what isn't allowed.
    pub fn validate(&self) -> Result<(), Vec<InvalidRule>> {
        let invalid: Vec<_> = self
            .numbers()
            .into_iter()
            // Written so that what isn't a number is refused as well.
            .filter(|(_, given, least, most)| !(given >= least && given <= most))
            .map(|(key, given, least, most)| InvalidRule { key, least, most, given })
            .collect();
        if invalid.is_empty() { Ok(()) } else { Err(invalid) }
    }

    /// How many days of history are looked at. With fewer it works, and knows less.
    pub fn history_days(&self) -> u32 {
        let anomaly = 2 * self.new_normal_after_days + self.revised_for_days;
        let weeks = 2 * self.baseline_weeks * 7 + anomaly;
        let months = (MONTHS_OF_FIRST_DAYS + 1) * 31;
        weeks.max(months)
    }

    /// Whether a rise reaches a share of each limit.
    pub(super) fn limits_are_reached(
        &self,
        rise: f64,
        expected: f64,
        spread: f64,
        share: f64,
    ) -> bool {
        rise >= share * self.at_least_usd
            && rise >= share * self.at_least_percent / 100.0 * expected
            && rise >= share * self.deviations * spread
    }

    /// Whether an extra cost has grown so much since it was told that it is told again.
    pub(super) fn is_update(&self, from_usd: f64, to_usd: f64) -> bool {
        // What costs the same each day has doubled on the second one.
        let step = (from_usd * self.update_step_percent / 100.0).max(self.at_least_usd);
        to_usd - from_usd >= step * (1.0 - ROUNDING)
    }

    /// Each number with its name, and the least and the largest value that are allowed.
    fn numbers(&self) -> [(&'static str, f64, f64, f64); 10] {
        [
            ("at_least_usd", self.at_least_usd, 0.01, 1e6),
            ("at_least_percent", self.at_least_percent, 1.0, 1e3),
            ("deviations", self.deviations, 1.0, 20.0),
            ("new_service_at_least_usd", self.new_service_at_least_usd, 0.01, 1e6),
            ("growth_at_least_percent", self.growth_at_least_percent, 1.0, 1e3),
            ("update_step_percent", self.update_step_percent, 10.0, 1e3),
            ("baseline_weeks", f64::from(self.baseline_weeks), 4.0, 12.0),
            ("new_normal_after_days", f64::from(self.new_normal_after_days), 7.0, 60.0),
            ("over_after_days", f64::from(self.over_after_days), 1.0, 14.0),
            ("revised_for_days", f64::from(self.revised_for_days), 0.0, 10.0),
        ]
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn the_defaults_are_valid() {
        assert_eq!(Rules::default().validate(), Ok(()));
    }

    #[test]
    fn each_rule_is_named_with_what_is_allowed() {
        let rules = Rules {
            at_least_usd: 0.0,
            deviations: f64::NAN,
            baseline_weeks: 3,
            over_after_days: 15,
            ..Rules::default()
        };
        let errors: Vec<_> =
            rules.validate().unwrap_err().iter().map(ToString::to_string).collect();
        assert_eq!(
            errors,
            [
                "`at_least_usd` must be 0.01 to 1000000, and is 0",
                "`deviations` must be 1 to 20, and is NaN",
                "`baseline_weeks` must be 4 to 12, and is 3",
                "`over_after_days` must be 1 to 14, and is 15",
            ]
        );
    }

    #[test]
    fn the_schema_allows_the_same_and_says_what_each_rule_is() {
        let schema = serde_json::to_value(schemars::schema_for!(Rules)).expect("JSON");
        let properties = schema["properties"].as_object().expect("an object's schema");
        let numbers = Rules::default().numbers();
        assert_eq!(properties.len(), numbers.len() + 1, "and `excluded_services`");
        for (key, default, least, most) in numbers {
            let property = &properties[key];
            let as_number = |value: &Value| value.as_f64().expect("a number");
            assert_eq!(as_number(&property["minimum"]).to_bits(), least.to_bits(), "{key}");
            assert_eq!(as_number(&property["maximum"]).to_bits(), most.to_bits(), "{key}");
            assert_eq!(as_number(&property["default"]).to_bits(), default.to_bits(), "{key}");
        }
        for (key, property) in properties {
            let text = property["description"].as_str().expect("a doc comment");
            assert!(text.ends_with('.'), "{key}: {text}");
        }
        assert_eq!(schema["additionalProperties"], json!(false));
    }

    #[test]
    fn the_history_reaches_as_far_as_anything_looks() {
        assert_eq!(Rules::default().history_days(), 2 * 9 * 7 + 2 * 14 + 3);
        let short = Rules { baseline_weeks: 4, ..Rules::default() };
        assert_eq!(short.history_days(), 4 * 31, "the first days of three months");
    }
}
