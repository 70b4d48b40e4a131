//! The accounts and units of an organization, asked for once per account that asks, and the tags of
//! accounts, each asked for once.
//!
//! Accounts come twenty a page, and units parent by parent. Where AWS shows no `Paths` with an
//! account, which it does since 2026, the accounts of each unit are listed as well.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use aws_sdk_organizations::types::{Account, OrganizationalUnit};
use aws_smithy_types::date_time::Format;
use tokio::task::JoinSet;

use super::organization::{NOT_IN_USE, SERVICE};
use crate::aws::{AccountId, Failure, Kind, Session};

/// Tags of one account.
pub type Tags = BTreeMap<String, String>;

/// Tags that are asked for at the same time. AWS answers some ten calls a second.
const AT_ONCE: usize = 4;

/// An organization with its units and accounts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directory {
    /// The organization's id, such as `o-exampleorgid`.
    pub organization_id: String,
    /// The account that manages it.
    pub management: AccountId,
    /// The root's id, such as `r-examplerootid`.
    pub root_id: String,
    /// The units, by their ids.
    pub units: BTreeMap<String, Unit>,
    /// The accounts, by their ids, whatever their state.
    pub members: BTreeMap<AccountId, Member>,
}

/// An organizational unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Its own name.
    pub name: String,
    /// The id of the unit that it is in, or of the root.
    pub parent: String,
    /// The names on the way to it, such as `Production/Web`.
    pub path: String,
}

/// An account of an organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// The address of its root user.
    pub email: String,
    /// Its ARN.
    pub arn: String,
    /// Its state, such as `ACTIVE`. Where AWS shows none yet it is what the older `Status` says.
    pub state: String,
    /// The id of the unit that it is in, or of the root.
    pub parent: String,
    /// When it joined, in RFC 3339.
    pub joined: Option<String>,
}

impl Directory {
    /// Whether a member is in a unit or right below the root; with `deeply` also further down.
    pub fn is_in(&self, member: &Member, unit: &str, deeply: bool) -> bool {
        let above = std::iter::successors(Some(member.parent.as_str()), |id| {
            self.units.get(*id).map(|unit| unit.parent.as_str())
        });
        above.take(if deeply { usize::MAX } else { 1 }).any(|id| id == unit)
    }
}

/// The organization's directory; `None` when the session's account belongs to none. Only the
/// management account and delegated administrators may read it.
///
/// # Errors
/// What the calls fail with; [`Kind::Other`] for an answer without what every one has.
pub async fn read(session: &Session) -> Result<Option<Arc<Directory>>, Failure> {
    session.listings().global.directory.of(&(), Box::pin(ask(session))).await
}

/// The tags of these accounts.
///
/// # Errors
/// What `ListTagsForResource` fails with first.
pub async fn tags(
    session: &Session,
    accounts: impl IntoIterator<Item = AccountId>,
) -> Result<BTreeMap<AccountId, Arc<Tags>>, Failure> {
    let mut waiting = accounts.into_iter();
    let mut asked = JoinSet::new();
    let mut found = BTreeMap::new();
    let ask = |account: AccountId| {
        let session = session.clone();
        async move {
            let tags = tags_of(&session, &account).await;
            (account, tags)
        }
    };
    for account in waiting.by_ref().take(AT_ONCE) {
        asked.spawn(ask(account));
    }
    while let Some(answered) = asked.join_next().await {
        let broken = |_| Failure::new(Kind::Other, "a read of tags was dropped");
        let (account, tags) = answered.map_err(broken)?;
        found.insert(account, tags?);
        if let Some(next) = waiting.next() {
            asked.spawn(ask(next));
        }
    }
    Ok(found)
}

async fn tags_of(session: &Session, account: &AccountId) -> Result<Arc<Tags>, Failure> {
    let asked = async {
        let call = session.organizations().list_tags_for_resource().resource_id(account.as_str());
        let mut pages = call.into_paginator().send();
        let mut tags = Tags::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(session.failed(SERVICE, "ListTagsForResource"))?;
            tags.extend(page.tags.unwrap_or_default().into_iter().map(|tag| (tag.key, tag.value)));
        }
        Ok(Arc::new(tags))
    };
    session.listings().global.account_tags.of(account, asked).await
}

