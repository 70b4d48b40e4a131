//! The engine `probe`: schedules at locations that stand outside the configuration, alarms at home.

mod below_a_minute;
mod broken;
mod chain;
mod drift;
mod impact;
mod life;
mod places;
mod price;
mod refusals;
mod waiting;

use hinomi_tests::shop::Shop;
use hinomi_tests::{Account, Result};
use serde_json::{Value, json};

use super::{ADDRESS, Scene};

/// Name of the schedule group of the locations in the account's own region.
const GROUP: &str = "probes";

/// The alarm that tells that nothing comes from `here`.
const SILENT: &str = "hinomi-default/web/no-data/here";

/// Makes a role that Scheduler may assume; returns its ARN.
fn seed_scheduler_role(account: &Account) -> Result<String> {
    let trust = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": { "Service": "scheduler.amazonaws.com" },
            "Action": "sts:AssumeRole",
        }],
    });
    let parameters = [
        ("Action", "CreateRole"),
        ("Version", "2010-05-08"),
        ("RoleName", "schedule"),
        ("AssumeRolePolicyDocument", &trust.to_string()),
    ];
    account.query("iam", &parameters)?;
    Ok(format!("arn:aws:iam::{}:role/schedule", account.id()))
}

fn seed_group(account: &Account) -> Result<()> {
    let path = format!("/schedule-groups/{GROUP}");
    account.send("scheduler", "POST", &path, "application/json", "{}").map(drop)
}

/// A location of this key and name in the account's own region.
fn location(account: &Account, key: &str) -> String {
    location_in(account, key, "us-east-1", GROUP)
}

fn location_in(account: &Account, key: &str, region: &str, group: &str) -> String {
    let id = account.id();
    format!(
        r#"{key} = {{
    name                = "{key}"
    account_id          = "{id}"
    region              = "{region}"
    function_arn        = "arn:aws:lambda:{region}:{id}:function:probe"
    schedule_group_name = "{group}"
    scheduler_role_arn  = "arn:aws:iam::{id}:role/schedule"
  }}
"#
    )
}

/// A probe at these locations, with these attributes beside the least it needs.
fn probe_at(locations: &str, attributes: &str) -> String {
    let lacks = |words: &[&str]| !words.iter().any(|word| attributes.contains(word));
    let check = ["http =", "tcp =", "dns =", "tls ="];
    let check = if lacks(&check) { "http = { url = \"https://example.com/\" }" } else { "" };
    let interval = if lacks(&["interval", "impact"]) { "interval = \"5m\"" } else { "" };
    format!(
        r#"
resource "hinomi_synthetic_monitor" "web" {{
  name      = "web"
  engine    = "probe"
  locations = {{
  {locations}  }}
  {check}
  {interval}
  {attributes}
}}
"#
    )
}

impl Scene {
    /// An account with a schedule group, and a role for its schedules.
    fn with_location(name: &str) -> Result<Self> {
        let scene = Self::new(name)?;
        scene
            .settings(&json!({ "role_refusals": 0, "schedules": "manual", "alarms": "manual" }))?;
        seed_scheduler_role(&scene.account)?;
        seed_group(&scene.account)?;
        Ok(scene)
    }

    /// A shop that is up, watched by the real agent from a location that the configuration makes, with
    /// these attributes beside; and the location's schedule group. Schedules and alarms wait for the test.
    fn of_a_shop(name: &str, attributes: &str) -> Result<(Self, Shop, String)> {
        let scene = Self::new(name)?;
        scene.settings(&json!({ "schedules": "manual", "alarms": "manual" }))?;
        let shop = Shop::open()?;
        let check = format!("http = {{ url = \"{}\" }}", shop.url());
        let hcl = probe_at(
            "here = hinomi_monitor_location.here.location\n",
            &format!("{check}\n {attributes}\n {}", scene.alarm("")),
        );
        scene.apply(&format!(
            "{hcl}\nresource \"hinomi_monitor_location\" \"here\" {{\n name = \"here\"\n allowed_networks = [\"127.0.0.0/8\"]\n}}\n"
        ))?;
        let group = scene.attributes()?["locations"]["here"]["schedule_group_name"].clone();
        Ok((scene, shop, group.as_str().unwrap_or_default().to_owned()))
    }

    /// A probe at `here`, with these attributes beside the least it needs.
    fn probe(&self, attributes: &str) -> String {
        probe_at(&location(&self.account, "here"), attributes)
    }

    /// The name of the monitor's schedules.
    fn schedule_name(&self) -> String {
        format!("{}-us-east-1_web", self.account.id())
    }

    /// What `made` tells of the schedule in the group.
    fn made_schedule(&self) -> String {
        format!("scheduler:schedule {GROUP}/{}", self.schedule_name())
    }

    /// A call about the schedule at `here`, past Terraform.
    fn scheduler(&self, method: &str, body: &str) -> Result<Value> {
        let query = if method == "PUT" { "" } else { "?groupName=probes" };
        let path = format!("/schedules/{}{query}", self.schedule_name());
        let answer = self.account.send("scheduler", method, &path, "application/json", body)?;
        Ok(serde_json::from_str(&answer).unwrap_or_default())
    }

    /// The schedule at `here` as Scheduler has it.
    fn schedule(&self) -> Result<Value> {
        self.scheduler("GET", "")
    }

    /// Changes the schedule at `here` behind Terraform's back.
    fn change_schedule(&self, change: impl FnOnce(&mut Value)) -> Result<()> {
        let mut settings = self.schedule()?;
        for name in ["Arn", "Name", "CreationDate", "LastModificationDate"] {
            settings.as_object_mut().map(|members| members.remove(name));
        }
        change(&mut settings);
        self.scheduler("PUT", &settings.to_string()).map(drop)
    }

    /// A call about alarms, past Terraform.
    fn cloudwatch(&self, action: &str, parameters: &[(&str, &str)]) -> Result<String> {
        let fixed = [("Action", action), ("Version", "2010-08-01")];
        self.account.query("monitoring", &[&fixed[..], parameters].concat())
    }

    fn delete_alarm(&self, name: &str) -> Result<()> {
        self.cloudwatch("DeleteAlarms", &[("AlarmNames.member.1", name)]).map(drop)
    }

    /// How often the schedule's operations were called.
    fn reads(&self) -> Result<[u64; 3]> {
        let calls = |service, operation| self.account.calls(service, operation);
        Ok([
            calls("scheduler", "ListSchedules")?,
            calls("scheduler", "GetSchedule")?,
            calls("cloudwatch", "DescribeAlarms")?,
        ])
    }
}

/// The parsed input of a schedule.
fn input(schedule: &Value) -> Value {
    let input = schedule["Target"]["Input"].as_str().unwrap_or_default();
    serde_json::from_str(input).unwrap_or_default()
}
