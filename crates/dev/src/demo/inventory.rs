//! What exists where, and what is left at the end.

use hinomi_tests::{Result, account::Object};

use crate::{console, scene::Scene};

/// Lists everything that Terraform made.
pub(super) fn show(scene: &Scene) -> Result<()> {
    console::line(format_args!("AWS account {}", scene.account.id()));
    for object in scene.made()? {
        console::line(format_args!("  {object}"));
    }
    console::line("Discord");
    for webhook in scene.discord.server().webhooks() {
        let (name, channel) = (webhook.name, webhook.channel_id);
        console::line(format_args!("  webhook \"{name}\" in channel {channel}"));
    }
    Ok(())
}

/// The closing summary; `false` when something is left.
pub(super) fn close(scene: &Scene, made: &[Object], webhooks: usize) -> Result<bool> {
    let left = scene.made()?;
    let webhooks_left = scene.discord.server().webhooks();
    console::heading("summary");
    let account = scene.account.id();
    console::line(format_args!("existed in AWS account {account}: {}", by_kind(made)));
    console::line(format_args!("existed on Discord: {}", counted(webhooks, "webhook")));
    let calls: u64 = scene.account.all_calls()?.iter().map(|calls| calls.count).sum();
    let requests = scene.discord.server().requests().len();
    console::line(format_args!("calls made: {calls} to AWS, {requests} to Discord"));
    let nothing = left.is_empty() && webhooks_left.is_empty();
    if nothing {
        console::line("left after destroy: nothing");
    } else {
        console::line("left after destroy, which is an error:");
        for object in &left {
            console::line(format_args!("  {object}"));
        }
        for webhook in &webhooks_left {
            console::line(format_args!("  webhook \"{}\" on Discord", webhook.name));
        }
    }
    Ok(nothing)
}

/// As in `2 cloudwatch:alarm, 1 budgets:budget`.
fn by_kind(objects: &[Object]) -> String {
    let mut kinds: Vec<(&str, usize)> = Vec::new();
    for object in objects {
        match kinds.iter_mut().find(|(kind, _)| *kind == object.kind) {
            Some((_, count)) => *count += 1,
            None => kinds.push((&object.kind, 1)),
        }
    }
    if kinds.is_empty() {
        return "nothing".to_owned();
    }
    let said: Vec<String> = kinds.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
    said.join(", ")
}

fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_counted() {
        let object = |kind: &str, name: &str| Object {
            region: "us-east-1".to_owned(),
            kind: kind.to_owned(),
            name: name.to_owned(),
        };
        let objects = [
            object("cloudwatch:alarm", "a"),
            object("budgets:budget", "b"),
            object("cloudwatch:alarm", "c"),
        ];
        assert_eq!(by_kind(&objects), "2 cloudwatch:alarm, 1 budgets:budget");
        assert_eq!(by_kind(&[]), "nothing");
        assert_eq!(
            (counted(1, "webhook"), counted(0, "webhook")),
            ("1 webhook".into(), "0 webhooks".into())
        );
    }
}
