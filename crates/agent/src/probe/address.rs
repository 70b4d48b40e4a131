//! Which addresses a location may connect to.
//!
//! A probe stands inside an account and asks for what a configuration, a DNS answer or a redirect
//! tells it to. So it connects to the public internet alone, and to what its location allows.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

/// Networks that a location's checks may connect to though they are not the public internet.
#[derive(Clone, Debug, Default)]
pub(super) struct Allowed(Vec<IpNet>);

/// A text that is no list of networks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no network in CIDR notation, such as `10.0.0.0/8`")]
pub(super) struct NoNetwork(String);

/// A kind of address that is refused, and where it is said to be so.
type Kind = (&'static str, &'static str);

/// Kinds of IPv4 addresses that are not the public internet, the narrower network first.
///
/// Source: IANA IPv4 Special-Purpose Address Registry
/// (<https://www.iana.org/assignments/iana-ipv4-special-registry>) and RFC 5771 for multicast.
const SPECIAL_V4: [Kind; 15] = [
    ("0.0.0.0/8", "an address of \"this network\""),
    ("10.0.0.0/8", "a private address"),
    ("100.64.0.0/10", "an address of carrier-grade NAT"),
    ("127.0.0.0/8", "a loopback address"),
    (METADATA_V4, "a link-local address, as those of instance metadata and credentials are"),
    ("172.16.0.0/12", "a private address"),
    ("192.0.0.0/24", "an address of protocol assignments"),
    ("192.0.2.0/24", "an address for documentation"),
    ("192.88.99.0/24", "an address of 6to4 relays"),
    ("192.168.0.0/16", "a private address"),
    ("198.18.0.0/15", "an address for benchmarks"),
    ("198.51.100.0/24", "an address for documentation"),
    ("203.0.113.0/24", "an address for documentation"),
    ("224.0.0.0/4", "a multicast address"),
    ("240.0.0.0/4", "a reserved address"),
];

/// The same for IPv6. What is in none of them and outside of `2000::/3` is reserved.
///
/// Source: IANA IPv6 Special-Purpose Address Registry
/// (<https://www.iana.org/assignments/iana-ipv6-special-registry>), RFC 3879 for site-local ones;
/// EC2 user guide, "Use the Instance Metadata Service", for the one of metadata.
const SPECIAL_V6: [Kind; 14] = [
    ("::/128", "the unspecified address"),
    ("::1/128", "a loopback address"),
    ("64:ff9b:1::/48", "an address of local NAT64"),
    ("100::/64", "an address that discards"),
    ("2001::/23", "an address of protocol assignments"),
    ("2001:db8::/32", "an address for documentation"),
    ("3fff::/20", "an address for documentation"),
    ("5f00::/16", "an address of segment routing"),
    (METADATA_V6, "an address of instance metadata"),
    ("fc00::/7", "a private address"),
    ("fe80::/10", "a link-local address"),
    ("fec0::/10", "a site-local address"),
    ("ff00::/8", "a multicast address"),
    ("::/96", "a reserved address"),
];

/// Where `EC2`, `ECS` and Lambda give metadata and credentials.
const METADATA_V4: &str = "169.254.0.0/16";
const METADATA_V6: &str = "fd00:ec2::/32";

impl Allowed {
    /// Reads a list of networks, separated by commas; an address alone is a network of one.
    pub(super) fn read(text: &str) -> Result<Self, NoNetwork> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        parts.map(network_of).collect::<Result<_, _>>().map(Self)
    }

    /// Why an address is refused; nothing where a check may connect to it.
    pub(super) fn refusal(&self, address: IpAddr) -> Option<&'static str> {
        let address = true_address(address);
        let (network, kind) = special(address)?;
        // Who opens all private networks doesn't mean the credentials: these are named themselves.
        let asks_by_name = network == METADATA_V4 || network == METADATA_V6;
        let is_allowed = self.0.iter().any(|allowed| {
            allowed.contains(&address) && (!asks_by_name || lies_in(allowed, network))
        });
        (!is_allowed).then_some(kind)
    }
}

