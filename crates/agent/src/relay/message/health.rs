//! An event of AWS Health.

use contract::relay::Settings;
use discord::message::Embed;
use discord::message::markdown::{code, cut, escape, link};

use super::incident::moment;
use super::{alarm, color, console};
use crate::relay::notice::{Category, HealthNotice};
use crate::relay::words::Words;

/// Resources that are listed.
const ENTITIES: usize = 10;
/// Characters of AWS's words.
const PROSE: usize = 2_000;

pub(super) fn embed(notice: &HealthNotice, id: &str, settings: &Settings, words: &Words) -> Embed {
    let service = Some(notice.service.as_str()).filter(|service| !service.is_empty());
    let service = escape(service.unwrap_or(&notice.code));
    let (sign, edge, told) = kind(notice, words);
    let address = console::health(notice.arn.as_deref(), &notice.region);
    Embed::new(&format!("{sign} {}", told(&service)))
        .color(edge)
        .footer(&super::footer(id, [Some("AWS Health".to_owned())]))
        .url(&address)
        .inline(words.account, &alarm::account(&notice.account, settings))
        .inline(words.region, &code(&notice.region))
        .inline(words.starts, &moment(notice.start))
        .inline(words.ends, &moment(notice.end))
        .field(words.event, &code(&notice.code))
        .field(words.affected, &affected(&notice.entities, words))
        .field(words.links, &link(words.open_console, &address))
        .description(&cut(&escape(notice.description.trim()), PROSE))
}

fn kind(notice: &HealthNotice, words: &Words) -> (&'static str, u32, fn(&str) -> String) {
    if notice.closed {
        return ("🟢", color::UP, words.health_over);
    }
    match notice.category {
        Category::Issue => ("🩺", color::WARNING, words.health_issue),
        Category::ScheduledChange => ("🗓️", color::CALM, words.health_change),
        Category::AccountNotification => ("📣", color::CALM, words.health_notice),
        Category::Investigation => ("🔎", color::CALM, words.health_investigation),
        Category::Other => ("🩺", color::CALM, words.health_other),
    }
}

fn affected(entities: &[String], words: &Words) -> String {
    let mut lines: Vec<String> =
        entities.iter().take(ENTITIES).map(|one| cut(&code(one), 90)).collect();
    if entities.len() > ENTITIES {
        lines.push((words.and_more)(entities.len() - ENTITIES));
    }
    lines.join("\n")
}
