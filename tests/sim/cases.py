"""What is checked of the simulations, found in the folders of tests: closed forms, and phenomena in three views.

`tests/sim/*/theory.py` has `CASES`, `tests/sim/*/phenomena.py` has `PHENOMENA`; nothing lists them.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from labkit.sim import streams
from labkit.sim.agreement import Agreement, Axes, three_views
from labkit.sim.estimates import Estimate, replicated

HERE = Path(__file__).parent
Random = np.random.Generator


@dataclass(frozen=True)
class Case:
    title: str
    x: str
    xs: tuple[float, ...]
    theory: Callable[[float], float]
    replication: Callable[[Random, float], tuple[float, float]]

    def agreement(self, seed: int = 5) -> Agreement:
        """The rows of the case; no two cases share a seed."""
        axes = Axes(self.title, self.x, "theory and model")
        model = partial(self._model, seed=zlib.crc32(f"{seed} {self.title}".encode()))
        return three_views(axes, self.xs, self.theory, model)

    def _model(self, row: int, x: float, *, seed: int) -> Estimate:
        return replicated(lambda number: self.replication(streams.generator(seed, row, number), x))


@dataclass(frozen=True)
class Phenomenon:
    """A phenomenon as it is checked: `call` in three views over the grid `x`, an option of its own in `small`.

    `small` is quick and has three points at least. `rises` says how theory goes with x, None where it turns.
    `alone` says why no Worker is asked, where none is.
    """

    call: Callable[..., Agreement]
    x: str
    small: dict[str, Any] = field(default_factory=dict)
    rises: bool | None = None
    alone: str = ""
    name: str = ""

    def __str__(self) -> str:
        stem = self.call.__module__.removeprefix("labkit.sim.").partition(".")[0]
        return self.name or f"{stem}.{self.call.__name__}"

    def first_row(self, **options: Any) -> Agreement:
        """Its first point alone."""
        return self.call(**{**self.small, self.x: self.small[self.x][:1], **options})


def found(module: str, name: str) -> Iterator[Any]:
    """All that the lists `name` hold in the modules `tests/sim/*/<module>.py`."""
    for path in sorted(HERE.glob(f"*/{module}.py")):
        yield from getattr(import_module(f"tests.sim.{path.parent.name}.{module}"), name)
