"""The `labkit` command hands each verb to its module, and refuses in sentences."""

from __future__ import annotations

import subprocess
import sys
from types import ModuleType

import pytest

from labkit import cli, suite
from labkit.errors import LabError


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple]:
    """What the modules behind the verbs were called with; each returns 5."""
    calls: list[tuple] = []
    module = ModuleType("fake")
    module.main = lambda *words: calls.append(words) or 5
    monkeypatch.setattr(cli.importlib, "import_module", lambda name: module)
    return calls


def test_a_verb_gets_its_words_untouched_and_its_exit_code_is_returned(told: list[tuple]):
    assert cli.main(["where", "kv", "--all", "-x"]) == 5
    assert told == [(["kv", "--all", "-x"],)]


def test_a_verbs_own_help_is_the_verbs(told: list[tuple]):
    cli.main(["doctor", "--help"])
    assert told == [(["--help"],)]


def test_verbs_that_share_a_module_are_told_their_name(told: list[tuple]):
    cli.main(["hint", "kv-02"])
    assert told == [("hint", ["kv-02"])]


def test_a_misspelt_verb_is_refused_with_the_nearest_right_one(capsys: pytest.CaptureFixture[str]):
    assert cli.main(["docter"]) == 1
    assert capsys.readouterr().err == "labkit has no verb 'docter'. Did you mean 'doctor'?\n"


def test_help_lists_every_verb(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as left:
        cli.main(["--help"])
    assert left.value.code == 0
    out = capsys.readouterr().out
    assert all(f"  {name} " in out for name in cli.VERBS)


def test_a_verb_whose_module_is_not_there_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setitem(cli.VERBS, "later", cli.Verb("labkit.later", "something"))
    assert cli.main(["later"]) == 1
    assert capsys.readouterr().err == "`labkit later` is not built yet: there is no labkit.later.\n"


def test_a_package_that_a_verb_lacks_is_not_taken_for_the_verb(monkeypatch: pytest.MonkeyPatch):
    def lacking(name: str) -> ModuleType:
        raise ModuleNotFoundError("No module named 'numpy'", name="numpy")

    monkeypatch.setattr(cli.importlib, "import_module", lacking)
    with pytest.raises(ModuleNotFoundError):
        cli.call("bench", [])


def test_what_the_workbook_refuses_is_one_sentence(told: list[tuple], capsys, monkeypatch: pytest.MonkeyPatch):
    def refuse(verb: str, words: list[str]) -> int:
        raise LabError("No.", where="README.md")

    monkeypatch.setattr(cli, "call", refuse)
    assert cli.main(["check", "x"]) == 1
    assert capsys.readouterr().err == "No. Read: README.md\n"


def test_starting_the_command_imports_no_verb():
    code = "import sys, labkit.cli; print(sorted({'numpy', 'jupyterlab', 'labkit.doctor'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"


def test_the_whole_suite_runs_every_step_and_returns_the_worst_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    codes = {"ruff": 1, "pyright": 0, "pytest": 2}
    monkeypatch.setattr(suite, "run", lambda module: codes[module[0]])
    assert suite.main([]) == 2
    out = capsys.readouterr().out
    assert "ruff     FAILED (exit code 1)" in out
    assert "pyright  passed" in out
    assert "pytest   FAILED (exit code 2)" in out


def test_words_after_test_go_to_pytest_alone(monkeypatch: pytest.MonkeyPatch):
    ran: list[list[str]] = []
    monkeypatch.setattr(suite, "run", lambda module: ran.append(module) or 0)
    assert suite.main(["tests/test_cli.py", "-x"]) == 0
    assert ran == [["pytest", "tests/test_cli.py", "-x"]]


def test_the_suite_without_its_packages_says_how_to_get_them(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(suite, "find_spec", lambda name: None)
    with pytest.raises(LabError, match="run `python3 lab.py test`"):
        suite.main([])
