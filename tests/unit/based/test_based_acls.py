"""ACLs in the CIB manager: whoever the client is and whichever node it is on."""

import pytest
from based_world import Node, World
from hypothesis import given, settings
from hypothesis import strategies as st

from pcmk._core import Cib
from pcmk.based import operations
from pcmk.kernel.core import Client, Reply, Request
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.cib import CibAnswer, CibModified, CibModify, CibOperation, CibOptions, CibQuery
from pcmk.kernel.messages.common import Failure

WALL = 1_700_000_000.0
SECRET = "secret-value"
ROOT = Client("test")
ACLS = f"""
<configuration>
  <crm_config><cluster_property_set id="o"><nvpair id="o-e" name="enable-acl" value="true"/></cluster_property_set>
  </crm_config>
  <resources><primitive id="r" class="ocf" provider="p" type="Dummy"><instance_attributes id="r-i">
    <nvpair id="r-p" name="passwd" value="{SECRET}"/></instance_attributes><meta_attributes id="r-m">
    <nvpair id="r-t" name="target-role" value="Started"/></meta_attributes></primitive></resources>
  <acls>
    <acl_target id="alice"><role id="operator"/></acl_target><acl_group id="crew"><role id="operator"/></acl_group>
    <acl_role id="operator">
      <acl_permission id="p1" kind="read" xpath="/cib"/>
      <acl_permission id="p2" kind="deny" xpath="//instance_attributes"/>
      <acl_permission id="p3" kind="write" xpath="//nvpair[@name='target-role']"/>
    </acl_role>
  </acls>
</configuration>
"""


def person(user: str, *groups: str) -> Client:
    return Client("cibadmin", 1, 1000, user, privileged=False, groups=groups)


class Guarded(World):
    """A cluster with ACLs turned on, and clients that ask anything of any node."""

    def __init__(self) -> None:
        self.told: dict[int, Message] = {}
        super().__init__(3, 1)
        self.settle()
        setting_up = modify("modify", ACLS, section="configuration")
        assert isinstance(self.ask("n1", ROOT, setting_up), CibModified)

    @property
    def other(self) -> str:
        """A node that is not the DC's."""
        dc = self.dc["n1"][1]
        return next(name for name in self.nodes if name != dc)

    def replied(self, node: Node, effect: Reply) -> None:
        self.told[effect.id] = effect.body
        super().replied(node, effect)

    def ask(self, node: str, client: Client, body: Message) -> Message:
        self.last_request += 1
        request = self.last_request
        self.give(node, Request(request, client, body))
        while request not in self.told:
            assert self.step()
        # Whatever comes next finds it on every node.
        self.settle()
        return self.told[request]


def modify(operation: str, input_xml: str = "", *, section: str = "", xpath: str = "", user: str = "") -> CibModify:
    options = CibOptions(allow_create=True)
    return CibModify((CibOperation(operation, section, xpath, input_xml, options),), "test", user)


STOP = modify("modify", '<nvpair id="r-t" value="Stopped"/>', section="configuration")
PEEK = modify("modify", '<nvpair id="r-p" value="guess"/>', section="configuration")


@pytest.fixture(scope="module")
def world() -> Guarded:
    return Guarded()


def denied(answer: Message) -> bool:
    return answer == Failure(ExitCode.INSUFFICIENT_PRIV, "Permission denied")


@pytest.mark.parametrize("client", [person("alice"), person("bob", "crew")])
def test_who_may_read_a_part_is_answered_from_that_part(world: Guarded, client: Client) -> None:
    for query in (CibQuery(), CibQuery(section="resources"), CibQuery(xpath="//primitive")):
        answer = world.ask(world.other, client, query)
        assert isinstance(answer, CibAnswer)
        assert 'name="target-role"' in answer.xml and SECRET not in answer.xml
    assert isinstance(world.ask("n1", client, CibQuery(xpath="//nvpair[@id='r-p']")), Failure)


