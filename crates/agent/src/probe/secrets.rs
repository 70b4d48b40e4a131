//! Values of secret headers, read when a check runs.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use contract::check::HttpCheck;
use contract::secret::Secret;
use tokio::time::Instant;

use super::attempt::Problem;
use super::http::SecretValue;

/// For how long a value is kept: a secret that was rotated is used after this time at the latest,
/// and a check of every minute asks for it 12 times an hour and not 60 times.
const KEPT: Duration = Duration::from_mins(5);

/// A store of secrets.
pub trait Secrets: Sync {
    /// The value of a secret that is text. The error is one sentence without a full stop.
    fn read(&self, name: &str) -> impl Future<Output = Result<Secret<String>, String>> + Send;
}

/// Values that were read, with the time of it.
#[derive(Debug, Default)]
pub(super) struct Kept(Mutex<HashMap<String, (Instant, Secret<String>)>>);

impl Kept {
    /// The secret headers of a check, with their values.
    pub(super) async fn of(
        &self,
        check: &HttpCheck,
        secrets: &impl Secrets,
    ) -> Result<Vec<SecretValue>, Problem> {
        let mut values = Vec::new();
        for (header, wanted) in &check.secret_headers {
            values.push(SecretValue {
                header: header.clone(),
                prefix: wanted.prefix.clone(),
                secret: wanted.secret.clone(),
                value: self.value(&wanted.secret, secrets).await?,
            });
        }
        Ok(values)
    }

    async fn value(&self, name: &str, secrets: &impl Secrets) -> Result<Secret<String>, Problem> {
        if let Some(known) = self.known(name) {
            return Ok(known);
        }
        let value = secrets.read(name).await.map_err(|problem| {
            Problem::Unable(format!("the secret `{name}` can't be read: {problem}"))
        })?;
        // Many who keep a secret in a file keep the line's end with it.
        let value = Secret::new(value.expose().trim_end_matches(['\r', '\n']).to_owned());
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.insert(name.to_owned(), (Instant::now(), value.clone()));
        Ok(value)
    }

    fn known(&self, name: &str) -> Option<Secret<String>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(name).filter(|(since, _)| since.elapsed() < KEPT).map(|(_, value)| value.clone())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use contract::check::{DEFAULT_REDIRECTS, Method, SecretHeader};

    use super::*;

    /// Counts how often it is asked.
    struct Counting(AtomicUsize);

    impl Secrets for Counting {
        async fn read(&self, name: &str) -> Result<Secret<String>, String> {
            let asked = self.0.fetch_add(1, Ordering::Relaxed);
            if name == "gone" {
                return Err("ResourceNotFoundException".to_owned());
            }
            Ok(Secret::new(format!("value {asked}\n")))
        }
    }

    fn check(secret: &str) -> HttpCheck {
        let header = SecretHeader { secret: secret.to_owned(), prefix: "Bearer ".to_owned() };
        HttpCheck {
            url: "https://example.com".to_owned(),
            method: Method::Get,
            headers: BTreeMap::new(),
            secret_headers: BTreeMap::from([("Authorization".to_owned(), header)]),
            body: None,
            redirects: DEFAULT_REDIRECTS,
            timeout_milliseconds: 1_000,
            assertions: vec![],
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_value_is_kept_for_five_minutes() {
        let (kept, store) = (Kept::default(), Counting(AtomicUsize::new(0)));
        let check = check("token");
        let mut seen = Vec::new();
        for minutes in [0, 4, 2] {
            tokio::time::advance(Duration::from_secs(minutes * 60)).await;
            let values = kept.of(&check, &store).await.expect("values");
            seen.push(values[0].value.expose().clone());
        }
        assert_eq!(seen, ["value 0", "value 0", "value 1"]);
    }

    #[tokio::test]
    async fn a_secret_that_cannot_be_read_says_nothing_about_the_target() {
        let (kept, store) = (Kept::default(), Counting(AtomicUsize::new(0)));
        let problem = kept.of(&check("gone"), &store).await.err();
        let told = "the secret `gone` can't be read: ResourceNotFoundException";
        assert_eq!(problem, Some(Problem::Unable(told.to_owned())));
        assert!(kept.known("gone").is_none());
    }
}
