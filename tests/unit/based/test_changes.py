"""Who follows the CIB: the sum of what was told is the CIB, however often the connection is lost."""

from dataclasses import dataclass, field

import pytest
from based_world import Node, World
from test_based_acls import SECRET, Guarded, modify, person
from test_based_cluster import SIZES, suffer

from pcmk._core import Cib
from pcmk.client.cib_changes import Copy
from pcmk.kernel.core import Client, Reply, Request, RequestGone
from pcmk.kernel.errors import CibError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.cib import CibChanges, CibChangesQuery, CibModified
from pcmk.kernel.messages.common import Failure

ROOT = Client("test")


@dataclass
class Reader:
    """A client that follows a section; `request` waits on `node`."""

    section: str
    copy: Copy = field(default_factory=Copy)
    node: str = ""
    request: int = 0
    told: list[CibChanges] = field(default_factory=list[CibChanges])


class Followed(World):
    """A cluster with readers that lose their connections at random, and go on at other nodes."""

    def __init__(self, size: int, seed: int) -> None:
        self.readers = [Reader(section) for section in ("", "resources", "status")]
        super().__init__(size, seed)

    def step(self) -> bool:
        for reader in self.readers:
            alive = reader.request and self.nodes[reader.node].core is not None
            if reader.request and (not alive or self.random.random() < 0.02):
                self.give(reader.node, RequestGone(reader.request))
                reader.request = 0
            if not reader.request and self.random.random() < 0.2:
                self.ask(reader, self.random.choice(list(self.nodes)), wait=True)
        return super().step()

    def ask(self, reader: Reader, name: str, *, wait: bool) -> None:
        if self.nodes[name].core is not None:
            self.last_request += 1
            reader.node, reader.request = name, self.last_request
            query = CibChangesQuery(reader.copy.at, reader.section, wait=wait)
            self.give(name, Request(reader.request, ROOT, query))

    def replied(self, node: Node, effect: Reply) -> None:
        for reader in self.readers:
            if reader.request == effect.id:
                assert isinstance(effect.body, CibChanges)
                reader.request = 0
                reader.told.append(effect.body)
                before = reader.copy.cib
                reader.copy.take(effect.body)
                assert reader.copy.cib is not None
                if effect.body.patchset:
                    assert before is not None and reader.copy.cib.version > before.version
        super().replied(node, effect)


@pytest.mark.parametrize("seed", range(60))
def test_the_sum_of_what_was_told_is_the_cib_whatever_happens(seed: int) -> None:
    world = Followed(SIZES[seed % 5], seed)
    suffer(world)
    committed = world.committed()["n1"]
    for reader in world.readers:
        if reader.request:
            world.give(reader.node, RequestGone(reader.request))
        world.ask(reader, "n1", wait=False)
        assert reader.copy.cib == committed.only(reader.section)
    assert sum(len(reader.told) for reader in world.readers) > 3


class Case:
    """A settled cluster whose nodes are asked."""

    def __init__(self, world: Guarded | None = None) -> None:
        self.world = Guarded() if world is None else world

    def ask(self, since: str, *, node: str = "n1", client: Client = ROOT, **more: str | bool) -> Message:
        return self.world.ask(node, client, CibChangesQuery(since, **more))  # pyright: ignore[reportArgumentType]

    def changes(self, since: str, *, node: str = "n1", client: Client = ROOT, **more: str | bool) -> CibChanges:
        answer = self.ask(since, node=node, client=client, **more)
        assert isinstance(answer, CibChanges)
        return answer

    def wait(self, since: str, section: str = "", client: Client = ROOT) -> int:
        self.world.last_request += 1
        query = CibChangesQuery(since, section, wait=True)
        self.world.give("n1", Request(self.world.last_request, client, query))
        return self.world.last_request

    def write(self) -> str:
        write = self.world.client_writes("n2")
        self.world.settle()
        assert isinstance(write.answer, CibModified)
        return write.id


