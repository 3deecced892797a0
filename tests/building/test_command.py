"""`labkit build` as a command: where it writes, and the exit codes of `--check`."""

from __future__ import annotations

import pytest

from labkit.building import command
from labkit.errors import LabError


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course of one lesson, in place of the real one."""
    sources, notebooks = tmp_path / "notebooks" / "src", tmp_path / "notebooks"
    sources.mkdir(parents=True)
    (sources / "01_own.py").write_text("# %%\n1 + 1\n")
    monkeypatch.setattr(command, "SOURCES", sources)
    monkeypatch.setattr(command, "NOTEBOOKS", notebooks)
    return notebooks


def test_check_fails_until_the_notebooks_are_built(course, capsys):
    assert command.main(["--check"]) == 1
    assert "01_own.ipynb is missing." in capsys.readouterr().err
    assert command.main([]) == 0
    assert command.main(["--check"]) == 0


@pytest.mark.parametrize("state", ["--solved", "--half"])
def test_answers_are_never_written_over_the_learners_notebooks(course, state):
    with pytest.raises(LabError, match="needs --out"):
        command.main([state])
    assert command.main([state, "--out", str(course / "elsewhere")]) == 0
    assert (course / "elsewhere" / "01_own.ipynb").exists()
