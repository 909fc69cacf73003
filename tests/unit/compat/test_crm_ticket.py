"""Tickets in a file, from a grant to forgetting."""

from pcmk.kernel.exitcodes import ExitCode
from tests.unit.compat.conftest import Shell

STATE = "/cib/status/tickets/ticket_state"


def test_a_ticket_is_granted_put_in_standby_and_forgotten(shell: Shell):
    assert shell.run("crm_ticket -t T -g").code == ExitCode.UNSAFE
    assert shell.attributes(STATE) == []
    assert shell.run("crm_ticket -t T -g --force").code == ExitCode.OK
    (state,) = shell.attributes(STATE)
    assert state["granted"] == "true"
    assert int(state["last-granted"]) > 0
    assert shell.run("crm_ticket -t T -s").code == ExitCode.OK
    assert shell.run("crm_ticket -t T -G standby").stdout == "true\n"
    assert shell.run("crm_ticket -l").stdout.startswith("T\tgranted [standby] last-granted=")
    refused = shell.run("crm_ticket -t T -C")
    assert refused.code == ExitCode.INSUFFICIENT_PRIV
    assert "loss-policy" in refused.stderr
    assert shell.run("crm_ticket -t T -C --force").stdout == "Cleaned up T\n"
    assert shell.attributes(STATE) == []


def test_a_second_grant_keeps_when_it_was_granted(shell: Shell):
    shell.run("crm_ticket -t T -S last-granted -v 5")
    shell.run("crm_ticket -t T -S granted -v true --force")
    first = shell.attributes(STATE)[0]["last-granted"]
    assert first != "5"
    shell.run("crm_ticket -t T -S last-granted -v 5")
    shell.run("crm_ticket -t T -g --force")
    assert shell.attributes(STATE)[0]["last-granted"] == "5"


def test_attributes_are_set_shown_and_deleted(shell: Shell):
    assert shell.run("crm_ticket -t T -S owner -v me").code == ExitCode.OK
    assert shell.run("crm_ticket -t T -L").stdout == "T\trevoked\t(owner=me)\n"
    assert shell.run("crm_ticket -t T -D owner").code == ExitCode.OK
    assert shell.run("crm_ticket -t T -G owner").code == ExitCode.NOSUCH
    assert shell.run("crm_ticket -t T -G owner -d nobody").stdout == "nobody\n"
    assert shell.run("crm_ticket -t T -D granted").code == ExitCode.UNSAFE


def test_a_ticket_that_only_a_constraint_names_is_known(shell: Shell):
    shell.run("cibadmin -C -o constraints -X", '<rsc_ticket id="c" rsc="ip" ticket="U"/>')
    assert shell.run("crm_ticket -w").stdout == "U\n"
    assert '<rsc_ticket id="c"' in shell.run("crm_ticket -c -t U").stdout


def test_missing_words_are_named(shell: Shell):
    for line, missing in (
        ("crm_ticket -g", "ticket ID"),
        ("crm_ticket -t T -S owner", "value with -v"),
        ("crm_ticket -t T -g -v x", "attribute name with -S"),
        ("crm_ticket -t T", "a command"),
    ):
        result = shell.run(line)
        assert result.code == ExitCode.USAGE, line
        assert missing in result.stderr
