"""An exercise in a lesson: its prompt, its cell in each state, clear words for an author's slips."""

from __future__ import annotations

import json

import pytest

from labkit.building import LessonError


def code_cells(text: str) -> list[str]:
    return ["".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]


def test_the_cell_is_the_marker_the_starter_and_the_check(built):
    (cell,) = code_cells(built("# %%\n# exercise: demo-01"))
    assert cell == '# exercise: demo-01\ndef double(x):\n    todo()\n\ncheck("demo-01")'


def test_the_solved_cell_has_the_model_answer_without_the_imports_of_a_file(built):
    (cell,) = code_cells(built("# %%\n# exercise: demo-01", state="solved"))
    lines = cell.splitlines()
    assert lines[0] == "# exercise: demo-01" and lines[1] == "def double(x):" and lines[-1] == 'check("demo-01")'


def test_half_solved_means_the_first_and_every_second_after_it(built):
    cells = code_cells(built(*(f"# %%\n# exercise: demo-0{n}" for n in (1, 2, 3)), state="half"))
    assert ["todo()" in cell for cell in cells] == [False, True, False]


def test_the_prompt_stands_before_the_cell_with_its_facts_filled_in(built):
    prompt, _ = json.loads(built("# %%\n# exercise: demo-01"))["cells"]
    assert prompt["cell_type"] == "markdown" and "25 MiB" in "".join(prompt["source"])


@pytest.mark.parametrize(
    "cells, words",
    [
        (["# %%\n# exercise: demo-1"], "no exercise is called 'demo-1'. Did you mean 'demo-01'?"),
        (["# %%\n# exercise: demo-01\nx = 1"], "holds other code"),
        (["# %%\nx = 1\n# exercise: demo-01"], "holds other code"),
        (["# %%\n# exercise: demo-01"] * 2, "'demo-01' stands on line 1 already"),
        (["x = 1\n# %%\n1"], "a source begins with"),
    ],
)
def test_an_authors_slip_is_refused_with_the_file_and_the_line(built, cells, words):
    with pytest.raises(LessonError, match=r"^88_own\.py, line \d+: ") as refused:
        built(*cells)
    assert words in str(refused.value)
