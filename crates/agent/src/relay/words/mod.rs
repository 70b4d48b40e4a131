//! All words of the messages, in each language.
//!
//! [`Words`] has one field for each thing that is said, so that a language can't lack one.

mod english;
mod japanese;
mod number;
mod span;

use contract::impact::Impact;
use contract::relay::Language;

pub(crate) use number::{money, plain, signed_percent, with_unit};
pub(crate) use span::{clock, duration};

use crate::relay::notice::Comparison;

/// Everything that messages say in one language. What takes text takes it as markdown.
pub(crate) struct Words {
    // States of a monitor, with its name.
    pub(crate) is_down: fn(&str) -> String,
    // With the locations that are silent.
    pub(crate) is_silent: fn(&str, &str) -> String,
    pub(crate) is_up: fn(&str) -> String,
    pub(crate) is_unwatched: fn(&str) -> String,
    // States of somebody else's alarm, with its name.
    pub(crate) rings: fn(&str) -> String,
    pub(crate) lacks_data: fn(&str) -> String,
    pub(crate) is_ok: fn(&str) -> String,
    // A reminder, with the name and how long it lasts.
    pub(crate) is_still_down: fn(&str, &str) -> String,
    pub(crate) is_still_silent: fn(&str, &str) -> String,
    pub(crate) still_rings: fn(&str, &str) -> String,
    // Names of fields.
    pub(crate) impact: &'static str,
    pub(crate) since: &'static str,
    pub(crate) resolved: &'static str,
    pub(crate) watched_until: &'static str,
    pub(crate) end_untold: &'static str,
    pub(crate) lasted: &'static str,
    pub(crate) account: &'static str,
    pub(crate) region: &'static str,
    pub(crate) locations: &'static str,
    pub(crate) measured: &'static str,
    pub(crate) measured_then: &'static str,
    pub(crate) reason: &'static str,
    pub(crate) owner: &'static str,
    pub(crate) runbook: &'static str,
    pub(crate) target: &'static str,
    pub(crate) links: &'static str,
    pub(crate) triggered_by: &'static str,
    pub(crate) rule: &'static str,
    // Words of links.
    pub(crate) open_alarm: &'static str,
    pub(crate) open_logs: &'static str,
    pub(crate) open_canary: &'static str,
    pub(crate) open_console: &'static str,
    // Values.
    pub(crate) impact_word: fn(Impact) -> &'static str,
    pub(crate) reopened: fn(u32) -> String,
    pub(crate) repeated: &'static str,
    pub(crate) statistic: fn(&str) -> String,
    pub(crate) compared: fn(Comparison, &str, &str) -> String,
    pub(crate) rule_of: fn(Comparison, &str) -> String,
    pub(crate) compared_with_band: fn(Comparison, &str) -> String,
    pub(crate) rule_of_band: fn(Comparison) -> &'static str,
    pub(crate) metric: fn(&str, &str, &str) -> String,
    pub(crate) periods: fn(u64, u64) -> String,
    pub(crate) checks_failed: fn(u64, u64) -> String,
    pub(crate) locations_failed: fn(&str, &str) -> String,
    pub(crate) nothing_heard: &'static str,
    pub(crate) chart_of: fn(&str) -> String,
    pub(crate) storm: fn(usize) -> String,
    pub(crate) still: fn(usize) -> String,
    // Money.
    pub(crate) budget_passed: fn(&str) -> String,
    pub(crate) budget_foreseen: fn(&str) -> String,
    pub(crate) spent: &'static str,
    pub(crate) foreseen: &'static str,
    pub(crate) budget: &'static str,
    pub(crate) threshold: &'static str,
    pub(crate) anomaly: fn(&str) -> String,
    pub(crate) more_than_expected: fn(&str) -> String,
    pub(crate) instead_of: fn(&str, &str) -> String,
    pub(crate) period: &'static str,
    pub(crate) causes: &'static str,
    pub(crate) more_causes: fn(usize) -> String,
    pub(crate) monitor: &'static str,
    // AWS Health.
    pub(crate) health_issue: fn(&str) -> String,
    pub(crate) health_change: fn(&str) -> String,
    pub(crate) health_notice: fn(&str) -> String,
    pub(crate) health_investigation: fn(&str) -> String,
    pub(crate) health_other: fn(&str) -> String,
    pub(crate) health_over: fn(&str) -> String,
    pub(crate) event: &'static str,
    pub(crate) starts: &'static str,
    pub(crate) ends: &'static str,
    pub(crate) affected: &'static str,
    pub(crate) and_more: fn(usize) -> String,
    // A drill, and anything else.
    pub(crate) drill: &'static str,
    pub(crate) drill_of: fn(&str) -> String,
    pub(crate) rung_at: &'static str,
    pub(crate) untitled: &'static str,
    // Units of time, from days to seconds, and what stands between two of them.
    pub(crate) units: [&'static str; 4],
    pub(crate) unit_gap: &'static str,
    pub(crate) dollars: fn(&str) -> String,
}

/// The words of a language.
pub(crate) const fn of(language: Language) -> &'static Words {
    match language {
        Language::English => &english::WORDS,
        Language::Japanese => &japanese::WORDS,
    }
}
