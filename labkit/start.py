"""`labkit start`: the learner's copies of the notebooks, laid in work/ and opened in JupyterLab.

The one rule: a file that the learner has touched is never written. `work/.laid.json` keeps the hash of each file as
it was laid; a copy that still has that hash is untouched and follows the course when the course changes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

from labkit.where import NOTEBOOKS, ROOT, WORK

RECORD = ".laid.json"


def main(arguments: list[str]) -> int:
    """`labkit start`."""
    parser = argparse.ArgumentParser(prog="labkit start", description=__doc__.splitlines()[0])
    parser.add_argument("--no-browser", action="store_true", help="print the address and open no browser")
    parser.add_argument("--lay-only", action="store_true", help="lay the copies and stop")
    options = parser.parse_args(arguments)
    for sentence in lay(NOTEBOOKS, WORK):
        print(sentence)
    if options.lay_only:
        return 0
    from labkit.jupyter import run

    return run(WORK, browser=not options.no_browser)


def lay(source: Path, work: Path) -> list[str]:
    """Lay each notebook of `source` in `work`; returns a sentence for each file that was written."""
    work.mkdir(parents=True, exist_ok=True)
    laid = read_record(work)
    said = [said for notebook in sorted(source.glob("*.ipynb")) for said in _lay_one(notebook, work, laid)]
    _write(work / RECORD, json.dumps(laid, indent=1, sort_keys=True).encode())
    return said


def read_record(work: Path) -> dict[str, str]:
    """The hash of each file as it was laid. A record that is lost or broken means that every file is the learner's."""
    try:
        record = json.loads((work / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return record if isinstance(record, dict) else {}


def _lay_one(notebook: Path, work: Path, laid: dict[str, str]) -> Iterator[str]:
    shipped, copy = notebook.read_bytes(), work / notebook.name
    if laid.get(copy.name) == digest(shipped) and copy.exists():
        return
    first_time = not copy.exists()
    if not (first_time or untouched(copy, shipped, laid)):
        yield from _lay_beside(copy, shipped, laid)
    elif first_time or copy.read_bytes() != shipped:
        _write(copy, shipped)
        yield f"{_shown(copy)} {'laid' if first_time else 'brought up to date: you had not touched it'}."
    laid[copy.name] = digest(shipped)


def _lay_beside(copy: Path, shipped: bytes, laid: dict[str, str]) -> Iterator[str]:
    """Lay the new version of a touched notebook under the first name that holds nothing of the learner's."""
    names = (f"{copy.stem}.new{number or ''}.ipynb" for number in range(1000))
    beside = next(path for path in map(copy.with_name, names) if not path.exists() or untouched(path, shipped, laid))
    _write(beside, shipped)
    laid[beside.name] = digest(shipped)
    yield f"{_shown(copy)} is yours and stays as it is; the course's new version lies beside it as {beside.name}."


def untouched(copy: Path, shipped: bytes, laid: dict[str, str]) -> bool:
    """The only place that decides whether a file may be written: it is as it was laid, or as it is shipped."""
    return digest(copy.read_bytes()) in (laid.get(copy.name), digest(shipped))


def digest(content: bytes) -> str:
    """The hash that the record keeps."""
    return hashlib.sha256(content).hexdigest()


def _write(path: Path, content: bytes) -> None:
    """Replace a file in one step, so that a kill leaves the old or the new one."""
    passing = path.with_name(path.name + ".part")
    passing.write_bytes(content)
    os.replace(passing, path)


def _shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else path.name
