//! Inputs of extreme size or shape: there is a plan for all that can be done, and what cannot is named.
//!
//! Sizes are some thousands; with `PCMK_FUZZ` set they are those at which an operator would give up.

use pcmk_base::Entity;
use pcmk_model::{Model, ReadOptions, Task};
use pcmk_sched::{Options, Plan, Workspace, codes, graph_of, schedule};
use pcmk_simulate::records::{Histories, Outcome, Recorded, record};
use pcmk_testkit::run::{FACTOR, fuzz};
use pcmk_xml::{Element, parse_str};
use std::fmt::Write;

fn long() -> usize {
    match std::env::var_os(FACTOR) {
        Some(_) => 10_000,
        None => 2_000,
    }
}

const NODES: [&str; 3] = ["n1", "n2", "n3"];

/// A cluster of three nodes that are online, where nothing ran yet.
fn cluster(options: &[(&str, &str)], resources: &str, constraints: &str) -> String {
    let options: String = [("fencing-enabled", "false"), ("no-quorum-policy", "ignore")]
        .iter()
        .chain(options)
        .map(|(name, value)| format!("<nvpair id='o-{name}' name='{name}' value='{value}'/>"))
        .collect();
    let nodes = NODES.map(|name| format!("<node id='{name}' uname='{name}'/>"));
    let states = NODES.map(|name| {
        format!(
            "<node_state id='{name}' uname='{name}' in_ccm='true' crmd='online' join='member' \
             expected='member'><lrm id='{name}'><lrm_resources/></lrm></node_state>"
        )
    });
    format!(
        "<cib validate-with='pacemaker-4.0' crm_feature_set='3.20.5' have-quorum='1' dc-uuid='n1' \
         epoch='1' num_updates='0' admin_epoch='0'><configuration><crm_config>\
         <cluster_property_set id='o'>{options}</cluster_property_set></crm_config>\
         <nodes>{}</nodes><resources>{resources}</resources>\
         <constraints>{constraints}</constraints></configuration><status>{}</status></cib>",
        nodes.concat(),
        states.concat(),
    )
}

fn primitive(id: impl std::fmt::Display) -> String {
    format!("<primitive id='{id}' class='ocf' provider='pacemaker' type='Dummy'/>")
}

fn primitives(count: usize) -> String {
    (0..count).map(|i| primitive(format!("r{i}"))).collect()
}

/// One text for each number.
fn each(count: usize, text: impl Fn(usize) -> String) -> String {
    (0..count).map(text).collect()
}

struct Planned {
    model: Model,
    plan: Plan,
    /// Diagnostics as `code: what it is about`.
    found: Vec<String>,
}

impl Planned {
    fn of(cib: &str) -> Planned {
        let cib = parse_str(cib).expect("a CIB");
        let read = ReadOptions {
            now: 1_700_000_000,
            sanitized: true,
        };
        let (model, mut found) = Model::read(&cib, &read);
        let plan = schedule(&model, &mut Workspace::default(), &Options::default());
        found.extend(plan.diagnostics.as_slice().iter().cloned());
        assert!(found.iter().all(|d| d.code != codes::PLAN_NOT_SOUND));
        let _ = pcmk_xml::write(&pcmk_graph::write(&graph_of(&model, &plan)));
        let text = |d: &pcmk_base::Diagnostic| {
            let mut text = d.code.to_string();
            if let Entity::Resource(id) | Entity::Constraint(id) = &d.entity {
                let _ = write!(text, " {id}");
            }
            for (name, value) in &d.fields {
                let _ = write!(text, " {name}={value}");
            }
            text
        };
        let found = found.iter().map(text).collect();
        Planned { model, plan, found }
    }

    /// The node of a resource.
    fn node(&self, id: &str) -> Option<&str> {
        let mut all = self.model.resources.iter();
        let (rsc, _) = all.find(|(_, r)| *r.id == *id)?;
        self.plan.assigned[rsc].map(|node| &*self.model.nodes[node].name)
    }

    fn placed(&self) -> usize {
        self.plan.assigned.values().flatten().count()
    }

    #[track_caller]
    fn says(&self, text: &str) {
        assert!(
            self.found.iter().any(|found| found == text),
            "no {text:?} in {:?}",
            &self.found[..self.found.len().min(20)]
        );
    }
}

