//! What is not as it is declared, in words.

use std::collections::BTreeMap;

use aws_sdk_cloudwatch::types::MetricAlarm;
use contract::relay as run_time;

use super::super::COMPLETE;
use super::super::blueprint::{Blueprint, Hub, Part};
use super::super::look::{Seen, SeenHub, SeenRegion};
use crate::aws::objects::{Tags, queue_alarm};
use crate::aws::{Region, objects::function};

/// A relay's condition: [`COMPLETE`], or what of its objects is gone or differs.
pub(super) fn of(
    blueprint: &Blueprint,
    seen: &Seen,
    settings: Option<&run_time::Settings>,
) -> String {
    let mut problems = Problems(Vec::new());
    if let (Part::Hub(hub), Some(found)) = (&blueprint.part, &seen.hub) {
        problems.hub(blueprint, hub, found);
        problems.settings(hub, settings);
        problems.dead_letters(blueprint, found);
    }
    for region in &blueprint.regions {
        match seen.regions.get(region) {
            Some(found) => problems.region(blueprint, region, found),
            None => problems.gone(&format!("topic in {region}")),
        }
    }
    if problems.0.is_empty() { COMPLETE.to_owned() } else { problems.0.join("; ") }
}

struct Problems(Vec<String>);

impl Problems {
    fn gone(&mut self, thing: &str) {
        self.0.push(format!("the {thing} is gone"));
    }

    fn differs(&mut self, thing: &str, what: &[&str]) {
        if !what.is_empty() {
            self.0.push(format!("the {thing} has another {}", what.join(" and ")));
        }
    }

    /// What an object that may be gone differs in.
    fn object<T>(
        &mut self,
        thing: &str,
        found: Option<&T>,
        what: impl Fn(&T) -> Vec<&'static str>,
    ) {
        match found {
            None => self.gone(thing),
            Some(found) => self.differs(thing, &what(found)),
        }
    }

    fn hub(&mut self, blueprint: &Blueprint, hub: &Hub, seen: &SeenHub) {
        let queue = blueprint.queue();
        self.object("queue", seen.queue.as_ref(), |found| found.differences(&queue));
        let dead_letters = blueprint.dead_letter_queue();
        self.object("dead-letter queue", seen.dead_letters.as_ref(), |found| {
            found.differences(&dead_letters)
        });
        let table = blueprint.table();
        self.object("table", seen.table.as_ref(), |found| found.differences(&table));
        if seen.table.is_some() && !seen.table_expires {
            self.differs("table", &["expiry of its items"]);
        }
        self.object("log group", seen.log_group.as_ref(), |found| match found.retention_days {
            Some(_) => Vec::new(),
            None => vec!["retention"],
        });
        self.object("schedule group", seen.schedule_group.as_ref(), |_| Vec::new());
        if hub.given_roles.is_none() {
            let role = blueprint.role(hub);
            self.object("role", seen.role.as_ref(), |found| found.differences(&role));
            let role = blueprint.scheduler_role(hub);
            let found = seen.scheduler_role.as_ref();
            self.object("role of reminders", found, |found| found.differences(&role));
        }
        let url = seen.dead_letters.as_ref().map(|found| found.url.as_str());
        self.object("function", seen.function.as_ref(), |found| {
            function_differences(blueprint, hub, url, found)
        });
        let mapping = blueprint.event_source();
        self.object("function's event source", seen.mapping.as_ref(), |found| {
            found.differences(&mapping)
        });
        self.tags(blueprint, seen);
    }

    /// Tags of everything but the function, whose tags are an attribute.
    fn tags(&mut self, blueprint: &Blueprint, seen: &SeenHub) {
        let group = seen.schedule_group.as_ref().map(|found| &found.tags);
        let others = [
            ("log group", seen.log_group.as_ref().map(|found| &found.tags)),
            ("schedule group", group),
            ("role", seen.role.as_ref().map(|found| &found.tags)),
            ("role of reminders", seen.scheduler_role.as_ref().map(|found| &found.tags)),
        ];
        let others = others.into_iter().filter_map(|(thing, tags)| Some((thing, tags?)));
        let all = seen.tags.iter().map(|(thing, tags)| (thing.as_str(), tags));
        for (thing, tags) in all.chain(others) {
            self.tagged(blueprint, thing, tags);
        }
    }

