//! Price lists on disk: one small file for each region.
//!
//! Whatever is wrong with a file or its folder, there is just no cache then.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tempfile::NamedTempFile;

use crate::aws::Region;
use crate::pricing::{Given, Item, Usd};

/// How long a list is used.
const LIFETIME: Duration = Duration::from_hours(24);
/// How long AWS isn't asked again after it didn't answer.
pub(super) const SILENCE: Duration = Duration::from_mins(15);
/// Goes up whenever the same list would be read differently.
const VERSION: u32 = 3;

/// Where the lists of earlier runs are.
pub(super) struct Cache {
    folder: Option<PathBuf>,
}

/// What is known of a region from an earlier run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// The prices that AWS listed.
    Listed(Given),
    /// AWS was asked at this time and didn't answer.
    Silent(Timestamp),
}

#[derive(Serialize, Deserialize)]
struct Record {
    version: u32,
    asked: Timestamp,
    /// In US dollars; null where AWS didn't answer.
    prices: Option<BTreeMap<Item, String>>,
}

/// `hinomi/prices` in the user's folder for caches, by the XDG Base Directory Specification
/// (<https://specifications.freedesktop.org/basedir/latest/>): a relative path doesn't count.
pub(super) fn folder(cache_home: Option<PathBuf>, home: Option<PathBuf>) -> Option<PathBuf> {
    let absolute = |path: Option<PathBuf>| path.filter(|path| path.is_absolute());
    let caches = absolute(cache_home).or_else(|| Some(absolute(home)?.join(".cache")))?;
    Some(caches.join("hinomi").join("prices"))
}

impl Cache {
    pub(super) fn new(folder: Option<PathBuf>) -> Self {
        Self { folder }
    }

    /// What an earlier run found out, unless that is too long ago, or from the future.
    pub(super) fn read(&self, region: &Region, now: Timestamp) -> Option<Kept> {
        let text = fs::read_to_string(self.file(region)?).ok()?;
        let Record { version, asked, prices } = serde_json::from_str(&text).ok()?;
        let lifetime = if prices.is_some() { LIFETIME } else { SILENCE };
        let age = now.duration_since(asked);
        let is_fresh = age >= SignedDuration::ZERO && age.unsigned_abs() < lifetime;
        if version != VERSION || !is_fresh {
            return None;
        }
        let Some(prices) = prices else { return Some(Kept::Silent(asked)) };
        let amount = |text: String| Usd::from_number(text.parse().ok()?);
        let prices = prices.into_iter().map(|(item, text)| Some((item, amount(text)?)));
        prices.collect::<Option<Given>>().map(Kept::Listed)
    }

    /// Keeps what was found out, if the disk lets us.
    pub(super) fn keep(&self, region: &Region, kept: &Kept, now: Timestamp) {
        let Some(file) = self.file(region) else { return };
        if let Err(problem) = write(&file, kept, now) {
            tracing::debug!(%problem, "The price list isn't kept for the next run.");
        }
    }

    fn file(&self, region: &Region) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.join(format!("{region}.json")))
    }
}

/// Writes a file beside it and renames that, so that nobody ever reads half of it.
fn write(file: &Path, kept: &Kept, now: Timestamp) -> io::Result<()> {
    let prices = match kept {
        Kept::Listed(prices) => {
            Some(prices.iter().map(|(item, amount)| (*item, amount.exact())).collect())
        }
        Kept::Silent(_) => None,
    };
    let record = serde_json::to_vec(&Record { version: VERSION, asked: now, prices })?;
    let folder = file.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs::create_dir_all(folder)?;
    let mut beside = NamedTempFile::new_in(folder)?;
    beside.write_all(&record)?;
    beside.persist(file)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn region() -> Region {
        "ap-northeast-1".parse().expect("a region")
    }

    fn prices() -> Given {
        Given::from([
            (Item::CanaryRun, Usd::from_hundredths_of_cents(19)),
            (Item::FunctionX86, Usd::from_parts(166_667)),
        ])
    }

    fn scene() -> (tempfile::TempDir, Cache, Timestamp) {
        let root = tempfile::tempdir().expect("a folder");
        let cache = Cache::new(Some(root.path().join("hinomi").join("prices")));
        (root, cache, "2026-11-24T04:00:00Z".parse().expect("a time"))
    }

    #[test]
    fn a_list_is_good_for_a_day_and_a_silence_for_a_quarter_of_an_hour() {
        let (_root, cache, asked) = scene();
        let after = |seconds| cache.read(&region(), asked + SignedDuration::from_secs(seconds));
        assert_eq!(after(0), None);
        let listed = Kept::Listed(prices());
        cache.keep(&region(), &listed, asked);
        for (seconds, wanted) in
            [(0, Some(&listed)), (86_399, Some(&listed)), (86_400, None), (-1, None)]
        {
            assert_eq!(after(seconds).as_ref(), wanted, "{seconds}");
        }
        let silent = Kept::Silent(asked);
        cache.keep(&region(), &silent, asked);
        for (seconds, wanted) in [(0, Some(&silent)), (899, Some(&silent)), (900, None)] {
            assert_eq!(after(seconds).as_ref(), wanted, "{seconds}");
        }
        let other = "eu-west-1".parse().expect("a region");
        assert_eq!(cache.read(&other, asked), None);
    }

    #[test]
    fn what_can_not_be_read_is_not_there() {
        let (_root, cache, asked) = scene();
        cache.keep(&region(), &Kept::Listed(prices()), asked);
        let file = cache.file(&region()).expect("a folder");
        let good = fs::read_to_string(&file).expect("a file");
        assert!(good.contains(r#""canary_run":"0.0019""#), "{good}");
        for bad in [
            String::new(),
            "{".to_owned(),
            good[..good.len() / 2].to_owned(),
            good.replace(&format!(r#""version":{VERSION}"#), r#""version":1"#),
            good.replace("canary_run", "canary_walk"),
            good.replace("0.0019", "much"),
            good.replace("0.0019", "-1"),
            good.replace("2026-11-24", "yesterday"),
        ] {
            assert_ne!(bad, good);
            fs::write(&file, &bad).expect("written");
            assert_eq!(cache.read(&region(), asked), None, "{bad}");
        }
        fs::write(&file, &good).expect("written");
        assert_eq!(cache.read(&region(), asked), Some(Kept::Listed(prices())));
        let names: Vec<_> =
            fs::read_dir(file.parent().expect("a folder")).expect("read").flatten().collect();
        assert_eq!(names.len(), 1, "nothing lies beside it: {names:?}");
    }

    #[test]
    fn a_folder_that_can_not_be_made_is_no_cache() {
        let root = tempfile::tempdir().expect("a folder");
        let taken = root.path().join("taken");
        fs::write(&taken, "a file").expect("written");
        for folder in [None, Some(taken.join("prices"))] {
            let cache = Cache::new(folder);
            cache.keep(&region(), &Kept::Listed(prices()), Timestamp::now());
            assert_eq!(cache.read(&region(), Timestamp::now()), None);
        }
    }

    #[test]
    fn the_folder_follows_the_environment() {
        let path = |text: &str| Some(PathBuf::from(text));
        for (cache_home, home, wanted) in [
            (path("/caches"), path("/home/me"), path("/caches/hinomi/prices")),
            (None, path("/home/me"), path("/home/me/.cache/hinomi/prices")),
            (path("caches"), path("/home/me"), path("/home/me/.cache/hinomi/prices")),
            (path(""), path(""), None),
            (None, None, None),
        ] {
            assert_eq!(folder(cache_home.clone(), home), wanted, "{cache_home:?}");
        }
    }
}
