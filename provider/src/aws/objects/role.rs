//! IAM roles with one inline policy.

use aws_sdk_iam::types::Tag;

use super::policy::Policy;
use super::{Claim, Tags, or_absent};
use crate::aws::error::{Failure, Kind};
use crate::aws::tags::TagChanges;
use crate::aws::{AccountId, Arn, Partition, Session};

/// Name of a role's inline policy.
pub const POLICY_NAME: &str = "hinomi";

/// What [`Found::differences`] calls another path.
pub const PATH: &str = "path";
/// What [`Found::differences`] calls another inline policy.
pub const INLINE_POLICY: &str = "inline policy";

/// What a role shall be.
#[derive(Clone, Debug)]
pub struct Role {
    /// Its name, 1 to 64 characters.
    pub name: String,
    /// Its path: `/`, or begins and ends with `/`.
    pub path: String,
    /// What it is for, at most 1,000 characters.
    pub description: String,
    /// Who may take it on.
    pub trust: Policy,
    /// What it may do: its inline policy [`POLICY_NAME`].
    pub policy: Policy,
    /// ARN of the policy that bounds what it may do.
    pub permissions_boundary: Option<String>,
    /// All of its tags.
    pub tags: Tags,
}

/// A role as IAM has it.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// Its ARN, path included.
    pub arn: String,
    /// Its path.
    pub path: String,
    /// What it says to be for.
    pub description: String,
    /// Who may take it on, as JSON.
    pub trust: String,
    /// Its inline policy [`POLICY_NAME`], as JSON.
    pub policy: Option<String>,
    /// ARN of the policy that bounds what it may do.
    pub permissions_boundary: Option<String>,
    /// All of its tags.
    pub tags: Tags,
}

impl Found {
    /// What differs from what it shall be, in words for a user; tags apart.
    pub fn differences(&self, wanted: &Role) -> Vec<&'static str> {
        let policy_is_same =
            self.policy.as_ref().is_some_and(|policy| wanted.policy.is_said_by(policy));
        [
            (PATH, self.path == wanted.path),
            ("description", self.description == wanted.description),
            ("trust policy", wanted.trust.is_said_by(&self.trust)),
            ("permissions boundary", self.permissions_boundary == wanted.permissions_boundary),
            (INLINE_POLICY, policy_is_same),
        ]
        .into_iter()
        .filter(|(_, is_same)| !is_same)
        .map(|(what, _)| what)
        .collect()
    }
}

/// The ARN of the role of `account` with this path and name.
pub fn arn(partition: &Partition, account: &AccountId, path: &str, name: &str) -> Arn {
    Arn::role(partition, account, &format!("{path}{name}"))
}

/// The role with its inline policy; `None` when there is none.
///
/// # Errors
/// What IAM refuses.
pub async fn find(session: &Session, name: &str) -> Result<Option<Found>, Failure> {
    let asked = session.iam().get_role().role_name(name).send().await;
    let Some(answer) = or_absent(asked.map_err(session.failed("iam", "GetRole")))? else {
        return Ok(None);
    };
    let Some(role) = answer.role else { return Ok(None) };
    let asked =
        session.iam().get_role_policy().role_name(name).policy_name(POLICY_NAME).send().await;
    let policy = or_absent(asked.map_err(session.failed("iam", "GetRolePolicy")))?;
    let tags = role.tags.unwrap_or_default().into_iter().map(|tag| (tag.key, tag.value));
    Ok(Some(Found {
        arn: role.arn,
        path: role.path,
        description: role.description.unwrap_or_default(),
        trust: decoded(role.assume_role_policy_document.as_deref().unwrap_or_default()),
        policy: policy.map(|policy| decoded(&policy.policy_document)),
        permissions_boundary: role
            .permissions_boundary
            .and_then(|boundary| boundary.permissions_boundary_arn),
        tags: tags.collect(),
    }))
}

/// IAM answers with documents as they stand in an address (RFC 3986).
fn decoded(document: &str) -> String {
    percent_encoding::percent_decode_str(document).decode_utf8_lossy().into_owned()
}

/// Makes the role, or brings it to what it shall be.
///
/// A role that was made a moment ago is not known everywhere at once: whoever hands it to a service
/// waits that out with [`ROLE_JUST_MADE`](crate::aws::wait::ROLE_JUST_MADE).
///
/// # Errors
/// What IAM refuses; [`Kind::Conflict`] for a role that is not ours.
pub async fn ensure(session: &Session, claim: Claim, wanted: &Role) -> Result<(), Failure> {
    let mut found = find(session, &wanted.name).await?;
    if let Some(other) = &found {
        claim.check("role", &wanted.name, &other.tags, &wanted.tags)?;
        if other.path != wanted.path {
            // The path can't be changed, and there can't be two roles of one name.
            delete(session, &wanted.name).await?;
            found = None;
        }
    }
    match found {
        Some(found) => change(session, &found, wanted).await,
        None => match create(session, wanted).await {
            Ok(()) => put_policy(session, wanted).await,
            // Also the answer to a call whose first answer was lost, and which the SDK sent again.
            Err(taken) if taken.kind() == Kind::Conflict => {
                let Some(found) = find(session, &wanted.name).await? else { return Err(taken) };
                Claim::ByTags.check("role", &wanted.name, &found.tags, &wanted.tags)?;
                change(session, &found, wanted).await
            }
            Err(failure) => Err(failure),
        },
    }
}

