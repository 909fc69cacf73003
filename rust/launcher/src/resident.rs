//! The way to the resident, a Unix socket in the node's run folder, and what is said on it:
//!
//! 1. A number of four bytes, little-endian, and so many bytes: version, program, count of arguments, arguments,
//!    environment, each ended by a zero byte.
//! 2. The resident's `A`: it would do that.
//! 3. Our `G`, with our standard input, output, error, the folder that we are in, and a pipe: from here on it does. They
//!    are not sent before, as who reads our output would wait for a resident that hangs to let go of them.
//! 4. The exit code, one byte.
//!
//! A resident that hangs up is gone. When we are, the pipe closes, which nobody writes to, and with us ends what was begun
//! for us.

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use rustix::pipe::{PipeFlags, pipe_with};
use std::env;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, IoSlice, Read, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::time::Duration;

/// One of another version may understand the command otherwise; it declines.
const VERSION: &str = env!("CARGO_PKG_VERSION");
/// How long a resident may take to say whether it takes a command.
const PATIENCE: Duration = Duration::from_secs(1);
const RUN_DIR: &str = "/run/pcmk";
/// Bytes of the number in front of a request.
const LENGTH: usize = 4;
const ACCEPTED: u8 = b'A';
const GO: u8 = b'G';

/// How the way over the resident ended.
pub enum End {
    /// Nothing was done.
    Declined,
    /// The command was carried out, with this exit code.
    Exit(u8),
    /// It was begun, and what it came to is not known.
    Lost,
}

/// Has the resident of this node carry a command out.
pub fn carry_out(program: &OsStr, arguments: &[OsString]) -> End {
    let (Ok(mut stream), Ok(folder), Ok((missed, _alive))) = (
        accepted(program, arguments),
        File::open("."),
        pipe_with(PipeFlags::CLOEXEC),
    ) else {
        return End::Declined;
    };
    let mut code = [0];
    match go(&stream, &folder, &missed).and_then(|()| stream.read_exact(&mut code)) {
        Ok(()) => End::Exit(code[0]),
        Err(_) => End::Lost,
    }
}

/// A connection to a resident that waits for our go.
fn accepted(program: &OsStr, arguments: &[OsString]) -> io::Result<UnixStream> {
    let run_dir = env::var_os("PCMK_RUN_DIR").filter(|dir| !dir.is_empty());
    let mut stream = UnixStream::connect(
        PathBuf::from(run_dir.unwrap_or(RUN_DIR.into())).join("commands.sock"),
    )?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.write_all(&request(program, arguments)?)?;
    let mut answer = [0];
    stream.read_exact(&mut answer)?;
    if answer[0] != ACCEPTED {
        return Err(io::Error::other("declined"));
    }
    stream.set_read_timeout(None)?;
    Ok(stream)
}

/// `missed` is the end of a pipe that closes with us.
fn go(stream: &UnixStream, folder: &File, missed: &OwnedFd) -> io::Result<()> {
    let (input, output, error) = (io::stdin(), io::stdout(), io::stderr());
    let files = [
        input.as_fd(),
        output.as_fd(),
        error.as_fd(),
        folder.as_fd(),
        missed.as_fd(),
    ];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(5))];
    let mut control = SendAncillaryBuffer::new(&mut space);
    control.push(SendAncillaryMessage::ScmRights(&files));
    sendmsg(
        stream,
        &[IoSlice::new(&[GO])],
        &mut control,
        SendFlags::NOSIGNAL,
    )?;
    Ok(())
}

fn request(program: &OsStr, arguments: &[OsString]) -> io::Result<Vec<u8>> {
    let count = arguments.len().to_string();
    let mut request = vec![0; LENGTH];
    let mut field = |parts: &[&[u8]]| {
        request.extend(parts.iter().copied().flatten());
        request.push(0);
    };
    field(&[VERSION.as_bytes()]);
    field(&[program.as_bytes()]);
    field(&[count.as_bytes()]);
    for argument in arguments {
        field(&[argument.as_bytes()]);
    }
    for (name, value) in env::vars_os() {
        field(&[name.as_bytes(), b"=", value.as_bytes()]);
    }
    let length = u32::try_from(request.len() - LENGTH).map_err(io::Error::other)?;
    request[..LENGTH].copy_from_slice(&length.to_le_bytes());
    Ok(request)
}
