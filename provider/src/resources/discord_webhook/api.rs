//! The calls to SSM that carry or change a parameter. No failure shows the value.

use std::collections::BTreeMap;

use aws_sdk_ssm::types::{ParameterType, ResourceTypeForTagging, Tag};

use crate::aws::reads::parameters;
use crate::aws::tags::TagChanges;
use crate::aws::{Failure, Session};
use contract::secret::Secret;
use discord::Snowflake;

/// Begins the description of our parameters; the webhook's id follows.
const DESCRIPTION: &str = "URL of Discord webhook ";

/// What a parameter is to hold.
pub(super) struct Content<'a> {
    /// The webhook.
    pub(super) webhook: &'a Snowflake,
    /// Its URL.
    pub(super) url: &'a Secret<String>,
    /// The key that encrypts it; `None` is the account's own for SSM.
    pub(super) kms_key_id: Option<&'a str>,
}

/// Makes a parameter; returns its version.
///
/// # Errors
/// [`Kind::Conflict`](crate::aws::Kind::Conflict) when there is one of this name.
pub(super) async fn create(
    session: &Session,
    name: &str,
    content: &Content<'_>,
    tags: &BTreeMap<String, String>,
) -> Result<i64, Failure> {
    put(session, name, content, Some(sdk_tags(tags))).await
}

/// Gives an existing parameter a new value; its tags stay. Returns the new version.
pub(super) async fn overwrite(
    session: &Session,
    name: &str,
    content: &Content<'_>,
) -> Result<i64, Failure> {
    put(session, name, content, None).await
}

/// AWS takes tags only from a call that makes the parameter.
async fn put(
    session: &Session,
    name: &str,
    content: &Content<'_>,
    tags: Option<Vec<Tag>>,
) -> Result<i64, Failure> {
    let url = content.url.expose();
    let sent = session
        .ssm()
        .put_parameter()
        .name(name)
        .description(format!("{DESCRIPTION}{}.", content.webhook))
        .value(url)
        .r#type(ParameterType::SecureString)
        .set_key_id(content.kms_key_id.map(str::to_owned))
        .overwrite(tags.is_none())
        .set_tags(tags)
        .send()
        .await;
    parameters::written(session, name);
    let answer = sent.map_err(session.failed("ssm", "PutParameter"));
    answer.map(|answer| answer.version).map_err(|failure| {
        let token = url.rsplit('/').next().unwrap_or_default();
        failure.redacted(url).redacted(token)
    })
}

/// The value of a parameter; `None` when it is gone.
pub(super) async fn value(
    session: &Session,
    name: &str,
) -> Result<Option<Secret<String>>, Failure> {
    let asked = session.ssm().get_parameter().name(name).with_decryption(true);
    match asked.send().await.map_err(session.failed("ssm", "GetParameter")) {
        Ok(answer) => Ok(answer.parameter.and_then(|one| one.value).map(Secret::new)),
        Err(failure) if failure.is_not_found() => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// Removes a parameter. One that is gone already is removed.
pub(super) async fn delete(session: &Session, name: &str) -> Result<(), Failure> {
    let sent = session.ssm().delete_parameter().name(name).send().await;
    parameters::written(session, name);
    match sent.map_err(session.failed("ssm", "DeleteParameter")) {
        Ok(_) => Ok(()),
        Err(failure) if failure.is_not_found() => Ok(()),
        Err(failure) => Err(failure),
    }
}

/// Sets and removes tags.
pub(super) async fn change_tags(
    session: &Session,
    name: &str,
    changes: TagChanges,
) -> Result<(), Failure> {
    if !changes.remove.is_empty() {
        let request = session
            .ssm()
            .remove_tags_from_resource()
            .resource_type(ResourceTypeForTagging::Parameter)
            .resource_id(name)
            .set_tag_keys(Some(changes.remove));
        request.send().await.map_err(session.failed("ssm", "RemoveTagsFromResource"))?;
    }
    if !changes.set.is_empty() {
        let request = session
            .ssm()
            .add_tags_to_resource()
            .resource_type(ResourceTypeForTagging::Parameter)
            .resource_id(name)
            .set_tags(Some(sdk_tags(&changes.set)));
        request.send().await.map_err(session.failed("ssm", "AddTagsToResource"))?;
    }
    Ok(())
}

/// Whether a parameter's description says that it holds another webhook's URL by now.
pub(super) fn names_another(description: Option<&str>, webhook: &str) -> bool {
    let named = description.and_then(|text| text.strip_prefix(DESCRIPTION));
    named.is_some_and(|named| named.trim_end_matches('.') != webhook)
}

fn sdk_tags(tags: &BTreeMap<String, String>) -> Vec<Tag> {
    tags.iter()
        .map(|(key, value)| {
            Tag::builder().key(key).value(value).build().expect("key and value are set")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description_tells_whose_url_it_is() {
        let own = format!("{DESCRIPTION}1310000000000000001.");
        assert!(!names_another(Some(&own), "1310000000000000001"));
        assert!(names_another(Some(&own), "1310000000000000002"));
        assert!(!names_another(Some("somebody's words"), "1310000000000000001"));
        assert!(!names_another(None, "1310000000000000001"));
    }
}
