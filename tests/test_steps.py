"""The step budget: endless loops end, counts are the same everywhere, and nobody else is disturbed."""

from __future__ import annotations

import asyncio
import linecache
import sys
from dataclasses import dataclass

import pytest

from labkit.counting import counter
from labkit.steps import OutOfSteps, StepBudget, is_learner_code

FILENAME = "<learner>"


@dataclass
class Point:
    x: int


def is_learner(filename: str) -> bool:
    return filename == FILENAME


def define(source: str, name: str = "f"):
    """The function of that name in a learner's cell."""
    linecache.cache[FILENAME] = (len(source), None, source.splitlines(True), FILENAME)
    namespace: dict = {}
    exec(compile(source, FILENAME, "exec"), namespace)
    return namespace[name]


def steps_of(source: str, *args) -> int:
    function = define(source)
    with StepBudget(10**6, is_learner) as budget:
        function(*args)
    return budget.used


def stops(source: str, *args, limit: int = 1000) -> OutOfSteps:
    function = define(source)
    with pytest.raises(OutOfSteps) as caught, StepBudget(limit, is_learner):
        function(*args)
    return caught.value


# What is counted


@pytest.mark.parametrize(
    ("source", "steps"),
    [
        ("def f(): pass", 1),
        ("def f():\n    for i in range(10):\n        pass", 11),
        ("def f():\n    for i in range(10): pass", 11),
        ("def f():\n    for i in range(10):\n        x = i\n        y = i", 11),
        ("def f():\n    for i in range(10):\n        for j in range(5):\n            pass", 61),
        ("def f():\n    i = 10\n    while i:\n        i -= 1", 10),
        ("def f():\n    i = 10\n    while i: i -= 1", 10),
        ("def f():\n    for i in range(10):\n        if i % 2: continue\n        x = 1", 11),
        ("def g(): pass\ndef f():\n    g(); g(); g()", 4),
        ("def f():\n    x = 1\n    if x: y = 2\n    return y", 1),
    ],
)
def test_a_step_is_a_function_entry_or_a_turn_of_a_loop(source, steps):
    assert steps_of(source) == steps


def test_a_comprehension_counts_its_turns():
    assert steps_of("def f():\n    return [i for i in range(100)]") in (101, 102)  # its own function until 3.11


def test_a_generator_counts_its_start_once_and_not_its_resumptions():
    assert steps_of("def g():\n    yield 1\n    yield 2\ndef f():\n    it = g()\n    next(it)\n    next(it)") == 2


def test_a_loop_longer_than_one_byte_can_jump_counts_too():
    body = "\n".join(f"        x{i} = i + {i}" for i in range(400))
    assert steps_of(f"def f():\n    for i in range(10):\n{body}") == 11


def test_foreign_code_takes_no_steps():
    assert steps_of("import json, textwrap\ndef f():\n    textwrap.wrap('a b ' * 500)") == 1


def test_steps_outside_the_budget_take_none():
    function = define("def f():\n    for i in range(10): pass")
    budget = StepBudget(100, is_learner)
    with budget:
        function()
    function()
    assert budget.used == 11


# What is stopped


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("def f():\n    while True: pass", 2),
        ("def f():\n    while True:\n        pass", 2),
        ("def f():\n    x = 0\n    while True:\n        x += 1\n        x -= 1", 3),
        ("def f():\n    x = 0\n    while x < 1:\n        x -= 1", 3),
        ("def f():\n    return f()", 1),
        ("def g():\n    while True:\n        yield 1\ndef f():\n    for x in g():\n        pass", None),
        ("import itertools\ndef f():\n    return [x for x in itertools.count()]", 3),
        ("import itertools\ndef f():\n    return sum(1 for x in itertools.count())", 3),
        ("def f():\n    for x in iter(lambda: 1, 2): pass", None),
        ("def f():\n    while True:\n        try:\n            1 / 0\n        except Exception:\n            pass", 2),
    ],
)
def test_an_endless_loop_ends_with_its_line(source, line):
    error = stops(source, limit=300)
    assert error.line == line or line is None
    assert error.source == source.splitlines()[error.line - 1].strip()
    assert f"at line {error.line}" in str(error)


def test_an_except_exception_does_not_swallow_it():
    stops("def f():\n    try:\n        while True: pass\n    except Exception: return 1")


