//! AWS's own price list.

use aws_sdk_pricing::types::{Filter, FilterType};

use crate::aws::{Failure, Region, Session};

/// Products that one page may hold
/// (<https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_pricing_GetProducts.html>).
const PAGE: i32 = 100;

/// All products of a service in a region, each as the JSON that AWS writes. The list is asked for in
/// one region for all others: see [`Session::pricing`].
///
/// # Errors
/// What `GetProducts` fails with.
pub async fn products(
    session: &Session,
    service: &str,
    region: &Region,
) -> Result<Vec<String>, Failure> {
    let there = Filter::builder()
        .r#type(FilterType::TermMatch)
        .field("regionCode")
        .value(region.as_str())
        .build()
        .expect("a filter's three parts are set");
    let asked = session.pricing().get_products().service_code(service).filters(there);
    let mut pages = asked.into_paginator().page_size(PAGE).send();
    let mut all = Vec::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(session.failed("pricing", "GetProducts"))?;
        all.extend(page.price_list.unwrap_or_default());
    }
    Ok(all)
}
