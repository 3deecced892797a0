"""The notebook of a lesson: the same bytes everywhere, valid, and without outputs."""

from __future__ import annotations

import json

import nbformat
import pytest

from labkit.building import notebook_text, outdated, read, write


def cells_of(text: str) -> list[dict]:
    return json.loads(text)["cells"]


def test_a_build_gives_the_bytes_that_are_checked_in(demo, folders, tmp_path):
    write(demo, tmp_path, folders=folders)
    golden = demo.with_suffix(".ipynb").read_text(encoding="utf-8").encode()
    assert (tmp_path / "77_demo.ipynb").read_bytes() == golden


@pytest.mark.parametrize("state", ["given", "half", "solved"])
def test_every_state_is_a_valid_notebook_without_outputs(demo, folders, state):
    notebook = nbformat.reads(notebook_text(read(demo), folders, state), 4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code and all(cell.outputs == [] and cell.execution_count is None for cell in code)


def test_a_cell_keeps_its_id_when_another_lessons_cells_change(built):
    before = cells_of(built("# %%\n1", "# %%\n2"))
    after = cells_of(built("# %%\n1", "# %%\n2", "# %%\n3"))
    assert [cell["id"] for cell in before] == ["88_own-000", "88_own-001"]
    assert after[:2] == before


def test_prose_is_fixed_and_an_exercise_may_be_edited_but_not_deleted(built):
    prose, prompt, exercise, code = cells_of(built("# %% [markdown]\n# Hello.", "# %%\n# exercise: demo-01", "# %%\n1"))
    assert prose["metadata"] == prompt["metadata"] == {"deletable": False, "editable": False}
    assert exercise["metadata"] == {"deletable": False, "tags": ["exercise"]}
    assert code["metadata"] == {}


def test_tags_reach_the_notebook(built):
    assert cells_of(built('# %% tags=["raises-exception"]\n1 / 0'))[0]["metadata"] == {"tags": ["raises-exception"]}


def test_outdated_names_what_is_missing_strange_or_different(demo, folders, tmp_path):
    assert outdated(demo.parent, tmp_path, folders) == ["77_demo.ipynb is missing."]
    (built,) = write(demo.parent, tmp_path, folders=folders)
    assert outdated(demo.parent, tmp_path, folders) == []
    built.write_text(built.read_text().replace("lesson", "lessen"))
    (tmp_path / "99_no_source.ipynb").write_text("{}")
    assert outdated(demo.parent, tmp_path, folders) == [
        "99_no_source.ipynb has no source.",
        "77_demo.ipynb differs from its source.",
    ]


def test_carriage_returns_of_a_checkout_are_no_difference(demo, folders, tmp_path):
    (built,) = write(demo.parent, tmp_path, folders=folders)
    built.write_bytes(built.read_bytes().replace(b"\n", b"\r\n"))
    assert outdated(demo.parent, tmp_path, folders) == []


def test_the_notebooks_checked_in_are_what_their_sources_give():
    assert outdated() == [], "Run `labkit build` and commit what it writes."
