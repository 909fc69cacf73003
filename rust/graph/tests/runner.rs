//! The runner against graphs, failures, aborts and orders of completion drawn at random.

use pcmk_graph::{
    ActionId, ActionKind, ActionRef, Completion, GraphAction, Limits, Outcome, Runner, Synapse,
    TransitionGraph,
};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;

const INFINITY: i32 = 1_000_000;

#[derive(Clone, Debug)]
struct Sketch {
    inputs: Vec<usize>,
    infinite: bool,
    pseudo: bool,
    migration: bool,
    node: usize,
    fails: bool,
}

#[derive(Clone, Debug)]
struct Story {
    sketches: Vec<Sketch>,
    limits: Limits,
    /// Which of the actions under way ends next, and whether an abort comes with it.
    ends: Vec<(prop::sample::Index, bool)>,
}

/// What was seen of a run: when each action began and ended, counted in steps.
#[derive(Default)]
struct Record {
    began: BTreeMap<ActionId, usize>,
    ended: BTreeMap<ActionId, usize>,
    aborted_at: Option<usize>,
    most_jobs: BTreeMap<String, u32>,
    most_migrations: u32,
    most_in_flight: usize,
    outcome: Option<Outcome>,
}

fn sketch() -> impl Strategy<Value = Sketch> {
    let inputs = prop::collection::vec(0usize..30, 0..4);
    let odds = prop::bool::weighted;
    (
        inputs,
        odds(0.2),
        odds(0.2),
        odds(0.3),
        0usize..3,
        odds(0.1),
    )
        .prop_map(
            |(inputs, infinite, pseudo, migration, node, fails)| Sketch {
                inputs,
                infinite,
                pseudo,
                migration,
                node,
                fails: fails && !pseudo,
            },
        )
}

fn story() -> impl Strategy<Value = Story> {
    let limits = (0u32..4, prop::option::of(1u32..3), 0u32..3);
    let ends = prop::collection::vec(
        (any::<prop::sample::Index>(), prop::bool::weighted(0.03)),
        40,
    );
    (prop::collection::vec(sketch(), 1..30), limits, ends).prop_map(
        |(sketches, (batch, jobs, migrations), ends)| Story {
            sketches,
            limits: Limits {
                batch,
                node_jobs: jobs.map(|j| ("n0".to_owned(), j)).into_iter().collect(),
                migrations,
            },
            ends,
        },
    )
}

fn graph(sketches: &[Sketch]) -> Arc<TransitionGraph> {
    let reference = |at: usize| {
        let sketch = &sketches[at];
        Arc::new(ActionRef {
            id: at as ActionId + 1,
            kind: if sketch.pseudo {
                ActionKind::Pseudo
            } else {
                ActionKind::Resource
            },
            operation: if sketch.migration {
                "migrate_to"
            } else {
                "start"
            }
            .into(),
            key: format!("r{at}_start_0"),
            internal_key: None,
            on_node: Some((
                format!("n{}", sketch.node).into(),
                sketch.node.to_string().into(),
            )),
            router_node: None,
        })
    };
    let synapses = sketches.iter().enumerate().map(|(at, sketch)| Synapse {
        id: at as u32,
        priority: if sketch.infinite { INFINITY } else { 0 },
        actions: vec![GraphAction {
            id: reference(at),
            shutdown_lock: None,
            resource: None,
            attributes: [
                (
                    "CRM_meta_migrate_source".into(),
                    format!("n{}", sketch.node).into(),
                ),
                (
                    "CRM_meta_migrate_target".into(),
                    format!("n{}", (sketch.node + 1) % 3).into(),
                ),
            ]
            .into(),
            params: Vec::new(),
            downed: Vec::new(),
            maintenance: Vec::new(),
        }],
        inputs: earlier(sketches, at).map(reference).collect(),
    });
    Arc::new(TransitionGraph {
        header: Vec::new(),
        synapses: synapses.collect(),
    })
}

/// Inputs of an action that come before it, so that there is no loop.
fn earlier(sketches: &[Sketch], at: usize) -> impl Iterator<Item = usize> {
    sketches[at]
        .inputs
        .iter()
        .copied()
        .filter(move |input| *input < at)
}

fn nodes_of(sketch: &Sketch) -> Vec<String> {
    let own = format!("n{}", sketch.node);
    match (sketch.pseudo, sketch.migration) {
        (true, _) => vec![],
        (false, false) => vec![own],
        (false, true) => vec![own, format!("n{}", (sketch.node + 1) % 3)],
    }
}

