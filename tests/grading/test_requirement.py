"""What an author may not leave out of a requirement or a mistake."""

from __future__ import annotations

import pytest

from labkit.errors import ExerciseError
from labkit.grading import mistake, requirement

THREE = ["a", "b", "c"]


async def holds(ex):
    pass


@pytest.mark.parametrize("hints", [[], ["a", "b"], ["a", "b", "c", "d"], ["a", "b", " "]])
def test_a_requirement_has_exactly_three_hints(hints):
    with pytest.raises(ExerciseError, match="it needs 3"):
        requirement("It holds", hints=hints)(holds)


def test_a_requirement_says_something():
    with pytest.raises(ExerciseError, match="sentence"):
        requirement(" ", hints=THREE)(holds)


def test_needs_are_requirements_not_their_names():
    with pytest.raises(ExerciseError, match="list the requirements themselves"):
        requirement("It holds", hints=THREE, needs=["holds"])(holds)


def test_a_requirement_is_named_after_its_function():
    assert requirement("It holds", hints=THREE)(holds).name == "holds"


@pytest.mark.parametrize(
    "options",
    [
        {"fails": ["holds"]},
        {"fails": ["holds"], "replace": {"a": "b"}, "source": "c"},
        {"fails": [], "source": "c"},
        {"fails": "holds", "source": "c"},
        {"fails": ["holds"], "source": "c", "believes": " "},
        {"fails": ["holds"], "source": "c", "diagnosis": ""},
    ],
)
def test_an_incomplete_mistake_is_refused(options):
    with pytest.raises(ExerciseError):
        mistake("m", **{"believes": "b", "diagnosis": "d"} | options)


def broken(**options):
    return mistake("m", fails=["holds"], believes="b", diagnosis="d", **options)


def test_edits_apply_to_the_solution():
    assert broken(replace={"x * 2": "x + 2"}).text("return x * 2") == "return x + 2"


@pytest.mark.parametrize(("solution", "times"), [("return y", 0), ("x * 2 + x * 2", 2)])
def test_an_edit_applies_exactly_once(solution, times):
    with pytest.raises(ExerciseError, match=f"occurs {times} times"):
        broken(replace={"x * 2": "x + 2"}).text(solution)


def test_a_mistake_is_not_the_solution():
    with pytest.raises(ExerciseError, match="is the solution itself"):
        broken(source="return x * 2\n").text("return x * 2")
