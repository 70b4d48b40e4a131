//! A morning in plain figures: everything that its report says, in no language.

mod accounts;
mod days;
mod digest;
mod events;
mod figures;
mod recent;
mod services;
mod spikes;
mod state;

#[cfg(test)]
mod tests;

use jiff::civil::Date;

pub use accounts::{AccountFigures, Purpose, Standing};
pub use digest::{Digest, DigestRow, MonthlyCosts, PurposeMonths};
pub use events::{EventFigures, EventTotal, Phase};
pub use figures::{Budget, Comparison, Figures};
pub use recent::{Peak, PurposeDays, Recent};
pub use services::ServiceFigures;
pub use spikes::{Spike, Spikes};
pub use state::{Closed, DataState, Missing};

use crate::Input;
use days::Days;

/// A morning in plain figures.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// The morning.
    pub today: Date,
    /// The day that is reported: yesterday, or an earlier one where yesterday isn't known yet.
    pub day: Date,
    /// The sum of all purposes.
    pub total: Figures,
    /// The accounts by purpose, the purpose that costs most in the month first.
    pub purposes: Vec<Purpose>,
    /// The services of all accounts, the dearest of the day first.
    pub services: Vec<ServiceFigures>,
    /// What the spike engine has to tell.
    pub spikes: Spikes,
    /// The events that run, or of which there is something to tell, in order of their start.
    pub events: Vec<EventFigures>,
    /// What is known, what isn't, and what may change.
    pub state: DataState,
    /// The pace of growth, on mornings that have it.
    pub digest: Option<Digest>,
    /// The last days, for the chart.
    pub recent: Recent,
    /// Calls of Cost Explorer that were made for the report.
    pub calls: u32,
}

/// US dollars that a call of Cost Explorer costs (AWS Cost Management pricing, "Cost Explorer API").
pub const CALL_USD: f64 = 0.01;

impl Summary {
    /// What the report cost to make, in US dollars.
    pub fn making_usd(&self) -> f64 {
        f64::from(self.calls) * CALL_USD
    }

    /// All accounts that are told of.
    pub fn accounts(&self) -> impl Iterator<Item = &AccountFigures> {
        self.purposes.iter().flat_map(|purpose| &purpose.accounts)
    }
}

/// Says what is known on a morning.
pub fn of(input: &Input<'_>) -> Summary {
    let days = Days::of(input);
    let accounts = accounts::read(input, &days);
    let purposes = accounts::by_purpose(&accounts);
    let total = Figures::sum(purposes.iter().map(|purpose| &purpose.figures));
    let recent = recent::of(input, &days, &accounts);
    Summary {
        today: days.today,
        day: days.day,
        total,
        services: services::of_all(&accounts),
        spikes: spikes::of(input),
        events: events::of(input, &days, &accounts),
        state: state::of(input, &days, &accounts, &total),
        digest: digest::of(input),
        recent,
        purposes,
        calls: input.calls,
    }
}
