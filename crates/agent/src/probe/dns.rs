//! A check of a DNS name.

use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};

use contract::check::{DnsCheck, RecordRule, RecordType};

use super::Surroundings;
use super::attempt::{Attempt, Problem};
use super::resolve::Servers;

/// Port of DNS.
const PORT: u16 = 53;
/// Records that are named in a sentence.
const MOST_TOLD: usize = 5;

/// Asks for the records and compares them.
pub(super) async fn check(
    surroundings: &Surroundings,
    check: &DnsCheck,
    attempt: &mut Attempt,
) -> Result<(), Problem> {
    let servers = match &check.resolver {
        None => surroundings.servers,
        Some(resolver) => {
            let server = server(surroundings, resolver)?;
            attempt.remote = Some(server);
            Servers::One(server)
        }
    };
    let records = servers.records(&check.name, check.record, attempt).await?;
    judge(check, &records).map_err(Problem::Failed)
}

/// The server to ask, which must be one that the location may reach.
fn server(surroundings: &Surroundings, text: &str) -> Result<SocketAddr, Problem> {
    let alone = |text: &str| text.parse::<IpAddr>().map(|address| SocketAddr::new(address, PORT));
    let server = text.parse().or_else(|_| alone(text)).map_err(|_| {
        Problem::Unable(format!("the resolver `{text}` is no address, with or without a port"))
    })?;
    match surroundings.allowed.refusal(server.ip()) {
        None => Ok(server),
        Some(kind) => {
            let told = format!("the resolver {text} is {kind}, which this location may not ask");
            Err(Problem::Failed(told))
        }
    }
}

fn judge(check: &DnsCheck, records: &[String]) -> Result<(), String> {
    let found: BTreeSet<String> =
        records.iter().map(|record| plain(record, check.record)).collect();
    let expected = match &check.expected {
        RecordRule::Any => return Ok(()),
        RecordRule::Contains(expected) | RecordRule::Equals(expected) => expected,
    };
    let expected: BTreeSet<String> =
        expected.iter().map(|record| plain(record, check.record)).collect();
    let missing: Vec<&String> = expected.difference(&found).collect();
    let strange: Vec<&String> = found.difference(&expected).collect();
    let subject = format!("the {} records of `{}`", check.record.name(), check.name);
    if !missing.is_empty() {
        return Err(format!("{subject} are {} and lack {}", list(&found), list(&missing)));
    }
    if matches!(check.expected, RecordRule::Equals(_)) && !strange.is_empty() {
        return Err(format!("{subject} hold {}, which is not expected", list(&strange)));
    }
    Ok(())
}

/// A record as it is compared: names without capitals and last dots, text as it is.
fn plain(record: &str, kind: RecordType) -> String {
    match kind {
        RecordType::Txt => record.to_owned(),
        RecordType::A | RecordType::Aaaa => {
            let address = record.trim().parse::<IpAddr>();
            address.map_or_else(|_| record.to_owned(), |address| address.to_string())
        }
        RecordType::Caa
        | RecordType::Cname
        | RecordType::Mx
        | RecordType::Ns
        | RecordType::Ptr
        | RecordType::Soa
        | RecordType::Srv => {
            let words = record.split_whitespace();
            let words = words.map(|word| word.strip_suffix('.').unwrap_or(word));
            words.collect::<Vec<_>>().join(" ").to_lowercase()
        }
    }
}

fn list<'a, T: AsRef<str> + 'a + ?Sized>(
    records: impl IntoIterator<Item = &'a T, IntoIter: ExactSizeIterator>,
) -> String {
    let records = records.into_iter();
    let more = records.len().saturating_sub(MOST_TOLD);
    let told = records.take(MOST_TOLD).map(|record| format!("`{}`", record.as_ref()));
    let told = told.collect::<Vec<_>>().join(", ");
    if more == 0 { told } else { format!("{told} and {more} more") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dns(record: RecordType, expected: RecordRule) -> DnsCheck {
        let name = "example.com".to_owned();
        DnsCheck { name, record, resolver: None, expected, timeout_milliseconds: 1_000 }
    }

    fn set(records: &[&str]) -> BTreeSet<String> {
        records.iter().map(|record| (*record).to_owned()).collect()
    }

    fn judged(record: RecordType, expected: RecordRule, found: &[&str]) -> Result<(), String> {
        let found: Vec<String> = found.iter().map(|record| (*record).to_owned()).collect();
        judge(&dns(record, expected), &found)
    }

    #[test]
    fn records_are_compared_without_their_writing() {
        for (kind, expected, found) in [
            (RecordType::A, "192.0.2.1", "192.0.2.1"),
            (RecordType::Aaaa, "2001:DB8:0::1", "2001:db8::1"),
            (RecordType::Mx, "10 Mail.example.com", "10 mail.example.com."),
            (RecordType::Cname, "www.example.com.", "WWW.example.com."),
            (
                RecordType::Soa,
                "ns.example.com host.example.com 1 2 3 4 5",
                "ns.example.com. host.example.com. 1 2 3 4 5",
            ),
            (RecordType::Txt, "v=spf1 -all", "v=spf1 -all"),
        ] {
            let rule = RecordRule::Equals(set(&[expected]));
            assert_eq!(judged(kind, rule, &[found]), Ok(()), "{found}");
        }
        let rule = RecordRule::Equals(set(&["V=spf1"]));
        assert!(judged(RecordType::Txt, rule, &["v=spf1"]).is_err());
    }

    #[test]
    fn what_lacks_and_what_is_too_many_is_named() {
        let found = ["192.0.2.1", "192.0.2.2"];
        let contains = |records: &[&str]| RecordRule::Contains(set(records));
        let equals = |records: &[&str]| RecordRule::Equals(set(records));
        assert_eq!(judged(RecordType::A, RecordRule::Any, &found), Ok(()));
        assert_eq!(judged(RecordType::A, contains(&["192.0.2.2"]), &found), Ok(()));
        assert_eq!(judged(RecordType::A, equals(&found), &found), Ok(()));
        assert_eq!(
            judged(RecordType::A, contains(&["192.0.2.3"]), &found),
            Err("the A records of `example.com` are `192.0.2.1`, `192.0.2.2` and lack `192.0.2.3`"
                .to_owned())
        );
        assert_eq!(
            judged(RecordType::A, equals(&["192.0.2.1"]), &found),
            Err("the A records of `example.com` hold `192.0.2.2`, which is not expected".to_owned())
        );
    }

    #[test]
    fn a_long_list_is_cut() {
        let records: Vec<String> = (1..=8).map(|number| number.to_string()).collect();
        assert_eq!(list(&records), "`1`, `2`, `3`, `4`, `5` and 3 more");
    }
}
