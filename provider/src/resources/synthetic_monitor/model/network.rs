//! Checks below HTTP, and the schedules that start a probe.

use std::collections::BTreeSet;

use contract::check::RecordType;
use framework::Attr;
use framework::schema::tf;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A TCP port that must answer.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tcp {
    /// Name or address of the host. A canary takes no IPv6 address, and no name with `_`.
    #[schemars(length(min = 1, max = 253), extend("x-tf" = tf::required()))]
    pub host: Attr<String>,
    /// The port.
    #[schemars(range(min = 1, max = 65535), extend("x-tf" = tf::required()))]
    pub port: Attr<u16>,
    /// Text that is sent once the connection is made. It is kept in the state: no secrets.
    #[schemars(length(min = 1, max = 1024), extend("x-tf" = tf::optional()))]
    pub send: Attr<String>,
    /// Text that the answer must hold.
    #[schemars(length(min = 1, max = 1024), extend("x-tf" = tf::optional()))]
    pub expect: Attr<String>,
}

/// DNS records that must be there.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Dns {
    /// The name that is asked for.
    #[schemars(length(min = 1, max = 253), extend("x-tf" = tf::required()))]
    pub name: Attr<String>,
    /// The type of the records, such as `A` or `MX`. A canary knows `A`, `CNAME`, `MX`, `NS` and `TXT`.
    #[schemars(extend("x-tf" = tf::default("A")))]
    pub record: Attr<RecordType>,
    /// Address of the name server that is asked. Without it that is the one of the function's network.
    #[schemars(length(min = 2, max = 64), extend("x-tf" = tf::optional()))]
    pub resolver: Attr<String>,
    /// Values that must be among the records, in the form of a zone file, such as `192.0.2.1` or `10 mail.example.com`. A canary takes one, not of `MX` records, and looks for it as a part of a record.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub contains: Attr<BTreeSet<Attr<String>>>,
    /// The values of all records: these and no others. A canary takes one, not of `MX` records.
    #[schemars(extend("x-tf" = tf::optional()))]
    pub equals: Attr<BTreeSet<Attr<String>>>,
}

/// A server's certificate that must be valid.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tls {
    /// Name or address of the host.
    #[schemars(length(min = 1, max = 253), extend("x-tf" = tf::required()))]
    pub host: Attr<String>,
    /// The port.
    #[schemars(range(min = 1, max = 65535), extend("x-tf" = tf::default(443)))]
    pub port: Attr<u16>,
    /// The name that the certificate must be for; for the engine `probe`. Without it that is the host.
    #[schemars(length(min = 1, max = 253), extend("x-tf" = tf::optional()))]
    pub server_name: Attr<String>,
    /// Days for which the certificate must still be valid.
    #[schemars(range(min = 0, max = 365), extend("x-tf" = tf::default(14)))]
    pub days_left_at_least: Attr<u32>,
}

/// A schedule that starts the probe at a location.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Name of the schedule, in the location's group.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub name: Attr<String>,
    /// ARN of the schedule.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub arn: Attr<String>,
    /// SHA-256 of all that the schedule says: when it runs, what it sends, and with which role. A change of it is written to the schedule.
    #[schemars(extend("x-tf" = tf::computed()))]
    pub definition_hash: Attr<String>,
}
