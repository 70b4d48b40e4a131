//! A year of fifty accounts.

use hinomi_tests::{Account, Result};
use serde_json::json;

use crate::scene::Scene;

#[test]
fn a_year_of_fifty_accounts_is_filled_month_by_month() -> Result<()> {
    let services: Vec<String> = (0..4).map(|number| format!("Service {number:02}")).collect();
    let mut accounts = Vec::new();
    for number in 0..50 {
        accounts.push(json!({
            "id": Account::new()?.id(), "name": format!("team {number}"), "monthly_usd": 1000,
            "services": services,
        }));
    }
    let scene =
        &mut Scene::new(&json!({ "today": "2026-12-01", "late": "none", "accounts": accounts }))?;
    scene.settings["backfill_months"] = 12.into();
    let done = scene.morning("2026-12-01")?;
    assert_eq!(done["days_new"], 50 * 365, "{done}");
    assert_eq!(done["months_written"].as_array().map(Vec::len), Some(12), "{done}");
    assert_eq!(done["notices"], 0, "{done}");
    eprintln!("{done}");
    Ok(())
}
