use serde_json::{Value, json};

use super::*;

fn place() -> Place {
    let home: Region = "ap-northeast-1".parse().expect("a region");
    Place {
        partition: home.partition(),
        account: "111111111111".parse().expect("an account"),
        home,
        iam_path: "/".to_owned(),
    }
}

fn names() -> Names {
    Names::of("hinomi-", "main", "ops", "ap-northeast-1").expect("they fit")
}

fn set(texts: &[&str]) -> BTreeSet<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

fn regions(names: &[&str]) -> BTreeSet<Region> {
    names.iter().map(|name| name.parse().expect("a region")).collect()
}

fn json(policy: &Policy) -> Value {
    serde_json::from_str(&policy.to_json()).expect("JSON")
}

fn statement(policy: &Policy, sid: &str) -> Value {
    let document = json(policy);
    let statements = document["Statement"].as_array().cloned().unwrap_or_default();
    statements.into_iter().find(|statement| statement["Sid"] == sid).unwrap_or_default()
}

const PARAMETER: &str = "arn:aws:ssm:eu-west-1:111111111111:parameter/hinomi/ops";

#[test]
fn the_function_may_do_what_it_needs_and_no_more() {
    let place = place();
    let scheduler = place.role(&names().scheduler_role);
    let policy = execution(&place, &names(), &scheduler, &set(&[PARAMETER]));
    assert_eq!(statement(&policy, "Webhooks")["Resource"], json!([PARAMETER]));
    let keys = statement(&policy, "WebhookKeys");
    assert_eq!(keys["Resource"], json!(["arn:aws:kms:eu-west-1:111111111111:key/*"]));
    let conditions = &keys["Condition"]["StringEquals"];
    assert_eq!(conditions["kms:ViaService"], json!(["ssm.eu-west-1.amazonaws.com"]));
    assert_eq!(conditions["kms:EncryptionContext:PARAMETER_ARN"], json!([PARAMETER]));
    let table = "arn:aws:dynamodb:ap-northeast-1:111111111111:table/hinomi-main_ops-relay";
    assert_eq!(statement(&policy, "Incidents")["Resource"], json!([table]));
    let actions = json!(["dynamodb:GetItem", "dynamodb:PutItem"]);
    assert_eq!(statement(&policy, "Incidents")["Action"], actions);
    assert_eq!(statement(&policy, "Reminders")["Action"], json!(["scheduler:CreateSchedule"]));
    let pass = statement(&policy, "RemindersRole");
    assert_eq!(pass["Resource"], json!([scheduler]));
    assert_eq!(
        pass["Condition"]["StringEquals"]["iam:PassedToService"],
        json!(["scheduler.amazonaws.com"])
    );
    // The chart is the only action without a resource.
    let document = json(&policy);
    for statement in document["Statement"].as_array().expect("a list") {
        let on_all = statement["Resource"] == json!(["*"]);
        assert_eq!(on_all, statement["Sid"] == "Charts", "{statement}");
        for action in statement["Action"].as_array().expect("a list") {
            assert!(!action.as_str().unwrap_or_default().contains('*'), "{statement}");
        }
    }
    let again = execution(&place, &names(), &scheduler, &set(&[PARAMETER]));
    assert_eq!(policy.to_json(), again.to_json(), "the same text for the same parts");
}

#[test]
fn scheduler_may_send_to_the_queue_and_no_more() {
    let policy = json(&scheduler(&place(), &names()));
    let queue = "arn:aws:sqs:ap-northeast-1:111111111111:hinomi-main_ops-relay";
    let statements = policy["Statement"].as_array().expect("a list");
    let [remind] = statements.as_slice() else { panic!("{policy}") };
    assert_eq!(remind["Action"], json!(["sqs:SendMessage"]));
    assert_eq!(remind["Resource"], json!([queue]));
}

