//! One AWS account in the stand-in. Accounts don't see each other, so a test that takes a new one
//! is alone.

use std::{
    collections::{BTreeSet, hash_map::RandomState},
    fmt,
    hash::{BuildHasher, Hasher},
};

use serde_json::{Value, json};

use crate::{Aws, Error, Result, aws::control, http};

/// Region of an account's seeded objects, and of workspaces that use it.
pub const REGION: &str = "us-east-1";

/// An account id that nothing else uses, and what exists under it.
#[derive(Clone, Debug)]
pub struct Account {
    id: String,
    endpoint: String,
}

/// Something that exists in an account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Object {
    /// Region, or `global`.
    pub region: String,
    /// Service and kind, as in `cloudwatch:alarm`.
    pub kind: String,
    /// Its name.
    pub name: String,
}

impl fmt::Display for Object {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:<12} {:<20} {}", self.region, self.kind, self.name)
    }
}

/// How often an operation was called in a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calls {
    /// Service, as in `budgets`.
    pub service: String,
    /// Operation, as in `CreateBudget`.
    pub operation: String,
    /// Region, or `global`.
    pub region: String,
    /// How often.
    pub count: u64,
}

impl Account {
    /// A new, empty account in the shared stand-in.
    pub fn new() -> Result<Self> {
        Ok(Self::of(Aws::shared()?, &fresh_id()))
    }

    /// An account of this stand-in, with an id of 12 digits.
    pub fn of(aws: &Aws, id: &str) -> Self {
        Self { id: id.to_owned(), endpoint: aws.endpoint().to_owned() }
    }

    /// The stand-in's address.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The 12 digits.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// How often an operation was called in this account: `calls("budgets", "CreateBudget")`.
    pub fn calls(&self, service: &str, operation: &str) -> Result<u64> {
        let same = |calls: &&Calls| calls.service == service && calls.operation == operation;
        Ok(self.all_calls()?.iter().filter(same).map(|calls| calls.count).sum())
    }

    /// Every operation that was called in this account, refused calls too.
    pub fn all_calls(&self) -> Result<Vec<Calls>> {
        let answer = self.control("GET", "/_calls", &Value::Null)?;
        let Value::Array(entries) = &answer["calls"] else {
            return Err(Error::unexpected(format!("the AWS stand-in listed no calls: {answer}")));
        };
        let text = |entry: &Value, key: &str| entry[key].as_str().unwrap_or_default().to_owned();
        Ok(entries
            .iter()
            .map(|entry| Calls {
                service: text(entry, "service"),
                operation: text(entry, "operation"),
                region: text(entry, "region"),
                count: entry["count"].as_u64().unwrap_or_default(),
            })
            .collect())
    }

    /// Adds a fault, as the stand-in's control interface describes it; the account is filled in.
    pub fn fault(&self, fault: Value) -> Result<()> {
        let mut fault = fault;
        fault["account"] = json!(self.id);
        control(&self.endpoint, "POST", "/_faults", &fault)?;
        Ok(())
    }

    /// Removes the account's faults.
    pub fn clear_faults(&self) -> Result<()> {
        self.control("DELETE", "/_faults", &Value::Null).map(drop)
    }

    /// How long states that take time last in this account, in milliseconds.
    pub fn transition_milliseconds(&self, milliseconds: u64) -> Result<()> {
        let settings = json!({ "account": self.id, "transition_ms": milliseconds });
        control(&self.endpoint, "POST", "/_settings", &settings).map(drop)
    }

    /// Makes this account the management account of an organization with these members.
    pub fn manage(&self, members: &[&Self]) -> Result<()> {
        let accounts = members.iter().map(|member| json!({ "id": member.id, "name": member.id }));
        let accounts: Vec<Value> = accounts.collect();
        self.organize(&json!({ "accounts": accounts })).map(drop)
    }

    /// Makes this account the management account of an organization, as the stand-in's control
    /// interface describes it; the account is filled in. Returns all ids.
    pub fn organize(&self, organization: &Value) -> Result<Value> {
        let mut body = organization.clone();
        body["account"] = json!(self.id);
        control(&self.endpoint, "POST", "/_organizations", &body)
    }

    /// Whether enabling Cost Explorer made an anomaly monitor of all services. To be said before
    /// anybody looks.
    pub fn has_default_monitor(&self, is_made: bool) -> Result<()> {
        let word = if is_made { "made" } else { "absent" };
        let settings = json!({ "account": self.id, "default_monitor": word });
        control(&self.endpoint, "POST", "/_settings", &settings).map(drop)
    }

