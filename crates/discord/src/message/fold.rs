//! Many embeds in few messages.

use super::Message;
use super::embed::Embed;

/// Puts embeds into as few messages as their order allows: up to ten in each, none lost.
pub fn fold(embeds: impl IntoIterator<Item = Embed>) -> Vec<Message> {
    let mut messages: Vec<Message> = Vec::new();
    for embed in embeds {
        let rest = match messages.last_mut() {
            Some(last) => last.push(embed).err().map(|embed| *embed),
            None => Some(embed),
        };
        messages.extend(rest.map(Message::embed));
    }
    messages
}
