"""A lesson of a few cells and its exercises, as data; and a way to write a lesson of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from labkit.building import notebook_text, read

DATA = Path(__file__).resolve().parents[1] / "data"


def demo_folders() -> dict[str, Path]:
    """The exercises of tests/data by their ids."""
    return {f"demo-{path.name}": path for path in sorted((DATA / "exercises" / "demo").glob("[0-9]*"))}


@pytest.fixture(autouse=True)
def demo_questions(monkeypatch):
    """The questions of the lesson in tests/data are found beside the course's own."""
    monkeypatch.setenv("LABKIT_EXERCISES", str(DATA / "exercises"))


@pytest.fixture
def demo() -> Path:
    """The source of the lesson in tests/data."""
    return DATA / "lessons" / "77_demo.py"


@pytest.fixture
def folders() -> dict[str, Path]:
    """The exercises of the lesson in tests/data."""
    return demo_folders()


@pytest.fixture
def built(tmp_path, folders):
    """A function: the notebook's text of a source of these cells, each written with its `# %%` line."""

    def build(*cells: str, state: str = "given") -> str:
        path = tmp_path / "src" / "88_own.py"
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n\n".join(cells), encoding="utf-8")
        return notebook_text(read(path), folders, state)

    return build
