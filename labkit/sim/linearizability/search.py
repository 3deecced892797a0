"""The search for one key: Wing and Gong's algorithm with Lowe's cache.

Whatever took effect first was called before anything else returned. So each operation called before the first return
is tried as the first, the model says whether its result fits, and the search goes on with what is left; where nothing
fits, it goes back. How far one gets from here depends only on which operations are behind and in which state the
object is, so a pair met before is not tried again (Lowe). That keeps most histories near linear; the problem is
NP-complete (Gibbons and Korach 1997), so the steps are counted and capped.

Open operations are what makes a search long: any of them may have taken effect anywhere. So an order is sought that
needs as few of them as can be, which changes no verdict:

- an open operation is tried after the answered ones, and not where the next one would do the same without it;
- of several that are alike, the one called first is taken first;
- of two ways to the same state with the same answers explained, the one that took a part of the other's open
  operations can do all that the other can.

And a read that fits is never taken back: it changes nothing, so what comes later may as well come after it.

J. M. Wing and C. Gong, Testing and verifying concurrent objects, JPDC 17, 1993. G. Lowe, Testing for linearizability,
Concurrency and Computation 29(4), 2017.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Any

from labkit.sim.linearizability.models import Model
from labkit.sim.linearizability.operations import READ, UNSEEN, Operation

YES, NO, UNKNOWN = "yes", "no", "unknown"


@dataclass(frozen=True)
class Found:
    """A verdict; the longest order in which operations can have taken effect; the steps that it took."""

    verdict: str
    order: list[Operation]
    steps: int


def search(operations: Sequence[Operation], model: Model, most_steps: int, cache: bool = True) -> Found:
    """Whether these operations on one object are linearizable. A step is one look at a moment of the history.

    Without `cache` this is Wing and Gong's algorithm: nothing is remembered, every way is tried.
    """
    moments, seen = _Moments([each for each in operations if each.name != READ or not each.open]), _Seen()
    taken: list[tuple[int, Any]] = []
    longest, state, steps, at = taken.copy(), model.initial, 0, moments.first()
    while moments.waiting and steps < most_steps:
        steps += 1
        if not at:
            longest = taken.copy() if len(taken) > len(longest) else longest
            at, state = _back(moments, taken, state, cache)
            if not at:
                return Found(NO, _order(moments, longest), steps)
            at = moments.after(at)
            continue
        operation = moments.operation[at]
        result, after = model.step(state, operation.name, operation.argument)
        fits = operation.result is UNSEEN or operation.result == result
        if not fits or (cache and (_idle(moments, taken, model, at, state, after) or seen.before(moments, at, after))):
            at = moments.after(at)
            continue
        taken.append((at, state))
        state = after
        moments.lift(at)
        at = moments.first()
    return Found(UNKNOWN if moments.waiting else YES, _order(moments, longest if moments.waiting else taken), steps)


def _idle(moments: _Moments, taken: list[tuple[int, Any]], model: Model, at: int, state: Any, after: Any) -> bool:
    """Whether an open operation would be taken for nothing, this one or the last."""
    operation = moments.operation[at]
    if operation.open and (after == state or not moments.is_turn(at)):
        return True
    if not taken or not moments.operation[taken[-1][0]].open:
        return False
    result, without = model.step(taken[-1][1], operation.name, operation.argument)
    return without == after and (operation.result is UNSEEN or operation.result == result)


def _back(moments: _Moments, taken: list[tuple[int, Any]], state: Any, cache: bool) -> tuple[int, Any]:
    """The last operation whose turn was not beyond doubt, put back, and the state before it; 0 where there is none."""
    while taken:
        at, state = taken.pop()
        moments.put_back(at)
        if not cache or moments.operation[at].name != READ:
            return at, state
    return 0, state


def _order(moments: _Moments, taken: list[tuple[int, Any]]) -> list[Operation]:
    return [moments.operation[at] for at, _ in taken]


class _Seen:
    """Which answers were explained in which state, and by the help of which open operations."""

    def __init__(self):
        self._helped: dict[tuple[int, Any], list[int]] = {}

    def before(self, moments: _Moments, call: int, state: Any) -> bool:
        """Whether what taking this call leads to was met before, with no more help; if not, it is now."""
        answered, helped = moments.behind(call)
        others = self._helped.setdefault((answered, state), [])
        if any(other & helped == other for other in others):
            return True
        others.append(helped)
        return False


class _Moments:
    """The moments of a history, numbered from 1 in the order of time, from which operations are lifted and put back.

    Three linked lists hold what is left: the calls that were answered, those that were not, and the returns. A walk
    goes over the answered ones called before the first return, then over the open ones; 0 is its end.
    """

    def __init__(self, operations: Sequence[Operation]):
        calls = [(each.call, index) for index, each in enumerate(operations)]
        returns = [(each.answer, ~index) for index, each in enumerate(operations) if not each.open]
        ordered = [index for _, index in sorted(calls + returns)]
        answers = {~index: moment for moment, index in enumerate(ordered, start=1) if index < 0}
        self.operation = [operations[max(index, ~index)] for index in (0, *ordered)] if operations else []
        self._return_of = [-1, *(answers.get(index, 0) for index in ordered)]
        self._bit = [0, *(1 << index if index >= 0 else 0 for index in ordered)]
        self._alike = self._earlier_ones()
        size = len(ordered) + 4
        self._calls, self._opens, self._returns, self._end = 0, size - 3, size - 2, size - 1
        self._following, self._preceding = [self._end] * size, [0] * size
        self._link_all(ordered, answers)
        self.waiting, self.answered, self.helped = len(returns), 0, 0

    def _link_all(self, ordered: Sequence[int], answers: Container[int]) -> None:
        last = {head: head for head in (self._calls, self._opens, self._returns)}
        for moment, index in enumerate(ordered, start=1):
            head = self._returns if index < 0 else self._calls if index in answers else self._opens
            self._following[last[head]], self._preceding[moment] = moment, last[head]
            last[head] = moment

    def _earlier_ones(self) -> dict[int, int]:
        """The bit of the open operation that is like this one and was called before it, by its call."""
        latest, earlier = {}, {}
        for call, operation in enumerate(self.operation):
            if self._bit[call] and operation.open:
                like = operation.name, operation.argument
                earlier[call] = latest.get(like, 0)
                latest[like] = self._bit[call]
        return earlier

    def is_turn(self, call: int) -> bool:
        """Whether all open operations that are like this one and were called before it are taken."""
        return not self._alike[call] & ~self.helped

    def first(self) -> int:
        """The call that a walk tries first."""
        return self.after(self._calls)

    def after(self, call: int) -> int:
        """The call that a walk tries after this one."""
        limit = self._following[self._returns]
        if (later := self._following[call]) < limit:
            return later
        if self._return_of[call] and (later := self._following[self._opens]) < limit:
            return later
        return 0

    def behind(self, call: int) -> tuple[int, int]:
        """Which answers are explained once this operation is taken, and which open ones helped, as bits."""
        bit = self._bit[call]
        return (self.answered | bit, self.helped) if self._return_of[call] else (self.answered, self.helped | bit)

    def lift(self, call: int) -> None:
        """Take an operation out."""
        self.answered, self.helped = self.behind(call)
        answer = self._return_of[call]
        for moment in (call, answer) if answer else (call,):
            before, after = self._preceding[moment], self._following[moment]
            self._following[before], self._preceding[after] = after, before
        self.waiting -= bool(answer)

    def put_back(self, call: int) -> None:
        """Undo the last `lift`."""
        answer = self._return_of[call]
        for moment in (answer, call) if answer else (call,):
            before, after = self._preceding[moment], self._following[moment]
            self._following[before] = self._preceding[after] = moment
        self.answered &= ~self._bit[call]
        self.helped &= ~self._bit[call]
        self.waiting += bool(answer)
