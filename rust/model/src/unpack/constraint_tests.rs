//! Constraints, tags, tickets and health, from small CIBs.

use crate::{
    LossPolicy, Model, OrderEnd, OrderKinds, ProbeMode, ReadOptions, RscFlags, RscId, Task, codes,
};
use pcmk_base::{Diagnostic, Role, Score};

fn read_with(
    properties: &str,
    nodes: &str,
    more: &str,
    constraints: &str,
) -> (Model, Vec<Diagnostic>) {
    read_with_status(properties, nodes, more, constraints, "")
}

fn read_with_status(
    properties: &str,
    nodes: &str,
    more: &str,
    constraints: &str,
    status: &str,
) -> (Model, Vec<Diagnostic>) {
    let primitives: String = ["a", "b", "c", "d"]
        .iter()
        .map(|id| format!("<primitive id='{id}' class='ocf' provider='pacemaker' type='Dummy'/>"))
        .collect();
    let text = format!(
        "<cib have-quorum='1'><configuration><crm_config><cluster_property_set id='o'>{properties}
        </cluster_property_set></crm_config><nodes>{nodes}</nodes><resources>{primitives}{more}
        <clone id='k'><primitive id='ki' class='ocf' provider='pacemaker' type='Stateful'/></clone></resources>
        <constraints>{constraints}</constraints><tags><tag id='t'><obj_ref id='b'/><obj_ref id='c'/>
        <obj_ref id='b'/></tag></tags></configuration><status>{status}</status></cib>"
    );
    let options = ReadOptions {
        now: 0,
        sanitized: false,
    };
    Model::read(&pcmk_xml::parse_str(&text).unwrap(), &options)
}

const NODES: &str = "<node id='1' uname='n1'><instance_attributes id='i1'><nvpair id='p1' name='x' value='7'/>
    <nvpair id='p2' name='#health-a' value='red'/></instance_attributes></node><node id='2' uname='n2'/>";

fn read(constraints: &str) -> (Model, Vec<Diagnostic>) {
    let (model, mut found) = read_with("", NODES, "", constraints);
    found.retain(|d| d.code != codes::NO_FENCE_DEVICE);
    (model, found)
}

fn id(model: &Model, rsc: RscId) -> &str {
    &model.resources[rsc].id
}

/// Each location as `ID RSC NODE=SCORE...`.
fn locations(model: &Model) -> Vec<String> {
    let show = |location: &crate::Location| {
        let nodes = location.nodes.iter().map(|&(node, score)| {
            let name = &model.nodes[node].name;
            format!(" {name}={score}")
        });
        let head = format!("{} {}", location.id, id(model, location.rsc));
        head + &nodes.collect::<String>()
    };
    model.locations.table.values().map(show).collect()
}

/// Each colocation as `ID DEPENDENT PRIMARY SCORE`.
fn colocations(model: &Model) -> Vec<String> {
    let show = |c: &crate::Colocation| {
        let (dependent, primary) = (id(model, c.dependent), id(model, c.primary));
        format!("{} {dependent} {primary} {}", c.id, c.score)
    };
    model.colocations.table.values().map(show).collect()
}

/// Each ordering as `RSC.TASK RSC.TASK`.
fn orders(model: &Model) -> Vec<String> {
    let end = |end: OrderEnd| match end {
        OrderEnd::Task(rsc, task) => format!("{}.{}", id(model, rsc), task.name(&model.names)),
        OrderEnd::Gate(gate) => model.gates[gate].name.to_string(),
    };
    let show = |order: &crate::Order| format!("{} {}", end(order.first), end(order.then));
    model.orders.iter().map(show).collect()
}

