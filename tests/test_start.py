"""`labkit start` lays copies, and writes no file that a learner has touched."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from labkit import jupyter, start

NAME = "04_kv.ipynb"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / NAME).write_text("first")
    return tmp_path


def lay(course: Path) -> list[str]:
    return start.lay(course / "notebooks", course / "work")


def works(course: Path) -> dict[str, str]:
    """The notebooks in work/, by name."""
    return {path.name: path.read_text() for path in sorted((course / "work").glob("*.ipynb"))}


def test_the_first_start_lays_every_notebook(course: Path):
    (course / "notebooks" / "00_start_here.ipynb").write_text("start")
    assert lay(course) == ["2 notebooks laid in work."]
    assert works(course) == {"00_start_here.ipynb": "start", NAME: "first"}


def test_a_second_start_writes_nothing_and_says_nothing(course: Path):
    lay(course)
    assert lay(course) == []


def test_an_untouched_copy_follows_the_course(course: Path):
    lay(course)
    (course / "notebooks" / NAME).write_text("second")
    assert "brought up to date" in lay(course)[0]
    assert works(course) == {NAME: "second"}


def test_a_touched_copy_stays_and_the_new_version_lies_beside_it_once(course: Path):
    lay(course)
    (course / "work" / NAME).write_text("mine")
    (course / "notebooks" / NAME).write_text("second")
    assert "lies beside it as 04_kv.new.ipynb" in lay(course)[0]
    assert works(course) == {NAME: "mine", "04_kv.new.ipynb": "second"}
    assert lay(course) == []


def test_a_touched_copy_alone_says_nothing(course: Path):
    lay(course)
    (course / "work" / NAME).write_text("mine")
    assert lay(course) == []


def test_a_new_version_that_was_touched_too_stays_as_well(course: Path):
    lay(course)
    (course / "work" / NAME).write_text("mine")
    (course / "notebooks" / NAME).write_text("second")
    lay(course)
    (course / "work" / "04_kv.new.ipynb").write_text("mine as well")
    (course / "notebooks" / NAME).write_text("third")
    lay(course)
    assert works(course) == {NAME: "mine", "04_kv.new.ipynb": "mine as well", "04_kv.new1.ipynb": "third"}


def test_a_deleted_copy_is_laid_again(course: Path):
    lay(course)
    (course / "work" / NAME).unlink()
    lay(course)
    assert works(course) == {NAME: "first"}


@pytest.mark.parametrize("record", ["", "{", "[]", None])
def test_without_a_record_every_differing_file_is_the_learners(course: Path, record: str | None):
    lay(course)
    (course / "work" / NAME).write_text("mine")
    path = course / "work" / start.RECORD
    path.write_text(record) if record is not None else path.unlink()
    lay(course)
    assert works(course) == {NAME: "mine", "04_kv.new.ipynb": "first"}


def test_the_command_lays_and_stops_where_told_to(course: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(start, "NOTEBOOKS", course / "notebooks")
    monkeypatch.setattr(start, "WORK", course / "work")
    assert start.main(["--lay-only"]) == 0
    assert works(course) == {NAME: "first"}


class Learner(RuleBasedStateMachine):
    """A course that changes, a learner who edits and deletes, and starts in between: no edit is ever lost."""

    @initialize(folder=st.just(None))
    def begin(self, folder: None) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.edits: dict[str, str] = {}
        (self.folder / "notebooks").mkdir()
        self.ship(0)

    @rule(version=st.integers(0, 3))
    def ship(self, version: int) -> None:
        (self.folder / "notebooks" / NAME).write_text(f"version {version}")

    @rule()
    def start(self) -> None:
        lay(self.folder)

    @rule(which=st.integers(0, 9), text=st.sampled_from(["mine", "mine too"]))
    def edit(self, which: int, text: str) -> None:
        if names := sorted(works(self.folder)):
            self.edits[names[which % len(names)]] = text
            (self.folder / "work" / names[which % len(names)]).write_text(text)

    @rule(which=st.integers(0, 9))
    def delete(self, which: int) -> None:
        if names := sorted(works(self.folder)):
            self.edits.pop(names[which % len(names)], None)
            (self.folder / "work" / names[which % len(names)]).unlink()

    @rule()
    def lose_the_record(self) -> None:
        (self.folder / "work" / start.RECORD).unlink(missing_ok=True)

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    @invariant()
    def every_edit_is_there(self) -> None:
        if hasattr(self, "edits"):
            assert self.edits.items() <= works(self.folder).items()


TestLearner = Learner.TestCase


def test_jupyterlab_is_offline_and_quiet(tmp_path: Path):
    words = jupyter.arguments(tmp_path)
    assert {"--LabApp.news_url=None", "--LabApp.extension_manager=readonly"} <= set(words)
    jupyter.lay_settings(tmp_path)
    defaults = json.loads((tmp_path / "labconfig" / "default_setting_overrides.json").read_text())
    assert defaults["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"


def test_jupyterlab_opens_notebook_00_where_it_is_there(tmp_path: Path):
    assert "--LabApp.default_url=/lab" in jupyter.arguments(tmp_path)
    (tmp_path / "00_start_here.ipynb").touch()
    assert "--LabApp.default_url=/lab/tree/00_start_here.ipynb" in jupyter.arguments(tmp_path)


def test_a_lessons_shell_finds_this_pythons_commands_first(tmp_path: Path):
    assert jupyter.environment(tmp_path)["PATH"].split(os.pathsep)[0] == str(Path(sys.executable).parent)
