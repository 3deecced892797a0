"""The same from a terminal: `labkit check kv-02 --file my.py`, hint, solution, reset, progress."""

from __future__ import annotations

import argparse
from pathlib import Path

from labkit.errors import ExerciseError
from labkit.grading.checking import check_source
from labkit.grading.exercise import find
from labkit.grading.helping import hint, reset, solution
from labkit.grading.judge import MET
from labkit.grading.learner import cell_of
from labkit.grading.overview import progress
from labkit.grading.page import Page
from labkit.where import WORK


def main(verb: str, arguments: list[str]) -> int:
    """Run one verb; returns its exit code. `check` gives 0 only where the exercise is met."""
    options = parser(verb).parse_args(arguments)
    if verb == "check":
        return _check(options.exercise, options.file)
    print(_page(verb, options).text())
    return 0


def parser(verb: str) -> argparse.ArgumentParser:
    """A verb's own command line."""
    made = argparse.ArgumentParser(prog=f"labkit {verb}")
    if verb != "progress":
        made.add_argument("exercise", help="the id in the cell's first line, such as kv-02")
    if verb == "check":
        made.add_argument("--file", type=Path, help="your answer (otherwise the cell in your notebooks in work/)")
    if verb == "solution":
        made.add_argument("--give-up", action="store_true", help="show it before a pass; this is recorded")
    return made


def _check(name: str, file: Path | None) -> int:
    find(name)
    if file is not None and not file.is_file():
        raise ExerciseError(f"There is no file {file}.")
    source = file.read_text(encoding="utf-8") if file else cell_of(name, sorted(WORK.glob("*.ipynb")))
    if source is None:
        raise ExerciseError(f"No cell in work/ begins with `# exercise: {name}`. Or name a file: --file my.py")
    report = check_source(name, source, str(file or f"<cell of {name}>"))
    print(report)
    return 0 if report.state == MET else 1


def _page(verb: str, options: argparse.Namespace) -> Page:
    if verb == "progress":
        return progress()
    if verb == "solution":
        return solution(options.exercise, give_up=options.give_up)
    return {"hint": hint, "reset": reset}[verb](options.exercise)
