//! Synthetics canaries.
//!
//! The list shows all that a direct read shows: status, schedule, run settings, tags. Neither
//! shows the code nor the environment variables, which the API never gives back.

use std::collections::HashMap;

use aws_sdk_synthetics::types::Canary;

use crate::aws::{Failure, Session};

/// Canaries that one page may hold
/// (<https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_DescribeCanaries.html>).
const PAGE: i32 = 20;

/// The canary, from the list if that shows it; `None` when it is gone.
///
/// # Errors
/// What `DescribeCanaries` or `GetCanary` fails with.
pub async fn find(session: &Session, name: &str) -> Result<Option<Canary>, Failure> {
    match session.listings().canaries.find(name, list(session)).await? {
        Some(canary) => Ok(Some(canary)),
        None => direct(session, name).await,
    }
}

/// The canary, asked for by itself; `None` when it is gone.
///
/// # Errors
/// What `GetCanary` fails with.
pub async fn direct(session: &Session, name: &str) -> Result<Option<Canary>, Failure> {
    let answer = session.synthetics().get_canary().name(name).send().await;
    match answer.map_err(session.failed("synthetics", "GetCanary")) {
        Ok(answer) => Ok(answer.canary),
        Err(failure) if failure.is_not_found() => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// To be called after each write to the canary.
pub fn written(session: &Session, name: &str) {
    session.listings().canaries.forget(name);
}

async fn list(session: &Session) -> Result<HashMap<String, Canary>, Failure> {
    let mut pages =
        session.synthetics().describe_canaries().into_paginator().page_size(PAGE).send();
    let mut all = HashMap::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(session.failed("synthetics", "DescribeCanaries"))?;
        let named = page.canaries.unwrap_or_default().into_iter();
        all.extend(named.filter_map(|canary| Some((canary.name.clone()?, canary))));
    }
    Ok(all)
}
