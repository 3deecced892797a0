"""Look at a lesson as a learner sees it: `python -m tests.browser.shots notebooks/04_kv.ipynb out_dir`.

Runs every cell in a real JupyterLab and saves the whole notebook, a window at a time, in the light and the dark
theme. Given a source (notebooks/src/04_kv.py) it builds it first; `--solved` and `--half` choose its state.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path

from labkit import building
from tests.browser import lab


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.browser.shots", description=__doc__)
    parser.add_argument("notebook", type=Path, help="a notebook, or the source of one")
    parser.add_argument("out", type=Path, help="the folder for the pictures")
    parser.add_argument("--solved", dest="state", action="store_const", const="solved", default="given")
    parser.add_argument("--half", dest="state", action="store_const", const="half")
    parser.add_argument("--width", type=int, default=1100)
    parser.add_argument("--height", type=int, default=1300)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        work, scratch = Path(folder, "work"), Path(folder, "scratch")
        work.mkdir(), scratch.mkdir()
        notebook = _laid_out(options.notebook, work, options.state)
        with lab.open_lab(work, scratch, options.width, options.height) as page:
            _shoot(page, notebook, options.out)


def _laid_out(path: Path, work: Path, state: str) -> Path:
    if path.suffix == ".py":
        return building.write(path, work, state)[0]
    return Path(shutil.copy(path, work))


def _shoot(page, notebook: Path, out: Path) -> None:
    lab.open_notebook(page, notebook.name)
    lab.run_all(page)
    for message in lab.errors(page):
        print("error or warning:", message)
    for name in lab.THEMES:
        lab.theme(page, name)
        for path in lab.screenshots(page, out, f"{notebook.stem}-{name}"):
            print(path)


if __name__ == "__main__":
    main()
