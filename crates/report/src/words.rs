//! All words of the report, in each language.
//!
//! [`Words`] has one field for each thing that is said, so that a language can't lack one.

mod english;
mod japanese;

use contract::report::Language;
use contract::spike::Outcome;
use jiff::civil::Date;

/// Everything that a report says in one language. What takes text takes it as it is to be shown.
pub(crate) struct Words {
    /// The charts' words.
    pub(crate) chart: &'static chart::Words,
    // Days: short, and with weekday.
    pub(crate) day: fn(Date) -> String,
    pub(crate) weekday: fn(Date) -> String,
    pub(crate) span: fn(&str, &str) -> String,
    /// What stands between parts of an enumeration.
    pub(crate) list: &'static str,
    // The headline and the first lines, with days, amounts and changes.
    pub(crate) title: fn(&str) -> String,
    pub(crate) headline: fn(&str, &str) -> String,
    pub(crate) headline_unknown: fn(&str) -> String,
    pub(crate) on_day_before: fn(&str) -> String,
    pub(crate) on_median: fn(&str) -> String,
    pub(crate) month: fn(&str) -> String,
    pub(crate) forecast: fn(&str) -> String,
    pub(crate) budget: fn(&str, &str) -> String,
    pub(crate) new_spikes: fn(usize) -> String,
    pub(crate) in_parentheses: fn(&str) -> String,
    // Heads of columns.
    pub(crate) column_day: &'static str,
    pub(crate) column_before: &'static str,
    pub(crate) column_median: &'static str,
    pub(crate) column_month: &'static str,
    pub(crate) column_forecast: &'static str,
    pub(crate) column_budget: &'static str,
    pub(crate) column_a_week: &'static str,
    pub(crate) column_a_month: &'static str,
    pub(crate) column_actual: &'static str,
    pub(crate) column_usual: &'static str,
    pub(crate) column_added: &'static str,
    // Headings above tables, and rows.
    pub(crate) table_day: fn(&str, &str) -> String,
    pub(crate) table_month: fn(&str) -> String,
    pub(crate) total: &'static str,
    pub(crate) no_purpose: &'static str,
    pub(crate) other_purposes: fn(usize) -> String,
    pub(crate) more: fn(usize) -> String,
    pub(crate) of_accounts: fn(&str, usize) -> String,
    pub(crate) closed_accounts: fn(usize) -> String,
    pub(crate) new: &'static str,
    pub(crate) services: &'static str,
    // Spikes.
    pub(crate) spikes: &'static str,
    pub(crate) quiet: fn(usize) -> String,
    pub(crate) all_services: &'static str,
    pub(crate) peak: fn(&str, &str, &str, &str) -> String,
    pub(crate) new_service: fn(&str, &str) -> String,
    pub(crate) new_account: fn(&str, &str) -> String,
    pub(crate) drift: fn(&str, &str, &str) -> String,
    pub(crate) grown: fn(&str, &str) -> String,
    pub(crate) since: fn(&str) -> String,
    pub(crate) in_all: fn(&str) -> String,
    pub(crate) ended: fn(Outcome, &str) -> String,
    // Events.
    pub(crate) events: &'static str,
    pub(crate) running: fn(i64, i64) -> String,
    pub(crate) settling: fn(&str) -> String,
    pub(crate) instead_of: fn(&str, &str) -> String,
    pub(crate) added: fn(&str) -> String,
    pub(crate) so_far: fn(&str) -> String,
    pub(crate) without_baseline: fn(&str) -> String,
    pub(crate) unknown_days: fn(u32) -> String,
    pub(crate) tagged: fn(&str) -> String,
    pub(crate) event_cost: fn(&str, &str) -> String,
    pub(crate) event_days: fn(i64) -> String,
    pub(crate) by_account: &'static str,
    pub(crate) by_service: &'static str,
    pub(crate) by_day: &'static str,
    // The pace.
    pub(crate) weekly_digest: &'static str,
    pub(crate) monthly_digest: &'static str,
    pub(crate) whole_week: fn(&str) -> String,
    pub(crate) whole_month: fn(&str) -> String,
    pub(crate) month_name: fn(Date) -> String,
    // The state of the data.
    pub(crate) data: &'static str,
    pub(crate) empty: &'static str,
    pub(crate) late: fn(&str) -> String,
    pub(crate) partial: &'static str,
    pub(crate) no_source: fn(&str, &str) -> String,
    pub(crate) no_purposes: fn(&str) -> String,
    pub(crate) filling: fn(&str) -> String,
    pub(crate) calls_used_up: fn(u32) -> String,
    pub(crate) missing: fn(&str, &str) -> String,
    pub(crate) closed: fn(&str, &str) -> String,
    pub(crate) credits: fn(&str, &str) -> String,
    pub(crate) over_budget: fn(&str, &str, &str) -> String,
    pub(crate) past_budget: fn(&str, &str, &str) -> String,
    pub(crate) unsettled: fn(usize) -> String,
    pub(crate) made: fn(u32, &str) -> String,
    pub(crate) rate: fn(&str, &str) -> String,
    // Pictures and files, for those who can't see them.
    pub(crate) chart_days: fn(&str) -> String,
    pub(crate) chart_days_title: &'static str,
    pub(crate) chart_event: fn(&str, &str) -> String,
    pub(crate) chart_pace: &'static str,
    pub(crate) table_file: fn(&str) -> String,
}

/// The words of a language.
pub(crate) const fn of(language: Language) -> &'static Words {
    match language {
        Language::English => &english::WORDS,
        Language::Japanese => &japanese::WORDS,
    }
}
