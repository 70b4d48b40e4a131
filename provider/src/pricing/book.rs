//! Which prices hold in a region: what the provider block says, what AWS's price list says, or the
//! list prices of this release.

use std::collections::BTreeMap;

use super::Usd;
use super::table::{AS_OF, Item, Price, REGION};

/// Prices that somebody gave for a region, by item.
pub type Given = BTreeMap<Item, Usd>;

/// Prices for each region.
#[derive(Clone, Debug, Default)]
pub struct PriceBook {
    overrides: BTreeMap<String, Given>,
}

/// Where a region's prices come from.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Origin {
    /// The table of this release.
    Table,
    /// AWS's own price list, which lacks these items.
    Live { without: Vec<Item> },
}

/// The prices of one region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prices {
    region: String,
    amounts: Given,
    overridden: Vec<Item>,
    origin: Origin,
}

impl PriceBook {
    /// A book with the provider block's own prices, by region.
    pub fn new(overrides: BTreeMap<String, Given>) -> Self {
        Self { overrides }
    }

    /// The prices of a region, from the table and what the provider block says.
    pub fn table(&self, region: &str) -> Prices {
        let listed = Item::ALL.map(|item| (item, item.list_price().amount));
        self.prices(region, Given::from(listed), Origin::Table)
    }

    /// The prices of a region, from what AWS's own price list says and what the provider block says.
    /// What the list lacks is taken from the table.
    pub fn live(&self, region: &str, found: &Given) -> Prices {
        let listed = Item::ALL.map(|item| {
            (item, found.get(&item).copied().unwrap_or_else(|| item.list_price().amount))
        });
        let without = Item::ALL.into_iter().filter(|item| !found.contains_key(item)).collect();
        self.prices(region, Given::from(listed), Origin::Live { without })
    }

    fn prices(&self, region: &str, mut amounts: Given, origin: Origin) -> Prices {
        let own = self.overrides.get(region).cloned().unwrap_or_default();
        let overridden = own.keys().copied().collect();
        amounts.extend(own);
        Prices { region: region.to_owned(), amounts, overridden, origin }
    }
}

impl Prices {
    /// What one of an item costs.
    pub fn of(&self, item: Item) -> Usd {
        self.amounts.get(&item).copied().unwrap_or_else(|| item.list_price().amount)
    }

    /// Says in words where the prices of these items come from.
    ///
    /// Of a live list it says no day: Terraform plans a second time when it applies, maybe on the day
    /// after and on another machine, and must come to the same text.
    pub fn basis(&self, items: &[Item]) -> String {
        let region = &self.region;
        let origin = match &self.origin {
            Origin::Table if region == REGION => format!("List prices of {REGION} as of {AS_OF}"),
            Origin::Table => format!(
                "List prices of {REGION} as of {AS_OF}, assumed for {region}, whose own prices may differ"
            ),
            Origin::Live { .. } => format!("AWS's price list for {region}"),
        };
        let figures: Vec<String> = items.iter().map(|item| self.figure(*item)).collect();
        format!("{origin}: {}", figures.join(", "))
    }

    fn figure(&self, item: Item) -> String {
        let lacks = match &self.origin {
            Origin::Table => false,
            Origin::Live { without } => without.contains(&item),
        };
        let Price { what, date, .. } = item.list_price();
        let note = if self.overridden.contains(&item) {
            " (yours)".to_owned()
        } else if lacks {
            format!(" (not in it: that of {REGION} as of {date})")
        } else if self.origin == Origin::Table && date != AS_OF {
            format!(" (as of {date})")
        } else {
            String::new()
        };
        format!("{} USD {what}{note}", self.of(item).exact())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_prices_win_in_their_region_alone() {
        let own = Given::from([(Item::CanaryRun, Usd::from_hundredths_of_cents(16))]);
        let book = PriceBook::new(BTreeMap::from([("ap-northeast-1".to_owned(), own)]));
        let tokyo = book.table("ap-northeast-1");
        assert_eq!(tokyo.of(Item::CanaryRun).exact(), "0.0016");
        assert_eq!(tokyo.of(Item::AlarmMonth), Item::AlarmMonth.list_price().amount);
        assert_eq!(book.table("eu-west-1").of(Item::CanaryRun).exact(), "0.0012");
        let basis = tokyo.basis(&[Item::CanaryRun, Item::AlarmMonth]);
        assert!(basis.contains("0.0016 USD a canary run (yours), 0.10 USD an alarm"), "{basis}");
        assert!(basis.contains("assumed for ap-northeast-1"), "{basis}");
    }

    #[test]
    fn a_live_list_says_what_it_lacks() {
        let found = Given::from([(Item::LogGigabyte, Usd::from_hundredths_of_cents(7_600))]);
        let prices = PriceBook::default().live("ap-northeast-1", &found);
        assert_eq!(prices.of(Item::LogGigabyte).exact(), "0.76");
        assert_eq!(prices.of(Item::CanaryRun), Item::CanaryRun.list_price().amount);
        assert_eq!(
            prices.basis(&[Item::LogGigabyte]),
            "AWS's price list for ap-northeast-1: 0.76 USD a GB of logs"
        );
        let basis = prices.basis(&[Item::CanaryRun]);
        let wanted =
            format!("0.0012 USD a canary run (not in it: that of us-east-1 as of {AS_OF})");
        assert!(basis.ends_with(&wanted), "{basis}");
    }

    #[test]
    fn own_prices_win_over_a_live_list() {
        let own = Given::from([(Item::CanaryRun, Usd::from_hundredths_of_cents(16))]);
        let book = PriceBook::new(BTreeMap::from([("ap-northeast-1".to_owned(), own)]));
        let found = Given::from([(Item::CanaryRun, Usd::from_hundredths_of_cents(19))]);
        let prices = book.live("ap-northeast-1", &found);
        let basis = prices.basis(&[Item::CanaryRun]);
        assert!(basis.ends_with("0.0016 USD a canary run (yours)"), "{basis}");
        assert_eq!(book.live("eu-west-1", &found).of(Item::CanaryRun).exact(), "0.0019");
    }
}
