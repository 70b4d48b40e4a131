//! What must lie in one account, region or partition.

use std::collections::BTreeSet;

use framework::{Attr, Plan, path};
use url::Url;

use crate::aws::{Arn, Region};
use crate::model::location::Location;
use crate::resources::synthetic_monitor::lower::{self, texts};
use crate::resources::synthetic_monitor::model::{Engine, Monitor};

/// An alarm tells only topics of its own region, and a canary runs only with a role of its own
/// account
/// (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html>).
pub(super) fn check(plan: &mut Plan<Monitor>) {
    check_topics(plan);
    check_role(plan);
    check_locations(plan);
}

fn check_topics(plan: &mut Plan<Monitor>) {
    let planned = &plan.planned;
    let region = planned.region.as_known().cloned();
    let topics = planned.alarm.as_known().map(|alarm| texts(&alarm.topic_arns)).unwrap_or_default();
    for topic in topics {
        let Ok(arn) = topic.parse::<Arn>() else { continue };
        if let (Some(wanted), Some(found)) = (&region, arn.region())
            && found.as_str() != wanted
        {
            let detail = format!(
                "The alarm lives in {wanted} and can tell topics there alone, but `{topic}` is in {found}."
            );
            let at = path!(Monitor => alarm.topic_arns);
            plan.diagnostics.error(at, "A topic of another region", detail);
        }
    }
}

fn check_role(plan: &mut Plan<Monitor>) {
    let planned = &plan.planned;
    let account = planned.account.as_known().and_then(|account| account.id.as_known().cloned());
    let role = planned.canary.as_known().and_then(|canary| canary.execution_role_arn.as_known());
    let role: Option<Arn> = role.and_then(|role| role.parse().ok());
    if let (Some(account), Some(found)) = (account, role.and_then(|role| role.account()))
        && found.as_str() != account
    {
        let detail = format!(
            "The canary lives in account {account} and can run with a role of that account alone, but this one is of {found}."
        );
        let at = path!(Monitor => canary.execution_role_arn);
        plan.diagnostics.error(at, "A role of another account", detail);
    }
}

/// A probe that writes into another account needs a role there; two locations of one name would
/// write one metric, two in one group would have one schedule; and what fails together with its
/// watchman is not watched.
fn check_locations(plan: &mut Plan<Monitor>) {
    let planned = &plan.planned;
    match planned.engine {
        Attr::Known(Engine::Probe) => {}
        Attr::Known(Engine::Canary) => return check_canary_s_region(plan),
        Attr::Null | Attr::Unknown => return,
    }
    let home = planned.account.as_known().and_then(|account| account.id.as_known());
    let (mut names, mut groups) = (BTreeSet::new(), BTreeSet::new());
    let mut problems = Vec::new();
    let mut regions = BTreeSet::new();
    let mut is_complete = planned.locations.as_known().is_some();
    for (key, location) in planned.locations.as_known().into_iter().flatten() {
        let Some(location) = location.as_known() else {
            is_complete = false;
            continue;
        };
        let at = path!(Monitor => locations).key(key);
        if let (Some(home), Some(account)) = (home, location.account_id.as_known())
            && home != account
            && planned.metrics_role_arn.is_null()
        {
            problems.push((at.attribute("account_id"), "No way to write the metrics", format!(
                "This location is in account {account} and the monitor in {home}: set `metrics_role_arn` to a role in {home} that the location's function may take on."
            )));
        }
        if let Some(name) = location.name.as_known()
            && !names.insert(name)
        {
            problems.push((at.attribute("name"), "Two locations of one name", format!(
                "Another location of this monitor is called `{name}` as well, and their metrics would be one."
            )));
        }
        let Location { account_id, region, schedule_group_name, .. } = location;
        if let (Some(account), Some(region), Some(group)) =
            (account_id.as_known(), region.as_known(), schedule_group_name.as_known())
            && !groups.insert((account, region, group))
        {
            problems.push((at.attribute("schedule_group_name"), "Two locations in one group", format!(
                "Another location of this monitor has the schedule group `{group}` in account {account}, region {region} as well, and their schedules would be one."
            )));
        }
        is_complete &= region.as_known().is_some();
        regions.extend(region.as_known());
    }
    let lonely = regions.first().filter(|_| is_complete && regions.len() == 1);
    let warning = lonely.and_then(|region| watches_itself(planned, region));
    for (at, summary, detail) in problems {
        plan.diagnostics.error(at, summary, detail);
    }
    if let Some(detail) = warning {
        let at = path!(Monitor => locations);
        plan.diagnostics.warning(at, "A region that watches itself", detail);
    }
}

