"""Where things are: the project's folders, and `labkit where kv`, which prints all that is called kv.

The same stem names a primitive's facts, emulator, phenomena, exercises, notebook and tests. Files are found by
that rule alone: nothing lists them.
"""

from __future__ import annotations

import argparse
import ast
import re
from collections.abc import Iterator
from pathlib import Path

from labkit.errors import LabError
from labkit.facts.spelling import did_you_mean

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"
WORK = ROOT / "work"
CONSTRAINTS = ROOT / "constraints.txt"
PYPROJECT = ROOT / "pyproject.toml"

SEARCHED = ("labkit", "notebooks", "tests")
PASSED_OVER = {"__pycache__", "node_modules", "data", ".ipynb_checkpoints"}
_DECORATION = re.compile(r"^(\d\d_|test_)")


def main(arguments: list[str]) -> int:
    """`labkit where STEM`."""
    parser = argparse.ArgumentParser(prog="labkit where", description=__doc__)
    parser.add_argument("stem", help="the name of a primitive or a module, as kv or timeline")
    stem = parser.parse_args(arguments).stem
    for path in files(stem):
        print(f"{path.relative_to(ROOT).as_posix()}{'/' if path.is_dir() else ''}")
    table = fidelity(stem)
    if table:
        print(f"\n{table}")
    return 0


def files(stem: str, root: Path = ROOT) -> list[Path]:
    """The files and folders of a stem, in the order of their paths. Refuses a stem that nothing has."""
    by_stem: dict[str, list[Path]] = {}
    for folder in SEARCHED:
        for path in walk(root / folder):
            by_stem.setdefault(stem_of(path), []).append(path)
    if stem not in by_stem:
        raise LabError(f"Nothing here is called {stem!r}. {did_you_mean(stem, by_stem)}")
    return sorted(_outermost(by_stem[stem]))


def walk(folder: Path) -> Iterator[Path]:
    """Every file and folder below a folder, without what tools leave behind."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name in PASSED_OVER:
            continue
        yield path
        if path.is_dir():
            yield from walk(path)


def stem_of(path: Path) -> str:
    """The name that a path shares with its kin: kv for kv.toml, 04_kv.ipynb and test_kv.py."""
    return _DECORATION.sub("", path.name.split(".")[0])


def fidelity(stem: str, root: Path = ROOT) -> str:
    """What the emulator of that name models, simplifies and leaves out: the table in its docstring, or nothing."""
    emulators = root / "labkit" / "emulators"
    for path in (emulators / f"{stem}.py", emulators / stem / "__init__.py"):
        if path.exists():
            return _table(ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "")
    return ""


def _table(docstring: str) -> str:
    lines = docstring.splitlines()
    begins = (number for number, line in enumerate(lines) if re.match(r"\W*modelled\b", line, re.IGNORECASE))
    first = next(begins, None)
    return "" if first is None else "\n".join(lines[first:])


def _outermost(paths: list[Path]) -> list[Path]:
    """The paths without those that lie in a folder that is listed anyway."""
    return [path for path in paths if not any(other in path.parents for other in paths)]
