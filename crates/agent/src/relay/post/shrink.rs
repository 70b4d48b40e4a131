//! An embed of fewer characters, for a message that many incidents share.

use discord::message::{Embed, length, markdown};
use serde_json::Value;

/// An embed as Discord takes it, and the characters that count: the whole one, if it fits into the room when its prose is cut;
/// else the brief one, which says the same facts in few characters.
pub fn fit([whole, brief]: [&Embed; 2], room: usize) -> (Value, usize) {
    let mut written = serde_json::to_value(whole).unwrap_or_default();
    let surplus = size(&written).saturating_sub(room);
    cut(&mut written, "description", surplus);
    let size = size(&written);
    if size <= room { (written, size) } else { shrink(brief, room) }
}

/// What is over the room goes: the end of the description first, then the last fields, the line above the title, and the end of
/// the title. The footer stays, since messages are found by it.
fn shrink(embed: &Embed, room: usize) -> (Value, usize) {
    let mut written = serde_json::to_value(embed).unwrap_or_default();
    let surplus = size(&written).saturating_sub(room);
    cut(&mut written, "description", surplus);
    while size(&written) > room && drop_last_field(&mut written) {}
    if size(&written) > room {
        remove(&mut written, "author");
    }
    let surplus = size(&written).saturating_sub(room);
    cut(&mut written, "title", surplus);
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
        let (written, size) = fit([&whole, &whole], 6_000);
        assert_eq!(serde_json::to_value(&whole).ok(), Some(written));
        assert_eq!(size, whole.size());
    }

    #[test]
    fn prose_goes_before_facts_and_the_brief_form_before_that() {
        let facts = [("Owner".to_owned(), "o".repeat(300))];
        let (whole, brief) = (embed("t", &"p ".repeat(500), &facts), embed("t", "brief", &[]));
        let (written, size) = fit([&whole, &brief], 600);
        assert_eq!(written["fields"][0]["value"], facts[0].1);
        assert!(
            written["description"].as_str().is_some_and(|it| it.starts_with("p p")) && size > 500
        );
        let (written, _) = fit([&whole, &brief], 200);
        assert_eq!((&written["description"], written.get("fields")), (&"brief".into(), None));
    }

    proptest! {
        #[test]
        fn nothing_is_over_its_room_and_the_footer_stays(
            title in ".{0,300}",
            description in "(?s).{0,5000}",
            fields in prop::collection::vec((".{1,100}", ".{1,900}"), 0..10),
            room in 60_usize..7_000,
        ) {
            let embed = embed(&title, &description, &fields);
            let (written, size) = fit([&embed, &embed], room);
            prop_assert!(size <= room, "{} > {}", size, room);
            prop_assert_eq!(&written["footer"]["text"], "abcdefghjk · hinomi");
        }
    }
}
