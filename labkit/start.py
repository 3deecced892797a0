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

from labkit.where import NOTEBOOKS, WORK

RECORD = ".laid.json"


def main(arguments: list[str]) -> int:
    """`labkit start`."""
    parser = argparse.ArgumentParser(prog="labkit start", description=__doc__)
    parser.add_argument("--no-browser", action="store_true", help="print the address and open no browser")
    parser.add_argument("--lay-only", action="store_true", help="lay the copies and stop")
    options = parser.parse_args(arguments)
    for sentence in lay(NOTEBOOKS, WORK):
        print(sentence)
    if options.lay_only:
        return 0
    from labkit.jupyter import run

    print("JupyterLab opens in your browser; Ctrl-C in this window stops it.", flush=True)
    return run(WORK, browser=not options.no_browser)


def lay(source: Path, work: Path) -> list[str]:
    """Lay each notebook of `source` in `work`; returns sentences that say what was written."""
    work.mkdir(parents=True, exist_ok=True)
    laid, shipped = read_record(work), sorted(source.glob("*.ipynb"))
    new = [notebook for notebook in shipped if not (work / notebook.name).exists()]
    said = [f"{len(new)} notebook{'s' * (len(new) != 1)} laid in {work.name}."] if new else []
    said += [sentence for notebook in shipped for sentence in _lay_one(notebook, work, laid)]
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
    """Lay one notebook as the rule allows, and say what became of a copy that was there."""
    shipped, copy = notebook.read_bytes(), work / notebook.name
    if not copy.exists():
        _write(copy, shipped)
    elif laid.get(copy.name) == digest(shipped):
        return
    elif not untouched(copy, shipped, laid):
        yield from _lay_beside(copy, shipped, laid)
    elif copy.read_bytes() != shipped:
        _write(copy, shipped)
        yield f"{copy.name} brought up to date: you had not touched it."
    laid[copy.name] = digest(shipped)


def _lay_beside(copy: Path, shipped: bytes, laid: dict[str, str]) -> Iterator[str]:
    """Lay the new version of a touched notebook under the first name that holds nothing of the learner's."""
    names = (f"{copy.stem}.new{number or ''}.ipynb" for number in range(1000))
    beside = next(path for path in map(copy.with_name, names) if not path.exists() or untouched(path, shipped, laid))
    _write(beside, shipped)
    laid[beside.name] = digest(shipped)
    yield f"{copy.name} is yours and stays as it is; the course's new version lies beside it as {beside.name}."


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
