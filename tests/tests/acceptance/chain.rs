//! The whole chain with the real `terraform`, provider and agent: what rings in an account is told on
//! Discord.

mod deleted;
mod killed;
mod kinds;
mod lost;
mod spoke;
mod story;
mod twice;
mod unwatched;
mod watch;

use std::time::Duration;

use hinomi_tests::chain::{Invocation, eventually};
use hinomi_tests::discord::standin::{Message, Operation};
use hinomi_tests::{Account, Discord, Error, Result, Workspace, secrets};
use serde_json::{Value, json};

const HOME: &str = "us-east-1";
/// Name of queue and topic, and the beginning of the names of the relay's other objects.
const RELAY: &str = "hinomi-default_ops-relay";
const ADDRESS: &str = "hinomi_alert_relay.ops";
/// Far beyond what a message takes through topic, queue and function on a busy machine.
const LONG: Duration = Duration::from_mins(2);

/// An account, a Discord and a folder.
struct Scene {
    account: Account,
    discord: Discord,
    workspace: Workspace,
}

impl Scene {
    /// Nothing happens in the account by itself but what follows from something.
    fn new(name: &str) -> Result<Self> {
        let (account, discord) = (Account::new()?, Discord::start()?);
        by_hand(&account)?;
        let workspace = Workspace::new(name)?.with_account(&account).with_discord(&discord);
        Ok(Self { account, discord, workspace })
    }

    /// The provider's block, and the webhook of the first channel.
    fn head(&self) -> String {
        let channel = self.discord.channel();
        format!(
            r#"
variable "discord_base_url" {{}}

provider "hinomi" {{
  discord = {{ base_url = var.discord_base_url }}
}}

resource "hinomi_discord_webhook" "ops" {{
  channel_id = "{channel}"
  name       = "Ops"
  publish_to = {{ home = {{ parameter_name = "/hinomi/ops" }} }}
}}
"#
        )
    }

    /// A relay to the webhook, with these attributes beside it.
    fn relay(&self, attributes: &str) -> String {
        format!(
            r#"{}
resource "hinomi_alert_relay" "ops" {{
  name = "ops"
  webhook_parameter_arn = hinomi_discord_webhook.ops.parameter_arns["home"]
  emails = ["ops@example.com"]
  {attributes}
}}
"#,
            self.head()
        )
    }

    fn apply(&self, hcl: &str) -> Result<()> {
        self.workspace.config(hcl)?.apply()?;
        self.workspace.expect_empty_plan().map(drop)
    }

    /// Sends a body to the relay's queue, past the topic.
    fn send(&self, body: &str) -> Result<()> {
        send(&self.account, body)
    }

    /// Publishes to the relay's topic, as a service of AWS does.
    fn publish(&self, subject: Option<&str>, message: &str) -> Result<String> {
        let topic = format!("arn:aws:sns:{HOME}:{}:{RELAY}", self.account.id());
        publish(&self.account, &topic, subject, message)
    }

    /// Waits until the relay has nothing to do any more.
    fn settled(&self) -> Result<()> {
        settled(&self.account)
    }

    /// A message of the channel that is as wanted; when none comes, the error says where it is stuck.
    fn message(&self, what: &str, wanted: impl Fn(&Message) -> bool) -> Result<Message> {
        let found = self.discord.wait_for_message(what, LONG, wanted);
        found.or_else(|error| Err(Error::unexpected(format!("{error}\n{}", self.stuck()?))))
    }

    /// What the queue holds, and what the functions did.
    fn stuck(&self) -> Result<String> {
        let waiting = waiting(&self.account, RELAY)?;
        let runs = self.account.invocations()?.into_iter().map(|one| {
            let Invocation { function, kind, result, error, log, .. } = one;
            format!("{function} {kind} {result} {error:?}\n{log}")
        });
        let runs = runs.collect::<Vec<_>>().join("\n");
        Ok(format!("{waiting} message(s) wait in the queue; the functions ran:\n{runs}"))
    }

    /// The only message of the channel, once it is as wanted.
    fn only_message(&self, what: &str, wanted: impl Fn(&Message) -> bool) -> Result<Message> {
        let message = self.message(what, wanted)?;
        self.settled()?;
        let messages = self.discord.messages();
        assert_eq!(messages.len(), 1, "{what}: {messages:#?}");
        Ok(message)
    }

    /// What the relay sent to Discord by an operation, oldest first.
    fn sent(&self, operation: Operation) -> Vec<Value> {
        let requests = self.discord.server().requests().into_iter();
        requests.filter(|one| one.operation == operation).filter_map(|one| one.body).collect()
    }

    /// Fails when a token is in anything that was left behind: artefacts, functions, logs, the table.
    fn expect_no_token(&self) -> Result<()> {
        self.discord.expect_no_token_in(&self.workspace)?;
        let secrets = self.discord.server().secrets();
        let secrets: Vec<&str> = secrets.iter().map(String::as_str).collect();
        expect_none_in(&self.account, &secrets)
    }
}

/// Lets alarms and schedules wait for the test, states that take time take none, and roles be known
/// everywhere at once.
fn by_hand(account: &Account) -> Result<()> {
    account.transition_milliseconds(20)?;
    account.refuse_new_roles(0)?;
    account.fire_schedules_by_hand()?;
    account.evaluate_alarms_by_hand()
}

fn queue_url(account: &Account, name: &str) -> Result<String> {
    let asked = json!({ "QueueName": name });
    let answer = account.json("sqs", HOME, "AmazonSQS.GetQueueUrl", &asked)?;
    Ok(text(&answer["QueueUrl"]))
}

