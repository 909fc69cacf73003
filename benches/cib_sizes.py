"""`python -m benches.cib_sizes`: what the CIB takes by its size, beside lxml and what is on record of the reference.

CIBs are those of `benches.clusters` in their idle state, nearly all of it history, and then one list of so many
resources that it is hard on whoever looks through siblings. Milliseconds of processor time, the least of several
rounds. lxml neither compares nor patches documents; its digest is MD5 of the canonical form.
"""

import copy
import hashlib
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

from lxml import etree

from benches.clusters import cluster, settled
from pcmk._core import Cib

SIZES = (10, 105, 1050)
"""Resources on 16 nodes; about 100 KB, 1 MB and 10 MB."""
NODES = 16
ROUNDS = 7
CHANGE = '<nvpair id="defaults-resource-stickiness" name="resource-stickiness" value="50"/>'
SIBLINGS = 37_000
"""Resources of the flat CIB."""
RESULT = '<lrm_rsc_op id="{}" rc-code="7"/>'


class Work(NamedTuple):
    """What is measured."""

    what: str
    ours: Callable[[], object]
    lxml: Callable[[], object] | None = None
    reference: str = ""
    """Milliseconds at 87 kB, 0.83 MB and 8.4 MB, in a build of its main branch on a machine of this kind."""


def works(text: str) -> Iterator[Work]:
    """All that is measured for a CIB."""
    data = text.encode()
    cib, tree = Cib.parse(text), etree.fromstring(data)
    other = Cib.parse(text.replace('rc-code="0"', 'rc-code="7"', 1))
    operation = cib.find("//lrm_rsc_op[@operation='start']")[0]
    modify = partial(cib.apply, "modify", "status", input_xml=RESULT.format(operation.get("id")))
    changed, patchset = modify()

    yield Work("read", lambda: Cib.parse(text), lambda: etree.fromstring(data), "0.81, 8.7, 74")
    yield Work("write", cib.to_xml, lambda: etree.tostring(tree), "0.36, 3.5, 35")
    yield Work(
        "copy, and set an attribute of the root",
        lambda: cib.with_attrs({"dc-uuid": "2"}),
        lambda: copy.deepcopy(tree).set("dc-uuid", "2"),
        "0.50, 11, 138",
    )
    yield Work(
        "modify one result, with its patchset",
        modify,
        reference="0.66, 20, 212 (in place: 0.09, 3.8, 43)",
    )
    yield Work(
        "modify one attribute of the configuration, with its patchset",
        lambda: cib.apply("modify", "rsc_defaults", input_xml=CHANGE),
        reference="0.73, 22, 230",
    )
    yield Work("compare after a change of one result", lambda: cib.diff(changed), reference="0.02, 0.15, 2.3 (tracked)")
    yield Work("compare documents that share nothing", lambda: cib.diff(other), reference="0.38, 15, 1341")
    yield Work("apply a patchset", lambda: cib.apply_patchset(patchset), reference="0.01, 0.11, 0.38")
    yield Work(
        "digest of a CIB that was just read, reading included",
        lambda: Cib.parse(text).digest(),
        lambda: hashlib.md5(etree.tostring(etree.fromstring(data), method="c14n"), usedforsecurity=False).hexdigest(),
        "1.4, 14, 125",
    )
    yield Work("digest after a change", changed.digest, reference="0.54, 5.1, 50")
    yield Work("fingerprint of a CIB that was just read, reading included", lambda: Cib.parse(text).fingerprint)
    yield Work("modify one result, and fingerprint", lambda: modify()[0].fingerprint)


def flat() -> str:
    """A CIB of one long list."""
    one = (
        '<primitive id="r{0}" class="ocf" provider="pacemaker" type="Dummy" description="{1}">'
        '<instance_attributes id="r{0}-a"><nvpair id="r{0}-p" name="number" value="{0}"/></instance_attributes>'
        "</primitive>"
    )
    resources = "".join(one.format(number, "long enough for ten megabytes " * 3) for number in range(SIBLINGS))
    return (
        '<cib validate-with="pacemaker-4.0" admin_epoch="0" epoch="7" num_updates="0">'
        f"<configuration><crm_config/><nodes/><resources>{resources}</resources><constraints/></configuration><status/></cib>"
    )


def flat_works(text: str) -> Iterator[Work]:
    """What is measured for the flat CIB: the first, the middle and the last resource."""
    cib, other = Cib.parse(text), Cib.parse(text.replace('value="0"', 'value="1"', 1))
    places = {"first": 0, "middle": SIBLINGS // 2, "last": SIBLINGS - 1}
    for where, number in places.items():
        resource = f'<primitive id="r{number}" type="Stateful"/>'
        pair = f'<nvpair id="r{number}-p" value="other"/>'
        yield Work(f"modify the {where} resource", partial(cib.apply, "modify", "resources", input_xml=resource))
        yield Work(f"modify a pair of the {where} one", partial(cib.apply, "modify", "resources", input_xml=pair))
    yield Work("compare documents that share nothing", partial(cib.diff, other), reference="1341 (8.4 MB of any form)")


def least(work: Callable[[], object]) -> float:
    """Milliseconds of processor time of the quickest of several rounds, without letting go of what was made."""
    times: list[float] = []
    for _ in range(ROUNDS):
        began = time.process_time()
        made = work()
        times.append(time.process_time() - began)
        del made
    return min(times) * 1000


def main() -> None:
    texts = [settled(Cib.parse(cluster(NODES, resources))).to_xml() for resources in SIZES]
    sizes = ", ".join(f"{len(text) / 1e6:.2g}" for text in texts)
    print(f"| ms, CIBs of {sizes} MB | pcmk | lxml | reference, 0.087, 0.83, 8.4 MB |\n|---|---|---|---|")
    for same in zip(*map(works, texts), strict=True):
        ours = ", ".join(f"{least(work.ours):.3g}" for work in same)
        lxml = ", ".join(f"{least(work.lxml):.3g}" for work in same if work.lxml is not None)
        print(f"| {same[0].what} | {ours} | {lxml} | {same[0].reference} |", flush=True)
    text = flat()
    print(f"\n| ms, {SIBLINGS} resources in {len(text) / 1e6:.2g} MB | pcmk | reference |\n|---|---|---|")
    for work in flat_works(text):
        print(f"| {work.what} | {least(work.ours):.3g} | {work.reference} |", flush=True)


if __name__ == "__main__":
    main()