def test_who_may_read_nothing_is_refused(world: Guarded) -> None:
    for query in (CibQuery(), CibQuery(section="nodes"), CibQuery(xpath="//node"), CibQuery(section="no-such")):
        assert denied(world.ask(world.other, person("mallory", "others"), query))


@pytest.mark.parametrize("name", ["n1", "n2", "n3"])
def test_a_change_is_held_against_the_acls_from_every_node(world: Guarded, name: str) -> None:
    before = world.committed()[name]
    assert denied(world.ask(name, person("alice"), PEEK))
    assert denied(world.ask(name, person("mallory"), STOP))
    assert denied(world.ask(name, person("alice"), modify("erase")))
    assert denied(world.ask(name, person("alice"), modify("bump")))
    assert world.committed()[name] == before
    assert isinstance(world.ask(name, person("alice"), STOP), CibModified)
    start = modify("modify", '<nvpair id="r-t" value="Started"/>', section="configuration")
    assert isinstance(world.ask(name, person("bob", "crew"), start), CibModified)


def test_the_user_is_noted_with_the_change(world: Guarded) -> None:
    assert isinstance(world.ask(world.other, person("alice"), STOP), CibModified)
    root = world.committed()[world.other].root
    assert (root.get("update-user"), root.get("update-origin")) == ("alice", world.other)
    start = modify("modify", '<nvpair id="r-t" value="Started"/>', section="configuration")
    assert isinstance(world.ask(world.other, ROOT, start), CibModified)
    assert world.committed()[world.other].root.get("update-user") == "root"


@pytest.mark.parametrize("named", ["root", "hacluster", ""])
def test_nobody_is_whom_they_say_they_are(world: Guarded, named: str) -> None:
    assert denied(world.ask(world.other, person("mallory"), CibQuery(user=named, groups=("crew",))))
    assert denied(world.ask(world.other, person("mallory"), modify("bump", user=named)))


def test_the_privileged_act_for_others(world: Guarded) -> None:
    assert denied(world.ask(world.other, ROOT, CibQuery(user="mallory")))
    assert isinstance(world.ask(world.other, ROOT, CibQuery(user="mallory", groups=("crew",))), CibAnswer)
    assert denied(world.ask(world.other, ROOT, modify("bump", user="alice")))
    for client in (ROOT, Client("test", 1, 102, "hacluster"), Client("daemon", 1, 1000, "owner")):
        answer = world.ask(world.other, client, CibQuery())
        assert isinstance(answer, CibAnswer) and SECRET in answer.xml


def test_a_dry_run_tells_whether_it_would_be_allowed(world: Guarded) -> None:
    before = world.committed()["n1"]
    for input_xml, allowed in (('<nvpair id="r-t" value="x"/>', True), ('<nvpair id="r-p" value="x"/>', False)):
        options = CibOptions(dry_run=True)
        body = CibModify((CibOperation("modify", "configuration", "", input_xml, options),), "test")
        answer = world.ask("n1", person("alice"), body)
        assert isinstance(answer, CibModified) if allowed else denied(answer)
    assert world.committed()["n1"] == before


def test_a_refused_operation_takes_all_others_with_it(world: Guarded) -> None:
    before = world.committed()["n1"]
    assert denied(world.ask("n1", person("alice"), CibModify(STOP.operations + PEEK.operations, "test")))
    assert world.committed()["n1"] == before


@pytest.mark.parametrize("node", ["n1", "n2", "n3"])
def test_the_copies_are_the_same(world: Guarded, node: str) -> None:
    world.settle()
    assert world.committed()[node].fingerprint == world.committed()["n1"].fingerprint


# ---- whatever is asked ----------------------------------------------------------------------------

