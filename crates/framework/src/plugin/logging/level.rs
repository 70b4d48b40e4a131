//! Which events the user has asked for.

use tracing::level_filters::LevelFilter;

/// Reads the level from the variables that Terraform's users know, the most specific one first:
/// `TF_LOG_PROVIDER_<NAME>`, `TF_LOG_PROVIDER`, `TF_LOG`. `name` is the provider's.
pub(super) fn wanted(name: &str, lookup: impl Fn(&str) -> Option<String>) -> LevelFilter {
    let own = format!("TF_LOG_PROVIDER_{}", name.to_uppercase().replace('-', "_"));
    [own.as_str(), "TF_LOG_PROVIDER", "TF_LOG"]
        .into_iter()
        .filter_map(lookup)
        .find(|value| !value.is_empty())
        .map_or(LevelFilter::OFF, |value| parse(&value))
}

/// As Terraform reads it: `JSON` and every word that isn't a level mean "everything".
fn parse(value: &str) -> LevelFilter {
    match value.to_ascii_uppercase().as_str() {
        "OFF" => LevelFilter::OFF,
        "ERROR" => LevelFilter::ERROR,
        "WARN" => LevelFilter::WARN,
        "INFO" => LevelFilter::INFO,
        "DEBUG" => LevelFilter::DEBUG,
        _ => LevelFilter::TRACE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted_by(variables: &[(&str, &str)]) -> LevelFilter {
        wanted("my-cloud", |name| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn silent_unless_asked() {
        assert_eq!(wanted_by(&[]), LevelFilter::OFF);
        assert_eq!(wanted_by(&[("TF_LOG", "")]), LevelFilter::OFF);
        assert_eq!(wanted_by(&[("TF_LOG", "OFF")]), LevelFilter::OFF);
        assert_eq!(wanted_by(&[("TF_LOG_CORE", "TRACE")]), LevelFilter::OFF);
        assert_eq!(wanted_by(&[("TF_LOG_PROVIDER_OTHER", "TRACE")]), LevelFilter::OFF);
    }

    #[test]
    fn words_are_read_as_terraform_reads_them() {
        for (word, level) in [
            ("TRACE", LevelFilter::TRACE),
            ("debug", LevelFilter::DEBUG),
            ("Info", LevelFilter::INFO),
            ("WARN", LevelFilter::WARN),
            ("ERROR", LevelFilter::ERROR),
            ("JSON", LevelFilter::TRACE),
            ("1", LevelFilter::TRACE),
        ] {
            assert_eq!(wanted_by(&[("TF_LOG", word)]), level, "{word}");
        }
    }

    #[test]
    fn specific_variable_wins() {
        let all = [
            ("TF_LOG", "TRACE"),
            ("TF_LOG_PROVIDER", "INFO"),
            ("TF_LOG_PROVIDER_MY_CLOUD", "ERROR"),
        ];
        assert_eq!(wanted_by(&all), LevelFilter::ERROR);
        assert_eq!(wanted_by(&all[..2]), LevelFilter::INFO);
        assert_eq!(wanted_by(&[("TF_LOG", "WARN"), ("TF_LOG_PROVIDER", "")]), LevelFilter::WARN);
    }
}
