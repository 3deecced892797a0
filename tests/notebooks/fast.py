"""Run lessons in this process, without kernels: `python -m tests.notebooks.fast [--solved | --half] [source ...]`.

For whoever writes a lesson: seconds where nbval takes a minute. It prints each cell that fails, with its line in the
notebook's cells, and the slowest cells. CI runs nbval, whose kernels are the learner's; this lane proves nothing.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

from labkit import building
from labkit.grading import shelf


@dataclass(frozen=True)
class Ran:
    """A cell that ran: where it stands, how long it took, and what went wrong, if anything."""

    cell: str
    code: str
    seconds: float
    error: str | None


def run(notebook: str) -> list[Ran]:
    """Run the code cells of a notebook's text in a new shell, all of them, whatever fails."""
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(config=Config(HistoryManager={"enabled": False}))
    code = [cell for cell in json.loads(notebook)["cells"] if cell["cell_type"] == "code"]
    return [_run_cell(shell, cell) for cell in code]


def _run_cell(shell: InteractiveShell, cell: dict) -> Ran:
    code, began = "".join(cell["source"]), time.perf_counter()
    with capture_output():
        result = shell.run_cell(code)
    raised = result.error_before_exec or result.error_in_exec
    if "raises-exception" in cell["metadata"].get("tags", ()):
        error = None if raised else "tagged raises-exception, and raised nothing"
    else:
        error = f"{type(raised).__name__}: {raised}" if raised else None
    return Ran(cell["id"], code, time.perf_counter() - began, error)


def report(source: Path, state: str) -> bool:
    """Run one lesson in one state and print what failed and what was slow; returns whether all was well."""
    began = time.perf_counter()
    cells = run(building.notebook_text(building.read(source), shelf.folders(), state))
    failed = [cell for cell in cells if cell.error]
    for cell in failed:
        print(f"\n{cell.cell}\n{cell.code}\n-> {cell.error}")
    slow = [f"{cell.cell} {cell.seconds:.1f} s" for cell in cells if cell.seconds > 1]
    print(
        f"{source.stem} {state}: {len(cells)} cells, {len(failed)} failed, {time.perf_counter() - began:.1f} s", *slow
    )
    return not failed


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.notebooks.fast", description=__doc__)
    parser.add_argument("sources", nargs="*", type=Path, help="sources (all of notebooks/src)")
    parser.add_argument("--solved", dest="state", action="store_const", const="solved", default="given")
    parser.add_argument("--half", dest="state", action="store_const", const="half")
    options = parser.parse_args()
    os.environ.setdefault("MPLBACKEND", "agg")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LABKIT_PROGRESS"] = str(Path(folder, "progress.jsonl"))
        passed = [report(source, options.state) for source in options.sources or building.lessons()]
    return 0 if all(passed) else 1


if __name__ == "__main__":
    raise SystemExit(main())
