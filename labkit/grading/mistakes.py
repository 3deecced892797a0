"""What an author writes in `mistakes.py`: the wrong answers that people give, and what each must fail.

A mistake is the model answer with a few edits, or a text of its own. The honesty suite proves that each fails
exactly what it declares; the learner who makes it gets its diagnosis.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from labkit.errors import ExerciseError


@dataclass(frozen=True)
class Mistake:
    """One wrong answer. `believes` is the misconception behind it, in the learner's words."""

    name: str
    fails: frozenset[str]
    believes: str
    diagnosis: str
    replace: Mapping[str, str] = field(default_factory=dict)
    source: str = ""

    def text(self, solution: str) -> str:
        """The wrong answer's source. Refuses an edit that does not apply exactly once, and a text that is right."""
        text = self.source or solution
        for old, new in self.replace.items():
            if text.count(old) != 1:
                raise ExerciseError(
                    f"The mistake {self.name!r} replaces {old!r}, which occurs {text.count(old)} times."
                )
            text = text.replace(old, new)
        if text.strip() == solution.strip():
            raise ExerciseError(f"The mistake {self.name!r} is the solution itself.")
        return text


def mistake(
    name: str,
    *,
    fails: Sequence[str],
    believes: str,
    diagnosis: str,
    replace: Mapping[str, str] | None = None,
    source: str = "",
) -> Mistake:
    """A wrong answer: `replace` edits the model answer ({"old": "new"}, each exactly once), or `source` is its text.

    `fails` names the requirements (their functions) that it fails, without those that only wait for them.
    """
    if bool(replace) == bool(source):
        raise ExerciseError(f"The mistake {name!r} needs either replace= or source=.")
    if isinstance(fails, str) or not fails:
        raise ExerciseError(f"The mistake {name!r} must list the requirements that it fails.")
    if not (believes.strip() and diagnosis.strip()):
        raise ExerciseError(f"The mistake {name!r} needs the belief behind it and a diagnosis.")
    return Mistake(name, frozenset(fails), believes, diagnosis, dict(replace or {}), source)
