"""`crm_shadow`: copies of the CIB to try changes on before they are made."""

import errno
import os
import shutil
from pathlib import Path
from typing import NoReturn

from pcmk._core import Cib, Element
from pcmk.compat.cib_access import (
    SHADOW_VARIABLE,
    Change,
    CibAccess,
    FileCib,
    open_cib,
    shadow_file,
)
from pcmk.compat.entry import run
from pcmk.compat.options import About, Given, option, usage
from pcmk.kernel.errors import CibError, PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.versions import FEATURE_SET, SCHEMA
from pcmk.output import patchset
from pcmk.output.report import Report
from pcmk.output.xml import element, escape

PROGRAM = "crm_shadow"
COMMANDS = ("which", "display", "diff", "file", "create", "create-empty", "commit", "delete", "edit", "reset", "switch")

OPTIONS = (
    option("-w --which", text="show the active copy's name"),
    option("-p --display", text="show the active copy"),
    option("-d --diff", text="show how the active copy differs from the cluster's CIB"),
    option("-F --file", text="show where the active copy is"),
    option("-c --create", "NAME", "make a copy of the cluster's CIB"),
    option("-e --create-empty", "NAME", "make a copy without any configuration"),
    option("-C --commit", "NAME", "give the cluster the configuration of a copy"),
    option("-D --delete", "NAME", "remove a copy"),
    option("-E --edit", text="open the active copy with $EDITOR"),
    option("-r --reset", "NAME", "make a copy like the cluster's CIB again"),
    option("-s --switch", "NAME", "use another copy from now on"),
    option("-f --force", text="do what overwrites or removes something"),
    option("-b --batch", text="start no shell for the copy, but say how to use it"),
    option("-a --all", text="with --commit: with the status section and all versions"),
    option("-v --validate-with", "SCHEMA", "with --create-empty: the schema to follow"),
)

ABOUT = About(PROGRAM, "perform configuration changes on a copy of the CIB", OPTIONS)


def main() -> NoReturn:
    """Entry point."""
    run(ABOUT, command)


def command(given: Given, report: Report) -> int:
    """Carry the command out."""
    if given.words:
        usage(f"Unexpected argument {given.words[0]}")
    chosen = given.last_of(COMMANDS)
    if chosen is None:
        usage("A query or command is required")
    task, name = chosen
    if not name and task not in ("which", "display", "diff", "file", "edit"):
        usage(f"--{task} needs the name of a copy")
    force = given.has("force")
    match task:
        case "which":
            report.say(_active(), element("shadow", {"instance": _active()}))
        case "file":
            file = shadow_file(_active())
            report.say(str(file), element("shadow", {"instance": _active(), "file": str(file)}))
        case "display":
            text = FileCib(_existing(_active())).read().to_xml(pretty=True)
            report.write(text, element("shadow", {"instance": _active()}, element("content", {}, escape(text))))
        case "diff":
            return _diff(report)
        case "edit":
            _edit()
        case "create" | "create-empty" | "reset":
            _create(task, name, given, report)
        case "commit":
            _commit(name, force, given.has("all"))
        case "delete":
            _delete(name, force, report)
        case _:
            _existing(name)
            _set_up(name, "To switch to the named shadow instance", given.has("batch"), report)
    return ExitCode.OK


def _active() -> str:
    name = os.environ.get(SHADOW_VARIABLE)
    if not name:
        raise PcmkError(ExitCode.NOSUCH, "No active shadow configuration defined")
    return name


def _existing(name: str) -> Path:
    file = shadow_file(name)
    if not file.exists():
        reason = "No such file or directory"
        raise PcmkError(ExitCode.NOSUCH, f"Could not access shadow instance '{name}': {reason}")
    return file


def _real() -> CibAccess:
    """The CIB that copies are made of: whatever the environment names but a copy."""
    return open_cib(PROGRAM, shadow=False)


def _read_real() -> Cib:
    try:
        return _real().read()
    except CibError:
        raise
    except PcmkError as error:
        # A file that is not there is to the field a cluster that can't be reached.
        reason = os.strerror(errno.ENXIO) if error.code == ExitCode.NOSUCH else error.message
        raise PcmkError(error.code, f"Could not connect to CIB: {reason}") from error


def _diff(report: Report) -> int:
    name = _active()
    copy = FileCib(_existing(name))
    made = _read_real().diff(copy.read())
    if not made:
        report.item(element("shadow", {"instance": name}))
        return ExitCode.OK
    changes = Element.parse(made)
    shown = element("xml-patchset", {}, escape(changes.to_xml(pretty=True)))
    report.say("\n".join(patchset.lines(changes)), element("shadow", {"instance": name}, shown))
    return ExitCode.ERROR


