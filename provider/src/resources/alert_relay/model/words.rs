//! Words that a relay's attributes take.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Kind of a notice.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// An alarm of CloudWatch.
    Alarm,
    /// A budget of AWS Budgets.
    Budget,
    /// An anomaly of Cost Anomaly Detection.
    Anomaly,
    /// An event of AWS Health.
    Health,
    /// A test that `ring` sent.
    Drill,
    /// Anything else.
    Text,
}
