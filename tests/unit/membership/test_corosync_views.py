"""Views out of what Corosync's services tell, in whatever order they do."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from pcmk.kernel.messages.common import Member, View
from pcmk.membership.corosync.nodelist import ConfiguredNode, read_nodes
from pcmk.membership.corosync.totem import silence
from pcmk.membership.corosync.views import Ring, Views

NODES = {id: ConfiguredNode(id, f"n{id}", (f"10.0.0.{id}", f"10.0.1.{id}")) for id in (1, 2, 3)}
FIRST, SECOND = Ring(8, 1), Ring(12, 1)


def started(own: int = 1) -> Views:
    """A node that is alone in the first ring of three, with quorum."""
    views = Views(own, 3122)
    assert views.nodes(NODES) is None
    assert views.ring(FIRST) is None
    assert views.quorum(FIRST, True) is None
    return views


def members(*ids: int) -> frozenset[int]:
    return frozenset(ids)


def test_a_view_has_the_nodes_on_which_the_cluster_runs():
    views = started()
    first = views.members(members(1), False)
    assert first == View(8, (Member("n1", 1, "10.0.0.1", 3122, ("10.0.1.1",)),), True, 3)
    second = views.members(members(1, 3), False)
    assert second is not None
    assert (second.id, second.names) == (9, ("n1", "n3"))
    assert views.members(members(1, 3), False) is None


def test_a_node_whose_daemons_are_not_in_the_group_yet_has_no_view():
    assert started().members(members(2, 3), False) is None


def test_members_of_a_new_ring_never_go_with_the_quorum_of_the_old_one():
    """The rest of the cluster is lost; each service tells of it in its turn."""
    views = started()
    views.members(members(1, 2, 3), False)
    assert views.members(members(1), True) is None
    assert views.ring(SECOND) is None
    alone = views.quorum(SECOND, False)
    assert alone is not None
    assert (alone.names, alone.quorate) == (("n1",), False)


def test_quorum_of_a_new_ring_never_goes_with_the_members_of_the_old_one():
    """A partition gains quorum because the others are back: they are members from the first moment."""
    views = Views(1, 3122)
    views.nodes(NODES)
    views.ring(FIRST)
    views.quorum(FIRST, False)
    assert views.members(members(1), False) is not None
    assert views.quorum(SECOND, True) is None
    assert views.members(members(1, 2, 3), True) is None
    merged = views.ring(SECOND)
    assert merged is not None
    assert (merged.names, merged.quorate) == (("n1", "n2", "n3"), True)


def test_votes_may_change_quorum_within_a_ring():
    views = started()
    views.members(members(1), False)
    lost = views.quorum(FIRST, False)
    assert lost is not None and not lost.quorate


def test_a_node_that_is_not_in_the_node_list_is_left_out_until_it_is():
    views = started()
    view = views.members(members(1, 4), False)
    assert view is not None
    assert (view.names, views.unnamed) == (("n1",), {4})
    added = views.nodes({**NODES, 4: ConfiguredNode(4, "n4", ("10.0.0.4",))})
    assert added is not None
    assert (added.names, added.expected_votes, views.unnamed) == (("n1", "n4"), 4, frozenset())


@given(
    st.lists(
        st.tuples(st.frozensets(st.integers(1, 3), min_size=1).map(lambda ids: ids | {1}), st.booleans()),
        min_size=1,
        max_size=6,
    ),
    st.data(),
)
def test_every_view_is_of_one_ring(rings: list[tuple[frozenset[int], bool]], data: st.DataObject):
    """Two streams, each in order, arrive interleaved in any way: no view mixes what they say of different rings."""
    views = started()
    told = {(frozenset({1}), True)}
    views.members(members(1), False)
    group = [(number, ids) for number, (ids, _) in enumerate(rings)]
    quorum = [(number, quorate) for number, (_, quorate) in enumerate(rings)]
    last = views.members(members(1), False)
    allowed = told | {(ids, quorate) for ids, quorate in rings}
    ids_seen = [8]
    while group or quorum:
        if group and (not quorum or data.draw(st.booleans())):
            number, ids = group.pop(0)
            news = [views.members(ids, True), views.ring(Ring(12 + 4 * number, 1))]
        else:
            number, quorate = quorum.pop(0)
            news = [views.quorum(Ring(12 + 4 * number, 1), quorate)]
        for view in filter(None, news):
            assert (frozenset(member.id for member in view.members), view.quorate) in allowed
            ids_seen.append(view.id)
            last = view
    if last is not None:
        assert (frozenset(member.id for member in last.members), last.quorate) == rings[-1]
    assert all(one < other for one, other in itertools.pairwise(ids_seen))


def keys(**more: str) -> dict[str, str]:
    return {
        "nodelist.local_node_pos": "1",
        "nodelist.node.0.nodeid": "1",
        "nodelist.node.0.name": "n1",
        "nodelist.node.0.ring0_addr": "10.0.0.1",
        "nodelist.node.1.nodeid": "2",
        "nodelist.node.1.ring0_addr": "db2.example",
        "nodelist.node.1.ring1_addr": "10.0.1.2",
        **more,
    }


def test_nodes_are_read_from_the_node_list():
    found = read_nodes(keys())
    assert found.nodes == {
        1: ConfiguredNode(1, "n1", ("10.0.0.1",)),
        2: ConfiguredNode(2, "db2.example", ("db2.example", "10.0.1.2")),
    }
    assert found.own == found.nodes[2]


def test_a_node_that_has_only_an_address_has_no_name():
    found = read_nodes(keys(**{"nodelist.node.1.ring0_addr": "10.0.0.2"}))
    assert (list(found.nodes), found.own) == ([1], None)
    named = read_nodes(keys(**{"nodelist.node.1.ring0_addr": "fd00::2", "nodelist.node.1.name": "n2"}))
    assert named.own == ConfiguredNode(2, "n2", ("fd00::2", "10.0.1.2"))


def test_a_view_is_settled_when_both_services_are_at_one_ring_with_this_node_in_it() -> None:
    views = started()
    assert not views.settled
    views.members(members(1), False)
    assert views.settled
    views.members(members(1, 2), True)
    assert not views.settled
    views.ring(SECOND)
    assert not views.settled
    views.quorum(SECOND, True)
    assert views.settled
    views.members(members(2), False)
    assert not views.settled


def test_how_long_corosync_stands_still() -> None:
    keys = {"token": "3000", "consensus": "3600", "join": "50", "token_retransmit": "714"}
    assert silence({f"runtime.config.totem.{name}": value for name, value in keys.items()}) == 6.6
    assert silence({}) == 0
