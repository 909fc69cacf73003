"""Who counts as having left."""

from types import SimpleNamespace
from typing import cast

from pcmk._core import Cib
from pcmk.controld.roster import Peer
from pcmk.controld.shared import Shared
from pcmk.controld.tally import has_left

DOWN = (
    '<cib admin_epoch="0" epoch="1" num_updates="1"><configuration><crm_config/><nodes/><resources/><constraints/>'
    '</configuration><status><node_state id="2" uname="n2" join="down" expected="down"/></status></cib>'
)


def knows(xml: str) -> Shared:
    return cast(Shared, SimpleNamespace(replica=SimpleNamespace(cib=Cib.parse(xml))))


def test_a_controller_that_was_heard_and_is_recorded_as_down_has_left():
    assert has_left(knows(DOWN), Peer("n2", "2", member=True, dropped=True))


def test_a_node_that_comes_back_is_on_its_way_up_though_it_was_recorded_as_down():
    assert not has_left(knows(DOWN), Peer("n2", "2", member=True))