#[test]
fn a_chain_of_colocations_keeps_together_whichever_end_comes_first() {
    let length = long();
    for first_is_primary in [true, false] {
        let links = each(length - 1, |i| {
            let (a, b) = if first_is_primary {
                (i + 1, i)
            } else {
                (i, i + 1)
            };
            format!("<rsc_colocation id='c{i}' rsc='r{a}' with-rsc='r{b}' score='INFINITY'/>")
        });
        let planned = Planned::of(&cluster(&[], &primitives(length), &links));
        let together = planned.node("r0");
        assert!(together.is_some());
        for i in 0..length {
            assert_eq!(planned.node(&format!("r{i}")), together, "r{i}");
        }
        let told = planned.found.iter().filter(|f| f.starts_with("coloc"));
        assert_eq!(told.count(), 1);
    }
}

#[test]
fn what_cannot_run_blocks_a_long_chain() {
    let length = long();
    let links = each(length - 1, |i| {
        let link = format!("rsc='r{}' with-rsc='r{i}'", i + 1);
        format!("<rsc_colocation id='c{i}' {link} score='INFINITY'/>")
    });
    let stopped = "<primitive id='x' class='ocf' provider='pacemaker' type='Dummy'>\
        <meta_attributes id='m'><nvpair id='n' name='target-role' value='Stopped'/>\
        </meta_attributes></primitive>";
    let resources = format!("{}{stopped}", primitives(length));
    let constraints = format!("{links}<rsc_order id='o' first='x' then='r0'/>");
    let planned = Planned::of(&cluster(&[], &resources, &constraints));
    assert_eq!(planned.placed(), length);
    let starts = planned
        .plan
        .actions
        .iter()
        .filter(|(_, a)| a.task == Task::Start);
    let blocked = starts.filter(|(_, action)| !action.is_runnable());
    // That of `x` among them.
    assert_eq!(blocked.count(), length + 1);
}

#[test]
fn a_ring_of_colocations_is_worked_off() {
    let length = long() / 4;
    let ring = each(length, |i| {
        let with = (i + 1) % length;
        format!("<rsc_colocation id='c{i}' rsc='r{i}' with-rsc='r{with}' score='INFINITY'/>")
    });
    let planned = Planned::of(&cluster(&[], &primitives(length), &ring));
    assert_eq!(planned.placed(), length);
}

#[test]
fn colocations_of_each_with_each_are_bounded() {
    // Not all paths of the large one are followed.
    let (count, unfollowed) = match std::env::var_os(FACTOR) {
        Some(_) => (60, 1),
        None => (26, 0),
    };
    let links = each(count * count, |i| {
        let (a, b) = (i / count, i % count);
        match a > b {
            true => format!(
                "<rsc_colocation id='c{i}' rsc='r{a}' with-rsc='r{b}' score='{}'/>",
                [7, -7, 500, -500][(a * 7 + b * 5) % 4]
            ),
            false => String::new(),
        }
    });
    let planned = Planned::of(&cluster(&[], &primitives(count), &links));
    assert_eq!(planned.placed(), count);
    let told = planned.found.iter().filter(|f| f.starts_with("coloc"));
    assert_eq!(told.count(), unfollowed);
}

#[test]
fn orders_in_a_long_chain_and_in_a_ring() {
    let length = long();
    let chain = each(length - 1, |i| {
        format!("<rsc_order id='o{i}' first='r{i}' then='r{}'/>", i + 1)
    });
    let planned = Planned::of(&cluster(&[], &primitives(length), &chain));
    assert_eq!((planned.placed(), planned.found.len()), (length, 0));

    let back = format!("<rsc_order id='back' first='r{}' then='r0'/>", length - 1);
    let alone = primitive("alone");
    let resources = primitives(length) + &alone;
    let planned = Planned::of(&cluster(&[], &resources, &(chain + &back)));
    planned.says("order-loop o0 with=o1 o2 o3 o4 o5 o6 o7 o8 o9 o10");
    assert!(planned.node("alone").is_some());
}

#[test]
fn a_hundred_thousand_orders_that_loop() {
    let (resources, orders) = (100, 10 * long());
    let orders = each(orders, |i| {
        let (first, then) = (i % resources, i * 7 % resources);
        format!("<rsc_order id='o{i}' first='r{first}' then='r{then}'/>")
    });
    let planned = Planned::of(&cluster(&[], &primitives(resources), &orders));
    assert!(planned.found.iter().any(|f| f.starts_with("order-loop")));
}

#[test]
fn sets_may_be_large() {
    let length = long();
    let references = each(length, |i| format!("<resource_ref id='r{i}'/>"));
    let resources = primitives(length);
    for sequential in ["true", "false"] {
        let set =
            format!("<resource_set id='s' sequential='{sequential}'>{references}</resource_set>");
        let constraints = format!(
            "<rsc_order id='o'>{set}</rsc_order><rsc_location id='l' node='n1' score='5'>\
             <resource_set id-ref='s'/></rsc_location>"
        );
        let planned = Planned::of(&cluster(&[], &resources, &constraints));
        assert_eq!((planned.placed(), planned.found.len()), (length, 0));
    }
}

