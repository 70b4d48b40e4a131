use super::*;
use crate::model::texts::Texts;

fn known(text: &str) -> Attr<String> {
    Attr::Known(text.to_owned())
}

fn set(texts: &[&str]) -> Attr<Texts> {
    Attr::Known(texts.iter().map(|text| known(text)).collect())
}

fn problems(location: &MonitorLocation) -> Vec<String> {
    let mut diagnostics = Diagnostics::new();
    validate(location, &mut diagnostics);
    let line = |d: &framework::Diagnostic| format!("{}: {}", d.path, d.detail);
    diagnostics.iter().map(line).collect()
}

fn refused(location: &MonitorLocation, at: &str, told: &str) {
    let problems = problems(location);
    let [problem] = problems.as_slice() else { panic!("{at} {told}: {problems:?}") };
    assert!(problem.starts_with(&format!("{at}: ")) && problem.contains(told), "{problem}");
}

#[test]
fn a_bare_location_is_well() {
    assert_eq!(problems(&MonitorLocation::default()), Vec::<String>::new());
    let unknown = MonitorLocation {
        role_arn: Attr::Unknown,
        vpc: Attr::Unknown,
        allowed_networks: Attr::Known([Attr::Unknown].into()),
        secret_arns: Attr::Unknown,
        log_retention_days: Attr::Unknown,
        ..MonitorLocation::default()
    };
    assert_eq!(problems(&unknown), Vec::<String>::new());
}

#[test]
fn networks_are_whole_and_fit() {
    for (network, told) in [
        ("10.0.0.0", "no network in CIDR notation"),
        ("ten/8", "no network in CIDR notation"),
        ("10.1.2.3/8", "the network is `10.0.0.0/8`"),
        ("fd00::1/8", "the network is `fd00::/8`"),
    ] {
        let allowed_networks = set(&[network]);
        let location = MonitorLocation { allowed_networks, ..MonitorLocation::default() };
        refused(&location, "allowed_networks", told);
    }
    let many: Vec<String> = (0..250).map(|n| format!("192.168.{n}.0/24")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let location = MonitorLocation { allowed_networks: set(&many), ..MonitorLocation::default() };
    refused(&location, "allowed_networks", "4096 bytes");
}

#[test]
fn arns_name_one_object_of_their_kind() {
    let user = "arn:aws:iam::123456789012:user/ana";
    for (location, at, told) in [
        (
            MonitorLocation { role_arn: known("role"), ..MonitorLocation::default() },
            "role_arn",
            "an ARN reads",
        ),
        (
            MonitorLocation { scheduler_role_arn: known(user), ..MonitorLocation::default() },
            "scheduler_role_arn",
            "no ARN of an IAM role",
        ),
        (
            MonitorLocation { permissions_boundary: known(user), ..MonitorLocation::default() },
            "permissions_boundary",
            "no ARN of an IAM policy",
        ),
        (
            MonitorLocation { secret_arns: set(&[user]), ..MonitorLocation::default() },
            "secret_arns",
            "no ARN of a secret",
        ),
        (
            MonitorLocation {
                assumable_role_arns: set(&["arn:aws:iam::123456789012:role/*"]),
                ..MonitorLocation::default()
            },
            "assumable_role_arns",
            "wildcard",
        ),
    ] {
        refused(&location, at, told);
    }
}

#[test]
fn roles_live_in_the_locations_account() {
    let account = account::Account { id: known("123456789012"), ..account::Account::default() };
    let location = |role: &str| MonitorLocation {
        account: Attr::Known(account.clone()),
        role_arn: known(role),
        permissions_boundary: known("arn:aws:iam::aws:policy/PowerUserAccess"),
        ..MonitorLocation::default()
    };
    assert!(problems(&location("arn:aws:iam::123456789012:role/own")).is_empty());
    refused(&location("arn:aws:iam::210987654321:role/own"), "role_arn", "account 210987654321");
}

#[test]
fn days_are_those_of_cloudwatch_logs() {
    let location = |days| MonitorLocation {
        log_retention_days: Attr::Known(days),
        ..MonitorLocation::default()
    };
    assert!(problems(&location(90)).is_empty());
    refused(&location(31), "log_retention_days", "not for 31");
}

#[test]
fn ids_look_like_ids() {
    let vpc = |subnet: &str, group: &str| MonitorLocation {
        vpc: Attr::Known(Vpc { subnet_ids: set(&[subnet]), security_group_ids: set(&[group]) }),
        ..MonitorLocation::default()
    };
    assert!(problems(&vpc("subnet-0a1b2c3d", "sg-0a1b2c3d")).is_empty());
    refused(&vpc("sg-0a1b2c3d", "sg-0a1b2c3d"), "vpc.subnet_ids", "`subnet-`");
    refused(&vpc("subnet-0a1b2c3d", "sg-"), "vpc.security_group_ids", "`sg-`");
}

#[test]
fn a_secret_is_named_by_its_whole_arn() {
    let secret = |name: &str| MonitorLocation {
        secret_arns: set(&[&format!(
            "arn:aws:secretsmanager:us-east-1:123456789012:secret:{name}"
        )]),
        ..MonitorLocation::default()
    };
    for name in ["token-AbCdEf", "shop/health-token-a1B2c3"] {
        assert_eq!(problems(&secret(name)), Vec::<String>::new());
    }
    for name in ["token", "shop/health-token", "token-AbCdE", "token-AbCdEfG", "token-AbC/Ef"] {
        refused(&secret(name), "secret_arns", "not the whole ARN");
    }
    refused(&secret("token-??????"), "secret_arns", "wildcard");
}
