"""`corosync.conf`: written for a new cluster, and changed in a way that keeps what others wrote into it.

The language is that of corosync.conf(5): lines `key: value`, sections `name {` ... `}`, comments.
"""

import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct, field

from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.membership.corosync.nodelist import PREFIX, ConfiguredNode, read_nodes

_HEAD = re.compile(r"\s*([^\s{}#:]+)\s*\{\s*")
_PAIR = re.compile(r"\s*([^\s{}#:]+)\s*:\s*(.*?)\s*")
_INDENT = "    "


class Section(Struct):
    """A section: its lines as they are, and the sections in it."""

    name: str
    head: str = ""
    items: list["Section | str"] = field(default_factory=list["Section | str"])
    tail: str = "}"

    def sections(self, name: str) -> list["Section"]:
        """The sections of a name in it."""
        return [item for item in self.items if isinstance(item, Section) and item.name == name]

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Keys and values."""
        for item in self.items:
            if isinstance(item, str) and (found := _PAIR.fullmatch(item)) is not None:
                yield found[1], found[2]

    def value(self, key: str) -> str:
        """The value of a key, the last one that is given; empty if there is none."""
        return dict(self.pairs()).get(key, "")

    def set(self, key: str, value: str) -> None:
        """Have a value for a key."""
        self.drop(key)
        sub = next((place for place, item in enumerate(self.items) if isinstance(item, Section)), len(self.items))
        self.items.insert(sub, f"{_indent_of(self.head)}{key}: {value}")

    def drop(self, key: str) -> None:
        """Have no value for a key."""
        self.items = [
            item
            for item in self.items
            if not (isinstance(item, str) and (found := _PAIR.fullmatch(item)) is not None and found[1] == key)
        ]

    def lines(self) -> Iterator[str]:
        """All its lines."""
        if self.head:
            yield self.head
        for item in self.items:
            if isinstance(item, Section):
                yield from item.lines()
            else:
                yield item
        if self.head:
            yield self.tail


class CorosyncConf:
    """A configuration that can be read and changed."""

    def __init__(self, text: str) -> None:
        """Raises `PcmkError` (CONFIG) if its sections do not fit together."""
        self._root = _parse(text)

    @property
    def text(self) -> str:
        """It as a file."""
        return "".join(f"{line}\n" for line in self._root.lines())

    @property
    def nodes(self) -> tuple[ConfiguredNode, ...]:
        """The nodes that have an id, a name and an address, in the order of ids."""
        keys: dict[str, str] = {}
        for position, section in enumerate(self._node_sections()):
            keys |= {f"{PREFIX}node.{position}.{key}": value for key, value in section.pairs()}
        found = read_nodes(keys).nodes
        return tuple(found[id] for id in sorted(found))

    def node(self, name: str) -> ConfiguredNode | None:
        """A node by name."""
        return next((node for node in self.nodes if node.name == name), None)

    def value(self, section: str, key: str) -> str:
        """A value in a section at the top; empty if there is none."""
        return next((value for each in self._root.sections(section) if (value := each.value(key))), "")

    def set(self, section: str, key: str, value: str) -> None:
        """Have a value in a section at the top."""
        self._section(section).set(key, value)

    def add_node(self, node: ConfiguredNode) -> None:
        """Add a node to the list; raises `PcmkError` (EXISTS, CONFIG)."""
        for other in self.nodes:
            if other.name == node.name or other.id == node.id or set(other.hosts) & set(node.hosts):
                raise PcmkError(ExitCode.EXISTS, f"{node.name} has a name, an id or an address that is {other.name}'s")
            if len(other.hosts) != len(node.hosts):
                text = f"{other.name} has {_links(other)}, {node.name} has {_links(node)}; they must have as many"
                raise PcmkError(ExitCode.CONFIG, text)
        self._section("nodelist").items.append(_node_section(node))
        self._suit_number_of_nodes()

    def remove_node(self, name: str) -> None:
        """Take a node off the list; raises `PcmkError` (NOHOST)."""
        node = self.node(name)
        if node is None:
            raise PcmkError(ExitCode.NOHOST, f"corosync.conf has no node {name}")
        for nodelist in self._root.sections("nodelist"):
            nodelist.items = [
                item
                for item in nodelist.items
                if not (isinstance(item, Section) and item.name == "node" and item.value("nodeid") == str(node.id))
            ]
        self._suit_number_of_nodes()

    def _suit_number_of_nodes(self) -> None:
        """Two nodes need a rule of their own, because neither is more than half (votequorum(5)); with a quorum device
        they are not alone."""
        for quorum in self._root.sections("quorum"):
            if quorum.sections("device"):
                continue
            if len(self.nodes) == 2:
                quorum.set("two_node", "1")
            else:
                quorum.drop("two_node")

    def _node_sections(self) -> Iterator[Section]:
        for nodelist in self._root.sections("nodelist"):
            yield from nodelist.sections("node")

    def _section(self, name: str) -> Section:
        for section in self._root.sections(name):
            return section
        made = Section(name, f"{name} {{")
        self._root.items += ["", made]
        return made


def new_configuration(
    cluster: str, nodes: Iterable[ConfiguredNode], settings: Mapping[tuple[str, str], str]
) -> CorosyncConf:
    """The configuration of a new cluster: encrypted links by knet, quorum by votes. `settings` are further values by
    section and key, or other ones."""
    made = CorosyncConf(
        f"""totem {{
    version: 2
    cluster_name: {cluster}
    transport: knet
    crypto_cipher: aes256
    crypto_hash: sha256
}}

nodelist {{
}}

quorum {{
    provider: corosync_votequorum
}}

logging {{
    to_logfile: yes
    logfile: /var/log/corosync/corosync.log
    to_syslog: yes
    timestamp: hires
}}
"""
    )
    for node in nodes:
        made.add_node(node)
    for (section, key), value in settings.items():
        made.set(section, key, value)
    return made


def _node_section(node: ConfiguredNode) -> Section:
    section = Section("node", f"{_INDENT}node {{", tail=f"{_INDENT}}}")
    for key, value in (
        ("name", node.name),
        ("nodeid", str(node.id)),
        *((f"ring{link}_addr", host) for link, host in enumerate(node.hosts)),
    ):
        section.set(key, value)
    return section


def _links(node: ConfiguredNode) -> str:
    return f"{len(node.hosts)} address{'es' if len(node.hosts) > 1 else ''}"


def _indent_of(head: str) -> str:
    return head[: len(head) - len(head.lstrip())] + _INDENT


def _parse(text: str) -> Section:
    root = Section("")
    open_sections = [root]
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if bare == "}":
            if len(open_sections) == 1:
                raise PcmkError(ExitCode.CONFIG, f"corosync.conf, line {number}: a section ends that did not begin")
            open_sections.pop().tail = line
        elif (found := _HEAD.fullmatch(line)) is not None:
            section = Section(found[1], line)
            open_sections[-1].items.append(section)
            open_sections.append(section)
        elif not bare or bare.startswith("#") or _PAIR.fullmatch(line) is not None:
            open_sections[-1].items.append(line)
        else:
            raise PcmkError(ExitCode.CONFIG, f"corosync.conf, line {number}: not understood: {bare}")
    if len(open_sections) > 1:
        raise PcmkError(ExitCode.CONFIG, f"corosync.conf: the section {open_sections[-1].name} does not end")
    return root
