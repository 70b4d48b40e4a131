//! Where accounts' purposes stand in their organization.
//!
//! The calls are free of charge. They are made one after another, as Organizations admits few at once.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_organizations::Client;
use contract::account::AccountId;
use contract::report::PurposeFrom;

use crate::refusal::said;

/// Units within each other that are gone through, more than an organization can have (AWS Organizations User Guide,
/// "Quotas": five levels).
const LEVELS: usize = 8;

/// The purposes of accounts. An account that has none isn't in the answer.
pub(super) async fn purposes(
    client: &Client,
    from: &PurposeFrom,
    accounts: &BTreeSet<AccountId>,
) -> Result<BTreeMap<AccountId, String>, String> {
    match from {
        PurposeFrom::Tag(key) => of_tags(client, key, accounts).await,
        PurposeFrom::Unit => of_units(client, accounts).await,
    }
}

async fn of_tags(
    client: &Client,
    key: &str,
    accounts: &BTreeSet<AccountId>,
) -> Result<BTreeMap<AccountId, String>, String> {
    let mut purposes = BTreeMap::new();
    for account in accounts {
        let mut token = None;
        loop {
            let call = client.list_tags_for_resource().resource_id(account.as_str());
            let page = call.set_next_token(token).send().await;
            let page = page.map_err(|problem| said(&problem))?;
            let tags = page.tags.unwrap_or_default();
            let value = tags.into_iter().find(|tag| tag.key == *key).map(|tag| tag.value);
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                purposes.insert(account.clone(), value);
                break;
            }
            token = page.next_token;
            if token.is_none() {
                break;
            }
        }
    }
    Ok(purposes)
}

/// Goes through all units, from the root down.
async fn of_units(
    client: &Client,
    accounts: &BTreeSet<AccountId>,
) -> Result<BTreeMap<AccountId, String>, String> {
    let roots = client.list_roots().send().await.map_err(|problem| said(&problem))?;
    let roots = roots.roots.unwrap_or_default();
    let mut parents: Vec<(String, Option<String>)> =
        roots.into_iter().filter_map(|root| Some((root.id?, None))).collect();
    let mut purposes = BTreeMap::new();
    for _ in 0..LEVELS {
        let mut below = Vec::new();
        for (parent, name) in parents {
            if let Some(name) = name {
                let members = accounts_of(client, &parent).await?;
                let members = members.into_iter().filter(|account| accounts.contains(account));
                purposes.extend(members.map(|account| (account, name.clone())));
            }
            below.extend(units_of(client, &parent).await?);
        }
        parents = below;
    }
    Ok(purposes)
}

async fn accounts_of(client: &Client, parent: &str) -> Result<Vec<AccountId>, String> {
    let mut found = Vec::new();
    let mut token = None;
    loop {
        let call = client.list_accounts_for_parent().parent_id(parent).set_next_token(token);
        let page = call.send().await.map_err(|problem| said(&problem))?;
        let accounts = page.accounts.unwrap_or_default().into_iter();
        found.extend(accounts.filter_map(|account| account.id?.parse().ok()));
        token = page.next_token;
        if token.is_none() {
            return Ok(found);
        }
    }
}

async fn units_of(client: &Client, parent: &str) -> Result<Vec<(String, Option<String>)>, String> {
    let mut found = Vec::new();
    let mut token = None;
    loop {
        let call = client.list_organizational_units_for_parent().parent_id(parent);
        let page = call.set_next_token(token).send().await.map_err(|problem| said(&problem))?;
        let units = page.organizational_units.unwrap_or_default().into_iter();
        found.extend(units.filter_map(|unit| Some((unit.id?, unit.name))));
        token = page.next_token;
        if token.is_none() {
            return Ok(found);
        }
    }
}
