"""`labkit build`: the notebooks from their sources."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from labkit.building.notebook import NOTEBOOKS, outdated, write
from labkit.building.source import SOURCES
from labkit.errors import LabError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of `labkit build`, for the command line to show and read."""
    parser.add_argument("source", nargs="?", type=Path, default=SOURCES, help="one source (all of notebooks/src)")
    parser.add_argument("--out", type=Path, default=NOTEBOOKS, help="where to (notebooks/)")
    state = parser.add_mutually_exclusive_group()
    state.add_argument("--solved", dest="state", action="store_const", const="solved", help="with the model answers")
    state.add_argument("--half", dest="state", action="store_const", const="half", help="every second exercise solved")
    state.add_argument("--check", action="store_true", help="write nothing; fail if a notebook differs from its source")
    parser.set_defaults(state="given")


def run(options: argparse.Namespace) -> int:
    """Build or check; the exit code is 0 when all is well."""
    try:
        return _check(options) if options.check else _write(options)
    except LabError as error:
        print(error, file=sys.stderr)
        return 1


def main(arguments: list[str] | None = None) -> int:
    """The command by itself, as `python -m labkit.building`."""
    parser = argparse.ArgumentParser(prog="labkit build", description=__doc__)
    add_arguments(parser)
    return run(parser.parse_args(arguments))


def _check(options: argparse.Namespace) -> int:
    wrong = outdated(notebooks=options.out)
    for sentence in wrong:
        print(sentence, file=sys.stderr)
    if wrong:
        print("Run `labkit build` and commit what it writes.", file=sys.stderr)
    return bool(wrong)


def _write(options: argparse.Namespace) -> int:
    if options.state != "given" and options.out.resolve() == NOTEBOOKS.resolve():
        raise LabError(f"`labkit build --{options.state}` needs --out: notebooks/ holds what learners get.")
    for path in write(options.source, options.out, options.state):
        print(path)
    return 0