def test_nothing_that_is_not_there_is_the_whole_cib_and_what_is_there_is_nothing() -> None:
    case = Case()
    first = case.changes("")
    assert first.whole and not first.reason and Cib.parse(first.xml) == case.world.committed()["n1"]
    again = case.changes(first.at)
    assert (again.at, again.patchset, again.whole, again.xml) == (first.at, "", False, "")


def test_another_node_goes_on_where_one_ended() -> None:
    case = Case()
    copy = Copy()
    copy.take(case.changes("", node="n1"))
    name = case.write()
    case.write()
    told = case.changes(copy.at, node="n3")
    assert name in told.patchset and not told.whole
    copy.take(told)
    assert copy.cib == case.world.committed()["n2"]


def test_who_waits_is_told_of_the_next_change_and_once() -> None:
    case = Case()
    request = case.wait(case.changes("").at)
    assert request not in case.world.told
    name = case.write()
    told = case.world.told.pop(request)
    assert isinstance(told, CibChanges) and name in told.patchset
    case.write()
    assert request not in case.world.told


def test_who_follows_a_section_hears_of_no_other_but_can_go_on_from_there() -> None:
    case = Case()
    first = case.changes("", section="nodes")
    assert "<nodes" in first.xml and "<resources" not in first.xml
    request = case.wait(first.at, "nodes")
    case.write()
    assert request not in case.world.told
    later = case.changes(first.at, section="nodes")
    assert later.at != first.at and later.patchset and "primitive" not in later.patchset
    copy = Copy()
    copy.take(first)
    copy.take(later)
    assert copy.cib == case.world.committed()["n1"].only("nodes")


def test_who_went_away_is_not_answered() -> None:
    case = Case()
    request = case.wait(case.changes("").at)
    case.world.give("n1", RequestGone(request))
    case.write()
    assert request not in case.world.told


def test_of_a_place_that_is_not_known_all_is_told_with_the_reason() -> None:
    case = Case()
    told = case.changes("1.1.1.0.1.0.elsewhere")
    assert told.whole and told.reason and Cib.parse(told.xml) == case.world.committed()["n1"]


def test_a_node_that_is_behind_does_not_take_anybody_back() -> None:
    case = Case()
    ahead = "99.1.1.0.9.0.n9"
    told = case.changes(ahead)
    assert (told.at, told.patchset, told.whole) == (ahead, "", False)
    request = case.wait(ahead)
    case.write()
    assert request not in case.world.told


@pytest.mark.parametrize(("since", "section"), [("nonsense", ""), ("1.2.x.0.1.0.n1", ""), ("", "no-such")])
def test_nonsense_is_refused(since: str, section: str) -> None:
    answer = Case().ask(since, section=section)
    assert isinstance(answer, Failure) and answer.code == ExitCode.USAGE


def test_what_may_not_be_read_is_in_no_answer() -> None:
    case = Case()
    alice, copy = person("alice"), Copy()
    copy.take(case.changes("", client=alice, node="n2"))
    for value in (f"{SECRET}-2", f"{SECRET}-3"):
        pair = f'<nvpair id="r-p" value="{value}"/>'
        assert isinstance(case.world.ask("n1", ROOT, modify("modify", pair, section="configuration")), CibModified)
        told = case.changes(copy.at, client=alice, node="n2")
        assert "r-p" not in told.patchset + told.xml and SECRET not in told.patchset + told.xml
        copy.take(told)
    told = case.changes(copy.at, client=ROOT)
    case.write()
    told = case.changes(copy.at, client=alice, node="n2")
    assert "primitive" in told.patchset
    copy.take(told)
    assert copy.cib is not None and not copy.cib.find("//instance_attributes")
    denied = case.ask("", client=person("mallory"))
    assert isinstance(denied, Failure) and denied.code == ExitCode.INSUFFICIENT_PRIV


def test_a_copy_does_not_take_what_does_not_follow() -> None:
    case = Case()
    copy = Copy()
    with pytest.raises(CibError):
        copy.take(CibChanges(case.changes("").version, "1.1.1.0.0.1.n1", "<diff/>"))
