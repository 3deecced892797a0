"""Workers Analytics Engine: data points written without waiting, thinned out where there are many, asked about in SQL.

| | |
|---|---|
| modelled | `writeDataPoint` with blobs, doubles and an index, its limits and words of refusal (workerd's source) |
| | It takes no time, returns nothing and is no subrequest; 250 points an invocation (docs, "Limits") |
| | A busy index is thinned out as it is written: half of its points go, the rest count double (docs, "Sampling") |
| | `SUM(_sample_interval)` stays right on average, `count()` does not; each index is thinned by itself |
| | Data is kept for three months of the lab's time |
| | The SQL API's language: SELECT from one table, its functions, FORMAT, SHOW TABLES (docs, "SQL reference") |
| | `now()` is the lab's time |
| simplified | An index is sampled above 100 points a second, in stretches of 5 seconds; production has no fixed rule |
| | A data point can be read at once; how long that takes in production is not public |
| | A Durable Object's point is written at once; in production when what the object wrote is confirmed |
| | DuckDB answers the query; its own words follow where a query is wrong |
| | 64-bit integers are strings in JSON, as ClickHouse writes them |
| | Network off: nothing is thinned out; unlike the vendor's local runtime, data points are kept and checked |
| not modelled | Sampling at the time of reading (adaptive bit rate), GraphQL, Grafana's plugin, time zones but UTC |
| | `topKWeighted`, bit and encoding functions, `SHOW TIMEZONES` |
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from labkit.emulators.analytics import dialect, queries
from labkit.emulators.analytics.answers import Answer
from labkit.emulators.analytics.binding import Dataset
from labkit.emulators.analytics.points import Point, Points, Stretch
from labkit.world import World

__all__ = ["AnalyticsEngine", "Answer", "Dataset", "Point"]


class AnalyticsEngine:
    """A dataset: `binding(colo)` is what `env` holds at a place, `sql` asks about what was written."""

    def __init__(self, entry: Mapping[str, Any], world: World):
        self.name, self.world = entry.get("dataset") or entry["binding"], world
        self.points = Points(world.random, is_sampled=world.links is not None)

    def binding(self, colo: str) -> Dataset:
        """The dataset as a Worker at this place has it."""
        return Dataset(self, colo)

    def write(self, point: Point) -> None:
        """Keep a data point, or not: a busy index is sampled."""
        self.points.add(point, self.world.unix)

    def sql(self, query: str) -> Answer:
        """The rows of a query in the SQL API's language, as `lab.analytics("EVENTS").sql("SELECT ...")`.

        Refuses with PlatformError what the platform would, with NotEmulated what only the lab cannot.
        """
        with self.world.trace.event("analytics", "sql", dataset=self.name) as event:
            event.units["analytics.queries"] = 1
            now = datetime.fromtimestamp(int(self.world.unix), UTC).replace(tzinfo=None)
            self.points.forget(self.world.unix)
            return queries.answer(dialect.translated(query, self.name, now), self.name, self.points)

    def snapshot(self) -> Any:
        """What is kept, as it is now."""
        return _copied(self.points.stretches)

    def restore(self, state: Any) -> None:
        """Go back to a snapshot."""
        self.points.stretches = _copied(state)

    def __repr__(self) -> str:
        return f"<dataset {self.name}: {self.points.kept:,} data points kept>"


def _copied(stretches: Mapping[tuple[int, str], Stretch]) -> dict[tuple[int, str], Stretch]:
    """The same points, which nobody changes, in lists of their own."""
    return {at: replace(stretch, points=list(stretch.points)) for at, stretch in stretches.items()}
