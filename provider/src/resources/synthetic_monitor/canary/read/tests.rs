use aws_sdk_synthetics::types::{
    CanaryRunConfigOutput, CanaryScheduleOutput, CanaryStatus, RetryConfigOutput,
};

use super::*;
use crate::resources::synthetic_monitor::canary::settings::CanarySettings;

fn text(value: &str) -> Attr<String> {
    Attr::Known(value.to_owned())
}

fn monitor() -> Monitor {
    let canary = model::Canary {
        execution_role_arn: text("arn:aws:iam::111111111111:role/canary"),
        artifact_bucket: text("reports"),
        artifact_prefix: text("web"),
        runtime_version: text("syn-nodejs-3.1"),
        memory_mb: Attr::Known(960),
        success_retention_days: Attr::Known(31),
        failure_retention_days: Attr::Known(31),
        active_tracing: Attr::Known(false),
        ..model::Canary::default()
    };
    Monitor {
        name: text("web"),
        engine: Attr::Known(Engine::Canary),
        canary: Attr::Known(canary),
        interval: text("300s"),
        timeout: text("60s"),
        retries: Attr::Known(1),
        enabled: Attr::Known(true),
        canary_name: text("hinomi-default_web"),
        ..Monitor::default()
    }
}

fn found() -> Canary {
    let schedule = CanaryScheduleOutput::builder()
        .expression("rate(5 minutes)")
        .duration_in_seconds(0)
        .retry_config(RetryConfigOutput::builder().max_retries(1).build());
    let run = CanaryRunConfigOutput::builder()
        .timeout_in_seconds(60)
        .memory_in_mb(960)
        .active_tracing(false);
    Canary::builder()
        .id("0-1")
        .name("hinomi-default_web")
        .execution_role_arn("arn:aws:iam::111111111111:role/canary")
        .schedule(schedule.build())
        .run_config(run.build())
        .success_retention_period_in_days(31)
        .failure_retention_period_in_days(31)
        .artifact_s3_location("reports/web")
        .engine_arn("arn:aws:lambda:us-east-1:111111111111:function:cwsyn-hinomi-default_web-0-1:7")
        .runtime_version("syn-nodejs-3.1")
        .status(CanaryStatus::builder().state(CanaryState::Running).build())
        .tags("hinomi:managed", "true")
        .build()
}

#[test]
fn what_aws_means_alike_stays_as_it_was_written() {
    let now = with_canary(&monitor(), &found(), &Defaults::default());
    assert_eq!((now.interval.clone(), now.timeout.clone()), (text("300s"), text("60s")));
    assert_eq!(
        CanarySettings::of(&now).expect("known"),
        CanarySettings::of(&monitor()).expect("known")
    );
    assert_eq!(now.tags, Attr::Null);
    assert_eq!(now.log_group_name, text("/aws/lambda/cwsyn-hinomi-default_web-0-1"));
    let function = "arn:aws:lambda:us-east-1:111111111111:function:cwsyn-hinomi-default_web-0-1";
    assert_eq!(now.function_arn, text(function), "without its version");
}

#[test]
fn a_schedule_of_somebody_else_is_shown_as_it_is() {
    for (expression, seconds, shown) in [
        ("rate(10 minutes)", 0, "10m"),
        ("rate(1 hour)", 0, "1h"),
        ("cron(0 * * * ? *)", 0, "cron(0 * * * ? *)"),
        ("rate(5 minutes)", 3_600, "rate(5 minutes) for 3600 s"),
        ("rate(0 minute)", 0, "rate(0 minute)"),
    ] {
        let schedule = CanaryScheduleOutput::builder()
            .expression(expression)
            .duration_in_seconds(seconds)
            .build();
        let mut found = found();
        found.schedule = Some(schedule);
        let now = with_canary(&monitor(), &found, &Defaults::default());
        assert_eq!((now.interval, now.retries), (text(shown), Attr::Known(0)), "{expression}");
    }
}

#[test]
fn passing_states_change_no_wish() {
    for (state, enabled) in [
        (CanaryState::Running, true),
        (CanaryState::Starting, true),
        (CanaryState::Updating, true),
        (CanaryState::Stopping, false),
        (CanaryState::Stopped, false),
        (CanaryState::Ready, false),
        (CanaryState::Error, false),
    ] {
        let status = CanaryStatus::builder().state(state.clone()).build();
        let mut found = found();
        found.status = Some(status);
        let now = with_canary(&monitor(), &found, &Defaults::default());
        assert_eq!(now.enabled, Attr::Known(enabled), "{state}");
    }
}
