//! What is not as it is declared and no other attribute shows, in words.

use super::COMPLETE;
use super::found::Found;
use super::read::parsed;
use super::wanted::Wanted;
use crate::aws::Partition;
use crate::aws::objects::{Tags, function, role};

/// A report's condition: [`COMPLETE`], or what of its objects is gone or differs.
pub(super) fn of(wanted: &Wanted, found: &Found, partition: &Partition) -> String {
    let mut problems = Problems { told: Vec::new(), tags: &wanted.tags };
    problems.running(wanted, found);
    problems.recorded(wanted, found, partition);
    if problems.told.is_empty() { COMPLETE.to_owned() } else { problems.told.join("; ") }
}

struct Problems<'a> {
    told: Vec<String>,
    tags: &'a Tags,
}

impl Problems<'_> {
    /// What an object that may be gone differs in.
    fn object<T>(
        &mut self,
        thing: &str,
        found: Option<&T>,
        differences: impl Fn(&T) -> Vec<&'static str>,
    ) {
        let Some(found) = found else {
            self.told.push(format!("the {thing} is gone"));
            return;
        };
        let differences = differences(found);
        if !differences.is_empty() {
            self.told.push(format!("the {thing} has another {}", differences.join(" and ")));
        }
    }

    fn role(&mut self, thing: &str, wanted: Option<&role::Role>, found: Option<&role::Found>) {
        let Some(wanted) = wanted else { return };
        let tags = self.tags;
        self.object(thing, found, |found| {
            // Path and policy are attributes.
            let told = ["description", "trust policy", "permissions boundary"];
            let parts = found.differences(wanted).into_iter().filter(|part| told.contains(part));
            parts.chain(of_tags(&found.tags, tags)).collect()
        });
    }

    fn running(&mut self, wanted: &Wanted, found: &Found) {
        let tags = self.tags;
        // Its tags are an attribute.
        self.object("function", found.function.as_ref(), |it| of_function(&wanted.function, it));
        let log_group = found.log_group.as_ref().map(|group| &group.tags);
        self.object("log group", log_group, |it| of_tags(it, tags));
        self.role("role", wanted.role.as_ref(), found.role.as_ref());
        self.role("schedule's role", wanted.scheduler_role.as_ref(), found.scheduler_role.as_ref());
        let group = found.schedule_group.as_ref().map(|group| &group.tags);
        self.object("schedule group", group, |it| of_tags(it, tags));
        self.object("schedule", found.schedule.as_ref(), |schedule| {
            let wanted_schedule = &wanted.schedule;
            let same = [
                ("description", schedule.description == wanted_schedule.description),
                ("target", schedule.function_arn == wanted_schedule.function_arn),
                ("role", schedule.role_arn == wanted_schedule.role_arn),
                // What the settings say is told by the attributes.
                ("input", parsed(schedule).is_some()),
                ("state", schedule.enabled),
                (
                    "retry policy",
                    schedule.retries == wanted_schedule.retries
                        && schedule.longest_age_seconds == wanted_schedule.longest_age_seconds,
                ),
            ];
            differing(same)
        });
        // What a proxy's address or another bucket is, no attribute says.
        let settings = found.schedule.as_ref().and_then(parsed).map(|run| run.settings);
        let wanted = &wanted.run.settings;
        if let Some(settings) = settings {
            let same = [
                ("name", settings.name == wanted.name),
                ("bucket", settings.history.bucket == wanted.history.bucket),
                ("address of Discord", settings.discord_base_url == wanted.discord_base_url),
            ];
            for what in differing(same) {
                self.told.push(format!("the schedule's input has another {what}"));
            }
        }
    }

    fn recorded(&mut self, wanted: &Wanted, found: &Found, partition: &Partition) {
        let tags = self.tags;
        if let Some(bucket) = wanted.bucket.own() {
            self.object("bucket", found.bucket.as_ref(), |found| {
                let parts = found.differences(partition, bucket).into_iter();
                parts.chain(of_tags(&found.tags, tags)).collect()
            });
        }
        self.object("database", found.database.as_ref(), |found| {
            let is_same = found.description == wanted.database.description;
            let parts = differing([("description", is_same)]).into_iter();
            parts.chain(of_tags(&found.tags, tags)).collect()
        });
        self.object("table", found.table.as_ref(), |found| found.differences(&wanted.table));
        if let Some(workgroup) = &wanted.workgroup {
            self.object("workgroup", found.workgroup.as_ref(), |found| {
                let parts = found.differences(workgroup).into_iter();
                parts.chain(of_tags(&found.tags, tags)).collect()
            });
        }
        for query in &wanted.queries {
            let same: Vec<_> =
                found.queries.iter().filter(|found| found.query.name == query.name).collect();
            // Whether it is there, the attribute says.
            if same.len() > 1 {
                self.told.push(format!("the query {} is saved twice", query.name));
            } else if same.iter().any(|found| found.query != *query) {
                self.told.push(format!("the query {} has another text", query.name));
            }
        }
    }
}

fn differing<const N: usize>(same: [(&'static str, bool); N]) -> Vec<&'static str> {
    same.into_iter().filter(|(_, is_same)| !is_same).map(|(what, _)| what).collect()
}

/// Whether tags differ from what they shall be, those apart that AWS sets by itself.
fn of_tags(found: &Tags, wanted: &Tags) -> Vec<&'static str> {
    let is_same = found.iter().filter(|(key, _)| !key.starts_with("aws:")).eq(wanted);
    differing([("set of tags", is_same)])
}

/// What of the function is no attribute.
fn of_function(wanted: &function::Function, found: &function::Found) -> Vec<&'static str> {
    let function = &found.function;
    differing([
        ("description", wanted.description == function.description),
        ("role", wanted.role_arn == function.role_arn),
        ("timeout", wanted.timeout_seconds == function.timeout_seconds),
        ("log group", wanted.log_group == function.log_group),
        ("set of variables", wanted.environment == function.environment),
        ("network", wanted.vpc == function.vpc),
        ("runtime or handler", found.runs_agent),
    ])
}
