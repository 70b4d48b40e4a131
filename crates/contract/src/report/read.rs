//! Rules from settings that may be newer than this program.

use std::collections::BTreeMap;

use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::spike::Rules;

/// Reads rules, and passes over those that aren't known here: [`Rules`] itself refuses them, since
/// people write them too.
pub(super) fn rules<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Rules, D::Error> {
    let given = BTreeMap::<String, Value>::deserialize(deserializer)?;
    let known = serde_json::to_value(Rules::default()).map_err(D::Error::custom)?;
    let given = given.into_iter().filter(|(key, _)| known.get(key).is_some());
    serde_json::from_value(given.collect()).map_err(D::Error::custom)
}
