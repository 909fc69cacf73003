//! Cluster options: `crm_config`, with legacy names, validation and defaults.

use super::reader::{Reader, whole_seconds};
use crate::{
    Attrs, FenceOp, HealthScores, HealthStrategy, Options, Placement, QuorumPolicy, codes,
};
use pcmk_base::{Diagnostic, Diagnostics, Entity, Level, Score, Text, parse_bool};
use pcmk_time::parse_interval;

/// Reads the options into the model; afterwards all known options are in `Options::all`.
pub(super) fn read(reader: &mut Reader<'_>) {
    let mut all = Attrs::default();
    if let Some(config) = reader.configuration("crm_config") {
        reader.blocks(
            config,
            "cluster_property_set",
            Some("cib-bootstrap-options"),
            &mut all,
        );
    }
    let mut lookup = Lookup {
        all,
        sink: &mut reader.sink,
    };
    let fencing_enabled = lookup.boolean("fencing-enabled", Some("stonith-enabled"), true);
    let shutdown_lock = lookup.boolean("shutdown-lock", None, false);
    let strategy = health_strategy(lookup.word("node-health-strategy", "none", HEALTH));
    let lock_limit = lookup.seconds("shutdown-lock-limit", None, "0");
    let options = Options {
        enable_startup_probes: lookup.not_to_be_false("enable-startup-probes", None),
        have_watchdog: lookup.boolean("have-watchdog", None, false),
        fencing_timeout: lookup.duration("fencing-timeout", Some("stonith-timeout"), "60s"),
        fencing_enabled,
        fencing_action: lookup.fencing_action(),
        concurrent_fencing: lookup.not_to_be_false("concurrent-fencing", None),
        priority_fencing_delay: lookup.seconds("priority-fencing-delay", None, "0"),
        stop_all_resources: lookup.boolean("stop-all-resources", None, false),
        symmetric_cluster: lookup.boolean("symmetric-cluster", None, true),
        no_quorum_policy: quorum_policy(lookup.word("no-quorum-policy", "stop", POLICIES)),
        stop_removed_resources: lookup
            .not_to_be_false("stop-removed-resources", Some("stop-orphan-resources")),
        cancel_removed_actions: lookup
            .not_to_be_false("cancel-removed-actions", Some("stop-orphan-actions")),
        maintenance_mode: lookup.boolean("maintenance-mode", None, false),
        start_failure_is_fatal: lookup.boolean("start-failure-is-fatal", None, true),
        startup_fencing: lookup.boolean("startup-fencing", None, true) && fencing_enabled,
        placement_strategy: placement(lookup.word("placement-strategy", "default", PLACEMENTS)),
        shutdown_lock,
        shutdown_lock_limit: if shutdown_lock { lock_limit } else { 0 },
        node_pending_timeout: lookup.seconds("node-pending-timeout", None, "0"),
        fence_remote_without_quorum: lookup.boolean("fence-remote-without-quorum", None, false),
        node_health_strategy: strategy,
        node_health_base: lookup.score("node-health-base", "0"),
        health: health_scores(strategy, &mut lookup),
        cluster_delay: lookup.duration("cluster-delay", None, "60s"),
        batch_limit: lookup.number("batch-limit", "0"),
        migration_limit: lookup.number("migration-limit", "-1"),
        cluster_name: lookup.all.get("cluster-name").cloned(),
        all: lookup.all,
    };
    reader.model.has_fence_device |= options.have_watchdog;
    reader.model.options = options;
    settle_quorum_policy(reader);
}

const POLICIES: &[&str] = &["stop", "freeze", "ignore", "demote", "fence", "suicide"];
const PLACEMENTS: &[&str] = &["default", "utilization", "minimal", "balanced"];
const HEALTH: &[&str] = &[
    "none",
    "migrate-on-red",
    "only-green",
    "progressive",
    "custom",
];

struct Lookup<'s> {
    all: Attrs,
    sink: &'s mut Diagnostics,
}

