"""Units for systemd, and the file with the daemons' settings, for a pcmk in an environment of its own."""

import sys
from pathlib import Path

from pcmk.hosts.plan import PUBLIC, Plan, PlannedFile
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode

NAME = "pcmk"
REFERENCE = "pacemaker"
"""The name of the service that ours stands for, and can't run beside."""

_UNITS = Path("etc/systemd/system")
# Where distributions have the settings of services: the first that exists; `etc/default` if none does.
_SETTINGS = (Path("etc/sysconfig"), Path("etc/default"))
# Older names first: what is set later counts.
_READ = ("/etc/sysconfig/pacemaker", "/etc/default/pacemaker", "/etc/sysconfig/sbd", "/etc/default/sbd")

_SERVICE = """\
# Written by `pcmk install-units`. To change something, use a drop-in: systemctl edit {name}.service
[Unit]
Description=Cluster resource manager (pcmk)
Documentation=man:corosync.conf(5)
# The daemons begin when Corosync runs; when the machine is shut down they end first, for they need it to hand over.
Requires=corosync.service
After=corosync.service
Wants=network-online.target
After=network-online.target time-sync.target dbus.service rsyslog.service resource-agents-deps.target
Wants=resource-agents-deps.target
{conflicts}# Five failures in a row are not chance.
StartLimitIntervalSec=25s
StartLimitBurst=5

[Service]
Type=notify
NotifyAccess=main
ExecStart={bin}/pacemakerd
# Agents call crm_attribute and others, and find those of this pcmk first.
Environment=PATH={bin}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
# A node that can't be trusted any more resets its machine. The files below may say otherwise.
Environment=PCMK_panic_action=reboot
{files}
# Ready is when all daemons answer, and they wait up to a minute for Corosync.
TimeoutStartSec=3min
# A supervisor that hangs is replaced; its daemons and the services go on.
WatchdogSec=60s
# A stop first moves the resources of this node away, which takes as long as it takes.
TimeoutStopSec=30min
# Only pacemakerd is stopped by the manager. It ends its daemons in order; resources are theirs.
KillMode=process
SendSIGKILL=no
TasksMax=infinity
Restart=on-failure
RestartSec=1s
# 100: stopped because going on makes no sense. 101: beyond help, about to be reset.
SuccessExitStatus=100
RestartPreventExitStatus=100 101

[Install]
WantedBy=multi-user.target
"""

_RENEWAL = """\
# Written by `pcmk install-units`.
[Unit]
Description=Renew the certificate of this node of the cluster if it ends soon
ConditionPathExists={tls}/ca.key

[Service]
Type=oneshot
{files}
ExecStart={bin}/pcmk cluster certs renew --within 60 --yes
"""

_TIMER = """\
# Written by `pcmk install-units`.
[Unit]
Description=Look every week whether the certificate of this node of the cluster ends soon

[Timer]
OnCalendar=weekly
RandomizedDelaySec=1h
Persistent=yes

[Install]
WantedBy=timers.target
"""

_VALUES = """\
# Settings of the cluster's daemons on this node; docs/environment.md explains them.
# They are read when {name}.service is started.

# A detailed log beside the journal.
#PCMK_logfile=/var/log/pcmk.log

# Log for debugging: yes, no, or names of daemons (pacemaker-controld,pacemaker-fenced).
#PCMK_debug=no

# What this node is when it starts: default (as it was), online, standby.
#PCMK_node_start_state=default

# How many actions it carries out at a time; otherwise the option node-action-limit says it.
#PCMK_node_action_limit=

# What a node that can't be trusted any more does to its machine: reboot, crash, off, sync-reboot, sync-crash, sync-off;
# exit does nothing to it.
#PCMK_panic_action=reboot

# Whether a daemon that fails is a reason for that.
#PCMK_fail_fast=no

# The first of four ports at which nodes talk; the same on all nodes.
#PCMK_PEER_PORT=3122
"""


def units(root: Path, prefix: Path, tls: Path, name: str = NAME) -> Plan:
    """The units and the file of settings, below a root, for the pcmk installed in `prefix`; `tls` is the folder of its
    certificates. What is in the file of settings already stays. Raises `PcmkError` (NOT_INSTALLED, USAGE)."""
    if not name.replace("-", "").replace("_", "").isalnum():
        raise PcmkError(ExitCode.USAGE, f"{name!r} is no name for a unit")
    bin = prefix / "bin"
    for program in ("pacemakerd", "pcmk"):
        if not (bin / program).exists():
            raise PcmkError(ExitCode.NOT_INSTALLED, f"{bin / program} is missing; is pcmk installed there?")
    settings = _settings_folder(root) / name
    files = "\n".join(f"EnvironmentFile=-{path}" for path in (*_READ, f"/{settings.relative_to(root)}"))
    values = {
        "name": name,
        "bin": _quoted(bin),
        "files": files,
        "tls": tls,
        "conflicts": "" if name == REFERENCE else f"Conflicts={REFERENCE}.service\n",
    }
    found = [
        (root / _UNITS / f"{name}.service", _SERVICE, "starts the cluster on this node after Corosync, and watches it"),
        (root / _UNITS / f"{name}-certs.service", _RENEWAL, "renews this node's certificate in its last 60 days"),
        (root / _UNITS / f"{name}-certs.timer", _TIMER, "has that looked after every week"),
    ]
    if not settings.exists():
        found.append((settings, _VALUES, "settings of the daemons, all as they are by default"))
    planned = tuple(PlannedFile(path, text.format(**values).encode(), PUBLIC, what) for path, text, what in found)
    return Plan(planned, ("systemctl daemon-reload", f"systemctl enable --now {name}.service {name}-certs.timer"))


def own_prefix() -> Path:
    """Where the pcmk that runs is installed."""
    return Path(sys.prefix)


def _settings_folder(root: Path) -> Path:
    return next((root / folder for folder in _SETTINGS if (root / folder).is_dir()), root / _SETTINGS[-1])


def _quoted(path: Path) -> str:
    """A path in a unit: `%` begins a specifier (systemd.unit(5)), and words end at spaces."""
    text = str(path).replace("%", "%%")
    if any(character.isspace() or character in "\"'\\:" for character in text):
        raise PcmkError(ExitCode.USAGE, f"{path} can't stand in a unit; install pcmk in a folder with a plain name")
    return text