fn network_of(text: &str) -> Result<IpNet, NoNetwork> {
    let network = text.parse().or_else(|_| text.parse::<IpAddr>().map(IpNet::from));
    network.map_err(|_| NoNetwork(text.to_owned()))
}

fn lies_in(network: &IpNet, outer: &str) -> bool {
    outer.parse::<IpNet>().is_ok_and(|outer| outer.contains(network))
}

/// The address that packets arrive at: that within a mapped, translated or tunnelled one.
fn true_address(address: IpAddr) -> IpAddr {
    let IpAddr::V6(wide) = address else { return address };
    if let Some(mapped) = wide.to_ipv4_mapped() {
        return mapped.into();
    }
    let octets = wide.octets();
    let at = |start: usize| {
        Ipv4Addr::new(octets[start], octets[start + 1], octets[start + 2], octets[start + 3])
    };
    let narrow = match wide.segments() {
        // NAT64 (RFC 6052) and 6to4 (RFC 3056).
        [0x64, 0xff9b, 0, 0, 0, 0, ..] => at(12),
        [0x2002, ..] => at(2),
        _ => return address,
    };
    // A translated public address stays one of IPv6, which a list may name.
    if special(narrow.into()).is_some() { narrow.into() } else { address }
}

fn special(address: IpAddr) -> Option<Kind> {
    match address {
        IpAddr::V4(address) => find(&SPECIAL_V4, address.into()),
        IpAddr::V6(address) => find(&SPECIAL_V6, address.into()).or_else(|| reserved(address)),
    }
}

fn find(kinds: &[Kind], address: IpAddr) -> Option<Kind> {
    let holds = |network: &str| network.parse::<IpNet>().is_ok_and(|net| net.contains(&address));
    kinds.iter().copied().find(|(network, _)| holds(network))
}

