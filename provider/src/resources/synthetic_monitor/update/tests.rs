use std::collections::BTreeMap;

use super::super::model::{self, MissingData};
use super::*;

fn text(value: &str) -> Attr<String> {
    Attr::Known(value.to_owned())
}

fn monitor() -> Monitor {
    let canary = model::Canary {
        execution_role_arn: text("arn:aws:iam::111111111111:role/canary"),
        artifact_bucket: text("reports"),
        runtime_version: text("syn-nodejs-3.1"),
        memory_mb: Attr::Known(960),
        success_retention_days: Attr::Known(31),
        failure_retention_days: Attr::Known(31),
        active_tracing: Attr::Known(false),
        ..model::Canary::default()
    };
    Monitor {
        name: text("web"),
        canary: Attr::Known(canary),
        interval: text("5m"),
        timeout: text("1m"),
        retries: Attr::Known(0),
        enabled: Attr::Known(true),
        tags_all: Attr::Known(BTreeMap::new()),
        canary_name: text("hinomi-default_web"),
        code_hash: text("abc"),
        ..Monitor::default()
    }
}

fn with_alarm() -> Monitor {
    let alarm = model::Alarm {
        failures: Attr::Known(2),
        out_of: Attr::Known(2),
        tell_recovery: Attr::Known(true),
        treat_missing_data: Attr::Known(MissingData::Ignore),
        ..model::Alarm::default()
    };
    Monitor {
        alarm: Attr::Known(alarm),
        alarm_name: text("hinomi-default/web"),
        alarm_arn: text("arn:aws:cloudwatch:us-east-1:111111111111:alarm:hinomi-default/web"),
        alarm_rule: text("rule"),
        ..monitor()
    }
}

const NOTHING: Changes = Changes {
    canary: CanaryChange::Nothing,
    enabled: false,
    tags: false,
    alarm: AlarmChange::Nothing,
};

#[test]
fn what_means_the_same_is_no_change() {
    let planned = Monitor {
        interval: text("300s"),
        timeout: text("60s"),
        max_monthly_cost_usd: Attr::Known(20.0),
        estimated_monthly_cost_usd: Attr::Known(10.51),
        price_basis: text("other prices"),
        ..with_alarm()
    };
    let changes = Changes::between(&with_alarm(), &planned).expect("known");
    assert_eq!(changes, NOTHING);
    assert!(changes.is_nothing());
}

#[test]
fn each_change_is_its_own() {
    let new_runtime = |mut monitor: Monitor| {
        let canary = monitor.canary.as_known_mut().expect("a canary");
        canary.runtime_version = text("syn-nodejs-3.2");
        monitor
    };
    let tags = Attr::Known(BTreeMap::from([("a".to_owned(), text("1"))]));
    for (planned, wanted) in [
        (
            Monitor { interval: text("10m"), ..monitor() },
            Changes { canary: CanaryChange::Settings, ..NOTHING },
        ),
        (
            Monitor { code_hash: text("def"), ..monitor() },
            Changes { canary: CanaryChange::Code, ..NOTHING },
        ),
        (new_runtime(monitor()), Changes { canary: CanaryChange::Code, ..NOTHING }),
        (
            Monitor { enabled: Attr::Known(false), ..monitor() },
            Changes { enabled: true, ..NOTHING },
        ),
        (Monitor { tags_all: tags, ..monitor() }, Changes { tags: true, ..NOTHING }),
        (with_alarm(), Changes { alarm: AlarmChange::Make, ..NOTHING }),
    ] {
        let changes = Changes::between(&monitor(), &planned).expect("known");
        assert_eq!(changes, wanted);
        assert!(!changes.is_nothing());
    }
}

#[test]
fn an_alarm_is_made_changed_and_deleted() {
    let lost = Monitor { alarm_arn: Attr::Null, ..with_alarm() };
    let retold = Monitor { alarm_description: text("new"), ..with_alarm() };
    let drifted = Monitor { alarm_rule: text("another rule"), ..with_alarm() };
    for (prior, planned, wanted) in [
        (with_alarm(), monitor(), AlarmChange::Delete),
        (lost, with_alarm(), AlarmChange::Make),
        (with_alarm(), retold, AlarmChange::Put),
        (drifted, with_alarm(), AlarmChange::Put),
        (monitor(), monitor(), AlarmChange::Nothing),
    ] {
        assert_eq!(Changes::of_alarm(&prior, &planned).expect("known"), wanted);
    }
}
