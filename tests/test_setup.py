"""`python3 lab.py`: what it says when it cannot set up, and when it has nothing to do."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def lab(tmp_path: Path) -> ModuleType:
    """lab.py as a module of its own, at home in an empty folder."""
    spec = importlib.util.spec_from_file_location("set_up", ROOT / "lab.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.ROOT, module.VENV = tmp_path, tmp_path / ".venv"
    for name in ("pyproject.toml", "constraints.txt"):
        (tmp_path / name).write_text("simpy==4.1.2\n")
    return module


@pytest.fixture
def ran(lab: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The commands that the set-up would run; making a venv makes its folder."""
    commands: list[list[str]] = []

    def install(command: list[str]) -> None:
        commands.append(command)
        lab.python().parent.mkdir(parents=True, exist_ok=True)
        lab.python().touch()

    monkeypatch.setattr(lab, "install", install)
    return commands


def said_when_refused(lab: ModuleType, capsys: pytest.CaptureFixture[str]) -> str:
    assert lab.main(["doctor"]) == 1
    return capsys.readouterr().err.strip()


def refusal_for_output(lab: ModuleType, output: str) -> str:
    with pytest.raises(lab.Refused) as refused:
        lab.install([sys.executable, "-c", f"print({output!r}); raise SystemExit(1)"])
    return str(refused.value)


def test_the_file_parses_on_python_3_6():
    ast.parse((ROOT / "lab.py").read_text(encoding="utf-8"), feature_version=(3, 6))


def test_it_imports_the_standard_library_alone():
    tree = ast.parse((ROOT / "lab.py").read_text(encoding="utf-8"))
    modules = {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    modules |= {str(n.module).split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    assert modules <= sys.stdlib_module_names


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 13, 2), (4, 0, 0)])
def test_a_new_enough_python_passes(lab: ModuleType, version: tuple[int, int, int]):
    assert lab.refuse_old_python(version) is None


def test_an_old_python_is_told_which_newer_one_to_run(lab: ModuleType, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lab, "starts", lambda name: name == "python3.12")
    with pytest.raises(lab.Refused, match=r"needs Python 3.11 or newer and this is 3.10: run `python3.12 lab.py`."):
        lab.refuse_old_python((3, 10, 9))


def test_an_old_python_alone_is_told_where_to_get_one(lab: ModuleType, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lab, "starts", lambda name: False)
    with pytest.raises(lab.Refused, match=r"this is 3.8: install one from python.org"):
        lab.refuse_old_python((3, 8, 18))


def test_a_command_that_is_there_but_does_not_start_does_not_count(lab: ModuleType, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lab.shutil, "which", lambda name: name)
    monkeypatch.setattr(lab.subprocess, "call", lambda *command, **options: 127)
    assert not lab.starts("python3.12")


