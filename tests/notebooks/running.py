"""Running a notebook the way CI does: nbval in a process of its own, with a progress file of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from labkit.grading import journal
from labkit.where import ROOT

CELL_SECONDS = 5.0
COLOURS = re.compile(r"\x1b\[[\d;]*m")
PYTEST = [
    sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "-p", "tests.notebooks.strict_nbval",
    "-p", "no:cacheprovider", "-p", "no:xdist", "-q", "--color=no", "-o", "addopts=",
]  # fmt: skip


@dataclass(frozen=True)
class Run:
    """How it went: `passed`, the report of nbval, and the file that the grader wrote."""

    passed: bool
    report: str
    progress: Path


def run(notebook: Path, file: Path, cell_seconds: float = CELL_SECONDS) -> Run:
    """Run a notebook under nbval with its holes closed; the grader's progress goes to `file`."""
    done = subprocess.run(
        [*PYTEST, f"--rootdir={notebook.parent}", str(notebook)],
        cwd=ROOT,
        env=environment(file) | {"LABKIT_CELL_SECONDS": str(cell_seconds)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    return Run(done.returncode == 0, COLOURS.sub("", done.stdout + done.stderr), file)


def passed(file: Path) -> set[str]:
    """The exercises that a progress file says were passed."""
    return {event["id"] for event in journal.read(file) if event["event"] == "passed"}


def environment(file: Path) -> dict[str, str]:
    """This process's environment without pytest's own settings, with the progress going to a file."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    path = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    return ours | {"LABKIT_PROGRESS": str(file), "PYTHONPATH": path}
