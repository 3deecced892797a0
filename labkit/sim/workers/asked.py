"""What a phenomenon refuses to be asked, in one sentence for all."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from labkit.errors import LabError


def above_zero(**options: float | Sequence[float]) -> None:
    """Refuse an option, or a number of one, that is not above 0 and finite."""
    for name, value in options.items():
        for number in (value,) if isinstance(value, int | float) else value:
            if not 0 < number < inf:
                raise LabError(f"{name}={number:g}: say a number above 0.")
