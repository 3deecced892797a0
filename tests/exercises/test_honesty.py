"""Every exercise is proven honest: right answers pass, and each kind of wrong one fails where it says.

Run for every exercise folder of the course, and for the small ones in tests/data/graded that show how.
"""

from __future__ import annotations

import pytest

from labkit.grading import Exercise, every, grade, grade_source
from labkit.grading.judge import MET, NOT_ATTEMPTED, UNKNOWN, UNMET, judge, rows_of
from labkit.grading.learner import run_source
from labkit.steps import OutOfSteps, StepBudget
from tests.exercises.cheats import CHEATS, PATCHED, hard_coded
from tests.exercises.mutants import mutants_of
from tests.exercises.small import small

# A mutant that lost an await leaves a coroutine behind, which Python mentions when it gets round to it.
pytestmark = pytest.mark.filterwarnings("ignore:coroutine .* was never awaited:RuntimeWarning")

EXERCISES = [*every(), *small()]
LEAST_MISTAKES = 8


@pytest.fixture(params=EXERCISES, ids=lambda exercise: exercise.id)
def exercise(request) -> Exercise:
    return request.param


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_solution_is_met(exercise, seed):
    report = grade_source(exercise, exercise.solution, "<solution>", seed=seed)
    assert report.state == MET, f"\n{report}"


def test_the_starter_is_not_attempted(exercise):
    report = grade_source(exercise, exercise.starter, "<starter>")
    assert report.state == NOT_ATTEMPTED, f"\n{report}"


def test_an_empty_namespace_is_not_attempted(exercise):
    report = grade(exercise, {})
    assert report.state == NOT_ATTEMPTED, f"\n{report}"
    assert report.rows


def test_the_solution_defines_what_the_starter_does(exercise):
    assert set(exercise.names) <= set(run_source(exercise.solution, "<solution>"))


def test_there_are_enough_mistakes_each_with_a_name_of_its_own(exercise):
    names = [one.name for one in exercise.mistakes]
    assert len(names) >= LEAST_MISTAKES
    assert len(set(names)) == len(names)


def test_each_mistake_fails_exactly_what_it_declares_and_gets_a_diagnosis(exercise):
    for one in exercise.mistakes:
        report = grade_source(exercise, one.text(exercise.solution), f"<{one.name}>")
        failed = {row.name for row in report.unmet}
        assert failed == one.fails, f"the mistake {one.name!r} fails {failed}, declares {set(one.fails)}\n{report}"
        stumbled = [row.name for row in report.rows if row.state == UNKNOWN and not row.waits_for]
        assert not stumbled, f"over the mistake {one.name!r} the check itself stumbles\n{report}"
        alike = {other.diagnosis for other in exercise.mistakes if other.fails == one.fails}
        assert report.diagnosis in alike, f"the mistake {one.name!r} is not recognised\n{report}"


def test_each_requirement_is_failed_by_some_mistake(exercise):
    caught = frozenset().union(*(one.fails for one in exercise.mistakes))
    assert {one.name for one in exercise.requirements} == caught


def test_mutants_of_the_solution_die_or_are_excused(exercise):
    excused = {excuse.change for excuse in exercise.excused}
    living, stumbled = [], []
    for mutant in mutants_of(exercise.solution):
        states = list(states_until_one_fails(exercise, mutant.source))
        if states[-1] == MET:
            living.append(mutant.change)
        elif states[-1] == UNKNOWN:
            stumbled.append(mutant.change)
    assert not set(living) - excused, "add a requirement, or excuse:\n" + "\n".join(sorted(set(living) - excused))
    assert not stumbled, "the check itself stumbles over:\n" + "\n".join(stumbled)
    assert not excused - set(living), "excused, but dead or gone:\n" + "\n".join(sorted(excused - set(living)))


def states_until_one_fails(exercise, source):
    """The states of the requirements up to the first that is not met."""
    try:
        with StepBudget(200_000):
            names = run_source(source, "<mutant>")
    except (Exception, OutOfSteps):
        yield UNMET
        return
    for row in rows_of(exercise, names):
        yield row.state
        if row.state != MET:
            return


@pytest.mark.parametrize("cheat", CHEATS, ids=lambda cheat: cheat.__name__)
def test_cheats_fail(exercise, cheat, monkeypatch):
    for owner, name in PATCHED:  # put back what the cheat will patch
        monkeypatch.setattr(owner, name, getattr(owner, name))
    report = grade_source(exercise, cheat(exercise.solution), f"<{cheat.__name__}>")
    assert report.state != MET, f"\n{report}"


def test_answers_known_by_heart_fail_another_seed(exercise, monkeypatch):
    names = hard_coded(exercise, monkeypatch)
    assert any(row.state != MET for row in judge(exercise, names, seed=1)), "its inputs are the same on every regrade"


def test_every_reason_and_hint_says_something(exercise):
    assert len(exercise.prompt.splitlines()) >= 1
    for one in exercise.requirements:
        assert len(set(one.hints)) == len(one.hints)
        assert one.sentence[0].isupper()
    for excuse in exercise.excused:
        assert excuse.reason.strip()
