use std::collections::BTreeMap;

use super::*;
use crate::resources::synthetic_monitor::model;

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
        engine: Attr::Known(model::Engine::Canary),
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

fn changes(canary: CanaryChange, enabled: bool) -> Changes {
    let alarms = alarms::Changes::between(&monitor(), &monitor()).expect("known");
    Changes { canary, enabled, tags: false, alarms }
}

#[test]
fn what_means_the_same_is_no_change() {
    let planned = Monitor {
        interval: text("300s"),
        timeout: text("60s"),
        max_monthly_cost_usd: Attr::Known(20.0),
        estimated_monthly_cost_usd: Attr::Known(10.51),
        price_basis: text("other prices"),
        ..monitor()
    };
    let found = Changes::between(&monitor(), &planned).expect("known");
    assert_eq!(found, changes(CanaryChange::Nothing, false));
    assert!(found.is_nothing());
}

#[test]
fn each_change_is_its_own() {
    let new_runtime = |mut monitor: Monitor| {
        let canary = monitor.canary.as_known_mut().expect("a canary");
        canary.runtime_version = text("syn-nodejs-3.2");
        monitor
    };
    for (planned, wanted) in [
        (Monitor { interval: text("10m"), ..monitor() }, changes(CanaryChange::Settings, false)),
        (Monitor { code_hash: text("def"), ..monitor() }, changes(CanaryChange::Code, false)),
        (new_runtime(monitor()), changes(CanaryChange::Code, false)),
        (
            Monitor { enabled: Attr::Known(false), ..monitor() },
            changes(CanaryChange::Nothing, true),
        ),
    ] {
        let found = Changes::between(&monitor(), &planned).expect("known");
        assert_eq!(found, wanted);
        assert!(!found.is_nothing());
    }
    let tags = Attr::Known(BTreeMap::from([("a".to_owned(), text("1"))]));
    let tagged = Monitor { tags_all: tags, ..monitor() };
    let changes = Changes::between(&monitor(), &tagged).expect("known");
    assert!(changes.tags && !changes.touches_canary() && !changes.is_nothing());
}