/// Sends a body to the queue of the account's relay.
fn send(account: &Account, body: &str) -> Result<()> {
    let asked = json!({ "QueueUrl": queue_url(account, RELAY)?, "MessageBody": body });
    account.json("sqs", HOME, "AmazonSQS.SendMessage", &asked).map(drop)
}

fn publish(account: &Account, topic: &str, subject: Option<&str>, message: &str) -> Result<String> {
    let mut parameters = vec![
        ("Action", "Publish"),
        ("Version", "2010-03-31"),
        ("TopicArn", topic),
        ("Message", message),
    ];
    parameters.extend(subject.map(|subject| ("Subject", subject)));
    account.query("sns", &parameters)
}

/// How many messages a queue has: to be received, and being worked on.
fn waiting(account: &Account, queue: &str) -> Result<u64> {
    let asked = json!({ "QueueUrl": queue_url(account, queue)?, "AttributeNames": ["All"] });
    let answer = account.json("sqs", HOME, "AmazonSQS.GetQueueAttributes", &asked)?;
    let names = ["", "NotVisible", "Delayed"].iter();
    let counts = names.map(|name| {
        text(&answer["Attributes"][format!("ApproximateNumberOfMessages{name}")]).parse::<u64>()
    });
    Ok(counts.flatten().sum())
}

/// Waits until the queue of the account's relay is empty.
fn settled(account: &Account) -> Result<()> {
    eventually("an empty queue", LONG, || match waiting(account, RELAY)? {
        0 => Ok(Some(())),
        left => Err(Error::unexpected(format!("{left} message(s) wait"))),
    })
}

/// The dead letters with their reasons, each looked at once.
fn dead_letters(account: &Account) -> Result<Vec<(String, String)>> {
    let url = queue_url(account, &dead_letter_queue(account)?)?;
    let asked =
        json!({ "QueueUrl": url, "MaxNumberOfMessages": 10, "MessageAttributeNames": ["All"] });
    let answer = account.json("sqs", HOME, "AmazonSQS.ReceiveMessage", &asked)?;
    let messages = answer["Messages"].as_array().cloned().unwrap_or_default();
    let reason = |one: &Value| text(&one["MessageAttributes"]["hinomi-reason"]["StringValue"]);
    Ok(messages.iter().map(|one| (text(&one["Body"]), reason(one))).collect())
}

/// Name of the account's only other queue.
fn dead_letter_queue(account: &Account) -> Result<String> {
    let mut objects = account.objects()?.into_iter();
    let found = objects.find(|object| object.kind == "sqs:queue" && object.name != RELAY);
    found
        .map(|object| object.name)
        .ok_or_else(|| Error::unexpected("there is no dead-letter queue"))
}

/// The invocations of a kind.
fn invocations(account: &Account, kind: &str) -> Result<Vec<Invocation>> {
    let all = account.invocations()?.into_iter();
    Ok(all.filter(|one| one.kind == kind).collect())
}

/// Fires a one-time schedule of the relay, and waits until what it put on the queue is worked off.
fn remind(account: &Account, schedule: &str) -> Result<()> {
    let (group, name) = schedule.split_once('/').unwrap_or_default();
    let input = account.run_schedule(HOME, group, name)?;
    assert!(input.contains(r#""hinomi":"reminder""#), "{input}");
    settled(account)
}

/// The relay's one-time schedules, as `group/name`, in the order of their numbers.
fn reminders(account: &Account) -> Result<Vec<String>> {
    let objects = account.objects()?.into_iter();
    let schedules = objects.filter(|object| object.kind == "scheduler:schedule");
    Ok(schedules.map(|one| one.name).filter(|name| name.contains("/hinomi-")).collect())
}

/// Fails when a secret is in what functions were given, wrote and answered, in their configuration,
/// in a log group or in the relay's table.
fn expect_none_in(account: &Account, wanted: &[&str]) -> Result<()> {
    account.expect_no_secret_in_functions(wanted)?;
    let mut kept = String::new();
    for object in account.objects()? {
        kept += &match object.kind.as_str() {
            "lambda:function" if object.region == HOME => {
                let path = format!("/2015-03-31/functions/{}", object.name);
                account.send("lambda", "GET", &path, "application/json", "")?
            }
            "logs:log-group" => {
                let asked = json!({ "logGroupName": object.name, "limit": 10_000 });
                let target = "Logs_20140328.FilterLogEvents";
                account.json("logs", &object.region, target, &asked)?.to_string()
            }
            "dynamodb:table" => {
                let asked = json!({ "TableName": object.name });
                let target = "DynamoDB_20120810.Scan";
                account.json("dynamodb", &object.region, target, &asked)?.to_string()
            }
            _ => String::new(),
        };
    }
    assert!(kept.contains("HINOMI_TABLE") && kept.contains("settings"), "nothing was searched");
    let folder = tempfile::tempdir().map_err(Error::io("make a temporary folder"))?;
    std::fs::write(folder.path().join("kept"), kept).map_err(Error::io("keep what was found"))?;
    secrets::expect_none(folder.path(), wanted.iter().copied())
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// A body of a queue's record, from the fixtures.
fn fixture(name: &str) -> Result<String> {
    let path = hinomi_tests::paths::repository().join("tests/fixtures/notices").join(name);
    std::fs::read_to_string(&path).map_err(Error::io(format!("read {}", path.display())))
}