#[test]
fn topics_admit_services_for_this_account_and_alarms_of_others() {
    let arn = place().topic(&names(), &place().home);
    let policy = topic(&place(), &arn, &set(&["222222222222"]), None);
    let alarms = statement(&policy, "Alarms");
    assert_eq!(alarms["Principal"], json!({ "Service": ["cloudwatch.amazonaws.com"] }));
    let accounts = &alarms["Condition"]["StringEquals"]["aws:SourceAccount"];
    assert_eq!(*accounts, json!(["111111111111", "222222222222"]));
    let notices = statement(&policy, "Notices");
    let accounts = &notices["Condition"]["StringEquals"]["aws:SourceAccount"];
    assert_eq!(*accounts, json!(["111111111111"]));
    // EventBridge gives no facts that a condition could be about.
    let events = statement(&policy, "Events");
    assert_eq!(events["Principal"], json!({ "Service": ["events.amazonaws.com"] }));
    assert_eq!((&events["Resource"], &events["Condition"]), (&json!([arn]), &Value::Null));
    assert!(!notices["Principal"].to_string().contains("events."), "{notices}");
    assert_eq!(statement(&policy, "Hub"), Value::Null);

    let hub: AccountId = "333333333333".parse().expect("an account");
    let queue = "arn:aws:sqs:us-east-1:333333333333:ops";
    let policy = topic(&place(), &arn, &BTreeSet::new(), Some((&hub, queue)));
    assert_eq!(hub_queue(&policy.to_json()).as_deref(), Some(queue));
    let subscribe = statement(&policy, "Hub");
    assert_eq!(subscribe["Principal"], json!({ "AWS": ["arn:aws:iam::333333333333:root"] }));
    assert_eq!(subscribe["Condition"]["StringEquals"]["sns:Endpoint"], json!([queue]));
}

#[test]
fn a_queue_admits_the_topics_of_its_own_account() {
    let (own, none) = (regions(&["ap-northeast-1"]), BTreeSet::new());
    let policy = queue(&place(), &names(), &own, &none, &BTreeSet::new());
    let sources = &statement(&policy, "Topics")["Condition"]["ArnLike"]["aws:SourceArn"];
    let own = place().topic(&names(), &place().home);
    assert_eq!(*sources, json!(["arn:aws:sns:*:111111111111:*", own]));
}

#[test]
fn sns_goes_by_the_name_of_a_region_that_is_opted_into() {
    let principal = |place: &Place, of: &[&str]| {
        let policy = queue(place, &names(), &regions(of), &BTreeSet::new(), &BTreeSet::new());
        statement(&policy, "Topics")["Principal"]["Service"].clone()
    };
    assert_eq!(principal(&place(), &["ap-northeast-1"]), json!(["sns.amazonaws.com"]));
    let with_milan = json!(["sns.amazonaws.com", "sns.eu-south-1.amazonaws.com"]);
    assert_eq!(principal(&place(), &["ap-northeast-1", "eu-south-1"]), with_milan);
    let milan = Place { home: "eu-south-1".parse().expect("a region"), ..place() };
    assert_eq!(principal(&milan, &["eu-south-1", "eu-west-1"]), with_milan);
    let [tokyo, south] =
        ["ap-northeast-1", "eu-south-1"].map(|name| name.parse().expect("a region"));
    for (home, from, name) in [
        (&tokyo, &tokyo, "sns.amazonaws.com"),
        (&tokyo, &south, "sns.eu-south-1.amazonaws.com"),
        (&south, &tokyo, "sns.eu-south-1.amazonaws.com"),
    ] {
        assert_eq!(deliverer(home, from), name);
    }
}

#[test]
fn what_a_queue_admits_is_read_back() {
    let (home, sources) = (regions(&["ap-northeast-1", "us-east-1"]), set(&["222222222222"]));
    let young = regions(&["eu-south-1"]);
    let policy = queue(&place(), &names(), &home, &sources, &young);
    let found = admitted(&place(), &names(), &policy.to_json());
    assert_eq!(found.regions, set(&["ap-northeast-1", "us-east-1"]));
    assert_eq!(found.accounts, sources);
    assert_eq!(found.source_regions, set(&["eu-south-1"]));
    // AWS may show a list of one as the one.
    let own = place().topic(&names(), &place().home);
    let condition = json!({ "ArnLike": { "aws:SourceArn": own } });
    let shown = json!({ "Statement": [{ "Condition": condition }] }).to_string();
    assert_eq!(admitted(&place(), &names(), &shown).regions, set(&["ap-northeast-1"]));
    assert_eq!(admitted(&place(), &names(), "no JSON"), Admitted::default());
}
