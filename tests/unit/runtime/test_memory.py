"""What a process frees it does not keep."""

import subprocess
import sys

PROGRAM = """
from pcmk.runtime.memory import give_back

MANY = 32 << 20

def kilobytes():
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmRSS")).split()[1])

small = [bytearray(b"x") * 1000 for _ in range(MANY // 1000)]
# What is between those that stay is not given back by itself.
kept = small[::1000]
del small
full = kilobytes()
give_back()
print(full - kilobytes() > MANY // 2048)
"""


def test_what_is_free_between_what_is_not_is_given_back():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"