    /// Stops the clock of the account's costs and budgets on a day, or lets it run again.
    pub fn day_of_costs(&self, day: Option<&str>) -> Result<()> {
        let settings = json!({ "account": self.id, "today": day });
        control(&self.endpoint, "POST", "/_settings", &settings).map(drop)
    }

    /// Everything that exists in the account. "Nothing is left" means that this is empty.
    pub fn objects(&self) -> Result<BTreeSet<Object>> {
        let answer = self.control("GET", "/_objects", &Value::Null)?;
        objects(&answer, &self.id)
    }

    /// Forgets everything in the account.
    pub fn reset(&self) -> Result<()> {
        self.control("POST", "/_reset", &Value::Null).map(drop)
    }

    /// Makes a role that Lambda may assume, as a canary's execution role must be; returns its ARN.
    pub fn seed_role(&self, name: &str) -> Result<String> {
        let trust = json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Principal": { "Service": "lambda.amazonaws.com" },
                "Action": "sts:AssumeRole",
            }],
        });
        self.make_role(name, &trust)
    }

    /// Makes a role by which the credentials of `payer` enter this account, if they name the external
    /// id where there is one.
    pub fn seed_entrance(&self, payer: &Self, role: &str, external_id: Option<&str>) -> Result<()> {
        let mut statement = json!({
            "Effect": "Allow",
            "Principal": { "AWS": format!("arn:aws:iam::{}:root", payer.id) },
            "Action": "sts:AssumeRole",
        });
        if let Some(id) = external_id {
            statement["Condition"] = json!({ "StringEquals": { "sts:ExternalId": id } });
        }
        let trust = json!({ "Version": "2012-10-17", "Statement": [statement] });
        self.make_role(role, &trust).map(drop)
    }

    fn make_role(&self, name: &str, trust: &Value) -> Result<String> {
        let parameters = [
            ("Action", "CreateRole"),
            ("Version", "2010-05-08"),
            ("RoleName", name),
            ("AssumeRolePolicyDocument", &trust.to_string()),
        ];
        let answer = self.query("iam", &parameters)?;
        element(&answer, "Arn")
    }

    /// Makes an S3 bucket; returns its name.
    pub fn seed_bucket(&self, name: &str) -> Result<String> {
        self.send("s3", "PUT", &format!("/{name}"), "application/xml", "")?;
        Ok(name.to_owned())
    }

    /// Puts an object into a bucket.
    pub fn seed_object(&self, bucket: &str, key: &str, bytes: &[u8]) -> Result<()> {
        let headers = [("Content-Type", "application/octet-stream")];
        let target = format!("/{bucket}/{key}");
        self.exchange(("s3", REGION), "PUT", &target, &headers, bytes).map(drop)
    }

    /// Every object of a bucket, at most 1,000, with its `ETag`, which is the MD5 of its bytes.
    pub fn bucket(&self, name: &str) -> Result<Vec<(String, String)>> {
        let listed =
            self.send("s3", "GET", &format!("/{name}?list-type=2"), "application/xml", "")?;
        let objects = listed.split("<Contents>").skip(1);
        objects.map(|object| Ok((element(object, "Key")?, element(object, "ETag")?))).collect()
    }

    /// What Cost Explorer has billed this account: how many `requests`, and their `usd`.
    pub fn billed(&self) -> Result<Value> {
        let target = format!("/_costs?account={}", self.id);
        let answer = control(&self.endpoint, "GET", &target, &Value::Null)?;
        Ok(answer["billed"][&self.id].clone())
    }

    /// Makes the bill that this account pays, or changes it, as the stand-in's control interface
    /// describes it; the account is filled in.
    pub fn bill(&self, bill: &Value) -> Result<()> {
        let mut body = bill.clone();
        body["account"] = json!(self.id);
        control(&self.endpoint, "POST", "/_costs", &body).map(drop)
    }

    /// Makes an SNS topic; returns its ARN.
    pub fn seed_topic(&self, name: &str) -> Result<String> {
        let parameters = [("Action", "CreateTopic"), ("Version", "2010-03-31"), ("Name", name)];
        let answer = self.query("sns", &parameters)?;
        element(&answer, "TopicArn")
    }

    fn control(&self, method: &str, path: &str, body: &Value) -> Result<Value> {
        control(&self.endpoint, method, &format!("{path}?account={}", self.id), body)
    }

    /// A call in AWS's query protocol, past Terraform; returns the XML.
    pub fn query(&self, service: &str, parameters: &[(&str, &str)]) -> Result<String> {
        let form =
            url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish();
        self.send(service, "POST", "/", "application/x-www-form-urlencoded", &form)
    }

    /// A call in AWS's JSON protocol, past Terraform: `target` is what `X-Amz-Target` says, as in
    /// `AmazonSSM.GetParameter`.
    pub fn json(&self, service: &str, region: &str, target: &str, body: &Value) -> Result<Value> {
        let headers = [("Content-Type", "application/x-amz-json-1.1"), ("X-Amz-Target", target)];
        let body = body.to_string();
        let answer = self.exchange((service, region), "POST", "/", &headers, body.as_bytes())?;
        if answer.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_str(&answer).map_err(|error| {
            Error::unexpected(format!("{target}: the answer is not JSON: {error}"))
        })
    }

    /// Any call, past Terraform, in the region of seeded objects; `service` is the name that a
    /// signature is made for.
    pub fn send(
        &self,
        service: &str,
        method: &str,
        target: &str,
        content_type: &str,
        body: &str,
    ) -> Result<String> {
        let headers = [("Content-Type", content_type)];
        self.exchange((service, REGION), method, target, &headers, body.as_bytes())
    }

    /// The access key in the authorization names the account; a stand-in checks no signature.
    fn exchange(
        &self,
        (service, region): (&str, &str),
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<String> {
        let scope = format!("{}/20260101/{region}/{service}/aws4_request", self.id);
        let signature = "0".repeat(64);
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host;x-amz-date, Signature={signature}"
        );
        let signed =
            [("Authorization", authorization.as_str()), ("X-Amz-Date", "20260101T000000Z")];
        let headers = [&signed, headers].concat();
        let response = http::send(&self.endpoint, method, target, &headers, body)?;
        if response.status >= 300 {
            return Err(Error::unexpected(format!(
                "{service} answered {} to a seeding call: {}",
                response.status,
                response.text()
            )));
        }
        Ok(response.text())
    }
}

