"""A history of operations: who did what when, where each can have taken effect, and which answers cannot be true.

A row a process, a bar an operation from its call to its return. Those that no order explains are red and hatched; the
others have a mark at a moment where they can have taken effect.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from math import inf, isfinite
from typing import TYPE_CHECKING, Any

from labkit.errors import LabError
from labkit.viz.picture import Picture
from labkit.viz.style import BLUE, GREY, VERMILION, WIDTH_INCHES, figure, styled

if TYPE_CHECKING:
    from labkit.sim.linearizability import Operation, Verdict

LANE_INCHES, FRAME_INCHES = 0.42, 1.35
MOST_OPERATIONS = 120
LETTER = 5.2
"""Points that a letter of a bar's label takes, 8-point DejaVu Sans, bold at most."""
STALE = "no order explains this"
SLIVER = 0.006
"""The least width of a bar, as a share of the picture's: a millisecond among minutes is still seen."""
MARGIN = 0.04


def history(verdict: Verdict, *, key: Hashable | None = None, title: str = "", unit: str = "s") -> Picture:
    """The history that `check` judged, over time; with a `key`, only that one's operations.

    An open operation's bar goes on to the right edge. `unit` names the numbers of the history's times.
    """
    operations = [each for each in verdict.operations if key is None or each.key == key]
    if not 1 <= len(operations) <= MOST_OPERATIONS:
        raise LabError(f"{len(operations)} operations: history() draws 1 to {MOST_OPERATIONS}; give a key, or a part.")
    stale = {id(each) for each in verdict.stale}
    first, last = _span(operations)
    rows = _lanes(operations, (first, last))
    with styled():
        chart, axes = figure(height=FRAME_INCHES + LANE_INCHES * (1 + max(rows.values())))
        axes.set_title(title or f"Linearizable: {verdict.verdict}")
        for operation in operations:
            _bar(axes, operation, rows[id(operation)], (first, last), id(operation) in stale)
        _points(axes, verdict, operations, rows)
        _frame(axes, operations, rows, (first, last), unit)
    return Picture(chart, _alt(verdict, operations, unit), repr(verdict).partition("\n")[0])


def _span(operations: Sequence[Operation]) -> tuple[float, float]:
    """The first call and the last moment that is known, with some room after it."""
    moments = [time for each in operations for time in (each.called, each.returned) if isfinite(time)]
    first, last = min(moments), max(moments)
    return first, last + ((last - first) or 1) * MARGIN


def _lanes(operations: Sequence[Operation], span: tuple[float, float]) -> dict[int, int]:
    """The row of each operation: its process's, or a further one of that process where bars or labels would meet."""
    rows: dict[int, int] = {}
    taken = 0
    for process in dict.fromkeys(each.process for each in operations):
        ends: list[float] = []
        for each in sorted((each for each in operations if each.process == process), key=lambda each: each.call):
            left, right = _extent(each, span)
            lane = next((lane for lane, end in enumerate(ends) if end <= left), len(ends))
            ends[lane : lane + 1] = [right]
            rows[id(each)] = taken + lane
        taken += len(ends)
    return rows


def _extent(operation: Operation, span: tuple[float, float]) -> tuple[float, float]:
    """From where to where a bar and its label go."""
    letter = (span[1] - span[0]) * LETTER / (WIDTH_INCHES * 72 * (1 - 2 * MARGIN))
    left, width = _drawn(operation, span)
    half = max(width, letter * len(_label(operation))) / 2
    return left + width / 2 - half, left + width / 2 + half


def _drawn(operation: Operation, span: tuple[float, float]) -> tuple[float, float]:
    """Where a bar begins and how wide it is; an open one goes on to the edge."""
    width = min(operation.returned, span[1]) - operation.called
    return operation.called, max(width, (span[1] - span[0]) * SLIVER)


def _bar(axes: Any, operation: Operation, row: int, span: tuple[float, float], stale: bool) -> None:
    left, width = _drawn(operation, span)
    look = {"hatch": "////", "facecolor": "none", "edgecolor": VERMILION, "linewidth": 1.2} if stale else {
        "facecolor": BLUE, "edgecolor": GREY, "alpha": 0.75, "linewidth": 0.4}  # fmt: skip
    axes.barh(row, width, left=left, height=0.34, label=STALE if stale else None, **look)
    words = {"color": VERMILION, "fontweight": "bold"} if stale else {}
    axes.annotate(_label(operation), (left + width / 2, row - 0.2), ha="center", va="bottom", fontsize=8, **words)


def _label(operation: Operation) -> str:
    """Such as "write 'on'" or "read 'off'": what was given or came back."""
    from labkit.sim.linearizability import UNSEEN

    unseen = operation.result is UNSEEN
    value = operation.argument if unseen else operation.result
    said = [operation.name, *([] if unseen and value is None else [repr(value)])]
    return " ".join([*said, *(["(open)"] if operation.open else [])])


def _points(axes: Any, verdict: Verdict, operations: Sequence[Operation], rows: dict[int, int]) -> None:
    """A mark in each operation of the order that was found, no earlier than the marks before it."""
    xs, ys = [], []
    for order in verdict.orders.values():
        moment = -inf
        for each in order:
            moment = max(moment, each.called)
            if id(each) in rows:
                xs.append(moment)
                ys.append(rows[id(each)])
    name = "took effect here, in one order" if verdict.verdict == "yes" else "took effect here, as far as an order goes"
    axes.plot(xs, ys, linestyle="none", marker="|", markersize=13, markeredgewidth=2, color=GREY, label=name)
    handles, names = axes.get_legend_handles_labels()
    once = dict(zip(names, handles, strict=True))
    axes.figure.legend(once.values(), once, loc="outside lower center", ncols=2, fontsize=9)


def _frame(
    axes: Any, operations: Sequence[Operation], rows: dict[int, int], span: tuple[float, float], unit: str
) -> None:
    """Names of the processes, once each, the first on top."""
    names: dict[Any, int] = {}
    for each in operations:
        names[each.process] = min(rows[id(each)], names.get(each.process, len(rows)))
    axes.set_yticks(list(names.values()), [str(name) for name in names])
    room = (span[1] - span[0]) * MARGIN
    axes.set(xlim=(span[0] - room, span[1]), ylim=(max(rows.values()) + 0.5, -0.75), xlabel=f"time ({unit})")
    axes.tick_params(axis="y", length=0)
    axes.grid(axis="y", visible=False)


def _alt(verdict: Verdict, operations: Sequence[Operation], unit: str) -> str:
    """The history in words, in the order of the calls."""
    stale = {id(each) for each in verdict.stale}
    said = [f"{each.process}: {_label(each)}{', stale,' if id(each) in stale else ''} at {each.called:.4g} {unit}"
            for each in sorted(operations, key=lambda each: each.call)]  # fmt: skip
    return f"History of {len(operations)} operations; linearizable: {verdict.verdict}. " + "; ".join(said) + "."
