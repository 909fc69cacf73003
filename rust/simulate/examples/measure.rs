//! What instruction counts and profiles are taken of: reading a CIB and planning, or a whole simulation.
//!
//!     measure plan|simulate CIB_FILE NOW

use std::{env, fs, process::ExitCode};

use pcmk_model::{Model, ReadOptions};
use pcmk_sched::{Options, Workspace, graph_of, schedule};
use pcmk_simulate::report::{self, Request};
use pcmk_simulate::tell::Form;

const USAGE: &str = "usage: measure plan|simulate CIB_FILE NOW";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match run(&arguments) {
        Ok(done) => {
            println!("{done}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<String, String> {
    let [what, file, now] = arguments else {
        return Err(USAGE.into());
    };
    let now = now.parse().map_err(|_| USAGE)?;
    let bytes = fs::read(file).map_err(|error| format!("{file}: {error}"))?;
    let cib = pcmk_cib::parse(&bytes).map_err(|error| format!("{file}: {error}"))?;
    drop(bytes);
    match what.as_str() {
        "plan" => {
            let options = ReadOptions {
                now,
                sanitized: false,
            };
            let (model, _) = Model::read(&cib, &options);
            let plan = schedule(&model, &mut Workspace::default(), &Options::default());
            Ok(format!(
                "{} actions",
                graph_of(&model, &plan).synapses.len()
            ))
        }
        "again" => {
            for _ in 0..10 {
                let options = ReadOptions {
                    now,
                    sanitized: false,
                };
                let (model, _) = Model::read(&cib, &options);
                let plan = schedule(&model, &mut Workspace::default(), &Options::default());
                graph_of(&model, &plan);
            }
            Ok(String::new())
        }
        "simulate" => {
            let report = report::simulate(&Request {
                cib,
                sanitized: true,
                now,
                now_line: None,
                wall_now: now,
                injections: Vec::new(),
                fail: Vec::new(),
                schedule: true,
                execute: true,
                form: Form::Text,
                utilization: false,
                scores: false,
                attributes: false,
                failures: false,
                quiet: false,
                dot: None,
                clock: None,
            });
            Ok(format!("{} lines", report.told.text.lines().count()))
        }
        _ => Err(USAGE.into()),
    }
}
