"""What programs that ask a question and end do not wait for."""

import subprocess
import sys

ASKS = """
import sys
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.messages.attributes import AttributeQuery
from pcmk.rpc.calls import Calls
from pcmk.kernel.errors import PcmkError
from pathlib import Path
try:
    Calls(Daemon.ATTRD, Path("nobody-listens"), "test").call(AttributeQuery("x"), 1)
except PcmkError as error:
    print(int(error.code), *({"grpc", "asyncio"} & sys.modules.keys()))
"""


def test_a_question_is_asked_without_loading_grpc() -> None:
    told = subprocess.run([sys.executable, "-c", ASKS], capture_output=True, text=True, check=True).stdout
    assert told.split() == ["102"]
