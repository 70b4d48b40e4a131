//! What one service of one account cost on one day.

use contract::account::AccountId;
use contract::cost::{Figure, History, ServiceName};
use jiff::civil::Date;

use crate::{Month, Usd};

/// What one service of one account cost on one day: a row of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The day of the bill, which AWS counts in UTC.
    pub day: Date,
    /// The account.
    pub account: AccountId,
    /// The account's name when the day was recorded, if it was known.
    pub account_name: Option<String>,
    /// The account's role in the company when the day was recorded, such as `production`.
    pub purpose: Option<String>,
    /// The service.
    pub service: ServiceName,
    /// What was charged: usage, fees, tax. Never below zero.
    pub charges_usd: Usd,
    /// What was given back: credits and refunds. Never above zero.
    pub credits_usd: Usd,
    /// Whether AWS may still revise it, as Cost Explorer's `Estimated` says.
    pub estimated: bool,
}

/// What is wrong with a record, whatever else is recorded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{service} of {account} on {day}: {fault}")]
pub struct InvalidRecord {
    day: Date,
    account: AccountId,
    service: ServiceName,
    fault: Fault,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum Fault {
    #[error("the history begins with {first}", first = Month::FIRST)]
    TooEarly,
    #[error("the service has no name")]
    NoService,
    #[error("the {0} is empty; what isn't known is null")]
    EmptyLabel(&'static str),
    #[error("charges of {0} USD are below zero")]
    NegativeCharges(Usd),
    #[error("credits of {0} USD are above zero")]
    PositiveCredits(Usd),
    #[error("{0} USD is more than a record can hold (18 digits, 10 of them after the point)")]
    TooMuch(Usd),
}

impl Record {
    /// What makes a record the only one of its kind, and the order of records: day, account,
    /// service.
    pub fn key(&self) -> (Date, &AccountId, &ServiceName) {
        (self.day, &self.account, &self.service)
    }

    /// What the bill comes to: charges less credits.
    pub fn net_usd(&self) -> Usd {
        self.charges_usd + self.credits_usd
    }

    /// Checks what must hold for every record.
    pub(crate) fn check(&self) -> Result<(), InvalidRecord> {
        self.fault().map_or(Ok(()), |fault| {
            let (day, account, service) = self.key();
            Err(InvalidRecord { day, account: account.clone(), service: service.clone(), fault })
        })
    }

    fn fault(&self) -> Option<Fault> {
        let is_empty = |label: &Option<String>| label.as_ref().is_some_and(String::is_empty);
        let too_much = [self.charges_usd, self.credits_usd]
            .into_iter()
            .find(|amount| amount.to_stored().is_none());
        if Month::of(self.day) < Month::FIRST {
            Some(Fault::TooEarly)
        } else if self.service.as_str().is_empty() {
            Some(Fault::NoService)
        } else if is_empty(&self.account_name) {
            Some(Fault::EmptyLabel("account's name"))
        } else if is_empty(&self.purpose) {
            Some(Fault::EmptyLabel("purpose"))
        } else if self.charges_usd < Usd::ZERO {
            Some(Fault::NegativeCharges(self.charges_usd))
        } else if self.credits_usd > Usd::ZERO {
            Some(Fault::PositiveCredits(self.credits_usd))
        } else {
            too_much.map(Fault::TooMuch)
        }
    }
}

/// The records as the spike engine reads them: amounts become the nearest floating-point numbers.
pub fn to_history<'a>(records: impl IntoIterator<Item = &'a Record>) -> History {
    let mut history = History::default();
    for record in records {
        let figure = Figure {
            charges_usd: record.charges_usd.to_f64(),
            credits_usd: record.credits_usd.to_f64(),
        };
        history.set(record.day, &record.account, &record.service, figure);
    }
    history
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::record;

    #[test]
    fn what_no_record_may_be_is_said() {
        let good = record("2026-11-02", "111122223333", "Amazon S3", "1.5");
        assert_eq!(good.check(), Ok(()));
        let usd = |text: &str| text.parse::<Usd>().unwrap();
        let early = Record { day: Date::constant(2019, 12, 31), ..good.clone() };
        for (bad, said) in [
            (early, "the history begins with 2020-01"),
            (Record { service: "".into(), ..good.clone() }, "no name"),
            (
                Record { account_name: Some(String::new()), ..good.clone() },
                "account's name is empty",
            ),
            (Record { purpose: Some(String::new()), ..good.clone() }, "purpose is empty"),
            (Record { charges_usd: usd("-1"), ..good.clone() }, "charges of -1.00 USD are below"),
            (Record { credits_usd: usd("2"), ..good.clone() }, "credits of 2.00 USD are above"),
            (Record { charges_usd: usd("1e8"), ..good.clone() }, "100000000.00 USD is more than"),
            (Record { credits_usd: usd("-1e8"), ..good.clone() }, "-100000000.00 USD is more than"),
        ] {
            let error = bad.check().unwrap_err().to_string();
            assert!(error.contains(said), "{error}");
            assert!(error.contains("111122223333 on 20"), "{error}");
        }
    }

    #[test]
    fn the_spike_engine_reads_charges_and_credits_apart() {
        let mut one = record("2026-11-02", "111122223333", "Amazon S3", "1.5");
        one.credits_usd = "-0.5".parse().unwrap();
        let history = to_history([&one]);
        let account = history.account(&one.account).unwrap();
        let figure = account.service("Amazon S3").unwrap().figure(one.day);
        assert_eq!(figure, Some(Figure { charges_usd: 1.5, credits_usd: -0.5 }));
        assert_eq!(one.net_usd(), "1".parse().unwrap());
    }
}
