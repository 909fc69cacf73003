"""What a process frees it does not keep."""

import subprocess
import sys

from pcmk.runtime.memory import LARGE

PROGRAM = f"""
import sys
from pathlib import Path
from pcmk.runtime.memory import give_back, unmap_what_is_large

MANY = 32 << 20

def kilobytes():
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmRSS")).split()[1])

def large():
    for size in (2 * {LARGE}, MANY, 2 * {LARGE}):
        bytes(size)
    return [bytearray(b"x") * (2 * {LARGE}) for _ in range(MANY // (2 * {LARGE}))]

unmap_what_is_large()
held = large()
# On top of the heap, if it is there: what is below it is not given back.
end = bytearray(b"x") * ({LARGE} // 2)
full = kilobytes()
del held
print(full - kilobytes() > MANY // 2048)

small = [bytearray(b"x") * 1000 for _ in range(MANY // 1000)]
kept = small[::1000]
del small
full = kilobytes()
give_back()
print(full - kilobytes() > MANY // 2048)
"""


def test_large_blocks_go_at_once_and_small_ones_when_asked():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True"]
