"""`env.EVENTS`: a dataset as a Worker writes to it, with the limits and words of workerd's analytics-engine-impl.h."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

from labkit import facts
from labkit.emulators.analytics.points import Point
from labkit.emulators.javascript import number_of, text_of
from labkit.workers.bindings import checked, js_error, unknown_option
from labkit.workers.context import current

if TYPE_CHECKING:
    from labkit.emulators.analytics import AnalyticsEngine

FIELDS = ("blobs", "doubles", "indexes")


class Dataset:
    """The binding's one method."""

    def __init__(self, dataset: AnalyticsEngine, colo: str):
        self._dataset, self._colo = dataset, colo

    def __repr__(self) -> str:
        return f"<dataset {self._dataset.name} at {self._colo}>"

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)

    def writeDataPoint(self, *args: Any, **keywords: Any) -> None:
        """Write a data point: up to 20 `blobs`, 20 `doubles` and one of `indexes`. There is nothing to await."""
        world = self._dataset.world
        with world.trace.event("analytics", "writeDataPoint", self._colo, dataset=self._dataset.name) as event:
            _count_points()
            fields = _fields(checked(args[0]) if args else checked(keywords), world.strict)
            point = Point(
                int(world.unix), _index(fields.get("indexes")), _blobs(fields.get("blobs")),
                _doubles(fields.get("doubles")),
            )  # fmt: skip
            event.bytes = sum(len(blob.encode()) for blob in point.blobs)
            self._dataset.write(point)
            event.units["analytics.points"] = 1


def _count_points() -> None:
    """Count a data point of the running invocation. Refuses the one after the limit."""
    invocation = current.get()
    if invocation is None:
        return
    written = getattr(invocation, "data_points", 0) + 1
    if written > facts.value("analytics.points"):
        raise js_error("Error", "Too many Analytics Engine data points written by a single Worker invocation.")
    invocation.data_points = written  # type: ignore[attr-defined]


def _fields(given: Any, strict: bool) -> dict[str, Any]:
    if given is None:
        return {}
    if not isinstance(given, dict):
        words = "Failed to execute 'writeDataPoint' on 'AnalyticsEngine': parameter 1 is not of type "
        raise js_error("TypeError", words + "'AnalyticsEngineEvent'.")
    for name in given:
        if name not in FIELDS:
            unknown_option("AnalyticsEngine.writeDataPoint", name, FIELDS, strict=strict)
    return {name: _list(name, given[name]) for name in FIELDS if given.get(name) is not None}


def _list(name: str, value: Any) -> list[Any]:
    if not isinstance(value, list):
        words = f"Incorrect type for the '{name}' field on 'AnalyticsEngineEvent': the provided value is not of type "
        raise js_error("TypeError", words + "'Array'.")
    limit = facts.value(f"analytics.{name}")
    if len(value) > limit:
        raise js_error("TypeError", f"writeDataPoint(): Maximum of {limit} {name} supported.")
    return value


def _index(values: list[Any] | None) -> str:
    index, limit = _text(values[0]) if values else "", facts.value("analytics.index_bytes")
    if len(index.encode()) > limit:
        raise js_error("TypeError", f"writeDataPoint(): Size of indexes[0] exceeds {limit} bytes).")
    return index


def _blobs(values: list[Any] | None) -> tuple[str, ...]:
    blobs, limit = tuple(map(_text, values or ())), facts.value("analytics.blob_bytes")
    if sum(len(blob.encode()) for blob in blobs) > limit:
        raise js_error("TypeError", f"writeDataPoint(): Cumulative size of blobs exceeds {limit} bytes).")
    return blobs


def _doubles(values: list[Any] | None) -> tuple[float, ...]:
    return tuple(map(_double, values or ()))


def _text(value: Any) -> str:
    """A blob: text, or bytes that are UTF-8; null is empty, other values become text."""
    if value is None:
        return ""
    data = value if isinstance(value, bytes) else text_of(value).encode(errors="surrogatepass")
    return data.decode(errors="replace")


def _double(value: Any) -> float:
    """Number(value), as JavaScript converts it."""
    try:
        return float(number_of(value))
    except OverflowError:
        return inf if value > 0 else -inf
