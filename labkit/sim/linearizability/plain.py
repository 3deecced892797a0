"""The same question answered slowly and obviously: to check the search and to measure it against."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, permutations

from labkit.sim.linearizability.models import Model
from labkit.sim.linearizability.operations import UNSEEN, Operation


def linearizable(operations: Sequence[Operation], model: Model) -> bool:
    """Whether some order of all answered operations and some of the open ones is legal: every order is tried."""
    return any(_in_time(order) and _legal(order, model) for order in _orders(operations))


def _orders(operations: Sequence[Operation]) -> Iterator[tuple[Operation, ...]]:
    answered = [each for each in operations if not each.open]
    still_open = [each for each in operations if each.open]
    for count in range(len(still_open) + 1):
        for chosen in combinations(still_open, count):
            yield from permutations([*answered, *chosen])


def _in_time(order: Sequence[Operation]) -> bool:
    """Whether nothing comes after something that was called only when it had returned."""
    return all(later.answer > earlier.call for earlier, later in combinations(order, 2))


def _legal(order: Sequence[Operation], model: Model) -> bool:
    state = model.initial
    for operation in order:
        result, state = model.step(state, operation.name, operation.argument)
        if operation.result is not UNSEEN and operation.result != result:
            return False
    return True
