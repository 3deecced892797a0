"""The checker against every order tried out, and what a verdict says."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit.errors import LabError
from labkit.sim.linearizability import COUNTER, QUEUE, REGISTER, TEXT, UNSEEN, Model, Operation, check, sessions
from labkit.sim.linearizability.plain import linearizable
from labkit.sim.linearizability.search import search

CALLS = {
    "register": (REGISTER, [("write", 1), ("write", 2), ("read", None), ("cas", (1, 2)), ("delete", None)]),
    "counter": (COUNTER, [("increment", None), ("increment", 2), ("read", None)]),
    "text": (TEXT, [("append", "a"), ("append", "b"), ("read", None)]),
    "queue": (QUEUE, [("enqueue", 1), ("enqueue", 2), ("dequeue", None)]),
}  # fmt: skip


def sequential(random: Random, model: Model, calls: list, count: int, width: float) -> list[Operation]:
    """What really happened at the times 0, 1, 2 ..., each call a little earlier and each return a little later."""
    state, found = model.initial, []
    for time in range(count):
        name, argument = random.choice(calls)
        result, state = model.step(state, name, argument)
        called, returned = time - random.random() * width, time + random.random() * width
        seen = result if random.random() < 0.9 else UNSEEN
        found.append(Operation(time, name, argument, seen, called, returned))
    return [each.forgotten() if random.random() < 0.15 else each for each in found]


def spoiled(random: Random, history: list[Operation]) -> list[Operation]:
    """The same with one result replaced by another one of the history's."""
    seen = [place for place, each in enumerate(history) if each.result is not UNSEEN]
    if not seen:
        return history
    place = random.choice(seen)
    other = random.choice([each.result for each in history if each.result is not UNSEEN])
    return [replace(each, result=other) if index == place else each for index, each in enumerate(history)]


@settings(max_examples=80)
@given(st.sampled_from(sorted(CALLS)), st.integers(1, 20), st.floats(0.1, 3), st.randoms(use_true_random=False))
def test_what_one_thing_did_in_order_is_always_accepted(kind: str, count: int, width: float, random: Random):
    model, calls = CALLS[kind]
    assert check(sequential(random, model, calls, count, width), model).verdict == "yes"


@settings(max_examples=150)
@given(st.sampled_from(sorted(CALLS)), st.integers(1, 6), st.floats(0.1, 4), st.randoms(use_true_random=False))
def test_the_verdict_is_that_of_trying_every_order(kind: str, count: int, width: float, random: Random):
    model, calls = CALLS[kind]
    history = spoiled(random, sequential(random, model, calls, count, width))
    expected = "yes" if linearizable(history, model) else "no"
    assert check(history, model).verdict == expected
    assert search(sorted(history, key=lambda each: each.call), model, 10**6, cache=False).verdict == expected


@settings(max_examples=60)
@given(st.sampled_from(sorted(CALLS)), st.integers(1, 15), st.randoms(use_true_random=False))
def test_the_verdict_does_not_depend_on_the_order_in_which_operations_are_given(kind: str, count: int, random: Random):
    model, calls = CALLS[kind]
    history = spoiled(random, sequential(random, model, calls, count, 2))
    shuffled = random.sample(history, len(history))
    first, second = check(history, model), check(shuffled, model)
    assert (first.verdict, first.stale) == (second.verdict, second.stale)


@settings(max_examples=60)
@given(st.sampled_from(sorted(CALLS)), st.integers(2, 15), st.randoms(use_true_random=False))
def test_an_accepted_order_is_legal_and_without_what_is_stale_a_refused_history_is_accepted(
    kind: str, count: int, random: Random
):
    model, calls = CALLS[kind]
    history = spoiled(random, sequential(random, model, calls, count, 2))
    verdict = check(history, model)
    if verdict.verdict == "yes":
        order = verdict.orders[""]
        assert {id(each) for each in history if not each.open} <= {id(each) for each in order}
        assert legal(order, model)
    stale = {id(each) for each in verdict.stale}
    assert bool(stale) == (verdict.verdict == "no")
    spared = [each.forgotten() if id(each) in stale else each for each in history]
    assert check(spared, model).verdict == "yes"
    assert stale.isdisjoint(id(each) for each in history if each.open)


