//! Reasons as the texts that users of simulations know and compare.

use crate::{Plan, Reason, Word};
use pcmk_model::{FenceReason, Model};

/// The text of a reason.
pub fn text(reason: Reason, model: &Model, plan: &Plan) -> String {
    let rsc = |id| &model.resources[id].id;
    match reason {
        Reason::NodeAvailability => "node availability".to_owned(),
        Reason::MultiplyActive => "being multiply active".to_owned(),
        Reason::DefinitionChange => "resource definition change".to_owned(),
        Reason::NoQuorum => "no quorum".to_owned(),
        Reason::QuorumFreeze => "quorum freeze".to_owned(),
        Reason::ColocationWith(primary) => format!("colocation with {}", rsc(primary)),
        Reason::Because(word, cause) => {
            let word = match word {
                Word::Unrunnable => "unrunnable",
                Word::Unmigrateable => "unmigrateable",
                Word::Required => "required",
            };
            let action = &plan.actions[cause];
            match action.rsc() {
                Some(id) => format!("{word} {} {}", rsc(id), action.task.name(&model.names)),
                None => format!("{word} {}", task_text(model, plan, cause)),
            }
        }
        Reason::Fence(reason) => fence_text(reason, model),
    }
}

/// The task of an action without resource. Pseudo-actions have their key for a task.
fn task_text(model: &Model, plan: &Plan, id: crate::ActionId) -> String {
    use crate::Key;
    let action = &plan.actions[id];
    match action.key {
        Key::Gate(_) | Key::LoadStopped(_) => action.key.text(model),
        Key::Op(..)
        | Key::Notify(..)
        | Key::Fence(..)
        | Key::Shutdown(_)
        | Key::MaintenanceNodes => action.task.name(&model.names).to_owned(),
    }
}

fn fence_text(reason: FenceReason, model: &Model) -> String {
    use FenceReason as F;
    let rsc = |id| &model.resources[id].id;
    let fixed = match reason {
        F::ActiveThere(id) => return format!("{} is thought to be active there", rsc(id)),
        F::ActiveThereRevocable(id) => {
            return format!(
                "{} is active there (fencing will be revoked if remote connection can be re-established elsewhere)",
                rsc(id)
            );
        }
        F::FailedThere(id) => return format!("{} failed there", rsc(id)),
        F::RequiredBy(id, task) => {
            return format!("required by {} {}", rsc(id), task.name(&model.names));
        }
        F::NoQuorum => "cluster does not have quorum",
        F::UnexpectedlyDown => "peer is unexpectedly down",
        F::NeverSeen => "peer has not been seen by the cluster",
        F::Banned => "peer failed Pacemaker membership criteria",
        F::Requested => "fencing was requested",
        F::PendingTimeout => "peer pending timed out on joining the process group",
        F::NotMember => "peer is no longer part of the cluster",
        F::ProcessGone => "peer process is no longer available",
        F::UnknownJoinState => "peer was in an unknown state",
        F::ConnectionUnrecoverable => "remote connection is unrecoverable",
        F::StopUnrunnable => "stop is unrunnable",
        F::TicketLost => "deadman ticket was lost",
        F::ConnectionUnrecoverableProbe => "the connection is unrecoverable",
        F::ResourcesActive => "resources are active but connection is unrecoverable",
        F::ResourcesUnknown => "resources are in unknown state and connection is unrecoverable",
        F::ContainerFailed => "container failed",
        F::GuestUnclean => "guest is unclean",
        F::NodeUnclean => "node is unclean",
        F::DeviceParametersChanged => "Device parameters changed",
        F::DeviceParametersReload => "Device parameters changed (reload)",
        F::DeviceParametersReschedule => "Device parameters changed (reschedule)",
        F::DeviceDefinitionChanged => "Device definition changed",
    };
    fixed.to_owned()
}
