//! What the relay holds in memory: all five of AWS's clients that it uses, and a connection with TLS to Discord.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{Ipv4Addr, TcpListener, TcpStream},
    path::Path,
    sync::Arc,
    thread,
    time::Duration,
};

use hinomi_tests::{
    Account, Aws, Discord, Error, Result,
    account::REGION,
    function::{Answer, Event, Settings},
};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
};
use serde_json::{Value, json};

use super::memory;
use crate::{agent, console};

/// Batches before the memory is read: the first one opens connections.
pub(super) const BATCHES: u32 = 5;
const LIMIT: Duration = Duration::from_mins(1);
const TABLE: &str = "bench";
const ACCOUNT: &str = "111122223333";

/// Highest resident bytes after alarms that were told, with charts and reminders, and texts that had to wait.
pub(super) fn resident(built: &agent::Agent) -> Result<u64> {
    let (aws, discord) = (Aws::start(Some(console::pass_on()))?, Discord::start()?);
    let account = Account::of(&aws, ACCOUNT);
    let folder = tempfile::tempdir().map_err(Error::io("make a temporary folder"))?;
    let certificate = folder.path().join("certificate.pem");
    let address = discord.server().url();
    let port = front(&address, &certificate)?;
    let webhook = discord.webhook("bench")?;
    let secured = |url: &str| {
        let (_, path) = url.trim_start_matches("http://").split_once('/').unwrap_or_default();
        format!("https://localhost:{port}/{path}")
    };
    account.transition_milliseconds(0)?;
    let queue = furnish(&account, &secured(&address), &secured(&webhook.url))?;
    let function = Settings::default()
        .with_bootstrap(&built.binary)
        .with_account(&account, REGION)
        .env("SSL_CERT_FILE", &certificate.display().to_string())
        .env("HINOMI_TABLE", TABLE)
        .env("HINOMI_DEAD_LETTER_QUEUE_URL", &queue)
        .start()?;
    for number in 0..BATCHES {
        let answer = function.invoke(batch(number), LIMIT)?;
        let failed = json!({ "batchItemFailures": [{ "itemIdentifier": "text" }] });
        if answer != Answer::Response(failed) {
            let (_, log) = function.output();
            return Err(Error::unexpected(format!("the alarm was not told: {answer:?}\n{log}")));
        }
    }
    let told = discord.messages().len();
    if told != usize::try_from(BATCHES).unwrap_or_default() {
        return Err(Error::unexpected(format!("Discord has {told} messages, not {BATCHES}")));
    }
    memory::of_process(function.id())
}

/// What a relay needs of an account. The URL of its queue.
fn furnish(account: &Account, discord: &str, webhook: &str) -> Result<String> {
    let arn = |name: &str| format!("arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/{name}");
    account.json(
        "dynamodb",
        REGION,
        "DynamoDB_20120810.CreateTable",
        &json!({
            "TableName": TABLE, "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [{ "AttributeName": "id", "KeyType": "HASH" }],
            "AttributeDefinitions": [{ "AttributeName": "id", "AttributeType": "S" }],
        }),
    )?;
    let settings = json!({
        "name": "bench", "webhook": { "parameter_arn": arn("bench") }, "discord_base_url": discord,
        "routes": { "lost": { "destination": { "parameter_arn": arn("lost") }, "kinds": ["text"] } },
        "reminder": { "group_name": "bench", "role_arn": format!("arn:aws:iam::{ACCOUNT}:role/bench") },
    });
    let item = json!({ "id": { "S": "settings" }, "json": { "S": settings.to_string() } });
    let put = json!({ "TableName": TABLE, "Item": item });
    account.json("dynamodb", REGION, "DynamoDB_20120810.PutItem", &put)?;
    let parameter = json!({ "Name": "/bench", "Value": webhook, "Type": "SecureString" });
    account.json("ssm", REGION, "AmazonSSM.PutParameter", &parameter)?;
    let asked = json!({ "QueueName": "bench" });
    let made = account.json("sqs", REGION, "AmazonSQS.CreateQueue", &asked)?;
    Ok(made["QueueUrl"].as_str().unwrap_or_default().to_owned())
}

/// An alarm that is told, and a text whose webhook isn't known.
fn batch(number: u32) -> Event {
    let trailer = format!(r#"hinomi:{{"monitor":"bench-{number}","kind":"down","reminder":900}}"#);
    let alarm = json!({
        "AlarmName": format!("bench-{number}"), "AlarmDescription": trailer,
        "AWSAccountId": ACCOUNT, "NewStateValue": "ALARM", "OldStateValue": "OK",
        "NewStateReason": "Threshold Crossed: 1 datapoint [0.0] was less than the threshold (1.0).",
        "StateChangeTime": "2026-11-24T03:05:12.123+0000", "OKActions": ["x"],
        "AlarmArn": format!("arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:bench-{number}"),
        "Trigger": {
            "MetricName": "Success", "Namespace": "Hinomi", "Statistic": "MINIMUM", "Period": 60,
            "EvaluationPeriods": 1, "Dimensions": [{ "name": "Monitor", "value": "bench" }],
            "ComparisonOperator": "LessThanThreshold", "Threshold": 1.0,
        },
    });
    let record = |id: &str, body: &str| {
        json!({
            "messageId": id, "receiptHandle": id, "body": body, "eventSource": "aws:sqs",
            "eventSourceARN": format!("arn:aws:sqs:{REGION}:{ACCOUNT}:bench"),
            "attributes": { "ApproximateReceiveCount": "1" },
        })
    };
    let records: [Value; 2] = [record("alarm", &alarm.to_string()), record("text", "a text")];
    Event::new(json!({ "Records": records }).to_string())
}

/// TLS in front of an address; its certificate goes into the file. The port.
fn front(address: &str, certificate: &Path) -> Result<u16> {
    let failed = |error: String| Error::unexpected(format!("no TLS in front of Discord: {error}"));
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]);
    let made = made.map_err(|error| failed(error.to_string()))?;
    fs::write(certificate, made.cert.pem()).map_err(Error::io("write the certificate"))?;
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| failed(error.to_string()))?
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .map_err(|error| failed(error.to_string()))?;
    let (host, _) = address.trim_start_matches("http://").split_once('/').unwrap_or_default();
    let (config, host) = (Arc::new(config), host.to_owned());
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(Error::io("listen"))?;
    let port = listener.local_addr().map_err(Error::io("listen"))?.port();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (config, host) = (Arc::clone(&config), host.clone());
            // What breaks here is an answer that the function lacks, and that is said.
            thread::spawn(move || drop(serve(stream, config, &host)));
        }
    });
    Ok(port)
}

/// Passes requests on, one after the other, and their answers back.
fn serve(stream: TcpStream, config: Arc<ServerConfig>, host: &str) -> std::io::Result<()> {
    let connection = ServerConnection::new(config).map_err(std::io::Error::other)?;
    let mut client = BufReader::new(StreamOwned::new(connection, stream));
    let mut head = String::new();
    while client.read_line(&mut head)? > 2 {}
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    });
    let mut body = vec![0; length.unwrap_or_default()];
    client.read_exact(&mut body)?;
    let mut server = TcpStream::connect(host)?;
    let head = head.trim_end().to_owned() + "\r\nconnection: close\r\n\r\n";
    server.write_all(head.as_bytes())?;
    server.write_all(&body)?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    let client = client.get_mut();
    client.write_all(&answer)?;
    client.conn.send_close_notify();
    client.flush()
}
