"""Help in its order: a hint at once, the second after two different attempts, the solution after four or a pass."""

from __future__ import annotations

import pytest

from labkit.grading import find, hint, journal, reset, solution


def attempt(number: int, unmet=("counts", "empty")) -> None:
    journal.record("attempt", "demo-01", hash=str(number), state="unmet", unmet=list(unmet))


def test_the_first_hint_comes_at_once_and_is_for_the_first_requirement():
    text = repr(hint("demo-01"))
    assert "For: A path's bucket is its CRC-32" in text
    assert "Hint 1 of 3: Which function of zlib" in text
    assert "Hint 2 of 3" not in text


def test_the_hint_is_for_the_first_requirement_that_is_unmet():
    attempt(1)
    assert "For: Every path is counted in its own bucket" in repr(hint("demo-01"))


@pytest.mark.parametrize(("attempts", "hints"), [([1], 1), ([1, 1, 1], 1), ([1, 2], 2), ([1, 2, 2], 2), ([1, 2, 3], 3)])
def test_each_further_hint_comes_after_as_many_different_attempts(attempts, hints):
    for number in attempts:
        attempt(number)
    for _ in range(5):
        shown = repr(hint("demo-01"))
    assert shown.count(" of 3: ") == hints


def test_hints_come_one_at_a_time_and_never_a_fourth():
    for number in range(6):
        attempt(number)
    assert [repr(hint("demo-01")).count(" of 3: ") for _ in range(4)] == [1, 2, 3, 3]
    assert [event["hint"] for event in journal.read() if event["event"] == "hint"] == [1, 2, 3]


def test_a_hint_says_when_the_next_one_comes():
    assert "The next hint comes after 2 different attempts (yours so far: 0)." in repr(hint("demo-01"))
    for number in (1, 2):
        attempt(number)
    hint("demo-01")
    assert "The next hint comes after 3 different attempts (yours so far: 2)." in repr(hint("demo-01"))


def test_the_last_hint_says_what_comes_instead():
    for number in (1, 2, 3):
        attempt(number)
    for _ in range(3):
        shown = repr(hint("demo-01"))
    assert 'That was the last hint. solution("demo-01") shows after 4 different attempts.' in shown


def test_help_is_announced():
    assert 'role="status"' in hint("demo-01")._repr_html_()


def test_a_hint_is_recorded_once():
    for _ in range(3):
        hint("demo-01")
    assert [event["hint"] for event in journal.read()] == [1]


def test_when_all_is_met_there_is_nothing_to_hint_at():
    attempt(1, unmet=())
    assert "nothing to hint at" in repr(hint("demo-01"))


def test_the_solution_is_withheld_and_says_what_opens_it():
    for number in (1, 2, 3):
        attempt(number)
    text = repr(solution("demo-01"))
    assert "crc32" not in text
    assert "yours so far: 3" in text
    assert "give_up=True" in text


def test_the_solution_shows_after_four_different_attempts_and_that_is_recorded():
    for number in (1, 2, 3, 4):
        attempt(number)
    assert "crc32" in repr(solution("demo-01"))
    assert journal.read()[-1]["event"] == "solution"


def test_the_solution_shows_after_a_pass_and_that_is_not_giving_up():
    journal.record("passed", "demo-01")
    assert "crc32" in repr(solution("demo-01"))
    assert journal.read()[-1]["event"] == "passed"


def test_giving_up_shows_the_solution_and_is_recorded():
    assert "crc32" in repr(solution("demo-01", give_up=True))
    assert [(event["event"], event["id"]) for event in journal.read()] == [("solution", "demo-01")]


def test_reset_shows_the_whole_cell_as_it_was():
    text = repr(reset("demo-01"))
    assert "# exercise: demo-01" in text
    assert 'check("demo-01")' in text
    assert all(line in text for line in find("demo-01").starter.splitlines())


@pytest.mark.parametrize("helper", [hint, solution, reset])
def test_an_unknown_id_is_a_sentence(helper):
    assert "Did you mean 'demo-01'?" in repr(helper("demo-1"))
