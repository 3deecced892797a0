"""Operations: what somebody called, when, with what, and what came back when. A history is a list of them.

Only what a caller can see is in it, so one history serves for any store, a lab's or a real one.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, replace
from math import inf
from typing import Any

from labkit.errors import LabError


class _Unseen:
    """The result that nobody saw."""

    def __repr__(self) -> str:
        return "?"

    def __reduce__(self) -> str:
        return "UNSEEN"


UNSEEN = _Unseen()
Moment = tuple[float, int, int]
READ = "read"
"""The operation that changes nothing, in every model."""


@dataclass(frozen=True)
class Operation:
    """One call. Times are seconds, or any numbers that grow.

    `returned` is infinite while no answer came: the operation is *open*, it may have taken effect at any time since
    the call, or may do so later, or never. A result that is UNSEEN is not looked at. Two moments at the same time
    are ordered by `ranks` (of the call and of the return); without them, a call comes before a return.
    """

    process: str | int
    name: str
    argument: Any = None
    result: Any = UNSEEN
    called: float = 0.0
    returned: float = inf
    key: Hashable = ""
    ranks: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        if not self.called <= self.returned:
            raise LabError(f"{self} returns at {self.returned:g}, before its call at {self.called:g}")

    @property
    def open(self) -> bool:
        return self.returned == inf

    @property
    def call(self) -> Moment:
        """Where the call stands among all moments of the history."""
        return self.called, self.ranks[0], 0

    @property
    def answer(self) -> Moment:
        """Where the return stands among all moments of the history."""
        return self.returned, self.ranks[1], 1

    def forgotten(self) -> Operation:
        """The same as though its answer never came: it may have had any effect, at any time from its call on."""
        return replace(self, returned=inf, result=UNSEEN)

    def __str__(self) -> str:
        """Such as "Tokyo: read(flag) -> 'off'"."""
        given = [str(self.key)] if self.key != "" else []
        given += [] if self.argument is None else [repr(self.argument)]
        came = "" if self.result is UNSEEN else f" -> {self.result!r}"
        return f"{self.process}: {self.name}({', '.join(given)}){came}"


History = list[Operation]


def by_key(operations: Iterable[Operation]) -> dict[Hashable, History]:
    """The operations on each key, in the order of their calls. A history is linearizable if each of these is."""
    found: dict[Hashable, History] = {}
    for operation in sorted(operations, key=lambda each: each.call):
        found.setdefault(operation.key, []).append(operation)
    return found
