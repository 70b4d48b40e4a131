//! What goes in, and what Discord's own description says of it.

use discord_standin::Operation;
use discord_standin::openapi::Description;
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::markdown::{self, Style, cut, escape};
use super::*;

/// Text of any kind: random characters, and what markdown and Discord treat in their own way.
fn wild() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "(?s).{0,30}",
        (0_usize..400).prop_map(|count| "word ".repeat(count)),
        prop::sample::select(vec![
            "```",
            "`",
            "**",
            "\\",
            "[",
            "](",
            ")",
            "<",
            "<t:1:R>",
            "<@&1310000000000000001>",
            "@everyone",
            "https://example.com/a_b_(c)",
            "\n",
            "\u{0}",
            "\u{200b}",
            "\u{7}",
            " ",
            "👩‍👩‍👧‍👦",
            "e\u{301}",
            "火の見",
            "> ",
            "# ",
        ])
        .prop_map(str::to_owned),
    ];
    vec(piece, 0..10).prop_map(|pieces| pieces.concat())
}

fn long() -> impl Strategy<Value = String> {
    (wild(), 1_usize..12).prop_map(|(text, times)| text.repeat(times))
}

prop_compose! {
    fn any_embed()(
        title in long(), text in long(), footer in wild(), author in wild(), address in wild(),
        fields in vec((wild(), wild(), any::<bool>()), 0..30),
        color in any::<u32>(), picture in wild(), time in wild(),
    ) -> Embed {
        let mut embed = Embed::new(&title)
            .color(color)
            .footer(&footer)
            .url(&address)
            .author(&author, Some(&address))
            .image(&File::png(&picture, &text, vec![1]))
            .timestamp(&time);
        for (name, value, inline) in &fields {
            let add = if *inline { Embed::inline } else { Embed::field };
            embed = add(embed, name, value);
        }
        embed.description(&text)
    }
}

prop_compose! {
    fn any_message()(
        content in long(), embed in any_embed(),
        roles in vec(wild(), 0..3), everyone in any::<bool>(), users in 0_u64..60,
    ) -> Value {
        let users: Vec<String> =
            (0..users).map(|number| (1_310_000_000_000_000_000 + number).to_string()).collect();
        let roles = roles.iter().map(String::as_str);
        let mentions = Mentions::new(roles, users.iter().map(String::as_str), everyone);
        let message = Message::text(&content).with_mentions(&mentions);
        let mut written = serde_json::to_value(&message).expect("JSON");
        written["embeds"] = json!([embed]);
        written
    }
}

/// Everything that Discord refuses, as its documentation has it.
fn refused(message: &Value) -> Option<String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let empty = Vec::new();
    let embeds = message["embeds"].as_array().unwrap_or(&empty);
    let mut total = 0;
    let mut check = |what: &str, value: &Value, least: usize, most: usize| {
        let text = text(value);
        total += length(&text);
        let size = length(&text);
        let is_fine = (least..=most).contains(&size) && text.trim() == text;
        (!is_fine).then(|| format!("{what} has {size} characters, or space around them"))
    };
    let mut problems = vec![];
    for embed in embeds {
        problems.extend(check("title", &embed["title"], 1, 256));
        problems.extend(check("description", &embed["description"], 0, 4096));
        problems.extend(check("footer", &embed["footer"]["text"], 0, 2048));
        problems.extend(check("author", &embed["author"]["name"], 0, 256));
        let fields = embed["fields"].as_array().unwrap_or(&empty);
        for field in fields {
            problems.extend(check("name", &field["name"], 1, 256));
            problems.extend(check("value", &field["value"], 1, 1024));
        }
        problems.extend((fields.len() > 25).then(|| "too many fields".to_owned()));
    }
    problems.extend((total > 6000).then(|| format!("{total} characters in embeds")));
    problems.extend((embeds.len() > 10).then(|| "too many embeds".to_owned()));
    let content = text(&message["content"]);
    problems.extend((length(&content) > 2000).then(|| "content is too long".to_owned()));
    let parse = &message["allowed_mentions"]["parse"];
    problems.extend((!parse.is_array()).then(|| "anybody may be mentioned".to_owned()));
    problems.into_iter().next()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn no_message_breaks_a_limit(message in any_message()) {
        prop_assert_eq!(refused(&message), None);
    }
}