/// Only `2000::/3` is given out (RFC 4291), and the prefix of NAT64 leads there.
fn reserved(address: Ipv6Addr) -> Option<Kind> {
    let [first, second, ..] = address.segments();
    let is_global = first & 0xe000 == 0x2000 || (first, second) == (0x64, 0xff9b);
    (!is_global).then_some(("::/0", "a reserved address"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn the_tables_hold_networks() {
        for (network, _) in SPECIAL_V4.iter().chain(&SPECIAL_V6) {
            assert!(network.parse::<IpNet>().is_ok(), "{network}");
        }
    }

    #[test]
    fn the_public_internet_is_free() {
        let allowed = Allowed::default();
        for text in [
            "1.1.1.1",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.167.255.255",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2606:4700:4700::1111",
            "2a00:1450:4001:81b::200e",
            "64:ff9b::808:808",
            "2002:808:808::1",
        ] {
            assert_eq!(allowed.refusal(address(text)), None, "{text}");
        }
    }

    #[test]
    fn every_other_address_is_refused() {
        let allowed = Allowed::default();
        for (text, kind) in [
            ("0.0.0.0", "this network"),
            ("10.0.0.1", "private"),
            ("10.255.255.255", "private"),
            ("100.64.0.1", "carrier-grade"),
            ("100.127.255.255", "carrier-grade"),
            ("127.0.0.1", "loopback"),
            ("127.255.255.254", "loopback"),
            ("169.254.169.254", "metadata"),
            ("169.254.170.2", "credentials"),
            ("172.16.0.1", "private"),
            ("172.31.255.255", "private"),
            ("192.0.0.1", "protocol assignments"),
            ("192.0.2.1", "documentation"),
            ("192.88.99.1", "6to4"),
            ("192.168.1.1", "private"),
            ("198.18.0.1", "benchmarks"),
            ("198.19.255.255", "benchmarks"),
            ("198.51.100.1", "documentation"),
            ("203.0.113.7", "documentation"),
            ("224.0.0.1", "multicast"),
            ("239.255.255.255", "multicast"),
            ("240.0.0.1", "reserved"),
            ("255.255.255.255", "reserved"),
            ("::", "unspecified"),
            ("::1", "loopback"),
            ("::7f00:1", "reserved"),
            ("::ffff:127.0.0.1", "loopback"),
            ("::ffff:169.254.169.254", "metadata"),
            ("::ffff:10.1.2.3", "private"),
            ("64:ff9b::7f00:1", "loopback"),
            ("64:ff9b::a9fe:a9fe", "metadata"),
            ("64:ff9b:1::1", "NAT64"),
            ("100::1", "discards"),
            ("2001::1", "protocol assignments"),
            ("2001:db8::1", "documentation"),
            ("2002:a00:1::1", "private"),
            ("3fff::1", "documentation"),
            ("4000::1", "reserved"),
            ("5f00::1", "segment routing"),
            ("fc00::1", "private"),
            ("fd00:ec2::254", "metadata"),
            ("fd12:3456::1", "private"),
            ("fe80::1", "link-local"),
            ("fec0::1", "site-local"),
            ("ff02::1", "multicast"),
        ] {
            let refusal = allowed.refusal(address(text)).unwrap_or_default();
            assert!(refusal.contains(kind), "{text}: {refusal:?}");
        }
    }

    #[test]
    fn a_location_allows_what_it_names() {
        let allowed =
            Allowed::read(" 127.0.0.0/8, 10.1.0.0/16 ,fd12::/16,192.168.1.5,").expect("a list");
        for text in ["127.0.0.1", "10.1.2.3", "::ffff:10.1.2.3", "fd12::1", "192.168.1.5"] {
            assert_eq!(allowed.refusal(address(text)), None, "{text}");
        }
        for text in ["10.2.0.1", "192.168.1.6", "::1", "169.254.169.254", "64:ff9b::a02:1"] {
            assert!(allowed.refusal(address(text)).is_some(), "{text}");
        }
    }

    #[test]
    fn metadata_is_opened_by_its_name_alone() {
        let metadata = ["169.254.169.254", "::ffff:169.254.170.2", "fd00:ec2::254"];
        let wide = Allowed::read("0.0.0.0/0,::/0,169.0.0.0/8,fc00::/7").expect("a list");
        for text in metadata {
            assert!(wide.refusal(address(text)).is_some(), "{text}");
        }
        assert_eq!(wide.refusal(address("10.0.0.1")), None);
        let named = Allowed::read("169.254.0.0/16,fd00:ec2::254").expect("a list");
        for text in metadata {
            assert_eq!(named.refusal(address(text)), None, "{text}");
        }
    }

    #[test]
    fn a_text_that_is_no_network_is_named() {
        assert_eq!(Allowed::read("10.0.0.0/8,ten").map(|_| ()), Err(NoNetwork("ten".to_owned())));
        assert!(Allowed::read("10.0.0.0/33").is_err());
        assert!(Allowed::read("").expect("an empty list").0.is_empty());
    }

    proptest! {
        #[test]
        fn a_mapped_address_is_judged_as_itself(bits in any::<u32>()) {
            let narrow = Ipv4Addr::from_bits(bits);
            let allowed = Allowed::read("10.0.0.0/8,127.0.0.1").expect("a list");
            let mapped = IpAddr::V6(narrow.to_ipv6_mapped());
            prop_assert_eq!(allowed.refusal(mapped), allowed.refusal(narrow.into()));
        }

        #[test]
        fn what_the_standard_library_calls_special_is_refused(bits in any::<u32>()) {
            let narrow = Ipv4Addr::from_bits(bits);
            let is_special = narrow.is_private() || narrow.is_loopback() || narrow.is_link_local()
                || narrow.is_multicast() || narrow.is_documentation() || narrow.is_broadcast()
                || narrow.is_unspecified();
            prop_assert!(!is_special || Allowed::default().refusal(narrow.into()).is_some());
        }
    }
}
