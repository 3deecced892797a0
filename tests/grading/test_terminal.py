"""`labkit check` and its kin say the same words in a terminal."""

from __future__ import annotations

import json

import pytest

from labkit.cli import main
from labkit.grading import find, terminal


@pytest.fixture
def solution() -> str:
    return find("demo-01").solution


def test_a_right_file_is_met_and_exits_with_0(tmp_path, capsys, solution):
    (tmp_path / "my.py").write_text(solution)
    assert main(["check", "demo-01", "--file", str(tmp_path / "my.py")]) == 0
    assert "demo-01: met." in capsys.readouterr().out


def test_a_wrong_file_is_not_met_and_exits_with_1(tmp_path, capsys, solution):
    (tmp_path / "my.py").write_text(solution.replace("+= 1", "= 1"))
    assert main(["check", "demo-01", "--file", str(tmp_path / "my.py")]) == 1
    assert "Not yet met: Every path is counted in its own bucket" in capsys.readouterr().out


def test_without_a_file_the_cell_in_the_learners_notebooks_is_checked(tmp_path, monkeypatch, capsys, solution):
    cell = {"cell_type": "code", "source": f"# exercise: demo-01\n{solution}\ncheck('demo-01')"}
    (tmp_path / "n.ipynb").write_text(json.dumps({"cells": [cell]}))
    monkeypatch.setattr(terminal, "WORK", tmp_path)
    assert main(["check", "demo-01"]) == 0


def test_without_a_file_and_a_cell_a_sentence_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(terminal, "WORK", tmp_path)
    assert main(["check", "demo-01"]) == 1
    assert "No cell in work/ begins with `# exercise: demo-01`" in capsys.readouterr().err


@pytest.mark.parametrize("words", [["demo-1"], ["demo-01", "--file", "nowhere.py"]])
def test_what_cannot_be_checked_is_one_sentence(words, capsys):
    assert main(["check", *words]) == 1
    captured = capsys.readouterr()
    assert captured.err and "Traceback" not in captured.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["hint", "demo-01"], "Hint 1 of 3"),
        (["solution", "demo-01"], "shows after a pass"),
        (["solution", "demo-01", "--give-up"], "zlib.crc32"),
        (["reset", "demo-01"], "# exercise: demo-01"),
        (["progress"], "exercises met"),
    ],
)
def test_help_and_progress(words, said, capsys):
    assert main(words) == 0
    assert said in capsys.readouterr().out
