//! What a resource keeps in the state for itself, unseen by the user.

use std::collections::BTreeMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use crate::diagnostics::{Error, Result};

/// Private data of one resource: named JSON values, carried from plan to apply to read.
///
/// The framework hands it back to Terraform with every answer, since an answer without it erases it.
/// It is in the state file like everything else: no secrets.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Private(BTreeMap<String, Json>);

impl Private {
    /// Reads the bytes that Terraform kept.
    ///
    /// # Errors
    /// When they were not written by this provider.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        if bytes.is_empty() {
            return Ok(Self::default());
        }
        serde_json::from_slice(bytes).map(Self).map_err(|problem| {
            Error::new(
                "Unreadable private data in the state",
                format!("The provider's private data of this resource is not JSON: {problem}."),
            )
        })
    }

    /// The bytes for Terraform to keep; none when there is nothing to keep.
    pub fn to_bytes(&self) -> Vec<u8> {
        if self.0.is_empty() {
            Vec::new()
        } else {
            serde_json::to_vec(&self.0).expect("a map of JSON values is JSON")
        }
    }

    /// The value under this name, when there is one of this shape.
    pub fn value<T: DeserializeOwned>(&self, name: &str) -> Option<T> {
        serde_json::from_value(self.0.get(name)?.clone()).ok()
    }

    /// Keeps a value under this name.
    ///
    /// # Errors
    /// When the value has no JSON.
    pub fn keep<T: Serialize>(&mut self, name: &str, value: &T) -> Result<()> {
        let json = serde_json::to_value(value)
            .map_err(|problem| Error::provider_bug(format!("private value `{name}`: {problem}")))?;
        self.0.insert(name.to_owned(), json);
        Ok(())
    }

    /// Forgets the value under this name.
    pub fn forget(&mut self, name: &str) {
        self.0.remove(name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_survives_the_way_through_terraform() {
        let mut private = Private::default();
        assert!(private.to_bytes().is_empty());
        private.keep("modified", &"2026-11-23").expect("JSON");
        let back = Private::from_bytes(&private.to_bytes()).expect("ours");
        assert_eq!(back.value::<String>("modified").as_deref(), Some("2026-11-23"));
        assert_eq!(back.value::<u64>("modified"), None, "another shape is no value");
        assert!(Private::from_bytes(b"\x00").is_err());
    }
}
