"""The query cache: answers by the text and the parameters of what was asked, at each place. No write clears them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from labkit import facts
from labkit.emulators.hyperdrive.messages import Message
from labkit.emulators.hyperdrive.refusals import SqlError
from labkit.emulators.hyperdrive.routes import Pooled

if TYPE_CHECKING:
    from labkit.emulators.hyperdrive import Hyperdrive
    from labkit.emulators.hyperdrive.batches import Batch

Key = tuple[Any, ...]


@dataclass
class Answer:
    """An answer as it came, when it came (seconds on the timeline), and how often it has been given since."""

    sql: str
    messages: list[Message]
    at: float
    hits: int = 0
    is_revalidating: bool = False

    @property
    def size(self) -> int:
        return sum(len(message.encoded()) for message in self.messages)


class Caches:
    """What each place holds: `held` has the answers by place and key."""

    def __init__(self, hyperdrive: Hyperdrive):
        self._hyperdrive = hyperdrive
        self.held: dict[str, dict[Key, Answer]] = {}
        self.largest = facts.value("hyperdrive.cached_body_bytes")

    def answers(self, colo: str | None = None) -> Iterator[tuple[str, Answer]]:
        """The answers of a place, or of all, with the place; those that nobody may be given any more are left out."""
        for place in [colo] if colo else sorted(self.held):
            for answer in self.held.get(place, {}).values():
                if self._age(answer) < self._longest:
                    yield place, answer

    def find(self, colo: str, key: Key) -> tuple[Answer | None, bool]:
        """The answer that a place may give now, and whether it is stale: it is to be fetched anew meanwhile."""
        answer = self.held.get(colo, {}).get(key)
        if answer is None or self._age(answer) >= self._longest:
            return None, False
        return answer, self._age(answer) >= self._hyperdrive.settings.max_age

    def _age(self, answer: Answer) -> float:
        return self._hyperdrive.now - answer.at

    @property
    def _longest(self) -> float:
        settings = self._hyperdrive.settings
        return settings.max_age + settings.stale_while_revalidate

    def keep(self, colo: str, key: Key, sql: str, messages: list[Message]) -> None:
        """Store an answer in place of the one before, unless it is an error or too large."""
        answer, held = Answer(sql, messages, self._hyperdrive.now), self.held.setdefault(colo, {})
        if not any(message.kind == "E" for message in messages) and answer.size <= self.largest:
            held.pop(key, None)  # so that the oldest stay at the front
            held[key] = answer
        self._forget(held)

    def _forget(self, held: dict[Key, Answer]) -> None:
        """Let go of what nobody may be given any more."""
        while held and self._age(held[key := next(iter(held))]) >= self._longest:
            del held[key]

    def revalidate(self, colo: str, key: Key, batch: Batch, answer: Answer) -> None:
        """Fetch a stale answer anew, behind the reader's back and once at a time."""
        if not answer.is_revalidating:
            answer.is_revalidating = True
            work = self._revalidated(colo, key, batch, answer)
            self._hyperdrive.world.timeline.spawn(work, name="hyperdrive", detached=True)

    async def _revalidated(self, colo: str, key: Key, batch: Batch, answer: Answer) -> None:
        hyperdrive = self._hyperdrive
        with hyperdrive.world.trace.event("hyperdrive", "revalidate", colo, sql=hyperdrive.short(answer.sql)) as event:
            try:
                self.keep(colo, key, answer.sql, await Pooled(hyperdrive, colo, "cache").ask(batch, event))
            except SqlError as error:
                event.outcome, event.detail["error"] = "exception", error.words
            finally:
                answer.is_revalidating = False

    def lose(self, colo: str) -> None:
        """A place has failed, and what it held is gone."""
        self.held.pop(colo, None)
