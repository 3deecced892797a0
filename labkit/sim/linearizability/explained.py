"""Why a history is refused: the operations that cannot be true, and what each of them contradicts.

Both are found by asking the checker again about histories that demand less. Forgetting an operation's answer demands
less of it (it may take effect late, or never), and so does ending the history early.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from labkit.sim.linearizability.models import Model
from labkit.sim.linearizability.operations import UNSEEN, History, Moment, Operation
from labkit.sim.linearizability.search import NO, YES, search

MOST_STALE = 100
"""Operations found wrong on one key, after which the rest are not looked for."""
QUESTION_STEPS, MOST_QUESTIONS = 5_000, 300
"""What the search for reasons may take: steps for each smaller history, and how many of these are tried."""


@dataclass(frozen=True)
class Explanation:
    """`stale`: without their answers the rest is linearizable. `reasons`: the first of them, and what it
    contradicts.

    `complete` is False where the search for more was given up.
    """

    stale: History
    reasons: History
    complete: bool = True


def explained(operations: Sequence[Operation], model: Model, most_steps: int) -> Explanation:
    """What is wrong with a refused history of one key.

    The first wrong operation is the one whose answer ends the shortest refused beginning; its answer is then
    forgotten, and so on to the end of the history. `reasons` is minimal: without any one of them, no contradiction.
    """
    kept, stale, reasons = list(operations), [], []
    answers = sorted(each.answer for each in operations if not each.open)
    verdict, start = NO, 0
    while verdict == NO and len(stale) < MOST_STALE and start < len(answers):
        start = _first_refused(kept, model, most_steps, answers, start)
        wrong = next(each for each in kept if each.answer == answers[start])
        reasons = reasons or _needed(_until(kept, answers[start]), wrong, model)
        stale.append(wrong)
        kept[kept.index(wrong)] = wrong.forgotten()
        verdict, start = search(kept, model, most_steps).verdict, start + 1
    return Explanation(stale, reasons, verdict == YES)


def _until(operations: Sequence[Operation], end: Moment) -> History:
    """The history as it stood at a moment: who had not called is not there, who had no answer is open."""
    return [each if each.answer <= end else each.forgotten() for each in operations if each.call <= end]


def _first_refused(operations: History, model: Model, most_steps: int, answers: Sequence[Moment], start: int) -> int:
    """The index of the answer that ends the shortest refused beginning; those before `start` are accepted."""

    def refused(index: int) -> bool:
        return search(_until(operations, answers[index]), model, most_steps).verdict == NO

    return bisect_left(range(len(answers) - 1), True, lo=start, key=refused)


def _needed(operations: History, wrong: Operation, model: Model) -> History:
    """The operations whose answers make the history refused, in the order of their calls: none can be spared,

    as far as is cheap. Answers are forgotten in blocks, halved until single ones are tried; reads' go first.
    """
    needed = sorted((each for each in operations if not each.open), key=lambda each: each.result is UNSEEN)
    block, questions = len(needed), 0
    while block := block // 2:
        for part in [needed[first : first + block] for first in range(0, len(needed), block)]:
            questions += 1
            spared = {id(each) for each in part if each is not wrong}
            without = [each for each in needed if id(each) not in spared]
            if questions <= MOST_QUESTIONS and _contradict(operations, without, model):
                needed = without
    return sorted(needed, key=lambda each: each.call)


def _contradict(operations: History, answered: History, model: Model) -> bool:
    """Whether these answers alone make the history refused."""
    known = {id(each) for each in answered}
    less = [each if id(each) in known else each.forgotten() for each in operations]
    return search(less, model, QUESTION_STEPS).verdict == NO
