"""The holes of nbval are closed, and a right notebook still passes."""

from __future__ import annotations

import nbformat
import pytest

from tests.notebooks.running import run


@pytest.fixture(scope="module")
def report_of(tmp_path_factory):
    """A function: run one notebook of the given cells and return nbval's verdict and report."""
    folder = tmp_path_factory.mktemp("holes")

    def report(*cells: tuple[str, list[str]]):
        notebook = nbformat.v4.new_notebook()
        notebook.cells = [nbformat.v4.new_code_cell(code, metadata={"tags": tags}) for code, tags in cells]
        path = folder / "holes.ipynb"
        nbformat.write(notebook, path)
        return run(path, folder / "progress.jsonl", cell_seconds=1)

    return report


def test_a_right_notebook_passes(report_of):
    ran = report_of(("1 + 1", []), ("1 / 0", ["raises-exception"]), ("%time 1", []))
    assert ran.passed and "3 passed" in ran.report, ran.report


def test_each_hole_fails_and_the_cells_after_it_still_run(report_of):
    ran = report_of(
        ("%no_such_magic", []),
        ("'raises nothing'", ["raises-exception"]),
        ("1 / 0", []),
        ("import time\nend = time.process_time() + 1.2\nwhile time.process_time() < end:\n    pass", []),
        ("'right'", []),
    )
    assert not ran.passed
    for words in ("UsageError", "raised nothing", "ZeroDivisionError", "1 s is the limit", "4 failed, 1 passed"):
        assert words in ran.report, ran.report
