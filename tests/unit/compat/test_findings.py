"""What the scheduler finds is told in words."""

import re
from pathlib import Path

import pytest

from pcmk._core import Cib
from pcmk.output.findings import TEXTS, worded

ROOT = Path(__file__).parents[3]
CODE = re.compile(r"""= (?:Code\()?"([a-z-]+)"\)?;""")
NOT_FOR_USERS = {"plan-not-sound", "budget-exhausted", "colocations-not-followed", "load-loop",
                 "private-parameters-changed"}  # fmt: skip


@pytest.mark.parametrize("crate", ["model", "sched"])
def test_every_code_has_words(crate: str):
    codes = set(CODE.findall((ROOT / f"rust/{crate}/src/codes.rs").read_text()))
    assert codes and codes - NOT_FOR_USERS <= set(TEXTS)


@pytest.mark.parametrize(
    ("finding", "text"),
    [
        ("invalid-resource: resource ping", "Ignoring <clone> resource 'ping' because configuration is invalid"),
        ("invalid-resource: resource nosuch", "Ignoring <resource> resource 'nosuch' because configuration is invalid"),
        (
            "promotable-not-supported: resource ip:0 agent=lsb",
            "Resource ip:0 is of type lsb and therefore cannot be used as a promotable clone resource",
        ),
        (
            'unknown-constraint: <rsc_with id="a b"> element=rsc_with',
            "Ignoring <rsc_with id=\"a b\"> because there is no kind of constraints 'rsc_with'",
        ),
        (
            "constraint-value: constraint c name=score value=a = b {id}",
            "'a = b {id}' is not a valid value of score of constraint c",
        ),
        (
            'duplicate-operation: <op id="b"> other=a',
            "Operation b is duplicate of a (do not use same name and interval combination more than once per resource)",
        ),
        ("no-quorum: the cluster", "There is no quorum, so that resources are not managed"),
        ("something-new: node alpha", "something-new: node alpha"),
        ("line 4: element x", "line 4: element x"),
    ],
)
def test_a_finding_is_a_sentence(shell, finding: str, text: str):
    assert worded(finding, shell.cib) == text


def test_no_words_lack_what_they_are_about():
    for code, text in TEXTS.items():
        assert worded(f"{code}: resource x", Cib.parse("<cib/>")).count("{") == 0, text
