//! What was changed outside Terraform and no attribute shows.

use framework::Attr;

use super::found::Found;
use super::names::{Names, Place};
use super::wanted::{NETWORKS, Wanted};
use crate::aws::objects::role::{self, Role};
use crate::aws::objects::{Tags, function};
use crate::model::texts::Texts;

/// One text for each part of an object, in the words of a plan.
pub(super) fn between(names: &Names, place: &Place, wanted: &Wanted, found: &Found) -> Texts {
    let mut told = Vec::new();
    let tags = if let Some(function) = &found.function {
        of_function(&mut told, wanted, function);
        &function.function.tags
    } else {
        told.push(gone("function", &names.function));
        &wanted.function.tags
    };
    let log_group = found.log_group.as_ref().map(|group| &group.tags);
    simple(&mut told, "log group", &wanted.log_group.name, log_group, tags);
    let group = found.schedule_group.as_ref().map(|group| &group.tags);
    simple(&mut told, "schedule group", &names.schedule_group, group, tags);
    of_role(&mut told, wanted.probe_role.as_ref(), found.probe_role.as_ref(), tags);
    of_role(&mut told, wanted.scheduler_role.as_ref(), found.scheduler_role.as_ref(), tags);
    of_role(&mut told, wanted.canary_role.as_ref(), found.canary_role.as_ref(), tags);
    if let Some(wanted) = &wanted.bucket {
        let bucket = found.bucket.as_ref();
        simple(&mut told, "bucket", &names.bucket, bucket.map(|bucket| &bucket.tags), tags);
        for part in bucket.into_iter().flat_map(|b| b.differences(&place.partition, wanted)) {
            told.push(changed("bucket", &names.bucket, part));
        }
    }
    told.into_iter().map(Attr::Known).collect()
}

fn gone(thing: &str, name: &str) -> String {
    format!("{thing} {name} is gone")
}

fn changed(thing: &str, name: &str, part: &str) -> String {
    format!("{thing} {name} has another {part}")
}

fn same_tags(found: &Tags, wanted: &Tags) -> bool {
    let own = |tags: &Tags| -> Tags {
        tags.iter()
            .filter(|(key, _)| !key.starts_with("aws:"))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect()
    };
    own(found) == own(wanted)
}

/// An object of which only its tags are told.
fn simple(told: &mut Vec<String>, thing: &str, name: &str, found: Option<&Tags>, tags: &Tags) {
    match found {
        None => told.push(gone(thing, name)),
        Some(found) if !same_tags(found, tags) => told.push(changed(thing, name, "set of tags")),
        Some(_) => {}
    }
}

fn of_role(
    told: &mut Vec<String>,
    wanted: Option<&Role>,
    found: Option<&role::Found>,
    tags: &Tags,
) {
    let Some(wanted) = wanted else { return };
    simple(told, "role", &wanted.name, found.map(|found| &found.tags), tags);
    let parts = found.into_iter().flat_map(|found| found.differences(wanted));
    // Path and policy are attributes.
    for part in parts.filter(|part| !matches!(*part, role::PATH | role::INLINE_POLICY)) {
        told.push(changed("role", &wanted.name, part));
    }
}

/// What of the function is no attribute.
fn of_function(told: &mut Vec<String>, wanted: &Wanted, found: &function::Found) {
    let (wanted, function) = (&wanted.function, &found.function);
    let others = |environment: &std::collections::BTreeMap<String, String>| {
        environment.keys().filter(|name| name.as_str() != NETWORKS).count()
    };
    let parts = [
        ("description", wanted.description == function.description),
        ("role", wanted.role_arn == function.role_arn),
        ("timeout", wanted.timeout_seconds == function.timeout_seconds),
        ("log group", wanted.log_group == function.log_group),
        ("set of variables", others(&function.environment) == 0),
        ("runtime or handler", found.runs_agent),
    ];
    for (part, _) in parts.into_iter().filter(|(_, is_same)| !is_same) {
        told.push(changed("function", &function.name, part));
    }
}
