"""The progress file: what a learner did, as JSON Lines that survive a kill at any byte.

Each event is one write on a descriptor opened for appending, so writers need no lock. A line begins with a newline
as well as ending in one: after a torn line the next event still stands on a line of its own, and the reader
drops what it cannot parse. `LABKIT_PROGRESS` names the file; without it, work/.progress/progress.jsonl.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from labkit.where import WORK

Event = dict[str, Any]

EVENTS = ("attempt", "passed", "hint", "solution", "prediction", "recall", "order")


def path() -> Path:
    """Where the learner's progress is kept."""
    named = os.environ.get("LABKIT_PROGRESS")
    return Path(named) if named else WORK / ".progress" / "progress.jsonl"


def record(event: str, id: str, **details: Any) -> None:
    """Append one event. `at` is the real time in Unix seconds."""
    if event not in EVENTS:
        raise ValueError(f"{event!r} is not among {', '.join(EVENTS)}")
    append({"at": round(time.time(), 3), "event": event, "id": id, **details})


def append(event: Event) -> None:
    """One line, one write."""
    line = b"\n" + json.dumps(event, sort_keys=True, ensure_ascii=False).encode() + b"\n"
    file = path()
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
    try:
        os.write(descriptor, line)
    finally:
        os.close(descriptor)


def read(file: Path | None = None) -> list[Event]:
    """The events in the order in which they were written; a torn line is no event."""
    try:
        content = (file or path()).read_bytes()
    except OSError:
        return []
    return list(_events(content))


def _events(content: bytes) -> Iterator[Event]:
    for line in content.split(b"\n"):
        try:
            event = json.loads(line)
        except ValueError:  # blank, or torn by a kill
            continue
        if isinstance(event, dict) and event.get("event") in EVENTS and isinstance(event.get("id"), str):
            yield event


class History:
    """What the progress file says of one exercise."""

    def __init__(self, id: str, events: list[Event] | None = None):
        self.id = id
        self.events = [event for event in (read() if events is None else events) if event["id"] == id]

    def of(self, kind: str) -> list[Event]:
        return [event for event in self.events if event["event"] == kind]

    @property
    def passed(self) -> bool:
        return bool(self.of("passed"))

    @property
    def attempts(self) -> int:
        """How many different answers were checked."""
        return len({event.get("hash") for event in self.of("attempt")})

    @property
    def unmet(self) -> list[str]:
        """The requirements that the last attempt did not meet."""
        attempts = self.of("attempt")
        return list(attempts[-1].get("unmet", ())) if attempts else []

    def hints(self, requirement: str) -> int:
        """How many hints of a requirement were given."""
        return len({event.get("hint") for event in self.of("hint") if event.get("requirement") == requirement})
