//! SSM parameters, without their values.
//!
//! The list shows version, type, key and description of a parameter. It lacks the value, and the
//! tags, which `ListTagsForResource` gives for one parameter at a time: [`tags`].

use std::collections::{BTreeMap, HashMap};

use aws_sdk_ssm::types::{ParameterMetadata, ParameterStringFilter, ResourceTypeForTagging};

use crate::aws::tags::MANAGED;
use crate::aws::{Failure, Session};

/// Parameters that one page may hold
/// (<https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeParameters.html>).
const PAGE: i32 = 50;

/// The parameter, from the list of all that Hinomi made if that shows it; `None` when it is gone.
///
/// # Errors
/// What `DescribeParameters` fails with.
pub async fn find(session: &Session, name: &str) -> Result<Option<ParameterMetadata>, Failure> {
    let listed = &session.listings().parameters;
    let ours = filter(&format!("tag:{MANAGED}"), "true");
    match listed.find(name, list(session, ours)).await? {
        Some(parameter) => Ok(Some(parameter)),
        None => direct(session, name).await,
    }
}

/// The parameter, asked for by name; `None` when it is gone.
///
/// # Errors
/// What `DescribeParameters` fails with.
pub async fn direct(session: &Session, name: &str) -> Result<Option<ParameterMetadata>, Failure> {
    Ok(list(session, filter("Name", name)).await?.remove(name))
}

/// The tags of the parameter; `None` when it is gone.
///
/// # Errors
/// What `ListTagsForResource` fails with.
pub async fn tags(
    session: &Session,
    name: &str,
) -> Result<Option<BTreeMap<String, String>>, Failure> {
    let asked = session
        .ssm()
        .list_tags_for_resource()
        .resource_type(ResourceTypeForTagging::Parameter)
        .resource_id(name);
    match asked.send().await.map_err(session.failed("ssm", "ListTagsForResource")) {
        Ok(answer) => {
            let pairs = answer.tag_list.unwrap_or_default().into_iter();
            Ok(Some(pairs.map(|tag| (tag.key, tag.value)).collect()))
        }
        // SSM's own word for an object that is gone, which other services use for a malformed id.
        Err(failure) if failure.code() == Some("InvalidResourceId") => Ok(None),
        Err(failure) if failure.is_not_found() => Ok(None),
        Err(failure) => Err(failure),
    }
}

/// To be called after each write to the parameter.
pub fn written(session: &Session, name: &str) {
    session.listings().parameters.forget(name);
}

fn filter(key: &str, value: &str) -> ParameterStringFilter {
    ParameterStringFilter::builder()
        .key(key)
        .option("Equals")
        .values(value)
        .build()
        .expect("the key, which is all that a filter requires, is set")
}

async fn list(
    session: &Session,
    filter: ParameterStringFilter,
) -> Result<HashMap<String, ParameterMetadata>, Failure> {
    let asked = session.ssm().describe_parameters().parameter_filters(filter);
    let mut pages = asked.into_paginator().page_size(PAGE).send();
    let mut all = HashMap::new();
    while let Some(page) = pages.next().await {
        let page = page.map_err(session.failed("ssm", "DescribeParameters"))?;
        let parameters = page.parameters.unwrap_or_default().into_iter();
        all.extend(parameters.filter_map(|one| Some((one.name.clone()?, one))));
    }
    Ok(all)
}
