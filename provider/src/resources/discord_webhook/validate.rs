//! What a configuration may say, as far as it can be told without asking anyone.

use framework::{Attr, Diagnostics, Path, path};

use super::model::{Publication, Webhook};
use crate::aws::Region;
use crate::model::account::{self, Account};
use crate::model::checks::{check, check_tags};
use crate::model::timeouts;
use discord::{AuditReason, Avatar, Snowflake, validate_webhook_name};

/// Adds an error for everything that Discord or AWS would refuse.
pub(super) fn validate(config: &Webhook, diagnostics: &mut Diagnostics) {
    check::<Snowflake>(&config.channel_id, path!(Webhook => channel_id), diagnostics);
    refuse(&config.name, validate_webhook_name, &path!(Webhook => name), diagnostics);
    let avatar = |text: &str| Avatar::parse(text).map(drop);
    refuse(&config.avatar, avatar, &path!(Webhook => avatar), diagnostics);
    let reason = |text: &str| AuditReason::parse(text).map(drop);
    refuse(&config.audit_log_reason, reason, &path!(Webhook => audit_log_reason), diagnostics);
    check_tags(&config.tags, &path!(Webhook => tags), diagnostics);
    timeouts::validate(&config.timeouts, &path!(Webhook => timeouts), diagnostics);
    for (key, publication) in config.publications() {
        let at = path!(Webhook => publish_to).key(key);
        validate_publication(publication, &at, diagnostics);
    }
    validate_origin(config, diagnostics);
}

fn refuse<E: std::fmt::Display>(
    attribute: &Attr<String>,
    rule: impl Fn(&str) -> Result<(), E>,
    path: &Path,
    diagnostics: &mut Diagnostics,
) {
    if let Some(text) = attribute.as_known()
        && let Err(problem) = rule(text)
    {
        let detail = format!("`{path}`: {problem}.");
        diagnostics.error(path.clone(), format!("Invalid value for `{path}`"), detail);
    }
}

fn validate_publication(publication: &Publication, at: &Path, diagnostics: &mut Diagnostics) {
    check::<Region>(&publication.region, at.attribute("region"), diagnostics);
    if let Some(account) = publication.account.as_known() {
        let account = Account::from(account.clone());
        account::validate(&account.id, &at.attribute("account"), diagnostics);
    }
    if let Some(name) = publication.parameter_name.as_known()
        && is_reserved(name)
    {
        diagnostics.error(
            at.attribute("parameter_name"),
            "Reserved parameter name",
            format!("AWS keeps names that begin with `aws` or `ssm`, in any letter case, for itself: `{name}`."),
        );
    }
}

/// Whether AWS refuses the name for its beginning (API reference of Systems Manager,
/// `PutParameter`: <https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html>).
fn is_reserved(name: &str) -> bool {
    let start = name.trim_start_matches('/').get(..3).unwrap_or_default().to_ascii_lowercase();
    start == "aws" || start == "ssm"
}

/// A webhook is made by a bot, or adopted by its URL.
fn validate_origin(config: &Webhook, diagnostics: &mut Diagnostics) {
    let is_made = config.url_wo.is_null() && config.url_wo_version.is_null();
    let (channel, name) = (path!(Webhook => channel_id), path!(Webhook => name));
    for (attribute, path) in [(&config.channel_id, channel), (&config.name, name)] {
        if is_made && attribute.is_null() {
            let detail = "A webhook that is made needs both `channel_id` and `name`. Only one that is adopted by `url_wo` may leave them as they are.";
            diagnostics.error(path.clone(), format!("Missing `{path}`"), detail);
        }
    }
    if config.url_wo.as_known().is_some() && config.url_wo_version.is_null() {
        diagnostics.error(
            path!(Webhook => url_wo_version),
            "Missing `url_wo_version`",
            "Terraform can't tell whether a write-only value changed: give `url_wo` a version, such as 1, and raise it when the URL changes.",
        );
    }
    let publishes = match &config.publish_to {
        Attr::Null => false,
        Attr::Unknown => true,
        Attr::Known(publications) => !publications.is_empty(),
    };
    if config.url_wo_version.as_known().is_some() && !publishes {
        diagnostics.error(
            path!(Webhook => publish_to),
            "An adopted webhook needs a parameter",
            "Its URL is in no state, so later runs read it from a parameter of `publish_to`: name at least one.",
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(text: &str) -> Attr<String> {
        Attr::Known(text.to_owned())
    }

    fn made() -> Webhook {
        Webhook {
            channel_id: known("1310000000000000001"),
            name: known("Alerts"),
            ..Webhook::default()
        }
    }

    fn publishing(name: &str) -> Webhook {
        let publication = Publication { parameter_name: known(name), ..Publication::default() };
        let all = [("here".to_owned(), Attr::Known(publication))];
        Webhook { publish_to: Attr::Known(all.into()), ..made() }
    }

    fn problems(config: &Webhook) -> Vec<(String, String)> {
        let mut diagnostics = Diagnostics::new();
        validate(config, &mut diagnostics);
        let told = diagnostics.into_iter();
        told.map(|one| (one.path.to_string(), one.summary)).collect()
    }

    #[test]
    fn what_can_be_made_or_adopted_is_valid() {
        let adopting = Webhook {
            url_wo: Attr::Unknown,
            url_wo_version: Attr::Known(1),
            channel_id: Attr::Null,
            name: Attr::Null,
            ..publishing("/hinomi/url")
        };
        let later = Webhook { url_wo: Attr::Null, ..adopting.clone() };
        let unknown = Webhook {
            channel_id: Attr::Unknown,
            name: Attr::Unknown,
            avatar: Attr::Unknown,
            publish_to: Attr::Unknown,
            ..Webhook::default()
        };
        for valid in [made(), publishing("/hinomi/url"), adopting, later, unknown] {
            assert_eq!(problems(&valid), [], "{valid:?}");
        }
    }

    #[test]
    fn what_would_be_refused_later_is_refused_now() {
        let path = "publish_to[\"here\"].parameter_name";
        let table = [
            (Webhook { channel_id: Attr::Null, ..made() }, "channel_id", "Missing `channel_id`"),
            (Webhook { name: Attr::Null, ..made() }, "name", "Missing `name`"),
            (
                Webhook { channel_id: known("12"), ..made() },
                "channel_id",
                "Invalid value for `channel_id`",
            ),
            (Webhook { name: known("My Discord"), ..made() }, "name", "Invalid value for `name`"),
            (
                Webhook { avatar: known("bell.png"), ..made() },
                "avatar",
                "Invalid value for `avatar`",
            ),
            (
                Webhook { audit_log_reason: known(""), ..made() },
                "audit_log_reason",
                "Invalid value for `audit_log_reason`",
            ),
            (
                Webhook { url_wo: known("x"), ..publishing("/a") },
                "url_wo_version",
                "Missing `url_wo_version`",
            ),
            (
                Webhook { url_wo: known("x"), url_wo_version: Attr::Known(1), ..made() },
                "publish_to",
                "An adopted webhook needs a parameter",
            ),
            (publishing("/AWS-alerts"), path, "Reserved parameter name"),
            (publishing("/ssm/alerts"), path, "Reserved parameter name"),
        ];
        for (config, path, summary) in table {
            assert_eq!(problems(&config), [(path.to_owned(), summary.to_owned())]);
        }
    }
}
