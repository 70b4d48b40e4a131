//! Questions to DNS.

use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{
    ConnectionConfig, LookupIpStrategy, NameServerConfig, ResolverConfig, ResolverOpts,
};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{Name, RecordType};
use hickory_resolver::system_conf::read_system_conf;

use super::attempt::{Attempt, Problem, Stage};

/// How long one server is waited for before the question is asked again.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whom names are asked of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Servers {
    /// Those of the machine: in a function, its network's resolver.
    System,
    /// This one alone.
    One(SocketAddr),
}

impl Servers {
    /// The addresses of a host, IPv4 first; those of an address are itself.
    pub(super) async fn addresses(
        self,
        host: &str,
        attempt: &mut Attempt,
    ) -> Result<Vec<IpAddr>, Problem> {
        if let Some(address) = literal(host) {
            return Ok(vec![address]);
        }
        let name = name(host)?;
        attempt.enter(Stage::Resolving);
        let answer = self.resolver()?.lookup_ip(name).await;
        attempt.rest();
        let answer = answer.map_err(|problem| unanswered(host, "addresses", &problem))?;
        let addresses: Vec<IpAddr> = answer.iter().collect();
        if addresses.is_empty() {
            return Err(Problem::Failed(format!("DNS has no addresses for `{host}`")));
        }
        Ok(addresses)
    }

    /// The records of one type, as text.
    pub(super) async fn records(
        self,
        host: &str,
        record: contract::check::RecordType,
        attempt: &mut Attempt,
    ) -> Result<Vec<String>, Problem> {
        let wanted = hickory(record);
        let name = name(host)?;
        attempt.enter(Stage::Resolving);
        let answer = self.resolver()?.lookup(name, wanted).await;
        attempt.rest();
        let kind = format!("{} records", record.name());
        let answer = answer.map_err(|problem| unanswered(host, &kind, &problem))?;
        // Aliases on the way are answers too.
        let answers = answer.answers().iter().filter(|answer| answer.record_type() == wanted);
        let texts: Vec<String> = answers.map(|answer| answer.data.to_string()).collect();
        if texts.is_empty() {
            return Err(Problem::Failed(format!("DNS has no {kind} for `{host}`")));
        }
        Ok(texts)
    }

    /// Made anew for each question: what DNS says now is what is checked, so nothing is cached, and
    /// a function that was frozen meets no connection from before.
    fn resolver(self) -> Result<TokioResolver, Problem> {
        let unable =
            |problem: NetError| Problem::Unable(format!("DNS can't be asked from here: {problem}"));
        let (config, mut options) = match self {
            Self::System => read_system_conf().map_err(unable)?,
            Self::One(server) => (config_of(server), ResolverOpts::default()),
        };
        // Names are whole: a search list would find others than the world does.
        let servers = config.name_servers().to_vec();
        let config = ResolverConfig::from_parts(None, Vec::new(), servers);
        options.cache_size = 0;
        options.timeout = PATIENCE;
        options.ip_strategy = LookupIpStrategy::Ipv4AndIpv6;
        let mut builder =
            TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        *builder.options_mut() = options;
        builder.build().map_err(unable)
    }
}

/// The address that a host is, with or without the brackets that a URL has around one of IPv6.
pub(super) fn literal(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

fn config_of(server: SocketAddr) -> ResolverConfig {
    let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].map(|mut connection| {
        connection.port = server.port();
        connection
    });
    let server = NameServerConfig::new(server.ip(), true, connections.into());
    ResolverConfig::from_name_servers(vec![server])
}

fn name(host: &str) -> Result<Name, Problem> {
    let mut name = Name::from_utf8(host)
        .map_err(|_| Problem::Failed(format!("`{host}` is no name that DNS could know")))?;
    name.set_fqdn(true);
    Ok(name)
}

fn unanswered(host: &str, kind: &str, problem: &NetError) -> Problem {
    let told = if let NetError::Dns(DnsError::NoRecordsFound(none)) = problem
        && none.response_code == ResponseCode::NoError
    {
        format!("DNS has no {kind} for `{host}`")
    } else if let NetError::Dns(DnsError::NoRecordsFound(none)) = problem {
        refused(host, none.response_code)
    } else if let NetError::Dns(DnsError::ResponseCode(code)) = problem {
        refused(host, *code)
    } else if let NetError::Timeout = problem {
        format!("no DNS server answered the question for `{host}`")
    } else {
        format!("DNS gave no answer for `{host}`: {problem}")
    };
    Problem::Failed(told)
}

fn refused(host: &str, code: ResponseCode) -> String {
    #[expect(clippy::wildcard_enum_match_arm, reason = "the others are rare, and have a text")]
    match code {
        ResponseCode::NXDomain => format!("`{host}` doesn't exist: DNS answered NXDOMAIN"),
        ResponseCode::ServFail => format!("DNS answered SERVFAIL for `{host}`"),
        ResponseCode::Refused => format!("DNS answered REFUSED for `{host}`"),
        other => format!("DNS answered \"{other}\" for `{host}`"),
    }
}

fn hickory(record: contract::check::RecordType) -> RecordType {
    use contract::check::RecordType as Ours;
    match record {
        Ours::A => RecordType::A,
        Ours::Aaaa => RecordType::AAAA,
        Ours::Caa => RecordType::CAA,
        Ours::Cname => RecordType::CNAME,
        Ours::Mx => RecordType::MX,
        Ours::Ns => RecordType::NS,
        Ours::Ptr => RecordType::PTR,
        Ours::Soa => RecordType::SOA,
        Ours::Srv => RecordType::SRV,
        Ours::Txt => RecordType::TXT,
    }
}
