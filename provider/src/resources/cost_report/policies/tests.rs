use super::*;
use crate::model::purpose::PurposeFrom as From;
use crate::resources::cost_report::model::{Event, Source};

const PARAMETER: &str = "arn:aws:ssm:ap-northeast-1:123456789012:parameter/hinomi/ops";
const ROLE: &str = "arn:aws:iam::210987654321:role/costs";

fn text(value: &str) -> Attr<String> {
    Attr::Known(value.to_owned())
}

fn place() -> Place {
    Place::new("123456789012".parse().unwrap(), "ap-northeast-1".parse().unwrap())
}

fn names() -> Names {
    Names::of("hinomi-", "main", "daily", &place()).unwrap()
}

fn policy(change: impl FnOnce(&mut CostReport)) -> String {
    let mut report = CostReport {
        name: text("daily"),
        webhook_parameter_arn: text(PARAMETER),
        ..CostReport::default()
    };
    change(&mut report);
    let needs = needs(&report, "company-costs").expect("all is known");
    function(&place(), &names(), &needs).to_json()
}

fn with_event(report: &mut CostReport) {
    let event = Event { start: text("2026-11-20"), end: text("2026-11-23"), ..Event::default() };
    report.events = Attr::Known([("autumn".to_owned(), Attr::Known(event))].into());
}

#[test]
fn a_function_may_ask_record_and_post_and_no_more() {
    let bare = policy(|_| ());
    for part in [
        r#""Action":["logs:CreateLogStream","logs:PutLogEvents"],"Resource":["arn:aws:logs:ap-northeast-1:123456789012:log-group:/aws/lambda/hinomi-main_daily-report:*"]"#,
        r#""Action":["ssm:GetParameter"],"Resource":["arn:aws:ssm:ap-northeast-1:123456789012:parameter/hinomi/ops"]"#,
        r#""kms:ViaService":["ssm.ap-northeast-1.amazonaws.com"]"#,
        r#""Action":["s3:GetObject","s3:PutObject"],"Resource":["arn:aws:s3:::company-costs/costs/*","arn:aws:s3:::company-costs/report/*"]"#,
        r#""Action":["s3:ListBucket"],"Resource":["arn:aws:s3:::company-costs"]"#,
        r#""Action":["ce:GetCostAndUsage"],"Resource":["*"]"#,
    ] {
        assert!(bare.contains(part), "{part}\n{bare}");
    }
    for action in ["organizations:", "sts:", "ce:GetAnomalies", "s3:Delete"] {
        assert!(!bare.contains(action), "{bare}");
    }
}

#[test]
fn what_is_asked_for_is_allowed() {
    assert!(policy(with_event).contains("ce:ProvideAnomalyFeedback"));
    let silent = policy(|report| {
        with_event(report);
        report.anomaly_feedback = Attr::Known(false);
    });
    assert!(!silent.contains("ce:ProvideAnomalyFeedback"), "{silent}");
    let from = |tag: Attr<String>, unit: Attr<bool>| {
        policy(|report| report.purpose_from = Attr::Known(From { tag, unit }))
    };
    let by_tag = from(text("purpose"), Attr::Null);
    assert!(by_tag.contains("organizations:ListTagsForResource"), "{by_tag}");
    assert!(!by_tag.contains("organizations:ListRoots"), "{by_tag}");
    let by_unit = from(Attr::Null, Attr::Known(true));
    assert!(by_unit.contains("organizations:ListOrganizationalUnitsForParent"), "{by_unit}");
}

#[test]
fn sources_are_asked_with_their_own_roles() {
    let policy = policy(|report| {
        let source = Source { role_arn: text(ROLE), external_id: Attr::Null };
        report.sources = Attr::Known(vec![Attr::Known(source)]);
        report.purpose_from = Attr::Known(From { tag: Attr::Null, unit: Attr::Known(true) });
        with_event(report);
    });
    let assume = format!(r#""Action":["sts:AssumeRole"],"Resource":["{ROLE}"]"#);
    assert!(policy.contains(&assume), "{policy}");
    assert!(!policy.contains("ce:") && !policy.contains("organizations:"), "{policy}");
}

#[test]
fn an_unknown_part_leaves_the_policy_unknown() {
    let report = CostReport { webhook_parameter_arn: text(PARAMETER), ..CostReport::default() };
    for report in [
        CostReport { webhook_parameter_arn: Attr::Unknown, ..report.clone() },
        CostReport { sources: Attr::Unknown, ..report.clone() },
        CostReport { events: Attr::Unknown, ..report.clone() },
        CostReport { history: Attr::Unknown, ..report.clone() },
        CostReport { purpose_from: Attr::Unknown, ..report.clone() },
    ] {
        assert!(needs(&report, "costs").is_none());
    }
}

#[test]
fn the_schedule_invokes_this_function_alone_and_only_it_may() {
    let (place, names) = (place(), names());
    let policy = schedule(&place, &names).to_json();
    assert!(policy.contains(r#""Action":["lambda:InvokeFunction"],"Resource":["arn:aws:lambda:ap-northeast-1:123456789012:function:hinomi-main_daily-report"]"#), "{policy}");
    let trust = trust_in_schedules(&place, &names).to_json();
    assert!(trust.contains(r#""aws:SourceArn":["arn:aws:scheduler:ap-northeast-1:123456789012:schedule-group/hinomi-main_daily-report"]"#), "{trust}");
    assert!(trust_in_lambda().to_json().contains("lambda.amazonaws.com"));
}
