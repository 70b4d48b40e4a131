//! Which objects this process made.
//!
//! An object in AWS is found by its name, and a name can't be had twice. Terraform knows no such
//! thing: with `create_before_destroy`, or when two resources are given one name, it asks to create
//! an object that exists and, later, to remove "the other one", which is the same.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use framework::{Diagnostics, Error, Path, Result};

use crate::aws::Session;

/// The objects that were made or taken over since the provider was configured.
#[derive(Debug, Default)]
pub struct Claims(Mutex<HashSet<Object>>);

/// One object: a kind of thing, and where and by which name it is found.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Object {
    thing: &'static str,
    place: String,
    name: String,
}

impl Object {
    /// The object of this kind and name where the session leads.
    pub fn new(thing: &'static str, session: &Session, name: &str) -> Self {
        let place = format!("{}/{}", session.account(), session.region());
        Self { thing, place, name: name.to_owned() }
    }
}

impl Claims {
    /// Takes a name for a resource that is about to make the object.
    ///
    /// # Errors
    /// When another resource has taken it in this run.
    pub fn claim(&self, object: &Object) -> Result<()> {
        let mut claimed = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if claimed.insert(object.clone()) {
            return Ok(());
        }
        let Object { thing, place, name } = object;
        Err(Error::new(
            format!("Two resources want the {thing} `{name}`"),
            format!("Another resource of this configuration has just made `{name}` in {place}."),
        )
        .hint("give each its own `name`, or its own account, region or `stack`."))
    }

    /// Takes several names, or none of them.
    ///
    /// # Errors
    /// When another resource has taken one of them in this run.
    pub fn claim_all(&self, objects: &[Object]) -> Result<()> {
        for (count, object) in objects.iter().enumerate() {
            self.claim(object).inspect_err(|_| {
                objects[..count].iter().for_each(|taken| self.release(taken));
            })?;
        }
        Ok(())
    }

    /// Gives a name back when nothing came about.
    pub fn release(&self, object: &Object) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(object);
    }

    /// Whether the object that is to be removed was made in this very run: then it belongs to the
    /// new resource and stays, and a warning says so.
    pub fn keeps(&self, object: &Object, warnings: &mut Diagnostics) -> bool {
        let is_kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(object);
        if is_kept {
            let Object { thing, name, .. } = object;
            warnings.warning(
                Path::root(),
                format!("The {thing} `{name}` was replaced in place"),
                "Its name can't be had twice, so that with `create_before_destroy` the new resource took over the object of the old one, and nothing was removed.",
            );
        }
        is_kept
    }
}