#[test]
fn numbers_of_instances_are_bounded() {
    let many = "99999999";
    let clone = format!(
        "<clone id='c'><meta_attributes id='m'><nvpair id='x' name='clone-max' value='{many}'/>\
         <nvpair id='y' name='clone-node-max' value='{many}'/><nvpair id='z' \
         name='globally-unique' value='true'/></meta_attributes>{}</clone>",
        primitive("p")
    );
    let bundle = format!(
        "<bundle id='b'><docker image='i' replicas='{many}' replicas-per-host='{many}'/>\
         <network ip-range-start='10.0.0.1' control-port='99'/>{}</bundle>",
        primitive("q")
    );
    let planned = Planned::of(&cluster(
        &[],
        &format!("{clone}{bundle}{}", primitive("r")),
        "",
    ));
    planned.says("too-many-instances c value=99999999 used=1000");
    planned.says("too-many-instances b value=99999999 used=500");
    assert!(planned.node("p:999").is_some());
    assert!(planned.node("r").is_some());
}

#[test]
fn what_refers_to_itself_or_to_nothing_is_named() {
    let resources = format!(
        "<template id='t' template='t' class='ocf' provider='pacemaker' type='Dummy'/>\
         <primitive id='of-itself' template='of-itself'/><primitive id='of-t' template='t'/>\
         <primitive id='of-none' template='none'/>{}{}\
         <clone id='outer'><clone id='inner'>{}</clone></clone>\
         <group id='g'><group id='h'>{}</group>{}</group>\
         <clone id='two'>{}{}</clone>",
        primitive("a"),
        primitive("b"),
        primitive("c"),
        primitive("d"),
        primitive("e"),
        primitive("f"),
        primitive("i"),
    );
    let constraints = "<rsc_colocation id='self' rsc='a' with-rsc='a' score='INFINITY'/>\
         <rsc_order id='again' first='a' then='a'/>\
         <rsc_order id='there' first='a' then='b'/><rsc_order id='back' first='b' then='a'/>\
         <rsc_order id='dangling' first='a' then='none'/>\
         <rsc_colocation id='lost' rsc='none' with-rsc='a' score='1'/>\
         <rsc_location id='nowhere' rsc='a' node='none' score='1'/>\
         <rsc_location id='nobody' rsc='none' node='n1' score='1'/>\
         <rsc_location id='ref' rsc='a'><rule id='loop'><rule id-ref='loop'/></rule></rsc_location>\
         <rsc_ticket id='unheld' rsc='none' ticket='T'/>\
         <rsc_order id='set'><resource_set id-ref='set-itself'/></rsc_order>";
    let planned = Planned::of(&cluster(&[], &resources, constraints));
    for text in [
        "invalid-template of-itself template=of-itself",
        "invalid-resource of-itself",
        "invalid-template of-none template=none",
        "misplaced-resource inner in=outer",
        "empty-clone outer",
        "misplaced-resource h in=g",
        "misplaced-resource i in=two",
        "colocation-with-itself self",
        "order-loop again",
        "order-loop there with=back",
        "constraint-reference dangling name=none",
        "constraint-reference lost name=none",
        "constraint-reference nobody name=none",
        "constraint-unknown-node nowhere name=none",
        "constraint-reference unheld name=none",
        "invalid-id-ref set id-ref=set-itself",
    ] {
        planned.says(text);
    }
    for placed in ["a", "b", "e", "of-t", "f:0"] {
        assert!(planned.node(placed).is_some(), "{placed}");
    }
}

#[test]
fn tags_and_ids_may_come_twice() {
    let cib = cluster(
        &[],
        &format!("{}{}{}", primitive("a"), primitive("a"), primitive("b")),
        "<rsc_location id='l' rsc='t' node='n1' score='1'/>\
         <rsc_location id='l' rsc='u' node='n1' score='1'/>",
    );
    let tags = "</constraints><tags><tag id='t'><obj_ref id='t'/><obj_ref id='u'/></tag>\
                <tag id='u'><obj_ref id='a'/><obj_ref id='b'/></tag></tags>";
    let planned = Planned::of(&cib.replace("</constraints>", tags));
    assert_eq!(planned.node("b"), Some("n1"));
    planned.says("constraint-reference l name=t");
}

