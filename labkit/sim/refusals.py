"""What a phenomenon refuses before anything runs, each in one sentence that says what was given and what is wanted.

Each takes options by their names, a number or a grid of them: `shares(failing=(0.1, 0.2), share=0.02)`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from labkit.errors import LabError


def shares(**given: Any) -> None:
    """Refuses what is not from 0 to 1."""
    _check(given, lambda number: 0 <= number <= 1, "a share is from 0 to 1")


def above_0(**given: Any) -> None:
    """Refuses 0, what is negative, and what is not finite."""
    _check(given, lambda number: 0 < number < np.inf, "a number above 0")


def from_0(**given: Any) -> None:
    """Refuses what is negative or not finite."""
    _check(given, lambda number: 0 <= number < np.inf, "0 or more")


def whole(least: int = 0, **given: Any) -> None:
    """Refuses what is not a whole number from `least` upwards."""
    _check(given, lambda number: least <= number < np.inf and number == int(number), f"whole numbers from {least}")


def one_of(names: Iterable[str], **given: Any) -> None:
    """Refuses a name that is not among those there are."""
    known = list(names)
    for option, name in given.items():
        if name not in known:
            raise LabError(f"{option}={name!r}: it is {' or '.join(map(repr, known))}")


def _check(given: dict[str, Any], fits: Callable[[float], bool], wanted: str) -> None:
    for name, value in given.items():
        for number in np.ravel(value).tolist():
            if isinstance(number, bool | str) or not fits(number):
                raise LabError(f"{name}={number!r}: {wanted}")
