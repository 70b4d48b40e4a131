//! The one HTTP client under every AWS client.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_http_client::Connector;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

/// TLS through rustls on ring, one pool of connections, `HTTPS_PROXY` and `NO_PROXY` honoured.
///
/// The ready-made client of `aws-smithy-http-client` reads no proxy variables and builds a TLS
/// configuration whenever a service's client is made; this one builds it at the first call.
pub(super) fn client() -> SharedHttpClient {
    through(ProxyConfig::from_env())
}

/// The same through a given proxy, or none.
pub(super) fn through(proxy: ProxyConfig) -> SharedHttpClient {
    SharedHttpClient::new(PooledClient { proxy, connectors: Mutex::default() })
}

/// Connect and read timeouts: what makes one connector differ from another. All services use
/// the same; only the credential chain's look at instance metadata asks for shorter ones.
type Timeouts = (Option<Duration>, Option<Duration>);

struct PooledClient {
    proxy: ProxyConfig,
    connectors: Mutex<HashMap<Timeouts, SharedHttpConnector>>,
}

impl HttpClient for PooledClient {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let timeouts = (settings.connect_timeout(), settings.read_timeout());
        let mut connectors = self.connectors.lock().unwrap_or_else(PoisonError::into_inner);
        let connect = || self.connector(settings, components);
        connectors.entry(timeouts).or_insert_with(connect).clone()
    }
}

impl PooledClient {
    fn connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let mut builder = Connector::builder()
            .connector_settings(settings.clone())
            .proxy_config(self.proxy.clone())
            .tls_provider(Provider::Rustls(CryptoMode::Ring));
        builder.set_sleep_impl(components.sleep_impl());
        SharedHttpConnector::new(builder.build())
    }
}

impl fmt::Debug for PooledClient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PooledClient")
    }
}
