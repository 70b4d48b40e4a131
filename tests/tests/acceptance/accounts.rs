//! `hinomi_accounts` with the real `terraform` against the stand-in.

use hinomi_tests::{Account, Result, Verb, Workspace};
use serde_json::{Value, json};

const ADDRESS: &str = "data.hinomi_accounts.all";

/// An organization that `payer` manages: two units, one of them with one inside, five members.
struct Scene {
    payer: Account,
    workspace: Workspace,
    members: Vec<Account>,
}

/// Names, units, states and tags of the members.
const MEMBERS: [(&str, &str, &str, &str); 5] = [
    ("shop", "Production", "ACTIVE", "production"),
    ("tickets", "Production/Web", "ACTIVE", "production"),
    ("festival", "Events", "ACTIVE", "event"),
    ("sandbox", "", "ACTIVE", ""),
    ("retired", "Production", "CLOSED", "production"),
];

impl Scene {
    fn new(name: &str) -> Result<Self> {
        let payer = Account::new()?;
        let members: Vec<Account> =
            MEMBERS.iter().map(|_| Account::new()).collect::<Result<_>>()?;
        let workspace = Workspace::new(name)?.with_account(&payer);
        let scene = Self { payer, workspace, members };
        scene.seed(&json!({}))?;
        Ok(scene)
    }

    /// The organization, with members of the seeding call that differ.
    fn seed(&self, other: &Value) -> Result<()> {
        let described =
            MEMBERS.iter().zip(&self.members).map(|((name, unit, state, purpose), account)| {
                let mut tags = json!({ "owner": name });
                if !purpose.is_empty() {
                    tags["purpose"] = json!(purpose);
                }
                json!({
                    "id": account.id(), "name": name, "email": format!("{name}@example.com"),
                    "unit": unit, "state": state, "tags": tags, "joined": "2025-04-01T00:00:00Z",
                })
            });
        let mut body = json!({ "accounts": described.collect::<Vec<_>>() });
        for (key, value) in other.as_object().into_iter().flatten() {
            body[key] = value.clone();
        }
        self.payer.organize(&body).map(drop)
    }

    fn id(&self, name: &str) -> &str {
        let place = MEMBERS.iter().position(|(member, ..)| *member == name).expect("a member");
        self.members[place].id()
    }

    /// Applies a data source with these attributes, and an output that keeps what it says.
    fn read(&self, attributes: &str) -> Result<Value> {
        self.config(attributes)?.apply()?;
        self.workspace.stored(ADDRESS)
    }

    fn config(&self, attributes: &str) -> Result<&Workspace> {
        self.workspace.config(&format!("data \"hinomi_accounts\" \"all\" {{\n {attributes}\n}}\n"))
    }

    /// The names of the accounts that are listed, in the order of [`MEMBERS`].
    fn names(&self, state: &Value) -> Vec<&'static str> {
        let named = MEMBERS.iter().map(|(name, ..)| *name);
        named.filter(|name| !state["accounts"][self.id(name)].is_null()).collect()
    }

    fn asked(&self, operation: &str) -> Result<u64> {
        self.payer.calls("organizations", operation)
    }
}

#[test]
fn everything_is_told_of_the_accounts_in_use() -> Result<()> {
    let scene = Scene::new("accounts-all")?;
    let state = scene.read("")?;
    assert_eq!(scene.names(&state), ["shop", "tickets", "festival", "sandbox"]);
    let id = scene.id("tickets");
    let organization = state["organization_id"].as_str().expect("an id");
    let tickets = &state["accounts"][id];
    assert!(tickets["unit_id"].as_str().is_some_and(|unit| unit.starts_with("ou-")), "{tickets}");
    assert_eq!(
        tickets,
        &json!({
            "name": "tickets", "email": "tickets@example.com", "state": "ACTIVE",
            "arn": format!("arn:aws:organizations::{}:account/{organization}/{id}", scene.payer.id()),
            "unit": "Production/Web", "unit_id": tickets["unit_id"], "tags": null, "purpose": null,
            "joined": "2025-04-01T00:00:00Z",
        })
    );
    let sandbox = &state["accounts"][scene.id("sandbox")];
    assert_eq!((&sandbox["unit"], &sandbox["unit_id"]), (&Value::Null, &state["root_id"]));
    assert_eq!(state["management_account_id"], json!(scene.payer.id()));
    assert_eq!(state["ids"].as_array().map(Vec::len), Some(5), "the payer too");
    assert_eq!(
        (&state["include_descendants"], &state["states"]),
        (&json!(true), &json!(["ACTIVE"]))
    );
    scene.workspace.expect_empty_plan()?;
    assert_eq!(scene.asked("ListTagsForResource")?, 0, "nobody asked for tags");
    scene.workspace.destroy().map(drop)
}