impl Lookup<'_> {
    /// The value of an option, its default if it is absent or not valid. Stores what is used.
    fn get(
        &mut self,
        name: &str,
        legacy: Option<&str>,
        default: &str,
        valid: fn(&str) -> bool,
    ) -> Text {
        let entity = || Entity::Option(name.to_owned());
        let mut given = self.all.get(name).cloned();
        if let (None, Some(old)) = (&given, legacy) {
            given = self.all.get(old).cloned();
            if given.is_some() {
                let found = Diagnostic::new(Level::Warning, codes::LEGACY_OPTION, entity());
                self.sink.push(found.with("old", old));
            }
        }
        if let Some(bad) = given.as_ref().filter(|v| !valid(v)) {
            let found = Diagnostic::new(Level::Error, codes::INVALID_OPTION, entity());
            self.sink.push(found.with("value", bad));
            given = None;
        }
        let value = given.unwrap_or_else(|| default.into());
        self.all.insert(name.into(), value.clone());
        value
    }

    fn boolean(&mut self, name: &str, legacy: Option<&str>, default: bool) -> bool {
        let default = if default { "true" } else { "false" };
        let text = self.get(name, legacy, default, |v| parse_bool(v).is_some());
        parse_bool(&text) == Some(true)
    }

    /// One that is true by default; that it can be false is deprecated.
    fn not_to_be_false(&mut self, name: &str, legacy: Option<&str>) -> bool {
        let value = self.boolean(name, legacy, true);
        if !value {
            let entity = Entity::Option(name.to_owned());
            self.sink.warning(codes::DEPRECATED_OPTION, entity);
        }
        value
    }

    fn duration(&mut self, name: &str, legacy: Option<&str>, default: &str) -> Text {
        self.get(name, legacy, default, |v| parse_interval(v).is_ok())
    }

    fn seconds(&mut self, name: &str, legacy: Option<&str>, default: &str) -> u32 {
        whole_seconds(parse_interval(&self.duration(name, legacy, default)).unwrap_or(0))
    }

    fn number(&mut self, name: &str, default: &str) -> Text {
        self.get(name, None, default, |v| Score::parse(v).is_ok())
    }

    fn score(&mut self, name: &str, default: &str) -> Score {
        Score::parse(&self.number(name, default)).unwrap_or_default()
    }

    /// One of a list of words, ignoring case, in the spelling of the list.
    fn word(&mut self, name: &str, default: &str, words: &'static [&'static str]) -> &'static str {
        let given = self.all.get(name).cloned();
        let known = |v: &str| words.iter().copied().find(|w| w.eq_ignore_ascii_case(v));
        match given.as_deref().map(known) {
            Some(Some(word)) => word,
            Some(None) => {
                self.get(name, None, default, |_| false);
                known(default).unwrap_or_default()
            }
            None => {
                self.get(name, None, default, |_| true);
                known(default).unwrap_or_default()
            }
        }
    }

    fn fencing_action(&mut self) -> FenceOp {
        let valid = |v: &str| matches!(v, "reboot" | "off");
        match &*self.get("fencing-action", Some("stonith-action"), "reboot", valid) {
            "off" => FenceOp::Off,
            _ => FenceOp::Reboot,
        }
    }
}

fn quorum_policy(word: &str) -> QuorumPolicy {
    match word {
        "freeze" => QuorumPolicy::Freeze,
        "ignore" => QuorumPolicy::Ignore,
        "demote" => QuorumPolicy::Demote,
        "fence" | "suicide" => QuorumPolicy::Fence,
        _ => QuorumPolicy::Stop,
    }
}

fn placement(word: &str) -> Placement {
    match word {
        "utilization" => Placement::Utilization,
        "minimal" => Placement::Minimal,
        "balanced" => Placement::Balanced,
        _ => Placement::Default,
    }
}

fn health_strategy(word: &str) -> HealthStrategy {
    match word {
        "migrate-on-red" => HealthStrategy::MigrateOnRed,
        "only-green" => HealthStrategy::OnlyGreen,
        "progressive" => HealthStrategy::Progressive,
        "custom" => HealthStrategy::Custom,
        _ => HealthStrategy::None,
    }
}