def test_a_python_without_ensurepip_is_told_of_python3_venv(
    lab: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(lab.shutil, "which", lambda name: None)
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    said = said_when_refused(lab, capsys)
    assert "apt install python3-venv" in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(
    ("output", "remedy"),
    [
        ("NewConnectionError: [Errno -3] Temporary failure in name resolution", "connect to the internet"),
        ("ERROR: Could not find a version that satisfies flit_core (from versions: none)", "connect to the internet"),
        ("error: Failed to fetch: `index`\n  Caused by: dns error: failed to lookup", "connect to the internet"),
        ("SSLError(SSLCertVerificationError: certificate verify failed)", "point SSL_CERT_FILE and PIP_CERT"),
        ("OSError: [Errno 28] No space left on device", "free 1 GB"),
    ],
)
def test_a_failed_installer_becomes_one_sentence_with_the_remedy(lab: ModuleType, output: str, remedy: str):
    said = refusal_for_output(lab, output)
    assert remedy in said and said.endswith(f"then run `{lab.AGAIN}` again.")
    assert len(said.splitlines()) == 1


def test_a_failure_of_unknown_cause_shows_the_last_lines_of_the_installer(lab: ModuleType):
    shown, said = refusal_for_output(lab, "error: metadata-generation-failed").splitlines()
    assert shown == "error: metadata-generation-failed"
    assert "delete .venv" in said


def test_no_progress_is_shown_where_nobody_watches(lab: ModuleType, capfd: pytest.CaptureFixture[str]):
    lab.install([sys.executable, "-c", "print('Collecting simpy')"])
    assert capfd.readouterr().out == ""


def test_a_folder_that_cannot_be_written_is_said(
    lab: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def refuse(with_pip: bool) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(lab, "make_venv", refuse)
    assert "cannot be written ([Errno 13] Permission denied)" in said_when_refused(lab, capsys)


def test_ctrl_c_during_the_set_up_says_how_to_go_on(
    lab: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def interrupt(with_pip: bool) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(lab, "make_venv", interrupt)
    assert lab.main([]) == 130
    assert "goes on from here" in capsys.readouterr().err


def test_pip_is_used_where_uv_is_not(lab: ModuleType, ran: list[list[str]], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lab.shutil, "which", lambda name: None)
    lab.set_up()
    venv, fill = ran
    assert venv == [sys.executable, "-m", "venv", str(lab.VENV)]
    assert fill[:4] == [str(lab.python()), "-m", "pip", "install"]
    assert fill[-4:] == ["-c", "constraints.txt", "-e", "."]


def test_uv_is_used_where_it_is_on_path(lab: ModuleType, ran: list[list[str]], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(lab.shutil, "which", lambda name: "uv")
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    lab.set_up()
    venv, fill = ran
    assert "--without-pip" in venv
    assert fill == ["uv", "pip", "install", "--python", str(lab.python()), "pip", "-c", "constraints.txt", "-e", "."]


@pytest.mark.parametrize("with_tests", [False, True])
def test_a_second_run_installs_nothing(lab: ModuleType, ran: list[list[str]], with_tests: bool):
    lab.set_up(with_tests)
    ran.clear()
    lab.set_up(with_tests)
    assert ran == []


def test_the_tests_bring_their_own_packages_and_a_learner_needs_none_after_them(
    lab: ModuleType, ran: list[list[str]], monkeypatch: pytest.MonkeyPatch
):
    lab.set_up()
    monkeypatch.setattr(lab, "usable", lambda: True)
    ran.clear()
    lab.set_up(with_tests=True)
    lab.set_up()
    assert [command[-1] for command in ran] == [".[test]"]


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_a_changed_list_of_packages_is_installed(
    lab: ModuleType, ran: list[list[str]], monkeypatch: pytest.MonkeyPatch, name: str
):
    lab.set_up()
    monkeypatch.setattr(lab, "usable", lambda: True)
    (lab.ROOT / name).write_text("simpy==4.1.3\n")
    ran.clear()
    lab.set_up()
    assert [command[-1] for command in ran] == ["."]


def test_another_python_makes_the_venv_anew(lab: ModuleType, ran: list[list[str]], monkeypatch: pytest.MonkeyPatch):
    lab.set_up()
    (lab.VENV / "left-over").touch()
    monkeypatch.setattr(lab, "sys", SimpleNamespace(version_info=(3, 99, 0), executable="python3.99"))
    ran.clear()
    lab.set_up()
    assert "venv" in ran[0]
    assert not (lab.VENV / "left-over").exists()


def test_a_set_up_that_failed_is_not_taken_for_done(lab: ModuleType, monkeypatch: pytest.MonkeyPatch):
    def fail(command: list[str]) -> None:
        raise lab.Refused("no")

    monkeypatch.setattr(lab, "install", fail)
    with pytest.raises(lab.Refused):
        lab.set_up()
    assert not list(lab.ROOT.glob(".venv/set-up*"))


def test_a_venv_whose_python_is_gone_is_not_usable(lab: ModuleType):
    assert not lab.usable()


def test_words_go_to_labkit_and_none_mean_start(lab: ModuleType, monkeypatch: pytest.MonkeyPatch):
    followed: list[list[str]] = []
    monkeypatch.setattr(lab, "set_up", lambda with_tests: None)
    monkeypatch.setattr(lab, "follow", lambda command: followed.append(command[1:]) or 7)
    assert [lab.main([]), lab.main(["doctor", "--explain", "X"])] == [7, 7]
    assert followed == [["-m", "labkit.cli", "start"], ["-m", "labkit.cli", "doctor", "--explain", "X"]]


@pytest.mark.parametrize(("words", "with_tests"), [([], False), (["doctor"], False), (["test", "-x"], True)])
def test_only_the_word_test_sets_up_the_tests(
    lab: ModuleType, monkeypatch: pytest.MonkeyPatch, words: list[str], with_tests: bool
):
    asked: list[bool] = []
    monkeypatch.setattr(lab, "set_up", lambda with_tests: asked.append(with_tests))
    monkeypatch.setattr(lab, "follow", lambda command: 0)
    lab.main(words)
    assert asked == [with_tests]


def test_help_needs_no_set_up(lab: ModuleType, capsys: pytest.CaptureFixture[str]):
    assert lab.main(["--help"]) == 0
    assert "python3 lab.py test" in capsys.readouterr().out


def test_the_exit_code_of_the_command_is_its_own(lab: ModuleType):
    assert lab.follow([sys.executable, "-c", "raise SystemExit(3)"]) == 3


def test_an_interrupted_command_that_ends_by_itself_is_waited_for(lab: ModuleType):
    assert lab.wind_up(FakeProcess(ends=True)) == 0


def test_an_interrupted_command_that_does_not_end_is_ended(lab: ModuleType):
    process = FakeProcess(ends=False)
    lab.wind_up(process)
    assert process.terminated


class FakeProcess:
    """A process that ends when asked, or only when made to."""

    def __init__(self, ends: bool):
        self.ends = ends
        self.terminated = False

    def wait(self, timeout: float | None = None) -> int:
        if timeout and not self.ends:
            raise subprocess.TimeoutExpired("command", timeout)
        return 0

    def terminate(self) -> None:
        self.terminated = True