async fn create(session: &Session, wanted: &Role) -> Result<(), Failure> {
    let created = session
        .iam()
        .create_role()
        .role_name(&wanted.name)
        .path(&wanted.path)
        .description(&wanted.description)
        .assume_role_policy_document(wanted.trust.to_json())
        .set_permissions_boundary(wanted.permissions_boundary.clone())
        .set_tags(Some(sent(&wanted.tags)))
        .send()
        .await;
    created.map_err(session.failed("iam", "CreateRole"))?;
    Ok(())
}

async fn put_policy(session: &Session, wanted: &Role) -> Result<(), Failure> {
    let put = session
        .iam()
        .put_role_policy()
        .role_name(&wanted.name)
        .policy_name(POLICY_NAME)
        .policy_document(wanted.policy.to_json())
        .send()
        .await;
    put.map_err(session.failed("iam", "PutRolePolicy"))?;
    Ok(())
}

/// Sends what differs. The boundary comes before the policy, so that the role is never wider than
/// it may be.
async fn change(session: &Session, found: &Found, wanted: &Role) -> Result<(), Failure> {
    let iam = session.iam();
    let name = &wanted.name;
    if found.permissions_boundary != wanted.permissions_boundary {
        change_boundary(session, wanted).await?;
    }
    if !wanted.trust.is_said_by(&found.trust) {
        let call =
            iam.update_assume_role_policy().role_name(name).policy_document(wanted.trust.to_json());
        call.send().await.map_err(session.failed("iam", "UpdateAssumeRolePolicy"))?;
    }
    if !found.policy.as_ref().is_some_and(|policy| wanted.policy.is_said_by(policy)) {
        put_policy(session, wanted).await?;
    }
    if found.description != wanted.description {
        let call = iam.update_role().role_name(name).description(&wanted.description);
        call.send().await.map_err(session.failed("iam", "UpdateRole"))?;
    }
    change_tags(session, name, &TagChanges::between(&found.tags, &wanted.tags)).await
}

async fn change_boundary(session: &Session, wanted: &Role) -> Result<(), Failure> {
    let (iam, name) = (session.iam(), &wanted.name);
    if let Some(boundary) = &wanted.permissions_boundary {
        let call =
            iam.put_role_permissions_boundary().role_name(name).permissions_boundary(boundary);
        call.send().await.map_err(session.failed("iam", "PutRolePermissionsBoundary"))?;
    } else {
        let call = iam.delete_role_permissions_boundary().role_name(name);
        call.send().await.map_err(session.failed("iam", "DeleteRolePermissionsBoundary"))?;
    }
    Ok(())
}

async fn change_tags(session: &Session, name: &str, changes: &TagChanges) -> Result<(), Failure> {
    let iam = session.iam();
    if !changes.set.is_empty() {
        let call = iam.tag_role().role_name(name).set_tags(Some(sent(&changes.set)));
        call.send().await.map_err(session.failed("iam", "TagRole"))?;
    }
    if !changes.remove.is_empty() {
        let call = iam.untag_role().role_name(name).set_tag_keys(Some(changes.remove.clone()));
        call.send().await.map_err(session.failed("iam", "UntagRole"))?;
    }
    Ok(())
}

fn sent(tags: &Tags) -> Vec<Tag> {
    let tag =
        |(key, value)| Tag::builder().key(key).value(value).build().expect("key and value are set");
    tags.iter().map(tag).collect()
}

/// Removes the role with every policy of it, whoever attached one: IAM keeps a role that has any.
///
/// # Errors
/// What IAM refuses.
pub async fn delete(session: &Session, name: &str) -> Result<(), Failure> {
    let Some(policies) = inline_policies(session, name).await? else { return Ok(()) };
    for policy in policies {
        let call = session.iam().delete_role_policy().role_name(name).policy_name(policy);
        or_absent(call.send().await.map_err(session.failed("iam", "DeleteRolePolicy")))?;
    }
    for policy in attached_policies(session, name).await?.unwrap_or_default() {
        let call = session.iam().detach_role_policy().role_name(name).policy_arn(policy);
        or_absent(call.send().await.map_err(session.failed("iam", "DetachRolePolicy")))?;
    }
    let call = session.iam().delete_role().role_name(name);
    or_absent(call.send().await.map_err(session.failed("iam", "DeleteRole")))?;
    Ok(())
}

async fn inline_policies(session: &Session, name: &str) -> Result<Option<Vec<String>>, Failure> {
    let pages = session.iam().list_role_policies().role_name(name).into_paginator().items();
    let listed = pages.send().collect::<Result<Vec<_>, _>>().await;
    or_absent(listed.map_err(session.failed("iam", "ListRolePolicies")))
}

async fn attached_policies(session: &Session, name: &str) -> Result<Option<Vec<String>>, Failure> {
    let pages =
        session.iam().list_attached_role_policies().role_name(name).into_paginator().items();
    let listed = pages.send().collect::<Result<Vec<_>, _>>().await;
    let listed = or_absent(listed.map_err(session.failed("iam", "ListAttachedRolePolicies")))?;
    let arns = |policies: Vec<aws_sdk_iam::types::AttachedPolicy>| {
        policies.into_iter().filter_map(|policy| policy.policy_arn).collect()
    };
    Ok(listed.map(arns))
}
