//! Secrets of the parameter store, kept for a short time.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use contract::secret::Secret;
use tokio::time::Instant;

/// How long a secret is used before it is read again.
const FRESH: Duration = Duration::from_mins(5);

/// The parameter store.
pub trait Parameters: Sync {
    /// Reads a `SecureString`. The error says why not, and nothing of the value.
    fn read(&self, arn: &str) -> impl Future<Output = Result<Secret<String>, String>> + Send;
}

/// Secrets that were read, and when.
#[derive(Debug, Default)]
pub(super) struct Secrets(Mutex<BTreeMap<String, (Instant, Secret<String>)>>);

/// A secret, and whether it was read just now.
#[derive(Debug)]
pub(super) struct Read {
    /// The secret.
    pub(super) secret: Secret<String>,
    /// Whether it is as new as can be.
    pub(super) is_new: bool,
}

impl Secrets {
    /// The secret of a parameter: the one that is known, if it isn't old.
    pub(super) async fn of(&self, parameters: &impl Parameters, arn: &str) -> Result<Read, String> {
        if let Some(secret) = self.known(arn) {
            return Ok(Read { secret, is_new: false });
        }
        let secret = parameters.read(arn).await?;
        self.with(|known| known.insert(arn.to_owned(), (Instant::now(), secret.clone())));
        Ok(Read { secret, is_new: true })
    }

    /// Forgets a secret that was of no use.
    pub(super) fn forget(&self, arn: &str) {
        self.with(|known| known.remove(arn));
    }

    fn known(&self, arn: &str) -> Option<Secret<String>> {
        self.with(|known| {
            let (at, secret) = known.get(arn)?;
            (at.elapsed() < FRESH).then(|| secret.clone())
        })
    }

    fn with<T>(
        &self,
        act: impl FnOnce(&mut BTreeMap<String, (Instant, Secret<String>)>) -> T,
    ) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
