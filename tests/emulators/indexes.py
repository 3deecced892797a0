"""An index of Vectorize for tests, with the hands to drive it."""

from __future__ import annotations

from typing import Any

import pytest

from labkit.emulators.vectorize import Vectorize
from labkit.workers.ffi import JsException
from tests.emulators.worlds import Bench, flat

ENTRY = {"binding": "VECTORS", "index_name": "notes"}


class Indexed:
    """An index that is created, and its binding at a place. Each call runs until it has its answer."""

    def __init__(self, bench: Bench | None = None, dimensions: int = 2, metric: str = "cosine", colo: str = "AMS"):
        self.bench = bench or flat()
        self.vectorize = Vectorize(ENTRY, self.bench.world)
        self.vectorize.create(dimensions, metric)
        self.colo = colo

    def call(self, method: str, *args: Any, **keywords: Any) -> Any:
        return self.bench.run(getattr(self.vectorize.binding(self.colo), method)(*args, **keywords))

    def write(self, *rows: Any, method: str = "upsert") -> str:
        """The id of a mutation with vectors given as (id, values, more fields)."""
        vectors = [{"id": row[0], "values": list(row[1]), **(row[2] if len(row) > 2 else {})} for row in rows]
        return self.call(method, vectors)["mutationId"]

    def ids(self, vector: Any, **options: Any) -> list[str]:
        """The ids that a query finds, the nearest first."""
        return [match["id"] for match in self.call("query", vector, **options)["matches"]]

    def refusal(self, method: str, *args: Any, **keywords: Any) -> str:
        with pytest.raises(JsException) as caught:
            self.call(method, *args, **keywords)
        return str(caught.value)
