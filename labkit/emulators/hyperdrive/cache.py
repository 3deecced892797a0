"""The query cache of one place: answers by the text and the parameters of what was asked. No write clears it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from labkit.emulators.hyperdrive.messages import Message

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
        return sum(len(message.body) + 5 for message in self.messages)


class Cache:
    """The answers that one place has."""

    def __init__(self) -> None:
        self.answers: dict[Key, Answer] = {}

    def find(self, key: Key, now: float, max_age: float, stale: float) -> tuple[Answer | None, bool]:
        """The answer that may be given now, and whether it is stale: it is to be fetched anew behind the reader's back.

        One that is older than both together is forgotten.
        """
        answer = self.answers.get(key)
        if answer is None:
            return None, False
        age = now - answer.at
        if age >= max_age + stale:
            del self.answers[key]
            return None, False
        return answer, age >= max_age

    def keep(self, key: Key, answer: Answer) -> None:
        """Store an answer in place of the one before."""
        self.answers[key] = answer

    def __iter__(self) -> Iterator[Answer]:
        return iter(self.answers.values())