/// What is told when all locations are in the region whose endpoint they watch.
fn watches_itself(planned: &Monitor, region: &str) -> Option<String> {
    let target = own_target(planned, region)?;
    Some(format!(
        "`{target}` is an endpoint of {region}, and all locations are in {region}: when that region fails, the watchmen fail with it, and nothing rings before the alarm for missing data. Add a location elsewhere."
    ))
}

/// A canary runs in the monitor's region alone.
fn check_canary_s_region(plan: &mut Plan<Monitor>) {
    let Some(region) = plan.planned.region.as_known() else { return };
    let Some(target) = own_target(&plan.planned, region) else { return };
    let detail = format!(
        "`{target}` is an endpoint of {region}, and the canary runs in {region}: when that region fails, the canary fails with it, and nothing may ring. Give the monitor another `region`, or watch with the engine `probe` from several."
    );
    let at = path!(Monitor => region);
    plan.diagnostics.warning(at, "A region that watches itself", detail);
}

/// What a monitor watches, if it is an endpoint of this region.
fn own_target(planned: &Monitor, region: &str) -> Option<String> {
    let target = lower::target(planned).ok()?;
    own_endpoint(&target).filter(|own| own == region).map(|_| target)
}

/// The region that an AWS endpoint is of, from its name: `….eu-west-1.amazonaws.com`,
/// `….eu-west-1.on.aws`
/// (<https://docs.aws.amazon.com/general/latest/gr/rande.html>).
pub(super) fn own_endpoint(target: &str) -> Option<String> {
    let host = match Url::parse(target) {
        Ok(url) if url.has_host() => url.host_str()?.to_owned(),
        _ => target.rsplit_once(':').map_or(target, |(host, _)| host).to_owned(),
    };
    let endings = [".amazonaws.com", ".amazonaws.com.cn", ".on.aws", ".api.aws"];
    if !endings.iter().any(|ending| host.ends_with(ending)) {
        return None;
    }
    // The last label that reads like a region: a load balancer's own name may read like one as well.
    host.rsplit('.').find_map(region_in)
}

/// The region that a label of an endpoint's name says. Older names of S3 have it behind a hyphen, and EC2
/// calls its first region otherwise
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/WebsiteEndpoints.html>,
/// <https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-naming.html>).
fn region_in(label: &str) -> Option<String> {
    if label == "compute-1" {
        return Some("us-east-1".to_owned());
    }
    let of_s3 = label.strip_prefix("s3-website-").or_else(|| label.strip_prefix("s3-"));
    let region = of_s3.unwrap_or(label);
    region.parse::<Region>().is_ok().then(|| region.to_owned())
}

/// Whether Synthetics takes a tag with this key, which allows less than tags do elsewhere
/// (<https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_CreateCanary.html>, `Tags`:
/// `^(?!aws:)[a-zA-Z+-=._:/]+$`, where `+-=` spans the digits).
pub(super) fn is_tag_key(key: &str) -> bool {
    key.chars().all(|c| c.is_ascii_alphabetic() || ('+'..='=').contains(&c) || c == '_')
}

pub(super) fn check_tag_keys(plan: &mut Plan<Monitor>) {
    let tags = plan.planned.tags_all.as_known().into_iter().flatten();
    for key in tags.map(|(key, _)| key).filter(|key| !is_tag_key(key)) {
        let detail = format!(
            "Synthetics takes no tag with the key `{key}`: keys there hold letters without accents, digits and `+,-./:;<=_`. The tag is one of the monitor's `tags` or of the provider's `default_tags`."
        );
        let at = path!(Monitor => tags);
        plan.diagnostics.error(at, "A tag that Synthetics refuses", detail);
    }
}
