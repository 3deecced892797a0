"""The honesty suite catches what it is there to catch."""

from __future__ import annotations

import pytest

from labkit.grading.judge import MET, judge
from tests.exercises.cheats import hard_coded, with_bodies
from tests.exercises.mutants import mutants_of
from tests.exercises.small import small
from tests.exercises.test_honesty import states_until_one_fails


def changes(source: str) -> set[str]:
    return {mutant.change for mutant in mutants_of(source)}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a == b", {"a == b => a != b", "a == b => pass"}),
        ("a < b <= c", {"a < b <= c => a <= b <= c", "a < b <= c => a < b < c", "a < b <= c => pass"}),
        ("f(a and b)", {"f(a and b) => f(a or b)", "f(a and b) => f(a)", "f(a and b) => f(b)", "f(a and b) => pass"}),
        ("f(a + 1)", {"f(a + 1) => f(a - 1)", "f(a + 1) => f(a + 2)", "f(a + 1) => pass"}),
        ("f(not a)", {"f(not a) => f(a)", "f(not a) => pass"}),
        ("f(True)", {"f(True) => f(False)", "f(True) => pass"}),
        ("def f(x: 3 = 4) -> 5:\n    'Text.'\n    return x",
         {"def f(x: 3=4) -> 5: => def f(x: 3=5) -> 5:", "return x => return None"}),
        ("async def f():\n    await g()", {"await g() => g()", "await g() => pass"}),
        ("x += 1", {"x += 1 => x -= 1", "x += 1 => x += 2", "x += 1 => pass"}),
        ("def f():\n    return None", set()),
        ("import a", set()),
    ],
)  # fmt: skip
def test_each_kind_of_change_is_made_once(source, expected):
    assert changes(source) == expected


@pytest.mark.parametrize("exercise", small(), ids=lambda exercise: exercise.id)
def test_a_requirement_that_is_missing_lets_a_mutant_live(exercise):
    exercise.requirements = exercise.requirements[:1]
    assert any(list(states_until_one_fails(exercise, one.source))[-1] == MET for one in mutants_of(exercise.solution))


@pytest.mark.parametrize("exercise", small(), ids=lambda exercise: exercise.id)
def test_answers_known_by_heart_pass_the_check_that_they_were_learnt_from(exercise, monkeypatch):
    names = hard_coded(exercise, monkeypatch)
    assert {row.state for row in judge(exercise, names)} == {MET}


def test_bodies_are_replaced_everywhere():
    assert with_bodies("class A:\n    async def f(self):\n        return 1", "pass").count("pass") == 1
