//! The relay's function, killed at each call that it makes between receiving an alarm and having
//! written down that it is told.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use hinomi_tests::discord::standin::SeededWebhook;
use hinomi_tests::discord::text_of;
use hinomi_tests::{Account, Aws, Discord, Error, Result, Workspace, artefacts, interrupt};
use serde_json::{Value, json};

use super::{
    HOME, RELAY, by_hand, dead_letters, fixture, invocations, queue_url, reminders, send, settled,
};

/// Seconds that the function may take: enough for its chart on a slow machine. A message that a killed
/// worker held is free again so long after the worker began, and a little: with Terraform's own minute
/// this test would take twice as long.
const TIMEOUT: u64 = 30;
/// Seconds until a killed worker's record is received again: no sooner than the worker would have ended by
/// itself, so that no second one works beside a first.
const VISIBILITY: &str = "30";
/// One apply makes all cells.
const TERRAFORM_LIMIT: Duration = Duration::from_mins(15);
/// Cells of the matrix at most: a relay that makes more calls than this needs more accounts.
const MOST: usize = 40;

/// A call, by its number among those of its operation, and whether the worker dies before or after it.
#[derive(Clone, Debug)]
struct Death {
    service: String,
    operation: String,
    nth: u64,
    action: &'static str,
}

impl fmt::Display for Death {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { service, operation, nth, action } = self;
        write!(formatter, "{action} {service} {operation} {nth}")
    }
}

/// An account with a relay and a channel of its own.
struct Cell {
    account: Account,
    channel: String,
}

struct Matrix {
    payer: Account,
    discord: Discord,
    workspace: Workspace,
    cells: Vec<Cell>,
    // A stand-in of its own, since so many functions would take the room of others. Dropped last.
    aws: Aws,
}

impl Matrix {
    fn new(name: &str) -> Result<Self> {
        interrupt::end_with_children()?;
        let (aws, discord) = (Aws::start(None)?, Discord::start()?);
        let payer = Account::of(&aws, "100000000000");
        let workspace = Workspace::new(name)?
            .with_account(&payer)
            .with_discord(&discord)
            .with_limit(TERRAFORM_LIMIT);
        Ok(Self { payer, discord, workspace, cells: Vec::new(), aws })
    }

    /// Makes relays in so many more accounts, each with a webhook to a channel of its own.
    fn grow(&mut self, by: usize) -> Result<()> {
        for _ in 0..by {
            let id = format!("{}", 200_000_000_000 + self.cells.len());
            let (account, channel) = (Account::of(&self.aws, &id), self.discord.new_channel());
            by_hand(&account)?;
            account.seed_entrance(&self.payer, "hinomi", None)?;
            let webhook = self.discord.server().webhook_by_person(&channel, "Ops");
            seed_parameter(&account, &webhook)?;
            self.cells.push(Cell { account, channel });
        }
        self.workspace.config(&self.declared())?.apply()?;
        for cell in &self.cells[self.cells.len() - by..] {
            hasten(&cell.account)?;
        }
        Ok(())
    }

    fn declared(&self) -> String {
        let ids: Vec<&str> = self.cells.iter().map(|cell| cell.account.id()).collect();
        format!(
            r#"
variable "discord_base_url" {{}}

provider "hinomi" {{
  discord = {{ base_url = var.discord_base_url }}
}}

resource "hinomi_alert_relay" "ops" {{
  for_each = toset({ids:?})
  name     = "ops"
  account  = {{ id = each.key, role_name = "hinomi" }}
  region   = "{HOME}"
  health   = false
  emails   = ["ops@example.com"]
  webhook_parameter_arn = "arn:aws:ssm:{HOME}:${{each.key}}:parameter/hinomi/ops"
}}
"#
        )
    }

    /// Checks what a cell has after a death: told once, or once more with a mark; and never lost.
    /// Gives how many messages are marked.
    fn check(&self, cell: &Cell, place: &str, title: &str) -> Result<usize> {
        let messages = self.discord.server().channel_messages(&cell.channel);
        let marked: Vec<bool> = messages
            .iter()
            .map(|message| message.content.contains("an earlier copy of this message may exist"))
            .collect();
        assert!(matches!(marked[..], [_] | [false, true]), "{place}: {messages:#?}");
        let last = messages.last().map(text_of).unwrap_or_default();
        assert!(last.contains(title), "{place}: {last}");
        assert_eq!(dead_letters(&cell.account)?, [], "{place}");
        assert_eq!(reminders(&cell.account)?.len(), 1, "{place}");
        Ok(marked.iter().filter(|is_marked| **is_marked).count())
    }
}