#[test]
fn parameters_of_any_name_reach_the_agent() {
    let resource = "<primitive id='a' class='ocf' provider='pacemaker' type='Dummy'>\
        <instance_attributes id='i'><nvpair id='1' name='a b' value='1'/>\
        <nvpair id='2' name='%' value='2'/><nvpair id='3' name='' value='3'/></instance_attributes>\
        <meta_attributes id='m'><nvpair id='4' name='&lt;&amp;' value='4'/></meta_attributes></primitive>";
    let planned = Planned::of(&cluster(&[], resource, ""));
    let graph = pcmk_graph::write(&graph_of(&planned.model, &planned.plan));
    let read = parse_str(&pcmk_xml::write(&graph)).expect("XML");
    let params: Vec<_> = read.descendants().filter(|e| e.name() == "param").collect();
    for name in ["a b", "%", ""] {
        assert!(
            params.iter().any(|p| p.attr("name") == Some(name)),
            "{name:?}"
        );
    }
}

#[test]
fn calls_are_numbered_up_to_the_last_number() {
    let last = i64::MAX.to_string();
    let call = format!(
        "<lrm_resources><lrm_resource id='a' class='ocf' provider='pacemaker' type='Dummy'>\
         <lrm_rsc_op id='a_last_0' operation='monitor' interval='0' call-id='{last}' rc-code='7' \
         op-status='0' transition-key='1:1:7:u' transition-magic='0:7;1:1:7:u'/></lrm_resource>\
         </lrm_resources>"
    );
    let cib = cluster(&[], &primitive("a"), "").replace("<lrm_resources/>", &call);
    let mut cib = Element::clone(&parse_str(&cib).expect("a CIB"));
    let recorded = Recorded {
        id: "a",
        configured_id: "a",
        agent: ("ocf", Some("pacemaker"), "Dummy"),
    };
    let outcome = Outcome {
        task: "start",
        interval: 0,
        rc: 0,
        expected: 0,
        reason: "",
        now: i64::MAX,
        action: None,
    };
    let mut histories = Histories::default();
    let node = ("n1", "n1");
    record(&mut cib, &mut histories, node, &recorded, &outcome);
    let calls = cib.descendants().filter_map(|e| e.attr("call-id"));
    assert_eq!(calls.filter(|call| *call == last).count(), 3);
}

#[test]
fn documents_are_bounded() {
    let nested = |levels: usize| "<a>".repeat(levels) + &"</a>".repeat(levels);
    assert!(parse_str(&nested(10_000)).is_err());
    let deep = format!("<cib>{}</cib>", nested(pcmk_cib::MAX_DEPTH));
    assert!(pcmk_cib::parse(deep.as_bytes()).is_err());
    let groups = "<group id='g'>".repeat(180) + &"</group>".repeat(180);
    Planned::of(&cluster(&[], &groups, "")).says("misplaced-resource g in=g");
}

#[test]
fn every_number_may_be_huge() {
    let names = [
        "cluster-delay",
        "batch-limit",
        "migration-limit",
        "fencing-timeout",
        "node-health-base",
        "shutdown-lock-limit",
        "priority-fencing-delay",
        "node-pending-timeout",
        "load-threshold",
    ];
    let values = [
        "99999999999999999999",
        "-99999999999999999999",
        "2147483648",
        "P99999999999Y",
    ];
    fuzz("numbers", 1, proptest::strategy::Just(()), |()| {
        for value in values {
            let options: Vec<_> = names.iter().map(|name| (*name, value)).collect();
            let meta = [
                "priority",
                "resource-stickiness",
                "migration-threshold",
                "failure-timeout",
            ]
            .map(|name| format!("<nvpair id='m-{name}' name='{name}' value='{value}'/>"))
            .concat();
            let resource = format!(
                "<primitive id='a' class='ocf' provider='pacemaker' type='Dummy'><meta_attributes \
                 id='m'>{meta}</meta_attributes><utilization id='u'><nvpair id='u1' name='cpu' \
                 value='{value}'/></utilization><operations><op id='o' name='monitor' \
                 interval='{value}' timeout='{value}' start-delay='{value}'/></operations></primitive>"
            );
            let constraints = format!(
                "<rsc_location id='l' rsc='a' node='n1' score='{value}'/>\
                 <rsc_location id='k' rsc='a'><rule id='r' score='{value}'><date_expression id='d' \
                 operation='in_range' start='2024-01-01'><duration id='p' years='{value}' \
                 seconds='{value}'/></date_expression><date_expression id='e' operation='date_spec'>\
                 <date_spec id='f' years='{value}' monthdays='31' months='2'/></date_expression>\
                 </rule></rsc_location>"
            );
            Planned::of(&cluster(&options, &resource, &constraints));
        }
        Ok(())
    });
}
