"""What users were told against what a CIB says."""

import pytest

from pcmk._core import Cib
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.cib import CibModified, CibVersion
from pcmk.kernel.messages.common import Failure
from tests.simulation.oracle import COUNT, COUNTER, Oracle

DONE = CibModified(CibVersion(0, 1, 0))
REFUSED = Failure(ExitCode.IOERR, "no")
UNKNOWN = Failure(ExitCode.INDETERMINATE, "who knows")


def _cib(**pairs: str) -> Cib:
    nvpairs = "".join(f'<nvpair id="{name}" name="{name}" value="{value}"/>' for name, value in pairs.items())
    options = f'<crm_config><cluster_property_set id="o">{nvpairs}</cluster_property_set></crm_config>'
    return Cib.parse(f"<cib><configuration>{options}</configuration></cib>")


def _problems(kind: str, told: Message, values: dict[str, str], quorate: bool = True, kept: str = "") -> list[str]:
    oracle = Oracle()
    oracle.answered(oracle.begin("count-1" if kind == "count" else "oracle-1", kind, "node1"), told, quorate)
    return oracle.contradictions(_cib(**values), kept)


@pytest.mark.parametrize(
    ("told", "value", "fits"),
    [
        (DONE, None, False),
        (DONE, COUNT, True),
        (DONE, "1", False),
        (REFUSED, None, True),
        (REFUSED, COUNT, False),
        (UNKNOWN, None, True),
        (UNKNOWN, COUNT, True),
        (UNKNOWN, "1", False),
    ],
)
def test_a_change_is_carried_out_as_often_as_was_told(told: Message, value: str | None, fits: bool) -> None:
    times = {None: 0, COUNT: 1, "1": 2}[value]
    values = {COUNTER: str(times)} | ({} if value is None else {"count-1": value})
    assert (_problems("count", told, values) == []) is fits


def test_all_of_a_change_is_carried_out_or_nothing() -> None:
    assert _problems("count", DONE, {"count-1": COUNT, COUNTER: "0"})


def test_only_what_was_acknowledged_without_quorum_may_be_in_a_conflict_file_instead() -> None:
    assert _problems("add", DONE, {}, quorate=False)
    assert not _problems("add", DONE, {}, quorate=False, kept='<nvpair id="oracle-1"/>')
    assert _problems("add", DONE, {}, quorate=False, kept='<nvpair id="oracle-12"/>')
    assert _problems("add", DONE, {}, quorate=True, kept='<nvpair id="oracle-1"/>')


@pytest.mark.parametrize(
    ("removed", "lasts"), [(CibVersion(0, 2, 0), True), (CibVersion(0, 1, 0), False), (CibVersion(0, 0, 9), False)]
)
def test_a_removal_that_was_acknowledged_lasts_unless_it_came_before_the_addition(
    removed: CibVersion, lasts: bool
) -> None:
    oracle = Oracle()
    oracle.answered(oracle.begin("oracle-1", "add", "node1"), DONE, True)
    removal = oracle.begin("oracle-1", "remove", "node2")
    assert oracle.contradictions(_cib(**{"oracle-1": "1"}), "") == []
    assert oracle.contradictions(_cib(), "") == []
    oracle.answered(removal, CibModified(removed), True)
    assert (oracle.contradictions(_cib(**{"oracle-1": "1"}), "") != []) is lasts
    assert oracle.contradictions(_cib(), "") == []
