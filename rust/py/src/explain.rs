//! Answers to "why?" as dictionaries: the fields of the classes in `pcmk.scheduler`.

use pcmk_base::Score;
use pcmk_model::{
    Change, HopId, LocationId, NodeId, OrderKinds, QuorumPolicy, RscId, RuleTrace, Source,
    Withdrawal,
};
use pcmk_rules::{Question, Tested};
use pcmk_sched::explain::Explained;
use pcmk_sched::explain::action::{ActionAnswer, Cause, Wait};
use pcmk_sched::explain::choice::{Choice, Failures};
use pcmk_sched::explain::fencing::{FencingAnswer, FencingObstacle};
use pcmk_sched::explain::obstacle::Obstacle;
use pcmk_sched::explain::score::Contribution;
use pcmk_sched::output::{graph, reason};
use pcmk_sched::{ActionId, Reason, ScoreLine, ScoreStep, Why};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList};

/// What puts names to ids.
pub(crate) struct Words<'a, 'py> {
    pub(crate) py: Python<'py>,
    pub(crate) explained: &'a Explained,
}

type Dict<'py> = PyResult<Bound<'py, PyDict>>;
type List<'py> = PyResult<Bound<'py, PyList>>;

macro_rules! dict {
    ($py:expr, $($name:ident: $value:expr,)*) => {{
        let dict = PyDict::new($py);
        $(dict.set_item(stringify!($name), $value)?;)*
        dict
    }};
}

