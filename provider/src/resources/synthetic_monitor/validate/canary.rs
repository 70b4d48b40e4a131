//! Rules for the settings of a canary.

use framework::{Attr, Diagnostics, Path};

use crate::aws::Arn;
use crate::resources::synthetic_monitor::model::Canary;

/// Adds an error for every setting that AWS refuses.
pub(super) fn validate(canary: &Canary, path: &Path, diagnostics: &mut Diagnostics) {
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
