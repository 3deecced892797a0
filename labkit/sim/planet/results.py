"""What became of every request of a planet's run: arrays, a table for SQL, a line and a chart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from math import isnan
from typing import TYPE_CHECKING, Any

import numpy as np

from labkit.errors import LabError
from labkit.sim.planet.faults import Fault
from labkit.sim.planet.loads import CODES
from labkit.sim.planet.records import OUTCOMES
from labkit.trace import Event

if TYPE_CHECKING:
    from labkit.viz.query import Table


@dataclass(frozen=True, repr=False, eq=False)
class Results:
    """One row a request, in the order in which they set out; each column is an array of its own.

    `start` and `end` are seconds on the lab's clock, `place` is the code of the place that answered and `home` that of
    the visitor's own (another where that one was dead), `part` the number of the kind of traffic, `key` the key asked
    for. `outcome` is "ok" (a status below 500), "error" (500 and more), "unreachable" (no answer in time, status 0),
    "exception" (the answer broke off) or "stuck" (it would have waited for ever). `cold` tells the requests that had to
    start an isolate, `bytes` how long the answers' bodies were, `request` the id that the trace's events have.
    An interrupted run is `partial`: it has the requests that had ended.
    """

    columns: dict[str, np.ndarray]
    begun: float
    seconds: float
    offered: int
    faults: tuple[Fault, ...] = ()
    partial: bool = False
    events: Iterable[Event] | None = None

    def __getattr__(self, name: str) -> np.ndarray:
        if name in ("part", "key", "start", "end", "status", "cold", "bytes", "request", "number"):
            return self.columns[name]
        raise AttributeError(f"Results have no {name!r}; they have {', '.join(self.table())} and a summary().")

    @cached_property
    def place(self) -> np.ndarray:
        """The code of the place that answered."""
        return np.array(CODES)[self.columns["place"]]

    @cached_property
    def home(self) -> np.ndarray:
        """The code of the place that the visitor is at."""
        return np.array(CODES)[self.columns["home"]]

    @cached_property
    def outcome(self) -> np.ndarray:
        """What became of it, in a word."""
        return np.array(OUTCOMES)[self.columns["outcome"]]

    @property
    def latency_s(self) -> np.ndarray:
        """Seconds from setting out to the end of the answer, or to giving up."""
        return self.columns["end"] - self.columns["start"]

    @property
    def failed(self) -> np.ndarray:
        """Which requests had no answer, or one of status 500 and more."""
        return self.columns["outcome"] != 0

    def __len__(self) -> int:
        return int(self.columns["start"].size)

    def latency(self, quantile: float | Sequence[float] = 0.5) -> Any:
        """The time within which that share of the requests with an answer had it, in seconds; NaN where none had."""
        asked = np.asarray(quantile, dtype=float)
        if asked.size and not (asked.min() >= 0 and asked.max() <= 1):
            raise LabError(f"latency({quantile!r}): a share, from 0 to 1; the p99 is latency(0.99).")
        answered = self.latency_s[self.columns["status"] > 0]
        found = np.quantile(answered, asked) if answered.size else np.full(asked.shape, np.nan)
        return float(found) if asked.ndim == 0 else found

    def table(self) -> dict[str, np.ndarray]:
        """All columns by name, places and outcomes as words: what `sql` sees."""
        whole = {name: column for name, column in self.columns.items() if name != "outcome"}
        return {**whole, "home": self.home, "place": self.place, "outcome": self.outcome, "seconds": self.latency_s,
                "failed": self.failed}  # fmt: skip

    def sql(self, query: str) -> Table:
        """The answer of a DuckDB query over the table `requests`, and `events` where the trace was kept.

        `requests.request = events.request` joins the two; `seconds` is the latency, `"end"` needs quotes.
        """
        from labkit.viz.query import query_tables

        return query_tables(query, {"requests": self.table()}, self._own_events())

    def _own_events(self) -> list[Event] | None:
        if self.events is None:
            return None
        mine = set(self.columns["request"].tolist())
        return [event for event in self.events if event.request in mine]

    def by_place(self) -> Table:
        """The requests, latencies in seconds and failures of each place, the busiest first."""
        return self.sql("""
            select place, count(*) as requests, quantile_cont(seconds, 0.5) filter (status > 0) as p50,
                   quantile_cont(seconds, 0.99) filter (status > 0) as p99,
                   avg(failed::int) as failed, avg(cold::int) as cold
            from requests group by place order by requests desc, place""")

    def summary(self) -> str:
        """The run in one line."""
        rows, interrupted = len(self), ""
        if self.partial:
            interrupted = f" Interrupted: {self.offered - rows:,} under way were given up."
        if not rows:
            return f"0 requests in {self.seconds:g} s.{interrupted}"
        times = ", ".join(f"p{100 * share:g} {in_words(self.latency(share))}" for share in (0.5, 0.95, 0.99))
        places = np.unique(self.columns["home"]).size
        return (f"{rows:,} requests in {self.seconds:,.6g} s from {places} place{'s' if places > 1 else ''}: {times}, "
                f"{_share(self.failed)} failed, {_share(self.columns['cold'])} cold.{interrupted}")  # fmt: skip

    def windows(self) -> Iterator[tuple[str, float, float]]:
        """Each fault that began: its words, and the seconds from the run's start in which it lasted."""
        for fault in self.faults:
            if fault.at < self.seconds:
                yield fault.words, fault.at, min(fault.until, self.seconds)

    def __repr__(self) -> str:
        return self.summary()

    def _repr_html_(self) -> str:
        from labkit.viz.load import planet_load

        return f"<p>{escape(self.summary())}</p>" + (planet_load(self)._repr_html_() if len(self) > 1 else "")


def in_words(seconds: float) -> str:
    """A time with two or three digits, in ms below a second."""
    if isnan(seconds):
        return "none"
    return f"{1000 * seconds:.3g} ms" if seconds < 0.9995 else f"{seconds:.3g} s"


def _share(chosen: np.ndarray) -> str:
    share = 100 * float(chosen.mean())
    return f"{share:.0f} %" if share == 0 or share >= 10 else f"{share:.2g} %"