impl<'py> Words<'_, 'py> {
    fn list<T>(&self, items: &[T], make: impl Fn(&T) -> Dict<'py>) -> List<'py> {
        let list = PyList::empty(self.py);
        for item in items {
            list.append(make(item)?)?;
        }
        Ok(list)
    }

    fn rsc(&self, rsc: RscId) -> &str {
        &self.explained.model.resources[rsc].id
    }

    fn node(&self, node: NodeId) -> &str {
        &self.explained.model.nodes[node].name
    }

    fn orders(&self, orders: &[usize]) -> Vec<&str> {
        let all = &self.explained.model.orders;
        let mut ids: Vec<&str> = orders
            .iter()
            .filter_map(|&at| all.get(at))
            .map(|order| &*order.id)
            .collect();
        ids.dedup();
        ids
    }

    // ---- scores ----

    pub(crate) fn scores(&self) -> List<'py> {
        self.list(&self.explained.plan.score_log, |line| self.score_line(line))
    }

    fn score_line(&self, line: &ScoreLine) -> Dict<'py> {
        let promotion = line.step == ScoreStep::Promotion;
        let of = pcmk_model::Scored {
            rsc: line.rsc,
            node: line.node.filter(|_| !promotion),
        };
        let parts = self.explained.contributions(of, line.moment);
        Ok(dict!(self.py,
            step: match line.step {
                ScoreStep::Primitive => "primitive",
                ScoreStep::Group => "group",
                ScoreStep::Clone => "clone",
                ScoreStep::Bundle => "bundle",
                ScoreStep::Promotion => "promotion",
            },
            resource: self.rsc(line.rsc),
            node: line.node.map(|node| self.node(node)),
            score: line.score.value(),
            parts: self.parts(&parts)?,
        ))
    }

    fn parts(&self, parts: &[Contribution]) -> List<'py> {
        self.list(parts, |part| self.part(part))
    }

    fn part(&self, it: &Contribution) -> Dict<'py> {
        let (effect, score) = match it.part.change {
            Change::Enters(score) => ("enters", Some(score)),
            Change::Adds(score) => ("adds", Some(score)),
            Change::Becomes(score) => ("becomes", Some(score)),
            Change::Leaves => ("leaves", None),
        };
        let named = self.source(it.part.source);
        let part =
            dict!(self.py, kind: named.kind, effect: effect, score: score.map(Score::value),);
        // What is not set has its default in the class.
        let texts = [
            ("constraint", named.constraint),
            ("resource", named.rsc.map(|rsc| self.rsc(rsc))),
            ("node", named.node.map(|node| self.node(node))),
            ("ticket", named.ticket),
            ("withdrawn", it.withdrawn.map(withdrawal_name)),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                part.set_item(name, text)?;
            }
        }
        if let Some(count) = named.failures {
            part.set_item("failures", count)?;
        }
        match it.part.source {
            Source::Operation {
                task, interval, rc, ..
            } => {
                let name = task.name(&self.explained.model.names);
                let operation = dict!(self.py, name: name, interval_ms: interval, rc: rc,);
                part.set_item("operation", operation)?;
            }
            Source::Preference(wish) => {
                part.set_item("path", self.path(wish.hop)?)?;
                part.set_item("best", wish.best.value())?;
                part.set_item("asked", wish.asked.value())?;
            }
            _ => {}
        }
        if !it.inner.is_empty() {
            part.set_item("parts", self.parts(&it.inner)?)?;
        }
        Ok(part)
    }

    fn path(&self, end: HopId) -> List<'py> {
        let log = self.explained.plan.scores.log();
        let hops = log.map(|log| log.path(end)).unwrap_or_default();
        self.list(&hops, |hop| {
            Ok(dict!(self.py,
                constraint: &*self.explained.plan.colocations.table[hop.colocation].id,
                resource: self.rsc(hop.rsc),
                factor: decimal(hop.factor),
            ))
        })
    }

    fn source(&self, source: Source) -> Named<'_> {
        use Source as S;
        let plain = Named::default();
        let of = |kind, rsc| Named {
            kind,
            rsc: Some(rsc),
            ..plain
        };
        let colocation = |id| Some(&*self.explained.plan.colocations.table[id].id);
        match source {
            S::Symmetric => Named {
                kind: "symmetric",
                ..plain
            },
            S::Connection => Named {
                kind: "connection",
                ..plain
            },
            S::Replica => Named {
                kind: "replica",
                ..plain
            },
            S::Operation { rsc, .. } => of("operation", rsc),
            S::OnFail(rsc) => of("on-fail", rsc),
            S::MultiplyActive => Named {
                kind: "multiply-active",
                ..plain
            },
            S::Unmanaged => Named {
                kind: "unmanaged",
                ..plain
            },
            S::Removed => Named {
                kind: "removed",
                ..plain
            },
            S::Failures { rsc, count } => Named {
                failures: Some(count),
                ..of("failures", rsc)
            },
            S::Stickiness => Named {
                kind: "stickiness",
                ..plain
            },
            S::ShutdownLock(node) => Named {
                kind: "shutdown-lock",
                node: Some(node),
                ..plain
            },
            S::Location(id) => self.location(id),
            S::ExclusiveDiscovery => Named {
                kind: "exclusive-discovery",
                ..plain
            },
            S::Ticket(id) => Named {
                kind: "ticket",
                ticket: Some(&self.explained.model.tickets[id].id),
                ..plain
            },
            S::Colocation(id, primary) => Named {
                constraint: colocation(id),
                ..of("colocation", primary)
            },
            S::Preference(wish) => {
                let log = self.explained.plan.scores.log();
                let last = log.and_then(|log| log.hops.get(wish.hop.0 as usize));
                Named {
                    kind: "preference",
                    constraint: last.and_then(|hop| colocation(hop.colocation)),
                    rsc: last.map(|hop| hop.rsc),
                    ..plain
                }
            }
            S::TargetStopped => Named {
                kind: "target-stopped",
                ..plain
            },
            S::RemoteNode => Named {
                kind: "remote-node",
                ..plain
            },
            S::Launcher(rsc) => of("launcher", rsc),
            S::InstanceLimit(rsc) => of("instance-limit", rsc),
            S::NodeLimit(rsc) => of("node-limit", rsc),
            S::Collective(rsc) => of("collective", rsc),
            S::Unavailable => Named {
                kind: "unavailable",
                ..plain
            },
            S::Capacity => Named {
                kind: "capacity",
                ..plain
            },
            S::PromotionScore => Named {
                kind: "promotion-score",
                ..plain
            },
            S::NoPromotionScore => Named {
                kind: "no-promotion-score",
                ..plain
            },
            S::NotStarted => Named {
                kind: "not-started",
                ..plain
            },
            S::Instance(rsc) => of("instance", rsc),
            S::TableOf(rsc, node) => Named {
                node: Some(node),
                ..of("table-of", rsc)
            },
            S::StaysPromoted => Named {
                kind: "stays-promoted",
                ..plain
            },
            S::NotPlaced => Named {
                kind: "not-placed",
                ..plain
            },
        }
    }

    fn location(&self, id: LocationId) -> Named<'_> {
        let location = &self.explained.model.locations.table[id];
        let strategy = self.explained.model.options.node_health_strategy;
        let kind = if *location.id == *strategy.name() {
            "health"
        } else {
            "location"
        };
        Named {
            kind,
            constraint: Some(&location.id),
            ..Named::default()
        }
    }

    // ---- resources ----

    pub(crate) fn resource(&self, rsc: RscId, node: Option<NodeId>) -> Dict<'py> {
        let (model, plan) = (&self.explained.model, &self.explained.plan);
        let (it, state) = (&model.resources[rsc], &plan.rscs[rsc]);
        let names = |nodes: Vec<NodeId>| -> Vec<String> {
            nodes.into_iter().map(|n| self.node(n).to_owned()).collect()
        };
        let choices = match node {
            Some(node) => vec![self.explained.choice(rsc, node)],
            None => self.explained.choices(rsc),
        };
        let on = |id: &ActionId| node.is_none() || plan.actions[*id].node == node;
        let own = plan.actions.of(rsc).iter().filter(|id| on(id));
        let actions: Vec<ActionAnswer> = own
            .map(|&id| self.explained.action(id))
            .filter(|answer| answer.carried_out || answer.required)
            .collect();
        let should_run = self.explained.should_run(rsc);
        let obstacles = if should_run {
            self.explained.obstacles(rsc)
        } else {
            Vec::new()
        };
        Ok(dict!(self.py,
            resource: &*it.id,
            kind: match it.kind() {
                pcmk_model::VariantKind::Primitive => "primitive",
                pcmk_model::VariantKind::Group => "group",
                pcmk_model::VariantKind::Clone => "clone",
                pcmk_model::VariantKind::Bundle => "bundle",
            },
            parent: it.parent.map(|parent| self.rsc(parent)),
            children: plan.children[rsc].iter().map(|&child| self.rsc(child)).collect::<Vec<_>>(),
            role: model.states[rsc].current_role.name(),
            nodes: names(model.active_nodes(rsc)),
            next_role: state.next_role.name(),
            next_node: plan.assigned[rsc].map(|node| self.node(node)),
            managed: state.is(pcmk_model::RscFlags::MANAGED),
            should_run: should_run,
            obstacles: self.list(&obstacles, |&obstacle| self.obstacle(obstacle))?,
            promotion: self.promotion(rsc)?,
            choices: self.list(&choices, |choice| self.choice(rsc, choice))?,
            actions: self.list(&actions, |answer| self.action(answer))?,
        ))
    }

    /// The promotion score of an instance as the last step settled it.
    fn promotion(&self, rsc: RscId) -> PyResult<Option<Bound<'py, PyDict>>> {
        let mut lines = self.explained.plan.score_log.iter().rev();
        let line = lines.find(|line| line.rsc == rsc && line.step == ScoreStep::Promotion);
        line.map(|line| self.score_line(line)).transpose()
    }

    fn choice(&self, rsc: RscId, choice: &Choice<'_>) -> Dict<'py> {
        let failures = choice.failures.as_ref().map(|f| self.failures(f));
        Ok(dict!(self.py,
            node: self.node(choice.node),
            chosen: self.explained.plan.assigned[rsc] == Some(choice.node),
            score: choice.score.map(Score::value),
            parts: self.parts(&choice.contributions)?,
            unusable: choice.unusable.clone(),
            rules: self.list(&choice.rules, |rule| self.rule(rule))?,
            failures: failures.transpose()?,
        ))
    }

    fn rule(&self, rule: &RuleTrace) -> Dict<'py> {
        Ok(dict!(self.py,
            constraint: &*rule.constraint,
            rule: &*rule.rule,
            resource: self.rsc(rule.rsc),
            passes: rule.passes,
            tests: self.list(&rule.tests, |tested| self.tested(tested))?,
        ))
    }

    fn tested(&self, tested: &Tested) -> Dict<'py> {
        let says = PyDict::new(self.py);
        let kind = match &tested.question {
            Question::Rule { any } => {
                says.set_item("boolean-op", if *any { "or" } else { "and" })?;
                "rule"
            }
            Question::Attribute {
                name,
                operation,
                value,
            } => {
                says.set_item("attribute", &**name)?;
                says.set_item("operation", &**operation)?;
                if let Some(value) = value {
                    says.set_item("value", &**value)?;
                }
                "expression"
            }
            Question::Other {
                element,
                says: attributes,
            } => {
                for (name, value) in attributes {
                    says.set_item(&**name, &**value)?;
                }
                element
            }
        };
        Ok(dict!(self.py,
            id: &*tested.id,
            kind: kind,
            level: tested.level,
            says: says,
            actual: tested.actual.as_deref(),
            passes: tested.outcome.passes(),
        ))
    }

    fn failures(&self, failures: &Failures) -> Dict<'py> {
        Ok(dict!(self.py,
            recorded: failures.recorded,
            count: failures.count,
            threshold: failures.threshold.value(),
            timeout: failures.timeout,
            last: failures.last,
            expire_at: failures.expire_at,
            ignored: failures.ignored,
        ))
    }

    fn obstacle(&self, obstacle: Obstacle) -> Dict<'py> {
        let kind = match obstacle {
            Obstacle::StopAllResources => "stop-all-resources",
            Obstacle::NoFenceDevice => "no-fence-device",
            Obstacle::Unmanaged => "unmanaged",
            Obstacle::Blocked => "blocked",
            Obstacle::MustStop => "must-stop",
            Obstacle::NoQuorum(_) => "no-quorum",
            Obstacle::NoNode => "no-node",
            Obstacle::CannotStart(_) => "cannot-start",
        };
        let policy = match obstacle {
            Obstacle::NoQuorum(policy) => Some(policy_name(policy)),
            _ => None,
        };
        let action = match obstacle {
            Obstacle::CannotStart(start) => Some(self.action(&self.explained.action(start))?),
            _ => None,
        };
        Ok(dict!(self.py, kind: kind, policy: policy, action: action,))
    }

    // ---- actions ----

    pub(crate) fn actions(&self) -> List<'py> {
        self.list(&self.explained.actions(), |answer| self.action(answer))
    }

    fn action(&self, answer: &ActionAnswer) -> Dict<'py> {
        let action = &self.explained.plan.actions[answer.action];
        Ok(dict!(self.py,
            action: self.reference(answer.action)?,
            task: action.task.name(&self.explained.model.names),
            resource: action.rsc().map(|rsc| self.rsc(rsc)),
            carried_out: answer.carried_out,
            required: answer.required,
            runnable: answer.runnable,
            pseudo: action.is(pcmk_sched::ActionFlags::PSEUDO),
            required_by: self.list(&answer.required_by, |cause| self.cause(cause))?,
            blocked_by: self.list(&answer.blocked_by, |cause| self.cause(cause))?,
            waits_for: self.list(&answer.waits_for, |wait| self.wait(wait))?,
        ))
    }

    fn reference(&self, id: ActionId) -> Dict<'py> {
        let (model, action) = (&self.explained.model, &self.explained.plan.actions[id]);
        Ok(dict!(self.py,
            number: graph::number(id),
            key: action.key.text(model),
            node: action.node.map(|node| self.node(node)),
        ))
    }

    fn wait(&self, wait: &Wait) -> Dict<'py> {
        Ok(dict!(self.py,
            action: self.reference(wait.action)?,
            constraints: self.orders(&wait.orders),
        ))
    }

    fn cause(&self, cause: &Cause) -> Dict<'py> {
        use Why as W;
        let mut found = Because {
            kind: "",
            ..Because::default()
        };
        match cause.why {
            W::Role(from, to) => {
                found.kind = "role";
                found.roles = Some((from.name(), to.name()));
            }
            W::Moves(from, to) => {
                found.kind = "moves";
                found.nodes = vec![from, to];
            }
            W::Recovery => found.kind = "recovery",
            W::Blocked => found.kind = "blocked",
            W::MultiplyActive => found.kind = "multiply-active",
            W::BrokenMigration => found.kind = "broken-migration",
            W::StartRequired(start) => {
                found.kind = "start-required";
                found.action = Some(start);
            }
            W::Definition => found.kind = "definition",
            W::History => found.kind = "history",
            W::NoNode => found.kind = "no-node",
            W::Recurring => found.kind = "recurring",
            W::Cancelled => found.kind = "cancelled",
            W::UnknownState => found.kind = "unknown-state",
            W::Forget => found.kind = "forget",
            W::Fence(reason) => {
                found.kind = "fencing";
                let (model, plan) = (&self.explained.model, &self.explained.plan);
                found.text = Some(reason::text(Reason::Fence(reason), model, plan));
            }
            W::NodeLeaves(node) => {
                found.kind = "node-leaves";
                found.nodes = vec![node];
            }
            W::Always => found.kind = "always",
            W::Order(other, kinds) => {
                found.kind = "order";
                found.action = Some(other);
                found.ordering = kinds;
            }
            W::Members(action) => {
                found.kind = "members";
                found.action = action;
            }
            W::Notification(action) => {
                found.kind = "notification";
                found.action = Some(action);
            }
            W::WithoutNode => found.kind = "without-node",
            W::Offline(node) => {
                found.kind = "offline";
                found.nodes = vec![node];
            }
            W::Pending(node) => {
                found.kind = "pending";
                found.nodes = vec![node];
            }
            W::CannotRecover(node) => {
                found.kind = "cannot-recover";
                found.nodes = vec![node];
            }
            W::NoQuorum => found.kind = "no-quorum",
            W::QuorumFreeze => found.kind = "quorum-freeze",
            W::Unmanaged => found.kind = "unmanaged",
            W::Colocation(id) => {
                found.kind = "colocation";
                let colocation = &self.explained.plan.colocations.table[id];
                found.constraints.push(&colocation.id);
                found.rsc = Some(colocation.primary);
            }
            W::NothingToFollow => found.kind = "nothing-to-follow",
            W::Gate => found.kind = "gate",
        }
        found.constraints.extend(self.orders(&cause.orders));
        let action = found.action.map(|id| self.reference(id)).transpose()?;
        let kinds = found
            .ordering
            .iter_names()
            .map(|(name, _)| name.to_ascii_lowercase().replace('_', "-"));
        let nodes = found.nodes.iter().map(|&node| self.node(node));
        Ok(dict!(self.py,
            kind: found.kind,
            action: action,
            ordering: kinds.collect::<Vec<_>>(),
            constraints: found.constraints,
            resource: found.rsc.map(|rsc| self.rsc(rsc)),
            nodes: nodes.collect::<Vec<_>>(),
            roles: found.roles,
            text: found.text,
        ))
    }

    // ---- fencing ----

    pub(crate) fn fencing(&self) -> List<'py> {
        self.list(&self.explained.fencing(), |answer| self.fenced(answer))
    }

    fn fenced(&self, answer: &FencingAnswer) -> Dict<'py> {
        let (model, plan) = (&self.explained.model, &self.explained.plan);
        let text = |&reason| reason::text(Reason::Fence(reason), model, plan);
        Ok(dict!(self.py,
            node: self.node(answer.node),
            operation: answer.op.name(),
            action: self.action(&self.explained.action(answer.action))?,
            reasons: answer.reasons.iter().map(text).collect::<Vec<_>>(),
            obstacle: answer.obstacle.map(|obstacle| match obstacle {
                FencingObstacle::Disabled => "disabled",
                FencingObstacle::NoDevice => "no-device",
                FencingObstacle::NoQuorum => "no-quorum",
                FencingObstacle::NothingManaged => "nothing-managed",
                FencingObstacle::NotPossible => "not-possible",
            }),
        ))
    }
}

