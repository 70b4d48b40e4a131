//! A webhook's picture, as a data URI.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use thiserror::Error;

/// Largest picture, in bytes after decoding. Discord documents no limit; pictures above 1 MiB were seen to be dropped
/// without an error (discord/discord-api-docs issue 1303).
const LARGEST: usize = 1 << 20;

/// A picture that Discord will read: a data URI of a PNG, JPEG or GIF, checked to its first bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Avatar(String);

/// Why a text is not such a picture.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum AvatarProblem {
    /// It doesn't start as a data URI of an image in base64.
    #[error("the avatar is not a data URI such as `data:image/png;base64,…`")]
    NotDataUri,
    /// An image of a type that Discord doesn't take.
    #[error("the avatar is of type `image/{kind}`; Discord takes png, jpeg and gif")]
    Type {
        /// What follows `image/`.
        kind: String,
    },
    /// Not base64, with its padding.
    #[error("the avatar's data are not base64 with padding")]
    NotBase64,
    /// The bytes are of something else.
    #[error("the avatar says `image/{kind}`, but its bytes are not of that type")]
    Mismatch {
        /// What the URI says.
        kind: &'static str,
    },
    /// Above 1 MiB.
    #[error("the avatar has {bytes} bytes; pictures above 1048576 (1 MiB) are dropped by Discord")]
    TooLarge {
        /// Bytes after decoding.
        bytes: usize,
    },
}

impl Avatar {
    /// Checks a data URI.
    pub fn parse(text: &str) -> Result<Self, AvatarProblem> {
        let rest = text.strip_prefix("data:image/").ok_or(AvatarProblem::NotDataUri)?;
        let (kind, data) = rest.split_once(";base64,").ok_or(AvatarProblem::NotDataUri)?;
        let (kind, magic): (&'static str, &[u8]) = match kind {
            "png" => ("png", b"\x89PNG\r\n\x1a\n"),
            "jpeg" => ("jpeg", b"\xff\xd8\xff"),
            "gif" => ("gif", b"GIF8"),
            other => return Err(AvatarProblem::Type { kind: other.chars().take(40).collect() }),
        };
        let bytes = STANDARD.decode(data).map_err(|_| AvatarProblem::NotBase64)?;
        if !bytes.starts_with(magic) {
            return Err(AvatarProblem::Mismatch { kind });
        }
        if bytes.len() > LARGEST {
            return Err(AvatarProblem::TooLarge { bytes: bytes.len() });
        }
        Ok(Self(text.to_owned()))
    }

    /// The data URI.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(kind: &str, bytes: &[u8]) -> String {
        format!("data:image/{kind};base64,{}", STANDARD.encode(bytes))
    }

    #[test]
    fn pictures_are_known_by_their_bytes() {
        for (kind, bytes) in [
            ("png", b"\x89PNG\r\n\x1a\nIHDR".as_slice()),
            ("jpeg", b"\xff\xd8\xff\xe0"),
            ("gif", b"GIF89a"),
        ] {
            let text = uri(kind, bytes);
            assert_eq!(Avatar::parse(&text).map(|it| it.as_str().to_owned()), Ok(text));
        }
        let table = [
            ("https://example.com/a.png".to_owned(), AvatarProblem::NotDataUri),
            ("data:image/png,raw".to_owned(), AvatarProblem::NotDataUri),
            (uri("webp", b"RIFF"), AvatarProblem::Type { kind: "webp".to_owned() }),
            ("data:image/png;base64,%%%".to_owned(), AvatarProblem::NotBase64),
            (uri("jpeg", b"\x89PNG\r\n\x1a\n"), AvatarProblem::Mismatch { kind: "jpeg" }),
        ];
        for (text, expected) in table {
            assert_eq!(Avatar::parse(&text), Err(expected), "{text}");
        }
    }

    #[test]
    fn the_size_is_that_of_the_decoded_bytes() {
        let mut bytes = b"GIF89a".to_vec();
        bytes.resize(LARGEST, 0);
        assert!(Avatar::parse(&uri("gif", &bytes)).is_ok());
        bytes.push(0);
        let expected = AvatarProblem::TooLarge { bytes: LARGEST + 1 };
        assert_eq!(Avatar::parse(&uri("gif", &bytes)), Err(expected));
    }
}
