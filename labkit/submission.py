"""Work for a timeline, as an awaitable: what `lab.fetch` and its kin return."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Generator
from typing import TYPE_CHECKING, Any

from labkit.errors import LabError
from labkit.stuck import HORIZON

if TYPE_CHECKING:
    from labkit.timeline import Timeline


class Submission:
    """An awaitable that has not begun. On its timeline it runs in the task that awaits it.

    Awaited elsewhere, it drives the timeline until it is done. It gives the outer loop one turn first, so that
    siblings under the same `gather` begin at the same instant.
    """

    def __init__(self, timeline: Timeline, coroutine: Coroutine[Any, Any, Any], name: str | None):
        self.timeline, self.coroutine, self.name = timeline, coroutine, name
        self._has_begun = False

    def __await__(self) -> Generator[Any, Any, Any]:
        if asyncio._get_running_loop() is self.timeline:
            return self._fresh().__await__()
        return self._driving()

    def _driving(self) -> Generator[Any, Any, Any]:
        __tracebackhide__ = True  # a notebook shows the learner's lines
        timeline, task = self.timeline, self._begin()
        yield
        horizon = timeline.now + HORIZON
        try:
            while not timeline.drive(task, horizon):
                yield
        finally:
            if not task.done():
                timeline.stop([task])
        return task.result()

    def drive(self) -> Any:
        """The result, without awaiting: for scripts that have no running loop."""
        return self.timeline.run(self._begin())

    def _begin(self) -> asyncio.Task[Any]:
        return self.timeline.spawn(self._fresh(), name=self.name)

    def _fresh(self) -> Coroutine[Any, Any, Any]:
        """The work, unless it has begun before."""
        if self._has_begun:
            raise LabError(f"{self.name or 'This work'} was awaited before: keep its result, or call again.")
        self._has_begun = True
        return self.coroutine

    def __repr__(self) -> str:
        return f"<{self.name or 'work'} that has not begun: put await in front of it>"