proptest! {
    #[test]
    fn a_cut_is_a_prefix_within_the_limit(text in long(), most in 0_usize..300) {
        let short = cut(&text, most);
        prop_assert!(length(&short) <= most);
        if length(&text) <= most {
            prop_assert_eq!(short, text);
        } else {
            let kept = short.strip_suffix("\n```").unwrap_or(&short);
            let kept = kept.strip_suffix('…').unwrap_or(kept);
            prop_assert!(text.starts_with(kept), "{short:?}");
        }
    }

    #[test]
    fn a_cut_keeps_things_whole(
        parts in vec((0..6, "[a-z`*_\\[\\]()<> \\\\]{1,30}"), 1..40),
        most in 1_usize..600,
    ) {
        let mut text = String::new();
        for (kind, words) in &parts {
            let part = match kind {
                0 => escape(words),
                1 => markdown::link(words, "https://example.com/page?id=(1)"),
                2 => format!("\n{}\n", markdown::code_block("json", words)),
                3 => markdown::timestamp(1_795_489_512, Style::Relative),
                4 => markdown::code(words),
                _ => markdown::bold(words),
            };
            text.push_str(&part);
            text.push(' ');
        }
        let short = cut(&text, most);
        let count = |part: &str| short.matches(part).count();
        prop_assert_eq!(count("```") % 2, 0, "{}", short);
        prop_assert_eq!(count("](https://example.com/page?id="), count("id=%281%29)"), "{}", short);
        prop_assert_eq!(count("<t:1795489512"), count("<t:1795489512:R>"), "{}", short);
        prop_assert!(!short.trim_end_matches('…').ends_with('\\') || short.contains("\\\\"));
    }

    #[test]
    fn nothing_in_quoted_text_is_markdown(text in "[a-z*_~`|<>\\[\\]()\\\\# \n@-]{0,80}") {
        // Without its escaped characters, nothing is left that Discord would format.
        let quoted = escape(&text);
        let mut bare = String::new();
        let mut characters = quoted.chars();
        while let Some(character) = characters.next() {
            if character == '\\' {
                characters.next();
            } else {
                bare.push(character);
            }
        }
        prop_assert!(!bare.contains(['*', '_', '~', '`', '|', '<', '[', ']']), "{quoted}");
        for line in quoted.lines() {
            prop_assert!(!line.trim_start().starts_with(['>', '#', '-']), "{quoted}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn discords_own_description_takes_every_message(message in any_message()) {
        let description = Description::official();
        for operation in [Operation::Execute, Operation::EditMessage] {
            prop_assert_eq!(description.check_request(operation, &message), Ok(()));
        }
    }
}

#[test]
fn a_message_is_written_as_discord_has_it() {
    let chart = File::png("../chart 1.png", "A chart.", vec![1, 2]);
    let embed = Embed::new("It burns")
        .color(0xed_4245)
        .inline("Since", "12:00")
        .field("", "named by a dash")
        .field("Empty", " \n")
        .image(&chart)
        .footer("Hinomi")
        .timestamp("2026-11-24T03:00:00Z");
    let mentions = Mentions::new(["1310000000000000001", "everyone"], [], false);
    let message = Message::text("down @everyone").with_mentions(&mentions);
    let expected = json!({
        "content": "<@&1310000000000000001> down @everyone",
        "allowed_mentions": { "parse": [], "roles": ["1310000000000000001"], "users": [] },
    });
    assert_eq!(serde_json::to_value(&message).expect("JSON"), expected);
    let expected = json!({
        "title": "It burns", "color": 0xed_4245,
        "fields": [
            { "name": "Since", "value": "12:00", "inline": true },
            { "name": "—", "value": "named by a dash", "inline": false },
        ],
        "image": { "url": "attachment://chart1.png" },
        "footer": { "text": "Hinomi" },
        "timestamp": "2026-11-24T03:00:00Z",
    });
    assert_eq!(serde_json::to_value(&embed).expect("JSON"), expected);
}

#[test]
fn cuts_are_made_where_they_do_no_harm() {
    for (text, most, expected) in [
        ("short", 5, "short"),
        ("a long text", 7, "a long…"),
        ("a long text", 8, "a long…"),
        ("see [the page](https://example.com) now", 20, "see…"),
        ("at <t:1795489512:R> it", 10, "at…"),
        ("a https://example.com/long b", 12, "a…"),
        ("👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 13, "👩‍👩‍👧‍👦…"),
        ("e\u{301}e\u{301}e\u{301}", 4, "e\u{301}…"),
        ("```json\n{\"a\": \"0123456789\"}\n```", 28, "```json\n{\"a\": \"01234567…\n```"),
        ("\\*\\*\\*\\*", 4, "\\*…"),
        ("anything", 1, "…"),
        ("anything", 0, ""),
    ] {
        assert_eq!(cut(text, most), expected, "{text}");
    }
}

#[test]
fn foreign_text_is_quoted_and_addresses_stay() {
    for (text, expected) in [
        ("a_b *c*", "a\\_b \\*c\\*"),
        ("see https://example.com/a_b_c now_", "see https://example.com/a_b_c now\\_"),
        ("# head\n- item\n> quote", "\\# head\n\\- item\n\\> quote"),
        ("<@123> [x](https://evil.example)", "\\<@123> \\[x\\](https://evil.example)"),
        ("well-known #1", "well-known #1"),
        ("a@here.example, @here", "a@\u{200b}here.example, @\u{200b}here"),
    ] {
        assert_eq!(escape(text), expected);
    }
    let block = markdown::code_block("", "a ``` b ```");
    assert_eq!(block.matches("```").count(), 2, "{block}");
    assert_eq!(markdown::link("a]b", "javascript:alert(1)"), "a\\]b");
    let link = markdown::link("see https://x.example", "https://example.com/(a)");
    assert_eq!(link, "[see https:\u{200b}//x.example](https://example.com/%28a%29)");
}
