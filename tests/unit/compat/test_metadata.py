"""What agents and daemons tell of themselves without a daemon that runs."""

from functools import partial
from pathlib import Path

import pytest

from pcmk._core import Element
from pcmk.compat import daemon_commands
from pcmk.compat.agent_metadata import metadata
from pcmk.compat.daemon_options import SUBJECTS
from pcmk.compat.entry import outcome
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode

FENCE_AGENT = """#!/bin/sh
read what
[ "$what" = action=metadata ] || exit 1
cat <<END
<resource-agent name="fence_tried"><parameters>
<parameter name="action" required="1"/><parameter name="plug" required="1"/><parameter name="ip" required="1"/>
</parameters><actions><action name="on"/><action name="stop" timeout="7s"/></actions></resource-agent>
END
"""
SCRIPT = """#!/bin/sh
### BEGIN INIT INFO
# Provides:          tried
# Required-Start:    $local_fs <net>
# Short-Description: Tries it
# Description:       Tries it
#  once more
### END INIT INFO
"""


def run_daemon(daemon: str, *words: str) -> int:
    return outcome(daemon_commands.about(daemon), partial(daemon_commands.command, daemon), words)


def test_an_ocf_agent_is_asked():
    root = Element.parse(metadata("ocf:pacemaker:Dummy"))
    assert (root.name, root.get("name")) == ("resource-agent", "Dummy")


def test_a_device_needs_no_action_and_no_target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    agent = tmp_path / "fence_tried"
    agent.write_text(FENCE_AGENT)
    agent.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    root = Element.parse(metadata("stonith:fence_tried"))
    required = {each.get("name"): each.get("required") for each in root.find("//parameter")}
    assert required == {"action": "0", "plug": "0", "ip": "1"}
    actions = [(each.get("name"), each.get("timeout")) for each in root.find("//action")]
    assert actions == [("on", None), ("stop", "7s"), ("start", "20s")]


def test_an_init_script_is_described_by_its_header(tmp_path: Path):
    script = tmp_path / "tried"
    script.write_text(SCRIPT)
    root = Element.parse(metadata(f"lsb:{script}"))
    assert [each.text for each in root.find("//shortdesc")] == ["Tries it"]
    assert [each.text for each in root.find("//longdesc")] == ["Tries it\nonce more"]
    assert [each.text for each in root.find("//Required-Start")] == ["$local_fs <net>"]


@pytest.mark.parametrize("agent", ["ocf:pacemaker:Nothing", "stonith:fence_nothing", "lsb:nothing", "Dummy", "a:b:c"])
def test_what_is_no_agent_has_no_metadata(agent: str):
    with pytest.raises(PcmkError) as refused:
        metadata(agent)
    assert refused.value.code == ExitCode.NOSUCH


@pytest.mark.parametrize("daemon", ["based", "controld", "schedulerd", "fenced"])
def test_options_of_a_daemon_are_named_once(daemon: str):
    root = Element.parse(daemon_commands.metadata(f"pacemaker-{daemon}"))
    names = [each.get("name") for each in root.find("//parameter")]
    assert len(names) == len(set(names)) > 1
    kinds = {each.get("type") for each in root.find("//content")}
    assert kinds <= {"boolean", "integer", "string", "time", "percentage", "select"}
    for choice in root.find("//content[@type='select']"):
        assert choice.get("default") in [None, *(each.get("value") for each in choice.children)]


def test_older_names_of_options_are_told_too():
    root = Element.parse(daemon_commands.metadata("pacemaker-schedulerd"))
    contents = {each.get("name"): each.child("content") for each in root.find("//parameter")}
    assert contents["stonith-enabled"] == contents["fencing-enabled"] is not None
    about = next(each for each in root.find("//parameter") if each.get("name") == "stonith-enabled")
    warnings = about.child("shortdesc").text.split(" *** ")[:-1]
    assert warnings == ["*** Deprecated", "*** Replaced with fencing-enabled", "*** Advanced Use Only"]


def test_what_daemons_tell_metadata_is_known_without_the_list():
    assert set(daemon_commands.WITH_OPTIONS) == set(SUBJECTS)


