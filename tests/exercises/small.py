"""The two small exercises of tests/data/graded: one of plain functions, one of a Worker."""

from __future__ import annotations

from pathlib import Path

from labkit.grading import Exercise

GRADED = Path(__file__).parents[1] / "data" / "graded"


def small() -> list[Exercise]:
    return [Exercise(f"demo-{path.name}", path) for path in sorted((GRADED / "demo").iterdir()) if path.is_dir()]
