"""The README's table of modules is what the notebooks say of themselves."""

from __future__ import annotations

import json
import re
from pathlib import Path
from textwrap import dedent

import pytest

from labkit import Lab
from labkit.sim.durable_objects.sources import COUNTER
from labkit.sim.workers.hello import Default

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
ROWS = {row[0]: row[1:] for row in re.findall(r"^\| (\d\d) \| (.+?) \| (.*?) ?\| (\w+) \|$", README, re.MULTILINE)}
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_listed_with_its_title_and_minutes(path: Path):
    title, minutes, state = ROWS[path.name[:2]]
    opening = "".join(json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"])
    assert state == "ready"
    assert opening.startswith(f"# {path.name[:2]} · {title}\n")
    assert re.search(rf"\b{minutes} minutes\b", opening)


def test_what_is_ready_is_there_and_the_rest_is_called_planned():
    ready = {number for number, (_, _, state) in ROWS.items() if state == "ready"}
    assert ready == {path.name[:2] for path in NOTEBOOKS}
    assert {state for _, _, state in ROWS.values()} <= {"ready", "planned"}


def test_every_module_of_the_course_is_listed():
    assert sorted(ROWS) == [f"{number:02}" for number in range(21)]


def test_every_file_that_the_readme_links_to_is_there():
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert links and not [link for link in links if not (ROOT / link).exists()]


def test_the_first_screen_is_enough_to_start():
    first_screen = "\n".join(README.splitlines()[:30])
    assert "python3 lab.py" in first_screen and "python3 lab.py test" in first_screen and "Python 3.11" in first_screen


def test_it_says_whose_it_is_not():
    assert "independent of\nCloudflare, Inc." in README


def snippets(title: str) -> list[str]:
    """The indented blocks of a section."""
    section = re.search(rf"^## {title}\n(.*?)^## ", README, re.MULTILINE | re.DOTALL)
    return [dedent(block) for block in re.findall(r"(?:^    .*\n)+", section[1], re.MULTILINE)] if section else []


SMALLER = {"ceiling(MyWorker)": "ceiling(MyWorker, objects=20, visits=2)", "Diurnal(50)": "Diurnal(5)"}


def test_what_it_says_of_the_planet_runs_as_written_but_for_less_traffic():
    seen, load = snippets("The planet")
    for written, quick in SMALLER.items():
        assert written in seen + load
        seen, load = seen.replace(written, quick), load.replace(written, quick)
    names = {"MyWorker": COUNTER, "lab": Lab(Default)}
    exec(seen, names)
    exec(load, names)
    results = names["results"]
    assert len(results) > 1000 and not (results.place[results.start > 60] == "SIN").any()
