//! Runtime versions of Synthetics, asked for once per account and region.

use std::collections::HashMap;
use std::time::SystemTime;

use crate::aws::{Failure, Session};

/// Runtimes by name, each with the time from which AWS takes no change with it, if there is one.
pub type Runtimes = HashMap<String, Option<SystemTime>>;

/// Runtimes that one page may hold
/// (<https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_DescribeRuntimeVersions.html>).
const PAGE: i32 = 100;

/// All runtimes that the region knows.
///
/// # Errors
/// What `DescribeRuntimeVersions` fails with.
pub async fn all(session: &Session) -> Result<Runtimes, Failure> {
    let asked = async {
        let pages = session.synthetics().describe_runtime_versions().into_paginator();
        let mut pages = pages.page_size(PAGE).send();
        let mut all = Runtimes::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(session.failed("synthetics", "DescribeRuntimeVersions"))?;
            let runtimes = page.runtime_versions.unwrap_or_default().into_iter();
            all.extend(runtimes.filter_map(|runtime| {
                let end = runtime.deprecation_date.and_then(|date| date.try_into().ok());
                Some((runtime.version_name?, end))
            }));
        }
        Ok(all)
    };
    session.listings().runtimes.of(&(), asked).await
}