#[test]
fn locations_name_a_node_or_have_a_rule() {
    let (model, found) = read(
        "<rsc_location id='l1' rsc='a' node='N2' score='-5' role='Stopped' resource-discovery='never'/>
         <rsc_location id='l2' rsc='b' role='Master'><rule id='r' score='3' role='Slave'>
         <expression id='e' attribute='x' operation='defined'/></rule></rsc_location>
         <rsc_location id='l3' rsc='c' resource-discovery='exclusive'><rule id='r3' score-attribute='x'>
         <expression id='e3' attribute='#uname' operation='ne' value='n3'/></rule></rsc_location>
         <rsc_location id='l4' rsc='none' node='n1' score='1'/><rsc_location id='l5' rsc='a' node='n9' score='1'/>
         <rsc_location id='l6' rsc='a' node='n1' score='x'/><rsc_location rsc='a' node='n1' score='1'/>",
    );
    assert_eq!(locations(&model), ["l1 a n2=-5", "r b n1=3", "r3 c n1=7"]);
    let all: Vec<_> = model.locations.table.values().collect();
    assert_eq!(all[0].role, Some(Role::Stopped));
    assert_eq!((all[0].probe, all[1].role), (ProbeMode::Never, None));
    let c = model.resource_with_id("c").unwrap();
    assert!(model.states[c].is(RscFlags::EXCLUSIVE_PROBES));
    let seen: Vec<_> = found.iter().map(|d| d.code).collect();
    let expected = [
        codes::OLD_LANGUAGE,
        codes::CONSTRAINT_REFERENCE,
        codes::CONSTRAINT_UNKNOWN_NODE,
        codes::CONSTRAINT_VALUE,
        codes::WITHOUT_ID,
    ];
    assert_eq!(seen, expected);
}

#[test]
fn patterns_tags_and_sets_give_several_resources() {
    let (model, found) = read(
        "<rsc_location id='l1' rsc-pattern='^([ab])$'><rule id='r1' score-attribute='x'>
         <expression id='e' attribute='%1' operation='not_defined'/></rule></rsc_location>
         <rsc_location id='l2' rsc='t' node='n1' score='1'/>
         <rsc_location id='l3' node='n1' score='2'><resource_set id='s'><resource_ref id='t'/><resource_ref id='d'/>
         </resource_set><resource_set id='s2' score='4'><resource_ref id='a'/></resource_set></rsc_location>
         <rsc_location id='l4' rsc-pattern='!^[abcd]$' node='n1' score='5'/>",
    );
    assert_eq!(found, []);
    let expected = [
        "r1 a n1=7",
        "r1 b n1=7",
        "l2 b n1=1",
        "l2 c n1=1",
        "l3 b n1=2",
        "l3 c n1=2",
        "l3 d n1=2",
        "l3 a n1=4",
        "l4 k n1=5",
    ];
    assert_eq!(locations(&model), expected);
}

#[test]
fn health_counts_for_all_resources() {
    let strategy = "<nvpair id='h' name='node-health-strategy' value='migrate-on-red'/>";
    let (model, _) = read_with(strategy, NODES, "", "");
    assert_eq!(locations(&model)[0], "migrate-on-red a n1=-INFINITY");
    assert_eq!(model.locations.table.len(), 5);
}

#[test]
fn colocations_keep_roles_and_influence() {
    let (model, found) = read(
        "<rsc_colocation id='c1' rsc='a' with-rsc='k' with-rsc-role='Master' score='INFINITY' influence='no'
         node-attribute='rack'/><rsc_colocation id='c2' rsc='a' with-rsc='b'/>
         <rsc_colocation id='c3' rsc='a' with-rsc='b' score='-INFINITY'/>
         <rsc_colocation id='c4' rsc='a' with-rsc='b' score='1' rsc-role='Boss'/>",
    );
    assert_eq!(colocations(&model), ["c1 a k INFINITY", "c3 a b -INFINITY"]);
    let first = model.colocations.table.values().next().unwrap();
    assert_eq!(first.primary_role, Some(Role::Promoted));
    assert_eq!(first.node_attr.as_deref(), Some("rack"));
    assert!(!first.influence && first.explicit);
    assert_eq!(orders(&model), ["a.stop b.start", "b.stop a.start"]);
    assert_eq!(model.orders[0].kinds, OrderKinds::IF_REQUIRED_ON_SAME_NODE);
    let seen: Vec<_> = found.iter().map(|d| d.code).collect();
    assert_eq!(seen, [codes::OLD_LANGUAGE, codes::CONSTRAINT_VALUE]);
}

