"""A tool of another user: other_user.py USER GROUP RUN_DIR ask|watch|link|set-primary. Prints what it is told.

It becomes that user when everything is imported, for others may not be able to read the interpreter.
"""

import grp
import os
import pwd
import sys

import grpc

from pcmk.client import Connection
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.errors import PcmkError
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.cib import CibQuery
from pcmk.kernel.messages.common import SetPrimary
from pcmk.rpc.calls import Calls
from pcmk.rpc.services import notice_class, service_of
from pcmk.runtime.settings import from_environment

SECONDS = 20.0
REQUESTS: dict[str, Message] = {"ask": CibQuery(user="root"), "set-primary": SetPrimary(1, "alpha")}


def become(user: str, group: str) -> None:
    os.setgroups([])
    os.setgid(grp.getgrnam(group).gr_gid)
    os.setuid(pwd.getpwnam(user).pw_uid)


def main(user: str, group: str, run_dir: str, what: str) -> None:
    assert Calls and notice_class(service_of(Daemon.BASED))
    become(user, group)
    settings = from_environment({"PCMK_NODE_NAME": "alpha", "PCMK_RUN_DIR": run_dir})
    if what == "link":
        with grpc.insecure_channel(f"unix:{settings.socket(Daemon.BASED)}") as channel:
            try:
                list(channel.stream_stream("/pcmk.v1.Link/Open")(iter(()), timeout=SECONDS))
            except grpc.RpcError as error:
                print(error.code().name, flush=True)
        return
    with Connection(settings, "tool") as connection:
        try:
            if what != "watch":
                print(connection.call(Daemon.BASED, REQUESTS[what], SECONDS))
                return
            with connection.watch(Daemon.BASED, SECONDS) as notices:
                print("subscribed", flush=True)
                print(next(notices))
        except PcmkError as error:
            print(error.code, error.message)


if __name__ == "__main__":
    main(*sys.argv[1:])
