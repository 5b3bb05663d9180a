//! HTTP/1.1 on one kept-alive connection, as little of it as our server needs: the generator
//! shares the machine with what it measures.

use std::io;
use std::net::SocketAddr;
use std::ops::Range;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A client's connection.
pub(crate) struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

/// What the server answered.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a [u8],
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum NoAnswer {
    /// The connection failed or was closed; nobody knows what became of the request.
    Broken,
    /// The answer is not of the form that the parser knows.
    Malformed,
}

impl Connection {
    pub(crate) async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self {
            stream,
            received: Vec::with_capacity(2048),
        })
    }

    /// Sends `request` and waits for its answer.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> Result<Answer<'_>, NoAnswer> {
        self.received.clear();
        let sent = self.stream.write_all(request).await;
        sent.map_err(|_error| NoAnswer::Broken)?;
        let found = loop {
            let read = self.stream.read_buf(&mut self.received).await;
            if read.map_err(|_error| NoAnswer::Broken)? == 0 {
                return Err(NoAnswer::Broken);
            }
            if let Some(found) = parse(&self.received)? {
                break found;
            }
        };
        Ok(Answer {
            status: found.status,
            body: &self.received[found.body],
        })
    }
}

struct Found {
    status: u16,
    body: Range<usize>,
}

/// The one answer that `received` begins with, once it is there as a whole.
fn parse(received: &[u8]) -> Result<Option<Found>, NoAnswer> {
    let Some(head_end) = memchr::memmem::find(received, b"\r\n\r\n") else {
        return Ok(None);
    };
    let head = std::str::from_utf8(&received[..head_end]).map_err(|_error| NoAnswer::Malformed)?;
    let (status_line, headers) = head.split_once("\r\n").ok_or(NoAnswer::Malformed)?;
    let status = status_line
        .strip_prefix("HTTP/1.1 ")
        .and_then(|rest| rest.get(..3)?.parse().ok())
        .ok_or(NoAnswer::Malformed)?;
    let length: usize = headers
        .split("\r\n")
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok())
        .ok_or(NoAnswer::Malformed)?;
    let start = head_end + 4;
    match received.len().cmp(&(start + length)) {
        std::cmp::Ordering::Less => Ok(None),
        std::cmp::Ordering::Equal => Ok(Some(Found {
            status,
            body: start..start + length,
        })),
        // Nothing was asked that this could be the answer to.
        std::cmp::Ordering::Greater => Err(NoAnswer::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(text: &str) -> Result<Option<Answer<'_>>, NoAnswer> {
        let bytes = text.as_bytes();
        Ok(parse(bytes)?.map(|found| Answer {
            status: found.status,
            body: &bytes[found.body],
        }))
    }

    #[test]
    fn an_answer_is_found_once_it_is_whole() {
        let whole =
            "HTTP/1.1 201 Created\r\nX-A: b:c\r\nContent-Length: 12\r\n\r\n{\"a\":\"\r\n\r\n\"}";
        for end in 0..whole.len() {
            assert!(matches!(answer(&whole[..end]), Ok(None)), "{end}");
        }
        let expected = Answer {
            status: 201,
            body: b"{\"a\":\"\r\n\r\n\"}".as_slice(),
        };
        assert_eq!(answer(whole).expect("well formed"), Some(expected));
    }

    #[test]
    fn an_answer_may_have_no_body() {
        let found = answer("HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n");
        let found = found.expect("well formed").expect("whole");
        assert_eq!((found.status, found.body), (204, b"".as_slice()));
    }

    #[test]
    fn what_the_parser_does_not_know_is_said_to_be_so() {
        for text in [
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n",
            "HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nab",
            "HTTP/1.0 200 OK\r\ncontent-length: 0\r\n\r\n",
            "nonsense\r\n\r\n",
        ] {
            assert!(matches!(answer(text), Err(NoAnswer::Malformed)), "{text}");
        }
    }
}
