//! The accounts' names and purposes.

use std::collections::BTreeSet;

use contract::account::AccountId;
use contract::report::{Account, Settings};
use history::{AccountDay, Record};
use report::Notice;

use super::organization;
use super::sources::Source;
use super::store::State;

/// An account's name: that of the settings, else the one that AWS told last.
fn name<'a>(settings: &'a Settings, state: &'a State, account: &AccountId) -> Option<&'a str> {
    let own = settings.accounts.get(account).map(|account| account.name.as_str());
    let name = own.filter(|name| !name.is_empty());
    name.or_else(|| state.names.get(account).map(String::as_str)).filter(|name| !name.is_empty())
}

/// An account's purpose: that of the settings, else the one that its organization told last.
fn purpose<'a>(settings: &'a Settings, state: &'a State, account: &AccountId) -> Option<&'a str> {
    let own = settings.accounts.get(account).and_then(|account| account.purpose.as_deref());
    let told = || settings.purpose_from.as_ref().and_then(|_| state.purposes.get(account));
    let purpose = own.or_else(|| told().map(String::as_str));
    purpose.filter(|purpose| !purpose.is_empty())
}

/// Writes names and purposes into days that are to be recorded.
pub(super) fn label(days: &mut [AccountDay], settings: &Settings, state: &State) {
    for day in days {
        day.account_name = name(settings, state, &day.account).map(str::to_owned);
        day.purpose = purpose(settings, state, &day.account).map(str::to_owned);
    }
}

/// Looks up the purposes that the settings don't have: of all accounts, or of those of which none is known. What goes
/// wrong is told, and what was known stays.
pub(super) async fn look_up(
    settings: &Settings,
    state: &mut State,
    source: &Source,
    accounts: &BTreeSet<AccountId>,
    all: bool,
) -> Option<Notice> {
    let from = settings.purpose_from.as_ref()?;
    let has_own =
        |account: &AccountId| settings.accounts.get(account).is_some_and(|it| it.purpose.is_some());
    let wanted = accounts.iter().filter(|account| !has_own(account));
    let wanted: BTreeSet<AccountId> =
        wanted.filter(|account| all || !state.purposes.contains_key(account)).cloned().collect();
    if wanted.is_empty() {
        return None;
    }
    match organization::purposes(&source.organizations, from, &wanted).await {
        Ok(purposes) => {
            state.purposes.retain(|account, _| !wanted.contains(account));
            state.purposes.extend(purposes);
            None
        }
        Err(reason) => {
            tracing::warn!(reason, "Purposes can't be looked up.");
            Some(Notice::Purposes { reason })
        }
    }
}

/// The settings with all names and purposes that are known, as the report shows them. An account that AWS tells nothing
/// of any more has those of its last record.
pub(super) fn filled_in<'a>(
    settings: &Settings,
    state: &State,
    records: impl Iterator<Item = &'a Record>,
) -> Settings {
    let mut filled = settings.clone();
    for record in records {
        let id = &record.account;
        let known = filled.accounts.get(id);
        let name = name(settings, state, id).or(record.account_name.as_deref());
        let purpose = purpose(settings, state, id).or(record.purpose.as_deref());
        let is_same = known
            .is_some_and(|it| Some(it.name.as_str()) == name && it.purpose.as_deref() == purpose);
        if is_same || (name.is_none() && purpose.is_none()) {
            continue;
        }
        let name = name.unwrap_or_else(|| id.as_str()).to_owned();
        let account = Account { name, purpose: purpose.map(str::to_owned) };
        filled.accounts.insert(id.clone(), account);
    }
    filled
}
