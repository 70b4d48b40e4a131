//! Where an account's purpose, its role in the company, is looked up.

use framework::schema::tf;
use framework::{Attr, Diagnostics, Path};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Where an account's purpose stands in its organization: one of the two is set.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PurposeFrom {
    /// Key of the account's tag whose value is the purpose, such as `purpose`.
    #[schemars(length(min = 1, max = 128), extend("x-tf" = tf::optional()))]
    pub tag: Attr<String>,
    /// Whether the purpose is the name of the organizational unit that the account is in. An account right below the root has none.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub unit: Attr<bool>,
}

/// Adds an error unless exactly one of the two is set. Unknown values may be either.
pub fn validate(purpose: &Attr<PurposeFrom>, path: &Path, diagnostics: &mut Diagnostics) {
    let Some(purpose) = purpose.as_known() else { return };
    let is_refused = match (&purpose.tag, &purpose.unit) {
        (Attr::Known(_), Attr::Known(true)) | (Attr::Null, Attr::Null | Attr::Known(false)) => true,
        (Attr::Null | Attr::Unknown | Attr::Known(_), _) => false,
    };
    if is_refused {
        let detail = format!(
            "`{path}` says where an account's purpose stands: either `tag` is the key of a tag, or `unit` is true."
        );
        diagnostics.error(path.clone(), "Invalid value for `purpose_from`", detail);
    }
}