NAMES = st.sampled_from(["primitive", "nvpair", "instance_attributes", "meta_attributes", "resources", "acls", "*"])
WHAT = st.one_of(
    NAMES.map(lambda name: f'object-type="{name}"' if name != "*" else 'xpath="/cib"'),
    st.sampled_from(["r", "r-i", "r-p", "r-t", "operator"]).map(lambda id: f'reference="{id}"'),
)
PERMISSIONS = st.lists(st.tuples(st.sampled_from(["read", "write", "deny"]), WHAT), max_size=5)
OPERATIONS = st.one_of(
    st.builds(
        lambda id, value: CibOperation("modify", "configuration", "", f'<nvpair id="{id}" value="{value}"/>'),
        st.sampled_from(["r-p", "r-t", "o-e"]),
        st.sampled_from(["", SECRET, "other"]),
    ),
    st.builds(
        lambda name, many: CibOperation("delete", xpath=f"//{name}", options=CibOptions(multiple=many)),
        NAMES,
        st.booleans(),
    ),
    st.builds(
        lambda value: CibOperation("delete", "resources", "", f'<nvpair name="passwd" value="{value}"/>'),
        st.sampled_from([SECRET, "wrong"]),
    ),
    st.sampled_from([CibOperation("erase"), CibOperation("bump")]),
)


def guarded(permissions: list[tuple[str, str]]) -> Cib:
    cib = Cib.empty("none", "3.20.5")
    cib, _ = cib.apply("modify", "configuration", input_xml=ACLS, allow_create=True)
    role = "".join(f'<acl_permission id="x{i}" kind="{kind}" {what}/>' for i, (kind, what) in enumerate(permissions))
    acls = f'<acls><acl_target id="someone"><role id="some"/></acl_target><acl_role id="some">{role}</acl_role></acls>'
    return cib.apply("modify", "acls", input_xml=acls)[0]


def may_read(cib: Cib, permissions: list[tuple[str, str]]) -> bool:
    """Whether the secret may be read, told another way: by the nearest element about which something is said."""
    path = ["cib", "configuration", "resources", "primitive", "instance_attributes", "nvpair"]
    ids = {"primitive": "r", "instance_attributes": "r-i", "nvpair": "r-p"}
    for name in reversed(path):
        meant = {f'object-type="{name}"', f'reference="{ids.get(name)}"'} | (
            {'xpath="/cib"'} if name == "cib" else set()
        )
        kinds = {kind for kind, what in permissions if what in meant}
        if kinds:
            return "deny" not in kinds
    return False


@given(PERMISSIONS)
@settings(max_examples=300, deadline=None)
def test_the_secret_is_in_an_answer_only_if_it_may_be_read(permissions: list[tuple[str, str]]) -> None:
    cib = guarded(permissions)
    readable = may_read(cib, permissions)
    for query in (
        CibQuery(),
        CibQuery(section="resources"),
        CibQuery(xpath="//nvpair"),
        CibQuery(xpath="//*[@id='r-p']"),
    ):
        answer = operations.query(cib, CibQuery(query.section, query.xpath, user="someone"), 1, WALL)
        assert (isinstance(answer, CibAnswer) and SECRET in answer.xml) == readable


@given(PERMISSIONS, st.lists(OPERATIONS, min_size=1, max_size=3))
@settings(max_examples=500, deadline=None)
def test_what_is_refused_changes_nothing_and_tells_nothing(
    permissions: list[tuple[str, str]], asked: list[CibOperation]
) -> None:
    cib = guarded(permissions)
    before = cib.to_xml()
    request = CibModify(tuple(asked), "test", "someone")
    outcome = operations.modify(cib, request, "n1", WALL)
    assert cib.to_xml() == before
    if isinstance(outcome.answer, Failure):
        assert (outcome.cib, outcome.patchset) == (cib, "")
        assert SECRET not in outcome.answer.message or any(SECRET in operation.input_xml for operation in asked)
    if may_read(cib, permissions):
        return
    # What can't be read is as it was, and another secret would have led to the same answer.
    pair = outcome.cib.find("//nvpair[@id='r-p']")
    assert [element.get("value") for element in pair] == [SECRET]
    another, _ = cib.apply("modify", "resources", input_xml='<nvpair id="r-p" value="another"/>', keep_version=True)
    same = operations.modify(another, request, "n1", WALL)
    assert type(same.answer) is type(outcome.answer)
    if isinstance(same.answer, Failure):
        assert same.answer == outcome.answer