fn health_scores(strategy: HealthStrategy, lookup: &mut Lookup<'_>) -> HealthScores {
    let red = lookup.score("node-health-red", "-INFINITY");
    let yellow = lookup.score("node-health-yellow", "0");
    let green = lookup.score("node-health-green", "0");
    let (ban, zero) = (Score::MINUS_INFINITY, Score::ZERO);
    match strategy {
        HealthStrategy::None => HealthScores::default(),
        HealthStrategy::MigrateOnRed => HealthScores {
            red: ban,
            yellow: zero,
            green: zero,
        },
        HealthStrategy::OnlyGreen => HealthScores {
            red: ban,
            yellow: ban,
            green: zero,
        },
        HealthStrategy::Progressive | HealthStrategy::Custom => HealthScores { red, yellow, green },
    }
}

/// Policy fence holds only with fencing, and only for a partition that has or had quorum.
fn settle_quorum_policy(reader: &mut Reader<'_>) {
    let panic = reader
        .cib
        .attr("no-quorum-panic")
        .and_then(|t| t.parse::<i64>().ok())
        .is_some_and(|n| n != 0);
    let model = &mut reader.model;
    if model.options.no_quorum_policy == QuorumPolicy::Fence {
        if !model.options.fencing_enabled {
            reader
                .sink
                .error(codes::QUORUM_POLICY_NEEDS_FENCING, Entity::Cluster);
            model.options.no_quorum_policy = QuorumPolicy::Stop;
        } else if !panic && !model.quorate {
            reader
                .sink
                .notice(codes::QUORUM_POLICY_NEVER_QUORATE, Entity::Cluster);
            model.options.no_quorum_policy = QuorumPolicy::Stop;
        }
    }
    if !model.quorate && model.options.no_quorum_policy != QuorumPolicy::Ignore {
        reader.sink.warning(codes::NO_QUORUM, Entity::Cluster);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Model, ReadOptions};

    fn read(attrs: &str, options: &[(&str, &str)]) -> (Model, Vec<Diagnostic>) {
        let pairs: String = options
            .iter()
            .map(|(n, v)| format!(r#"<nvpair id="o-{n}" name="{n}" value="{v}"/>"#))
            .collect();
        let text = format!(
            r#"<cib {attrs}><configuration><crm_config><cluster_property_set id="cib-bootstrap-options">{pairs}
            </cluster_property_set></crm_config></configuration></cib>"#
        );
        let read = ReadOptions {
            now: 0,
            sanitized: false,
        };
        Model::read(&pcmk_xml::parse_str(&text).unwrap(), &read)
    }

    #[test]
    fn legacy_names_count_unless_the_new_one_is_there() {
        let (model, found) = read("have-quorum='1'", &[("stonith-enabled", "no")]);
        assert!(!model.options.fencing_enabled && !model.options.startup_fencing);
        assert!(found.iter().any(|d| d.code == codes::LEGACY_OPTION));
        let (model, _) = read(
            "have-quorum='1'",
            &[("stonith-enabled", "no"), ("fencing-enabled", "1")],
        );
        assert!(model.options.fencing_enabled);
    }

    #[test]
    fn invalid_values_give_the_default() {
        let (model, found) = read(
            "have-quorum='1'",
            &[("placement-strategy", "x"), ("symmetric-cluster", "x")],
        );
        assert_eq!(model.options.placement_strategy, Placement::Default);
        assert!(model.options.symmetric_cluster);
        assert_eq!(
            found
                .iter()
                .filter(|d| d.code == codes::INVALID_OPTION)
                .count(),
            2
        );
    }

    #[test]
    fn policy_fence_needs_quorum_once() {
        let policy = |attrs: &str| {
            read(attrs, &[("no-quorum-policy", "suicide")])
                .0
                .options
                .no_quorum_policy
        };
        assert_eq!(policy(""), QuorumPolicy::Stop);
        assert_eq!(policy("no-quorum-panic='1'"), QuorumPolicy::Fence);
        assert_eq!(policy("have-quorum='true'"), QuorumPolicy::Fence);
    }
}
