//! The forms in which a secret may be written.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE},
};

use crate::{Error, Result};

/// Shorter secrets would be found by accident, most of all in base64.
const SHORTEST: usize = 12;

/// One way to write a secret.
pub(super) struct Needle {
    pub(super) form: &'static str,
    pub(super) bytes: Vec<u8>,
}

/// Everything to look for.
pub(super) fn needles(secret: &str) -> Result<Vec<Needle>> {
    if secret.len() < SHORTEST {
        return Err(Error::unexpected(format!(
            "a secret of {} characters is too short to search for; {SHORTEST} are needed",
            secret.len()
        )));
    }
    let once = json(secret);
    let percent = percent_encoded(secret, false);
    let mut needles: Vec<Needle> = Vec::new();
    let mut add = |form, bytes: Vec<u8>| {
        if !needles.iter().any(|needle| needle.bytes == bytes) {
            needles.push(Needle { form, bytes });
        }
    };
    add("plain", secret.into());
    add("JSON", once.clone().into());
    add("JSON in JSON", json(&once).into());
    add("JSON with escaped slashes", once.replace('/', "\\/").into());
    add("JSON as Go writes it", go_json(&once).into());
    add("percent-encoded", lower_escapes(&percent).into());
    add("percent-encoded", percent.into());
    add("percent-encoded", percent_encoded(secret, true).into());
    add("form", url::form_urlencoded::byte_serialize(secret.as_bytes()).collect::<String>().into());
    let hexadecimal = hexadecimal(secret);
    add("hexadecimal", hexadecimal.to_uppercase().into());
    add("hexadecimal", hexadecimal.into());
    for skipped in 0..3 {
        add("base64", base64_inside(&STANDARD, secret, skipped));
        add("base64 for URLs", base64_inside(&URL_SAFE, secret, skipped));
    }
    Ok(needles)
}

/// Two lower-case digits for each byte.
pub(super) fn hexadecimal(text: &str) -> String {
    text.bytes().fold(String::new(), |mut all, byte| {
        for half in [byte >> 4, byte & 15] {
            all.extend(char::from_digit(u32::from(half), 16));
        }
        all
    })
}

fn json(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// Go's encoder also escapes what matters in HTML.
pub(super) fn go_json(json: &str) -> String {
    json.replace('&', "\\u0026").replace('<', "\\u003c").replace('>', "\\u003e")
}

/// Everything but letters, digits and `-._~` is escaped; with `keep_path`, `/` and `:` stay.
pub(super) fn percent_encoded(text: &str, keep_path: bool) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            b'/' | b':' if keep_path => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

/// `%2F` becomes `%2f`, the rest stays.
pub(super) fn lower_escapes(encoded: &str) -> String {
    let mut after = usize::MAX;
    encoded
        .chars()
        .map(|letter| {
            after = if letter == '%' { 0 } else { after.saturating_add(1) };
            if after <= 2 { letter.to_ascii_lowercase() } else { letter }
        })
        .collect()
}

/// What is always the same in the base64 of a longer text that holds the secret, when `skipped`
/// bytes (modulo three) stand before it: the characters at both ends also depend on what is around
/// and are left out.
fn base64_inside(engine: &impl Engine, secret: &str, skipped: usize) -> Vec<u8> {
    let mut padded = vec![0_u8; skipped];
    padded.extend_from_slice(secret.as_bytes());
    let encoded = engine.encode(&padded);
    let first = (skipped * 8).div_ceil(6);
    let last = padded.len() * 8 / 6;
    encoded.as_bytes()[first..last].to_vec()
}
