"""Three views of one phenomenon on the same rows, and whether they agree.

Theory gives a number; the model and the learner's Worker give estimates of it, each with an interval. A row is
one value of what is varied. Agreement is a claim that can fail: `Agreement.check` raises `Disagreement`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from itertools import chain, repeat

from labkit.errors import LabError
from labkit.sim.estimates import Estimate
from labkit.sim.sweep import Partial, sweep

Z_LIMIT = 4.5

View = Callable[[int, float], Estimate]
"""Estimates one row: takes the row's number, which makes its seed its own, and its x."""


class Disagreement(LabError):
    """An estimate lies further from the theory than chance explains."""


@dataclass(frozen=True)
class Row:
    """One value of what is varied: the closed form, the model's estimate and, where it was run, the Worker's."""

    x: float
    theory: float
    model: Estimate
    yours: Estimate | None = None

    @property
    def views(self) -> dict[str, Estimate]:
        """The estimates by the name of their view."""
        return {"model": self.model} if self.yours is None else {"model": self.model, "yours": self.yours}


@dataclass(frozen=True)
class Axes:
    """What is varied and what is watched, in words with units, for tables and charts.

    Where x counts something it is `whole`: there is no theory between two numbers.
    """

    title: str
    x: str
    y: str
    log_x: bool = False
    whole: bool = False


@dataclass(frozen=True)
class Agreement:
    """The rows of one phenomenon, to be printed, checked, or drawn with `labkit.viz.agreement`.

    `curve` is the closed form itself, for values of x between the rows; `label` tells this result from others on
    one chart. `assumptions` says what no public number backs.
    """

    axes: Axes
    rows: tuple[Row, ...]
    curve: Callable[[float], float]
    label: str = ""
    assumptions: tuple[str, ...] = ()

    def coverage(self, level: float = 0.95) -> tuple[int, int]:
        """How many of all intervals hold the theory's value, and how many there are."""
        held = [estimate.covers(row.theory, level) for row in self.rows for estimate in row.views.values()]
        return sum(held), len(held)

    def worst(self) -> float:
        """The largest |z|: how many standard errors the furthest estimate is from the theory."""
        return max(abs(estimate.z(row.theory)) for row in self.rows for estimate in row.views.values())

    def requests(self, view: str) -> int:
        """How many answers the estimates of a view, "model" or "yours", count."""
        return sum(row.views[view].counted for row in self.rows if view in row.views)

    def check(self, limit: float = Z_LIMIT) -> Agreement:
        """Itself, if no estimate lies more than `limit` standard errors from the theory; else `Disagreement`."""
        for row in self.rows:
            for view, estimate in row.views.items():
                if abs(estimate.z(row.theory)) > limit:
                    raise Disagreement(
                        f"{self.axes.title}: at {self.axes.x} = {row.x:g}, {view} gives {estimate} and theory "
                        f"{row.theory:.4f}, {abs(estimate.z(row.theory)):.1f} standard errors apart (limit {limit})."
                    )
        return self

    def named(self, label: str) -> Agreement:
        """The same result under another label."""
        return replace(self, label=label)

    def table(self) -> tuple[list[str], list[list[str]]]:
        """Column names, and the rows as text, estimates with the half width of their 95 % interval."""
        views = [view for view in ("model", "yours") if any(view in row.views for row in self.rows)]
        cells = [[f"{row.x:g}", f"{row.theory:.4f}", *(str(row.views.get(v, "")) for v in views)] for row in self.rows]
        return [self.axes.x, "theory", *views], cells

    def summary(self) -> str:
        """How well the views agree, how much was run, and the assumptions, in a few sentences."""
        return summary_of([self])

    def __str__(self) -> str:
        columns, rows = self.table()
        widths = [max(map(len, column)) for column in zip(columns, *rows, strict=True)]
        lines = ["  ".join(c.rjust(w) for c, w in zip(row, widths, strict=True)) for row in (columns, *rows)]
        return "\n".join([f"{self.axes.title}: {self.axes.y}", *lines, self.summary()])

    __repr__ = __str__


def summary_of(results: Sequence[Agreement]) -> str:
    """How well the views agree in all of the results, how much was run, and each assumption once."""
    held, count = (sum(numbers) for numbers in zip(*(result.coverage() for result in results), strict=True))
    requests = {view: sum(result.requests(view) for result in results) for view in ("model", "yours")}
    counts = ", ".join(f"{view} {number:,}" for view, number in requests.items() if number)
    assumptions = dict.fromkeys(text for result in results for text in result.assumptions)
    return " ".join(
        [
            f"{held} of {count} intervals (95 %) hold the theory's value; the furthest estimate is "
            f"{max(result.worst() for result in results):.1f} standard errors away. Answers counted: {counts}.",
            *(f"Assumption: {text}" for text in assumptions),
        ]
    )


def three_views(
    axes: Axes, xs: Sequence[float], theory: Callable[[float], float], model: View,
    yours: Callable[[int, float], Estimate | None] | None = None,
    *, executor: Executor | None = None, label: str = "", assumptions: Sequence[str] = (),
) -> Agreement:  # fmt: skip
    """Theory, model and, if given, the learner's Worker at each of `xs`. Only the model's rows go to `executor`.

    An interrupt leaves the rows whose model is finished, if there is one.
    """
    points = [(row, float(x)) for row, x in enumerate(xs)]
    modelled = sweep(model, points, executor, f"{axes.title}: model")
    is_partial = isinstance(modelled, Partial)
    if is_partial and not modelled:
        raise KeyboardInterrupt
    observed = sweep(yours, points, label=f"{axes.title}: your Worker") if yours and not is_partial else ()
    views = zip(points, modelled, chain(observed, repeat(None)), strict=False)
    rows = (Row(x, float(theory(x)), m, y) for (_, x), m, y in views)
    return Agreement(axes, tuple(rows), theory, label, tuple(assumptions))
