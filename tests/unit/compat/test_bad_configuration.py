"""What cannot be done as configured is named by those who check it, and the rest is planned."""

import pytest

from pcmk.compat import crm_simulate
from pcmk.kernel.exitcodes import ExitCode

CONSTRAINTS = """
<rsc_order id="there" first="ip" then="web"/><rsc_order id="back" first="web" then="ip"/>
<rsc_colocation id="self" rsc="ip" with-rsc="ip" score="INFINITY"/>
<rsc_order id="dangling" first="ip" then="nosuch"/>
"""
CLONES = '<clone id="outer"><clone id="inner"><primitive id="x" class="ocf" type="Dummy"/></clone></clone>'
FOUND = (
    "warning: order-loop: constraint there with=back",
    "warning: colocation-with-itself: constraint self",
    "error: constraint-reference: constraint dangling name=nosuch",
    "error: misplaced-resource: resource inner in=outer",
    "error: empty-clone: resource outer",
)


@pytest.fixture
def file(shell):
    text = shell.file.read_text().replace("<constraints>", f"<constraints>{CONSTRAINTS}")
    shell.file.write_text(text.replace("</resources>", f"{CLONES}</resources>"))
    return shell.file


def test_a_check_names_it(shell, file) -> None:
    result = shell.run(f"crm_verify -V -x {file}")
    assert result.code == ExitCode.CONFIG
    assert set(FOUND) <= set(result.stderr.splitlines())


def test_a_simulation_without_a_check_names_it_and_plans_the_rest(file, capsys) -> None:
    assert crm_simulate.main(["-V", "-R", "-x", str(file)]) == ExitCode.CONFIG
    file.write_text(file.read_text().replace('"pacemaker-4.0"', '"none"'))
    assert crm_simulate.main(["-V", "-R", "-x", str(file)]) == ExitCode.OK
    printed = capsys.readouterr()
    assert {text.partition(": ")[2] for text in FOUND} <= set(printed.err.splitlines())
    assert "Start      pinger:0     (" in printed.out
