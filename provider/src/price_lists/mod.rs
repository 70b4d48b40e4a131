//! AWS's price list of each region, asked for once a day: kept in memory for this process and on disk
//! for the next one.
//!
//! Terraform starts the provider anew to apply what was planned, and plans once more then. What the
//! plan counted with must hold: so the disk also remembers, for a while, that AWS didn't answer.

mod cache;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::OnceCell;

use crate::aws::reads::price_list;
use crate::aws::{Aws, Failure, Kind, Region, Target};
use crate::pricing::{Given, list};
use cache::{Cache, Kept};

/// The longest that a plan waits for a region's prices: it does without.
const PATIENCE: Duration = Duration::from_secs(10);

type Answer = Arc<OnceCell<Result<Given, Failure>>>;

/// The price lists of all regions that were asked for.
pub(crate) struct PriceLists {
    cache: Cache,
    regions: Mutex<HashMap<Region, Answer>>,
    /// What the first question in vain met. One service answers for all regions, so that the next
    /// question would only cost the same patience.
    in_vain: OnceLock<Failure>,
    has_warned: AtomicBool,
}

impl PriceLists {
    /// No list yet. `folder` is where the lists of earlier runs are; without one nothing is kept.
    pub(crate) fn new(folder: Option<PathBuf>) -> Self {
        Self {
            cache: Cache::new(folder),
            regions: Mutex::default(),
            in_vain: OnceLock::new(),
            has_warned: AtomicBool::new(false),
        }
    }

    /// The folder that the user's environment names.
    pub(crate) fn of_user() -> Self {
        let variable = |name: &str| std::env::var_os(name).map(PathBuf::from);
        Self::new(cache::folder(variable("XDG_CACHE_HOME"), variable("HOME")))
    }

    /// The prices of a region, as AWS lists them; items that it doesn't list are absent. Everybody
    /// who asks gets the same answer, a failure too: it costs its patience once.
    ///
    /// # Errors
    /// What keeps AWS from answering in time.
    pub(crate) async fn of(
        &self,
        aws: &Aws,
        asking: &Target,
        region: &Region,
    ) -> Result<Given, Failure> {
        let answer = {
            let mut regions = self.regions.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(regions.entry(region.clone()).or_default())
        };
        answer.get_or_init(|| Box::pin(self.found(aws, asking, region))).await.clone()
    }

    /// Whether nobody has been told of a failure yet.
    pub(crate) fn may_warn(&self) -> bool {
        !self.has_warned.swap(true, Ordering::Relaxed)
    }

    async fn found(&self, aws: &Aws, asking: &Target, region: &Region) -> Result<Given, Failure> {
        let now = Timestamp::now();
        match self.cache.read(region, now) {
            Some(Kept::Listed(prices)) => return Ok(prices),
            Some(Kept::Silent(asked)) => return Err(silent(asked)),
            None => {}
        }
        let answer = match self.in_vain.get() {
            Some(failure) => Err(failure.clone()),
            None => tokio::time::timeout(PATIENCE, ask(aws, asking, region))
                .await
                .unwrap_or_else(|_| Err(late())),
        };
        match &answer {
            Ok(prices) => self.cache.keep(region, &Kept::Listed(prices.clone()), now),
            Err(failure) => {
                self.in_vain.get_or_init(|| failure.clone());
                if passes(failure.kind()) {
                    self.cache.keep(region, &Kept::Silent(now), now);
                }
            }
        }
        answer
    }
}

async fn ask(aws: &Aws, asking: &Target, region: &Region) -> Result<Given, Failure> {
    let session = aws.global_session(asking).await?;
    let [one, two, three, four] =
        list::SERVICES.map(|service| price_list::products(&session, service, region));
    let (one, two, three, four) = tokio::try_join!(one, two, three, four)?;
    let prices = list::read(&[one, two, three, four].concat());
    tracing::debug!(%region, found = prices.len(), "AWS's price list was read.");
    Ok(prices)
}

fn late() -> Failure {
    let message = format!("AWS's price list gave no answer within {} seconds", PATIENCE.as_secs());
    Failure::new(Kind::Timeout, message)
}

fn silent(asked: Timestamp) -> Failure {
    let minutes = cache::SILENCE.as_secs() / 60;
    let message = format!(
        "AWS's price list gave no answer at {asked:.0}, and is asked again {minutes} minutes after that"
    );
    Failure::new(Kind::Unavailable, message)
}

/// Whether a failure may be gone a minute later, between a plan and its apply.
fn passes(kind: Kind) -> bool {
    match kind {
        Kind::Unavailable | Kind::Throttled | Kind::Timeout => true,
        Kind::NotFound
        | Kind::Conflict
        | Kind::Denied
        | Kind::Invalid
        | Kind::Quota
        | Kind::WrongAccount
        | Kind::Configuration
        | Kind::Cancelled
        | Kind::Other => false,
    }
}

#[cfg(test)]
mod tests;
