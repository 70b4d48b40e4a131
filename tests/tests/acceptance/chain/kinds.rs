//! Every kind of notice, through the topic: one readable message each, and none is lost.

use hinomi_tests::discord::text_of;
use hinomi_tests::{Account, Aws, Error, Result, eventually};
use serde_json::{Value, json};

use super::{HOME, LONG, RELAY, Scene, dead_letters, fixture, publish};

/// Each fixture, and what only its embed says. Notices of the same monitor come from different
/// accounts, so that they are of different incidents.
const NOTICES: [(&str, &str); 20] = [
    ("alarm-event.json", "ServerCpuTooHigh is in alarm"),
    ("alarm-event-band.json", "EC2 CPU Utilization Anomaly is in alarm"),
    ("alarm-event-math.json", "TotalNetworkTrafficTooHigh is in alarm"),
    ("anomaly.json", "Unusual cost: Amazon Elastic Compute Cloud"),
    ("anomaly-event.json", "Unusual cost: Amazon Elastic Compute Cloud"),
    ("budget-actual.json", "Budget shop-monthly has passed its threshold"),
    ("budget-forecasted.txt", "Budget shop-monthly is forecast to pass its threshold"),
    ("composite-alarm.json", "shop-unwell is in alarm"),
    ("drill.json", "Autumn drill: who sees this?"),
    ("function-alarm.json", "thumbnails errors is in alarm"),
    ("health-change.json", "AWS plans a change"),
    ("health-issue.json", "AWS has an issue"),
    ("metric-alarm.json", "network-out is in alarm"),
    ("metric-math-alarm.json", "EXAMPLE is in alarm"),
    ("monitor-down.json", "checkout is down"),
    ("monitor-locations.json", "checkout is down"),
    ("monitor-no-data.json", "checkout: no checks arrive"),
    ("other-event.json", "EC2 Instance State-change Notification"),
    ("text-subject.json", "Disk almost full"),
    ("text.txt", "The backup of orders-2026"),
];

/// Subject and message that a service published for SNS to make this body of.
fn published(name: &str) -> Result<(Option<String>, String)> {
    let body = fixture(name)?;
    let envelope: Value = serde_json::from_str(&body).unwrap_or_default();
    let Some(message) = envelope["Message"].as_str() else { return Ok((None, body)) };
    let message = match name {
        "monitor-locations.json" => message.replace("111122223333", "222233334444"),
        "monitor-no-data.json" => message.replace("111122223333", "333344445555"),
        _ => message.to_owned(),
    };
    Ok((envelope["Subject"].as_str().map(str::to_owned), message))
}

/// What each embed of the channel says.
fn embeds(scene: &Scene) -> Vec<String> {
    let messages = scene.discord.messages().into_iter();
    let alone = messages.flat_map(|message| {
        let embeds = message.embeds.clone().into_iter();
        embeds.map(move |embed| {
            let mut one = message.clone();
            (one.content, one.embeds) = (String::new(), vec![embed]);
            text_of(&one)
        })
    });
    alone.collect()
}

#[test]
fn each_is_told_once_and_readable() -> Result<()> {
    let scene = Scene::new("chain-kinds")?;
    scene.apply(&scene.relay(""))?;
    for (name, _) in NOTICES {
        let (subject, message) = published(name)?;
        scene.publish(subject.as_deref(), &message)?;
    }
    // SNS itself writes this one, to the queue.
    scene.send(&fixture("confirmation.json")?)?;
    eventually("a message of each", LONG, || {
        let embeds = embeds(&scene);
        if embeds.len() > NOTICES.len() {
            return Ok(Some(()));
        }
        Err(Error::unexpected(format!("there are {}: {embeds:#?}", embeds.len())))
    })?;
    scene.settled()?;
    let told = embeds(&scene);
    for (name, part) in NOTICES {
        let same = NOTICES.iter().filter(|(_, other)| *other == part).count();
        let found = told.iter().filter(|one| one.contains(part)).count();
        assert_eq!(found, same, "{name}: {part}: {told:#?}");
    }
    assert_eq!(told.len(), NOTICES.len() + 1, "{told:#?}");
    let confirmation = told.iter().filter(|one| one.contains("chosen to subscribe"));
    assert_eq!(confirmation.count(), 1, "{told:#?}");

    // The end of one of them is an edit.
    let (subject, message) = published("monitor-up.json")?;
    scene.publish(subject.as_deref(), &message)?;
    eventually("the edit", LONG, || {
        let is_over = |one: &&String| one.contains("checkout is up again");
        Ok((embeds(&scene).iter().filter(is_over).count() == 1).then_some(()))
    })?;
    scene.settled()?;
    assert_eq!(embeds(&scene).len(), told.len());
    assert_eq!(dead_letters(&scene.account)?, []);
    scene.expect_no_token()?;
    scene.workspace.destroy().map(drop)
}

#[test]
fn services_of_aws_may_publish_and_strangers_may_not() -> Result<()> {
    let scene = Scene::new("chain-services")?;
    scene.apply(&scene.relay(""))?;
    let (_, message) = published("health-issue.json")?;
    let message = message.replace("111122223333", scene.account.id());
    let health: Value = serde_json::from_str(&message).expect("an event");
    let event = json!({
        "account": scene.account.id(), "region": HOME, "source": "aws.health",
        "detail-type": health["detail-type"], "detail": health["detail"], "resources": [],
    });
    Aws::shared()?.control("POST", "/_events", &event)?;
    let told = scene.only_message("the event", |one| text_of(one).contains("AWS has an issue"))?;
    assert!(text_of(&told).contains(scene.account.id()), "{}", text_of(&told));

    // Others of the same bus are none of the relay's business.
    let other = json!({
        "account": scene.account.id(), "region": HOME, "source": "aws.ec2",
        "detail-type": "EC2 Instance State-change Notification", "detail": {}, "resources": [],
    });
    Aws::shared()?.control("POST", "/_events", &other)?;
    scene.settled()?;
    assert_eq!(scene.discord.messages().len(), 1);

    let topic = format!("arn:aws:sns:{HOME}:{}:{RELAY}", scene.account.id());
    let asked = [("Action", "GetTopicAttributes"), ("Version", "2010-03-31"), ("TopicArn", &topic)];
    let attributes = scene.account.query("sns", &asked)?.replace("&quot;", "\"");
    for principal in ["cloudwatch", "budgets", "costalerts", "events"] {
        let admitted = format!("\"{principal}.amazonaws.com\"");
        assert!(attributes.contains(&admitted), "{admitted} is not in {attributes}");
    }
    let condition = json!({ "aws:SourceAccount": [scene.account.id()] }).to_string();
    let condition = condition.trim_matches(['{', '}']).to_owned();
    assert!(attributes.contains(&condition), "{condition} is not in {attributes}");

    let stranger = Account::new()?;
    let refusal = publish(&stranger, &topic, None, "let me in").expect_err("it is refused");
    assert!(refusal.to_string().contains("AuthorizationError"), "{refusal}");
    scene.settled()?;
    assert_eq!(scene.discord.messages().len(), 1);
    scene.workspace.destroy().map(drop)
}
