//! Rules for the settings of a canary.

use framework::{Attr, Diagnostics, Path, path};

use crate::aws::Arn;
use crate::resources::synthetic_monitor::model::{Canary, Monitor};

/// Adds an error for all that a canary needs and lacks, or can't do.
pub(super) fn validate(monitor: &Monitor, diagnostics: &mut Diagnostics) {
    match &monitor.canary {
        Attr::Known(canary) => check_settings(canary, &path!(Monitor => canary), diagnostics),
        Attr::Unknown => {}
        Attr::Null => {
            let detail = "The engine `canary` needs `canary`, with the role that it runs with and the bucket for its reports.";
            diagnostics.error(path!(Monitor => canary), "Missing settings of the canary", detail);
        }
    }
    let foreign = [
        (path!(Monitor => locations), monitor.locations.is_null()),
        (path!(Monitor => failing_locations), monitor.failing_locations.is_null()),
        (path!(Monitor => metrics_role_arn), monitor.metrics_role_arn.is_null()),
    ];
    for (path, is_null) in foreign {
        if !is_null {
            refuse(path, diagnostics);
        }
    }
    let Some(http) = monitor.http.as_known() else { return };
    let at = path!(Monitor => http);
    if !http.redirects.is_null() {
        refuse(at.attribute("redirects"), diagnostics);
    }
    let Some(assertions) = http.assertions.as_known() else { return };
    let at = at.attribute("assertions");
    if !assertions.tls_days_left_at_least.is_null() {
        refuse(at.attribute("tls_days_left_at_least"), diagnostics);
    }
    if assertions.body.as_known().is_some_and(|body| !body.matches.is_null()) {
        refuse(at.attribute("body").attribute("matches"), diagnostics);
    }
}

fn refuse(path: Path, diagnostics: &mut Diagnostics) {
    let detail = "This is for the engine `probe`; a canary has no way to do it.";
    diagnostics.error(path, "An attribute of another engine", detail);
}

/// Adds an error for every setting that AWS refuses.
fn check_settings(canary: &Canary, path: &Path, diagnostics: &mut Diagnostics) {
    let role = path.attribute("execution_role_arn");
    check_arn(&canary.execution_role_arn, role, ("iam", "role/"), diagnostics);
    let key = path.attribute("artifact_kms_key_arn");
    check_arn(&canary.artifact_kms_key_arn, key, ("kms", ""), diagnostics);
    if let Some(memory) = canary.memory_mb.as_known()
        && memory % 64 != 0
    {
        // https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_CanaryRunConfigInput.html
        let lower = memory - memory % 64;
        let detail = format!(
            "The memory of a canary is a multiple of 64 MB, and this is {memory}: take {lower} or {}.",
            lower + 64
        );
        diagnostics.error(path.attribute("memory_mb"), "Invalid value for `memory_mb`", detail);
    }
}

fn check_arn(
    attribute: &Attr<String>,
    path: Path,
    (service, resource): (&str, &str),
    diagnostics: &mut Diagnostics,
) {
    let Some(text) = attribute.as_known() else { return };
    let detail = match text.parse::<Arn>() {
        Ok(arn) if arn.service() == service && arn.resource().starts_with(resource) => return,
        Ok(_) if resource.is_empty() => format!("`{text}` is no ARN of the service {service}."),
        Ok(_) => format!(
            "`{text}` is no ARN of an IAM role, which reads `arn:aws:iam::123456789012:role/name`."
        ),
        Err(problem) => format!("{problem}."),
    };
    diagnostics.error(path, "Invalid ARN", detail);
}
