import os
import subprocess
import sys
from pathlib import Path

from pcmk.rpc.claim import holder

CLAIM = """
import sys
from pathlib import Path
from pcmk.rpc.claim import Claim
claim = Claim(Path(sys.argv[1]))
claim.take()
print("claimed", flush=True)
sys.stdin.read()
"""


def test_the_holder_of_a_claim_is_known_by_its_process_id(tmp_path: Path) -> None:
    socket = tmp_path / "pacemaker-based.sock"
    assert holder(socket) is None
    process = subprocess.Popen(
        [sys.executable, "-c", CLAIM, str(socket)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None and process.stdin is not None
    assert process.stdout.readline() == b"claimed\n"
    assert holder(socket) == process.pid != os.getpid()
    process.kill()
    process.wait()
    assert holder(socket) is None
    process.stdin.close()
    process.stdout.close()
