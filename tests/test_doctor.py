"""`labkit doctor`: each failure names its remedy, and the code at the end says which checks failed."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest

from labkit import doctor, readiness


def checks(monkeypatch: pytest.MonkeyPatch, *made: Callable[[], str]) -> None:
    monkeypatch.setattr(doctor, "CHECKS", tuple((f"check{number}", check) for number, check in enumerate(made)))


def fails() -> str:
    raise doctor.Failed("no space", "free 200 MB")


def breaks() -> str:
    raise ZeroDivisionError("by zero")


def test_this_machine_is_ready_within_five_seconds(capsys: pytest.CaptureFixture[str]):
    code = doctor.main([])
    out = capsys.readouterr().out
    assert code == 0, out
    took = re.search(r"^READY-[0-9A-Z]{5}  \((\d+\.\d) s\)$", out, re.MULTILINE)
    assert took and float(took[1]) < 5, out


def test_a_failed_check_names_its_remedy_and_sets_its_bit(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    checks(monkeypatch, lambda: "fine", fails)
    assert doctor.main([]) == 1
    out = capsys.readouterr().out
    assert "ok    check0    fine" in out
    assert "FAIL  check1    no space: free 200 MB" in out
    found = re.search(r"REPAIR-\w+", out)
    assert found and readiness.decode(found.group()).failed == 0b10


def test_a_check_that_breaks_is_a_failed_check_with_a_remedy(monkeypatch: pytest.MonkeyPatch):
    ok, said = doctor.outcome(breaks)
    assert not ok
    assert said.startswith("ZeroDivisionError: by zero") and "python3 lab.py" in said


def test_a_code_is_explained(capsys: pytest.CaptureFixture[str]):
    assert doctor.main(["--explain", readiness.of_this_machine(0b100).code]) == 0
    assert "failed: kernel." in capsys.readouterr().out


def test_a_missing_package_fails(monkeypatch: pytest.MonkeyPatch):
    installed = doctor.version
    monkeypatch.setattr(doctor, "version", lambda name: None if name == "duckdb" else installed(name))
    with pytest.raises(doctor.Failed, match=r"^duckdb is missing \(wanted .*\): delete .venv"):
        doctor.packages()


def test_a_package_out_of_range_fails(monkeypatch: pytest.MonkeyPatch):
    installed = doctor.version
    monkeypatch.setattr(doctor, "version", lambda name: "3.0" if name == "simpy" else installed(name))
    with pytest.raises(doctor.Failed, match="simpy 3.0"):
        doctor.packages()


def test_a_package_in_range_but_not_as_pinned_is_only_said(monkeypatch: pytest.MonkeyPatch):
    installed = doctor.version
    monkeypatch.setattr(doctor, "version", lambda name: "4.1.9999" if name == "simpy" else installed(name))
    assert "simpy 4.1.9999 for 4.1" in doctor.packages()


def test_packages_of_the_tests_alone_are_not_needed(monkeypatch: pytest.MonkeyPatch):
    installed = doctor.version
    monkeypatch.setattr(doctor, "version", lambda name: None if name == "pytest" else installed(name))
    assert doctor.packages().startswith("all there")


@pytest.mark.parametrize(("free", "ok"), [(doctor.FREE_BYTES_WANTED, True), (doctor.FREE_BYTES_WANTED - 1, False)])
def test_a_full_disk_fails(monkeypatch: pytest.MonkeyPatch, free: int, ok: bool):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: SimpleNamespace(free=free))
    assert doctor.outcome(doctor.disk)[0] == ok


def test_an_old_python_fails(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(doctor, "sys", SimpleNamespace(version_info=(3, 10, 2)))
    with pytest.raises(doctor.Failed, match="Python 3.10.2: install Python 3.11"):
        doctor.python_version()


def test_a_work_folder_that_cannot_be_made_fails(monkeypatch: pytest.MonkeyPatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setattr(doctor, "WORK", tmp_path / "file" / "work")
    with pytest.raises(doctor.Failed, match="give yourself the right"):
        doctor.writable()


def test_a_work_folder_is_left_as_it_was(monkeypatch: pytest.MonkeyPatch, tmp_path):
    monkeypatch.setattr(doctor, "WORK", tmp_path / "work")
    doctor.writable()
    assert list((tmp_path / "work").iterdir()) == []


def test_a_loopback_that_does_not_answer_fails(monkeypatch: pytest.MonkeyPatch):
    def refuse(*address: object, **options: object) -> None:
        raise ConnectionRefusedError("refused")

    monkeypatch.setattr(doctor.socket, "create_connection", refuse)
    with pytest.raises(doctor.Failed, match="firewall"):
        doctor.ports()


def test_a_machine_without_a_browser_is_told_and_is_ready_all_the_same(monkeypatch: pytest.MonkeyPatch, capsys):
    def none(*names: str) -> None:
        raise doctor.webbrowser.Error

    monkeypatch.setattr(doctor.webbrowser, "get", none)
    checks(monkeypatch, lambda: "fine")
    assert doctor.main([]) == 0
    assert "open the address that JupyterLab prints" in capsys.readouterr().out
