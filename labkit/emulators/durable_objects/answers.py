"""What an operation of the storage gives back: it is done at the call, and told at the `await`."""

from __future__ import annotations

from collections.abc import Coroutine, Generator
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labkit.emulators.durable_objects.gates import Gates


class Answer(Coroutine[Any, Any, Any]):
    """A coroutine that takes one turn and ends in a result or an error.

    As a JavaScript promise's, its work does not wait to be awaited; and nobody minds if it never is.
    """

    __slots__ = ("_steps", "_is_taken")

    def __init__(self, steps: Generator[Any, Any, Any]):
        self._steps, self._is_taken = steps, False

    def __await__(self) -> Generator[Any, Any, Any]:
        if self._is_taken:
            raise RuntimeError("cannot reuse already awaited coroutine")
        self._is_taken = True
        return self._steps

    def send(self, value: Any) -> Any:
        return self._steps.send(value)

    def throw(self, *error: Any) -> Any:
        return self._steps.throw(*error)

    def close(self) -> None:
        self._steps.close()


def answer(gates: Gates, outcome: Any, error: Exception | None, *, concurrent: bool = False) -> Answer:
    """The outcome, or the error, after a turn in which no other event of the object goes on."""
    return Answer(_steps(gates, outcome, error, concurrent))


def _steps(gates: Gates, outcome: Any, error: Exception | None, concurrent: bool) -> Generator[Any, Any, Any]:
    with nullcontext() if concurrent else gates.lock():
        yield
    if error is not None:
        raise error
    return outcome
