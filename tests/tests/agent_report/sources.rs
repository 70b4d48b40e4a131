//! Sources, names and purposes.

use hinomi_tests::{Account, Result};
use serde_json::json;

use crate::scene::{Scene, three};

const DAY: &str = "2026-11-27";

#[test]
fn a_source_that_is_denied_is_told_and_silences_no_other() -> Result<()> {
    let (bill, _) = three(DAY)?;
    let mut scene = Scene::new(&bill)?;
    let (good, bad) = (Account::new()?, Account::new()?);
    good.bill(&json!({
        "today": DAY, "late": "none",
        "accounts": [{ "id": good.id(), "name": "good", "monthly_usd": 900 }],
    }))?;
    good.seed_entrance(&scene.payer, "costs", Some("hinomi"))?;
    let role = |account: &Account| format!("arn:aws:iam::{}:role/costs", account.id());
    scene.settings["sources"] = json!([
        { "role_arn": role(&bad) },
        { "role_arn": role(&good), "external_id": "hinomi" },
    ]);
    let done = scene.morning(DAY)?;
    assert_eq!((&done["notices"], &done["days_new"]), (&json!(1), &json!(26)), "{done}");
    let text = scene.text();
    assert!(text.contains(&format!("The costs of {} can't be read", bad.id())), "{text}");
    assert!(text.contains(good.id()) || text.contains("good"), "{text}");
    // Once it is let in, its days are fetched, those of the mornings without it too.
    bad.bill(&json!({
        "today": "2026-11-28", "late": "none",
        "accounts": [{ "id": bad.id(), "name": "bad", "monthly_usd": 900 }],
    }))?;
    good.day_of_costs(Some("2026-11-28"))?;
    bad.seed_entrance(&scene.payer, "costs", None)?;
    let done = scene.morning("2026-11-28")?;
    assert_eq!((&done["notices"], &done["days_new"]), (&json!(0), &json!(28)), "{done}");
    Ok(())
}

#[test]
fn purposes_come_from_tags_and_units() -> Result<()> {
    for (from, expected) in [
        (json!({ "tag": "purpose" }), ["production", "development"]),
        (json!("unit"), ["Production", "Development"]),
    ] {
        let (bill, _) = three(DAY)?;
        let mut scene = Scene::new(&bill)?;
        scene.settings["purpose_from"] = from;
        scene.morning(DAY)?;
        let text = scene.text();
        for purpose in expected {
            assert!(text.contains(purpose), "{purpose} isn't in {text}");
        }
    }
    Ok(())
}

#[test]
fn an_organization_that_may_not_be_asked_is_told() -> Result<()> {
    let (bill, members) = three(DAY)?;
    let mut scene = Scene::new(&bill)?;
    scene.settings["purpose_from"] = json!({ "tag": "purpose" });
    scene.settings["accounts"] =
        json!({ members[0].id(): { "name": "our shop", "purpose": "sales" } });
    let error =
        json!({ "error": { "code": "AccessDeniedException", "status": 400, "message": "no" } });
    let fault =
        json!({ "service": "organizations", "operation": "*", "times": 99, "action": error });
    scene.payer.fault(fault)?;
    let done = scene.morning(DAY)?;
    let text = scene.text();
    assert!(text.contains("Purposes can't be looked up: AccessDeniedException"), "{text}");
    assert!(text.contains("our shop") && text.contains("sales") && text.contains("lab"), "{text}");
    assert_eq!(done["notices"], 1, "{done}");
    Ok(())
}
