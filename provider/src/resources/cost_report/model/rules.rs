//! When a rise rings, as attributes. A test holds names, limits, defaults and words to the engine's own.

use std::sync::LazyLock;

use contract::spike;
use framework::Attr;
use framework::schema::tf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::texts::{self, Texts};

static DEFAULT: LazyLock<spike::Rules> = LazyLock::new(spike::Rules::default);

/// When an account's daily cost rings.
///
/// The defaults suit accounts that cost from 10 to 10,000 US dollars a month.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rules {
    /// US dollars a day above the expected cost that a rise has at least. Less never rings, however sudden it is.
    #[schemars(range(min = 0.01, max = 1_000_000), extend("x-tf" = tf::default(DEFAULT.at_least_usd)))]
    pub at_least_usd: Attr<f64>,
    /// Percent of the expected cost that a rise has at least, beside `at_least_usd`.
    #[schemars(range(min = 1, max = 1_000), extend("x-tf" = tf::default(DEFAULT.at_least_percent)))]
    pub at_least_percent: Attr<f64>,
    /// How many standard deviations of the ordinary days a rise has at least, beside the other two. They are estimated from the median absolute deviation, which odd days don't move.
    #[schemars(range(min = 1, max = 20), extend("x-tf" = tf::default(DEFAULT.deviations)))]
    pub deviations: Attr<f64>,
    /// US dollars a day from which a service that is new in an account rings, or an account that is new.
    #[schemars(range(min = 0.01, max = 1_000_000), extend("x-tf" = tf::default(DEFAULT.new_service_at_least_usd)))]
    pub new_service_at_least_usd: Attr<f64>,
    /// Percent by which a typical day's cost grows in 30 days, from which slow growth rings that no single day shows. It must be `at_least_usd` as well.
    #[schemars(range(min = 1, max = 1_000), extend("x-tf" = tf::default(DEFAULT.growth_at_least_percent)))]
    pub growth_at_least_percent: Attr<f64>,
    /// Percent by which the extra cost of an anomaly has grown since it was last told of, from which it is told of again.
    #[schemars(range(min = 10, max = 1_000), extend("x-tf" = tf::default(DEFAULT.update_step_percent)))]
    pub update_step_percent: Attr<f64>,
    /// Weeks of ordinary days that a day is compared with. From nine on they hold two of what is charged each month, which then is a habit.
    #[schemars(range(min = 4, max = 12), extend("x-tf" = tf::default(DEFAULT.baseline_weeks)))]
    pub baseline_weeks: Attr<u32>,
    /// Days after which a rise that lasts is what an account costs: the anomaly is closed, and later days are compared with the new level.
    #[schemars(range(min = 7, max = 60), extend("x-tf" = tf::default(DEFAULT.new_normal_after_days)))]
    pub new_normal_after_days: Attr<u32>,
    /// Ordinary days in a row after which an anomaly is over. Days count once AWS no longer revises them.
    #[schemars(range(min = 1, max = 14), extend("x-tf" = tf::default(DEFAULT.over_after_days)))]
    pub over_after_days: Attr<u32>,
    /// Days after a day's end for which AWS still revises its figures. A day can ring for so long, and only older ones show what is usual or that an anomaly is over.
    #[schemars(range(min = 0, max = 10), extend("x-tf" = tf::default(DEFAULT.revised_for_days)))]
    pub revised_for_days: Attr<u32>,
    /// Services that are left out, also of their account's total, by their names in Cost Explorer, such as `Tax`.
    #[schemars(length(min = 1, max = 100), extend("x-tf" = tf::optional()))]
    pub excluded_services: Attr<Texts>,
}

