//! A company with a bill, a channel, and the report's function.

use std::time::Duration;

use hinomi_tests::discord::{standin::Message, text_of};
use hinomi_tests::function::{Answer, Event, Settings};
use hinomi_tests::{Account, Discord, Error, Function, Result};
use serde_json::{Value, json};

/// Far beyond what any of these takes.
const LONG: Duration = Duration::from_mins(2);
const BUCKET_REGION: &str = "us-east-1";
const PARAMETER: &str = "/hinomi/costs";

/// A company.
pub(crate) struct Scene {
    pub(crate) payer: Account,
    pub(crate) discord: Discord,
    /// What a run is told; tests change it.
    pub(crate) settings: Value,
}

impl Scene {
    /// The payer's bill with its members, and settings that name nothing but places.
    pub(crate) fn new(bill: &Value) -> Result<Self> {
        let (payer, discord) = (Account::new()?, Discord::start()?);
        payer.bill(bill)?;
        let bucket = payer.seed_bucket(&format!("hinomi-costs-{}", payer.id()))?;
        let webhook = discord.webhook("costs")?;
        let body = json!({ "Name": PARAMETER, "Value": webhook.url, "Type": "SecureString" });
        payer.json("ssm", BUCKET_REGION, "AmazonSSM.PutParameter", &body)?;
        let arn = format!("arn:aws:ssm:{BUCKET_REGION}:{}:parameter{PARAMETER}", payer.id());
        let settings = json!({
            "name": "company", "webhook": { "parameter_arn": arn },
            "history": { "bucket": bucket, "prefix": "hinomi/" }, "backfill_months": 0,
            "discord_base_url": discord.server().url(),
        });
        Ok(Self { payer, discord, settings })
    }

    pub(crate) fn start(&self) -> Result<Function> {
        Settings::of_report().with_account(&self.payer, BUCKET_REGION).start()
    }

    /// The event of a morning.
    pub(crate) fn event(&self, day: &str) -> Event {
        self.event_of(&format!("{day}T09:00:00Z"))
    }

    /// The event that a schedule sends for a time.
    fn event_of(&self, time: &str) -> Event {
        let run = json!({ "hinomi": "report", "settings": self.settings, "scheduled_time": time });
        Event::new(run.to_string()).with_time(Duration::from_mins(15))
    }

    /// Runs a morning, which is also the bill's day, in a new process.
    pub(crate) fn try_morning(&self, day: &str) -> Result<Answer> {
        self.try_event(day, self.event(day))
    }

    /// The same, with the event of a time in the bill's day.
    pub(crate) fn try_at(&self, day: &str, time: &str) -> Result<Answer> {
        self.try_event(day, self.event_of(time))
    }

    fn try_event(&self, day: &str, event: Event) -> Result<Answer> {
        self.payer.day_of_costs(Some(day))?;
        let function = self.start()?;
        let answer = function.invoke(event, LONG)?;
        if std::env::var_os("HINOMI_SHOW_LOGS").is_some() {
            eprintln!("{:?}", function.stop()?);
        }
        Ok(answer)
    }

    /// A morning that must succeed.
    pub(crate) fn morning(&self, day: &str) -> Result<Value> {
        match self.try_morning(day)? {
            Answer::Response(value) => Ok(value),
            Answer::Error { kind, message } => {
                Err(Error::unexpected(format!("{day}: {kind}: {message}")))
            }
        }
    }

    /// Every object of the bucket with its `ETag`, which is the MD5 of its bytes.
    pub(crate) fn objects(&self) -> Result<Vec<(String, String)>> {
        self.payer.bucket(self.settings["history"]["bucket"].as_str().unwrap_or_default())
    }

    pub(crate) fn keys(&self) -> Result<Vec<String>> {
        Ok(self.objects()?.into_iter().map(|(key, _)| key).collect())
    }

    pub(crate) fn messages(&self) -> Vec<Message> {
        self.discord.messages()
    }

    /// All that a person reads in the last message.
    pub(crate) fn text(&self) -> String {
        self.messages().last().map(text_of).unwrap_or_default()
    }

    /// Calls of Cost Explorer for costs so far.
    pub(crate) fn calls(&self) -> Result<u64> {
        self.payer.calls("ce", "GetCostAndUsage")
    }
}

/// A bill of the payer, one account of production and one of development, on a day.
pub(crate) fn three(payer_day: &str) -> Result<(Value, [Account; 2])> {
    let members = [Account::new()?, Account::new()?];
    let accounts = json!([
        { "id": members[0].id(), "name": "shop", "unit": "Production", "monthly_usd": 3000,
          "tags": { "purpose": "production" } },
        { "id": members[1].id(), "name": "lab", "unit": "Development", "monthly_usd": 600,
          "tags": { "purpose": "development" } },
    ]);
    let bill = json!({ "today": payer_day, "seed": 7, "late": "none", "accounts": accounts });
    Ok((bill, members))
}