async fn ask(session: &Session) -> Result<Option<Arc<Directory>>, Failure> {
    let asked = session.organizations().describe_organization().send().await;
    let organization = match asked.map_err(session.failed(SERVICE, "DescribeOrganization")) {
        Ok(answer) => answer.organization.ok_or_else(|| lacking("organization"))?,
        Err(failure) if failure.code() == Some(NOT_IN_USE) => return Ok(None),
        Err(failure) => return Err(failure),
    };
    let management = organization.master_account_id.and_then(|id| id.parse().ok());
    let accounts = accounts(session).await?;
    let root_id = root(session).await?;
    let units = units(session, &root_id).await?;
    let mut parents = BTreeMap::new();
    if accounts.iter().any(|account| parent(account).is_none()) {
        for unit in std::iter::once(&root_id).chain(units.keys()) {
            for account in accounts_of(session, unit).await? {
                parents.insert(account.id.unwrap_or_default(), unit.clone());
            }
        }
    }
    let member = |account: Account| {
        let id = account.id.clone().ok_or_else(|| lacking("account's id"))?;
        let parent = parent(&account).or_else(|| parents.get(&id).cloned());
        let parent = parent.ok_or_else(|| lacking("place of an account"))?;
        let id = id.parse().map_err(|problem| Failure::new(Kind::Other, format!("{problem}")))?;
        Ok((id, described(account, parent)))
    };
    let members = accounts.into_iter().map(member).collect::<Result<_, Failure>>()?;
    let directory = Directory {
        organization_id: organization.id.ok_or_else(|| lacking("organization's id"))?,
        management: management.ok_or_else(|| lacking("management account"))?,
        root_id,
        units,
        members,
    };
    Ok(Some(Arc::new(directory)))
}

fn lacking(what: &str) -> Failure {
    Failure::new(Kind::Other, format!("the answer of Organizations has no {what}"))
}

async fn accounts(session: &Session) -> Result<Vec<Account>, Failure> {
    let mut pages = session.organizations().list_accounts().into_paginator().send();
    let mut all = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(session.failed(SERVICE, "ListAccounts"))?;
        all.extend(page.accounts.unwrap_or_default());
    }
    Ok(all)
}

async fn accounts_of(session: &Session, parent: &str) -> Result<Vec<Account>, Failure> {
    let asked = session.organizations().list_accounts_for_parent().parent_id(parent);
    let mut pages = asked.into_paginator().send();
    let mut all = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(session.failed(SERVICE, "ListAccountsForParent"))?;
        all.extend(page.accounts.unwrap_or_default());
    }
    Ok(all)
}

/// An organization has one root
/// (<https://docs.aws.amazon.com/organizations/latest/userguide/orgs_getting-started_concepts.html>).
async fn root(session: &Session) -> Result<String, Failure> {
    let asked = session.organizations().list_roots().send().await;
    let answer = asked.map_err(session.failed(SERVICE, "ListRoots"))?;
    let root = answer.roots.unwrap_or_default().into_iter().next().and_then(|root| root.id);
    root.ok_or_else(|| lacking("root"))
}

/// All units, from the root down.
async fn units(session: &Session, root: &str) -> Result<BTreeMap<String, Unit>, Failure> {
    let mut units = BTreeMap::new();
    let mut parents = VecDeque::from([(root.to_owned(), String::new())]);
    while let Some((parent, above)) = parents.pop_front() {
        for unit in units_of(session, &parent).await? {
            let id = unit.id.ok_or_else(|| lacking("unit's id"))?;
            let name = unit.name.ok_or_else(|| lacking("unit's name"))?;
            let path = if above.is_empty() { name.clone() } else { format!("{above}/{name}") };
            parents.push_back((id.clone(), path.clone()));
            units.insert(id, Unit { name, parent: parent.clone(), path });
        }
    }
    Ok(units)
}

async fn units_of(session: &Session, parent: &str) -> Result<Vec<OrganizationalUnit>, Failure> {
    let asked = session.organizations().list_organizational_units_for_parent().parent_id(parent);
    let mut pages = asked.into_paginator().send();
    let mut all = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(session.failed(SERVICE, "ListOrganizationalUnitsForParent"))?;
        all.extend(page.organizational_units.unwrap_or_default());
    }
    Ok(all)
}

/// The id before the account's own in its path, `o-…/r-…/ou-…/111111111111/`.
fn parent(account: &Account) -> Option<String> {
    let path = account.paths().first()?.trim_end_matches('/');
    let (above, _) = path.rsplit_once('/')?;
    let parent = above.rsplit('/').next()?;
    (parent.starts_with("r-") || parent.starts_with("ou-")).then(|| parent.to_owned())
}

