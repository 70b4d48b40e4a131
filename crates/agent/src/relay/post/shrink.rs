//! An embed of fewer characters, for a message that many incidents share.

use discord::message::{Embed, length, markdown};
use serde_json::Value;

/// The embed as Discord takes it, and the characters that count. What is over the room goes: the last fields first, then the
/// end of the description, the line above the title, and the end of the title. The footer stays, since messages are found by it.
pub fn shrink(embed: &Embed, room: usize) -> (Value, usize) {
    let mut written = serde_json::to_value(embed).unwrap_or_default();
    while size(&written) > room && drop_last_field(&mut written) {}
    for part in ["description", "title"] {
        let surplus = size(&written).saturating_sub(room);
        if surplus == 0 {
            break;
        }
        if part == "title" {
            remove(&mut written, "author");
        }
        let surplus = size(&written).saturating_sub(room);
        cut(&mut written, part, surplus);
    }
    let size = size(&written);
    (written, size)
}

fn drop_last_field(embed: &mut Value) -> bool {
    let Some(fields) = embed.get_mut("fields").and_then(Value::as_array_mut) else { return false };
    fields.pop().is_some()
}

fn remove(embed: &mut Value, part: &str) {
    if let Some(parts) = embed.as_object_mut() {
        parts.remove(part);
    }
}

fn cut(embed: &mut Value, part: &str, surplus: usize) {
    let Some(text) = embed.get(part).and_then(Value::as_str) else { return };
    if surplus == 0 {
        return;
    }
    let shorter = markdown::cut(text, length(text).saturating_sub(surplus));
    if shorter.trim().is_empty() {
        remove(embed, part);
    } else {
        embed[part] = Value::String(shorter);
    }
}

/// Characters that Discord counts: title, description, fields, footer and author.
fn size(embed: &Value) -> usize {
    let of = |value: &Value| value.as_str().map_or(0, length);
    let fields = embed["fields"].as_array().into_iter().flatten();
    let fields: usize = fields.map(|field| of(&field["name"]) + of(&field["value"])).sum();
    fields
        + of(&embed["title"])
        + of(&embed["description"])
        + of(&embed["footer"]["text"])
        + of(&embed["author"]["name"])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn embed(title: &str, description: &str, fields: &[(String, String)]) -> Embed {
        let embed = Embed::new(title).footer("abcdefghjk · hinomi").author("an account", None);
        let embed = embed.description(description);
        fields.iter().fold(embed, |embed, (name, value)| embed.field(name, value))
    }

    #[test]
    fn what_fits_stays_whole() {
        let whole = embed("title", "description", &[("a".to_owned(), "b".to_owned())]);
        let (written, size) = shrink(&whole, 6_000);
        assert_eq!(serde_json::to_value(&whole).ok(), Some(written));
        assert_eq!(size, whole.size());
    }

    proptest! {
        #[test]
        fn nothing_is_over_its_room_and_the_footer_stays(
            title in ".{0,300}",
            description in "(?s).{0,5000}",
            fields in prop::collection::vec((".{1,100}", ".{1,900}"), 0..10),
            room in 60_usize..7_000,
        ) {
            let (written, size) = shrink(&embed(&title, &description, &fields), room);
            prop_assert!(size <= room, "{} > {}", size, room);
            prop_assert_eq!(&written["footer"]["text"], "abcdefghjk · hinomi");
        }
    }
}