fn fresh_id() -> String {
    // The standard library's hash keys are random in each process and differ in each call.
    let random = RandomState::new().build_hasher().finish();
    // Not below 10^11: an id must keep its 12 digits also where something reads it as a number.
    format!("{}", 100_000_000_000 + random % 900_000_000_000)
}

/// Reads region to kind to names; an account without objects is absent.
fn objects(answer: &Value, account: &str) -> Result<BTreeSet<Object>> {
    let unreadable =
        || Error::unexpected(format!("unable to read the stand-in's objects: {answer}"));
    let accounts = answer.as_object().ok_or_else(unreadable)?;
    let mut found = BTreeSet::new();
    let Some(regions) = accounts.get(account) else { return Ok(found) };
    for (region, kinds) in regions.as_object().ok_or_else(unreadable)? {
        for (kind, names) in kinds.as_object().ok_or_else(unreadable)? {
            for name in names.as_array().ok_or_else(unreadable)? {
                let name = name.as_str().ok_or_else(unreadable)?.to_owned();
                found.insert(Object { region: region.clone(), kind: kind.clone(), name });
            }
        }
    }
    Ok(found)
}

/// Text of the first element of that name: enough for the two answers that are read here.
fn element(xml: &str, name: &str) -> Result<String> {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    xml.split_once(&open)
        .and_then(|(_, rest)| rest.split_once(&close))
        .map(|(text, _)| text.to_owned())
        .ok_or_else(|| Error::unexpected(format!("no {name} in the answer: {xml}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_twelve_digits_and_differ() {
        let ids: BTreeSet<String> = (0..1000).map(|_| fresh_id()).collect();
        assert!(ids.len() > 990, "{}", ids.len());
        for id in ids {
            assert!(id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_digit()), "{id}");
            assert!(!id.starts_with('0'));
        }
    }

    #[test]
    fn elements_are_read_or_missed_by_name() {
        let xml = "<R><TopicArn>arn:aws:sns:us-east-1:1:t</TopicArn></R>";
        assert_eq!(element(xml, "TopicArn").expect("there"), "arn:aws:sns:us-east-1:1:t");
        assert!(element(xml, "Arn").is_err());
    }

    #[test]
    fn objects_are_read_and_a_strange_answer_is_not_nothing() {
        let answer = json!({ "1": { "us-east-1": { "sns:topic": ["a", "b"] } }, "2": {} });
        let found = objects(&answer, "1").expect("read");
        let names: Vec<&str> = found.iter().map(|object| object.name.as_str()).collect();
        assert_eq!(names, ["a", "b"]);
        assert!(objects(&answer, "2").expect("read").is_empty());
        assert!(objects(&answer, "3").expect("read").is_empty());
        for strange in [json!([]), json!({ "1": [] }), json!({ "1": { "r": { "k": [5] } } })] {
            assert!(objects(&strange, "1").is_err(), "{strange}");
        }
    }
}
