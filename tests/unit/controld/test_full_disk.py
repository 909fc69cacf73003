"""What runs is written as soon as there is room again, however long the disk of the DC was full."""

from pcmk.controld.port import Port
from pcmk.controld.writer import Writer, modify
from pcmk.kernel.core import Call, Instant, SetTimer
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.cib import CibModified, CibVersion
from pcmk.kernel.messages.common import Failure


def test_a_result_is_kept_until_the_disk_has_room():
    port = Port("n1")
    port.now = Instant(0.0, 0.0)
    writer = Writer(port, 0.5)
    written: list[CibVersion | None] = []
    writer.submit((modify("status", "<node_state id='1'/>"),), written.append)
    call = next(effect for effect in port.take() if isinstance(effect, Call))
    port.answered(call.id, Failure(ExitCode.IOERR, "no space left on device"))
    timer = next(effect for effect in port.take() if isinstance(effect, SetTimer))
    assert written == [] and not writer.idle

    port.fired(timer.key)
    again = next(effect for effect in port.take() if isinstance(effect, Call))
    assert again.body == call.body
    port.answered(again.id, CibModified(CibVersion(0, 1, 2)))
    assert written == [CibVersion(0, 1, 2)] and writer.idle
