"""The lines of the table: what is measured, and what the project wants to reach."""

import statistics
from collections.abc import Iterator
from typing import NamedTuple


class Row(NamedTuple):
    """A line: what is measured, what is to be reached, in which unit, how many digits after the point."""

    what: str
    target: str
    unit: str = "s"
    digits: int = 2


FEW = 100
NINE = 9
ROWS = {
    "others": Row("cores that other work kept busy before each part", "", ""),
    "start": Row("daemons started -> all active", "3"),
    "start-defaults": Row("the same with all defaults (token 1 s, knet, `dc-deadtime` 20 s)", "3"),
    "start-nine": Row("the same on nine nodes, 22 instances", ""),
    "node": Row("node killed -> all active, beyond detection", "0.4"),
    "dc": Row("DC killed -> all active, beyond detection", "0.5"),
    "failed": Row("monitor that fails -> restarted", "0.15"),
    "standby": Row("standby -> all moved", "0.7"),
    "attribute": Row("attribute set -> seen on all nodes, commands included", "0.030", digits=3),
    "crm-node": Row("`crm_node -n`", "1.5 times", digits=3),
    "attrd-updater": Row("`attrd_updater -Q`", "1.5 times", digits=3),
    "crm-attribute": Row("`crm_attribute -G`", "1.5 times", digits=3),
    "cibadmin": Row("`cibadmin -Q`", "1.5 times", digits=3),
    "idle": Row("processor time of a node's daemons, a minute without actions", "", digits=2),
    "memory": Row("memory of the DC's seven daemons: resident", "", "MB", 0),
    "helpers": Row("... with all their helpers", "", "MB", 0),
    "shared": Row("... what they share counted once", "", "MB", 0),
    "few-started": Row(f"{FEW} Dummies loaded -> all started", "", digits=1),
    "few-action": Row("... processor time of an action beyond the agent's own", "0.040", digits=3),
    "many-agent": Row("the agent's own processor time of an action", "", digits=3),
    "many-started": Row("{count} Dummies loaded -> all started", "90", digits=1),
    "many-action": Row("... processor time of an action beyond the agent's own", "0.040", digits=3),
    "many-write": Row("one write to the CIB at {count}, command included", "0.020", digits=3),
    "many-memory": Row("memory of the DC's seven daemons at {count}: resident", "400", "MB", 0),
    "many-helpers": Row("... with all their helpers", "", "MB", 0),
    "many-shared": Row("... what they share counted once", "", "MB", 0),
    "many-fenced": Row("node with a third of {count} killed -> fencing asked for, beyond detection", "1"),
    "many-back": Row("... -> all active, beyond detection", "20"),
}
"""By the name of what is measured; `{count}` is the number of many resources."""

Results = dict[str, dict[str, list[float]]]
"""Of each row the values of each product."""


def table(results: Results, products: list[str], count: int) -> Iterator[str]:
    """Lines of Markdown, with medians; of what was measured several times the least and the most, too."""
    yield f"| what | {' | '.join(products)} | to reach |"
    yield f"| --- |{' --- |' * (len(products) + 1)}"
    for name, row in ROWS.items():
        if name in results:
            cells = (_cell(row, results[name][product]) for product in products)
            yield f"| {row.what.format(count=count)} | {' | '.join(cells)} | {row.target} |"


def _cell(row: Row, values: list[float]) -> str:
    if not values:
        return ""
    middle = f"{statistics.median(values):.{row.digits}f} {row.unit}".strip()
    return f"{middle} ({min(values):.{row.digits}f} to {max(values):.{row.digits}f})" if len(values) > 1 else middle
