"""Where things are: the project's folders, and `labkit where kv`, which prints all that is called kv.

The same stem names a primitive's facts, emulator, phenomena, exercises, notebook and tests. Files are found by that
rule alone: nothing lists them. `fidelity("kv")` shows in a notebook what the emulator models and what it does not.
"""

from __future__ import annotations

import argparse
import ast
import re
from collections.abc import Iterator
from pathlib import Path

from labkit.errors import LabError
from labkit.facts.spelling import did_you_mean
from labkit.facts.table import Table

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = ROOT / "notebooks"
WORK = ROOT / "work"
CONSTRAINTS = ROOT / "constraints.txt"
PYPROJECT = ROOT / "pyproject.toml"

SEARCHED = ("labkit", "notebooks", "tests")
PASSED_OVER = {"__pycache__", "node_modules", "data", ".ipynb_checkpoints"}
_ROW = re.compile(r"^\| *(modelled|simplified|not modelled|) \| (.+) \|$", re.MULTILINE)
_DECORATION = re.compile(r"^(\d\d_|test_)")


def main(arguments: list[str]) -> int:
    """`labkit where STEM`."""
    parser = argparse.ArgumentParser(prog="labkit where", description=__doc__)
    parser.add_argument("stem", help="the name of a primitive or a module, as kv or timeline")
    stem = parser.parse_args(arguments).stem
    for path in files(stem):
        print(f"{path.relative_to(ROOT).as_posix()}{'/' if path.is_dir() else ''}")
    table = fidelity(stem)
    if table is not None:
        print(f"\n{table}")
    return 0


def files(stem: str, root: Path = ROOT) -> list[Path]:
    """The files and folders of a stem, in the order of their paths. Refuses a stem that nothing has."""
    paths = [path for folder in SEARCHED for path in walk(root / folder)]
    found = [path for path in paths if stem_of(path) == stem or stem_of(path).startswith(f"{stem}_")]
    if not found:
        raise LabError(f"Nothing here is called {stem!r}. {did_you_mean(stem, set(map(stem_of, paths)))}")
    return sorted(_outermost(found))


def walk(folder: Path) -> Iterator[Path]:
    """Every file and folder below a folder, without what tools leave behind."""
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.name in PASSED_OVER:
            continue
        yield path
        if path.is_dir():
            yield from walk(path)


def stem_of(path: Path) -> str:
    """The name that a path shares with its kin: kv for kv.toml, 04_kv.ipynb and test_kv.py; test_kv_in_time is kin."""
    return _DECORATION.sub("", path.name.split(".")[0])


def fidelity(stem: str, root: Path = ROOT) -> Table | None:
    """What the module of that name models, simplifies and leaves out: the table in its docstring, if it has one."""
    for path in files(stem, root):
        module = path / "__init__.py" if path.is_dir() else path
        if module.suffix == ".py" and module.exists() and (rows := _table_of(module)):
            return Table(rows)
    return None


def _table_of(module: Path) -> list[list[str]]:
    """The rows of the table in a module's docstring, headed by its first line; read without importing the module."""
    docstring = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8"))) or ""
    rows = [list(match.groups()) for match in _ROW.finditer(docstring)]
    return [["", docstring.splitlines()[0]], *rows] if any(row[0] for row in rows) else []


def _outermost(paths: list[Path]) -> list[Path]:
    """The paths without those that lie in a folder that is listed anyway."""
    return [path for path in paths if not any(other in path.parents for other in paths)]
