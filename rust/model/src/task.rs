//! What an action does.

use pcmk_base::{Atom, Interner};

macro_rules! tasks {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// The name of an operation or pseudo-operation.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Task {
            $($(#[$doc])* $variant,)*
            /// Any other operation name an agent or a constraint may use.
            Other(Atom),
        }

        impl Task {
            /// The task of this name. Names compare exactly.
            pub fn of(name: &str, names: &mut Interner) -> Task {
                Task::known(name).unwrap_or_else(|| Task::Other(names.intern(name)))
            }

            /// The task of this name, if it is one the scheduler knows.
            pub fn known(name: &str) -> Option<Task> {
                match name {
                    $($name => Some(Task::$variant),)*
                    _ => None,
                }
            }

            /// The name of the task.
            pub fn name(self, names: &Interner) -> &str {
                match self {
                    $(Task::$variant => $name,)*
                    Task::Other(atom) => names.text(atom),
                }
            }
        }
    };
}

tasks! {
    /// Start an instance.
    Start = "start",
    /// All of a collective's starts are done.
    Running = "running",
    /// Stop an instance.
    Stop = "stop",
    /// All of a collective's stops are done.
    Stopped = "stopped",
    /// Promote an instance.
    Promote = "promote",
    /// All of a collective's promotions are done.
    Promoted = "promoted",
    /// Demote an instance.
    Demote = "demote",
    /// All of a collective's demotions are done.
    Demoted = "demoted",
    /// Check an instance; with interval zero a probe.
    Monitor = "monitor",
    /// Move away, at the source.
    MigrateTo = "migrate_to",
    /// Move here, at the target.
    MigrateFrom = "migrate_from",
    /// Take changed parameters over without a restart.
    ReloadAgent = "reload-agent",
    /// The older name of a reload, found in history.
    Reload = "reload",
    /// Tell an instance about others.
    Notify = "notify",
    /// Notifications are done.
    Notified = "notified",
    /// Stop a recurring operation.
    Cancel = "cancel",
    /// Clean up an instance's history through its executor.
    Delete = "delete",
    /// Clean up an instance's history in the CIB.
    LrmDelete = "lrm_delete",
    /// Forget fail counts.
    ClearFailcount = "clear_failcount",
    /// An operation recorded without the cluster having asked.
    AsyncMonitor = "asyncmon",
    /// Fence a node.
    Fence = "stonith",
    /// Ask a node to leave.
    Shutdown = "do_shutdown",
    /// Tell remote nodes about maintenance.
    MaintenanceNodes = "maintenance_nodes",
    /// All that load a node are stopped; graphs show the action's key instead of this name.
    LoadStopped = "load_stopped",
    /// Enough of several actions can run; graphs show the action's key instead of this name.
    Gate = "one-or-more",
}

impl Task {
    /// The task that undoes this one in an inverse ordering, if there is one.
    pub const fn inverse(self) -> Option<Task> {
        match self {
            Task::Start => Some(Task::Stop),
            Task::Stop => Some(Task::Start),
            Task::Promote => Some(Task::Demote),
            Task::Demote => Some(Task::Promote),
            Task::Running => Some(Task::Stopped),
            Task::Stopped => Some(Task::Running),
            Task::Promoted => Some(Task::Demoted),
            Task::Demoted => Some(Task::Promoted),
            _ => None,
        }
    }

    /// The task that says a collective has done all of this one; completed tasks map to themselves.
    pub const fn completed(self) -> Option<Task> {
        match self {
            Task::Start | Task::Running => Some(Task::Running),
            Task::Stop | Task::Stopped => Some(Task::Stopped),
            Task::Promote | Task::Promoted => Some(Task::Promoted),
            Task::Demote | Task::Demoted => Some(Task::Demoted),
            _ => None,
        }
    }

    /// The members' task behind a collective's task (`running` stands for the members' `start`).
    pub const fn underlying(self) -> Task {
        match self {
            Task::Running => Task::Start,
            Task::Stopped => Task::Stop,
            Task::Promoted => Task::Promote,
            Task::Demoted => Task::Demote,
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back() {
        let mut names = Interner::default();
        for name in ["start", "reload-agent", "stonith", "status"] {
            let task = Task::of(name, &mut names);
            assert_eq!(task.name(&names), name);
        }
        assert_eq!(Task::known("status"), None);
    }

    #[test]
    fn inverse_is_its_own_inverse() {
        for task in [Task::Start, Task::Running, Task::Promote, Task::Promoted] {
            assert_eq!(task.inverse().and_then(Task::inverse), Some(task));
        }
    }
}
