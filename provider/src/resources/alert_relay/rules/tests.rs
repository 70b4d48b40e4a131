//! Each rule broken alone, and what nobody can know yet left alone.

use std::collections::{BTreeMap, BTreeSet};

use contract::impact::Impact;
use framework::Diagnostic;

use super::super::model::{Hub, Route};
use super::*;
use crate::model::account::Account;
use crate::model::account_note::AccountNote;
use crate::model::mention::Mention;
use crate::model::texts::Texts;

const PARAMETER: &str = "arn:aws:ssm:eu-west-1:111111111111:parameter/hinomi/ops";
const FOREIGN: &str = "arn:aws:ssm:eu-west-1:222222222222:parameter/hinomi/ops";
const QUEUE: &str = "arn:aws:sqs:eu-west-1:222222222222:ops";
const ROLE: &str = "arn:aws:iam::111111111111:role/relay";

fn known(text: &str) -> Attr<String> {
    Attr::Known(text.to_owned())
}

fn set(texts: &[&str]) -> Attr<Texts> {
    Attr::Known(texts.iter().map(|text| known(text)).collect())
}

fn one<T>(key: &str, value: T) -> Attr<BTreeMap<String, Attr<T>>> {
    Attr::Known(BTreeMap::from([(key.to_owned(), Attr::Known(value))]))
}

fn relay(change: impl FnOnce(&mut Relay)) -> Relay {
    let account = Account { id: known("111111111111"), ..Account::default() };
    let mut relay = Relay {
        name: known("ops"),
        account: Attr::Known(account),
        region: known("eu-west-1"),
        webhook_parameter_arn: known(PARAMETER),
        emails: set(&["ops@example.com"]),
        ..Relay::default()
    };
    change(&mut relay);
    relay
}

fn spoke(change: impl FnOnce(&mut Relay)) -> Relay {
    relay(|relay| {
        relay.webhook_parameter_arn = Attr::Null;
        relay.emails = Attr::Null;
        relay.hub = Attr::Known(Hub { queue_arn: known(QUEUE), ..Hub::default() });
        change(relay);
    })
}

fn route() -> Route {
    Route {
        thread_id: known("1310000000000000001"),
        impacts: Attr::Known(BTreeSet::from([Attr::Known(Impact::Critical)])),
        ..Route::default()
    }
}

fn found(relay: &Relay) -> Vec<Diagnostic> {
    let mut diagnostics = Diagnostics::new();
    validate(relay, &mut diagnostics);
    diagnostics.iter().cloned().collect()
}

fn assert_refused(relay: &Relay, path: &str, said: &str) {
    let found = found(relay);
    let [only] = found.as_slice() else { panic!("{said}: {found:?}") };
    assert_eq!(only.path.to_string(), path, "{only:?}");
    assert!(only.detail.contains(said), "{only:?}");
}

#[test]
fn sound_relays_pass() {
    assert_eq!(found(&relay(|_| {})), []);
    assert_eq!(found(&spoke(|_| {})), []);
    let rich = relay(|relay| {
        relay.regions = set(&["eu-west-1", "us-east-1"]);
        relay.routes = one("urgent", route());
        relay.mentions =
            one("critical", Mention { everyone: Attr::Known(true), ..Mention::default() });
        relay.timezone = known("Asia/Tokyo");
        relay.log_retention_days = Attr::Known(14);
        relay.accounts =
            one("222222222222", AccountNote { name: known("shop"), purpose: Attr::Null });
        relay.source_accounts = set(&["222222222222"]);
        relay.role_arn = known(ROLE);
        relay.scheduler_role_arn = known(ROLE);
    });
    assert_eq!(found(&rich), []);
}

#[test]
fn what_is_not_known_is_left_alone() {
    let unknown = relay(|relay| {
        relay.region = Attr::Unknown;
        relay.regions = Attr::Known(BTreeSet::from([Attr::Unknown]));
        relay.webhook_parameter_arn = Attr::Unknown;
        relay.timezone = Attr::Unknown;
        relay.routes = Attr::Unknown;
        relay.role_arn = Attr::Unknown;
        relay.emails = Attr::Unknown;
    });
    assert_eq!(found(&unknown), []);
    assert_eq!(found(&relay(|relay| relay.hub = Attr::Unknown)), []);
}

#[test]
fn a_relay_leads_to_discord_or_to_a_hub() {
    let neither = relay(|relay| relay.webhook_parameter_arn = Attr::Null);
    assert_refused(&neither, "webhook_parameter_arn", "or `hub`");
    let both = spoke(|relay| relay.webhook_parameter_arn = known(PARAMETER));
    assert_refused(&both, "webhook_parameter_arn", "belongs to the hub");
    let routed = spoke(|relay| relay.routes = one("urgent", route()));
    assert_refused(&routed, "routes", "belongs to the hub");
    for queue in ["arn:aws:sns:eu-west-1:222222222222:ops", "ops", &format!("{QUEUE}.fifo")] {
        let wrong = spoke(|relay| {
            relay.hub = Attr::Known(Hub { queue_arn: known(queue), ..Hub::default() });
        });
        assert_refused(&wrong, "hub.queue_arn", "the `queue_arn` of the hub");
    }
}

#[test]
fn the_home_region_is_one_of_the_regions_and_all_are_of_one_partition() {
    let elsewhere = relay(|relay| relay.regions = set(&["us-east-1"]));
    assert_refused(&elsewhere, "regions", "`eu-west-1` is missing");
    let far = relay(|relay| relay.regions = set(&["eu-west-1", "cn-north-1"]));
    assert_refused(&far, "regions", "another part of AWS");
    let wrong = relay(|relay| relay.regions = set(&["eu-west-1", "Ireland"]));
    assert_refused(&wrong, "regions", "looks like");
}

