//! The HTTP request and its assertions.

use std::collections::{BTreeMap, BTreeSet};

use framework::Attr;
use framework::schema::tf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An HTTP request, and what its response must be.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// Address that is asked for, with its scheme. It holds no credentials: those go into `secret_headers`.
    #[schemars(
        length(max = 2048),
        regex(pattern = "^https?://[^ ]+$"),
        extend("x-tf" = tf::required().pattern_in_words("begin with `https://` or `http://` and hold no blank"))
    )]
    pub url: Attr<String>,
    /// Method of the request.
    #[schemars(extend("x-tf" = tf::default("GET")))]
    pub method: Attr<Method>,
    /// Headers of the request whose values are no secrets.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub headers: Attr<BTreeMap<String, Attr<String>>>,
    /// Headers of the request whose values are secrets: each is read from Secrets Manager when the check runs, so that no value is ever in the configuration, the state, a canary's code or a schedule. At most 10.
    #[schemars(extend("maxProperties" = 10, "x-tf" = tf::optional()))]
    pub secret_headers: Attr<BTreeMap<String, Attr<SecretHeader>>>,
    /// Body of the request. It is kept in the state: no secrets.
    #[schemars(length(max = 100_000), extend("x-tf" = tf::optional()))]
    pub body: Attr<String>,
    /// How many redirects are followed, one after the other; for the engine `probe`. With 0 the first response is the one that is checked. Without it that is 5.
    #[schemars(range(min = 0, max = 10), extend("x-tf" = tf::optional()))]
    pub redirects: Attr<u8>,
    /// What must hold of the response; all of it, or the run fails. Without it the status must be one of success (200 to 299).
    #[schemars(extend("x-tf" = tf::optional()))]
    pub assertions: Attr<Assertions>,
}

/// Method of an HTTP request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// Asks for a resource.
    Get,
    /// Asks for a resource's headers alone.
    Head,
    /// Sends something to be processed.
    Post,
    /// Replaces a resource.
    Put,
    /// Changes a part of a resource.
    Patch,
    /// Removes a resource.
    Delete,
    /// Asks what may be done with a resource.
    Options,
}

/// A header whose value is a secret.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecretHeader {
    /// Name of the secret in Secrets Manager, in the account and region that the check runs in. Its text is the header's value; the role of the canary or of the location's function must be allowed to read it.
    #[schemars(
        length(min = 1, max = 512),
        regex(pattern = "^[A-Za-z0-9/_+=.@-]+$"),
        extend("x-tf" = tf::required().pattern_in_words("be the secret's name, of letters, digits and `/_+=.@-`, not its ARN"))
    )]
    pub secret: Attr<String>,
    /// Text before the secret's value, such as `Bearer ` with its blank. It is no secret itself.
    #[schemars(
        length(max = 32),
        regex(pattern = "^[A-Za-z0-9 =:_-]*$"),
        extend("x-tf" = tf::optional().pattern_in_words("hold only letters, digits, blanks and `=:_-`"))
    )]
    pub prefix: Attr<String>,
}

/// What must hold of a response.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Assertions {
    /// The status, such as `200`, or a range of them, such as `200-299`. Without it any status from 200 to 299 will do.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub status: Attr<String>,
    /// The response must take less than this many milliseconds.
    #[schemars(range(min = 1, max = 300_000), extend("x-tf" = tf::optional()))]
    pub response_time_below_ms: Attr<u32>,
    /// Days for which the server's certificate must still be valid; for the engine `probe`.
    #[schemars(range(min = 1, max = 365), extend("x-tf" = tf::optional()))]
    pub tls_days_left_at_least: Attr<u32>,
    /// What must hold of the response's headers, by name.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub headers: Attr<BTreeMap<String, Attr<HeaderAssertion>>>,
    /// What must hold of the body as text.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub body: Attr<BodyAssertion>,
    /// What must hold of parts of a JSON body, by JSON path such as `$.status`.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub json: Attr<BTreeMap<String, Attr<JsonAssertion>>>,
}

/// What must hold of a header; all that is set.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HeaderAssertion {
    /// The value is this.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub equals: Attr<String>,
    /// The value is not this.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub not_equals: Attr<String>,
    /// The value holds this.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub contains: Attr<String>,
    /// The value doesn't hold this.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub not_contains: Attr<String>,
    /// This regular expression matches the value: of JavaScript for a canary, of the Rust crate `regex-lite` for a probe, which takes none over 16 KiB once compiled and matches values up to 256 KiB.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub matches: Attr<String>,
    /// Whether the header is there.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub exists: Attr<bool>,
}

/// What must hold of the body as text; all that is set.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BodyAssertion {
    /// The body is this.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub equals: Attr<String>,
    /// The body is not this.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub not_equals: Attr<String>,
    /// The body holds each of these texts.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub contains: Attr<BTreeSet<Attr<String>>>,
    /// The body holds none of these texts.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub not_contains: Attr<BTreeSet<Attr<String>>>,
    /// This regular expression (of the Rust crate `regex-lite`, no larger than 16 KiB once compiled) matches the body, which may have 256 KiB; for the engine `probe`.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub matches: Attr<String>,
}

/// What must hold of a part of a JSON body; all that is set.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JsonAssertion {
    /// The part is this.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub equals: Attr<String>,
    /// The part is not this.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub not_equals: Attr<String>,
    /// The part holds this.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub contains: Attr<String>,
    /// The part doesn't hold this.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub not_contains: Attr<String>,
    /// Whether the part is there.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub exists: Attr<bool>,
}
