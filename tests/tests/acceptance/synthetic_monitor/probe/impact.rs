//! What follows from the impact, and what is said in its place.

use hinomi_tests::{Result, Verb};
use serde_json::{Value, json};

use super::{Scene, location, location_in, probe_at};

/// The attributes that follow from an impact, as they are in the state.
fn followers(scene: &Scene) -> Result<[Value; 8]> {
    let state = scene.attributes()?;
    let names = [
        "/interval",
        "/timeout",
        "/retries",
        "/alarm/failures",
        "/alarm/out_of",
        "/failing_locations",
        "/reminder",
        "/mention",
    ];
    Ok(names.map(|name| state.pointer(name).cloned().unwrap_or_default()))
}

fn critical() -> [Value; 8] {
    let [two, three] = [json!(2), json!(3)];
    [json!("1m"), json!("20s"), json!(1), two.clone(), three, two, json!("15m"), json!(true)]
}

#[test]
fn an_impact_sets_what_is_not_said_and_takes_it_back() -> Result<()> {
    let scene = Scene::with_location("probe-impact")?;
    let (account, alarm) = (&scene.account, scene.alarm(""));
    let locations = format!(
        "{}{}",
        location(account, "here"),
        location_in(account, "osaka", "us-east-1", "default")
    );
    let of = |more: &str| probe_at(&locations, &format!("{alarm}\n{more}"));
    scene.apply(&of("impact = \"critical\""))?;
    assert_eq!(followers(&scene)?, critical());
    let description = scene.attributes()?["alarm_description"].to_string();
    for part in ["critical", r#"\"reminder\":900"#, r#"\"mention\":true"#] {
        assert!(description.contains(part), "{part} in {description}");
    }

    let overridden = of(
        "impact = \"critical\"\n interval = \"2m\"\n timeout = \"30s\"\n retries = 0\n failing_locations = 1\n reminder = \"0s\"\n mention = false",
    );
    scene
        .workspace
        .config(&overridden.replace("topic_arns", "failures = 5\n topic_arns"))?
        .apply()?;
    scene.workspace.expect_empty_plan()?;
    assert_eq!(
        followers(&scene)?,
        [
            json!("2m"),
            json!("30s"),
            json!(0),
            json!(5),
            json!(6),
            json!(1),
            json!("0s"),
            json!(false)
        ]
    );
    scene.apply(&of("impact = \"critical\""))?;
    assert_eq!(followers(&scene)?, critical(), "an override that is taken away goes back");

    scene.apply(&of("impact = \"low\""))?;
    assert_eq!(
        followers(&scene)?,
        [
            json!("1h"),
            json!("1m"),
            json!(0),
            json!(1),
            json!(1),
            json!(1),
            json!("0s"),
            json!(false)
        ]
    );
    scene.apply(&of("interval = \"5m\""))?;
    assert_eq!(
        followers(&scene)?,
        [
            json!("5m"),
            json!("1m"),
            json!(0),
            json!(2),
            json!(3),
            json!(1),
            json!("0s"),
            json!(false)
        ],
        "without an impact"
    );
    scene.workspace.config(&of("interval = \"5m\"").replace("interval = \"5m\"", ""))?;
    scene.workspace.expect_error(Verb::Validate, &["Missing interval", "set one of the two"])?;
    Ok(())
}

#[test]
fn an_unknown_impact_makes_what_follows_unknown() -> Result<()> {
    let scene = Scene::with_location("probe-impact-unknown")?;
    let alarm = scene.alarm("");
    let hcl =
        scene.probe(&format!("{alarm}\n impact = terraform_data.impact.output\n retries = 2"));
    let hcl = format!("{hcl}\nresource \"terraform_data\" \"impact\" {{\n input = \"high\"\n}}\n");
    scene.workspace.config(&hcl)?;
    let (actions, change) = scene.planned()?;
    assert_eq!(actions, ["create"]);
    let unknown = &change["after_unknown"];
    for name in
        ["interval", "timeout", "reminder", "mention", "runs_per_month", "alarm_description"]
    {
        assert_eq!(unknown[name], true, "{name}");
    }
    assert_eq!(unknown["alarm"]["failures"], true);
    assert_eq!(change["after"]["retries"], 2, "what is said is known");
    scene.apply(&hcl)?;
    let [interval, timeout, retries, ..] = followers(&scene)?;
    assert_eq!([interval, timeout, retries], [json!("5m"), json!("30s"), json!(2)]);
    Ok(())
}

/// The canary's timeout is another one than the probe's, and it has one location.
#[test]
fn an_unknown_engine_makes_what_depends_on_it_unknown() -> Result<()> {
    let scene = Scene::new("probe-engine-unknown")?;
    let hcl = scene
        .monitor_with(
            "url = \"https://example.com/\"",
            "",
            &format!("{}\n impact = \"critical\" # interval", scene.alarm("")),
        )
        .replace("\"canary\"", "terraform_data.engine.output");
    let hcl =
        format!("{hcl}\nresource \"terraform_data\" \"engine\" {{\n input = \"canary\"\n}}\n");
    scene.workspace.config(&hcl)?;
    let (_, change) = scene.planned()?;
    for name in ["timeout", "failing_locations"] {
        assert_eq!(change["after_unknown"][name], true, "{name}");
    }
    scene.apply(&hcl)?;
    assert_eq!(scene.attributes()?["timeout"], "1m");
    Ok(())
}

#[test]
fn an_impact_sets_a_canary_too() -> Result<()> {
    let scene = Scene::new("probe-impact-canary")?;
    let hcl = scene.monitor_with(
        "url = \"https://example.com/\"",
        "",
        &format!("{}\n impact = \"high\" # interval", scene.alarm("")),
    );
    scene.apply(&hcl)?;
    assert_eq!(
        followers(&scene)?,
        [
            json!("5m"),
            json!("1m"),
            json!(1),
            json!(2),
            json!(3),
            Value::Null,
            json!("1h"),
            json!(true)
        ],
        "a canary's function is slow to start: its timeout stays"
    );
    Ok(())
}

#[test]
fn a_configuration_can_ask_what_an_impact_sets() -> Result<()> {
    let scene = Scene::new("probe-impact-function")?;
    scene.apply(
        "output \"critical\" {\n value = provider::hinomi::impact_defaults(\"critical\")\n}\n",
    )?;
    let defaults = scene.workspace.output("critical")?;
    assert_eq!(
        [&defaults["interval"], &defaults["failures"], &defaults["out_of"], &defaults["mention"]],
        [&json!("1m"), &json!(2), &json!(3), &json!(true)]
    );
    Ok(())
}
