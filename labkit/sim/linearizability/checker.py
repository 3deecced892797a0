"""The verdict on a history: yes, no or unknown, key by key, with what it rests on."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from labkit.errors import LabError
from labkit.sim.linearizability.explained import Explanation, explained
from labkit.sim.linearizability.models import REGISTER, Model
from labkit.sim.linearizability.operations import History, Operation, by_key
from labkit.sim.linearizability.search import NO, UNKNOWN, YES, Found, search

MOST_STEPS = 2_000_000
"""Steps for each key, a few seconds."""
SHOWN = 6
"""Reasons that a verdict still prints; more explain little."""


@dataclass(frozen=True)
class Verdict:
    """`verdict` is "yes", "no" or "unknown" (the search was given up, and no other key is refused).

    `orders` gives for each key an order in which its operations can have taken effect: all of them where it is
    linearizable, the longest that was found where it is not. `stale` are the operations that no order explains.
    """

    verdict: str
    operations: History
    orders: Mapping[Hashable, History]
    steps: int
    explanations: Mapping[Hashable, Explanation] = field(default_factory=dict)

    @property
    def stale(self) -> History:
        """The operations whose results cannot be true; without these the rest is linearizable."""
        return [each for explanation in self.explanations.values() for each in explanation.stale]

    @property
    def reasons(self) -> History:
        """The few operations that contradict one another: each key's first stale one and what it disagrees with."""
        return [each for explanation in self.explanations.values() for each in explanation.reasons]

    def __repr__(self) -> str:
        head = f"Linearizable: {self.verdict}. {len(self.operations)} operations, {len(self.orders)} keys."
        return "\n  ".join([head, *self._lines()])

    def _lines(self) -> Iterator[str]:
        for explanation in self.explanations.values():
            more = "" if explanation.complete else " or more"
            yield f"{len(explanation.stale)}{more} cannot be true, first {explanation.stale[0]}"
            if len(explanation.reasons) <= SHOWN:
                yield "  because of " + "; ".join(str(each) for each in explanation.reasons)


def check(
    operations: Iterable[Operation], model: Model = REGISTER, *, most_steps: int = MOST_STEPS, explain: bool = True
) -> Verdict:
    """Whether a history is linearizable: whether each operation can have taken effect at one moment between its call
    and its return, so that the model gives the results that were seen.

    A history is linearizable if that of each key is (Herlihy and Wing 1990: locality). `explain=False` gives the
    verdict alone, sooner.
    """
    history = list(operations)
    keys = by_key(history)
    found = {key: _searched(each, model, most_steps) for key, each in keys.items()}
    refused = [key for key, each in found.items() if each.verdict == NO]
    why = {key: explained(keys[key], model, most_steps) for key in refused} if explain else {}
    orders = {key: each.order for key, each in found.items()}
    return Verdict(_worst(found), history, orders, sum(each.steps for each in found.values()), why)


def _worst(found: Mapping[Hashable, Found]) -> str:
    verdicts = {each.verdict for each in found.values()}
    return next((verdict for verdict in (NO, UNKNOWN) if verdict in verdicts), YES)


def _searched(operations: History, model: Model, most_steps: int) -> Found:
    try:
        return search(operations, model, most_steps)
    except TypeError as error:
        raise LabError(f"check() compares values, and one of these cannot be hashed: {error}. "
                       "Record texts, numbers and tuples.") from None  # fmt: skip