@pytest.mark.parametrize(
    "source",
    [
        "def f():\n    try:\n        while True: pass\n    except: pass\n    while True: pass",
        "def f():\n    try:\n        while True: pass\n    except: pass\n    while True:\n        x = 1\n        y = 2",
        "def f():\n    while True:\n        try:\n            while True: pass\n        except: pass",
        "def f():\n    while True:\n        try:\n            while True: pass\n        except: continue",
        "def g():\n    while True: pass\ndef f():\n    try: g()\n    except: pass\n    while True: pass",
        "def f():\n    try:\n        while True: pass\n    except BaseException as e: pass\n    while True: pass",
        "import contextlib\ndef f():\n    with contextlib.suppress(BaseException):\n        while True: pass\n    f()",
    ],
)
def test_a_bare_except_that_swallows_it_meets_it_again_at_the_next_step(source):
    stops(source)


def test_a_finished_budget_stays_quiet():
    stops("def f():\n    while True: pass")
    assert steps_of("def f():\n    for i in range(10): pass") == 11


# How it is used


def test_a_budget_goes_on_over_the_steps_of_a_coroutine():
    coroutine = define("async def f(event):\n    for i in range(10):\n        await event()")
    trips = []

    class Event:
        def __await__(self):
            trips.append(1)
            yield

    budget = StepBudget(100, is_learner)
    running = coroutine(Event)
    with pytest.raises(StopIteration):
        while True:
            with budget:
                running.send(None)
    assert (len(trips), budget.used) == (10, 11)


def test_an_endless_coroutine_that_never_waits_ends():
    coroutine = define("async def nothing(): pass\nasync def f():\n    while True:\n        await nothing()")
    with pytest.raises(OutOfSteps), StepBudget(1000, is_learner):
        coroutine().send(None)


def test_what_an_inner_budget_counts_its_outer_one_counts_too():
    function = define("def f():\n    for i in range(10): pass")
    outer, inner = StepBudget(100, is_learner), StepBudget(100, is_learner)
    with outer:
        function()
        with inner:
            function()
        function()
    assert (outer.used, inner.used) == (33, 11)


def test_an_inner_budget_cannot_spend_more_than_the_outer_one_has_left():
    function = define("def f():\n    for i in range(10): pass")
    inner = StepBudget(1000, is_learner)
    with StepBudget(32, is_learner):
        function()
        with inner:
            function()
        with pytest.raises(OutOfSteps), inner:
            function()
    with inner:
        function()


def test_each_budget_asks_its_own_predicate():
    function = define("def f():\n    for i in range(10): pass")
    nobody = StepBudget(100, lambda filename: False)
    somebody = StepBudget(100, is_learner)
    for _ in range(2):
        with nobody:
            function()
        with somebody:
            function()
    assert (nobody.used, somebody.used) == (0, 22)


def test_it_works_inside_a_running_asyncio_loop():
    function = define("def f():\n    for i in range(10): pass")

    async def main():
        with StepBudget(100, is_learner) as budget:
            function()
        await asyncio.sleep(0)
        return budget.used

    assert asyncio.run(main()) == 11


def test_a_debuggers_trace_function_is_given_back():
    seen = []

    def debugger(frame, event, arg):
        seen.append(event)

    before = sys.gettrace()
    sys.settrace(debugger)
    try:
        with StepBudget(100, is_learner):
            pass
        assert sys.gettrace() is debugger
    finally:
        sys.settrace(before)


def test_the_trace_function_is_given_back_after_the_limit_passed():
    before = sys.gettrace()
    stops("def f():\n    while True: pass")
    assert sys.gettrace() is before


@pytest.mark.parametrize("filename", ["<ipython-input-3-abc>", "/tmp/ipykernel_12/345.py", "entry.py"])
def test_cells_and_files_of_the_learner_are_learner_code(filename):
    assert is_learner_code(compile("1", filename, "exec"))


@pytest.mark.parametrize("module", [asyncio, pytest, sys.modules["labkit.steps"]])
def test_python_packages_and_labkit_are_not_learner_code(module):
    assert not is_learner_code(compile("1", module.__file__, "exec"))


def test_the_methods_that_dataclasses_make_are_not_learner_code():
    assert not is_learner_code(Point.__init__.__code__)


def test_the_limit_is_exact():
    function = define("def f():\n    while True: pass")
    budget = StepBudget(1000, is_learner)
    with pytest.raises(OutOfSteps, match="stopped after 1,000 steps"), budget:
        function()
    assert budget.used == 1001


def test_a_budget_that_an_interrupt_kept_from_leaving_can_be_entered_again():
    budget, outer = StepBudget(100, separate=True), counter.current
    undo = budget.__enter__()._undo
    with budget:
        pass
    counter.leave(outer, undo)
    assert budget.used == 0
