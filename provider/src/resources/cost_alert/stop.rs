//! Why an apply ended early.

use framework::Error;

use crate::aws::Failure;

/// Why an apply ended early, and whether it may have left something behind.
#[derive(Debug)]
pub(super) enum Stop {
    /// Nothing was made or changed, and the reason is a rule of ours.
    Untouched(Error),
    /// A first call failed: as far as we know nothing was made or changed.
    AtOnce(Failure),
    /// Some of it was done.
    HalfWay(Failure),
}

impl Stop {
    /// The same failure after something was done.
    pub(super) fn half_way(failure: Failure) -> Self {
        Self::HalfWay(failure)
    }
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::AtOnce(failure)
    }
}
