"""What an agent says about itself: asked for directly, so that it needs no daemon."""

import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.runtime import agent_paths
from pcmk.runtime.settings import from_environment

if TYPE_CHECKING:
    from lxml.etree import _Element  # pyright: ignore[reportPrivateUsage]

TIMEOUT = 30.0
"""Seconds that an agent may take."""

_SCRIPT_ACTIONS = ("start", "stop", "status", "restart", "force-reload")
_HEADER = re.compile(r"^### BEGIN INIT INFO\s*\n(.*?)^### END INIT INFO", re.MULTILINE | re.DOTALL)
_FIELD = re.compile(r"^#\s*([A-Za-z-]+):(.*(?:\n#(?:\t|  ).*)*)", re.MULTILINE)
_FIELDS = (
    "Provides",
    "Required-Start",
    "Required-Stop",
    "Should-Start",
    "Should-Stop",
    "Default-Start",
    "Default-Stop",
)


def metadata(agent: str) -> str:
    """The metadata of `ocf:pacemaker:Dummy`, `stonith:fence_x`, `lsb:x` or `service:x`, as XML.

    Raises `PcmkError` (NOSUCH) if there is no such agent or it says nothing.
    """
    match agent.split(":"):
        case ["ocf", provider, name]:
            path = agent_paths.find_resource_agent(from_environment().ocf_root, provider, name)
            variables = {
                "OCF_RESOURCE_INSTANCE": name,
                "OCF_RESOURCE_TYPE": name,
                "OCF_RESOURCE_PROVIDER": provider,
                "OCF_RA_VERSION_MAJOR": "1",
                "OCF_RA_VERSION_MINOR": "1",
            }
            return _asked(agent, path, ("meta-data",), variables)
        case ["stonith", name]:
            found = agent_paths.find_fence_agent(name)
            return _for_devices(agent, _asked(agent, found, (), {}, "action=metadata\n"))
        case ["lsb" | "service", name]:
            script = agent_paths.find_init_script(name)
            if script is None:
                raise _none(agent, "it is not installed")
            return _of_script(name, script.read_text(encoding="utf-8", errors="replace"))
        case [_, _]:
            raise _none(agent, "agents of that standard have none")
        case _:
            raise PcmkError(ExitCode.NOSUCH, f"'{agent}' is not a valid agent specification")


def _none(agent: str, why: str) -> PcmkError:
    return PcmkError(ExitCode.NOSUCH, f"Metadata query for {agent} failed: {why}")


def _asked(
    agent: str, path: Path | None, arguments: tuple[str, ...], variables: dict[str, str], stdin: str = ""
) -> str:
    if path is None:
        raise _none(agent, "it is not installed")
    environment = agent_paths.agent_environment(from_environment()) | variables
    try:
        ended = subprocess.run(
            (str(path), *arguments),
            env=environment,
            input=stdin.encode(),
            capture_output=True,
            timeout=TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _none(agent, str(error)) from error
    text = ended.stdout.decode(errors="replace")
    if ended.returncode != 0 or not text.strip():
        raise _none(agent, f"exit status {ended.returncode}")
    return text


def _for_devices(agent: str, text: str) -> str:
    """Metadata of a fence agent as a device's configuration sees it: the cluster supplies the action and the target,
    and a device is started and stopped (reference on the fencer, section 3.2)."""
    from lxml import etree

    try:
        root = etree.fromstring(text.encode(), etree.XMLParser(remove_blank_text=True))
    except etree.XMLSyntaxError as error:
        raise _none(agent, str(error)) from error
    for parameter in root.iterfind("parameters/parameter"):
        if parameter.get("name") in ("action", "plug", "port"):
            parameter.set("required", "0")
    actions = root.find("actions")
    if actions is not None:
        _add_actions(actions)
    return etree.tostring(root, pretty_print=True, encoding="unicode")


def _add_actions(actions: "_Element") -> None:
    from lxml import etree

    there = {each.get("name") for each in actions}
    for name in ("stop", "start"):
        if name not in there:
            etree.SubElement(actions, "action", name=name, timeout="20s")


def _of_script(name: str, text: str) -> str:
    """Metadata made from the header of an init script (reference on the executor, section 4.1)."""
    header = _HEADER.search(text)
    fields: dict[str, str] = {}
    for found in _FIELD.finditer(header.group(1) if header else ""):
        fields.setdefault(found.group(1), re.sub(r"\n#\s*", "\n", found.group(2)).strip())
    actions = "".join(f'    <action name="{each}" timeout="15"/>\n' for each in _SCRIPT_ACTIONS)
    actions += '    <action name="monitor" timeout="15" interval="15"/>\n'
    special = "".join(f"    <{each}>{_escaped(fields.get(each, ''))}</{each}>\n" for each in _FIELDS)
    short = _escaped(fields.get("Short-Description", name))
    return (
        '<?xml version="1.0"?>\n'
        f'<resource-agent name="{_escaped(name)}" version="0.1">\n  <version>1.0</version>\n'
        f'  <longdesc lang="en">{_escaped(fields.get("Description", "")) or short}</longdesc>\n'
        f'  <shortdesc lang="en">{short}</shortdesc>\n  <parameters/>\n'
        f'  <actions>\n    <action name="meta-data" timeout="5"/>\n{actions}  </actions>\n'
        f'  <special tag="LSB">\n{special}  </special>\n</resource-agent>\n'
    )


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
