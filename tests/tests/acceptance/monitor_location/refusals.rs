//! What is refused while planning, with the place and the rule.

use hinomi_tests::{Account, Result, Verb, Workspace};

use super::location;

#[test]
fn what_aws_would_refuse_is_refused_at_plan() -> Result<()> {
    let account = Account::new()?;
    let workspace = Workspace::new("location-refusals")?.with_account(&account);
    let vpc = |subnet: &str, group: &str| {
        format!("vpc = {{ subnet_ids = [{subnet}], security_group_ids = [{group}] }}")
    };
    let secrets: Vec<String> = (0..95)
        .map(|number| {
            format!("\"arn:aws:secretsmanager:us-east-1:{}:secret:a-secret-with-a-name-that-is-rather-long-{number}-AbCdEf\"", account.id())
        })
        .collect();
    let cases = [
        ("memory_mb = 64".to_owned(), "memory_mb", "at least 128"),
        ("memory_mb = 20000".to_owned(), "memory_mb", "at most 10240"),
        ("architecture = \"mips\"".to_owned(), "architecture", "be one of"),
        ("log_retention_days = 31".to_owned(), "log_retention_days", "not for 31"),
        ("artifact_retention_days = 0".to_owned(), "artifact_retention_days", "at least 1"),
        ("allowed_networks = [\"10.0.0.1\"]".to_owned(), "allowed_networks", "CIDR notation"),
        ("allowed_networks = [\"10.0.0.1/8\"]".to_owned(), "allowed_networks", "`10.0.0.0/8`"),
        ("secret_arns = [\"token\"]".to_owned(), "secret_arns", "an ARN reads"),
        (format!("secret_arns = [{}]", secrets.join(", ")), "secret_arns", "10240 characters"),
        (
            "assumable_role_arns = [\"arn:aws:iam::123456789012:role/*\"]".to_owned(),
            "assumable_role_arns",
            "wildcard",
        ),
        (
            "role_arn = \"arn:aws:iam::999999999999:role/run\"".to_owned(),
            "role_arn",
            "belongs to account 999999999999",
        ),
        (
            "scheduler_role_arn = \"arn:aws:iam::999999999999:role/run\"".to_owned(),
            "scheduler_role_arn",
            "belongs to account 999999999999",
        ),
        (
            "permissions_boundary = \"arn:aws:iam::999999999999:role/run\"".to_owned(),
            "permissions_boundary",
            "no ARN of an IAM policy",
        ),
        (vpc("", "\"sg-12345678\""), "subnet_ids", "at least 1"),
        (vpc("\"subnet-12345678\"", ""), "security_group_ids", "at least 1"),
        (vpc("\"sg-12345678\"", "\"sg-12345678\""), "subnet_ids", "`subnet-`"),
        ("vpc = { subnet_ids = [\"subnet-12345678\"] }".to_owned(), "vpc", "security_group_ids"),
        ("region = \"Tokyo\"".to_owned(), "region", "looks like `eu-central-1`"),
        ("tags = { \"hinomi:stack\" = \"x\" }".to_owned(), "tags", "set by it alone"),
        ("timeouts = { create = \"soon\" }".to_owned(), "timeouts.create", "whole number"),
    ];
    for (attributes, at, told) in cases {
        workspace.config(&location(&attributes))?;
        workspace.expect_error(Verb::Plan, &[at, told])?;
    }
    for name in ["", "Tokyo", "-tokyo", "tokyo.1", &"x".repeat(33)] {
        workspace.config(&location("").replace("\"here\"\n \n", &format!("\"{name}\"\n")))?;
        workspace.expect_error(Verb::Plan, &["name"])?;
    }
    workspace.discard();
    assert_eq!(account.objects()?.len(), 0);
    Ok(())
}

#[test]
fn two_locations_of_one_name_are_refused() -> Result<()> {
    let account = Account::new()?;
    let workspace = Workspace::new("location-twice")?.with_account(&account);
    let twice = format!("{}{}", location(""), location("").replace("\"here\" {", "\"there\" {"));
    workspace.config(&twice)?;
    workspace.expect_error(Verb::Apply, &["Two resources want the monitor location"])?;
    workspace.discard();
    Ok(())
}
