"""A classic command run by another user: as_user.py USER GROUP COMMAND [ARGUMENT...].

It becomes that user when everything is imported, for others may not be able to read the interpreter.
"""

import grp
import importlib
import os
import pwd
import sys

from pcmk.compat.entry import outcome
from pcmk.kernel.daemons import Daemon
from pcmk.rpc.calls import Calls
from pcmk.rpc.probe import probe
from pcmk.rpc.services import notice_class, service_of
from pcmk.rpc.users import groups_of
from pcmk.runtime.settings import from_environment


def main(user: str, group: str, command: str, *arguments: str) -> int:
    module = importlib.import_module(f"pcmk.compat.{command}")
    for daemon in (Daemon.BASED, Daemon.ATTRD, Daemon.CONTROLD):
        service = service_of(daemon)
        assert Calls and probe and groups_of and from_environment and (not service.notices or notice_class(service))
        importlib.import_module(f"pcmk.rpc.v1.{service.file}_pb2")
    os.setgroups([])
    os.setgid(grp.getgrnam(group).gr_gid)
    os.setuid(pwd.getpwnam(user).pw_uid)
    return outcome(module.ABOUT, module.command, arguments)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
