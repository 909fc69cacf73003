//! Unary gRPC calls over a Unix socket, for programs that make a few of them and end: what a gRPC library takes to be
//! loaded is most of the time that such a program lives.
//!
//! Wire format: gRPC over HTTP/2 (`PROTOCOL-HTTP2.md` of gRPC). No compression, no retries; a connection that broke
//! while nothing was asked is made anew for the next call.

mod exchange;
mod reply;

use std::fmt;
use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::path::PathBuf;
use std::pin::pin;
use std::time::{Duration, Instant};

use bytes::Bytes;
use h2::client::SendRequest;
use http::Request;
use tokio::net::UnixStream;
use tokio::runtime::{Builder, Runtime};

/// How a call ended that has no answer: the status of gRPC, with the failure that the server sent along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// A number of gRPC's.
    pub code: u32,
    /// For people.
    pub message: String,
    /// Trailing metadata of the key that the caller asked for, decoded; empty if there was none.
    pub details: Vec<u8>,
}

impl Status {
    /// gRPC's DEADLINE_EXCEEDED.
    pub const LATE: u32 = 4;
    /// gRPC's RESOURCE_EXHAUSTED.
    pub const TOO_LARGE: u32 = 8;
    /// gRPC's INTERNAL.
    pub const INTERNAL: u32 = 13;
    /// gRPC's UNAVAILABLE.
    pub const UNAVAILABLE: u32 = 14;

    pub(crate) fn new(code: u32, message: impl fmt::Display) -> Status {
        Status {
            code,
            message: message.to_string(),
            details: Vec::new(),
        }
    }
}

/// Why there is no answer.
#[derive(Debug)]
pub enum Error<I> {
    /// The call ended without one.
    Status(Status),
    /// The request has a name or a value that can't be sent.
    Request(http::Error),
    /// The caller gave up.
    Interrupted(I),
}

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// `/SERVICE/METHOD`.
    pub path: &'a str,
    /// Keys are lower case; keys and values are visible ASCII.
    pub metadata: &'a [(String, String)],
    /// The message.
    pub body: &'a [u8],
    /// How long to wait for the answer.
    pub patience: Duration,
}

/// A connection to a server, made when it is needed. Blocking; one call at a time.
#[derive(Debug)]
pub struct Caller {
    socket: PathBuf,
    details: String,
    limit: usize,
    runtime: Runtime,
    connection: Option<Connection>,
}

#[derive(Debug)]
struct Connection {
    sender: SendRequest<Bytes>,
    file: RawFd,
}

/// How often a caller is asked whether it still wants to wait.
const LOOK: Duration = Duration::from_millis(100);

impl Caller {
    /// Calls to the server that listens on a socket. Of a failure, the binary metadata with the key `details` is kept;
    /// answers larger than `limit` bytes are refused. Errors: those of making an event loop.
    pub fn new(socket: PathBuf, details: String, limit: usize) -> io::Result<Caller> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        Ok(Caller {
            socket,
            details,
            limit,
            runtime,
            connection: None,
        })
    }

    /// The file of the connection, if there is one. When something can be read from it while nothing is asked,
    /// `look_after` wants to.
    pub fn file(&self) -> Option<RawFd> {
        self.connection.as_ref().map(|connection| connection.file)
    }

    /// Read what the server has to say while nothing is asked, and let go of a connection that it ended.
    pub fn look_after(&mut self) {
        let Caller {
            runtime,
            connection,
            ..
        } = self;
        runtime.block_on(look_after(connection));
    }

    /// Ask and wait. `interrupted` is looked at several times a second; with an error of its, the call is given up.
    pub fn call<I>(
        &mut self,
        call: Call<'_>,
        mut interrupted: impl FnMut() -> Result<(), I>,
    ) -> Result<Vec<u8>, Error<I>> {
        let request = exchange::request(call).map_err(Error::Request)?;
        let end = Instant::now() + call.patience;
        let Caller {
            socket,
            details,
            limit,
            runtime,
            connection,
        } = self;
        runtime.block_on(async {
            let mut answer = pin!(async {
                let sender = ready(socket, connection).await?;
                exchange::exchange(sender, request, call.body, details, *limit).await
            });
            loop {
                let left = end.saturating_duration_since(Instant::now());
                match tokio::time::timeout(left.min(LOOK), &mut answer).await {
                    Ok(result) => return result.map_err(Error::Status),
                    Err(_) if left <= LOOK => {
                        return Err(Error::Status(Status::new(Status::LATE, "")));
                    }
                    Err(_) => interrupted().map_err(Error::Interrupted)?,
                }
            }
        })
    }
}

/// A sender for the next request, on the connection that there is or on a new one.
async fn ready(
    socket: &PathBuf,
    connection: &mut Option<Connection>,
) -> Result<SendRequest<Bytes>, Status> {
    look_after(connection).await;
    if let Some(connection) = connection {
        return Ok(connection.sender.clone());
    }
    let stream = UnixStream::connect(socket)
        .await
        .map_err(|error| Status::new(Status::UNAVAILABLE, error))?;
    let file = stream.as_raw_fd();
    let sender = exchange::open(stream).await?;
    let made = Connection { sender, file };
    Ok(connection.insert(made).sender.clone())
}

/// Read what came while nobody waited, the end of the connection above all.
async fn look_after(connection: &mut Option<Connection>) {
    let Some(Connection { sender, file }) = connection.take() else {
        return;
    };
    // First the loop looks at the socket, then whoever serves the connection runs, and may wake up another time.
    for _ in 0..3 {
        tokio::task::yield_now().await;
    }
    if let Ok(sender) = sender.ready().await {
        *connection = Some(Connection { sender, file });
    }
}

/// A request without its body.
type Head = Request<()>;
