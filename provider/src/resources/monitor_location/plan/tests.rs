use std::collections::BTreeMap;

use super::*;
use crate::model::account::Account;
use crate::model::architecture::Architecture;

fn known(text: &str) -> Attr<String> {
    Attr::Known(text.to_owned())
}

fn place() -> Place {
    Place::new("123456789012".parse().unwrap(), "ap-northeast-1".parse().unwrap())
}

fn names() -> Names {
    Names::of("hinomi-", "main", "tokyo", &place()).unwrap()
}

fn tokyo() -> MonitorLocation {
    let account = Account { id: known("123456789012"), ..Account::default() };
    MonitorLocation {
        name: known("tokyo"),
        account: Attr::Known(account),
        region: known("ap-northeast-1"),
        canaries: Attr::Known(false),
        architecture: Attr::Known(Architecture::Arm),
        memory_mb: Attr::Known(256),
        tags_all: Attr::Known(BTreeMap::new()),
        ..MonitorLocation::default()
    }
}

fn refined(mut location: MonitorLocation, iam_path: &Attr<String>) -> MonitorLocation {
    let (place, names) = (placed(&location).unwrap(), names());
    named(&mut location, &place, &names);
    roles(&mut location, &place, &names, iam_path);
    allowed(&mut location, &place, &names);
    location.location = Attr::Known(offered(&location, Attr::Null));
    location
}

#[test]
fn all_is_known_before_anything_exists() {
    let planned = refined(tokyo(), &known("/ops/"));
    let role = "arn:aws:iam::123456789012:role/ops/hinomi-main_tokyo-ap-northeast-1-probe";
    assert_eq!(planned.execution_role_arn, known(role));
    assert_eq!(planned.artifact_bucket, Attr::Null);
    assert_eq!(planned.canary_role_arn, Attr::Null);
    assert_eq!(planned.canary_policy_json, Attr::Null);
    let offered = planned.location.into_known().unwrap();
    assert_eq!(offered.architecture, known("arm64"));
    assert_eq!(offered.memory_mb, Attr::Known(256));
    let function = "arn:aws:lambda:ap-northeast-1:123456789012:function:hinomi-main_tokyo-location";
    assert_eq!(offered.function_arn, known(function));
    let role = "arn:aws:iam::123456789012:role/ops/hinomi-main_tokyo-ap-northeast-1-schedule";
    assert_eq!(offered.scheduler_role_arn, known(role));
}

#[test]
fn an_own_role_stands_in_for_the_one_that_is_made() {
    let own = "arn:aws:iam::123456789012:role/own";
    let location =
        MonitorLocation { role_arn: known(own), scheduler_role_arn: Attr::Unknown, ..tokyo() };
    let planned = refined(location, &Attr::Null);
    assert_eq!(planned.execution_role_arn, known(own));
    assert_eq!(planned.scheduler_execution_role_arn, Attr::Unknown);
    assert!(planned.policy_json.as_known().is_some(), "it says what the role needs");
}

#[test]
fn what_is_not_known_yet_leaves_the_rest_known() {
    let location =
        MonitorLocation { secret_arns: Attr::Unknown, canaries: Attr::Unknown, ..tokyo() };
    let planned = refined(location, &Attr::Unknown);
    for unknown in [
        &planned.policy_json,
        &planned.artifact_bucket,
        &planned.canary_policy_json,
        &planned.execution_role_arn,
    ] {
        assert_eq!(unknown, &Attr::Unknown);
    }
    assert!(planned.scheduler_policy_json.as_known().is_some());
    assert!(planned.function_arn.as_known().is_some());
}

#[test]
fn canaries_have_a_bucket_and_a_role() {
    let planned = refined(MonitorLocation { canaries: Attr::Known(true), ..tokyo() }, &Attr::Null);
    let bucket = "hinomi-main-tokyo-123456789012-ap-northeast-1";
    assert_eq!(planned.artifact_bucket, known(bucket));
    let role = "arn:aws:iam::123456789012:role/hinomi-main_tokyo-ap-northeast-1-canary";
    assert_eq!(planned.canary_role_arn, known(role));
    assert!(planned.canary_policy_json.as_known().unwrap().contains(bucket));
}
