"""`pcmk-command PROGRAM ARGUMENT...`: a command whose own file is the launcher (`rust/launcher`), which comes here when
no resident takes it."""

import sys
from importlib import import_module

from pcmk.kernel.exitcodes import ExitCode

COMMANDS = (
    "attrd_updater", "cibadmin", "crm_attribute", "crm_failcount", "crm_master", "crm_node", "crm_standby",
)  # fmt: skip
"""What agents call every few seconds; rust/py/build.rs installs the launcher under these names."""


def main() -> int:
    """Be that command; the exit code."""
    del sys.argv[0]
    if not sys.argv or sys.argv[0] not in COMMANDS:
        print(f"pcmk-command: expected one of {', '.join(COMMANDS)}", file=sys.stderr)
        return ExitCode.USAGE
    return carry_out(sys.argv[0])


def carry_out(program: str) -> int:
    """Carry a command out with the arguments of this process. Ends with `SystemExit`, as entry points do."""
    return import_module(f"pcmk.compat.{program}").main()