#[test]
fn each_argument_chooses() -> Result<()> {
    let scene = Scene::new("accounts-chosen")?;
    let state = scene.read("")?;
    let root = format!("units = [{}]\n include_descendants = false", state["root_id"]);
    let web = format!("units = [{}]", state["accounts"][scene.id("tickets")]["unit_id"]);
    for (attributes, expected) in [
        ("units = [\"Production\"]", vec!["shop", "tickets"]),
        ("units = [\"Production\"]\n include_descendants = false", vec!["shop"]),
        ("units = [\"Production/Web\", \"Events\"]", vec!["tickets", "festival"]),
        (web.as_str(), vec!["tickets"]),
        (root.as_str(), vec!["sandbox"]),
        ("states = [\"CLOSED\"]", vec!["retired"]),
        (
            "states = [\"ACTIVE\", \"CLOSED\"]\n units = [\"Production\"]",
            vec!["shop", "tickets", "retired"],
        ),
        ("states = [\"SUSPENDED\"]", vec![]),
        ("tags = { purpose = [\"event\"] }", vec!["festival"]),
        ("tags = { purpose = [] }", vec!["shop", "tickets", "festival"]),
        ("tags = { purpose = [\"production\"], owner = [\"shop\", \"festival\"] }", vec!["shop"]),
        ("tags = { absent = [] }", vec![]),
    ] {
        let state = scene.read(attributes)?;
        assert_eq!(scene.names(&state), expected, "{attributes}");
        assert_eq!(
            state["ids"].as_array().map(Vec::len),
            state["accounts"].as_object().map(serde_json::Map::len)
        );
    }
    scene.workspace.destroy().map(drop)
}

#[test]
fn purposes_come_from_tags_or_units_and_make_modules_plain() -> Result<()> {
    let scene = Scene::new("accounts-purposes")?;
    let purposes = |attributes: &str| -> Result<Vec<Value>> {
        let state = scene.read(attributes)?;
        let names = scene.names(&state);
        Ok(names.iter().map(|name| state["accounts"][scene.id(name)]["purpose"].clone()).collect())
    };
    let by_tag = purposes("purpose_from = { tag = \"purpose\" }")?;
    assert_eq!(by_tag, [json!("production"), json!("production"), json!("event"), Value::Null]);
    let by_unit = purposes("purpose_from = { unit = true }")?;
    assert_eq!(by_unit, [json!("Production"), json!("Web"), json!("Events"), Value::Null]);
    let state = scene.read("with_tags = true\n units = [\"Events\"]")?;
    let festival = &state["accounts"][scene.id("festival")];
    assert_eq!(festival["tags"], json!({ "owner": "festival", "purpose": "event" }));
    assert_eq!(festival["purpose"], Value::Null);
    scene.workspace.destroy().map(drop)
}

/// Three data sources of one organization, which is read once. Terraform applies in a second process.
#[test]
fn an_organization_is_read_once_in_a_run() -> Result<()> {
    let scene = Scene::new("accounts-once")?;
    let hcl = r#"
data "hinomi_accounts" "all" {}
data "hinomi_accounts" "web" { units = ["Production/Web"] }
data "hinomi_accounts" "tagged" {
  units = ["Production"]
  tags  = { purpose = [] }
}
data "hinomi_accounts" "again" {
  units        = ["Production"]
  purpose_from = { tag = "purpose" }
}
"#;
    scene.workspace.config(hcl)?.plan()?;
    for (operation, expected) in [
        ("DescribeOrganization", 1),
        ("ListAccounts", 1),
        ("ListRoots", 1),
        ("ListOrganizationalUnitsForParent", 4),
        ("ListAccountsForParent", 0),
        ("ListTagsForResource", 2),
    ] {
        assert_eq!(scene.asked(operation)?, expected, "{operation}");
    }
    scene.workspace.discard();
    Ok(())
}

#[test]
fn pages_of_accounts_are_followed_and_throttling_is_waited_out() -> Result<()> {
    let payer = Account::new()?;
    let first: u64 = 200_000_000_000 + payer.id()[..9].parse::<u64>().expect("digits") * 100;
    let accounts = (0..45).map(|one| {
        let unit = if one % 3 == 0 { "Production" } else { "" };
        json!({ "id": (first + one).to_string(), "name": format!("member-{one}"), "unit": unit })
    });
    payer.organize(&json!({ "accounts": accounts.collect::<Vec<_>>() }))?;
    for operation in ["ListAccounts", "ListTagsForResource"] {
        let fault = json!({ "service": "organizations", "operation": operation, "nth": 2, "action": "throttle" });
        payer.fault(fault)?;
    }
    let workspace = Workspace::new("accounts-pages")?.with_account(&payer);
    let hcl =
        "data \"hinomi_accounts\" \"all\" {\n units = [\"Production\"]\n with_tags = true\n}\n";
    workspace.config(hcl)?.apply()?;
    let state = workspace.stored(ADDRESS)?;
    assert_eq!(state["ids"].as_array().map(Vec::len), Some(15));
    // 46 accounts with the payer are three pages; and one of each was throttled.
    assert_eq!(payer.calls("organizations", "ListAccounts")?, 4);
    assert_eq!(payer.calls("organizations", "ListTagsForResource")?, 16);
    workspace.destroy().map(drop)
}

