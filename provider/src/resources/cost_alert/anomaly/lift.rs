//! The attributes of an anomaly watch that say what AWS has.

use framework::Result;

use super::look::Found;
use super::settings::Settings;
use crate::resources::cost_alert::model::Anomaly;

/// The attributes, as they were in `base` where those say the same; `None` while a part is missing.
///
/// # Errors
/// A bug of the provider's, when a value of `base` isn't known.
pub(in super::super) fn anomaly(base: &Anomaly, found: &Found) -> Result<Option<Anomaly>> {
    let (Some(subscription), Some(monitor)) = (&found.subscription, &found.monitor) else {
        return Ok(None);
    };
    let mut anomaly = base.clone();
    if let Some(watch) = &monitor.watch {
        watch.set(&mut anomaly);
    }
    if let Ok(settings) = Settings::found(&subscription.found) {
        settings.set(&mut anomaly)?;
    }
    Ok(Some(anomaly))
}
