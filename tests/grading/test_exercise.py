"""An exercise is a folder: its id, its texts, and what is refused."""

from __future__ import annotations

import pytest

from labkit.errors import ExerciseError
from labkit.grading import every, find, shelf
from labkit.grading.exercise import Exercise
from labkit.grading.learner import cell_of, fingerprint, run_source
from tests.grading.conftest import CHECKS


def test_an_id_is_the_topic_and_the_number(monkeypatch):
    assert find("demo-01").folder.parts[-2:] == ("demo", "01")


def test_every_exercise_is_found_in_order():
    ids = [exercise.id for exercise in every()]
    assert ids == sorted(ids)
    assert {"demo-01", "demo-02"} <= set(ids)


def test_an_unknown_id_is_refused_with_the_nearest():
    with pytest.raises(ExerciseError, match="Did you mean 'demo-01'"):
        find("demo-1")


def test_two_folders_of_one_id_are_refused(monkeypatch, make, tmp_path):
    make()
    monkeypatch.setenv("LABKIT_EXERCISES", f"{tmp_path / 'exercises'}:{tmp_path / 'exercises'}")
    with pytest.raises(ExerciseError, match="two exercises made-01"):
        shelf.folders()


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ExerciseError, match="x-01 has no starter.py"):
        _ = Exercise("x-01", tmp_path).starter


def test_the_names_are_those_that_the_starter_defines(make):
    starter = (
        "import json\nfrom os import path as p\nA, (B, *C) = 1, (2, 3)\ndef f(x): y = 1\nclass D:\n    z = 1\nE += 1"
    )
    assert make(starter=starter).names == ("A", "B", "C", "f", "D", "E")


def test_the_names_are_found_below_blocks_but_not_in_other_scopes(make):
    starter = "if True:\n    a = 1\nfor b in []: pass\nc = [d for d in []]\ne = lambda f: f"
    assert make(starter=starter).names == ("a", "b", "c", "e")


def test_checks_without_a_requirement_are_refused(make):
    with pytest.raises(ExerciseError, match="has no requirement"):
        _ = make(checks="x = 1").requirements


def test_a_mistake_that_fails_an_unknown_requirement_is_refused(make):
    wrong = "mistake('m', source='x', fails=['nope'], believes='b', diagnosis='d')"
    text = f"from labkit.grading import mistake\nMISTAKES = [{wrong}]"
    with pytest.raises(ExerciseError, match="nope"):
        _ = make(mistakes=text).mistakes


def test_requirements_come_in_the_order_of_the_file(make):
    assert [one.name for one in make(checks=CHECKS).requirements] == ["doubles", "texts"]


def test_an_answer_may_await_at_its_top_level():
    source = "import asyncio\nasync def f(): return 3\nx = await f()\nawait asyncio.sleep(100)"
    assert run_source(source, "<answer>")["x"] == 3


def test_an_answer_run_by_itself_may_call_the_workbook_in_vain():
    names = run_source("check('kv-01')\npredict('kv-p1', 'b')\nx = 1", "<answer>")
    assert names["x"] == 1


def test_comments_and_layout_do_not_make_another_attempt():
    assert fingerprint("x = 1  # one\n\n") == fingerprint("x=1")
    assert fingerprint("x = 1") != fingerprint("x = 2")
    assert fingerprint("x = (") != fingerprint("x = [")


def test_a_cell_is_known_by_its_first_line_wherever_it_stands(tmp_path):
    import json

    def cell(source):
        return {"cell_type": "code", "source": source}

    notebook = tmp_path / "n.ipynb"
    cells = [
        cell("# exercise: kv-01\nold"),
        cell("x = 1"),
        cell(["# exercise: kv-01\n", "new"]),
        cell("# exercise: kv-02"),
    ]
    notebook.write_text(json.dumps({"cells": cells}))
    (tmp_path / "broken.ipynb").write_text("{")
    found = cell_of("kv-01", [notebook, tmp_path / "broken.ipynb"])
    assert found == "# exercise: kv-01\nnew"
    assert cell_of("kv-03", [notebook]) is None