#[test]
fn parameters_are_named_by_their_whole_arn_and_are_in_the_account() {
    for wrong in ["/hinomi/ops", "arn:aws:ssm:eu-west-1:111111111111:document/x"] {
        let wrong = relay(|relay| relay.webhook_parameter_arn = known(wrong));
        assert_refused(&wrong, "webhook_parameter_arn", "ARN of an SSM parameter");
    }
    let foreign = relay(|relay| relay.bot_token_parameter_arn = known(FOREIGN));
    assert_refused(&foreign, "bot_token_parameter_arn", "is in account 222222222222");
    let foreign = relay(|relay| {
        relay.routes = one("urgent", Route { webhook_parameter_arn: known(FOREIGN), ..route() });
    });
    assert_refused(&foreign, "routes[\"urgent\"].webhook_parameter_arn", "is in account");
}

#[test]
fn routes_take_something_and_lead_somewhere() {
    let at = "routes[\"urgent\"]";
    let all = Route { impacts: Attr::Null, ..route() };
    assert_refused(&relay(|relay| relay.routes = one("urgent", all)), at, "takes nothing");
    let nowhere = Route { thread_id: Attr::Null, ..route() };
    assert_refused(&relay(|relay| relay.routes = one("urgent", nowhere)), at, "nowhere else");
    let thread = Route { thread_id: known("general"), ..route() };
    let thread = relay(|relay| relay.routes = one("urgent", thread));
    assert_refused(&thread, "routes[\"urgent\"].thread_id", "17 to 20 digits");
    let account = Route { accounts: set(&["42"]), ..route() };
    let account = relay(|relay| relay.routes = one("urgent", account));
    assert_refused(&account, "routes[\"urgent\"].accounts", "12 digits");
}

#[test]
fn mentions_are_of_impacts_and_call_somebody() {
    let everyone = Mention { everyone: Attr::Known(true), ..Mention::default() };
    let wrong = relay(|relay| relay.mentions = one("severe", everyone));
    assert_refused(&wrong, "mentions[\"severe\"]", "is no impact");
    let nobody = Mention { everyone: Attr::Known(false), ..Mention::default() };
    let nobody = relay(|relay| relay.mentions = one("high", nobody));
    assert_refused(&nobody, "mentions[\"high\"]", "Nobody is called");
    let role = Mention { roles: set(&["@oncall"]), ..Mention::default() };
    let role = relay(|relay| relay.mentions = one("high", role));
    assert_refused(&role, "mentions[\"high\"].roles", "17 to 20 digits");
}

#[test]
fn other_values_that_nobody_could_use() {
    let zone = relay(|relay| relay.timezone = known("Tokyo time"));
    assert_refused(&zone, "timezone", "no time zone");
    let days = relay(|relay| relay.log_retention_days = Attr::Known(8));
    assert_refused(&days, "log_retention_days", "1, 3, 5, 7, 14");
    let email = relay(|relay| relay.emails = set(&["ops"]));
    assert_refused(&email, "emails", "no e-mail address");
    let account = relay(|relay| {
        relay.accounts = one("shop", AccountNote { name: known("shop"), purpose: Attr::Null });
    });
    assert_refused(&account, "accounts[\"shop\"]", "12 digits");
    let own = relay(|relay| relay.source_accounts = set(&["111111111111"]));
    assert_refused(&own, "source_accounts", "own account");
}

#[test]
fn given_roles_come_together() {
    let alone = relay(|relay| relay.role_arn = known(ROLE));
    assert_refused(&alone, "scheduler_role_arn", "must be given as well");
    let alone = relay(|relay| relay.scheduler_role_arn = known(ROLE));
    assert_refused(&alone, "role_arn", "must be given as well");
    let bounded = relay(|relay| {
        relay.role_arn = known(ROLE);
        relay.scheduler_role_arn = known(ROLE);
        relay.permissions_boundary = known("arn:aws:iam::111111111111:policy/bound");
    });
    assert_refused(&bounded, "permissions_boundary", "No role is made");
    let wrong = relay(|relay| relay.permissions_boundary = known(ROLE));
    assert_refused(&wrong, "permissions_boundary", "ARN of an IAM policy");
}

#[test]
fn the_policy_of_a_role_that_is_made_has_little_room() {
    let problems = |length: usize, change: fn(&mut Relay)| {
        let mut relay = relay(change);
        relay.policy_json = known(&"x".repeat(length));
        let mut diagnostics = Diagnostics::new();
        check_policy(&relay, &mut diagnostics);
        diagnostics.iter().map(|one| one.detail.clone()).collect::<Vec<_>>()
    };
    assert_eq!(problems(10_240, |_| ()), Vec::<String>::new());
    let found = problems(10_241, |_| ());
    let [only] = found.as_slice() else { panic!("{found:?}") };
    assert!(only.contains("`routes`") && only.contains("10241"), "{only}");
    assert_eq!(problems(10_241, |relay| relay.role_arn = known(ROLE)), Vec::<String>::new());
}

#[test]
fn who_is_told_of_dead_letters_is_missed() {
    let found = found(&relay(|relay| relay.emails = Attr::Null));
    let [only] = found.as_slice() else { panic!("{found:?}") };
    assert!(only.summary.contains("Nobody is told"), "{only:?}");
}
