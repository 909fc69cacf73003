//! One request and its answer.

use bytes::{BufMut, Bytes, BytesMut};
use h2::RecvStream;
use h2::client::{Builder, SendRequest};
use http::{Method, Request, Version};
use tokio::net::UnixStream;

use crate::{Call, Head, Status, reply};

/// So large that answers seldom wait for leave to be sent on.
const WINDOW: u32 = 16 << 20;
/// Before a message stand a byte, which says that it is not compressed, and its length.
const PREFIX: usize = 5;

/// Greet the server of a fresh connection, which is then served whenever the runtime runs.
pub(crate) async fn open(stream: UnixStream) -> Result<SendRequest<Bytes>, Status> {
    let (sender, connection) = Builder::new()
        .initial_window_size(WINDOW)
        .initial_connection_window_size(WINDOW)
        .enable_push(false)
        .handshake(stream)
        .await
        .map_err(|error| broken(&error))?;
    // How it ended is told by the calls that it carried.
    tokio::spawn(async { drop(connection.await) });
    sender.ready().await.map_err(|error| broken(&error))
}

/// The head of a call's request.
pub(crate) fn request(call: Call<'_>) -> Result<Head, http::Error> {
    let mut builder = Request::builder()
        .method(Method::POST)
        .version(Version::HTTP_2)
        .uri(format!("http://localhost{}", call.path))
        .header("te", "trailers")
        .header("content-type", "application/grpc")
        .header("grpc-timeout", timeout(call.patience.as_millis()));
    for (key, value) in call.metadata {
        builder = builder.header(key, value);
    }
    builder.body(())
}

/// Send the request and wait for all of the answer.
pub(crate) async fn exchange(
    mut sender: SendRequest<Bytes>,
    head: Head,
    body: &[u8],
    details: &str,
    limit: usize,
) -> Result<Vec<u8>, Status> {
    let mut framed = BytesMut::with_capacity(PREFIX + body.len());
    let length = u32::try_from(body.len())
        .map_err(|_| Status::new(Status::TOO_LARGE, "message too large"))?;
    framed.put_u8(0);
    framed.put_u32(length);
    framed.put_slice(body);
    let (response, mut stream) = sender
        .send_request(head, false)
        .map_err(|error| broken(&error))?;
    // A server that refuses does so without reading on; then this fails, and the answer says why.
    let sent = stream.send_data(framed.freeze(), true);
    let (head, mut received) = match response.await {
        Ok(response) => response.into_parts(),
        Err(error) => return Err(broken(sent.as_ref().err().unwrap_or(&error))),
    };
    if !head.status.is_success() {
        return Err(Status::new(
            Status::UNAVAILABLE,
            format!("HTTP status {}", head.status.as_u16()),
        ));
    }
    let data = collected(&mut received, PREFIX.saturating_add(limit)).await?;
    let trailers = received.trailers().await.map_err(|error| broken(&error))?;
    if let Some(status) = reply::status(trailers.as_ref().unwrap_or(&head.headers), details) {
        return Err(status);
    }
    message(data)
}

async fn collected(stream: &mut RecvStream, limit: usize) -> Result<Vec<u8>, Status> {
    let mut data = Vec::new();
    while let Some(chunk) = stream.data().await {
        let chunk = chunk.map_err(|error| broken(&error))?;
        if data.len() + chunk.len() > limit {
            return Err(Status::new(Status::TOO_LARGE, "message too large"));
        }
        data.extend_from_slice(&chunk);
        stream
            .flow_control()
            .release_capacity(chunk.len())
            .map_err(|error| broken(&error))?;
    }
    Ok(data)
}

/// The message of a body that has exactly one.
fn message(mut data: Vec<u8>) -> Result<Vec<u8>, Status> {
    match data.first_chunk::<PREFIX>() {
        Some([0, a, b, c, d])
            if u32::from_be_bytes([*a, *b, *c, *d]) as usize == data.len() - PREFIX =>
        {
            data.drain(..PREFIX);
            Ok(data)
        }
        _ => Err(Status::new(Status::INTERNAL, "not one message")),
    }
}

/// A time as gRPC wants it: eight digits at most, and a unit.
fn timeout(milliseconds: u128) -> String {
    const MOST: u128 = 99_999_999;
    if milliseconds <= MOST {
        format!("{milliseconds}m")
    } else {
        format!("{}S", (milliseconds / 1000).min(MOST))
    }
}

fn broken(error: &h2::Error) -> Status {
    Status::new(Status::UNAVAILABLE, error)
}

#[cfg(test)]
mod tests {
    use super::{message, timeout};

    #[test]
    fn one_message_is_taken_out_of_its_frame() {
        assert_eq!(message(vec![0, 0, 0, 0, 2, 7, 8]), Ok(vec![7, 8]));
        assert_eq!(message(vec![0, 0, 0, 0, 0]), Ok(vec![]));
        for wrong in [
            vec![],
            vec![0, 0, 0, 0, 3, 7, 8],
            vec![1, 0, 0, 0, 2, 7, 8],
            vec![0, 0, 0, 0, 1, 7, 8],
        ] {
            assert!(message(wrong).is_err());
        }
    }

    #[test]
    fn a_timeout_has_eight_digits_at_most() {
        assert_eq!(timeout(30_000), "30000m");
        assert_eq!(timeout(100_000_000), "100000S");
        assert_eq!(timeout(u128::MAX), "99999999S");
    }
}
