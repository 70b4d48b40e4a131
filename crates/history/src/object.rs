//! Where a month's object lies.

use crate::Month;

/// The folder of all objects, below the prefix.
const FOLDER: &str = "costs/";
/// The name of every object, in the folder of its month.
const NAME: &str = "/costs.parquet";
/// What the folder of a month begins with, as Hive names partitions.
const PARTITION: &str = "month=";

/// The key of a month's object: `<prefix>costs/month=2026-11/costs.parquet`. A prefix ends with
/// `/`, or is empty.
pub fn object_key(prefix: &str, month: Month) -> String {
    format!("{}{PARTITION}{month}{NAME}", folder(prefix))
}

/// The month of an object, from its key. None for a key that [`object_key`] doesn't make.
pub fn month_of(prefix: &str, key: &str) -> Option<Month> {
    let month = key.strip_prefix(&folder(prefix))?.strip_prefix(PARTITION)?.strip_suffix(NAME)?;
    month.parse().ok()
}

/// The folder that the table shows.
pub(crate) fn folder(prefix: &str) -> String {
    format!("{prefix}{FOLDER}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_its_month() {
        let month: Month = "2026-11".parse().unwrap();
        for (prefix, key) in [
            ("", "costs/month=2026-11/costs.parquet"),
            ("hinomi/", "hinomi/costs/month=2026-11/costs.parquet"),
        ] {
            assert_eq!(object_key(prefix, month), key);
            assert_eq!(month_of(prefix, key), Some(month));
        }
    }

    #[test]
    fn other_objects_have_no_month() {
        for key in [
            "",
            "costs/month=2026-11/",
            "costs/month=2026-13/costs.parquet",
            "costs/month=2026-11/part-0.parquet",
            "costs/2026-11/costs.parquet",
            "other/costs/month=2026-11/costs.parquet",
        ] {
            assert_eq!(month_of("", key), None, "{key}");
        }
    }
}
