//! `pcmk._core`: the Rust crates for Python. There is no logic here, only conversion.
//!
//! One file a subject; what each offers to Python is described in `python/pcmk/_core.pyi`.

mod access;
mod call;
mod cib;
mod constraints;
mod digest;
mod element;
mod error;
mod explain;
mod grammar;
mod graph;
mod resources;
mod rules;
mod scheduler;
mod simulate;
mod time;

use pyo3::prelude::*;

#[pymodule]
mod _core {
    #[pymodule_export]
    use crate::access::{CibUser, unusable_permissions};
    #[pymodule_export]
    use crate::call::Caller;
    #[pymodule_export]
    use crate::cib::{Cib, CibRequest};
    #[pymodule_export]
    use crate::constraints::{
        LocationScore, ResourceColocation, ResourceConstraints, resource_constraints,
    };
    #[pymodule_export]
    use crate::digest::{Digest, OperationDigests, operation_digest, parameters_digest};
    #[pymodule_export]
    use crate::element::Element;
    #[pymodule_export]
    use crate::grammar::Grammar;
    #[pymodule_export]
    use crate::graph::{GraphAction, GraphRunner};
    #[pymodule_export]
    use crate::resources::{NodeState, ResourceState, cluster_state};
    #[pymodule_export]
    use crate::rules::check_rule;
    #[pymodule_export]
    use crate::scheduler::{Scheduler, SchedulerResult, schedule};
    #[pymodule_export]
    use crate::simulate::{Simulation, simulate, status_text, status_xml};
    #[pymodule_export]
    use crate::time::{DateTime, Duration, parse_period};
}
