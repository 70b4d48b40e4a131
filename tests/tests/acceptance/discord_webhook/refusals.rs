//! What Discord or AWS would refuse at apply is refused at plan.

use hinomi_tests::{Result, Verb};

use super::{PARAMETER, Scene};

fn published(element: &str) -> String {
    format!(
        "channel_id = \"1310000000000000001\"\n  name = \"Alerts\"\n  publish_to = {{ here = {{ {element} }} }}"
    )
}

#[test]
fn what_would_fail_later_is_refused_with_its_path() -> Result<()> {
    let channel = "channel_id = \"1310000000000000001\"";
    let deep = "/a".repeat(16);
    let cases = [
        (channel.to_owned(), vec!["Missing `name`"]),
        ("name = \"Alerts\"".to_owned(), vec!["Missing `channel_id`"]),
        (format!("{channel}\n name = \"Our Discord bell\""), vec!["name = \"Our Discord bell\"", "Discord refuses it in any letter case"]),
        (format!("{channel}\n name = \"{}\"", "x".repeat(81)), vec!["81 characters"]),
        ("channel_id = \"general\"\n name = \"Alerts\"".to_owned(), vec!["channel_id = \"general\"", "17 to 20 digits"]),
        (format!("{channel}\n name = \"Alerts\"\n avatar = \"bell.png\""), vec!["data URI"]),
        (format!("{channel}\n name = \"Alerts\"\n audit_log_reason = \"{}\"", "x".repeat(513)), vec!["1 to 512 characters"]),
        (format!("{channel}\n name = \"Alerts\"\n tags = {{ \"hinomi:stack\" = \"x\" }}"), vec!["set by it alone"]),
        (format!("{channel}\n name = \"Alerts\"\n timeouts = {{ create = \"soon\" }}"), vec!["timeouts"]),
        (published("parameter_name = \"bell\""), vec!["begin with `/`"]),
        (published(&format!("parameter_name = \"{deep}\"")), vec!["1 to 15 levels"]),
        (published("parameter_name = \"/a//b\""), vec!["begin with `/`"]),
        (published("parameter_name = \"/AWS/bell\""), vec!["Reserved parameter name"]),
        (published(&format!("parameter_name = \"/{}\"", "x".repeat(1000))), vec!["The parameter's name is too long"]),
        (published("parameter_name = \"/a\"\n region = \"Frankfurt\""), vec!["eu-central-1"]),
        (published("parameter_name = \"/a\"\n account = { id = \"12\" }"), vec!["12 digits"]),
        (published("parameter_name = \"/a\"\n kms_key_id = \"a key\""), vec!["kms_key_id"]),
        (
            "url_wo = \"https://discord.com/api/webhooks/1/2\"".to_owned(),
            vec!["Missing `url_wo_version`"],
        ),
        (
            "url_wo = \"https://discord.com/api/webhooks/1/2\"\n url_wo_version = 1".to_owned(),
            vec!["An adopted webhook needs a parameter"],
        ),
        (
            "url_wo = \"https://discord.com/api/webhooks/1/2\"\n url_wo_version = 1\n publish_to = {}".to_owned(),
            vec!["An adopted webhook needs a parameter"],
        ),
    ];
    let scene = Scene::new("webhook-invalid")?;
    for (attributes, expected) in cases {
        scene.workspace.config(&Scene::hcl(&attributes))?;
        scene.workspace.expect_error(Verb::Plan, &expected)?;
    }
    let twice = format!(
        "channel_id = \"1310000000000000001\"\n name = \"Alerts\"\n publish_to = {{ a = {{ parameter_name = \"{PARAMETER}\" }}, b = {{ parameter_name = \"{PARAMETER}\" }} }}"
    );
    scene.workspace.config(&Scene::hcl(&twice))?;
    scene.workspace.expect_error(Verb::Plan, &["The parameter is named twice"])?;
    scene.workspace.discard();
    assert!(scene.discord.server().requests().is_empty(), "Discord was not asked");
    Ok(())
}