/// A source in words.
#[derive(Clone, Copy, Default)]
struct Named<'a> {
    kind: &'static str,
    constraint: Option<&'a str>,
    rsc: Option<RscId>,
    node: Option<NodeId>,
    ticket: Option<&'a str>,
    failures: Option<i64>,
}

/// A reason in words.
#[derive(Default)]
struct Because<'a> {
    kind: &'static str,
    action: Option<ActionId>,
    ordering: OrderKinds,
    constraints: Vec<&'a str>,
    rsc: Option<RscId>,
    nodes: Vec<NodeId>,
    roles: Option<(&'static str, &'static str)>,
    text: Option<String>,
}

/// The number with the digits that tell it from its neighbours, and no more.
fn decimal(number: f32) -> f64 {
    number.to_string().parse().unwrap_or(f64::from(number))
}

fn withdrawal_name(why: Withdrawal) -> &'static str {
    match why {
        Withdrawal::LeavesNoNode => "leaves-no-node",
        Withdrawal::Trial => "trial",
    }
}

fn policy_name(policy: QuorumPolicy) -> &'static str {
    match policy {
        QuorumPolicy::Stop => "stop",
        QuorumPolicy::Freeze => "freeze",
        QuorumPolicy::Ignore => "ignore",
        QuorumPolicy::Demote => "demote",
        QuorumPolicy::Fence => "fence",
    }
}
