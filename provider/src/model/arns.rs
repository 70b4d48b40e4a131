//! Checks of ARNs that a configuration names.

use std::collections::BTreeSet;

use framework::{Attr, Diagnostics, Path};

use crate::aws::Arn;

/// A kind of object that an ARN is to name.
pub struct Named {
    service: &'static str,
    /// What the resource in the ARN begins with.
    begins: &'static str,
    /// What it is, with its article.
    what: &'static str,
}

/// A role.
pub const ROLE: Named = Named { service: "iam", begins: "role/", what: "an IAM role" };
/// A policy.
pub const POLICY: Named = Named { service: "iam", begins: "policy/", what: "an IAM policy" };
/// A secret, by its whole ARN.
pub const SECRET: Named =
    Named { service: "secretsmanager", begins: "secret:", what: "a secret of Secrets Manager" };

/// Why a text is no ARN of this kind.
fn refused(text: &str, named: &Named) -> Option<String> {
    let Named { service, begins, what } = named;
    match text.parse::<Arn>() {
        Err(problem) => Some(format!("{problem}.")),
        Ok(arn) if arn.service() != *service || !arn.resource().starts_with(begins) => {
            Some(format!("`{text}` is no ARN of {what}."))
        }
        Ok(arn) if arn.resource().contains(['*', '?']) => {
            Some(format!("`{text}` has a wildcard, and is to name {what}."))
        }
        Ok(arn) if *service == SECRET.service && !has_suffix(arn.resource()) => Some(format!(
            "`{text}` is not the whole ARN of a secret: it ends with `-` and six characters that Secrets Manager adds to the name, and IAM allows nothing for an ARN without them. Take the attribute `arn` of `aws_secretsmanager_secret`."
        )),
        Ok(_) => None,
    }
}

/// Whether a secret's ARN ends as Secrets Manager ends it
/// (<https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html>). A name that itself
/// ends with a hyphen and six characters can't be told from it.
fn has_suffix(resource: &str) -> bool {
    resource.rsplit_once('-').is_some_and(|(_, suffix)| {
        suffix.len() == 6 && suffix.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

/// Adds an error when a known text is no ARN of such an object.
pub fn check(attribute: &Attr<String>, named: &Named, path: &Path, diagnostics: &mut Diagnostics) {
    let Some(text) = attribute.as_known() else { return };
    if let Some(detail) = refused(text, named) {
        diagnostics.error(path.clone(), format!("Invalid ARN of {}", named.what), detail);
    }
}

/// The same for each of a set.
pub fn check_all(
    attribute: &Attr<BTreeSet<Attr<String>>>,
    named: &Named,
    path: &Path,
    diagnostics: &mut Diagnostics,
) {
    for text in attribute.as_known().into_iter().flatten() {
        check(text, named, path, diagnostics);
    }
}

/// Adds an error when a known ARN belongs to another account than `account`, in which `thing` lives. What
/// AWS itself provides belongs to none.
pub fn check_account(
    attribute: &Attr<String>,
    thing: &str,
    account: &str,
    path: Path,
    diagnostics: &mut Diagnostics,
) {
    let arn = attribute.as_known().and_then(|text| text.parse::<Arn>().ok());
    let owner = arn.and_then(|arn| arn.account());
    if let Some(owner) = owner.filter(|owner| owner.as_str() != account) {
        let detail =
            format!("The {thing} lives in account {account}, and this belongs to account {owner}.");
        diagnostics.error(path, "An ARN of another account", detail);
    }
}