    fn tagged(&mut self, blueprint: &Blueprint, thing: &str, found: &Tags) {
        if !is_tagged(found, &blueprint.tags) {
            self.differs(thing, &["set of tags"]);
        }
    }

    fn settings(&mut self, hub: &Hub, found: Option<&run_time::Settings>) {
        match found {
            None => self.0.push("the function's settings are gone".to_owned()),
            Some(found) if *found != hub.settings => {
                self.0.push("the function's settings differ".to_owned());
            }
            Some(_) => {}
        }
    }

    fn dead_letters(&mut self, blueprint: &Blueprint, seen: &SeenHub) {
        let topic = blueprint.dead_letter_topic();
        let found = seen.dead_letter_topic.as_ref();
        self.object("topic of dead letters", found, |found| found.differences(&topic));
        for alarm in blueprint.alarms() {
            let has_name =
                |found: &&MetricAlarm| found.alarm_name.as_deref() == Some(alarm.name.as_str());
            let found = seen.alarms.iter().find(has_name);
            self.object(&format!("alarm {}", alarm.name), found, |found| {
                if queue_alarm::is_same(found, &alarm) { Vec::new() } else { vec!["setting"] }
            });
        }
    }

    fn region(&mut self, blueprint: &Blueprint, region: &Region, seen: &SeenRegion) {
        let topic = blueprint.topic(region);
        let thing = format!("topic in {region}");
        self.object(&thing, seen.topic.as_ref(), |found| found.differences(&topic));
        if seen.topic.is_some() && !seen.feeds.contains(&blueprint.fed_queue()) {
            self.0.push(format!("the {thing} does not feed the queue"));
        }
        self.differs(&format!("subscription of the {thing}"), &seen.feed_differences);
        if seen.topic.is_some() {
            self.tagged(blueprint, &thing, &seen.topic_tags);
        }
        if blueprint.health {
            let rule = blueprint.rule(region);
            let thing = format!("rule for AWS Health in {region}");
            self.object(&thing, seen.rule.as_ref(), |found| found.differences(&rule));
            if seen.rule.is_some() {
                self.tagged(blueprint, &thing, &seen.rule_tags);
            }
            if seen.rule.is_some() && !seen.targets.contains(&rule.target_arn) {
                self.differs(&thing, &["target"]);
            }
        }
    }
}

/// Whether tags are what they shall be, those apart that AWS sets by itself.
fn is_tagged(found: &Tags, wanted: &Tags) -> bool {
    found.iter().filter(|(key, _)| !key.starts_with("aws:")).eq(wanted)
}

fn function_differences(
    blueprint: &Blueprint,
    hub: &Hub,
    dead_letter_url: Option<&str>,
    found: &function::Found,
) -> Vec<&'static str> {
    let wanted = blueprint.function(hub, dead_letter_url.unwrap_or_default());
    let found_function = &found.function;
    // Without the queue nobody knows its URL; that it is gone is said already.
    let environment = |of: &BTreeMap<String, String>| {
        let mut of = of.clone();
        if dead_letter_url.is_none() {
            of.remove(run_time::DEAD_LETTER_VARIABLE);
        }
        of
    };
    [
        ("runtime", found.runs_agent),
        ("role", found_function.role_arn == wanted.role_arn),
        (
            "environment",
            environment(&found_function.environment) == environment(&wanted.environment),
        ),
        ("timeout", found_function.timeout_seconds == wanted.timeout_seconds),
        ("log group", found_function.log_group == wanted.log_group),
        ("network", found_function.vpc == wanted.vpc),
        ("description", found_function.description == wanted.description),
    ]
    .into_iter()
    .filter(|(_, is_same)| !is_same)
    .map(|(what, _)| what)
    .collect()
}