impl Rules {
    /// The engine's rules, where these are known; others are the defaults.
    pub(in super::super) fn at_run_time(&self) -> spike::Rules {
        fn or<T: Copy>(attribute: &Attr<T>, default: T) -> T {
            attribute.as_known().copied().unwrap_or(default)
        }
        let default = &*DEFAULT;
        let excluded = texts::known(&self.excluded_services).into_iter();
        spike::Rules {
            at_least_usd: or(&self.at_least_usd, default.at_least_usd),
            at_least_percent: or(&self.at_least_percent, default.at_least_percent),
            deviations: or(&self.deviations, default.deviations),
            new_service_at_least_usd: or(
                &self.new_service_at_least_usd,
                default.new_service_at_least_usd,
            ),
            growth_at_least_percent: or(
                &self.growth_at_least_percent,
                default.growth_at_least_percent,
            ),
            update_step_percent: or(&self.update_step_percent, default.update_step_percent),
            baseline_weeks: or(&self.baseline_weeks, default.baseline_weeks),
            new_normal_after_days: or(&self.new_normal_after_days, default.new_normal_after_days),
            over_after_days: or(&self.over_after_days, default.over_after_days),
            revised_for_days: or(&self.revised_for_days, default.revised_for_days),
            excluded_services: excluded.map(Into::into).collect(),
        }
    }

    /// The engine's rules as attributes.
    pub(in super::super) fn lifted(found: &spike::Rules) -> Self {
        let excluded = found.excluded_services.iter().map(|name| name.as_str().to_owned());
        Self {
            at_least_usd: Attr::Known(found.at_least_usd),
            at_least_percent: Attr::Known(found.at_least_percent),
            deviations: Attr::Known(found.deviations),
            new_service_at_least_usd: Attr::Known(found.new_service_at_least_usd),
            growth_at_least_percent: Attr::Known(found.growth_at_least_percent),
            update_step_percent: Attr::Known(found.update_step_percent),
            baseline_weeks: Attr::Known(found.baseline_weeks),
            new_normal_after_days: Attr::Known(found.new_normal_after_days),
            over_after_days: Attr::Known(found.over_after_days),
            revised_for_days: Attr::Known(found.revised_for_days),
            excluded_services: texts::set(excluded),
        }
    }

    /// Whether all of them are known.
    pub(in super::super) fn are_known(&self) -> bool {
        let Self {
            at_least_usd,
            at_least_percent,
            deviations,
            new_service_at_least_usd,
            growth_at_least_percent,
            update_step_percent,
            baseline_weeks,
            new_normal_after_days,
            over_after_days,
            revised_for_days,
            excluded_services,
        } = self;
        let numbers = [
            at_least_usd,
            at_least_percent,
            deviations,
            new_service_at_least_usd,
            growth_at_least_percent,
            update_step_percent,
        ];
        let counts = [baseline_weeks, new_normal_after_days, over_after_days, revised_for_days];
        !numbers.into_iter().any(Attr::is_unknown)
            && !counts.into_iter().any(Attr::is_unknown)
            && texts::all(excluded_services).is_some()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    fn schema<T: JsonSchema>() -> Value {
        serde_json::to_value(schemars::schema_for!(T)).expect("JSON")
    }

    #[test]
    fn the_attributes_are_the_engines_rules() {
        let (ours, engines) = (schema::<Rules>(), schema::<spike::Rules>());
        assert_eq!(ours["description"], engines["description"]);
        let (ours, engines) = (&ours["properties"], &engines["properties"]);
        let names =
            |of: &Value| of.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(ours), names(engines));
        for name in names(ours) {
            for key in ["description", "minimum", "maximum"] {
                assert_eq!(ours[&name][key], engines[&name][key], "{key} of {name}");
            }
            if name != "excluded_services" {
                assert_eq!(ours[&name]["x-tf"]["default"], engines[&name]["default"], "{name}");
            }
        }
    }

    #[test]
    fn rules_are_read_back() {
        assert_eq!(Rules::default().at_run_time(), spike::Rules::default());
        let rules = spike::Rules {
            at_least_usd: 12.5,
            baseline_weeks: 4,
            excluded_services: ["Tax".to_owned().into()].into(),
            ..spike::Rules::default()
        };
        assert_eq!(Rules::lifted(&rules).at_run_time(), rules);
        assert!(Rules::lifted(&rules).are_known());
        let unknown = Rules { deviations: Attr::Unknown, ..Rules::lifted(&rules) };
        assert!(!unknown.are_known());
    }
}
