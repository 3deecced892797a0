"""Learner code under its budget: the time that it computes passes before it goes on."""

from __future__ import annotations

from collections.abc import Coroutine, Generator, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labkit.invocation import Invocation


class Metered:
    """A learner's coroutine under its CPU budget: the time it computes passes before it goes on."""

    __slots__ = ("invocation", "coroutine")

    def __init__(self, invocation: Invocation, coroutine: Coroutine[Any, Any, Any]):
        self.invocation, self.coroutine = invocation, coroutine

    def __await__(self) -> Generator[Any, Any, Any]:
        invocation, coroutine, gate = self.invocation, self.coroutine, self.invocation.gate
        budget, compute = invocation.budget, gate.compute if gate else invocation.world.timeline.sleep
        error: BaseException | None = None
        if gate:
            try:
                yield from gate.admission()
            except BaseException:
                coroutine.close()  # it has not begun, and will not
                raise
        while True:
            try:
                with budget:
                    waits_for = coroutine.throw(error) if error else coroutine.send(None)
            except StopIteration as done:
                yield from compute(invocation.debt())
                return done.value
            error = None
            try:
                yield waits_for
                if gate:
                    yield from gate.admission()
            except GeneratorExit:  # its lab was dropped: there is no time any more to live through
                coroutine.close()
                raise
            except BaseException as thrown:
                if invocation.is_lost:
                    invocation.worker.graveyard.bury(coroutine)
                    raise
                error = thrown
            if due := invocation.debt():
                error = (yield from self._computing(compute(due))) or error

    def _computing(self, passing: Iterable[Any]) -> Generator[Any, Any, BaseException | None]:
        """Live through the time that was computed; what is thrown meanwhile, a cancellation, the code is to hear."""
        try:
            yield from passing
        except GeneratorExit:
            self.coroutine.close()
            raise
        except BaseException as thrown:
            if self.invocation.is_lost:
                self.invocation.worker.graveyard.bury(self.coroutine)
                raise
            return thrown
        return None
