"""Carries out the CIB manager's effects: what goes to the disk."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

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
from pcmk.based.store import Store, StoreError
from pcmk.kernel.exitcodes import ExitCode
from pcmk.kernel.messages.cib import CibConflicts
from pcmk.kernel.messages.common import Failure
from pcmk.runtime.actor import Actor


class BasedShell:
    """The CIB manager's hands: a thread that writes, so that the loop never waits for an fsync."""

    def __init__(self, actor: Actor, store: Store) -> None:
        self._actor = actor
        self._store = store
        self._thread: ThreadPoolExecutor | None = None
        self._retiring = False

    def carry_out(self, effect: Any) -> None:
        """Begin to carry out an effect."""
        match effect:
            case Persist():
                self._persist(effect)
            case MarkCommitted(position=position):
                self._store.mark(position)
            case KeepConflict():
                self._keep_conflict(effect)
            case ReadConflicts():
                self._actor.post(self._read_conflicts(effect))
            case DropConflict():
                self._actor.post(self._drop_conflict(effect))
            case ReadHistory():
                self._actor.spawn(self._read_history(effect), "history")
            case _:
                raise TypeError(f"unknown effect {type(effect).__name__}")

    async def close(self) -> None:
        """Let the write under way end."""
        if self._thread is not None:
            self._thread.shutdown(wait=True)
        self._store.close()

    def _persist(self, effect: Persist) -> None:
        if self._thread is None:
            # The first write says what this life of the node begins with; nothing is done before it is safe.
            self._thread = ThreadPoolExecutor(1, "disk")
            self._actor.post(self._write(effect))
        else:
            self._actor.spawn(self._write_aside(effect, self._thread), "disk")

    async def _write_aside(self, effect: Persist, thread: ThreadPoolExecutor) -> None:
        self._actor.post(await self._actor.loop.run_in_executor(thread, self._write, effect))
        if effect.base is not None and not self._retiring:
            # In another thread, so that the next write does not wait for it.
            self._retiring = True
            await self._actor.loop.run_in_executor(None, self._store.retire)
            self._retiring = False

    def _write(self, effect: Persist) -> Persisted | PersistFailed:
        try:
            self._store.write(effect.base, effect.records)
        except StoreError as error:
            return PersistFailed(effect.id, error.reason, error.needs_base)
        return Persisted(effect.id)

    def _keep_conflict(self, effect: KeepConflict) -> None:
        try:
            self._actor.post(ConflictKept(effect.name, self._store.keep_conflict(effect)))
        except OSError as error:
            # The log is the last place that can keep it.
            self._actor.log("error", f"{effect.name} can't be written: {error}", conflict=effect.text)

    def _read_conflicts(self, effect: ReadConflicts) -> ConflictsRead:
        try:
            return ConflictsRead(effect.request, CibConflicts(self._store.read_conflicts(effect.names)))
        except OSError as error:
            text = f"{error.filename} can't be read: {error.strerror}"
            return ConflictsRead(effect.request, Failure(ExitCode.IOERR, text))

    def _drop_conflict(self, effect: DropConflict) -> ConflictDropped:
        try:
            self._store.drop_conflict(effect.name)
        except OSError as error:
            return ConflictDropped(effect.request, effect.name, f"{error.filename}: {error.strerror}")
        return ConflictDropped(effect.request, effect.name)

    async def _read_history(self, effect: ReadHistory) -> None:
        # Not the thread that writes: what waits for it must not wait for a reader.
        read = await self._actor.loop.run_in_executor(None, self._history, effect)
        self._actor.post(read)

    def _history(self, effect: ReadHistory) -> HistoryRead:
        try:
            return HistoryRead(effect.request, answer(self._store.archive.stretches(), effect))
        except OSError as error:
            return HistoryRead(effect.request, Failure(ExitCode.IOERR, f"the history can't be read: {error}"))
