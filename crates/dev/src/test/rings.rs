//! The rings of tests, from the fastest to the slowest.

/// A group of tests that runs as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Ring {
    /// Rust and HCL are formatted.
    Fmt,
    /// Clippy finds nothing in any target.
    Clippy,
    /// Unit tests, and the integration tests that need no built provider.
    Unit,
    /// The AWS stand-in's own tests.
    StandIn,
    /// The Lambda function: its size, what it asks of the system, its archive; and how it runs.
    Agent,
    /// The built provider over its protocol.
    Conformance,
    /// The real `terraform` against the stand-ins; then a search for tokens in all it left.
    Acceptance,
    /// Modules and examples: valid, and their own tests.
    Modules,
    /// `cargo dev demo`, to its end.
    Demo,
}

impl Ring {
    pub(crate) const ALL: [Self; 9] = [
        Self::Fmt,
        Self::Clippy,
        Self::Unit,
        Self::StandIn,
        Self::Agent,
        Self::Conformance,
        Self::Acceptance,
        Self::Modules,
        Self::Demo,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Fmt => "fmt",
            Self::Clippy => "clippy",
            Self::Unit => "unit",
            Self::StandIn => "stand-in",
            Self::Agent => "agent",
            Self::Conformance => "conformance",
            Self::Acceptance => "acceptance",
            Self::Modules => "modules",
            Self::Demo => "demo",
        }
    }

    /// Whether `--filter` can choose among its tests.
    pub(crate) fn has_named_tests(self) -> bool {
        !matches!(self, Self::Fmt | Self::Clippy | Self::Demo)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::ValueEnum;

    #[test]
    fn every_ring_is_listed_and_named_as_it_is_asked_for() {
        assert_eq!(Ring::value_variants(), Ring::ALL);
        for ring in Ring::ALL {
            let value = ring.to_possible_value().expect("every ring can be asked for");
            assert_eq!(value.get_name(), ring.name());
        }
    }
}
