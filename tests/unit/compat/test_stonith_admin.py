"""`stonith_admin`: what it asks of the fencer, and what it does without one."""

import pytest

from pcmk._core import Element
from pcmk.compat import fence_devices, stonith_admin
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.common import Done
from pcmk.kernel.messages.controller import KnownNode, KnownNodes, NodesQuery
from pcmk.kernel.messages.fencer import (
    DeregisterDevice,
    DeregisterLevel,
    DeviceAnswer,
    DeviceCommand,
    Fence,
    FenceHistory,
    FenceHistoryQuery,
    FenceResult,
    FencingLevel,
    RegisterDevice,
    RegisterLevel,
)

AGENT = """#!/bin/sh
options=$(cat)
case $options in
*action=metadata*) echo '<resource-agent name="fence_tried"><parameters/><actions/></resource-agent>' ;;
*action=validate-all*) echo "$options" | grep -q '^ip=1' || { echo "no ip" >&2; exit 1; } ;;
esac
"""


class Daemons:
    """Answers questions, and remembers them with who asked."""

    def __init__(self) -> None:
        self.asked: list[Message] = []
        self.programs: list[str] = []
        self.answers: list[Message] = []

    def ask(self, program, _daemon, body, kind, timeout=0.0):
        self.asked.append(body)
        self.programs.append(program)
        answer = self.answers.pop(0) if self.answers else Done()
        assert isinstance(answer, kind)
        return answer


@pytest.fixture
def daemons(monkeypatch: pytest.MonkeyPatch) -> Daemons:
    played = Daemons()
    monkeypatch.setattr(fence_devices, "ask", played.ask)
    monkeypatch.setattr(stonith_admin, "ask", played.ask)
    return played


@pytest.fixture
def agent(tmp_path, monkeypatch: pytest.MonkeyPatch) -> str:
    file = tmp_path / "fence_tried"
    file.write_text(AGENT)
    file.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return "fence_tried"


@pytest.mark.parametrize(
    ("line", "asked"),
    [
        ("-R d -a fence_x -o ip=1 -o opts=a=b", RegisterDevice("d", "fence_x", {"ip": "1", "opts": "a=b"})),
        ("--register d --agent fence_x -e passwd", RegisterDevice("d", "fence_x", {"passwd": "s3cret"})),
        ("-R d -a fence_x -o ip=1 -o ip=2", RegisterDevice("d", "fence_x", {"ip": "2"})),
        ("-D d", DeregisterDevice("d")),
        ("-r n1 -i 2 -v p -v q", RegisterLevel(FencingLevel("target", "n1", "", 2, ("p", "q")))),
        ("-r @n[12] -i 1 -v p", RegisterLevel(FencingLevel("pattern", "n[12]", "", 1, ("p",)))),
        ("-r rack=7 -i 9 -v p", RegisterLevel(FencingLevel("attribute", "rack", "7", 9, ("p",)))),
        ("--deregister-level n1 --index 2", DeregisterLevel(FencingLevel("target", "n1", "", 2))),
    ],
)
def test_the_fencer_is_told_of_devices_and_levels(shell, daemons, monkeypatch, line: str, asked: Message):
    monkeypatch.setenv("OCF_RESKEY_passwd", "s3cret")
    assert shell.run(f"stonith_admin {line}").code == ExitCode.OK
    assert daemons.asked == [asked]


@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("-R d", "specify an agent"),
        ("-R d -a fence_x -o ip", "Invalid option: -o ip"),
        ("-R d -a fence_x -e nowhere", "Invalid option: -e nowhere"),
        ("-r n1 -v p", "needs --index"),
        ("-r n1 -i 10 -v p", "needs --index"),
        ("-r n1 -i 1", "needs --device"),
        ("-d n1", "needs --index"),
        ("-K", "specify an agent"),
        ("-M", "specify an agent"),
    ],
)
def test_what_is_incomplete_is_refused(shell, daemons, line: str, text: str):
    result = shell.run(f"stonith_admin {line}")
    assert (result.code, text in result.stderr) == (ExitCode.USAGE, True), result
    assert daemons.asked == []


def test_a_device_that_cannot_be_monitored_may_still_tell_its_targets(shell, daemons):
    failed, listed = DeviceAnswer(1, 4, "", "no luck"), DeviceAnswer(0, 0, "n1\n", "")
    daemons.answers = [failed, listed]
    assert shell.run("stonith_admin -Q d -t 7").stdout == "n1\n"
    assert daemons.asked == [DeviceCommand("d", "monitor", "", 7.0), DeviceCommand("d", "list", "", 7.0)]
    daemons.answers = [failed, failed]
    result = shell.run("stonith_admin -Q d")
    assert result.code == ExitCode.ERROR and "monitor of d failed: no luck" in result.stderr


def test_a_delay_of_minus_one_is_none_and_a_tag_names_the_client(shell, daemons):
    daemons.answers = [FenceResult("i", "n1", "off", "confirmed", "n2", "n2", "c", "", 1.0)]
    assert shell.run("stonith_admin -F n1 -y -1 --tag mine").code == ExitCode.OK
    assert daemons.asked == [Fence("n1", "off", 120.0, -1.0, 0.0, allow_self=True)]
    assert daemons.programs == ["stonith_admin.mine"]


def test_a_node_may_be_given_by_its_id(shell, daemons):
    nodes = KnownNodes((KnownNode("n1", 7, "member"), KnownNode("n2", 8, "lost")))
    daemons.answers = [nodes, FenceHistory(())]
    assert shell.run("stonith_admin -h 8 -n").stdout == "Node n2 has never been fenced\n"
    assert daemons.asked == [NodesQuery(), FenceHistoryQuery("n2")]
    daemons.answers = [nodes]
    assert shell.run("stonith_admin -h 9 --as-node-id").code == ExitCode.NOSUCH


def test_an_agent_checks_parameters_without_a_daemon(shell, agent: str):
    good = shell.run(f"stonith_admin -K -a {agent} -o ip=1 -o pcmk_host_list=x")
    assert (good.code, good.stdout) == (ExitCode.OK, "Validation of fence_tried succeeded\n")
    bad = shell.run(f"stonith_admin --validate --agent {agent} --device d")
    assert bad.code == ExitCode.ERROR
    assert bad.stdout == "Validation of fence_tried on d failed\nno ip\n"
    document = Element.parse(shell.run(f"stonith_admin -K -a {agent} --output-as xml").stdout)
    (told,) = document.find("//validate")
    assert told.attrib == {"agent": "fence_tried", "valid": "false"}
    assert [each.text for each in document.find("//command/output[@source='stderr']")] == ["no ip\n"]
    assert shell.run("stonith_admin -K -a fence_nothing").code == ExitCode.NOSUCH


def test_an_agent_is_checked_with_the_secrets_of_a_device(shell, agent: str, tmp_path, monkeypatch):
    monkeypatch.setenv("PCMK_STATE_DIR", str(tmp_path / "state"))
    line = f"stonith_admin -K -a {agent} -v d -o ip=lrm://"
    assert "no value in" in shell.run(line).stderr
    shell.run("cibsecret -C set d ip 1")
    assert shell.run(line).code == ExitCode.OK


def test_metadata_needs_no_daemon(shell, agent: str):
    assert '<resource-agent name="fence_tried">' in shell.run(f"stonith_admin -M -a {agent}").stdout
    assert shell.run("stonith_admin -M -a fence_nothing").code == ExitCode.NOSUCH
