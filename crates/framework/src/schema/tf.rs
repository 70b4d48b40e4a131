//! Terraform's words for a model's field: `extend("x-tf" = tf::required().replace())`.
//!
//! The words are ordinary functions, so that a slip is a compile error.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::Mode;

/// Key under which a field's schema carries these words.
pub const KEY: &str = "x-tf";

/// What Terraform must know of a field beyond its type.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "they are Terraform's own flags")]
pub struct Field {
    mode: Word,
    replace: bool,
    keep: bool,
    sensitive: bool,
    write_only: bool,
    default: Option<Json>,
    deprecated: Option<String>,
    pattern_words: Option<String>,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
enum Word {
    Required,
    Optional,
    OptionalComputed,
    Computed,
}

fn field(mode: Word) -> Field {
    Field {
        mode,
        replace: false,
        keep: false,
        sensitive: false,
        write_only: false,
        default: None,
        deprecated: None,
        pattern_words: None,
    }
}

/// The user must set it.
pub fn required() -> Field {
    field(Word::Required)
}

/// The user may set it.
pub fn optional() -> Field {
    field(Word::Optional)
}

/// The user may set it; where they don't, the provider chooses.
pub fn optional_computed() -> Field {
    field(Word::OptionalComputed)
}

/// The provider alone sets it.
pub fn computed() -> Field {
    field(Word::Computed)
}

/// The user may set it; where they don't, it is this. Shown in the plan as an ordinary value.
pub fn default(value: impl Serialize) -> Field {
    let mut field = field(Word::OptionalComputed);
    field.default = serde_json::to_value(value).ok();
    field
}

impl Field {
    /// A change makes a new object.
    #[must_use]
    pub fn replace(mut self) -> Self {
        self.replace = true;
        self
    }

    /// A value that the provider chose stays when other attributes change.
    #[must_use]
    pub fn keep(mut self) -> Self {
        self.keep = true;
        self
    }

    /// Terraform must not show it.
    #[must_use]
    pub fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    /// It stays in the configuration: never in a plan, never in a state (Terraform 1.11 or later).
    #[must_use]
    pub fn write_only(mut self) -> Self {
        self.write_only = true;
        self
    }

    /// It should no longer be used, for this reason.
    #[must_use]
    pub fn deprecated(mut self, reason: &str) -> Self {
        self.deprecated = Some(reason.to_owned());
        self
    }

    /// Says the field's `regex` in words that go on after "The value must ".
    #[must_use]
    pub fn pattern_in_words(mut self, words: &str) -> Self {
        self.pattern_words = Some(words.to_owned());
        self
    }

    pub(super) fn mode(&self) -> Mode {
        match self.mode {
            Word::Required => Mode::Required,
            Word::Optional => Mode::Optional,
            Word::OptionalComputed => Mode::OptionalComputed,
            Word::Computed => Mode::Computed,
        }
    }

    pub(super) fn replaces(&self) -> bool {
        self.replace
    }

    pub(super) fn keeps(&self) -> bool {
        self.keep
    }

    pub(super) fn is_sensitive(&self) -> bool {
        self.sensitive
    }

    pub(super) fn is_write_only(&self) -> bool {
        self.write_only
    }

    pub(super) fn default_value(&self) -> Option<&Json> {
        self.default.as_ref()
    }

    pub(super) fn words(&self) -> Option<&String> {
        self.pattern_words.as_ref()
    }

    pub(super) fn deprecation(&self) -> Option<&String> {
        self.deprecated.as_ref()
    }
}
