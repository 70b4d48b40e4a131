//! What the block refuses, and whose credentials are refused.

use hinomi_tests::{Account, Result, Verb, Workspace};

use super::*;

#[test]
fn invalid_values_are_refused_with_their_place() -> Result<()> {
    let workspace = Workspace::new("block-invalid")?.with_account(&Account::new()?);
    let long = "x".repeat(33);
    for (attributes, path, rule) in [
        ("region = \"Europe\"", "`region`", "Europe"),
        ("profile = \"\"", "`profile`", "at least 1 character"),
        ("account = { id = \"12\" }", "`account.id`", "12 digits"),
        ("account = { external_id = \"x\" }", "`account.external_id`", "at least 2 characters"),
        ("assume_role = { role_arn = \"hinomi\" }", "`assume_role.role_arn`", "an ARN reads"),
        (
            "assume_role = { role_arn = \"arn:aws:iam::111111111111:role/a\", duration = \"1m\" }",
            "duration",
            "from `15m` to `12h`",
        ),
        (
            "assume_role = { role_arn = \"arn:aws:iam::111111111111:role/a\", session_name = \"a b\" }",
            "`assume_role.session_name`",
            "hold only letters",
        ),
        ("default_tags = { \"aws:a\" = \"b\" }", "aws:a", "set by AWS alone"),
        ("default_tags = { \"hinomi:stack\" = \"b\" }", "hinomi:stack", "set by it alone"),
        ("name_prefix = \"Acme\"", "`name_prefix`", "lower-case letter"),
        ("name_prefix = \"acme-is-too-long-\"", "`name_prefix`", "at most 10 characters"),
        (&format!("stack = \"{long}\""), "`stack`", "at most 32 characters"),
        ("stack = \"a_b\"", "`stack`", "lower-case letters, digits"),
        ("permissions_boundary = \"a b\"", "`permissions_boundary`", "no name of a policy"),
        (
            "permissions_boundary = \"arn:aws:iam::111111111111:role/x\"",
            "`permissions_boundary`",
            "no ARN of an IAM policy",
        ),
        ("iam_path = \"monitoring\"", "`iam_path`", "begin and end with `/`"),
        ("endpoint_url = \"localhost\"", "`endpoint_url`", "begin with `https://`"),
        ("discord = { base_url = \"discord\" }", "`discord.base_url`", "begin with `https://`"),
        ("colour = \"red\"", "colour", "Unsupported argument"),
    ] {
        workspace.config(&(provider(attributes) + ALERT))?;
        workspace.expect_error(Verb::Plan, &[path, rule])?;
    }
    workspace.discard();
    Ok(())
}

#[test]
fn an_account_without_a_way_in_is_refused_before_the_first_write() -> Result<()> {
    let (mine, other) = (Account::new()?, Account::new()?);
    let workspace = Workspace::new("block-wrong")?.with_account(&mine);
    let block = provider(&format!("account = {{ id = \"{}\" }}", other.id()));
    workspace.config(&(block + ALERT))?;
    let told = ["Unable to enter AWS account", mine.id(), other.id()];
    workspace.expect_error(Verb::Apply, &told)?;
    workspace.discard();
    for account in [&mine, &other] {
        assert_eq!(account.calls("budgets", "CreateBudget")?, 0);
        assert!(account.objects()?.is_empty());
    }
    Ok(())
}

#[test]
fn the_credentials_of_another_account_move_nothing() -> Result<()> {
    let (mine, other) = (Account::new()?, Account::new()?);
    let workspace = Workspace::new("block-other")?.with_account(&mine);
    workspace.config(ALERT)?.apply()?;
    let workspace = workspace.with_account(&other);
    let told = ["Unable to enter AWS account", mine.id(), other.id()];
    workspace.expect_error(Verb::Plan, &told)?;
    workspace.expect_error(Verb::Destroy, &told)?;
    workspace.discard();
    assert_eq!(budgets(&mine)?, ["hinomi-default.month"]);
    assert!(other.objects()?.is_empty());

    let workspace = workspace.with_account(&mine);
    workspace.expect_empty_plan()?;
    workspace.destroy().map(drop)
}

#[test]
fn credentials_that_aws_does_not_know_are_told_as_such() -> Result<()> {
    let account = Account::new()?;
    let workspace = Workspace::new("block-unknown-key")?
        .with_account(&account)
        .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE");
    workspace.config(ALERT)?;
    workspace.expect_error(
        Verb::Plan,
        &["find out whose the AWS credentials are", "InvalidClientTokenId"],
    )?;
    workspace.discard();
    Ok(())
}
