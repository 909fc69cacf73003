"""`cibsecret`: keep values of parameters out of the CIB, in files of the nodes that only root can read."""

import getpass
import sys
from collections.abc import Callable
from typing import NoReturn

from pcmk.compat.cib_access import CibAccess, file_in_environment, open_cib
from pcmk.compat.entry import run
from pcmk.compat.options import About, Given, option, usage
from pcmk.compat.resource_attributes import PARAMETERS, Pair, delete, update, value
from pcmk.compat.resources import Cluster
from pcmk.kernel.agent_api import SECRET
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.output.report import Report
from pcmk.output.xml import element, escape
from pcmk.runtime.secrets import SecretStore, SecretValue
from pcmk.runtime.settings import from_environment

PROGRAM = "cibsecret"

OPTIONS = (option("-C --no-cib", text="neither look at the CIB nor change it"),)

ABOUT = About(
    PROGRAM,
    "keep values of resource parameters out of the CIB",
    OPTIONS,
    tasks=(
        ("set RESOURCE PARAMETER [VALUE]", "keep a value (asked for if not given) on all nodes; the CIB gets a mark"),
        ("get RESOURCE PARAMETER", "show the value that this node keeps"),
        ("check RESOURCE PARAMETER", "check the value that this node keeps against its MD5 hash"),
        ("stash RESOURCE PARAMETER", "move a value from the CIB to the nodes (not with -C)"),
        ("unstash RESOURCE PARAMETER", "move a value from the nodes to the CIB (not with -C)"),
        ("delete RESOURCE PARAMETER", "forget a value, on the nodes and in the CIB"),
        ("sync", "have all other nodes keep what this node keeps, and nothing else"),
    ),
)


def main() -> NoReturn:
    """Entry point."""
    run(ABOUT, command)


def command(given: Given, report: Report) -> int:
    """Carry the command out."""
    task, *words = given.words or ("",)
    if task == "sync":
        if words:
            usage("sync takes no parameters")
        _sync(report)
        return ExitCode.OK
    if task not in TASKS:
        usage(f"There is no task {task!r}" if task else "must specify what to do")
    if len(words) != 2 and not (task == "set" and len(words) == 3):
        usage(f"{task} takes a resource and a parameter{' and perhaps a value' if task == 'set' else ''}")
    resource, parameter, *new = words
    TASKS[task](Secret(resource, parameter, given.has("no-cib"), report), new[0] if new else None)
    return ExitCode.OK


class Secret:
    """One parameter of a resource: its value on this node, and what the CIB says of it."""

    def __init__(self, resource: str, parameter: str, no_cib: bool, report: Report) -> None:
        self.resource = resource
        self.parameter = parameter
        self.report = report
        self.store = SecretStore.of(from_environment())
        self.file = self.store.file(resource, parameter)
        self.in_cib = None if no_cib else _InCib(open_cib(PROGRAM), resource, parameter)

    @property
    def text(self) -> str:
        """How it is called."""
        return f"resource {self.resource} parameter {self.parameter}"

    def kept(self) -> str:
        """The value that this node keeps; raises what `SecretStore.read` raises."""
        try:
            return self.store.read(self.resource, self.parameter)
        except PcmkError as error:
            raise PcmkError(error.code, f"{self.text}: {error.message}") from error

    def keep(self, new: str) -> None:
        """Keep a value on all nodes, nothing if it is empty."""
        values = [SecretValue(self.resource, self.parameter, new)]
        self.store.keep(values, only=False)
        try:
            _share(values, self.report, "syncing" if new else "deleting", str(self.file), only=False)
        except PcmkError as error:
            if error.code != ExitCode.DISCONNECT or self.in_cib is not None:
                raise
            self.report.warn(f'WARNING: only this node was changed, use "{PROGRAM} sync" later: {error.message}')

    def cib(self) -> "_InCib":
        """What the CIB says; it may have to be known."""
        if self.in_cib is None:
            usage("no access to Pacemaker with -C")
        return self.in_cib


class _InCib:
    """A parameter as the CIB has it. Raises `PcmkError` (NOSUCH) if there is no such resource."""

    def __init__(self, access: CibAccess, resource: str, parameter: str) -> None:
        self._access = access
        self._cluster = Cluster.read(access.read())
        self._state = self._cluster.find(resource)
        self._pair = Pair(PARAMETERS, parameter)
        self.value = value(self._cluster, self._state, self._pair)

    def set(self, new: str, report: Report) -> None:
        """Give it a value."""
        update(self._access, self._cluster, self._state.xml_id, self._pair, new, False, report)

    def delete(self, report: Report) -> None:
        """Take it away."""
        delete(self._access, self._cluster, self._state.xml_id, self._pair, False, report)


