//! What is refused, or warned of, before anything is asked of AWS.

use hinomi_tests::{Result, Verb};

use super::{Scene, location, location_in, probe_at};

/// Attributes, and what the refusal says.
type Case = (&'static str, &'static [&'static str]);

/// Found by `validate`, without any account.
const CASES: &[Case] = &[
    (
        "canary = { execution_role_arn = \"arn:aws:iam::111111111111:role/a\", artifact_bucket = \"reports\" }",
        &["Settings of another engine", "A probe has no canary"],
    ),
    (
        "http = { url = \"https://example.com/<aws.scheduler.execution-id>\" }",
        &["A placeholder in the check"],
    ),
    (
        "http = { url = \"https://example.com/\" }\n tcp = { host = \"example.com\", port = 80 }",
        &["More than one check", "`http` and `tcp`"],
    ),
    ("http = { url = \"https://example.com/\", redirects = 11 }", &["must be at most 10"]),
    (
        "http = { url = \"https://example.com/\", assertions = { body = { matches = \"(\" } } }",
        &["Invalid regular expression"],
    ),
    (
        "http = { url = \"https://example.com/\", assertions = { headers = { ETag = { matches = \"[\" } } } }",
        &["Invalid regular expression"],
    ),
    (
        "http = { url = \"https://example.com/\", assertions = { json = { \"$[\" = { equals = \"a\" } } } }",
        &["Invalid JSONPath", "RFC 9535"],
    ),
    (
        "http = { url = \"https://example.com/\", assertions = { response_time_below_ms = 60001 } }",
        &["The time is never reached", "60000 ms"],
    ),
    (
        "http = { url = \"https://example.com/\", assertions = { tls_days_left_at_least = 366 } }",
        &["must be at most 365"],
    ),
    ("tcp = { host = \"https://example.com\", port = 80 }", &["Invalid host", "no scheme"]),
    ("tcp = { host = \"example.com\", port = 0 }", &["must be at least 1"]),
    (
        "tcp = { host = \"example.com\", port = 1, send = \"<aws.scheduler.attempt-number>\" }",
        &["A placeholder in the check"],
    ),
    ("tls = { host = \"example.com\", server_name = \"a b\" }", &["Invalid host"]),
    ("tls = { host = \"example.com:443\" }", &["Invalid host", "no port"]),
    ("dns = { name = \"a..b\" }", &["Invalid name"]),
    ("dns = { name = \"example.com\", resolver = \"dns.example.com\" }", &["dns.resolver"]),
    ("dns = { name = \"example.com\", record = \"ANY\" }", &["must be one of", "`AAAA`"]),
    (
        "dns = { name = \"example.com\", contains = [\"192.0.2.1\"], equals = [\"192.0.2.1\"] }",
        &["Two expectations"],
    ),
    ("dns = { name = \"example.com\", equals = [] }", &["Empty assertion"]),
    ("failing_locations = 2", &["More locations than there are", "There is 1 location,"]),
    ("metrics_role_arn = \"metrics\"", &["metrics_role_arn"]),
    (
        "interval = \"45s\"",
        &["Invalid value for `interval`", "from `1m` to `1d`, or at `10s`, `20s` or `30s`"],
    ),
    ("interval = \"20s\"\n timeout = \"21s\"", &["The timeout is longer than the interval"]),
    (
        "impact = \"critical\"\n interval = \"20s\"\n timeout = \"11s\"",
        &["The tries take too long", "2 tries of `11s`", "has `20s` for them"],
    ),
    ("interval = \"25h\"", &["Invalid value for `interval`", "A probe runs"]),
    (
        "interval = \"5m\"\n timeout = \"121s\"",
        &["Invalid value for `timeout`", "from `1s` to `2m`"],
    ),
    ("interval = \"1m\"\n timeout = \"90s\"", &["The timeout is longer than the interval"]),
    ("impact = \"critical\"\n timeout = \"90s\"", &["The timeout is longer than the interval"]),
    ("interval = \"1m\"\n retries = 2", &["The tries take too long", "3 tries of `1m`"]),
    (
        "impact = \"high\"\n interval = \"1m\"\n retries = 2",
        &["The tries take too long", "3 tries of `30s`, which is `90s`"],
    ),
    (
        "impact = \"normal\"\n alarm = { failures = 200 }",
        &["The alarm looks back too far", "96 runs"],
    ),
    ("impact = \"high\"\n alarm = { out_of = 1 }", &["`out_of` is less than `failures`"]),
    (
        "http = { url = \"http://example.com/\", redirects = 0, assertions = { tls_days_left_at_least = 7 } }",
        &["A certificate that never comes"],
    ),
    (
        "http = { url = \"https://example.com/\", assertions = { json = { \"$['<aws.scheduler.execution-id>']\" = { exists = true } } } }",
        &["A placeholder in the check"],
    ),
    (
        "http = { url = \"https://example.com/\", assertions = { body = { matches = \"(.?){300}\" } } }",
        &["Invalid regular expression"],
    ),
    ("impact = \"severe\"", &["must be one of", "`critical`"]),
    ("interval = \"5m\"\n reminder = \"1m\"", &["Invalid value for `reminder`", "never with `0s`"]),
    (
        "interval = \"1h\"\n alarm = { failures = 169 }",
        &["The alarm looks back too far", "168 runs"],
    ),
    ("impact = \"critical\"\n alarm = { failures = 1441 }", &["must be at most 1440"]),
];

#[test]
fn what_a_probe_can_t_do_is_refused_by_validate() -> Result<()> {
    let scene = Scene::with_location("probe-refused")?;
    for (attributes, told) in CASES {
        scene.workspace.config(&scene.probe(attributes))?;
        scene.workspace.expect_error(Verb::Validate, told)?;
    }
    let hcl = scene.probe("");
    let id = scene.account.id();
    for (from, to, told) in [
        ("\"us-east-1\"", "\"Ireland\"", "`locations[\"here\"].region`"),
        ("schedule_group_name = \"probes\"", "schedule_group_name = \"\"", "schedule_group_name"),
        ("name                = \"here\"", "name = \"Ōsaka\"", "letters without accents"),
        ("name                = \"here\"", "name = \" \"", "begin with no blank"),
        ("arn:aws:lambda", "lambda", "`locations[\"here\"].function_arn`"),
        ("arn:aws:iam", "iam", "`locations[\"here\"].scheduler_role_arn`"),
        (
            format!("account_id          = \"{id}\"").as_str(),
            "account_id = \"1\"",
            "`locations[\"here\"].account_id`",
        ),
        ("http = { url = \"https://example.com/\" }", "", "Missing check"),
        ("interval = \"5m\"", "", "Missing interval"),
    ] {
        assert!(hcl.contains(from), "{from} in {hcl}");
        scene.workspace.config(&hcl.replace(from, to))?;
        scene.workspace.expect_error(Verb::Validate, &[told])?;
    }
    let empty = probe_at("", "");
    let absent = empty.replace("  locations = {\n    }\n", "");
    assert_ne!(empty, absent);
    for hcl in [empty, absent] {
        scene.workspace.config(&hcl)?;
        let told = ["Missing locations", "hinomi_monitor_location"];
        scene.workspace.expect_error(Verb::Validate, &told)?;
    }
    Ok(())
}

#[test]
fn what_a_canary_can_t_do_is_refused_by_validate() -> Result<()> {
    let scene = Scene::new("probe-not-canary")?;
    let url = "url = \"https://example.com/\"";
    let check = format!("http   = {{\n    {url}\n  }}");
    for (attributes, told) in [
        ("failing_locations = 1", "An attribute of another engine"),
        ("locations = {}", "An attribute of another engine"),
        (
            "metrics_role_arn = \"arn:aws:iam::111111111111:role/a\"",
            "An attribute of another engine",
        ),
        (
            "tls = { host = \"example.com\", server_name = \"www.example.com\" }",
            "An attribute of another engine",
        ),
        ("tls = { host = \"2001:db8::1\" }", "Invalid host"),
        ("tcp = { host = \"_sip.example.com\", port = 25 }", "Invalid host"),
        (
            "tcp = { host = \"example.com\", port = 25, send = \"$${a}\" }",
            "A placeholder in the check",
        ),
        (
            "dns = { name = \"_dmarc.example.com\", record = \"TXT\" }",
            "A check that no canary makes",
        ),
        (
            "dns = { name = \"example.com\", record = \"AAAA\" }",
            "can't ask for records of type AAAA",
        ),
        (
            "dns = { name = \"example.com\", contains = [\"192.0.2.1\", \"192.0.2.2\"] }",
            "can't compare several values",
        ),
        (
            "dns = { name = \"example.com\", record = \"MX\", equals = [\"10 mail.example.com\"] }",
            "nor those of MX records",
        ),
    ] {
        let hcl = scene.monitor(attributes);
        let is_check = ["tls =", "tcp =", "dns ="].iter().any(|word| attributes.starts_with(word));
        let hcl = if is_check { hcl.replace(&check, "") } else { hcl };
        scene.workspace.config(&hcl)?;
        scene.workspace.expect_error(Verb::Validate, &[told])?;
    }
    for (http, told) in [
        ("redirects = 3", "An attribute of another engine"),
        ("assertions = { tls_days_left_at_least = 3 }", "An attribute of another engine"),
        ("assertions = { body = { matches = \"a\" } }", "An attribute of another engine"),
    ] {
        scene.workspace.config(&scene.monitor_with(&format!("{url}\n {http}"), "", ""))?;
        scene.workspace.expect_error(Verb::Validate, &[told])?;
    }
    Ok(())
}

#[test]
fn locations_that_would_be_one_are_refused_by_the_plan() -> Result<()> {
    let scene = Scene::with_location("probe-same")?;
    let here = location(&scene.account, "here");
    let twin = location_in(&scene.account, "twin", "us-east-1", "default");
    for (locations, told) in [
        (
            format!("{here}{}", twin.replace("\"twin\"", "\"here\"")),
            ["Two locations of one name", "called `here` as well"],
        ),
        (
            format!("{here}{}", twin.replace("\"default\"", "\"probes\"")),
            ["Two locations in one group", "their schedules would be one"],
        ),
    ] {
        scene.workspace.config(&probe_at(&locations, ""))?;
        scene.workspace.expect_error(Verb::Plan, &told)?;
    }
    let foreign = scene.topic.replace("us-east-1", "eu-west-1");
    scene.workspace.config(&scene.probe(&scene.alarm("").replace(&scene.topic, &foreign)))?;
    scene.workspace.expect_error(Verb::Plan, &["A topic of another region"])?;
    let body = "\\\"".repeat(70_000);
    let long = format!(
        "http = {{ url = \"https://example.com/\", method = \"POST\", body = \"{body}\" }}"
    );
    scene.workspace.config(&scene.probe(&long))?;
    scene.workspace.expect_error(Verb::Plan, &["The check is too long", "262144 bytes"])?;
    let long = "a".repeat(900);
    scene
        .workspace
        .config(&scene.probe(&format!("{}\n description = \"{long}\"", scene.alarm(""))))?;
    scene
        .workspace
        .expect_error(Verb::Plan, &["The alarm's text is too long", "1024 characters"])?;
    assert_eq!(scene.made()?, [""; 0]);
    Ok(())
}

#[test]
fn a_region_that_watches_itself_is_warned_of() -> Result<()> {
    let scene = Scene::with_location("probe-itself")?;
    let own = "http = { url = \"https://abc.execute-api.us-east-1.amazonaws.com/health\" }";
    let warning = "A region that watches itself";
    scene.workspace.config(&scene.probe(own))?;
    scene.workspace.plan()?.expect(warning)?;
    let both = format!(
        "{}{}",
        location(&scene.account, "here"),
        location_in(&scene.account, "tokyo", "ap-northeast-1", "default")
    );
    for hcl in [probe_at(&both, own), scene.probe("")] {
        scene.workspace.config(&hcl)?;
        assert!(!scene.workspace.plan()?.contains(warning), "{hcl}");
    }
    let url = "https://abc.execute-api.us-east-1.amazonaws.com/health";
    let canary = scene.monitor("").replace("https://example.com/", url);
    scene.workspace.config(&canary)?;
    let told = scene.workspace.plan()?;
    told.expect(warning)?;
    told.expect("the canary runs in us-east-1")?;
    Ok(())
}
