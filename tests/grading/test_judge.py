"""Each way in which an answer can end gets its own state and its own words."""

from __future__ import annotations

import pytest

from labkit.grading import grade_source
from labkit.grading.judge import MET, NOT_ATTEMPTED, UNKNOWN, UNMET
from labkit.workers.bindings import OURS
from tests.grading.conftest import requirement_of


def row_of(make, answer: str, check: str):
    report = grade_source(make(checks=requirement_of(check)), answer, "<answer>")
    return report.rows[0]


def test_a_requirement_that_returns_is_met(make):
    assert row_of(make, "def double(x): return x", "pass").state == MET


def test_an_unmet_requirement_says_what_was_done_expected_and_got(make):
    row = row_of(make, "def double(x): return x", "ex.equal(ex.call('double', 4), 8, because='twice four')")
    assert (row.state, row.did, row.expected, row.got, row.because) == (UNMET, ("double(4)",), "8", "4", "twice four")


def test_todo_is_not_attempted(make):
    assert row_of(make, "def double(x): todo()", "ex.call('double', 4)").state == NOT_ATTEMPTED


def test_todo_below_the_learners_own_except_is_still_not_attempted(make):
    answer = "def double(x):\n    try:\n        todo()\n    except Exception:\n        return 8"
    assert row_of(make, answer, "ex.equal(ex.call('double', 4), 8, because='')").state == NOT_ATTEMPTED


def test_a_learners_exception_shows_their_line(make):
    row = row_of(make, "def double(x):\n    y = {}\n    return y[x]", "ex.call('double', 4)")
    assert (row.state, row.got) == (UNMET, "KeyError: 4 at line 3: return y[x]")


def test_an_exception_of_the_check_itself_is_unknown(make):
    row = row_of(make, "def double(x): return x", "ex.call('double', 4)['no']")
    assert row.state == UNKNOWN
    assert "stumbled" in row.because


def test_an_endless_loop_ends_and_names_its_line(make):
    row = row_of(make, "def double(x):\n    while True: pass", "ex.call('double', 4)")
    assert row.state == UNMET
    assert row.got.endswith("at line 2: while True: pass")


def test_waiting_for_what_never_comes_is_unmet(make):
    answer = "import asyncio\nasync def double(x):\n    await asyncio.Event().wait()"
    row = row_of(make, answer, "await ex.call('double', 4)")
    assert row.state == UNMET
    assert "line 3" in row.got


def test_a_call_that_the_function_does_not_take_is_unmet(make):
    row = row_of(make, "def double(): return 8", "ex.call('double', 4)")
    assert row.state == UNMET
    assert "too many positional arguments" in row.got


def test_a_name_that_is_no_function_is_unmet(make):
    row = row_of(make, "double = 8", "ex.call('double', 4)")
    assert (row.state, row.expected, row.got) == (UNMET, "a function called double", "8")


def test_a_missing_name_is_not_attempted(make):
    assert row_of(make, "double = 8", "ex.name('triple')").state == NOT_ATTEMPTED


def test_what_the_answer_printed_is_kept_for_the_feedback(make, capsys):
    row = row_of(
        make, "def double(x):\n    print('here', x)\n    return x", "ex.equal(ex.call('double', 4), 8, because='')"
    )
    assert row.printed == "here 4\n"
    assert capsys.readouterr().out == ""


def test_a_forgotten_await_is_told(make):
    answer = "async def helper(): pass\nasync def double(x):\n    helper()\n    return x"
    row = row_of(make, answer, "ex.equal(await ex.call('double', 4), 8, because='')")
    assert "coroutine 'helper' was never awaited (line 3)" in row.warned


def test_a_warning_that_is_noticed_in_our_code_is_told_without_a_line(make):
    check = f"import warnings\nwarnings.warn_explicit('w', UserWarning, {OURS!r}, 7)\nex.fail('a', 'b', '')"
    assert row_of(make, "double = 8", check).warned == ("w",)


def test_a_coroutine_as_an_answer_is_told(make):
    answer = "async def helper(): pass\nasync def double(x):\n    return helper()"
    row = row_of(make, answer, "ex.equal(await ex.call('double', 4), 8, because='')")
    assert row.got == "a coroutine that nobody awaited (helper)"


def test_a_dependant_waits_and_says_for_what(make):
    report = grade_source(make(), "def double(x): return x", "<answer>")
    assert [row.state for row in report.rows] == [UNMET, UNKNOWN]
    assert report.rows[1].waits_for == "It doubles"
    assert report.state == UNMET


def test_inputs_that_the_answer_changes_are_copies(make):
    check = "given = [1, 2]\nex.call('double', given)\nex.equal(given, [1, 2], because='')"
    assert row_of(make, "def double(x): x.clear()", check).state == MET


@pytest.mark.parametrize("condition", ["1", "'yes'", "object()"])
def test_only_true_itself_is_true(make, condition):
    assert row_of(make, "double = 8", f"ex.true({condition}, expected='', got='', because='')").state == UNMET


@pytest.mark.parametrize(
    ("value", "state"), [("1.0", MET), ("1.1", MET), ("1.11", UNMET), ("True", UNMET), ("'1'", UNMET)]
)
def test_near_takes_numbers_within_a_distance(make, value, state):
    check = f"ex.near({value}, 1, within=0.1 + 1e-12, because='')"
    assert row_of(make, "double = 8", check).state == state


def test_seeds_differ_between_requirements_and_regrades_and_are_otherwise_fixed(make):
    two = requirement_of("ex.fail('', str(ex.seed), '')") + requirement_of("ex.fail('', str(ex.seed), '')").replace(
        "holds", "other"
    )
    exercise = make(checks=two, starter="x = 1")
    seeds = [[row.got for row in grade_source(exercise, "x = 1", "<a>", seed=seed).rows] for seed in (0, 0, 1)]
    assert seeds[0] == seeds[1]
    assert len({*seeds[0], *seeds[2]}) == 4


def test_code_that_does_not_run_fails_the_first_requirement_and_the_rest_waits(make):
    report = grade_source(make(), "def double(x): return x * 2\n1 / 0", "<answer>")
    assert [row.state for row in report.rows] == [UNMET, UNKNOWN]
    assert report.rows[0].got == "ZeroDivisionError: division by zero at line 2: 1 / 0"


def test_code_that_does_not_parse_shows_the_line(make):
    report = grade_source(make(), "def double(x):\n    return x *", "<answer>")
    assert "line 2" in report.rows[0].got
    assert report.state == UNMET