fn play(story: &Story) -> Record {
    let mut runner = Runner::new(graph(&story.sketches));
    let mut record = Record::default();
    let mut ends = story.ends.iter();
    let mut step = 0;
    loop {
        runner.begin_pass();
        while let Some(fired) = runner.next_synapse(&story.limits) {
            for id in fired {
                step += 1;
                assert_eq!(
                    record.began.insert(id, step),
                    None,
                    "action {id} fired twice"
                );
                if story.sketches[id as usize - 1].pseudo {
                    step += 1;
                    record.ended.insert(id, step);
                    assert!(runner.confirm(id, false));
                }
            }
        }
        count(story, &runner.in_flight(), &mut record);
        let outcome = runner.end_pass();
        if outcome != Outcome::Running {
            record.outcome = Some(outcome);
            return record;
        }
        let under_way = runner.in_flight();
        if under_way.is_empty() {
            continue;
        }
        let (which, abort) = ends
            .next()
            .map_or((0, false), |(i, a)| (i.index(under_way.len()), *a));
        let id = under_way[which];
        let failed = story.sketches[id as usize - 1].fails;
        step += 1;
        record.ended.insert(id, step);
        assert!(runner.confirm(id, failed));
        if abort {
            runner.abort(i64::from(INFINITY), Completion::Restart, "changed");
            record.aborted_at.get_or_insert(step);
        }
    }
}

fn count(story: &Story, under_way: &[ActionId], record: &mut Record) {
    let mut jobs: BTreeMap<String, (u32, u32)> = BTreeMap::new();
    for id in under_way {
        let sketch = &story.sketches[*id as usize - 1];
        for node in nodes_of(sketch) {
            let here = jobs.entry(node).or_default();
            here.0 += 1;
            here.1 += u32::from(sketch.migration);
        }
    }
    for (node, (all, migrations)) in jobs {
        let most = record.most_jobs.entry(node).or_default();
        *most = (*most).max(all);
        record.most_migrations = record.most_migrations.max(migrations);
    }
    record.most_in_flight = record.most_in_flight.max(under_way.len());
}

/// Whether an action can come to be at all, given the failures before it.
fn reachable(sketches: &[Sketch]) -> Vec<bool> {
    let mut can: Vec<bool> = Vec::new();
    for at in 0..sketches.len() {
        let ok = earlier(sketches, at)
            .all(|input| can[input] && (!sketches[input].fails || sketches[at].infinite));
        can.push(ok);
    }
    can
}

proptest! {
    #[test]
    fn inputs_end_before_an_action_begins(story in story()) {
        let record = play(&story);
        for (id, began) in &record.began {
            for input in earlier(&story.sketches, *id as usize - 1) {
                let ended = record.ended.get(&(input as ActionId + 1));
                prop_assert!(ended.is_some_and(|ended| ended < began));
            }
        }
    }

    #[test]
    fn without_abort_everything_that_failures_do_not_block_is_done_once(story in story()) {
        let record = play(&story);
        prop_assume!(record.aborted_at.is_none());
        let can = reachable(&story.sketches);
        for (at, can) in can.iter().enumerate() {
            let id = at as ActionId + 1;
            prop_assert_eq!(record.began.contains_key(&id), *can);
            prop_assert_eq!(record.ended.contains_key(&id), *can);
        }
        let all = can.iter().all(|c| *c);
        prop_assert_eq!(record.outcome, Some(if all { Outcome::Complete } else { Outcome::Terminated }));
    }

    #[test]
    fn after_an_abort_only_pseudo_and_infinite_actions_begin(story in story()) {
        let record = play(&story);
        if let Some(aborted) = record.aborted_at {
            for (id, _) in record.began.iter().filter(|(_, began)| **began > aborted) {
                let sketch = &story.sketches[*id as usize - 1];
                prop_assert!(sketch.pseudo || sketch.infinite);
            }
        }
    }

    #[test]
    fn limits_hold(story in story()) {
        let record = play(&story);
        if story.limits.batch > 0 {
            prop_assert!(record.most_in_flight <= story.limits.batch as usize);
        }
        if let Some(limit) = story.limits.node_jobs.get("n0") {
            prop_assert!(record.most_jobs.get("n0").is_none_or(|most| most <= limit));
        }
        if story.limits.migrations > 0 {
            prop_assert!(record.most_migrations <= story.limits.migrations);
        }
    }
}
