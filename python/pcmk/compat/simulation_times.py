"""`crm_simulate --profile`: how long planning takes for all CIBs in a folder."""

import time
from pathlib import Path

from pcmk._core import Cib, schedule
from pcmk.compat.options import usage
from pcmk.kernel.errors import CibError, PcmkError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.output.report import Report
from pcmk.output.xml import element


def profile(folder: str, times: str, report: Report) -> int:
    """Plan for each `*.xml` file so many times, and tell the processor time that it took, reading included. What is no
    CIB is told and left out. Raises `PcmkError`: USAGE, NOSUCH for what is no folder."""
    if not times.isdigit() or int(times) < 1:
        usage(f"--repeat takes a number of times, not {times!r}")
    if not Path(folder).is_dir():
        raise PcmkError(ExitCode.NOSUCH, f"{folder} is no folder")
    report.say("Timings:")
    items: list[str] = []
    for file in sorted(Path(folder).glob("*.xml")):
        try:
            seconds = _seconds(file.read_bytes(), int(times))
        except (OSError, CibError) as error:
            report.warn(f"{file}: {error}")
            continue
        report.say(f"  * Testing {file} ... {seconds:.2f} secs")
        items.append(element("timing", {"file": str(file), "duration": f"{seconds:.6f}"}))
    report.item(element("timings", {}, "".join(items)))
    return ExitCode.OK


def _seconds(xml: bytes, times: int) -> float:
    now = int(time.time())
    start = time.process_time()
    for _ in range(times):
        cib = Cib.parse(xml)
        schedule(cib, int(cib.root.get("execution-date", now)), 0)
    return time.process_time() - start
