//! A blocking HTTP client for stand-ins on loopback: one request, one connection.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use crate::{Error, Result};

const LIMIT: Duration = Duration::from_mins(1);

/// What a server answered.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

impl Response {
    /// The body as text, for messages and XML.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// Sends a request to `http://host:port` and reads the whole answer.
pub(crate) fn send(
    endpoint: &str,
    method: &str,
    target: &str,
    headers: &[(&str, &str)],
    body: &[u8],
) -> Result<Response> {
    let doing = || format!("{method} {endpoint}{target}");
    let authority = endpoint
        .strip_prefix("http://")
        .map(|rest| rest.trim_end_matches('/'))
        .ok_or_else(|| Error::unexpected(format!("{endpoint} is not an http:// address")))?;
    let exchange = || -> std::io::Result<Vec<u8>> {
        let mut stream = TcpStream::connect(authority)?;
        stream.set_read_timeout(Some(LIMIT))?;
        stream.set_write_timeout(Some(LIMIT))?;
        let mut head = format!("{method} {target} HTTP/1.1\r\nHost: {authority}\r\n").into_bytes();
        for (name, value) in headers {
            write!(head, "{name}: {value}\r\n")?;
        }
        write!(head, "Content-Length: {}\r\nConnection: close\r\n\r\n", body.len())?;
        stream.write_all(&head)?;
        stream.write_all(body)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(answer)
    };
    let answer = exchange().map_err(Error::io(doing()))?;
    parse(&answer).ok_or_else(|| Error::unexpected(format!("{}: not an HTTP answer", doing())))
}

fn parse(answer: &[u8]) -> Option<Response> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&answer[..end]).ok()?;
    let rest = &answer[end + 4..];
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let header = |wanted: &str| {
        head.split("\r\n").filter_map(|line| line.split_once(':')).find_map(|(name, value)| {
            name.trim().eq_ignore_ascii_case(wanted).then(|| value.trim().to_owned())
        })
    };
    let chunked = header("transfer-encoding").is_some_and(|value| value.contains("chunked"));
    let body = if chunked {
        unchunk(rest)?
    } else if let Some(length) = header("content-length") {
        rest.get(..length.parse().ok()?)?.to_vec()
    } else {
        rest.to_vec()
    };
    Some(Response { status, body })
}

fn unchunk(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|window| window == b"\r\n")?;
        let size = std::str::from_utf8(&rest[..end]).ok()?.split(';').next()?.trim();
        let size = usize::from_str_radix(size, 16).ok()?;
        rest = &rest[end + 2..];
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size + 2..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{net::TcpListener, thread};

    #[test]
    fn answers_of_every_framing_are_read() {
        let cases: [(&[u8], u16, &[u8]); 4] = [
            (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokmore", 200, b"ok"),
            (b"HTTP/1.1 404 No\r\n\r\nuntil the end", 404, b"until the end"),
            (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\nA;x=1\r\n0123456789\r\n0\r\n\r\n", 200, b"ab0123456789"),
            (b"HTTP/1.0 204 None\r\nContent-Length: 0\r\n\r\n", 204, b""),
        ];
        for (answer, status, body) in cases {
            let response = parse(answer).expect("an answer");
            assert_eq!((response.status, response.body.as_slice()), (status, body));
        }
    }

    #[test]
    fn a_cut_answer_is_refused() {
        for answer in [
            &b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"[..],
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
            b"HTTP/1.1 200 OK\r\n",
            b"",
        ] {
            assert!(parse(answer).is_none());
        }
    }

    #[test]
    fn a_request_arrives_as_sent() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().expect("a connection");
            let mut request = Vec::new();
            let mut chunk = [0; 512];
            while !request.ends_with(b"hello") {
                let length = stream.read(&mut chunk).expect("readable");
                assert_ne!(length, 0, "closed early");
                request.extend_from_slice(&chunk[..length]);
            }
            stream.write_all(b"HTTP/1.1 201 Made\r\n\r\nyes").expect("writable");
            String::from_utf8(request).expect("text")
        });
        let response =
            send(&endpoint, "POST", "/a?b=c", &[("X-Test", "1")], b"hello").expect("sent");
        assert_eq!((response.status, response.text().as_str()), (201, "yes"));
        let request = server.join().expect("served");
        assert!(request.starts_with("POST /a?b=c HTTP/1.1\r\n"), "{request}");
        assert!(request.contains("X-Test: 1\r\nContent-Length: 5\r\n"), "{request}");
    }
}
