//! What agents call every few seconds is on their machine's bill by its start, most of which is that of a Python
//! interpreter. This program has none: it hands a command to the node's resident (`pcmk.compat.resident`), a process that
//! has imported the commands and carries this one out in a fork of itself, with our arguments, environment, files and
//! folder. Where no resident takes it, an interpreter is started as ever.
//!
//! It goes by the name of the command that it is called as.

mod resident;

use resident::End;
use std::env;
use std::ffi::{OsStr, OsString};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Our neighbour, or who is found on the way that the environment names: carries out any of the commands
/// (`pcmk.compat.launched`).
const INTERPRETED: &str = "pcmk-command";
/// As `sysexits.h` has it: a bug, for example of what died with our command.
const SOFTWARE: u8 = 70;
/// As the field has it: a program that is needed is not there.
const NOT_INSTALLED: u8 = 5;

fn main() -> ExitCode {
    let mut words = env::args_os();
    let program = words.next().unwrap_or_default();
    let program = Path::new(&program).file_name().unwrap_or_default();
    let arguments: Vec<OsString> = words.collect();
    ExitCode::from(match resident::carry_out(program, &arguments) {
        End::Declined => interpret(program, &arguments),
        End::Exit(code) => code,
        End::Lost => {
            eprintln!(
                "{}: The process that carried this out is gone",
                program.to_string_lossy()
            );
            SOFTWARE
        }
    })
}

/// Becomes an interpreter of this command; the result is the exit code if that can't be.
fn interpret(program: &OsStr, arguments: &[OsString]) -> u8 {
    let interpreter = beside_us();
    let error = Command::new(&interpreter)
        .arg(program)
        .args(arguments)
        .exec();
    eprintln!(
        "{}: {}: {error}",
        program.to_string_lossy(),
        interpreter.display()
    );
    NOT_INSTALLED
}

fn beside_us() -> PathBuf {
    let own = env::current_exe().unwrap_or_default();
    own.parent().unwrap_or(Path::new("")).join(INTERPRETED)
}