def _set(secret: Secret, new: str | None) -> None:
    text = _asked() if new is None else new
    known = secret.in_cib
    if known is not None and known.value not in (None, "", SECRET, text):
        raise PcmkError(ExitCode.CONFIG, f"the CIB has another value for {secret.text}; please delete it first")
    secret.keep(text)
    # Last, so that nobody looks for a value that is not there yet.
    if known is not None and known.value != SECRET:
        known.set(SECRET, secret.report)


def _asked() -> str:
    if sys.stdin.isatty():
        return getpass.getpass("Enter value: ")
    return sys.stdin.readline().rstrip("\n")


def _check(secret: Secret, _new: str | None = None) -> str:
    if secret.in_cib is not None and secret.in_cib.value != SECRET:
        raise PcmkError(ExitCode.CONFIG, f"{secret.text} not set as secret, nothing to check")
    return secret.kept()


def _get(secret: Secret, _new: str | None) -> None:
    text = _check(secret)
    about = {"resource": secret.resource, "parameter": secret.parameter}
    secret.report.say(text, element("secret", about, escape(text)))


def _stash(secret: Secret, _new: str | None) -> None:
    current = secret.cib().value
    if not current:
        raise PcmkError(ExitCode.NOSUCH, f"nothing to stash for {secret.text}")
    if current == SECRET:
        raise PcmkError(ExitCode.EXISTS, f"{secret.text} already set as secret, nothing to stash")
    _set(secret, current)


def _unstash(secret: Secret, _new: str | None) -> None:
    known = secret.cib()
    current = secret.kept()
    if known.value != SECRET:
        secret.report.warn(f"WARNING: {secret.text} not set as secret, but we have local value so proceeding anyway")
    # The files go when the CIB has the value: the other way round it could be lost.
    known.set(current, secret.report)
    secret.keep("")


def _delete(secret: Secret, _new: str | None) -> None:
    known = secret.in_cib
    if known is not None and known.value is not None:
        known.delete(secret.report)
    secret.keep("")


TASKS: dict[str, Callable[[Secret, str | None], object]] = {
    "set": _set,
    "get": _get,
    "check": _check,
    "stash": _stash,
    "unstash": _unstash,
    "delete": _delete,
}


def _sync(report: Report) -> None:
    store = SecretStore.of(from_environment())
    values = store.all()
    if not values:
        raise PcmkError(ExitCode.NOSUCH, "this node keeps no secrets; others are left as they are")
    _share(values, report, "syncing", f"{len(values)} secret{'' if len(values) == 1 else 's'}", only=True)


def _share(values: list[SecretValue], report: Report, verb: str, what: str, *, only: bool) -> None:
    """Have all other nodes keep values. Raises the first failure of a node that is there."""
    if file_in_environment() is not None:
        report.say("INFO: no other nodes live: this CIB is in a file")
        return
    from pcmk.compat.daemons import ask
    from pcmk.kernel.daemons import Daemon
    from pcmk.kernel.messages.controller import SecretsShared, ShareSecrets
    from pcmk.kernel.messages.executor import KeepSecrets
    from pcmk.kernel.messages.executor import Secret as SecretMessage

    secrets = tuple(
        SecretMessage(each.resource, each.parameter, each.value.encode(errors="surrogateescape")) for each in values
    )
    answer = ask(PROGRAM, Daemon.CONTROLD, ShareSecrets(KeepSecrets(secrets, only)), SecretsShared)
    for each in answer.nodes:
        if each.code == ExitCode.NOHOST:
            report.warn(f"WARNING: node {each.node} is down")
            report.warn(f'WARNING: you\'ll need to update it using "{PROGRAM} sync" later')
    told = [each.node for each in answer.nodes if not each.code]
    report.say(f"INFO: {verb} {what} to {' '.join(told)} ..." if told else "INFO: no other nodes live")
    for each in answer.nodes:
        if each.code not in (ExitCode.OK, ExitCode.NOHOST):
            raise PcmkError(each.code, f"node {each.node}: {each.reason}")