#[test]
fn colocation_sets_relate_members_and_neighbours() {
    let set = |id: &str, attrs: &str, members: [&str; 2]| {
        let [a, b] = members.map(|m| format!("<resource_ref id='{m}'/>"));
        format!("<resource_set id='{id}' {attrs}>{a}{b}</resource_set>")
    };
    let constraint = |score: &str, first: &str, second: &str| {
        let sets = set("s1", first, ["a", "b"]) + &set("s2", second, ["c", "d"]);
        let text = format!("<rsc_colocation id='x' score='{score}'>{sets}</rsc_colocation>");
        colocations(&read(&text).0)
    };
    let both = ["s1 b a 5", "s2 d c 5", "x a d 5"];
    assert_eq!(constraint("5", "", ""), both);
    let first_loose = ["s2 d c 5", "x a d 5", "x b d 5"];
    assert_eq!(constraint("5", "sequential='false'", ""), first_loose);
    let second_loose = ["s1 b a 9", "x a c 5", "x a d 5"];
    assert_eq!(
        constraint("5", "score='9'", "sequential='false'"),
        second_loose
    );
    let backwards = ["s1 a b 5", "s2 d c 5", "x a d 5"];
    assert_eq!(constraint("5", "ordering='listed'", ""), backwards);
}

#[test]
fn members_of_anti_colocation_sets_stay_apart_from_each_other() {
    let found = colocations(&read(&apart(&["a", "b", "c"])).0);
    assert_eq!(found, ["s b a -9", "s c a -9", "s c b -9"]);
}

#[test]
fn a_clone_is_kept_from_all_of_a_set_by_the_name_history_has() {
    let (model, _) = read_with_status("", NODES, "", &apart(&["a", "ki", "b"]), ACTIVE);
    let expected = ["s k a -9", "s k k -9", "s k b -9", "s b a -9", "s b k -9"];
    assert_eq!(colocations(&model), expected);
}

fn apart(members: &[&str]) -> String {
    let members = members.iter();
    let members: String = members
        .map(|m| format!("<resource_ref id='{m}'/>"))
        .collect();
    format!(
        "<rsc_colocation id='x' score='-9'><resource_set id='s'>{members}</resource_set></rsc_colocation>"
    )
}

/// The clone runs on n1.
const ACTIVE: &str = "<node_state id='1' uname='n1' in_ccm='true' crmd='online' join='member' expected='member'>
    <lrm id='1'><lrm_resources><lrm_resource id='ki' class='ocf' provider='pacemaker' type='Stateful'>
    <lrm_rsc_op id='ki_last_0' operation_key='ki_start_0' operation='start' call-id='1' rc-code='0' op-status='0'
    interval='0' transition-key='1:1:0:u'/></lrm_resource></lrm_resources></lrm></node_state>";

#[test]
fn tags_in_colocations_become_sets() {
    let (model, _) =
        read("<rsc_colocation id='x' rsc='t' with-rsc='a' score='1' with-rsc-role='Promoted'/>");
    assert_eq!(colocations(&model), ["x b a 1", "x c a 1"]);
    let (model, found) = read("<rsc_colocation id='x' rsc='t' with-rsc='t' score='1'/>");
    assert!(model.colocations.table.is_empty());
    assert_eq!(found[0].code, codes::CONSTRAINT_TWO_TAGS);
}

