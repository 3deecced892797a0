"""What each kind of object does when one operation follows another: the sequential models.

A model is a plain function: the state, an operation's name and its argument give the result and the state after it.
States are values that can be hashed; each function is of one key. What it does not name, it refuses.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from labkit.errors import LabError

Step = Callable[[Any, str, Any], tuple[Any, Any]]


class Model(NamedTuple):
    """A kind of object: what it does, and how it begins."""

    step: Step
    initial: Any = None

    def starting(self, initial: Any) -> Model:
        """The same, beginning otherwise: such as a key that somebody wrote before the history."""
        return self._replace(initial=initial)


def _register(state: Any, name: str, argument: Any) -> tuple[Any, Any]:
    """One value. `cas` of (old, new) says whether it was old, and then makes it new."""
    match name:
        case "read":
            return state, state
        case "write":
            return None, argument
        case "delete":
            return None, None
        case "cas":
            old, new = argument
            return (True, new) if state == old else (False, state)
    raise _unknown("register", name)


def _counter(state: int, name: str, argument: int | None) -> tuple[int, int]:
    """A number. `increment` by 1, or by its argument, gives the number after it."""
    match name:
        case "read":
            return state, state
        case "increment":
            after = state + (1 if argument is None else argument)
            return after, after
    raise _unknown("counter", name)


def _text(state: str, name: str, argument: Any) -> tuple[Any, str]:
    """A text that grows at its end."""
    match name:
        case "read":
            return state, state
        case "write":
            return None, argument
        case "append":
            return None, state + argument
    raise _unknown("text", name)


def _queue(state: tuple, name: str, argument: Any) -> tuple[Any, tuple]:
    """First in, first out. `dequeue` of an empty one gives None."""
    match name:
        case "enqueue":
            return None, (*state, argument)
        case "dequeue":
            return (state[0], state[1:]) if state else (None, state)
    raise _unknown("queue", name)


def _unknown(model: str, name: str) -> LabError:
    return LabError(f"A {model} has no operation {name!r}: give check() the model of what you recorded.")


REGISTER = Model(_register)
COUNTER = Model(_counter, 0)
TEXT = Model(_text, "")
QUEUE = Model(_queue, ())
