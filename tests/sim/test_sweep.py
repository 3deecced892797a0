"""Sweeps and their progress bar."""

from __future__ import annotations

import sys
from types import SimpleNamespace

import pytest

from labkit.sim import sweep as module
from labkit.sim.sweep import progress, sweep


def test_results_come_in_the_order_of_the_points():
    assert sweep(lambda a, b: a - b, [(3, 1), (1, 3), (2, 2)]) == [2, -2, 0]


def test_no_bar_is_drawn_in_a_test(capsys):
    assert list(progress(range(3), 3, "work")) == [0, 1, 2]
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("terminal", "kernel", "ci", "watched"), [
    (True, False, "", True), (False, True, "", True), (False, False, "", False), (True, True, "true", False),
])  # fmt: skip
def test_a_bar_is_for_a_terminal_or_a_notebook(monkeypatch, terminal, kernel, ci, watched):
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(module.sys, "stderr", SimpleNamespace(isatty=lambda: terminal))
    monkeypatch.setitem(sys.modules, "ipykernel", SimpleNamespace()) if kernel else monkeypatch.delitem(
        sys.modules, "ipykernel", raising=False
    )
    assert module._watched() is watched


def test_a_bar_passes_everything_on(monkeypatch):
    monkeypatch.setattr(module, "_watched", lambda: True)
    assert list(progress(iter("abc"), 3, "work")) == ["a", "b", "c"]