/// The parameter with the webhook's URL, as somebody keeps it by hand.
fn seed_parameter(account: &Account, webhook: &SeededWebhook) -> Result<()> {
    artefacts::remember_secret(&webhook.token)?;
    let value = json!({ "Name": "/hinomi/ops", "Value": webhook.url, "Type": "SecureString" });
    account.json("ssm", HOME, "AmazonSSM.PutParameter", &value).map(drop)
}

/// Shortens what a killed worker makes everybody wait for, past Terraform.
fn hasten(account: &Account) -> Result<()> {
    let path = format!("/2015-03-31/functions/{RELAY}/configuration");
    let body = json!({ "Timeout": TIMEOUT }).to_string();
    account.send("lambda", "PUT", &path, "application/json", &body)?;
    let attributes = json!({
        "QueueUrl": queue_url(account, RELAY)?, "Attributes": { "VisibilityTimeout": VISIBILITY },
    });
    account.json("sqs", HOME, "AmazonSQS.SetQueueAttributes", &attributes).map(drop)
}

/// A notice of an alarm of this very account, whose chart the function may read.
fn notice(account: &Account, name: &str) -> Result<String> {
    Ok(fixture(name)?.replace("111122223333", account.id()))
}

/// Every way to die: before and after each call that the function of an account made.
fn deaths(aws: &Aws, account: &Account) -> Result<Vec<Death>> {
    let target = format!("/_calls?account={}", account.id());
    let answer = aws.control("GET", &target, &Value::Null)?;
    let calls = answer["calls"].as_array().cloned().unwrap_or_default();
    let mut counts: BTreeMap<(String, String), u64> = BTreeMap::new();
    for call in calls.iter().filter(|call| call["caller"] == "function") {
        let word = |key: &str| call[key].as_str().unwrap_or_default().to_owned();
        let count = call["count"].as_u64().unwrap_or_default();
        *counts.entry((word("service"), word("operation"))).or_default() += count;
    }
    let mut deaths = Vec::new();
    for ((service, operation), count) in counts {
        for nth in 1..=count {
            for action in ["kill_before", "kill_after"] {
                let (service, operation) = (service.clone(), operation.clone());
                deaths.push(Death { service, operation, nth, action });
            }
        }
    }
    Ok(deaths)
}

fn has_fired(aws: &Aws, account: &Account) -> Result<bool> {
    let target = format!("/_faults?account={}", account.id());
    let answer = aws.control("GET", &target, &Value::Null)?;
    Ok(answer["faults"].as_array().into_iter().flatten().any(|fault| fault["fired"] == 1))
}

#[test]
fn nothing_is_lost_and_at_most_one_message_is_repeated_with_a_mark() -> Result<()> {
    let mut matrix = Matrix::new("chain-killed")?;
    matrix.grow(1)?;
    // What happens when nobody dies.
    let whole = &matrix.cells[0];
    send(&whole.account, &notice(&whole.account, "monitor-down.json")?)?;
    settled(&whole.account)?;
    let marked = matrix.check(whole, "no death", "🔴 checkout is down")?;
    assert_eq!(marked, 0);
    // A call that only a second invocation makes would be nobody's death.
    assert_eq!(invocations(&whole.account, "aws:sqs")?.len(), 1);
    let deaths = deaths(&matrix.aws, &whole.account)?;
    for needed in ["GetItem", "PutItem", "GetParameter", "CreateSchedule", "GetMetricWidgetImage"] {
        assert!(deaths.iter().any(|death| death.operation == needed), "{needed}: {deaths:?}");
    }
    assert!(deaths.len() <= MOST, "{} deaths: {deaths:?}", deaths.len());

    matrix.grow(deaths.len())?;
    let cells = || matrix.cells[1..].iter().zip(&deaths);
    for (cell, Death { service, operation, nth, action }) in cells() {
        cell.account.fault(json!({
            "service": service, "operation": operation, "nth": nth, "action": action,
        }))?;
        send(&cell.account, &notice(&cell.account, "monitor-down.json")?)?;
    }
    let mut marked = Vec::new();
    for (cell, death) in cells() {
        let place = death.to_string();
        settled(&cell.account).map_err(|error| Error::unexpected(format!("{place}: {error}")))?;
        assert!(has_fired(&matrix.aws, &cell.account)?, "{place}: nobody died");
        if matrix.check(cell, &place, "🔴 checkout is down")? > 0 {
            marked.push(place);
        }
    }
    // The hand really strikes between posting and recording, and not always.
    assert!((1..=4).contains(&marked.len()), "{marked:?}");

    // Whoever died, the end of the outage is an edit of the message that is known.
    for (cell, _) in cells() {
        send(&cell.account, &notice(&cell.account, "monitor-up.json")?)?;
    }
    for (cell, death) in cells() {
        settled(&cell.account)?;
        matrix.check(cell, &death.to_string(), "🟢 checkout is up again")?;
    }
    matrix.discord.expect_no_token_in(&matrix.workspace)?;
    matrix.workspace.destroy().map(drop)
}
