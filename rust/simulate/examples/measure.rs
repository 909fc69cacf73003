//! What instruction counts and profiles are taken of.
//!
//!     measure plan CIB_FILE NOW        read a CIB and plan
//!     measure again CIB_FILE NOW       the same, and once more after one result in the middle of the status changed
//!     measure simulate CIB_FILE NOW    a whole simulation with its text

use std::sync::Arc;
use std::{env, fs, process::ExitCode};

use pcmk_model::{Memory, Model, ReadOptions};
use pcmk_sched::{Options, Workspace, graph_again, schedule};
use pcmk_simulate::report::{self, Request};
use pcmk_simulate::tell::Form;
use pcmk_xml::{Element, edit_at, find_path};

const USAGE: &str = "usage: measure plan|again|simulate CIB_FILE NOW";

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
    let mut known = (Memory::default(), Workspace::default());
    match what.as_str() {
        "plan" => Ok(plan(&cib, now, &mut known)),
        "again" => {
            plan(&cib, now, &mut known);
            let changed = changed(&cib).ok_or("there is no history")?;
            Ok(plan(&changed, now + 10, &mut known))
        }
        "simulate" => Ok(simulate(cib, now)),
        _ => Err(USAGE.into()),
    }
}

fn plan(cib: &Arc<Element>, now: i64, known: &mut (Memory, Workspace)) -> String {
    let options = ReadOptions {
        now,
        sanitized: false,
    };
    let (model, _) = Model::read_again(cib, &options, &mut known.0);
    let options = Options {
        remember: true,
        ..Options::default()
    };
    let plan = schedule(&model, &mut known.1, &options);
    let graph = graph_again(&model, &plan, &mut known.1, &options);
    format!("{} actions", graph.synapses.len())
}

/// The CIB with another result of the monitor in the middle of those that recur.
fn changed(cib: &Arc<Element>) -> Option<Arc<Element>> {
    let recurs = |e: &Element| {
        e.name() == "lrm_rsc_op" && e.attr("interval").is_some_and(|interval| interval != "0")
    };
    let mut before = cib.descendants().filter(|e| recurs(e)).count() / 2;
    let is_in_the_middle = |e: &Element| {
        if recurs(e) && before > 0 {
            before -= 1;
            return false;
        }
        recurs(e)
    };
    let path = find_path(cib, is_in_the_middle)?;
    let mut cib = Arc::clone(cib);
    edit_at(&mut cib, &path, |record| record.set_attr("rc-code", "7"))?;
    Some(cib)
}

fn simulate(cib: Arc<Element>, now: i64) -> String {
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
    format!("{} lines", report.told.text.lines().count())
}
