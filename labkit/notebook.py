"""What a lesson's first cell imports: `from labkit.notebook import *`.

The bench, the grader's words, the facts, and the packages `sim` and `viz`, which import numpy and matplotlib only
when they are used: a first cell must not keep a learner waiting.
"""

from __future__ import annotations

from labkit import facts, grading, sim, viz
from labkit.grading import check, hint, order, predict, progress, recall, reset, reveal, solution, todo
from labkit.lab import Lab
from labkit.where import fidelity

__all__ = [
    "Lab", "check", "facts", "fidelity", "hint", "order", "predict", "progress", "recall", "reset", "reveal", "sim",
    "solution", "todo", "viz",
]  # fmt: skip

grading.install()
