import pytest

from pcmk.compat.crm_mon import OPTIONS, chosen_sections
from pcmk.compat.options import parse
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.output.sections import ALL, DEFAULT


def sections(line: str) -> set[str]:
    return set(chosen_sections(parse(OPTIONS, line.split())).shown)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("", DEFAULT),
        ("-A", DEFAULT | {"attributes"}),
        (
            "-1rAfotD",
            (DEFAULT | {"attributes", "failcounts", "operations"}) - {"stack", "dc", "times", "counts", "maint-mode"},
        ),
        ("--include all", ALL),
        ("--include none,Nodes", {"nodes"}),
        ("--exclude all --include default", DEFAULT),
        ("--exclude all -A", {"attributes"}),
        ("-A --exclude all", set()),
        ("--exclude none", ALL),
        ("-Q", DEFAULT - {"times"}),
        ("-m 0", DEFAULT - {"fencing-failed", "fencing-pending"}),
        ("-m", DEFAULT | {"fencing-succeeded"}),
        ("--include bans:cli-", DEFAULT | {"bans"}),
    ],
)
def test_options_choose_sections(line: str, shown: set[str]):
    assert sections(line) == shown


@pytest.mark.parametrize(("line", "code"), [("--include nosuch", ExitCode.USAGE), ("-m 7", ExitCode.INVALID_PARAM)])
def test_unknown_sections_and_levels_are_refused(line: str, code: ExitCode):
    with pytest.raises(PcmkError) as error:
        sections(line)
    assert error.value.code == code


def test_the_status_names_nodes_resources_and_failures(shell):
    shown = shell.run("crm_mon -1").stdout
    assert "  * Online: [ alpha beta ]" in shown
    assert "  * ip\t(ocf:pacemaker:Dummy):\t FAILED alpha" in shown
    assert "Failed Resource Actions:\n  * ip 10s-interval monitor on alpha returned 'Error occurred'" in shown


def test_inactive_resources_are_shown_when_asked_for(shell):
    assert "httpd" not in shell.run("crm_mon -1").stdout
    assert "    * httpd\t(ocf:pacemaker:Dummy):\t Stopped" in shell.run("crm_mon -1r").stdout


def test_formats_that_are_not_there_are_refused(shell):
    assert shell.run("crm_mon -1 --output-as nosuch").code != ExitCode.OK


def test_sections_are_shown_when_asked_for(shell):
    shell.run("crm_resource -B -r ip -N beta -Q")
    assert "Negative Location Constraints:\n  * cli-ban-ip-on-beta\tprevents ip from running on beta\n" in (
        shell.run("crm_mon -1 -L").stdout
    )
    assert shell.run("crm_mon -1 --exclude all --include bans:loc-").stdout == ""
    shown = shell.run("crm_mon -1 -o --exclude summary").stdout
    assert "    * ip: migration-threshold=1000000 fail-count=3:\n      * (5) start\n" in shown
    assert shell.run("crm_mon -1 --exclude all --include stack").stdout == "Cluster Summary:\n  * Stack: unknown\n"


def test_a_cluster_that_manages_nothing_says_so(shell):
    shell.run("crm_attribute -n maintenance-mode -v true")
    assert "*** Resource management is DISABLED ***" in shell.run("crm_mon -1").stdout
    assert "DISABLED ***" not in shell.run("crm_mon -1 -D").stdout


def test_resources_can_be_counted_instead_of_named(shell):
    shown = shell.run("crm_mon -1 -rb --exclude summary").stdout
    assert "  * 1/1\t(ocf:pacemaker:Dummy):\tActive alpha\n" in shown
    assert "  * Resource Group: web:\n    * 0/2\t(ocf:pacemaker:Dummy):\tActive\n" in shown


def test_one_node_can_be_looked_at(shell):
    shown = shell.run("crm_mon -1 --node beta").stdout
    assert "  * Online: [ beta ]\n" in shown and "ip\t" not in shown
    assert "  * Online: [ alpha ]\n" in shell.run("crm_mon -1 --node alpha").stdout


def test_one_resource_can_be_looked_at(shell):
    shown = shell.run("crm_mon -1r --resource fs").stdout
    assert "  * Resource Group: web:\n    * fs\t" in shown and "httpd" not in shown and "ip\t" not in shown
