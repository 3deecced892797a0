"""The index that queries see: vectors by id, the nearest of them, and what is indexed of their metadata."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import Any

from labkit import facts
from labkit.emulators.vectorize.metrics import METRICS, Values

Matches = Callable[[Mapping[str, Any]], bool]
"""Whether a filter lets a vector with these indexed properties pass."""

KINDS: dict[str, tuple[type, ...]] = {"string": (str,), "number": (int, float), "boolean": (bool,)}
"""The types of metadata indexes, and of the values that they hold."""


@dataclass(frozen=True)
class Vector:
    """A vector as it was written. `indexed` holds those properties for which there was a metadata index then."""

    id: str
    values: Values
    namespace: str | None = None
    metadata: Mapping[str, Any] | None = None
    indexed: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Index:
    """An index of one dimension and metric. `properties` are its metadata indexes: dotted paths and their types."""

    dimensions: int
    metric: str
    properties: dict[str, str] = field(default_factory=dict)
    vectors: dict[str, Vector] = field(default_factory=dict)

    def indexed(self, metadata: Mapping[str, Any] | None) -> dict[str, Any]:
        """What the metadata indexes hold of this metadata; values of another type than the index's are left out."""
        found = {path: _at(metadata, path) for path in self.properties}
        return {path: _cut(value) for path, value in found.items() if _is_kind(value, self.properties[path])}

    def nearest(
        self, values: Values, most: int, namespace: str | None = None, matches: Matches | None = None
    ) -> list[tuple[float, Vector]]:
        """Scores and vectors, the nearest first; of those equally near, the one written first."""
        metric = METRICS[self.metric]
        scored = ((metric.score(values, each.values), each) for each in self._within(namespace, matches))
        return nsmallest(most, scored, key=lambda pair: metric.rank(pair[0]))

    def _within(self, namespace: str | None, matches: Matches | None) -> Iterator[Vector]:
        for each in self.vectors.values():
            if namespace in (None, each.namespace) and (matches is None or matches(each.indexed)):
                yield each


def nested(indexed: Mapping[str, Any]) -> dict[str, Any]:
    """Dotted paths and their values as the metadata that they come from."""
    found: dict[str, Any] = {}
    for path, value in indexed.items():
        *outer, last = path.split(".")
        inner = found
        for name in outer:
            inner = inner.setdefault(name, {})
        inner[last] = value
    return found


def cut(text: str) -> str:
    """As much of a text as a metadata index holds: whole characters of its first 64 bytes."""
    return text.encode(errors="replace")[: facts.value("vectorize.metadata_index_bytes")].decode(errors="ignore")


def _cut(value: Any) -> Any:
    return cut(value) if isinstance(value, str) else value


def _at(metadata: Any, path: str) -> Any:
    for name in path.split("."):
        metadata = metadata.get(name) if isinstance(metadata, Mapping) else None
    return metadata


def _is_kind(value: Any, kind: str) -> bool:
    return isinstance(value, KINDS[kind]) and isinstance(value, bool) == (kind == "boolean")
