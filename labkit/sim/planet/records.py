"""What became of each request, as columns that grow piece by piece, and the trace, which need not grow with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.trace import Event, Trace

if TYPE_CHECKING:
    from labkit.lab import Lab

OUTCOMES = ("ok", "error", "unreachable", "exception", "stuck")
"""A status below 500; one of 500 and more; no answer came; the way back broke; it would have waited for ever."""
OK, ERROR, UNREACHABLE, EXCEPTION, STUCK = range(len(OUTCOMES))
COLUMNS = {
    "number": np.int64, "part": np.int16, "home": np.int16, "place": np.int16, "key": np.int64, "start": np.float64,
    "end": np.float64, "status": np.int16, "outcome": np.int8, "bytes": np.int64, "request": np.int64,
}  # fmt: skip
Row = tuple[int, int, int, int, int, float, float, int, int, int, int]


class Records:
    """The rows of one run. Where the trace is not kept, what is in it is folded into one event with all units."""

    def __init__(self, lab: Lab, keeps_trace: bool):
        self.trace: Trace = lab.trace
        self.keeps_trace = keeps_trace
        self.rows: list[Row] = []
        self._pieces: list[dict[str, np.ndarray]] = []
        self._first = self._seen = len(self.trace.events)
        self._cold: set[int] = set()
        self._folded: Event | None = None

    def collect(self) -> None:
        """Turn the rows so far into a piece of each column."""
        self._look_at_the_trace()
        rows, self.rows = self.rows, []
        if rows:
            piece = {name: np.array(column, dtype=kind) for (name, kind), column in
                     zip(COLUMNS.items(), zip(*rows, strict=True), strict=True)}  # fmt: skip
            cold = [request in self._cold for request in piece["request"].tolist()]
            self._pieces.append({**piece, "cold": np.array(cold, dtype=bool)})
            self._cold.difference_update(piece["request"].tolist())

    def columns(self) -> dict[str, np.ndarray]:
        """Each column, by the order in which the requests set out."""
        self.collect()
        kinds: dict[str, Any] = {**COLUMNS, "cold": bool}
        whole = {name: np.concatenate([np.empty(0, kind), *(piece[name] for piece in self._pieces)]).astype(kind)
                 for name, kind in kinds.items()}  # fmt: skip
        order = np.argsort(whole["number"], kind="stable")
        return {name: column[order] for name, column in whole.items()}

    def _look_at_the_trace(self) -> None:
        events = self.trace.events
        fresh = events[self._seen :]
        self._cold.update(event.request for event in fresh if event.operation == "cold_start")
        if not self.keeps_trace and fresh:
            self._fold(fresh)
        self._seen = len(events)

    def _fold(self, fresh: list[Event]) -> None:
        """One event holds the units of all that are gone, so that the bill stays right."""
        if self._folded is None:
            self._folded = Event(self.trace, "planet", "load", "", {"events": 0})
            self.trace.events.insert(self._first, self._folded)
        self._folded.end, units = fresh[-1].end, self._folded.units
        self._folded.detail["events"] += len(fresh)
        for event in fresh:
            for meter, quantity in event.units.items():
                units[meter] = units.get(meter, 0) + quantity
        del self.trace.events[self._first + 1 :]
