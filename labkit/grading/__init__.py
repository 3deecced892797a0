"""Checking a learner's work: requirements, feedback, hints and progress. The engine knows no exercise.

A notebook uses `check`, `hint`, `solution`, `reset`, `todo`, `predict`, `recall`, `order`, `reveal` and `progress`.
The author of an exercise uses `requirement` in its checks.py and `mistake` in its mistakes.py (exercises/AUTHORING.md).
"""

from __future__ import annotations

from labkit.grading import seal
from labkit.grading.asking import order, predict, recall, reveal
from labkit.grading.attempt import NotAttempted, todo
from labkit.grading.checking import check, check_source, grade, grade_source
from labkit.grading.compare import difference, same
from labkit.grading.exercise import Exercise, every, find
from labkit.grading.helping import hint, reset, solution
from labkit.grading.mistakes import Mistake, mistake
from labkit.grading.overview import progress
from labkit.grading.pause import install
from labkit.grading.report import Report
from labkit.grading.requirement import Requirement, Unmet, requirement
from labkit.grading.trial import Trial

__all__ = [
    "Exercise", "Mistake", "NotAttempted", "Report", "Requirement", "Trial", "Unmet",
    "check", "check_source", "difference", "every", "find", "grade", "grade_source", "hint", "install", "mistake",
    "order", "predict", "progress", "recall", "requirement", "reset", "reveal", "same", "solution", "todo",
]  # fmt: skip

seal.close()