def _create(task: str, name: str, given: Given, report: Report) -> None:
    file, force = shadow_file(name), given.has("force")
    # crmsh resets with --batch alone; who can't be asked has meant it.
    if task == "reset" and not force and not given.has("batch"):
        raise _danger("The reset command overwrites the active shadow configuration", "shadow file", name)
    if task != "reset" and not force and file.exists():
        raise _danger(f"A shadow instance '{name}' already exists", "shadow file", "", ExitCode.CANTCREAT)
    if task == "create-empty":
        schema = given.get("validate-with") or SCHEMA
        cib = Cib.empty(schema, FEATURE_SET)
        report.say(f"Created new {schema} configuration")
    else:
        cib = _read_real()
    try:
        file.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
        file.touch(mode=0o600)
    except OSError as error:
        verb = "reset" if task == "reset" else "create"
        message = f"Could not {verb} the shadow instance '{name}': {error.strerror}"
        raise PcmkError(ExitCode.CANTCREAT, message) from error
    FileCib(file).write(cib)
    _set_up(name, "A new shadow instance was created. To begin using it", given.has("batch"), report)


def _commit(name: str, force: bool, everything: bool) -> None:
    if not force:
        raise _danger("The commit command overwrites the active cluster configuration", "cluster", name)
    copy = FileCib(_existing(name)).read()
    _read_real()
    if everything:
        change = Change("replace", input_xml=copy.to_xml())
    else:
        configuration = copy.root.child("configuration")
        if configuration is None:
            raise PcmkError(ExitCode.CONFIG, f"Shadow instance '{name}' has no configuration")
        change = Change("replace", "configuration", configuration.to_xml())
    try:
        _real().change(change)
    except PcmkError as error:
        message = f"Could not commit shadow instance '{name}' to the CIB: {error.message}"
        raise PcmkError(error.code, message) from error


def _delete(name: str, force: bool, report: Report) -> None:
    if not force:
        raise _danger("The delete command removes the specified shadow file", "shadow file", name)
    try:
        shadow_file(name).unlink(missing_ok=True)
    except OSError as error:
        message = f"Could not remove shadow instance '{name}': {error.strerror}"
        raise PcmkError(ExitCode.IOERR, message) from error
    if os.environ.get(SHADOW_VARIABLE) != name:
        return
    if os.environ.get("PS1") == _prompt(name):
        _instruct("Press Ctrl+D to exit the crm_shadow shell", report)
    else:
        _instruct(
            "Remember to unset the CIB_shadow variable by entering the following into your shell:\n\tunset CIB_shadow",
            report,
        )


def _edit() -> NoReturn:
    file, editor = _existing(_active()), os.environ.get("EDITOR")
    if not editor:
        raise PcmkError(ExitCode.NOT_CONFIGURED, "No value for EDITOR defined")
    try:
        os.execvp(editor, [editor, str(file)])
    except OSError as error:
        message = f"Could not invoke EDITOR ({editor} {file}): {error.strerror}"
        raise PcmkError(ExitCode.OSFILE, message) from error


def _danger(reason: str, what: str, name: str, code: ExitCode = ExitCode.USAGE) -> PcmkError:
    active = os.environ.get(SHADOW_VARIABLE)
    if name and active and active != name:
        reason += f".\nAdditionally, the supplied shadow instance ({name}) is not the same as the active one ({active})"
    hint = f"To prevent accidental destruction of the {what}, the --force flag is required in order to proceed."
    return PcmkError(code, f"{reason}.\n{hint}")


def _set_up(name: str, prefix: str, batch: bool, report: Report) -> None:
    """Say how to use a copy or, for people at a terminal, start a shell that does."""
    if os.environ.get(SHADOW_VARIABLE) == name and os.environ.get("PS1") == _prompt(name):
        return
    shell = os.environ.get("SHELL")
    if batch or not shell or not report.is_text:
        _instruct(f"{prefix}, enter the following into your shell:\n\texport CIB_shadow={name}", report)
        return
    report.say("Setting up shadow instance")
    _instruct("Press Ctrl+D to exit the crm_shadow shell", report)
    report.finish(ExitCode.OK)
    environment = {**os.environ, "PS1": _prompt(name), SHADOW_VARIABLE: name}
    words = [shell, "--norc", "--noprofile"] if Path(shell).name == "bash" else [shell]
    program = shutil.which(shell)
    if program is None:
        raise PcmkError(ExitCode.NOSUCH, f"Failed to launch shell '{shell}': No such file or directory")
    os.execve(program, words, environment)


def _prompt(name: str) -> str:
    return f"shadow[{name:.40}] # "


def _instruct(text: str, report: Report) -> None:
    report.say(text, element("instruction", {}, escape(text)))
