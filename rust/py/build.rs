//! A wheel has programs that are not Python as well, and maturin builds either an extension or programs (its issue 368).
//! So the launcher is built here, once, and put under each of its names into the folder of what a wheel installs besides
//! its package (`tool.maturin.data` in pyproject.toml). Only for a release: nothing else is installed.

use std::env;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Commands that agents call every few seconds, those of `pcmk.compat.launched`.
const COMMANDS: [&str; 7] = [
    "attrd_updater",
    "cibadmin",
    "crm_attribute",
    "crm_failcount",
    "crm_master",
    "crm_node",
    "crm_standby",
];
const LAUNCHER: &str = "pcmk-launcher";
const SCRIPTS: &str = "pcmk.data/scripts";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=../launcher");
    let out = env::var("OUT_DIR")?;
    if !Path::new(&out)
        .ancestors()
        .any(|folder| folder.ends_with("release"))
    {
        return Ok(());
    }
    let target = env::var("TARGET")?;
    // In a folder of its own: the lock of the usual one is held by who runs us.
    let built = Path::new(&out).join("launcher");
    // A quarter of its own time would be that of finding libraries. Not every machine has what it takes to do without.
    let found = build_launcher(&target, &built, &["-Ctarget-feature=+crt-static"])?
        || build_launcher(&target, &built, &[])?;
    if !found {
        return Err("the launcher of commands can't be built".into());
    }
    let launcher = built.join(target).join("launcher").join(LAUNCHER);
    let program = fs::read(&launcher)?;
    let scripts = Path::new(&env::var("CARGO_MANIFEST_DIR")?)
        .join("../..")
        .join(SCRIPTS);
    fs::create_dir_all(&scripts)?;
    for command in COMMANDS {
        let place = scripts.join(command);
        if fs::read(&place).is_ok_and(|present| present == program) {
            continue;
        }
        if place.exists() {
            // Not written over: who runs it keeps it.
            fs::remove_file(&place)?;
        }
        fs::copy(&launcher, place)?;
    }
    Ok(())
}

/// Whether it could be built, with these flags besides those that we are built with.
fn build_launcher(target: &str, folder: &Path, flags: &[&str]) -> Result<bool, Box<dyn Error>> {
    let given = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    let all: Vec<&str> = given
        .split('\u{1f}')
        .chain(flags.iter().copied())
        .filter(|flag| !flag.is_empty())
        .collect();
    let status = Command::new(env::var("CARGO")?)
        .args(["build", "--quiet", "--package", LAUNCHER])
        .args(["--profile", "launcher", "--target", target, "--target-dir"])
        .arg(folder)
        .env("CARGO_ENCODED_RUSTFLAGS", all.join("\u{1f}"))
        .status()?;
    Ok(status.success())
}
