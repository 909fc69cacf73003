"""A cluster of one node: the CIB manager's core on a real folder, without any other process."""

import itertools
from pathlib import Path

from pcmk.based.core import DISK_TIMER, BasedCore, Event
from pcmk.based.disk import (
    ConflictDropped,
    ConflictKept,
    ConflictsRead,
    DropConflict,
    HistoryRead,
    KeepConflict,
    MarkCommitted,
    Persist,
    Persisted,
    PersistFailed,
    ReadConflicts,
    ReadHistory,
)
from pcmk.based.history import answer
from pcmk.based.state import BasedSettings, Effect
from pcmk.based.store import HISTORY_BYTES, Store, StoreError
from pcmk.kernel.core import Client, Instant, Log, Reply, Request, Started, TimerFired, ViewChanged
from pcmk.kernel.messages import Message
from pcmk.kernel.messages.cib import (
    CibAnswer,
    CibAtQuery,
    CibConflicts,
    CibHistory,
    CibHistoryQuery,
    CibModified,
    CibModify,
    CibOperation,
    CibOptions,
    CibQuery,
    CibVersion,
)
from pcmk.kernel.messages.common import Member, SetPrimary, View

CLIENT = Client("test", user="alice", privileged=False)
# No two lives may have the same name: what a former one has asked for is not carried out again.
_LIVES = itertools.count(1)
DUMMY = "<primitive id='{}' class='ocf' provider='heartbeat' type='Dummy'/>"


class StoredNode:
    """Starts from what is in the folder, and becomes the primary of the next term. Writes are on disk at once."""

    def __init__(
        self, folder: Path, *, fresh: bool = True, history_bytes: int = HISTORY_BYTES, compact_weight: int = 3000
    ) -> None:
        self.store = Store(folder, history_bytes)
        self.answers: dict[int, Message] = {}
        self.logs: list[str] = []
        self.clock = 0.0
        self._last_request = 0
        image = self.store.load()
        settings = BasedSettings(compact_weight=compact_weight)
        self.core = BasedCore("n1", f"life-{next(_LIVES)}", settings, image, fresh=fresh)
        self.give(Started())
        self.give(ViewChanged(View(1, (Member("n1", 1, "n1", 1),), True, 1)))
        self.ask(SetPrimary(self.core.state.term + 1, "n1", ()))

    def give(self, event: Event) -> None:
        for effect in self.core.handle(event, Instant(self.clock, 1e9 + self.clock)):
            self._carry_out(effect)

    def ask(self, body: Message) -> Message:
        """The answer to a request, which nothing can delay."""
        self._last_request += 1
        self.give(Request(self._last_request, CLIENT, body))
        return self.answers[self._last_request]

    def retry_disk(self) -> None:
        """The time has passed after which a failed write is tried again."""
        self.give(TimerFired(DISK_TIMER))

    def change(self, *operations: CibOperation) -> CibModified:
        self.clock += 1
        answer = self.ask(CibModify(operations, "editor"))
        assert isinstance(answer, CibModified), answer
        return answer

    def create(self, id: str) -> CibVersion:
        return self.change(CibOperation("create", "resources", input_xml=DUMMY.format(id))).version

    def report(self, value: int) -> None:
        """A change of the status section."""
        state = f"<node_state id='1' uname='n1' crm-debug-origin='{value}'/>"
        self.change(CibOperation("modify", "status", input_xml=state, options=CibOptions(allow_create=True)))

    def cib(self) -> CibAnswer:
        answer = self.ask(CibQuery())
        assert isinstance(answer, CibAnswer), answer
        return answer

    def history(self, limit: int = 0) -> CibHistory:
        answer = self.ask(CibHistoryQuery(limit))
        assert isinstance(answer, CibHistory), answer
        return answer

    def at(self, version: CibVersion) -> Message:
        return self.ask(CibAtQuery(version))

    def close(self) -> None:
        self.store.close()

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case Persist():
                self.give(self._write(effect))
            case MarkCommitted(position=position):
                self.store.mark(position)
            case KeepConflict():
                self.give(ConflictKept(effect.name, self.store.keep_conflict(effect)))
            case ReadConflicts(request=request, names=names):
                self.give(ConflictsRead(request, CibConflicts(self.store.read_conflicts(names))))
            case DropConflict(request=request, name=name):
                self.store.drop_conflict(name)
                self.give(ConflictDropped(request, name))
            case ReadHistory():
                self.give(HistoryRead(effect.request, answer(self.store.archive.stretches(), effect)))
            case Reply(id=id, body=body):
                self.answers[id] = body
            case Log(text=text):
                self.logs.append(text)
            case _:
                pass

    def _write(self, effect: Persist) -> Persisted | PersistFailed:
        try:
            self.store.write(effect.base, effect.records)
        except StoreError as error:
            return PersistFailed(effect.id, error.reason, error.needs_base)
        if effect.base is not None:
            self.store.retire()
        return Persisted(effect.id)
