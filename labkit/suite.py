"""`labkit test`: everything that is checked on a learner's machine, and what each step said.

Words after `test` go to pytest, and then only pytest runs: `labkit test tests/emulators -k stale`.
"""

from __future__ import annotations

import subprocess
import sys
import time
from importlib.util import find_spec

from labkit.errors import LabError
from labkit.where import ROOT

LINT = ("ruff", ["ruff", "check"])
TYPES = ("pyright", ["pyright", "--pythonpath", sys.executable])
TESTS = ("pytest", ["pytest", "-n", "auto", "--dist", "loadscope", "-q"])
LANES = {
    "parity": "Node", "typescript": "Node", "hono": "Node", "pages": "Node", "browser": "Chromium",
    "bench": "an idle machine",
}  # fmt: skip


def main(arguments: list[str]) -> int:
    """`labkit test`: run the steps, say how each ended, and return the worst exit code."""
    if find_spec("pytest") is None:
        raise LabError("The tests' own packages are not installed: run `python3 lab.py test`.")
    if arguments:
        return run(["pytest", *arguments])
    ended = [(name, *timed(module)) for name, module in (LINT, TYPES, TESTS)]
    print("\nWhat ran:")
    for name, code, seconds in ended:
        print(f"  {name:<8} {'passed' if code == 0 else f'FAILED (exit code {code})':<24} {seconds:6.1f} s")
    needs = ", ".join(f"{lane} ({need})" for lane, need in LANES.items())
    print(f"Not part of this run, each with `pytest -m LANE`: {needs}.")
    return max(abs(code) for _, code, _ in ended)


def timed(module: list[str]) -> tuple[int, float]:
    """The exit code of a module run as a program, and the seconds it took."""
    print(f"\n== {' '.join(module)}", flush=True)
    began = time.perf_counter()
    return run(module), time.perf_counter() - began


def run(module: list[str]) -> int:
    """Run a module as a program at the project's root; returns its exit code."""
    return subprocess.call([sys.executable, "-m", *module], cwd=ROOT)
