//! The probe's secrets and metrics in AWS.

use aws_sdk_cloudwatch::types::{Dimension, MetricDatum, StandardUnit};
use aws_smithy_types::DateTime;
use contract::probe::{DURATION, Home, LOCATION_DIMENSION, MONITOR_DIMENSION, NAMESPACE, SUCCESS};
use contract::secret::Secret;

use super::record::{BY_THE_SECOND, Metrics, Sample};
use super::secrets::Secrets;
use crate::clients::Clients;
use crate::refusal::said;

impl Secrets for Clients {
    /// Reads a secret by its name, in the function's region, or by its ARN, in that one's.
    async fn read(&self, name: &str) -> Result<Secret<String>, String> {
        let region = region_of(name).unwrap_or_else(|| self.region());
        read(&self.secrets(region), name).await
    }
}

impl Metrics for Clients {
    async fn put(&self, home: &Home, sample: &Sample) -> Result<(), String> {
        let client = match &home.metrics_role_arn {
            Some(role) => self.cloudwatch_as(role, &home.region).await,
            None => self.cloudwatch(&home.region),
        };
        put(&client, sample).await
    }
}

async fn read(
    client: &aws_sdk_secretsmanager::Client,
    name: &str,
) -> Result<Secret<String>, String> {
    let answer = client.get_secret_value().secret_id(name).send().await;
    let value = answer.map_err(|problem| said(&problem))?.secret_string;
    value.map(Secret::new).ok_or_else(|| "it is not text, but binary".to_owned())
}

async fn put(client: &aws_sdk_cloudwatch::Client, sample: &Sample) -> Result<(), String> {
    let call = client.put_metric_data().namespace(NAMESPACE);
    let sent = call.set_metric_data(Some(data(sample))).send().await;
    sent.map(|_| ()).map_err(|problem| said(&problem))
}

/// The region of an ARN: `arn:partition:service:region:account:…`.
fn region_of(name: &str) -> Option<&str> {
    name.strip_prefix("arn:")?.split(':').nth(2).filter(|region| !region.is_empty())
}

fn data(sample: &Sample) -> Vec<MetricDatum> {
    let dimension = |name: &str, value: &str| Dimension::builder().name(name).value(value).build();
    let datum = |name: &str, value: f64, unit: StandardUnit| {
        MetricDatum::builder()
            .metric_name(name)
            .dimensions(dimension(MONITOR_DIMENSION, &sample.monitor))
            .dimensions(dimension(LOCATION_DIMENSION, &sample.location))
            .timestamp(DateTime::from_secs(sample.time.as_second()))
            .value(value)
            .unit(unit)
            .set_storage_resolution(sample.by_the_second.then_some(BY_THE_SECOND))
            .build()
    };
    vec![
        datum(SUCCESS, f64::from(u8::from(sample.success)), StandardUnit::Count),
        datum(DURATION, sample.duration, StandardUnit::Milliseconds),
    ]
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;

    use aws_config::BehaviorVersion;
    use aws_credential_types::Credentials;
    use aws_smithy_http_client::Builder;
    use aws_types::SdkConfig;
    use aws_types::region::Region;
    use aws_types::sdk_config::SharedCredentialsProvider;
    use jiff::Timestamp;

    use super::*;
    use crate::probe::tests::servers::{Script, Server, closed_port};

    /// Settings of clients that ask who is at this address.
    fn config(server: SocketAddr) -> SdkConfig {
        let credentials = Credentials::for_tests();
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("ap-northeast-1"))
            .endpoint_url(format!("http://{server}"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(Builder::new().build_http())
            .build()
    }

    fn sample() -> Sample {
        Sample {
            monitor: "checkout".to_owned(),
            location: "tokyo".to_owned(),
            time: Timestamp::UNIX_EPOCH,
            by_the_second: false,
            success: true,
            duration: 12.5,
        }
    }

    #[tokio::test]
    async fn a_secret_is_read_by_its_name() {
        for (status, body, expected) in [
            ("200 OK", r#"{"SecretString":"open sesame"}"#, Ok("open sesame")),
            ("200 OK", r#"{"SecretBinary":"AAAA"}"#, Err("it is not text, but binary")),
            (
                "400 Bad Request",
                r#"{"__type":"AccessDeniedException","Message":"not authorized"}"#,
                Err("AccessDeniedException: not authorized"),
            ),
        ] {
            let server = Server::start([Script::http(status, "", body)]).await;
            let client = aws_sdk_secretsmanager::Client::new(&config(server.address));
            let value = read(&client, "checkout/token").await;
            let seen = value.as_ref().map(|value| value.expose().as_str());
            assert_eq!(seen.map_err(String::as_str), expected);
            assert!(server.requests()[0].contains(r#""SecretId":"checkout/token""#));
        }
    }

    #[tokio::test]
    async fn metrics_are_sent_in_one_call() {
        let protocol = "smithy-protocol: rpc-v2-cbor\r\nContent-Type: application/cbor\r\n";
        let server = Server::start([Script::http("200 OK", protocol, "")]).await;
        put(&aws_sdk_cloudwatch::Client::new(&config(server.address)), &sample())
            .await
            .expect("sent");
        let requests = server.requests();
        assert_eq!(requests.len(), 1);
        for text in ["PutMetricData", "Hinomi", "Success", "Duration", "checkout", "tokyo"] {
            assert!(requests[0].contains(text), "{text}: {}", requests[0]);
        }
    }

    #[tokio::test]
    async fn a_store_that_cannot_be_reached_is_told_on_one_line() {
        let config = config(closed_port().await);
        let told = put(&aws_sdk_cloudwatch::Client::new(&config), &sample()).await;
        let told = told.expect_err("nobody answers");
        assert!(told.contains("refused") && !told.contains('\n'), "{told}");
    }

    #[test]
    fn an_arn_names_its_region() {
        for (name, region) in [
            ("arn:aws:secretsmanager:eu-west-1:111122223333:secret:a-AbCdEf", Some("eu-west-1")),
            ("checkout/token", None),
            ("arn:aws:s3:::bucket", None),
            ("arn:", None),
        ] {
            assert_eq!(region_of(name), region, "{name}");
        }
    }

    #[test]
    fn both_metrics_carry_the_same_time_and_dimensions() {
        let data = data(&sample());
        let seen: Vec<_> = data.iter().map(|datum| (datum.metric_name(), datum.value())).collect();
        assert_eq!(seen, [(Some("Success"), Some(1.0)), (Some("Duration"), Some(12.5))]);
        for datum in &data {
            let dimensions = datum.dimensions().iter();
            let dimensions: Vec<_> =
                dimensions.filter_map(|one| Some((one.name()?, one.value()?))).collect();
            assert_eq!(dimensions, [("Monitor", "checkout"), ("Location", "tokyo")]);
            assert_eq!(datum.timestamp().map(DateTime::secs), Some(0));
        }
    }

    #[test]
    fn only_metrics_of_a_period_below_a_minute_are_kept_by_the_second() {
        for (by_the_second, resolution) in [(false, None), (true, Some(1))] {
            let kept = data(&Sample { by_the_second, ..sample() });
            assert!(kept.iter().all(|datum| datum.storage_resolution() == resolution), "{kept:?}");
        }
    }
}
