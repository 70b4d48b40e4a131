//! Avatars: a data URI of a PNG, JPEG or GIF becomes a hash, as on Discord's side.

use std::hash::{DefaultHasher, Hash, Hasher};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Checks a data URI by its own bytes and gives the avatar's hash; `None` when Discord would not read an image in it.
/// An animated picture's hash starts with `a_`, as Discord's reference on CDN endpoints says.
pub(crate) fn avatar_hash(data_uri: &str) -> Option<String> {
    let (kind, encoded) = data_uri.strip_prefix("data:image/")?.split_once(";base64,")?;
    let bytes = STANDARD.decode(encoded).ok()?;
    let (magic, prefix): (&[u8], &str) = match kind {
        "png" => (b"\x89PNG\r\n\x1a\n", ""),
        "jpeg" | "jpg" => (b"\xff\xd8\xff", ""),
        "gif" => (b"GIF8", "a_"),
        _ => return None,
    };
    if !bytes.starts_with(magic) {
        return None;
    }
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    let first = hasher.finish();
    first.hash(&mut hasher);
    Some(format!("{prefix}{first:016x}{:016x}", hasher.finish()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pictures_whose_bytes_agree_are_read() {
        let uri = |kind: &str, bytes: &[u8]| {
            format!("data:image/{kind};base64,{}", STANDARD.encode(bytes))
        };
        assert_eq!(
            avatar_hash(&uri("png", b"\x89PNG\r\n\x1a\nrest")).map(|hash| hash.len()),
            Some(32)
        );
        assert!(avatar_hash(&uri("gif", b"GIF89a")).is_some_and(|hash| hash.starts_with("a_")));
        assert!(avatar_hash(&uri("jpeg", b"\x89PNG\r\n\x1a\n")).is_none());
        assert!(avatar_hash(&uri("svg+xml", b"<svg/>")).is_none());
        assert!(avatar_hash("data:image/png;base64,%%%").is_none());
    }
}
