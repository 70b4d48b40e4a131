//! Checks of values that a type of ours parses.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use framework::{Attr, Diagnostics, Path, Step};

use super::texts::Texts;
use crate::aws::objects::log_group::RETENTION_DAYS;
use crate::aws::{Arn, tags};

/// Adds an error when a known text is no `T`.
pub fn check<T: FromStr>(attribute: &Attr<String>, path: Path, diagnostics: &mut Diagnostics)
where
    T::Err: Display,
{
    if let Some(text) = attribute.as_known()
        && let Err(problem) = text.parse::<T>()
    {
        refuse(diagnostics, path, format!("{problem}."));
    }
}

/// Adds an error for every tag that AWS refuses or that is ours to set.
///
/// Keys have 1 to 128 characters, values at most 256, an object at most 50 tags, and keys that begin
/// with `aws:` are AWS's own
/// (<https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html>).
pub fn check_tags(
    attribute: &Attr<BTreeMap<String, Attr<String>>>,
    path: &Path,
    diagnostics: &mut Diagnostics,
) {
    let Some(given) = attribute.as_known() else { return };
    if given.len() > tags::MOST_USER_TAGS {
        let most = tags::MOST_USER_TAGS;
        let detail = format!(
            "AWS allows 50 tags on one object, and three are Hinomi's: at most {most} are left."
        );
        diagnostics.error(path.clone(), "Too many tags", detail);
    }
    for (key, value) in given {
        let problem = if key.is_empty() || key.chars().count() > 128 {
            "A tag's key has 1 to 128 characters"
        } else if key.to_ascii_lowercase().starts_with("aws:") {
            "Tags that begin with `aws:` are set by AWS alone"
        } else if key.starts_with("hinomi:") {
            "Tags that begin with `hinomi:` say what Hinomi made and are set by it alone"
        } else if value.as_known().is_some_and(|value| value.chars().count() > 256) {
            "A tag's value has at most 256 characters"
        } else {
            continue;
        };
        diagnostics.error(path.key(key), format!("Invalid tag `{key}`"), format!("{problem}."));
    }
}

/// Adds an error about the attribute at the end of `path`. The detail names the path, since
/// Terraform shows no more than the resource for what is inside an attribute.
pub fn refuse(diagnostics: &mut Diagnostics, path: Path, detail: impl Into<String>) {
    let detail = format!("`{path}`: {}", detail.into());
    let summary = match path.steps().last() {
        Some(Step::Attribute(name) | Step::Key(name)) => format!("Invalid value for `{name}`"),
        Some(Step::Index(_)) | None => "Invalid value".to_owned(),
    };
    diagnostics.error(path, summary, detail);
}

/// Adds an error for each text of a set that is no `T`.
pub fn check_all<T: FromStr>(set: &Attr<Texts>, at: &Path, diagnostics: &mut Diagnostics)
where
    T::Err: Display,
{
    for text in set.as_known().into_iter().flatten() {
        if text.is_null() {
            refuse(diagnostics, at.clone(), "One of the values is null.");
        }
        check::<T>(text, at.clone(), diagnostics);
    }
}

/// Adds an error when a known text is no ARN of an SSM parameter. A `SecureString` is named by its whole ARN,
/// so that a function knows the region.
pub fn check_parameter(arn: &Attr<String>, at: Path, diagnostics: &mut Diagnostics) {
    let Some(text) = arn.as_known() else { return };
    let is_parameter = text.parse::<Arn>().is_ok_and(|arn| {
        arn.service() == "ssm"
            && arn.region().is_some()
            && arn.account().is_some()
            && arn.resource().strip_prefix("parameter/").is_some_and(|name| !name.is_empty())
    });
    if !is_parameter {
        let detail = "It must be the ARN of an SSM parameter, such as `arn:aws:ssm:ap-northeast-1:111111111111:parameter/hinomi/ops`: `hinomi_discord_webhook` has it.";
        refuse(diagnostics, at, detail);
    }
}

/// Adds an error when a known text is no time zone of the IANA database.
pub fn check_timezone(timezone: &Attr<String>, at: Path, diagnostics: &mut Diagnostics) {
    let Some(name) = timezone.as_known() else { return };
    if jiff::tz::TimeZone::get(name).is_err() {
        let detail = format!(
            "`{name}` is no time zone of the IANA database, such as `Asia/Tokyo` or `Europe/Berlin`."
        );
        refuse(diagnostics, at, detail);
    }
}

/// Adds an error when `CloudWatch` Logs can't keep a log for so many days.
pub fn check_retention<N: Copy + Display + TryInto<i32>>(
    days: &Attr<N>,
    at: Path,
    diagnostics: &mut Diagnostics,
) {
    let Some(days) = days.as_known() else { return };
    if (*days).try_into().is_ok_and(|days| RETENTION_DAYS.contains(&days)) {
        return;
    }
    let allowed: Vec<String> = RETENTION_DAYS.iter().map(ToString::to_string).collect();
    let allowed = allowed.join(", ");
    let detail = format!("CloudWatch Logs can keep a log for {allowed} days, and not for {days}.");
    refuse(diagnostics, at, detail);
}
