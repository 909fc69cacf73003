"""What makes simulations fast must not change what they see."""

from pcmk import _core
from tests.simulation.sharing import SharedCib, shared_cibs

TEXT = '<cib admin_epoch="0" epoch="1" num_updates="{}"><configuration/><status>{}</status></cib>'


def test_equal_cibs_are_one_and_others_are_not() -> None:
    with shared_cibs():
        old, new = SharedCib.parse(TEXT.format(1, "")), SharedCib.parse(TEXT.format(2, "<node_state id='1'/>"))
        patchset = old.diff(new)
        assert old.apply_patchset(patchset) is new
        other = SharedCib.parse(TEXT.format(2, "<node_state id='2'/>"))
        assert other.version == new.version
        assert other is not new
        assert other != new
        assert [state.get("id") for state in other.find("/cib/status/node_state")] == ["2"]


def test_a_patchset_is_applied_to_each_tree_that_differs() -> None:
    with shared_cibs():
        old, new = SharedCib.parse(TEXT.format(1, "")), SharedCib.parse(TEXT.format(2, "<node_state id='1'/>"))
        strange = SharedCib.parse(TEXT.format(1, "<node_state id='3'/>"))
        patched = strange.apply_patchset(old.diff(new))
        assert patched.version == new.version
        assert patched != new
        assert patched.real == strange.real.apply_patchset(old.diff(new))


def test_nothing_is_shared_afterwards() -> None:
    with shared_cibs():
        first = SharedCib.parse(TEXT.format(1, ""))
    with shared_cibs():
        second = SharedCib.parse(TEXT.format(1, ""))
    assert first is not second
    assert first.real == second.real == _core.Cib.parse(TEXT.format(1, ""))