/// `Status` is all that an AWS knows which doesn't show `State` yet. It was retired on 2026-09-09
/// (<https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html>).
fn described(account: Account, parent: String) -> Member {
    let state = account.state.map(|state| state.as_str().to_owned());
    let state = state.or_else(|| account.status.map(|status| status.as_str().to_owned()));
    let joined = account.joined_timestamp.and_then(|time| time.fmt(Format::DateTime).ok());
    Member {
        name: account.name.unwrap_or_default(),
        email: account.email.unwrap_or_default(),
        arn: account.arn.unwrap_or_default(),
        state: state.unwrap_or_else(|| "ACTIVE".to_owned()),
        parent,
        joined,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::testing::{Call, FakeAws};
    use crate::aws::{Settings, Target};

    async fn session(fake: &FakeAws) -> Session {
        let region = Some("eu-central-1".parse().unwrap());
        let settings = Settings { region, version: "1".to_owned(), ..Settings::default() };
        fake.aws(settings).global_session(&Target::default()).await.unwrap()
    }

    /// Two accounts, one of them in a unit, as AWS showed them before it knew `Paths` and `State`.
    fn older(call: &Call) -> Option<(u16, Vec<u8>)> {
        let is_root = call.body.contains("r-ab12\"");
        let answer = match call.operation.as_str() {
            "DescribeOrganization" => {
                r#"{"Organization":{"Id":"o-x","MasterAccountId":"111111111111"}}"#
            }
            "ListRoots" => r#"{"Roots":[{"Id":"r-ab12","Name":"Root"}]}"#,
            "ListAccounts" => {
                r#"{"Accounts":[{"Id":"111111111111","Name":"payer","Status":"ACTIVE"},
                    {"Id":"222222222222","Name":"shop","Status":"SUSPENDED"}]}"#
            }
            "ListOrganizationalUnitsForParent" if is_root => {
                r#"{"OrganizationalUnits":[{"Id":"ou-ab12-11111111","Name":"Production"}]}"#
            }
            "ListOrganizationalUnitsForParent" => r#"{"OrganizationalUnits":[]}"#,
            "ListAccountsForParent" if is_root => r#"{"Accounts":[{"Id":"111111111111"}]}"#,
            "ListAccountsForParent" => r#"{"Accounts":[{"Id":"222222222222"}]}"#,
            _ => return None,
        };
        Some((200, answer.as_bytes().to_vec()))
    }

    #[tokio::test]
    async fn an_older_answer_is_completed_by_listing_units() {
        let fake = FakeAws::new(older);
        let session = session(&fake).await;
        let directory = read(&session).await.unwrap().expect("an organization");
        let told: Vec<_> = directory
            .members
            .values()
            .map(|member| (member.name.as_str(), member.state.as_str(), member.parent.as_str()))
            .collect();
        let expected = [("payer", "ACTIVE", "r-ab12"), ("shop", "SUSPENDED", "ou-ab12-11111111")];
        assert_eq!(told, expected);
        assert_eq!(directory.units["ou-ab12-11111111"].path, "Production");
        assert_eq!(fake.count("ListAccountsForParent"), 2);
        assert_eq!(read(&session).await.unwrap(), Some(directory));
        assert_eq!(fake.count("ListAccounts"), 1, "it is read once");
    }

    #[tokio::test]
    async fn an_account_may_belong_to_no_organization() {
        let fake = FakeAws::new(|call: &Call| {
            let gone = br#"{"__type":"AWSOrganizationsNotInUseException","Message":"no"}"#;
            (call.operation == "DescribeOrganization").then(|| (400, gone.to_vec()))
        });
        assert_eq!(read(&session(&fake).await).await.unwrap(), None);
    }

    #[test]
    fn a_path_ends_with_the_account_and_before_it_its_parent() {
        for (paths, expected) in [
            (&["o-x/r-ab12/ou-ab12-11111111/111111111111/"][..], Some("ou-ab12-11111111")),
            (&["o-x/r-ab12/111111111111/"], Some("r-ab12")),
            (&["o-x/r-ab12/111111111111"], Some("r-ab12")),
            (&["111111111111/"], None),
            (&["o-x/111111111111/"], None),
            (&[], None),
        ] {
            let account = Account::builder()
                .set_paths(Some(paths.iter().map(|path| (*path).to_owned()).collect()))
                .build();
            assert_eq!(parent(&account).as_deref(), expected, "{paths:?}");
        }
    }
}