#[test]
fn orderings_have_an_inverse_unless_asymmetric() {
    let (model, _) = read("<rsc_order id='x' first='a' then='b'/>");
    assert_eq!(orders(&model), ["a.start b.start", "b.stop a.stop"]);
    let mandatory = OrderKinds::ORDERED | OrderKinds::FIRST_IMPLIES_THEN;
    assert_eq!(
        model.orders[0].kinds,
        mandatory | OrderKinds::UNRUNNABLE_FIRST_BLOCKS
    );
    assert_eq!(
        model.orders[1].kinds,
        OrderKinds::ORDERED | OrderKinds::THEN_IMPLIES_FIRST
    );
    let kinds = |attrs: &str| {
        let text = format!("<rsc_order id='x' first='a' then='b' {attrs}/>");
        read(&text)
            .0
            .orders
            .iter()
            .map(|o| o.kinds)
            .collect::<Vec<_>>()
    };
    let asymmetric = OrderKinds::ORDERED | OrderKinds::ASYMMETRIC;
    assert_eq!(kinds("symmetrical='false'"), [asymmetric]);
    assert_eq!(kinds("kind='Serialize'"), [OrderKinds::SERIALIZE]);
    assert_eq!(kinds("score='0'"), [OrderKinds::ORDERED; 2]);
    assert_eq!(kinds("kind='Optional' score='1'"), [OrderKinds::ORDERED; 2]);
    assert_eq!(kinds("kind='foo' symmetrical='0'"), [asymmetric]);
    let (model, found) =
        read("<rsc_order id='x' first='a' first-action='notify' then='b' then-action='start'/>");
    assert_eq!(orders(&model), ["a.notify b.start"]);
    assert_eq!(found[0].code, codes::CONSTRAINT_NOT_INVERTIBLE);
}

#[test]
fn a_minimum_of_instances_waits_at_a_gate() {
    let (model, found) = read("<rsc_order id='x' first='k' then='b' require-all='false'/>");
    assert_eq!(found[0].code, codes::OLD_LANGUAGE);
    let gate = "clone-one-or-more:x";
    let expected = [
        format!("ki:0.start {gate}"),
        format!("ki:1.start {gate}"),
        format!("{gate} b.start"),
        "b.stop k.stop".to_owned(),
    ];
    assert_eq!(orders(&model), expected);
    assert_eq!(model.gates.values().next().unwrap().required, 1);
}

#[test]
fn ordering_sets_relate_members_and_neighbours() {
    let constraint = |attrs: &str, first: &str| {
        let text = format!(
            "<rsc_order id='x' {attrs}><resource_set id='s1' {first}><resource_ref id='a'/><resource_ref id='b'/>
             </resource_set><resource_set id='s2'><resource_ref id='c'/></resource_set></rsc_order>"
        );
        orders(&read(&text).0)
    };
    let within = ["a.start b.start", "b.stop a.stop"];
    let all = [
        "a.start c.start",
        "b.start c.start",
        "c.stop a.stop",
        "c.stop b.stop",
    ];
    assert_eq!(constraint("", ""), [&within[..], &all[..]].concat());
    // Only what is said to be sequential is represented by one member.
    let ends = ["b.start c.start", "c.stop b.stop"];
    assert_eq!(constraint("", "sequential='true'"), [within, ends].concat());
    assert_eq!(constraint("", "sequential='false'"), all);
    let gated = [
        "a.start one-or-more:s1",
        "b.start one-or-more:s1",
        "one-or-more:s1 c.start",
        "c.stop a.stop",
        "c.stop b.stop",
    ];
    assert_eq!(constraint("", "sequential='0' require-all='false'"), gated);
    let serialized = ["a.start b.start", "a.start c.start", "b.start c.start"];
    assert_eq!(constraint("kind='Serialize'", ""), serialized);
}

#[test]
fn tags_in_orderings_become_sets() {
    let (model, _) = read("<rsc_order id='x' first='t' first-action='stop' then='a'/>");
    let expected = [
        "b.stop a.start",
        "c.stop a.start",
        "a.stop b.start",
        "a.stop c.start",
    ];
    assert_eq!(orders(&model), expected);
}

