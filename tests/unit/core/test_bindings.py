"""The classes of `pcmk._core` as Python sees them."""

import threading
import time

import pytest

from pcmk._core import Cib, CibRequest, Element, operation_digest, parameters_digest
from pcmk.kernel.errors import CibError
from pcmk.kernel.versions import FEATURE_SET
from pcmk.scheduler import schedule

CIB = """<cib admin_epoch="0" epoch="3" num_updates="1" validate-with="pacemaker-4.0"><!-- note -->
  <configuration><crm_config/><nodes><node id="1" uname="a"/></nodes></configuration><status/></cib>"""


def test_a_cib_is_read_and_written() -> None:
    cib = Cib.parse(CIB)
    assert cib == Cib.parse(CIB.encode())
    assert cib == Cib.parse(cib.to_xml())
    assert cib == Cib.parse(cib.to_xml(pretty=True))
    assert cib.version == (0, 3, 1)
    assert cib.query("nodes") == ['<nodes><node id="1" uname="a"/></nodes>']
    assert cib.query("nodes", no_children=True) == ["<nodes/>"]
    assert cib.query("nodes", pretty=True) == ['<nodes>\n  <node id="1" uname="a"/>\n</nodes>\n']
    assert cib.query(xpath="//node") == ['<node id="1" uname="a"/>']


def test_addresses_name_elements() -> None:
    cib = Cib.parse(CIB)
    assert cib.addresses("//node | /cib") == ["/cib", "/cib/configuration/nodes/node[@id='1']"]
    with pytest.raises(CibError) as caught:
        cib.addresses("//nosuch")
    assert caught.value.code == 105


def test_newer_feature_sets_are_refused() -> None:
    cib = Cib.empty("pacemaker-4.0", "3.20.6")
    cib.check_feature_set("3.20.6")
    with pytest.raises(CibError) as caught:
        cib.check_feature_set("3.20.5")
    assert caught.value.code == 76


def test_elements_are_views() -> None:
    (node,) = Cib.parse(CIB).find("//node")
    assert (node.name, node.attrib, node.get("uname")) == ("node", {"id": "1", "uname": "a"}, "a")
    assert node.get("x") is None
    assert node.get("x", 7) == 7
    root = Cib.parse(CIB).root
    assert [child.name for child in root.children] == ["configuration", "status"]
    configuration = root.child("configuration")
    assert configuration is not None
    assert configuration.find("//node") == [node]
    assert root.child("nosuch") is None
    assert Element.parse("<a>x &amp; y<b/></a>").text == "x & y"


@pytest.mark.parametrize(
    ("document", "where"),
    [
        ("<cib>\n<configuration>", "line 2"),
        ("<!DOCTYPE a [<!ENTITY b 'c'>]><cib>&b;</cib>", "DTD"),
        ("<other/>", "'other'"),
        (b"<cib>\xff</cib>", "UTF-8"),
        ("", "no element"),
    ],
)
def test_what_is_no_cib_is_refused(document: str | bytes, where: str) -> None:
    with pytest.raises(CibError, match=where) as caught:
        Cib.parse(document)
    assert caught.value.code == 78


def test_an_operation_gives_a_new_cib_and_the_patchset_to_it() -> None:
    old = Cib.parse(CIB)
    new, patchset = old.apply("create", "nodes", input_xml='<node id="2"/>', written="now", client="test")
    assert (old.version, new.version) == ((0, 3, 1), (0, 4, 0))
    assert new.root.get("update-client") == "test"
    assert old.apply_patchset(patchset) == new
    with pytest.raises(CibError) as caught:
        new.apply_patchset(patchset)
    assert caught.value.code == 103
    same, nothing = new.apply("delete", xpath="//nosuch")
    assert (same == new, nothing) == (True, "")


def test_patchsets_carry_a_digest_if_wanted() -> None:
    old = Cib.parse(CIB)
    new = old.apply("bump")[0]
    patchset = old.diff(new, digest=True)
    assert f'digest="{new.digest()}"' in patchset
    damaged = patchset.replace('value="4"', 'value="5"').replace('epoch="4" num', 'epoch="5" num')
    with pytest.raises(CibError) as caught:
        old.apply_patchset(damaged)
    assert caught.value.code == 1
    assert old.diff(old, digest=True) == ""


def test_operations_take_effect_together_or_not_at_all() -> None:
    cib = Cib.parse(CIB)
    add = CibRequest("create", "nodes", input_xml='<node id="2"/>')
    mark = CibRequest("modify", "status", input_xml='<node_state id="2"/>', allow_create=True)
    assert cib.apply_all([add, mark])[0].version == (0, 4, 0)
    with pytest.raises(CibError) as caught:
        cib.apply_all([add, add])
    assert caught.value.code == 108


def test_requests_that_make_no_sense_are_refused() -> None:
    cib = Cib.parse(CIB)
    with pytest.raises(ValueError, match="rename"):
        cib.apply("rename")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="character"):
        cib.find("//[")
    with pytest.raises(CibError) as caught:
        cib.query(xpath="//[")
    assert caught.value.code == 105
    with pytest.raises(CibError) as caught:
        cib.apply("create", "nodes", input_xml="<node")
    assert caught.value.code == 78


def test_root_attributes_change_without_a_version() -> None:
    cib = Cib.parse(CIB)
    new = cib.with_attrs({"have-quorum": "1", "validate-with": None})
    assert new.version == cib.version
    assert (new.root.get("have-quorum"), new.root.get("validate-with")) == ("1", None)
    assert cib.root.get("have-quorum") is None


def test_the_engine_is_of_the_same_feature_set() -> None:
    """It refuses a CIB of a newer one, and names its own."""
    cib = Cib.parse('<cib crm_feature_set="999.0"/>')
    (error,) = schedule(cib, now=0).errors
    assert error.startswith("feature-set-too-new") and error.endswith(f"ours={FEATURE_SET}")


def test_digests_of_operations() -> None:
    assert parameters_digest({}) == "f2317cad3d54cec5d7d7aa7d0bf35cf8"
    assert operation_digest({"CRM_meta_timeout": "1", "crm_feature_set": "3", "on_node": "n"}) == parameters_digest({})
    assert operation_digest({"b": "2", "a": "1"}) == parameters_digest({"a": "1", "b": "2"})


def test_other_threads_run_during_long_calls() -> None:
    nodes = "".join(f'<node id="{number}" uname="node-{number}"/>' for number in range(300_000))
    document = f"<cib><configuration><nodes>{nodes}</nodes></configuration></cib>"
    started = threading.Event()
    times: dict[str, float] = {}

    def parse() -> None:
        times["start"] = time.perf_counter()
        started.set()
        Cib.parse(document)
        times["end"] = time.perf_counter()

    thread = threading.Thread(target=parse)
    thread.start()
    started.wait()
    # Had the interpreter been locked by the call, this would be the time of its end.
    woken = time.perf_counter()
    thread.join()
    assert woken - times["start"] < (times["end"] - times["start"]) / 2
