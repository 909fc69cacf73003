"""Many changes of the CIB in a row are looked at once, and before anything is made of what they say."""

from fenced_world import cib, device

from pcmk._core import Cib
from pcmk.fenced.core import CONFIGURE_SECONDS, FencedCore
from pcmk.fenced.events import Effect
from pcmk.kernel.core import Call, CallResult, Client, Instant, LinkUp, Notice, Reply, Request, SetTimer, TimerFired
from pcmk.kernel.daemons import Daemon
from pcmk.kernel.messages.cib import CibAnswer, CibChanged, CibVersion
from pcmk.kernel.messages.fencer import Devices, DevicesQuery

NOW = Instant(100.0, 1_000_000.0)
CLIENT = Client("test", 7)


class Case:
    """A fencer that follows a CIB without devices."""

    def __init__(self) -> None:
        self.core = FencedCore("a", "life")
        self.cib = Cib.parse(cib(""))
        (call,) = [effect for effect in self.core.handle(LinkUp(Daemon.BASED), NOW) if isinstance(effect, Call)]
        self.core.handle(CallResult(call.id, CibAnswer(self.cib.to_xml(), CibVersion(*self.cib.version))), NOW)

    def add_device(self, name: str) -> list[Effect]:
        xml = device(name, pcmk_host_list="a b c")
        self.cib, patchset = self.cib.apply("create", "resources", input_xml=xml)
        return self.core.handle(Notice(Daemon.BASED, CibChanged(CibVersion(*self.cib.version), 1, patchset)), NOW)

    def devices(self) -> list[str]:
        effects = self.core.handle(Request(1, CLIENT, DevicesQuery("")), NOW)
        (told,) = [effect.body for effect in effects if isinstance(effect, Reply)]
        assert isinstance(told, Devices)
        return [found.id for found in told.devices]


def test_a_request_sees_all_changes_before_it() -> None:
    case = Case()
    assert case.devices() == []
    case.add_device("one")
    case.add_device("two")
    assert case.devices() == ["one", "two"]
    case.add_device("three")
    assert case.devices() == ["one", "three", "two"]


def test_changes_in_a_row_are_looked_at_together_and_soon() -> None:
    case = Case()
    timers = [effect for name in ("one", "two", "three") for effect in case.add_device(name)]
    assert [effect for effect in timers if isinstance(effect, SetTimer)] == [SetTimer("configure", CONFIGURE_SECONDS)]
    effects = case.core.handle(TimerFired("configure"), NOW)
    # What the agents of all three can do is asked for.
    assert effects and case.devices() == ["one", "three", "two"]
