"""One instance: everything that is stored of it, and so survives the machine that runs it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from labkit.emulators.workflows.history import History, history_of
from labkit.emulators.workflows.records import Key, Record
from labkit.workers.js.serialized import serialized_bytes

if TYPE_CHECKING:
    import asyncio

    from labkit.emulators.workflows.life import Life

FINITE = ("complete", "errored", "terminated")
BUSY = ("running", "waitingForPause")
VOLATILE = ("life", "timer")
"""What is in memory only."""


@dataclass(eq=False)
class Instance:
    """Times are seconds on the timeline, but `created`, which is Unix time; `retention` is seconds after a good end
    and after a bad one.

    `wake_at` is when `run()` begins again, where it is not in memory; `runs` how often it has begun.
    """

    id: str
    params: Any
    created: float
    colo: str
    retention: tuple[float, float]
    schedule: dict[str, Any] | None = None
    size: int = 0
    status: str = "queued"
    output: Any = None
    error: tuple[str, str] | None = None
    records: dict[Key, Record] = field(default_factory=dict)
    events: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    runs: int = 0
    runs_since_restart: int = 0
    wake_at: float | None = None
    paused_at: float | None = None
    ended_at: float | None = None
    life: Life | None = None
    timer: asyncio.TimerHandle | None = None

    @property
    def is_finite(self) -> bool:
        return self.status in FINITE

    @property
    def is_in_memory(self) -> bool:
        """Whether `run()` is being executed at this moment."""
        return self.life is not None

    @property
    def history(self) -> History:
        """Every attempt, sleep and wait so far: a table in a notebook."""
        return history_of(self.records.values())

    @property
    def kept_for(self) -> float:
        """Seconds for which it is kept after its end."""
        return self.retention[self.status == "errored"]

    def event(self, workflow: str) -> dict[str, Any]:
        """What `run()` is called with."""
        event = {
            "payload": self.params,
            "timestamp": datetime.fromtimestamp(self.created, UTC),
            "instanceId": self.id,
            "workflowName": workflow,
        }
        return event | ({"schedule": self.schedule} if self.schedule else {})

    def stored(self) -> dict[str, Any]:
        """Plain data, to be made an instance of again."""
        return {name: value for name, value in vars(self).items() if name not in VOLATILE}

    def forget(self) -> None:
        """Everything that it has done: what a restart begins with."""
        self.size -= sum(map(record_bytes, self.records.values()))
        self.records, self.events, self.runs_since_restart = {}, {}, 0
        self.output = self.error = self.wake_at = self.paused_at = self.ended_at = None

    def shift(self, seconds: float) -> None:
        """Let everything that is due be due later: it was paused for so long."""
        for record in self.records.values():
            if record.due is not None:
                record.due += seconds

    def __repr__(self) -> str:
        return f"<Workflow instance {self.id!r}: {self.status}, {len(self.records)} steps, {self.runs} runs>"


def record_bytes(record: Record) -> int:
    """What a step's outcome takes of the instance's storage."""
    if not record.is_done:
        return 0
    return serialized_bytes(record.value) + len(record.error[1].encode())