/// AWS shows states since 2026, and retired what was there before.
#[test]
fn states_are_known_from_either_word() -> Result<()> {
    let scene = Scene::new("accounts-status")?;
    scene.seed(&json!({ "status": "retired" }))?;
    let state = scene.read("states = [\"CLOSED\"]")?;
    assert_eq!(scene.names(&state), ["retired"]);
    assert_eq!(state["accounts"][scene.id("retired")]["state"], "CLOSED");
    scene.workspace.destroy().map(drop)
}

#[test]
fn a_delegated_administrator_may_ask() -> Result<()> {
    let scene = Scene::new("accounts-delegated")?;
    scene.seed(&json!({ "delegated_administrators": [scene.id("shop")] }))?;
    scene.members[0].seed_entrance(&scene.payer, "hinomi", None)?;
    let account = format!("account = {{ id = \"{}\", role_name = \"hinomi\" }}", scene.id("shop"));
    let state = scene.read(&account)?;
    assert_eq!(scene.names(&state).len(), 4);
    assert_eq!(state["account"]["external_id"], Value::Null);
    assert_eq!(scene.asked("ListAccounts")?, 0, "it was asked there, not here");
    scene.workspace.destroy().map(drop)
}

#[test]
fn who_may_not_look_is_told_where_to() -> Result<()> {
    let scene = Scene::new("accounts-denied")?;
    let member = &scene.members[0];
    let elsewhere = Workspace::new("accounts-member")?.with_account(member);
    elsewhere.config("data \"hinomi_accounts\" \"all\" {}\n")?;
    let told = format!("account {} manages the organization", scene.payer.id());
    let expected = [
        &format!("Unable to read the organization of account `{}`", member.id()),
        "AccessDeniedException",
        &told,
        "delegated administrator",
    ];
    elsewhere.expect_error(Verb::Plan, &expected)?;

    let alone = Account::new()?;
    let nowhere = Workspace::new("accounts-alone")?.with_account(&alone);
    nowhere.config("data \"hinomi_accounts\" \"all\" {}\n")?;
    nowhere.expect_error(
        Verb::Plan,
        &["belongs to no organization", "name the management account", "as `account`"],
    )?;

    let error = json!({
        "code": "AccessDeniedException", "status": 400,
        "message": "User: x is not authorized to perform: organizations:ListRoots",
    });
    scene.payer.fault(json!({
        "service": "organizations", "operation": "ListRoots", "times": 100, "action": { "error": error },
    }))?;
    scene.config("")?;
    scene.workspace.expect_error(Verb::Plan, &["allow `organizations:ListRoots` for"])?;
    for workspace in [&elsewhere, &nowhere, &scene.workspace] {
        workspace.discard();
    }
    Ok(())
}

#[test]
fn what_is_not_known_yet_is_read_when_it_is() -> Result<()> {
    let scene = Scene::new("accounts-unknown")?;
    let hcl = r#"
resource "terraform_data" "unit" { input = "Production" }
resource "terraform_data" "purpose" { input = "production" }

data "hinomi_accounts" "all" {
  units = [terraform_data.unit.output]
  tags  = { purpose = [terraform_data.purpose.output] }
}
"#;
    scene.workspace.config(hcl)?.plan()?;
    assert_eq!(scene.asked("ListAccounts")?, 0, "nothing is asked by half");
    scene.workspace.apply()?;
    let state = scene.workspace.stored(ADDRESS)?;
    assert_eq!(scene.names(&state), ["shop", "tickets"]);
    scene.workspace.expect_empty_plan()?;
    scene.workspace.destroy().map(drop)
}

#[test]
fn wrong_questions_are_refused_with_their_place() -> Result<()> {
    let scene = Scene::new("accounts-wrong")?;
    for (attributes, told) in [
        ("states = [\"OPEN\"]", &["Invalid value for `states`", "`ACTIVE`", "not \"OPEN\""][..]),
        ("states = []", &["Invalid value for `states`", "at least 1 element"]),
        ("units = []", &["Invalid value for `units`", "at least 1 element"]),
        ("units = [\"\"]", &["Invalid value for `units`"]),
        ("units = [null]", &["Invalid value for `units`", "null"]),
        ("units = [\"Web\"]", &["Unable to find organizational unit `Web`", "`Production/Web`"]),
        ("tags = { \"\" = [\"x\"] }", &["Invalid tag ``", "1 to 128 characters"]),
        ("purpose_from = {}", &["Invalid value for `purpose_from`", "Name the `tag`"]),
        ("purpose_from = { tag = \"a\", unit = true }", &["Invalid value for `purpose_from`"]),
        ("account = { id = \"12\" }", &["Invalid value for `id`", "12 digits", "account.id"]),
        ("ids = [\"1\"]", &["ids"]),
    ] {
        scene.config(attributes)?;
        scene.workspace.expect_error(Verb::Plan, told)?;
    }
    scene.workspace.discard();
    Ok(())
}
