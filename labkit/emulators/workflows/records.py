"""What an instance keeps of each step, so that `run()` can be executed again from the top."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

LOST = "Attempt failed due to internal workflows error"
Key = tuple[str, str, int]
"""What a step is found again by: its kind, its name, and which one of that name it is, from 1."""


@dataclass(slots=True)
class Attempt:
    """One execution of a step's function. Times are seconds on the timeline."""

    number: int
    started: float
    ended: float | None = None
    outcome: str = ""
    error: str = ""


@dataclass(slots=True)
class Record:
    """A step: `do`, `sleep` or `waitForEvent`. It is done once it has an outcome: "ok", "error" or "timeout".

    `due` is when a sleep ends, a wait times out or the next attempt begins. `error` is a JavaScript error's name and
    message. `replays` counts how often a later execution of `run()` was answered from here.
    """

    kind: str
    name: str
    key: Key
    started: float
    config: dict[str, Any] = field(default_factory=dict)
    event_type: str = ""
    due: float | None = None
    attempts: list[Attempt] = field(default_factory=list)
    outcome: str = ""
    value: Any = None
    error: tuple[str, str] = ("", "")
    ended: float | None = None
    replays: int = 0

    @property
    def is_done(self) -> bool:
        return bool(self.outcome)

    @property
    def count(self) -> int:
        return self.key[2]

    @property
    def label(self) -> str:
        return f"{self.name}-{self.count}"

    def begin(self, now: float) -> Attempt:
        """A new attempt."""
        self.due = None
        self.attempts.append(Attempt(len(self.attempts) + 1, now))
        return self.attempts[-1]

    def lose(self, now: float) -> None:
        """The machine went away under an attempt: that has failed, whatever it had done already."""
        if self.attempts and not self.attempts[-1].outcome:
            last = self.attempts[-1]
            last.ended, last.outcome, last.error = now, "lost", LOST

    def finish(self, outcome: str, now: float, value: Any = None, error: tuple[str, str] = ("", "")) -> None:
        """The step's outcome, which no later execution changes."""
        self.outcome, self.value, self.error, self.ended, self.due = outcome, value, error, now, None
