//! Records for tests.

use crate::Record;

/// A settled record of an account without a name, in production.
pub(crate) fn record(day: &str, account: &str, service: &str, charges_usd: &str) -> Record {
    Record {
        day: day.parse().expect("a day"),
        account: account.parse().expect("an account"),
        account_name: None,
        purpose: Some("production".to_owned()),
        service: service.into(),
        charges_usd: charges_usd.parse().expect("an amount"),
        credits_usd: crate::Usd::ZERO,
        estimated: false,
    }
}
