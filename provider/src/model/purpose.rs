//! Where an account's purpose, its role in the company, is looked up.

use framework::schema::tf;
use framework::{Attr, Diagnostics, Path};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::checks::refuse;

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
    let Some(from) = purpose.as_known() else { return };
    match (&from.tag, &from.unit) {
        (Attr::Null, Attr::Null) => {
            let detail = "Name the `tag` with the purpose, or set `unit = true`.";
            refuse(diagnostics, path.clone(), detail);
        }
        (Attr::Null, Attr::Known(false)) => {
            let detail = "`unit = false` says of no place to look at. Leave `purpose_from` out.";
            refuse(diagnostics, path.clone().attribute("unit"), detail);
        }
        (Attr::Known(_), Attr::Known(true)) => {
            let detail = "A purpose comes from the `tag` or from the `unit`: name one of them.";
            refuse(diagnostics, path.clone(), detail);
        }
        (Attr::Unknown, _)
        | (_, Attr::Unknown)
        | (Attr::Known(_), Attr::Null | Attr::Known(false))
        | (Attr::Null, Attr::Known(true)) => {}
    }
}
