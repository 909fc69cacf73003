"""What users do to the cluster meanwhile, through whatever node they happen to be on."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from pcmk.kernel.daemons import Daemon
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.attributes import AttributeChange, AttributeUpdate
from pcmk.kernel.messages.cib import CibModified, CibModify, CibOperation, CibOptions, CibVersion
from pcmk.kernel.messages.controller import CleanupResource
from tests.simulation.configuration import Primitive, primitive_xml
from tests.simulation.node import Node
from tests.simulation.oracle import COUNT, COUNTER, Write

if TYPE_CHECKING:
    from tests.simulation.world import World

CREATE = CibOptions(allow_create=True)


class Users:
    """All users; they see one oracle."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.added: dict[str, Primitive] = {}
        self._last = 0
        self._keys: list[str] = []
        self._deeds: tuple[tuple[Callable[[Node], None], int], ...] = (
            (self.add, 6),
            (self._remove, 2),
            (self._count, 4),
            (self._standby, 2),
            (self._attribute, 3),
            (self._resource, 1),
            (self._move, 2),
            (self.cleanup, 1),
            (self._put_back, 1),
        )

    def act(self) -> None:
        """One random thing."""
        random = self.world.random
        what = random.choices([what for what, _ in self._deeds], [weight for _, weight in self._deeds])[0]
        nodes = [node for node in self.world.nodes.values() if node.up]
        if nodes:
            what(random.choice(nodes))

    def settle(self) -> None:
        """After the faults: take back what keeps resources from running, and forget the failures."""
        names = list(self.world.nodes)
        node = next(iter(self.world.nodes.values()))
        operations = [self._standby_operation(name, "off") for name in names]
        moved = "//rsc_location[starts-with(@id,'cli-')]"
        operations.append(CibOperation("delete", xpath=moved, options=CibOptions(multiple=True)))
        for operation in operations:
            self._modify(node, operation)
        self.cleanup(node)

    def cleanup(self, node: Node) -> None:
        """Forget all failures."""
        node.ask(Daemon.CONTROLD, "crm_resource", CleanupResource(), lambda _body: None)

    # ---- changes that the oracle keeps count of ---------------------------------------------------

    def add(self, node: Node) -> None:
        """Add an option, which the oracle remembers."""
        self._last += 1
        key = f"oracle-{self._last}"
        self._keys.append(key)
        self._modify(node, _property((key,), str(self._last)), self.world.oracle.begin(key, "add", node.name))

    def _remove(self, node: Node) -> None:
        if not self._keys:
            return
        key = self._keys.pop(self.world.random.randrange(len(self._keys)))
        operation = CibOperation("delete", xpath=f"//nvpair[@id='{key}']")
        self._modify(node, operation, self.world.oracle.begin(key, "remove", node.name))

    def _count(self, node: Node) -> None:
        self._last += 1
        key = f"count-{self._last}"
        operation = _property((COUNTER, key), COUNT, CibOptions(allow_create=True, score_update=True))
        self._modify(node, operation, self.world.oracle.begin(key, "count", node.name))

    # ---- others -----------------------------------------------------------------------------------

    def _standby(self, node: Node) -> None:
        random = self.world.random
        name = random.choice(list(self.world.nodes))
        self._modify(node, self._standby_operation(name, random.choice(("on", "off", "off"))))

    def _standby_operation(self, name: str, value: str) -> CibOperation:
        number = self.world.nodes[name].member.id
        xml = (
            f'<nodes><node id="{number}" uname="{name}"><instance_attributes id="nodes-{number}">'
            f'<nvpair id="nodes-{number}-standby" name="standby" value="{value}"/>'
            "</instance_attributes></node></nodes>"
        )
        return CibOperation("modify", section="nodes", input_xml=xml, options=CREATE)

    def _attribute(self, node: Node) -> None:
        random = self.world.random
        name = random.choice(list(self.world.nodes))
        change = AttributeChange(f"attr{random.randrange(3)}", str(random.randrange(100)), name)
        node.ask(Daemon.ATTRD, "attrd_updater", AttributeUpdate((change,)), lambda _body: None)

    def _resource(self, node: Node) -> None:
        """Add a resource, or remove one that was added."""
        random = self.world.random
        if self.added and random.random() < 0.4:
            id = random.choice(list(self.added))
            self._modify(node, CibOperation("delete", xpath=f"//primitive[@id='{id}']"))
            return
        self._last += 1
        primitive = Primitive(f"extra{self._last}")
        self.added[primitive.id] = primitive
        xml = f"<resources>{primitive_xml(primitive)}</resources>"
        self._modify(node, CibOperation("modify", section="resources", input_xml=xml, options=CREATE))

    def _move(self, node: Node) -> None:
        """`crm_resource --move`, `--ban` and `--clear`."""
        random = self.world.random
        resource = random.choice(("web", "cron", "mail", "fencing"))
        how = random.choice(("prefer", "ban", "clear"))
        if how == "clear":
            xpath = f"//rsc_location[starts-with(@id,'cli-') and @rsc='{resource}']"
            self._modify(node, CibOperation("delete", xpath=xpath, options=CibOptions(multiple=True)))
            return
        score = "INFINITY" if how == "prefer" else "-INFINITY"
        target = random.choice(list(self.world.nodes))
        xml = (
            f'<constraints><rsc_location id="cli-{how}-{resource}" rsc="{resource}" role="Started" node="{target}" '
            f'score="{score}"/></constraints>'
        )
        self._modify(node, CibOperation("modify", section="constraints", input_xml=xml, options=CREATE))

    def _put_back(self, node: Node) -> None:
        """Edit a copy of the whole CIB for a while and put it back, with the status of the time when it was made."""
        core = self.world.core(node.name, Daemon.BASED)
        if core is None:
            return
        copy = "".join(section.to_xml() for section in core.state.chain.committed.find("/cib/status"))
        operation = CibOperation("replace", section="status", input_xml=copy)
        self.world.queue.after(self.world.random.uniform(1.0, 60.0), self._if_up, node, operation)

    def _if_up(self, node: Node, operation: CibOperation) -> None:
        if node.up:
            self._modify(node, operation)

    def _modify(self, node: Node, operation: CibOperation, write: Write | None = None) -> None:
        def answered(body: Message) -> None:
            if write is not None:
                quorate = isinstance(body, CibModified) and self._committed_with_quorum(node, body.version)
                # Of two nodes that part, each has quorum until one is fenced: what the loser acknowledged may be lost.
                sure = quorate and not self.world.plan.rules.two_node and node.view is not None and node.view.quorate
                self.world.oracle.answered(write, body, sure)

        node.ask(Daemon.BASED, "cibadmin", CibModify((operation,), "cibadmin", "root"), answered)

    def _committed_with_quorum(self, node: Node, version: CibVersion) -> bool:
        """Whether what a node has under a version was committed so; another partition may use the same version."""
        core = self.world.core(node.name, Daemon.BASED)
        links = [] if core is None else core.state.chain.links
        entries = (link.entry for link in links if link.entry.version == version)
        return any(self.world.observers.committed_with_quorum(entry.position) for entry in entries)


def _property(keys: tuple[str, ...], value: str, options: CibOptions = CREATE) -> CibOperation:
    pairs = "".join(f'<nvpair id="{key}" name="{key}" value="{value}"/>' for key in keys)
    xml = f'<crm_config><cluster_property_set id="oracle-options">{pairs}</cluster_property_set></crm_config>'
    return CibOperation("modify", section="crm_config", input_xml=xml, options=options)
