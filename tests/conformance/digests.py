"""What comes of recorded inputs, as one digest each. As a program: for all of a folder, as JSON.

python tests/conformance/digests.py FOLDER
"""

import hashlib
import json
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

from pcmk._core import Cib, simulate

NOW = 1_700_000_000
"""The present, where an input does not say for when it is."""


def digests(folder: Path, *, backwards: bool = False) -> dict[str, str]:
    """Digests of text with scores, graph and drawing by input; with the attributes of all elements turned around."""
    return {path.stem: digest(path.read_bytes(), backwards=backwards) for path in sorted(folder.glob("*.xml"))}


def digest(document: bytes, *, backwards: bool) -> str:
    """The digest of what comes of one input."""
    root = ET.fromstring(document)
    if backwards:
        for element in root.iter():
            element.attrib = dict(reversed(element.attrib.items()))
    date = root.get("execution-date", "")
    simulation = simulate(
        Cib.parse(ET.tostring(root)),
        now=int(date) if date.isdigit() else NOW,
        wall_now=NOW,
        now_line=None,
        sanitized=True,
        injections=[],
        fail=[],
        schedule=True,
        execute=True,
        scores=True,
        attributes=True,
        failures=True,
        quiet=False,
        all_actions=True,
        numbers=True,
        profile=False,
    )
    parts = (simulation.text, simulation.graph_xml, simulation.dot, *simulation.errors, *simulation.warnings)
    return hashlib.sha256("\0".join(part or "" for part in parts).encode()).hexdigest()


if __name__ == "__main__":
    json.dump(digests(Path(sys.argv[1])), sys.stdout)
