//! The calls that concern the canary.

use std::collections::{BTreeMap, HashMap};

use aws_sdk_synthetics::primitives::Blob;
use aws_sdk_synthetics::types::builders::{
    CanaryCodeInputBuilder, CanaryRunConfigInputBuilder, VpcConfigInputBuilder,
};
use aws_sdk_synthetics::types::{
    ArtifactConfigInput, Canary, CanaryCodeInput, CanaryRunConfigInput, CanaryScheduleInput,
    CanaryState, CanaryStateReasonCode, EncryptionMode, ProvisionedResourceCleanupSetting,
    RetryConfigInput, S3EncryptionConfig, VpcConfigInput,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::body::SdkBody;

use crate::aws::tags::TagChanges;
use crate::aws::{Failure, Kind, Session, reads};
use crate::resources::synthetic_monitor::canary::blueprint::{BLUEPRINT, Code};
use crate::resources::synthetic_monitor::canary::settings::CanarySettings;

/// Asks for a new canary. It answers at once; the canary is ready, or broken, some time later.
pub(super) async fn create(
    session: &Session,
    settings: &CanarySettings,
    code: &Code,
    tags: &BTreeMap<String, String>,
) -> Result<(), Failure> {
    let asked = session
        .synthetics()
        .create_canary()
        .name(&settings.name)
        .code(code_input(code))
        .artifact_s3_location(&settings.artifacts)
        .execution_role_arn(&settings.role_arn)
        .schedule(schedule(settings))
        .run_config(run_config(settings))
        .success_retention_period_in_days(settings.success_retention_days)
        .failure_retention_period_in_days(settings.failure_retention_days)
        .runtime_version(&settings.runtime)
        .set_vpc_config((!settings.subnets.is_empty()).then(|| vpc(settings)))
        .set_artifact_config(settings.artifact_key.is_some().then(|| artifact_config(settings)))
        // Function and layers go with the canary, also when somebody else deletes it.
        .provisioned_resource_cleanup(ProvisionedResourceCleanupSetting::Automatic)
        .set_tags(Some(tags.clone().into_iter().collect::<HashMap<_, _>>()));
    let answer = asked.customize().mutate_request(omit_handler).send().await;
    reads::canaries::written(session, &settings.name);
    answer.map(drop).map_err(session.failed("synthetics", "CreateCanary"))
}

/// Changes a canary that doesn't run and is `found` as it is. Code goes along when it changed, and
/// must when the runtime did.
pub(super) async fn update(
    session: &Session,
    found: &Canary,
    settings: &CanarySettings,
    code: Option<&Code>,
) -> Result<(), Failure> {
    // Empty lists take a canary out of its VPC, and what is left out stays as it is.
    let has_vpc = found.vpc_config.as_ref().is_some_and(|vpc| !vpc.subnet_ids().is_empty());
    let has_key = found.artifact_config.is_some();
    let asked = session
        .synthetics()
        .update_canary()
        .name(&settings.name)
        .set_code(code.map(code_input))
        .artifact_s3_location(&settings.artifacts)
        .execution_role_arn(&settings.role_arn)
        .schedule(schedule(settings))
        .run_config(run_config(settings))
        .success_retention_period_in_days(settings.success_retention_days)
        .failure_retention_period_in_days(settings.failure_retention_days)
        .runtime_version(&settings.runtime)
        .set_vpc_config((has_vpc || !settings.subnets.is_empty()).then(|| vpc(settings)))
        .set_artifact_config(
            (has_key || settings.artifact_key.is_some()).then(|| artifact_config(settings)),
        )
        .provisioned_resource_cleanup(ProvisionedResourceCleanupSetting::Automatic);
    let answer = asked.customize().mutate_request(omit_handler).send().await;
    reads::canaries::written(session, &settings.name);
    answer.map(drop).map_err(session.failed("synthetics", "UpdateCanary"))
}

/// Starts a canary.
pub(super) async fn start(session: &Session, name: &str) -> Result<(), Failure> {
    let answer = session.synthetics().start_canary().name(name).send().await;
    reads::canaries::written(session, name);
    answer.map(drop).map_err(session.failed("synthetics", "StartCanary"))
}

/// Stops a canary.
pub(super) async fn stop(session: &Session, name: &str) -> Result<(), Failure> {
    let answer = session.synthetics().stop_canary().name(name).send().await;
    reads::canaries::written(session, name);
    answer.map(drop).map_err(session.failed("synthetics", "StopCanary"))
}

/// Deletes a canary that doesn't run, with its function and layers. One that is gone is deleted.
pub(super) async fn delete(session: &Session, name: &str) -> Result<(), Failure> {
    let answer = session.synthetics().delete_canary().name(name).delete_lambda(true).send().await;
    reads::canaries::written(session, name);
    match answer.map_err(session.failed("synthetics", "DeleteCanary")) {
        Err(failure) if failure.is_not_found() => Ok(()),
        answer => answer.map(drop),
    }
}

/// Deletes the log group that the runs wrote to. One that is gone is deleted.
pub(super) async fn delete_log_group(session: &Session, name: &str) -> Result<(), Failure> {
    let answer = session.logs().delete_log_group().log_group_name(name).send().await;
    match answer.map_err(session.failed("logs", "DeleteLogGroup")) {
        Err(failure) if failure.is_not_found() => Ok(()),
        answer => answer.map(drop),
    }
}

/// Sets and removes a canary's tags.
pub(super) async fn change_tags(
    session: &Session,
    name: &str,
    arn: &str,
    changes: &TagChanges,
) -> Result<(), Failure> {
    let client = session.synthetics();
    if !changes.set.is_empty() {
        let set = changes.set.clone().into_iter().collect::<HashMap<_, _>>();
        let answer = client.tag_resource().resource_arn(arn).set_tags(Some(set)).send().await;
        answer.map_err(session.failed("synthetics", "TagResource"))?;
    }
    if !changes.remove.is_empty() {
        let keys = Some(changes.remove.clone());
        let answer = client.untag_resource().resource_arn(arn).set_tag_keys(keys).send().await;
        answer.map_err(session.failed("synthetics", "UntagResource"))?;
    }
    reads::canaries::written(session, name);
    Ok(())
}

/// The state of a canary; one that AWS doesn't name is being made.
pub(super) fn state(canary: &Canary) -> CanaryState {
    let state = canary.status.as_ref().and_then(|status| status.state.clone());
    state.unwrap_or(CanaryState::Creating)
}

/// State, reason and its code in one text.
pub(super) fn state_in_words(canary: &Canary) -> String {
    let mut words = state(canary).as_str().to_owned();
    let status = canary.status.as_ref();
    if let Some(code) = status.and_then(|status| status.state_reason_code.as_ref()) {
        words = format!("{words}, {}", code.as_str());
    }
    match status.and_then(|status| status.state_reason.as_deref()).unwrap_or_default() {
        "" => words,
        reason => format!("{words}: {}", reason.trim_end_matches('.')),
    }
}

/// The failure of a change that AWS took back.
pub(super) fn rolled_back(canary: &Canary) -> Option<Failure> {
    let code = canary.status.as_ref()?.state_reason_code.as_ref()?;
    let is_back = *code == CanaryStateReasonCode::RollbackComplete
        || *code == CanaryStateReasonCode::RollbackFailed;
    let told = format!("AWS took the change back ({})", state_in_words(canary));
    is_back.then(|| Failure::new(Kind::Invalid, told))
}

fn schedule(settings: &CanarySettings) -> CanaryScheduleInput {
    let retries = RetryConfigInput::builder().max_retries(settings.retries).build();
    CanaryScheduleInput::builder()
        .expression(&settings.schedule)
        .duration_in_seconds(0)
        .retry_config(retries.expect("the number of retries is set"))
        .build()
        .expect("the expression is set")
}

fn run_config(settings: &CanarySettings) -> CanaryRunConfigInput {
    CanaryRunConfigInputBuilder::default()
        .timeout_in_seconds(settings.timeout_seconds)
        .memory_in_mb(settings.memory_mb)
        .active_tracing(settings.active_tracing)
        .build()
}

fn vpc(settings: &CanarySettings) -> VpcConfigInput {
    VpcConfigInputBuilder::default()
        .set_subnet_ids(Some(settings.subnets.iter().cloned().collect()))
        .set_security_group_ids(Some(settings.security_groups.iter().cloned().collect()))
        .build()
}

fn artifact_config(settings: &CanarySettings) -> ArtifactConfigInput {
    let encryption = S3EncryptionConfig::builder();
    let encryption = match &settings.artifact_key {
        Some(key) => encryption.encryption_mode(EncryptionMode::SseKms).kms_key_arn(key),
        None => encryption.encryption_mode(EncryptionMode::SseS3),
    };
    ArtifactConfigInput::builder().s3_encryption(encryption.build()).build()
}

fn code_input(code: &Code) -> CanaryCodeInput {
    CanaryCodeInputBuilder::default()
        .zip_file(Blob::new(code.archive()))
        .blueprint_types(BLUEPRINT)
        .build()
}

/// Takes the empty `Handler` out of a request.
///
/// The SDK writes it always, and a blueprint must not have one: both together are a
/// `ValidationException`
/// (<https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_CanaryCodeInput.html>).
fn omit_handler(request: &mut HttpRequest) {
    let Some(body) = request.body().bytes().and_then(without_handler) else { return };
    request.headers_mut().insert("content-length", body.len().to_string());
    *request.body_mut() = SdkBody::from(body);
}

fn without_handler(body: &[u8]) -> Option<Vec<u8>> {
    let mut body: serde_json::Value = serde_json::from_slice(body).ok()?;
    let code = body.get_mut("Code")?.as_object_mut()?;
    let handler = code.get("Handler")?;
    if handler.as_str() != Some("") {
        return None;
    }
    code.remove("Handler");
    serde_json::to_vec(&body).ok()
}

#[cfg(test)]
mod tests {
    use aws_sdk_synthetics::types::CanaryStatus;

    use super::*;

    #[test]
    fn an_empty_handler_is_taken_out() {
        let body = br#"{"Code":{"ZipFile":"UEs=","Handler":"","BlueprintTypes":["multi-checks"]},"Name":"a"}"#;
        let body = without_handler(body).expect("changed");
        let body: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!(
            body,
            serde_json::json!({
                "Code": { "ZipFile": "UEs=", "BlueprintTypes": ["multi-checks"] },
                "Name": "a",
            })
        );
        for left_alone in [r#"{"Name":"a"}"#, r#"{"Code":{"Handler":"index.handler"}}"#, "no JSON"]
        {
            assert_eq!(without_handler(left_alone.as_bytes()), None, "{left_alone}");
        }
    }

    #[test]
    fn a_state_tells_its_reason() {
        let status = CanaryStatus::builder()
            .state(CanaryState::Error)
            .state_reason_code(CanaryStateReasonCode::RollbackFailed)
            .state_reason("The role is gone.")
            .build();
        let canary = Canary::builder().status(status).build();
        assert_eq!(state_in_words(&canary), "ERROR, ROLLBACK_FAILED: The role is gone");
        assert!(rolled_back(&canary).is_some_and(|failure| failure.kind() == Kind::Invalid));
        assert!(rolled_back(&Canary::builder().build()).is_none());
    }
}