#[test]
fn tickets_that_are_not_granted_ban_at_once() {
    let (model, found) = read(
        "<rsc_ticket id='x' rsc='a' ticket='T'/><rsc_ticket id='y' rsc='k' rsc-role='Master' ticket='T'/>
         <rsc_ticket id='z' ticket='U' loss-policy='fence'><resource_set id='s' role='Promoted'>
         <resource_ref id='c'/></resource_set></rsc_ticket><rsc_ticket id='w' rsc='a'/>",
    );
    let policies: Vec<_> = model.ticket_dependencies.iter().map(|d| d.loss).collect();
    assert_eq!(
        policies,
        [LossPolicy::Stop, LossPolicy::Demote, LossPolicy::Fence]
    );
    let score = |rsc: &str, node: &str| {
        let rsc = model.resource_with_id(rsc).unwrap();
        model.scores.get(rsc, model.node_named(node).unwrap())
    };
    assert_eq!(score("a", "n2"), Some(Score::MINUS_INFINITY));
    assert_eq!(score("ki:0", "n2"), Some(Score::ZERO));
    assert_eq!(score("c", "n1"), Some(Score::ZERO));
    assert_eq!(model.tickets.len(), 2);
    let seen: Vec<_> = found.iter().map(|d| d.code).collect();
    assert_eq!(seen, [codes::OLD_LANGUAGE, codes::WITHOUT_TICKET]);
}

#[test]
fn an_unknown_member_ends_a_set() {
    let (model, found) = read(
        "<rsc_order id='x'><resource_set id='s'><resource_ref id='a'/><resource_ref id='none'/></resource_set>
         </rsc_order><rsc_thing id='y'/><rsc_order id='z' first='a' then='d' first-action='promote'/>",
    );
    assert_eq!(orders(&model), ["a.promote d.promote", "d.demote a.demote"]);
    assert!(found.iter().any(|d| d.code == codes::UNKNOWN_CONSTRAINT));
    assert_eq!(
        model.orders[0].first,
        OrderEnd::Task(model.top[0], Task::Promote)
    );
}

#[test]
fn hostile_constraints_are_bounded() {
    let many = apart(&["ki"; 500]).repeat(4);
    let (model, found) = read_with_status("", NODES, "", &many, ACTIVE);
    assert!(model.colocations.table.len() < 300_000);
    assert!(found.iter().any(|d| d.code == codes::TOO_MUCH_WORK));
}

#[test]
fn rules_that_refer_to_themselves_are_bounded() {
    let (model, found) = read(
        "<rsc_location id='x' rsc='a'><rule id='r' score='1'><rule id-ref='r'/><rule id-ref='r'/></rule></rsc_location>",
    );
    assert_eq!(locations(&model), ["r a"]);
    assert!(!found.is_empty());
}

#[test]
fn loops_of_orders_are_named_by_the_constraints_in_them() {
    let looped = |constraints: &str| -> Vec<String> {
        let (model, found) = read(constraints);
        assert_eq!(model.top.len(), 5);
        let loops = found.iter().filter(|d| d.code == codes::ORDER_LOOP);
        let text = |d: &Diagnostic| match (&d.entity, d.fields.first()) {
            (pcmk_base::Entity::Constraint(id), Some((_, with))) => format!("{id} {with}"),
            (pcmk_base::Entity::Constraint(id), None) => id.clone(),
            (entity, _) => format!("{entity:?}"),
        };
        loops.map(text).collect()
    };
    let order = |id: &str, first: &str, then: &str| {
        format!("<rsc_order id='{id}' first='{first}' then='{then}'/>")
    };
    let chain = order("1", "a", "b") + &order("2", "b", "c");
    assert!(looped(&chain).is_empty());
    let back = order("3", "c", "a");
    let off = order("4", "c", "d");
    assert_eq!(looped(&format!("{chain}{back}{off}")), ["1 2 3"]);
    assert_eq!(looped(&order("1", "a", "a")), ["1"]);
    let both = order("1", "a", "b") + &order("2", "b", "a");
    let more = order("3", "c", "d") + &order("4", "d", "c");
    assert_eq!(looped(&format!("{both}{more}")), ["1 2", "3 4"]);
    let apart = both.replace("/>", " kind='Serialize'/>");
    assert!(looped(&apart).is_empty());
    let stops = order("2", "b", "a").replace("/>", " first-action='stop'/>");
    assert!(looped(&format!("{}{stops}", order("1", "a", "b"))).is_empty());
    let set = "<rsc_order id='s'><resource_set id='s1'><resource_ref id='a'/><resource_ref id='b'/>\
         <resource_ref id='a'/></resource_set></rsc_order>";
    assert_eq!(looped(set), ["s"]);
}
