//! What is asked for, at first and after a redirect.

use bytes::Bytes;
use contract::check::{HttpCheck, Method as Word, carries_secret};
use contract::secret::Secret;
use http_body_util::Full;
use hyper::header::{
    CONTENT_LENGTH, HOST, HeaderMap, HeaderName, HeaderValue, TRANSFER_ENCODING, USER_AGENT,
};
use hyper::{Method, Request, StatusCode};
use url::Url;

use crate::probe::attempt::Problem;

/// Who asks.
const AGENT: &str = concat!("hinomi/", env!("CARGO_PKG_VERSION"));

/// A header whose value is a secret, with the value.
#[derive(Debug)]
pub(in crate::probe) struct SecretValue {
    /// The header's name.
    pub(in crate::probe) header: String,
    /// Text before the secret.
    pub(in crate::probe) prefix: String,
    /// Name of the secret.
    pub(in crate::probe) secret: String,
    /// Its value.
    pub(in crate::probe) value: Secret<String>,
}

/// A request that may be sent.
pub(super) struct Target {
    url: Url,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
}

impl Target {
    /// What a check asks for.
    pub(super) fn of(check: &HttpCheck, secrets: &[SecretValue]) -> Result<Self, Problem> {
        // What can't be sent says nothing about the target, so it is no failure of its.
        let url = Url::parse(&check.url)
            .map_err(|problem| Problem::Unable(format!("the URL can't be read: {problem}")))?;
        speaks_http(&url).map_err(Problem::Unable)?;
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        for (name, value) in &check.headers {
            let value = HeaderValue::from_str(value)
                .map_err(|_| Problem::Unable(format!("the header `{name}` can't be sent")))?;
            headers.insert(header_name(name)?, value);
        }
        for secret in secrets {
            headers.insert(header_name(&secret.header)?, secret.to_header()?);
        }
        // These follow from the body alone.
        headers.remove(CONTENT_LENGTH);
        headers.remove(TRANSFER_ENCODING);
        let body = check.body.clone().unwrap_or_default().into();
        Ok(Self { url, method: method(check.method), headers, body })
    }

    /// Where a redirect leads, and what is asked for there.
    ///
    /// Fetch standard, "HTTP-redirect fetch": 303 is followed by GET, and so are 301 and 302 after
    /// POST; another origin gets no credentials.
    pub(super) fn redirected(mut self, status: StatusCode, to: &str) -> Result<Self, String> {
        let next = self.url.join(to).map_err(|_| "a redirect leads to no URL".to_owned())?;
        speaks_http(&next).map_err(|problem| format!("a redirect leads elsewhere: {problem}"))?;
        let becomes_get = match status {
            StatusCode::SEE_OTHER => self.method != Method::HEAD,
            StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND => self.method == Method::POST,
            _ => false,
        };
        if becomes_get {
            self.method = Method::GET;
            self.body = Bytes::new();
            for about_body in ["content-type", "content-encoding", "content-language"] {
                self.headers.remove(about_body);
            }
        }
        if next.origin() != self.url.origin() {
            self.headers.remove(HOST);
            let secret: Vec<HeaderName> = self
                .headers
                .iter()
                .filter(|(name, value)| value.is_sensitive() || carries_secret(name.as_str()))
                .map(|(name, _)| name.clone())
                .collect();
            for name in secret {
                self.headers.remove(name);
            }
        }
        self.url = next;
        Ok(self)
    }

    /// Whether TLS is spoken.
    pub(super) fn is_secure(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The host as the URL writes it.
    pub(super) fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// The port, or that of the scheme.
    pub(super) fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or_default()
    }

    /// The request for the wire.
    pub(super) fn to_request(&self) -> Result<Request<Full<Bytes>>, Problem> {
        let path = match self.url.query() {
            Some(query) => format!("{}?{query}", self.url.path()),
            None => self.url.path().to_owned(),
        };
        let mut request = Request::builder()
            .method(self.method.clone())
            .uri(path)
            .body(Full::new(self.body.clone()))
            .map_err(|problem| Problem::Failed(format!("the URL can't be asked for: {problem}")))?;
        *request.headers_mut() = self.headers.clone();
        if !self.headers.contains_key(HOST) {
            let host = match self.url.port() {
                Some(port) => format!("{}:{port}", self.host()),
                None => self.host().to_owned(),
            };
            let host = HeaderValue::try_from(host)
                .map_err(|_| Problem::Failed("the URL's host can't be sent".to_owned()))?;
            request.headers_mut().insert(HOST, host);
        }
        Ok(request)
    }
}

impl SecretValue {
    fn to_header(&self) -> Result<HeaderValue, Problem> {
        let value = format!("{}{}", self.prefix, self.value.expose());
        let mut value = HeaderValue::try_from(value).map_err(|_| {
            let secret = &self.secret;
            Problem::Unable(format!("the secret `{secret}` holds what no header can hold"))
        })?;
        value.set_sensitive(true);
        Ok(value)
    }
}

fn header_name(name: &str) -> Result<HeaderName, Problem> {
    HeaderName::try_from(name)
        .map_err(|_| Problem::Unable(format!("`{name}` is no name of a header")))
}

fn speaks_http(url: &Url) -> Result<(), String> {
    match url.scheme() {
        "http" | "https" if url.has_host() => Ok(()),
        scheme => Err(format!("the probe speaks HTTP and HTTPS, not `{scheme}`")),
    }
}

fn method(word: Word) -> Method {
    match word {
        Word::Get => Method::GET,
        Word::Head => Method::HEAD,
        Word::Post => Method::POST,
        Word::Put => Method::PUT,
        Word::Patch => Method::PATCH,
        Word::Delete => Method::DELETE,
        Word::Options => Method::OPTIONS,
    }
}
