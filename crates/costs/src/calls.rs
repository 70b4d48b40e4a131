//! Calls of Cost Explorer, which are billed.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::error::{Error, Kind};

/// US dollars that a call costs, and each further page of its answer (AWS Cost Management pricing,
/// "Cost Explorer API").
pub const CALL_USD: f64 = 0.01;

/// The calls of Cost Explorer that were made, and how many may be.
///
/// A call is counted when it goes out. One that fails may not be billed; one whose answer is lost may be,
/// and so may the SDK's own repeats, which aren't counted.
#[derive(Debug)]
pub struct Calls {
    made: AtomicU32,
    most: u32,
}

impl Calls {
    /// None yet, and this many at most.
    pub const fn at_most(most: u32) -> Self {
        Self { made: AtomicU32::new(0), most }
    }

    /// How many were made.
    pub fn made(&self) -> u32 {
        self.made.load(Ordering::Relaxed)
    }

    /// How many may still be made.
    pub fn left(&self) -> u32 {
        self.most.saturating_sub(self.made())
    }

    /// What those that were made cost, in US dollars.
    pub fn usd(&self) -> f64 {
        f64::from(self.made()) * CALL_USD
    }

    /// Counts a call that is about to be made; refused when there are no more.
    pub(crate) fn take(&self, operation: &'static str) -> Result<(), Error> {
        let add = |made| (made < self.most).then_some(made + 1);
        let taken = self.made.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
        taken.map(drop).map_err(|made| {
            let message = format!("{made} calls were made, which is as many as are allowed");
            Error::local(Kind::CallsUsedUp, operation, message)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_call_is_made_beyond_the_most() {
        let calls = Calls::at_most(2);
        assert_eq!((calls.made(), calls.left()), (0, 2));
        assert!(calls.take("GetCostAndUsage").is_ok() && calls.take("GetCostAndUsage").is_ok());
        let refused = calls.take("GetCostAndUsage").unwrap_err();
        assert_eq!(refused.kind(), Kind::CallsUsedUp);
        assert_eq!((calls.made(), calls.left()), (2, 0));
        assert!((calls.usd() - 0.02).abs() < 1e-9);
    }
}
