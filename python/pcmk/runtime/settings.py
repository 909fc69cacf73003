"""What a daemon or tool learns from its environment. `docs/environment.md` is for people."""

import os
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from pcmk.kernel.booleans import is_true
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode

_UNITS = {"K": 2**10, "M": 2**20, "G": 2**30}
PANIC_ACTIONS = ("exit", "reboot", "crash", "off", "sync-reboot", "sync-crash", "sync-off")
"""How a node takes itself down: the machine is reset at once (`reboot`, `crash` for a dump, `off`), `sync-` after its
disks are written; `exit` leaves it to whoever started pacemakerd, who sees exit code 101."""
_NO_DEVICE = ("", "none", "/dev/null")
_FALSE = frozenset({"", "0", "false", "no", "off", "n"})


class Settings(Struct, frozen=True):
    """Settings of one node; every process of the node is started with the same ones."""

    node_name: str
    state_dir: Path
    run_dir: Path
    config_dir: Path
    log_file: Path | None
    membership: str
    membership_socket: Path | None
    peer_port: int
    ocf_root: Path
    respawned: bool
    debug: bool
    """Of all daemons; `debugged` has those of which it is wanted if it is not of all."""
    debugged: frozenset[str]
    cib_history_bytes: int
    node_start_state: str
    """`default`, or what the node is when it starts: `online` or `standby`."""
    node_action_limit: int
    """How many actions this node takes at a time, whatever the configuration says; 0 for what that says."""
    fail_fast: bool
    """Whether a daemon that fails is a reason to panic."""
    watchdog_device: Path | None
    """The watchdog device of this node, if it has one that the cluster keeps."""
    watchdog_timeout: float
    """Seconds without a sign of life after which that resets the node; 0 without one."""
    panic: str
    """What to do when this node can't be trusted any more; see `PANIC_ACTIONS`."""

    def socket(self, daemon: Daemon) -> Path:
        """The Unix socket that a daemon of this node listens on."""
        return self.run_dir / f"{daemon.value}.sock"

    def debugs(self, daemon: Daemon) -> bool:
        """Whether a daemon is to log what is for debugging."""
        return self.debug or daemon.value in self.debugged

    @property
    def joined_mark(self) -> Path:
        """There while the cluster may run something here, until the machine is started anew."""
        return self.run_dir / "controld.joined"

    @property
    def tls_dir(self) -> Path:
        """Where the node's certificate and key and the cluster's CA certificate are."""
        return self.config_dir / "tls"


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the `PCMK_*` variables; raises `PcmkError` (CONFIG) that names the variable which is no good."""
    log_file = environment.get("PCMK_logfile", "") or environment.get("PCMK_LOG_FILE", "")
    debug = environment.get("PCMK_debug", "") or environment.get("PCMK_DEBUG", "")
    debugged = frozenset(debug.replace(",", " ").split()) & {daemon.value for daemon in Daemon}
    membership_socket = environment.get("PCMK_MEMBERSHIP_SOCKET", "")
    watchdog = environment.get("SBD_WATCHDOG_DEV", "")
    run_dir = _folder(environment, "PCMK_RUN_DIR", "/run/pcmk")
    return Settings(
        node_name=environment.get("PCMK_NODE_NAME", "") or _told_name(run_dir) or os.uname().nodename,
        state_dir=_folder(environment, "PCMK_STATE_DIR", "/var/lib/pcmk"),
        run_dir=run_dir,
        config_dir=_folder(environment, "PCMK_CONFIG_DIR", "/etc/pcmk"),
        log_file=Path(log_file) if log_file not in ("", "none", "/dev/null") else None,
        membership=_choice(environment, "PCMK_MEMBERSHIP", ("corosync", "local")),
        membership_socket=Path(membership_socket) if membership_socket else None,
        peer_port=_port(environment, "PCMK_PEER_PORT", 3122),
        ocf_root=_folder(environment, "OCF_ROOT", "/usr/lib/ocf"),
        respawned=_flag(environment, "PCMK_respawned"),
        debug=not debugged and _is_set("PCMK_debug", debug),
        debugged=debugged,
        cib_history_bytes=_size(environment, "PCMK_CIB_HISTORY_SIZE", "64M"),
        node_start_state=_choice(environment, "PCMK_node_start_state", ("default", "online", "standby")),
        node_action_limit=_number(environment, "PCMK_node_action_limit"),
        fail_fast=_flag(environment, "PCMK_fail_fast"),
        watchdog_device=None if watchdog in _NO_DEVICE else _folder(environment, "SBD_WATCHDOG_DEV", ""),
        watchdog_timeout=0.0 if watchdog in _NO_DEVICE else _watchdog_timeout(environment),
        panic=_choice(environment, "PCMK_panic_action", PANIC_ACTIONS),
    )


def _folder(environment: Mapping[str, str], name: str, default: str) -> Path:
    folder = Path(environment.get(name, "") or default)
    if not folder.is_absolute():
        raise PcmkError(ExitCode.CONFIG, f"{name} must be an absolute path, not {str(folder)!r}")
    return folder


def name_file(run_dir: Path) -> Path:
    """Where pacemakerd keeps the node's name if that comes from the membership engine."""
    return run_dir / "node-name"


def _told_name(run_dir: Path) -> str:
    try:
        return name_file(run_dir).read_text().strip()
    except OSError:
        # No pacemakerd has run since the machine was started, or this user may not look: the host name has to do.
        return ""


def _port(environment: Mapping[str, str], name: str, default: int) -> int:
    value = environment.get(name, "") or str(default)
    if not value.isdecimal() or not 0 < int(value) < 65536:
        raise PcmkError(ExitCode.CONFIG, f"{name} must be a port number, not {value!r}")
    return int(value)


def _choice(environment: Mapping[str, str], name: str, choices: tuple[str, ...]) -> str:
    value = environment.get(name, "") or choices[0]
    if value not in choices:
        raise PcmkError(ExitCode.CONFIG, f"{name} must be one of {', '.join(choices)}, not {value!r}")
    return value


def _size(environment: Mapping[str, str], name: str, default: str) -> int:
    """A number of bytes, with K, M or G behind it for units of 1024."""
    value = (environment.get(name, "") or default).upper()
    number, unit = (value[:-1], _UNITS[value[-1]]) if value[-1] in _UNITS else (value, 1)
    if not number.isdecimal():
        raise PcmkError(ExitCode.CONFIG, f"{name} must be a size such as 64M, not {value!r}")
    return int(number) * unit


def _number(environment: Mapping[str, str], name: str) -> int:
    value = environment.get(name, "") or "0"
    if not value.isdecimal():
        raise PcmkError(ExitCode.CONFIG, f"{name} must be a number, not {value!r}")
    return int(value)


def _watchdog_timeout(environment: Mapping[str, str]) -> float:
    value = (environment.get("SBD_WATCHDOG_TIMEOUT", "") or "5").removesuffix("s")
    if not value.isdecimal() or int(value) < 1:
        raise PcmkError(ExitCode.CONFIG, f"SBD_WATCHDOG_TIMEOUT must be a number of seconds, not {value!r}")
    return float(value)


def _flag(environment: Mapping[str, str], name: str) -> bool:
    return _is_set(name, environment.get(name, ""))


def _is_set(name: str, text: str) -> bool:
    value = text.lower()
    if is_true(value):
        return True
    if value in _FALSE:
        return False
    raise PcmkError(ExitCode.CONFIG, f"{name} must be yes or no, not {value!r}")