def legal(order: list[Operation], model: Model) -> bool:
    state, moment = model.initial, -inf
    for each in order:
        result, state = model.step(state, each.name, each.argument)
        moment = max(moment, each.called)
        if moment > each.returned or each.result not in (UNSEEN, result):
            return False
    return True


def test_unknown_is_the_answer_only_where_the_steps_ran_out():
    history = [Operation(n, "write", n, called=0, returned=1) for n in range(8)]
    history += [Operation(9, "read", None, "never written", 2, 3)]
    assert check(history).verdict == "no"
    capped = check(history, most_steps=20)
    assert (capped.verdict, capped.steps, capped.stale) == ("unknown", 20, [])


def test_one_key_that_is_refused_refuses_the_history_whatever_is_unknown_of_another():
    hard = [Operation(n, "write", n, called=0, returned=1, key="hard") for n in range(8)]
    hard += [Operation(9, "read", None, "never written", 2, 3, key="hard")]
    wrong = Operation(1, "read", None, "?", 0, 1, key="easy")
    assert check([*hard, wrong], most_steps=20).verdict == "no"
    assert check([*hard], most_steps=20).verdict == "unknown"


def test_an_open_write_may_have_taken_effect_or_not_but_not_before_its_call():
    late = Operation("A", "write", 1, called=5)
    reads = [(Operation("B", "read", None, 1, 6, 7), "yes"), (Operation("B", "read", None, None, 6, 7), "yes"),
             (Operation("B", "read", None, 1, 3, 4), "no")]  # fmt: skip
    for read, verdict in reads:
        assert check([late, read]).verdict == verdict


def test_two_moments_at_one_time_are_ordered_by_rank_and_without_ranks_the_call_comes_first():
    write = Operation("A", "write", 1, called=0, returned=0)
    read = Operation("B", "read", None, None, 0, 0)
    assert check([write, read]).verdict == "yes"
    assert check([replace(write, ranks=(1, 2)), replace(read, ranks=(3, 4))]).verdict == "no"


def test_a_session_sees_its_own_writes_and_does_not_go_back_though_it_may_be_behind():
    theirs = [Operation("A", "write", 1, called=0, returned=1), Operation("A", "write", 2, called=2, returned=3)]
    behind = Operation("B", "read", None, 1, 4, 5)
    assert check([*theirs, behind]).verdict == "no"
    assert {each.verdict for each in sessions([*theirs, behind]).values()} == {"yes"}
    back = [Operation("B", "read", None, 2, 4, 5), Operation("B", "read", None, 1, 6, 7)]
    assert {name: each.verdict for name, each in sessions([*theirs, *back]).items()} == {"A": "yes", "B": "yes"}
    own = Operation("A", "read", None, 1, 4, 5)
    assert sessions([*theirs, own])["A"].verdict == "no"


def test_what_is_no_history_is_refused_in_words():
    with pytest.raises(LabError, match="before its call"):
        Operation("A", "read", called=2, returned=1)
    with pytest.raises(LabError, match="no operation 'enqueue'"):
        check([Operation("A", "enqueue", 1, called=0, returned=1)])
    with pytest.raises(LabError, match="cannot be hashed"):
        check([Operation("A", "write", [1], called=0, returned=1)])


def test_a_way_that_spares_an_open_operation_is_tried_though_one_that_took_it_led_to_the_same_state():
    """The open write may explain the first read, but then nothing is left to explain the second."""
    writes = [Operation("A", "write", 5, called=0, returned=10), Operation("B", "write", 6, called=1, returned=10)]
    later = [Operation("A", "read", None, 5, 11, 12), Operation("A", "write", 7, called=13, returned=14)]
    history = [*writes, *later, Operation("A", "read", None, 5, 15, 16), Operation("C", "write", 5, called=0)]
    assert check(history).verdict == "yes"
    assert check(history[:-1]).verdict == "no"
