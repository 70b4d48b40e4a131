//! One morning's report, as a schedule asks the function for it.

use serde::{Deserialize, Serialize};

use super::Settings;

/// What the function is asked to do. An event of another purpose is no [`Run`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// To report a morning's costs.
    #[default]
    Report,
}

/// A report to make now: the input of its `EventBridge` schedule, which the provider writes at apply.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// Tells this event from the function's others.
    pub hinomi: Purpose,
    /// What is to be reported, and how.
    pub settings: Settings,
    /// The time that this run is for, in RFC 3339; in the schedule's input
    /// [`crate::probe::SCHEDULED_TIME`]. The morning that is reported follows from it, so that a run that
    /// was started twice reports once.
    pub scheduled_time: String,
}

impl Run {
    /// The JSON of a schedule's input: the same bytes for the same run.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("texts, numbers, lists and maps are JSON")
    }
}
