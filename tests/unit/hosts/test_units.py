"""Units for systemd: what they say, and that systemd understands them."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from pcmk.cli.root import pcmk
from pcmk.hosts.units import units
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.runtime.settings import from_environment

TLS = Path("/etc/pcmk/tls")


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    """An environment in which pcmk is installed."""
    folder = tmp_path / "venv"
    (folder / "bin").mkdir(parents=True)
    for program in ("pacemakerd", "pcmk"):
        (folder / "bin" / program).write_text("#!/bin/sh\n")
        (folder / "bin" / program).chmod(0o755)
    return folder


def written(root: Path, prefix: Path, name: str = "pcmk") -> dict[str, str]:
    plan = units(root, prefix, TLS, name)
    plan.carry_out()
    return {str(file.path.relative_to(root)): file.path.read_text() for file in plan.files}


def values(unit: str) -> dict[str, list[str]]:
    """What is set in a unit, by key."""
    found: dict[str, list[str]] = {}
    for line in unit.splitlines():
        key, separator, value = line.partition("=")
        if separator and not line.startswith(("#", "[")):
            found.setdefault(key, []).append(value)
    return found


def test_a_plan_writes_nothing_by_itself(tmp_path: Path, prefix: Path) -> None:
    units(tmp_path / "root", prefix, TLS)
    assert not (tmp_path / "root").exists()


def test_the_service_is_what_operators_of_the_reference_know(tmp_path: Path, prefix: Path) -> None:
    files = written(tmp_path / "root", prefix)
    assert sorted(files) == [
        "etc/default/pcmk",
        "etc/systemd/system/pcmk-certs.service",
        "etc/systemd/system/pcmk-certs.timer",
        "etc/systemd/system/pcmk.service",
    ]
    service = values(files["etc/systemd/system/pcmk.service"])
    assert service["ExecStart"] == [f"{prefix}/bin/pacemakerd"]
    assert service["Requires"] == ["corosync.service"] and "corosync.service" in service["After"]
    assert (service["Type"], service["NotifyAccess"]) == (["notify"], ["main"])
    assert service["WatchdogSec"] == ["60s"]
    assert service["TimeoutStopSec"] == ["30min"]
    assert (service["KillMode"], service["SendSIGKILL"]) == (["process"], ["no"])
    assert (service["Restart"], service["SuccessExitStatus"]) == (["on-failure"], ["100"])
    assert service["RestartPreventExitStatus"] == ["100 101"]
    assert (service["StartLimitBurst"], service["StartLimitIntervalSec"]) == (["5"], ["25s"])
    assert service["TasksMax"] == ["infinity"]
    assert service["Conflicts"] == ["pacemaker.service"]
    assert [entry for entry in service["Environment"] if entry.startswith(f"PATH={prefix}/bin:")]
    assert service["EnvironmentFile"] == [
        "-/etc/sysconfig/pacemaker",
        "-/etc/default/pacemaker",
        "-/etc/sysconfig/sbd",
        "-/etc/default/sbd",
        "-/etc/default/pcmk",
    ]


def test_settings_are_where_the_distribution_has_them_and_are_not_overwritten(tmp_path: Path, prefix: Path) -> None:
    root = tmp_path / "root"
    (root / "etc" / "sysconfig").mkdir(parents=True)
    files = written(root, prefix)
    assert "etc/sysconfig/pcmk" in files
    assert "-/etc/sysconfig/pcmk" in values(files["etc/systemd/system/pcmk.service"])["EnvironmentFile"]
    (root / "etc" / "sysconfig" / "pcmk").write_text("PCMK_debug=yes\n")
    assert "etc/sysconfig/pcmk" not in written(root, prefix)
    assert (root / "etc" / "sysconfig" / "pcmk").read_text() == "PCMK_debug=yes\n"


def test_every_setting_that_is_offered_is_read(tmp_path: Path, prefix: Path) -> None:
    """As they are offered, and as the daemons would be without them."""
    text = written(tmp_path / "root", prefix)["etc/default/pcmk"]
    offered = dict(line[1:].split("=", 1) for line in text.splitlines() if line.startswith("#PCMK_"))
    assert len(offered) == 7
    plain = from_environment({"PCMK_NODE_NAME": "n", "PCMK_panic_action": "reboot"})
    assert from_environment({**offered, "PCMK_NODE_NAME": "n", "PCMK_logfile": ""}) == plain
    for name in offered:
        assert f"`{name}`" in (Path(__file__).parents[3] / "docs" / "environment.md").read_text()


def test_it_may_be_called_like_the_reference(tmp_path: Path, prefix: Path) -> None:
    service = values(written(tmp_path / "root", prefix, "pacemaker")["etc/systemd/system/pacemaker.service"])
    assert "Conflicts" not in service
    assert service["EnvironmentFile"][-1] == "-/etc/default/pacemaker"
    with pytest.raises(PcmkError) as caught:
        units(tmp_path, prefix, TLS, "../x")
    assert caught.value.code == ExitCode.USAGE


def test_pcmk_must_be_there(tmp_path: Path, prefix: Path) -> None:
    with pytest.raises(PcmkError, match=r"pacemakerd is missing") as caught:
        units(tmp_path / "root", tmp_path / "none", TLS)
    assert caught.value.code == ExitCode.NOT_INSTALLED
    prefix.rename(tmp_path / "two words")
    with pytest.raises(PcmkError, match="plain name"):
        units(tmp_path / "root", tmp_path / "two words", TLS)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="NO UNIT WAS VERIFIED: no systemd-analyze")
@pytest.mark.parametrize("name", ["pcmk", "pacemaker"])
def test_systemd_understands_them(tmp_path: Path, prefix: Path, name: str) -> None:
    root = tmp_path / "root"
    folder = root / "etc" / "systemd" / "system"
    paths = [str(root / path) for path in written(root, prefix, name) if path.startswith("etc/systemd")]
    # It may not be installed here.
    (folder / "corosync.service").write_text("[Service]\nExecStart=/bin/true\n")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *paths],
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{folder}:"},
        capture_output=True,
        text=True,
        check=False,
    )
    told = [line for line in done.stderr.splitlines() if name in line]
    assert (done.returncode, told) == (0, []), done.stderr


def test_the_command_shows_and_asks(tmp_path: Path) -> None:
    root = tmp_path / "root"

    def run(*words: str, input: str | None = None) -> str:
        words = ("install-units", "--root", str(root), *words)
        result = CliRunner().invoke(pcmk, list(words), input=input, standalone_mode=False)
        return result.stdout if result.exception is None else repr(result.exception)

    assert "Abort" in run(input="n\n") and not root.exists()
    plan = json.loads(run("--json"))
    assert plan["done"] is False and not root.exists()
    assert f"+ExecStart={sys.prefix}/bin/pacemakerd" in plan["files"][0]["changes"]
    shown = run(input="y\n")
    assert f"{root}/etc/systemd/system/pcmk.service is new" in shown and "+Type=notify" in shown
    assert (root / "etc" / "systemd" / "system" / "pcmk.service").stat().st_mode & 0o777 == 0o644
    # Below another root there is no systemd to be told.
    assert "systemctl daemon-reload" not in shown
