//! What is refused before anything is asked of AWS.

use hinomi_tests::{Result, Verb};

use super::Scene;

/// HTTP attributes, canary attributes, other attributes, and what the refusal says.
type Case = (&'static str, &'static str, &'static str, &'static [&'static str]);

const URL: &str = "url = \"https://example.com/\"";

/// Found by `validate`, without any account.
const CASES: &[Case] = &[
    (
        "url = \"ftp://example.com/\"",
        "",
        "",
        &["http.url", "must begin with `https://` or `http://`"],
    ),
    ("url = \"https://me:hush@example.com/\"", "", "", &["Credentials in a URL", "secret_headers"]),
    ("url = \"https://example.com/$${x}\"", "", "", &["A placeholder in the check"]),
    (
        "url = \"https://example.com/\"\n headers = { authorization = \"x\" }",
        "",
        "",
        &["A secret in plain headers", "secret_headers"],
    ),
    (
        "url = \"https://example.com/\"\n headers = { Accept = \"a\" }\n secret_headers = { accept = { secret = \"s\" } }",
        "",
        "",
        &["A header is set twice"],
    ),
    (
        "url = \"https://example.com/\"\n secret_headers = { X-Api-Key = { secret = \"arn:aws:secretsmanager:us-east-1:111111111111:secret:a\" } }",
        "",
        "",
        &["must be the secret's name"],
    ),
    ("url = \"https://example.com/\"\n method = \"get\"", "", "", &["must be one of", "`GET`"]),
    (
        "url = \"https://example.com/\"\n assertions = { status = \"2xx\" }",
        "",
        "",
        &["Invalid value for `status`", "200-299"],
    ),
    (
        "url = \"https://example.com/\"\n assertions = { json = { status = { equals = \"a\" } } }",
        "",
        "",
        &["Invalid JSONPath", "$.status"],
    ),
    (
        "url = \"https://example.com/\"\n assertions = { headers = { ETag = {} } }",
        "",
        "",
        &["Empty assertion"],
    ),
    (
        "url = \"https://example.com/\"\n method = \"HEAD\"\n assertions = { body = { contains = [\"a\"] } }",
        "",
        "",
        &["Assertions on a body that never comes"],
    ),
    (
        "url = \"https://example.com/\"\n assertions = { response_time_below_ms = 56000 }",
        "",
        "",
        &["The time is never reached", "55000 ms"],
    ),
    (URL, "memory_mb = 1000", "", &["Invalid value for `memory_mb`", "take 960 or 1024"]),
    (URL, "memory_mb = 3072", "", &["must be at most 3008"]),
    (URL, "success_retention_days = 456", "", &["must be at most 455"]),
    (URL, "runtime_version = \"syn-nodejs-puppeteer-13.0\"", "", &["syn-nodejs-3.0"]),
    (URL, "artifact_kms_key_arn = \"arn:aws:s3:::bucket\"", "", &["Invalid ARN", "service kms"]),
    (URL, "artifact_prefix = \"/a\"", "", &["must be a path without `/` at its beginning"]),
    (
        URL,
        "",
        "interval = \"30s\"",
        &["Invalid value for `interval`", "only the engine `probe` more often"],
    ),
    (URL, "", "interval = \"90s\"", &["Invalid value for `interval`", "whole minutes"]),
    (URL, "", "interval = \"2h\"", &["Invalid value for `interval`", "from `1m` to `1h`"]),
    (URL, "", "interval = \"often\"", &["Invalid value for `interval`", "must be a whole number"]),
    (URL, "", "interval = \"1m\"\n timeout = \"2m\"", &["The timeout is longer than the interval"]),
    (URL, "", "timeout = \"2s\"", &["Invalid value for `timeout`", "from `3s` to `14m`"]),
    (
        URL,
        "",
        "interval = \"15m\"\n timeout = \"10m\"\n retries = 2",
        &["The timeout is too long for two retries", "less than `10m`"],
    ),
    (URL, "", "retries = 3", &["must be at most 2"]),
    (URL, "", "alarm = { failures = 3, out_of = 2 }", &["`out_of` is less than `failures`"]),
    (URL, "", "alarm = { failures = 289 }", &["The alarm looks back too far", "288 runs"]),
    (
        URL,
        "",
        "alarm = { topic_arns = [\"arn:aws:sqs:us-east-1:111111111111:bell\"] }",
        &["Invalid topic", "is no SNS topic"],
    ),
    (
        URL,
        "",
        "alarm = { treat_missing_data = \"notBreaching\" }",
        &["must be one of", "not_breaching"],
    ),
    (URL, "", "runbook_url = \"wiki/web\"", &["must begin with `https://`"]),
    (URL, "", "tags = { \"hinomi:stack\" = \"mine\" }", &["Invalid tag `hinomi:stack`"]),
    (URL, "", "timeouts = { create = \"soon\" }", &["timeouts.create"]),
    (URL, "", "region = \"Ireland\"", &["Invalid value for `region`"]),
    (URL, "", "account = { id = \"12\" }", &["Invalid value for `id`"]),
];

#[test]
fn what_aws_would_refuse_is_refused_by_validate() -> Result<()> {
    let scene = Scene::new("monitor-refused")?;
    for (http, canary, attributes, told) in CASES {
        scene.workspace.config(&scene.monitor_with(http, canary, attributes))?;
        scene.workspace.expect_error(Verb::Validate, told)?;
    }
    for (from, to, told) in [
        ("name   = \"web\"", "name = \"Web\"", "must begin with a lower-case letter"),
        ("engine = \"canary\"", "engine = \"browser\"", "must be one of `canary` or `probe`"),
        ("artifact_bucket    = \"reports", "artifact_bucket = \"my.reports", "without a period"),
        (":role/canary\"", ":user/canary\"", "is no ARN of an IAM role"),
    ] {
        let hcl = scene.monitor("");
        assert!(hcl.contains(from), "{from} in {hcl}");
        scene.workspace.config(&hcl.replace(from, to))?;
        scene.workspace.expect_error(Verb::Validate, &[told])?;
    }
    Ok(())
}

#[test]
fn what_needs_account_and_region_is_refused_by_the_plan() -> Result<()> {
    let scene = Scene::new("monitor-refused-plan")?;
    let foreign = scene.topic.replace("us-east-1", "eu-west-1");
    let long = "a".repeat(1_020);
    let other = scene.role.replace(scene.account.id(), "222222222222");
    let cases = [
        (
            scene.monitor(&format!("alarm = {{ topic_arns = [\"{foreign}\"] }}")),
            ["A topic of another region", "is in eu-west-1"],
        ),
        (
            scene.monitor("interval = \"1m\"\n max_monthly_cost_usd = 20"),
            ["The monitor costs more than it may", "An interval of `4m` would fit."],
        ),
        (
            scene.monitor(&format!(
                "alarm = {{}}\n description = \"{long}\"\n owner = \"team-shop\""
            )),
            ["The alarm's text is too long", "Most of it is `description` with 1020"],
        ),
        (
            scene.monitor_with(
                &format!("url = \"https://example.com/\"\n body = \"{}\"", "あ".repeat(80_000)),
                "",
                "",
            ),
            ["The check is too long", "less than 225000 bytes"],
        ),
        (
            scene.monitor("").replace(&scene.role, &other),
            ["A role of another account", "of 222222222222"],
        ),
        (
            scene.monitor("tags = { \"cost center\" = \"1\" }"),
            ["A tag that Synthetics refuses", "`cost center`"],
        ),
    ];
    for (hcl, told) in cases {
        scene.workspace.config(&hcl)?;
        scene.workspace.expect_error(Verb::Plan, &told)?;
    }
    assert!(scene.writes()?.iter().all(|(operation, _)| operation.starts_with("Create")));
    assert_eq!(scene.made()?, [""; 0]);
    Ok(())
}

#[test]
fn a_runtime_that_aws_does_not_list_is_told_by_the_plan() -> Result<()> {
    let scene = Scene::new("monitor-runtime")?;
    let runtime = |version: &str| scene.monitor_with(URL, version, "");
    scene.workspace.config(&runtime("runtime_version = \"syn-nodejs-9.9\""))?;
    let plan = scene.workspace.plan()?;
    plan.expect("The runtime is not known")?;
    plan.expect("AWS lists no runtime `syn-nodejs-9.9` in this region")?;
    assert_eq!(scene.account.calls("synthetics", "DescribeRuntimeVersions")?, 1);
    scene.apply(&runtime(""))?;
    let asked = scene.account.calls("synthetics", "DescribeRuntimeVersions")?;
    scene.workspace.expect_empty_plan()?;
    assert_eq!(
        scene.account.calls("synthetics", "DescribeRuntimeVersions")?,
        asked,
        "what doesn't change isn't asked about"
    );
    Ok(())
}

#[test]
fn unknown_values_are_refused_when_they_are_known() -> Result<()> {
    let scene = Scene::new("monitor-late")?;
    let hcl = scene.monitor("interval = terraform_data.interval.output");
    let hcl = format!("{hcl}\nresource \"terraform_data\" \"interval\" {{\n input = \"90s\"\n}}\n");
    scene.workspace.config(&hcl)?;
    scene.workspace.plan()?;
    scene.workspace.expect_error(Verb::Apply, &["whole minutes"])?;
    assert_eq!(scene.made()?, [""; 0]);
    Ok(())
}
