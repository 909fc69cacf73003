//! Calls to a server that is in another thread: what it does, and what the caller makes of that.

use std::convert::Infallible;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use h2::RecvStream;
use h2::server::SendResponse;
use http::{HeaderMap, Response};
use pcmk_call::{Call, Caller, Error, Status};
use tokio::net::UnixListener;

/// What the server does with a call.
#[derive(Clone, Copy)]
enum Deed {
    /// It is answered with what was asked.
    Echo,
    /// It is refused without an answer.
    Refuse,
    /// It is taken, and the connection ends.
    HangUp,
}

/// A path for a socket, which goes with it.
struct Socket(PathBuf);

impl Socket {
    fn new() -> Socket {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("pcmk-call-{}-{count}", std::process::id());
        Socket(std::env::temp_dir().join(name))
    }
}

impl Deref for Socket {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).ok();
    }
}

/// A server of one connection, until it is told to hang up.
struct Server {
    done: Arc<AtomicBool>,
    thread: JoinHandle<()>,
}

impl Server {
    fn new(socket: &Path, deed: Deed) -> Server {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a loop");
        std::fs::remove_file(socket).ok();
        let listener = runtime
            .block_on(async { UnixListener::bind(socket) })
            .expect("a socket");
        let done = Arc::new(AtomicBool::new(false));
        let told = done.clone();
        let thread = std::thread::spawn(move || runtime.block_on(serve(listener, deed, &told)));
        Server { done, thread }
    }

    fn hang_up(self) {
        self.done.store(true, Ordering::Relaxed);
        self.thread.join().expect("an end");
    }
}

async fn serve(listener: UnixListener, deed: Deed, done: &AtomicBool) {
    let (stream, _) = listener.accept().await.expect("a connection");
    let mut connection = h2::server::handshake(stream).await.expect("a greeting");
    let (request, respond) = connection
        .accept()
        .await
        .expect("a call")
        .expect("a request");
    match deed {
        Deed::HangUp => return,
        Deed::Refuse => refuse(respond),
        Deed::Echo => drop(tokio::spawn(echo(request.into_body(), respond))),
    }
    while !done.load(Ordering::Relaxed) {
        let next = tokio::time::timeout(Duration::from_millis(2), connection.accept()).await;
        if let Ok(Some(Ok((request, respond)))) = next {
            tokio::spawn(echo(request.into_body(), respond));
        }
    }
}

async fn echo(mut body: RecvStream, mut respond: SendResponse<Bytes>) {
    let mut asked = Vec::new();
    while let Some(chunk) = body.data().await {
        let chunk = chunk.expect("data");
        body.flow_control()
            .release_capacity(chunk.len())
            .expect("leave");
        asked.extend_from_slice(&chunk);
    }
    let mut stream = respond
        .send_response(Response::new(()), false)
        .expect("a head");
    stream.send_data(asked.into(), false).expect("an answer");
    stream
        .send_trailers(HeaderMap::from_iter([status("0")]))
        .expect("a status");
}

fn refuse(mut respond: SendResponse<Bytes>) {
    let mut head = Response::new(());
    head.headers_mut().extend([status("5")]);
    head.headers_mut()
        .insert("grpc-message", "not%20here".parse().expect("a value"));
    head.headers_mut()
        .insert("x-bin", "AQI=".parse().expect("a value"));
    respond.send_response(head, true).expect("an end");
}

fn status(code: &'static str) -> (http::HeaderName, http::HeaderValue) {
    (
        http::HeaderName::from_static("grpc-status"),
        http::HeaderValue::from_static(code),
    )
}

fn caller(socket: &Path) -> Caller {
    Caller::new(socket.to_owned(), "x-bin".to_owned(), 1 << 26).expect("a caller")
}

fn ask(caller: &mut Caller, body: &[u8], patience: f64) -> Result<Vec<u8>, Status> {
    let metadata = [("x-name".to_owned(), "me".to_owned())];
    let patience = Duration::from_secs_f64(patience);
    let call = Call {
        path: "/a.B/C",
        metadata: &metadata,
        body,
        patience,
    };
    caller
        .call(call, || Ok::<(), Infallible>(()))
        .map_err(|error| match error {
            Error::Status(status) => status,
            error => panic!("{error:?}"),
        })
}

#[test]
fn an_answer_comes_back_however_large_and_a_connection_that_ended_is_made_anew() {
    let socket = Socket::new();
    let mut caller = caller(&socket);
    for size in [3, 20_000_000] {
        let server = Server::new(&socket, Deed::Echo);
        let body: Vec<u8> = (0..size).map(|index| (index % 251) as u8).collect();
        assert!(ask(&mut caller, &body, 60.0) == Ok(body));
        server.hang_up();
    }
}

#[test]
fn a_connection_lasts_until_the_server_ends_it() {
    let socket = Socket::new();
    let mut caller = caller(&socket);
    assert_eq!(caller.file(), None);
    let server = Server::new(&socket, Deed::Echo);
    assert_eq!(ask(&mut caller, &[1], 60.0), Ok(vec![1]));
    caller.look_after();
    let file = caller.file().expect("a connection");
    assert_eq!(ask(&mut caller, &[2], 60.0), Ok(vec![2]));
    assert_eq!(caller.file(), Some(file));
    server.hang_up();
    caller.look_after();
    assert_eq!(caller.file(), None);
}

#[test]
fn a_refusal_is_told_with_its_details() {
    let socket = Socket::new();
    let server = Server::new(&socket, Deed::Refuse);
    let expected = Status {
        code: 5,
        message: "not here".to_owned(),
        details: vec![1, 2],
    };
    assert_eq!(ask(&mut caller(&socket), &[1], 60.0), Err(expected));
    server.hang_up();
}

#[test]
fn a_connection_that_breaks_under_a_call_is_not_tried_again() {
    let socket = Socket::new();
    let server = Server::new(&socket, Deed::HangUp);
    let error = ask(&mut caller(&socket), &[1], 60.0).expect_err("no answer");
    assert_eq!(error.code, Status::UNAVAILABLE);
    server.hang_up();
}

#[test]
fn without_a_server_there_is_no_connection() {
    assert_eq!(
        ask(&mut caller(&Socket::new()), &[1], 60.0)
            .expect_err("no server")
            .code,
        Status::UNAVAILABLE
    );
}

#[test]
fn who_waits_too_long_gives_up_and_who_is_interrupted_does() {
    let socket = Socket::new();
    let _silent = std::os::unix::net::UnixListener::bind(&*socket).expect("a socket");
    assert_eq!(
        ask(&mut caller(&socket), &[1], 0.05)
            .expect_err("no answer")
            .code,
        Status::LATE
    );
    let call = Call {
        path: "/a.B/C",
        metadata: &[],
        body: &[],
        patience: Duration::from_secs(60),
    };
    let result = caller(&socket).call(call, || Err("enough"));
    assert!(matches!(result, Err(Error::Interrupted("enough"))));
}
