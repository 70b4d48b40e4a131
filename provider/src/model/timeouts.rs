//! How long an operation may take.

use std::time::Duration;

use contract::duration::Span;
use framework::schema::tf;
use framework::{Attr, Diagnostics, Path};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::checks::check;

/// How long the provider waits for AWS to finish.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Timeouts {
    /// Longest wait while making the object, such as `10m`.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub create: Attr<String>,
    /// Longest wait while changing the object, such as `10m`.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub update: Attr<String>,
    /// Longest wait while removing the object, such as `10m`.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub delete: Attr<String>,
}

/// Adds an error for each wait that is no span of time.
pub fn validate(timeouts: &Attr<Timeouts>, path: &Path, diagnostics: &mut Diagnostics) {
    let Some(timeouts) = timeouts.as_known() else { return };
    let named =
        [("create", &timeouts.create), ("update", &timeouts.update), ("delete", &timeouts.delete)];
    for (name, attribute) in named {
        check::<Span>(attribute, path.attribute(name), diagnostics);
    }
}

/// The wait that the user chose with `which`, or the resource's own.
pub fn limit(
    timeouts: &Attr<Timeouts>,
    which: impl Fn(&Timeouts) -> &Attr<String>,
    otherwise: Duration,
) -> Duration {
    let chosen = timeouts.as_known().and_then(|timeouts| which(timeouts).as_known());
    chosen.and_then(|text| text.parse::<Span>().ok()).map_or(otherwise, Into::into)
}
