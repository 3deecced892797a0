"""A question is answered where a notebook is not as given, and only where it asks."""

from __future__ import annotations

import json

import pytest

from labkit.building import LessonError

ASKED = {
    'predict("free", "Which?", a="one", b="two")': 'predict("free", "a")',
    'recall("demo-r1")': 'recall("demo-r1", "b")',
    'order("demo-o1")': 'order("demo-o1", [2, 3, 1])',
}


def code_of(built, code: str, state: str) -> str:
    return "".join(json.loads(built(f"# %%\n{code}", state=state))["cells"][0]["source"])


@pytest.mark.parametrize("question, answer", ASKED.items(), ids=["predict", "recall", "order"])
def test_a_question_gets_its_right_answer_below_it(built, question, answer):
    assert code_of(built, question, "given") == question
    assert code_of(built, question, "half") == code_of(built, question, "solved") == f"{question}\n{answer}"


@pytest.mark.parametrize("code", [*ASKED.values(), "x = 1", "await lab.fetch('/')", "lab.order()"])
def test_a_cell_that_asks_nothing_stays_as_it_is(built, code):
    assert code_of(built, code, "solved") == code


def test_an_unknown_question_is_refused_with_the_nearest_right_one(built):
    with pytest.raises(LessonError, match=r"line 1: .*'demo-r2'.*'demo-r1'"):
        code_of(built, 'recall("demo-r2")', "solved")
