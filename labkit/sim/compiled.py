"""Loops that numba makes machine code of, where it is installed (`pip install numba`).

numba is optional and changes no result: what is compiled is the very function that runs without it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

WORTH_COMPILING = 1_000_000
"""Steps below which a loop is done before it would be compiled (about a second, once a process)."""


def run(loop: Callable, steps: np.ndarray, *arguments: Any, numba: bool | None = None) -> Any:
    """What `loop(steps, *arguments)` gives; Python gets arrays as lists, which it reads three times as fast.

    `numba=True` asks for it (ImportError without it), False does without; None takes it where it is installed and
    the steps are worth compiling for.
    """
    if numba or (numba is None and steps.size >= WORTH_COMPILING and is_available()):
        return _machine_code(loop)(steps, *arguments)
    return loop(*(each.tolist() if isinstance(each, np.ndarray) else each for each in (steps, *arguments)))


@lru_cache(1)
def is_available() -> bool:
    """Whether numba can be imported."""
    try:
        import numba  # pyright: ignore[reportMissingImports]  # noqa: F401
    except ImportError:
        return False
    return True


@lru_cache(16)
def _machine_code(loop: Callable) -> Callable:
    import numba  # pyright: ignore[reportMissingImports]

    return numba.njit(loop, nogil=True)