def test_daemons_tell_their_version_where_clients_look(capsys: pytest.CaptureFixture[str]):
    code = run_daemon("pacemaker-controld", "version")
    assert code == ExitCode.OK
    assert capsys.readouterr().out.split()[:3] == ["CRM", "Version:", "3.0.2"]


def test_an_unknown_word_starts_no_daemon(capsys: pytest.CaptureFixture[str]):
    assert run_daemon("pacemaker-attrd", "metadata") == ExitCode.USAGE
    assert run_daemon("pacemaker-attrd", "begin") == ExitCode.USAGE


@pytest.mark.parametrize(
    ("line", "usual", "advanced", "deprecated"),
    [
        ("crm_attribute --list-options=cluster", "maintenance-mode", "startup-fencing", "stonith-enabled"),
        ("crm_resource --list-options=fencing", "pcmk_host_map", "pcmk_reboot_action", None),
        ("crm_resource --list-options=primitive", "priority", None, None),
    ],
)
def test_what_can_be_configured_is_listed(shell, line, usual, advanced, deprecated):
    some, everything = (shell.run(f"{line}{more}").stdout.splitlines() for more in ("", " --all"))
    assert any(text.startswith(f"  * {usual}: ") for text in some)
    for name, title in ((advanced, "ADVANCED OPTIONS:"), (deprecated, "DEPRECATED OPTIONS")):
        if name is not None:
            place = next(number for number, text in enumerate(everything) if text.startswith(f"  * {title}"))
            assert any(text.startswith(f"    * {name}: ") for text in everything[place:])
            assert not any(f"* {name}: " in text for text in some)
    document = Element.parse(shell.run(f"{line} --output-as xml").stdout)
    parameters = {each.get("name"): each for each in document.find("//parameter")}
    assert [name in parameters for name in (usual, advanced, deprecated) if name] == [True] * len(
        [name for name in (usual, advanced, deprecated) if name]
    )
    if advanced:
        assert parameters[advanced].get("advanced") == "1"
    if deprecated:
        assert parameters[deprecated].child("deprecated") is not None


def listed(shell, kind: str) -> dict[str, Element]:
    command = "crm_attribute" if kind == "cluster" else "crm_resource"
    document = Element.parse(shell.run(f"{command} --list-options={kind} --output-as xml").stdout)
    return {each.get("name"): each for each in document.find("//parameter")}


def test_an_older_name_is_listed_with_the_one_that_replaced_it(shell):
    parameters = listed(shell, "cluster")
    replaced = {name: new.get("name") for name, each in parameters.items() for new in each.find(".//replaced-with")}
    assert replaced["stonith-enabled"] == "fencing-enabled"
    for old, new in replaced.items():
        assert parameters[old].child("content") == parameters[new].child("content")
        assert parameters[old].get("advanced") == parameters[new].get("advanced")


def test_cluster_options_are_listed_by_subject_and_not_by_the_daemon_that_reads_them(shell):
    names = list(listed(shell, "cluster"))
    first = names.index("fencing-action")
    assert names[first : first + 5] == [
        "fencing-action",
        "stonith-action",
        "fencing-reaction",
        "fence-reaction",
        "fencing-timeout",
    ]


@pytest.mark.parametrize(
    ("kind", "name", "content"),
    [
        ("cluster", "cluster-infrastructure", {"type": "string"}),
        ("cluster", "fencing-watchdog-timeout", {"type": "timeout", "default": "0"}),
        ("cluster", "stonith-max-attempts", {"type": "score", "default": "10"}),
        ("cluster", "cluster-ipc-limit", {"type": "nonnegative_integer"}),
        ("fencing", "pcmk_host_check", {"type": "select"}),
        ("fencing", "pcmk_reboot_timeout", {"type": "timeout", "default": "60s"}),
    ],
)
def test_lists_tell_what_values_are_and_what_holds_without_one(shell, kind, name, content):
    assert listed(shell, kind)[name].child("content").attrib == content


@pytest.mark.parametrize("line", ["crm_attribute -L nosuch", "crm_resource --list-options nosuch"])
def test_lists_that_are_not_there_are_refused(shell, line):
    assert shell.run(line).code == ExitCode.USAGE
