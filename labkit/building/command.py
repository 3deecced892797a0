"""`labkit build`: the notebooks from their sources."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from labkit.building.notebook import outdated, write
from labkit.building.source import SOURCES
from labkit.errors import LabError
from labkit.where import NOTEBOOKS


def main(arguments: list[str]) -> int:
    """`labkit build`: builds, or checks with `--check`; the exit code is 0 when all is well."""
    options = _parser().parse_args(arguments)
    return _check(options.out) if options.check else _write(options)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="labkit build", description=__doc__)
    parser.add_argument("source", nargs="?", type=Path, default=SOURCES, help="one source (all of notebooks/src)")
    parser.add_argument("--out", type=Path, default=NOTEBOOKS, help="where to (notebooks/)")
    state = parser.add_mutually_exclusive_group()
    state.add_argument("--solved", dest="state", action="store_const", const="solved", help="with the model answers")
    state.add_argument("--half", dest="state", action="store_const", const="half", help="every second exercise solved")
    state.add_argument("--check", action="store_true", help="write nothing; fail if a notebook differs from its source")
    parser.set_defaults(state="given")
    return parser


def _check(notebooks: Path) -> int:
    wrong = outdated(SOURCES, notebooks)
    if wrong:
        print(*wrong, "Run `labkit build` and commit what it writes.", sep="\n", file=sys.stderr)
    return bool(wrong)


def _write(options: argparse.Namespace) -> int:
    if options.state != "given" and options.out.resolve() == NOTEBOOKS.resolve():
        raise LabError(f"`labkit build --{options.state}` needs --out: notebooks/ holds what learners get.")
    for path in write(options.source, options.out, options.state):
        print(path)
    return 0
