"""`env.VECTORS`: an index as a Worker at one place sees it, with the arguments and words of the runtime's binding."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from labkit.emulators.vectorize import rules
from labkit.emulators.vectorize.index import Index, Vector, nested
from labkit.emulators.vectorize.metrics import Values
from labkit.emulators.vectorize.rules import Options
from labkit.emulators.vectorize.words import not_json, refused
from labkit.trace import Event
from labkit.workers.bindings import checked, from_platform
from labkit.workers.bindings import options as options_of
from labkit.workers.context import confirmed

if TYPE_CHECKING:
    from labkit.emulators.vectorize import Vectorize

Act = Callable[[Event, Index], Any]
"""What an operation does at the index's home: its result in plain values, or a `Refusal`."""


class VectorizeIndex:
    """The methods of a binding. A query takes its options as keywords or as one trailing dict."""

    def __init__(self, vectorize: Vectorize, colo: str):
        self._vectorize, self._colo = vectorize, colo

    def __repr__(self) -> str:
        return f"<Vectorize index {self._vectorize.name} at {self._colo}>"

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)

    async def insert(self, vectors: Any = None) -> Any:
        """Have vectors added whose ids are new: a JsDict with the `mutationId`. They are found some seconds later."""
        return await self._write("insert", vectors)

    async def upsert(self, vectors: Any = None) -> Any:
        """Have vectors added or replaced: a JsDict with the `mutationId`. They are found some seconds later."""
        return await self._write("upsert", vectors)

    async def deleteByIds(self, ids: Any = None) -> Any:
        """Have vectors removed: a JsDict with the `mutationId`. They are found for some seconds more."""
        await confirmed()
        given = checked(ids)
        return await self._at_home("deleteByIds", "VECTOR_DELETE", partial(self._delete, given), writes=True)

    async def query(self, vector: Any = None, options: Any = None, **keywords: Any) -> Any:
        """The nearest vectors: a JsDict of `count` and `matches`, each with its `id` and `score`."""
        numbers, chosen = rules.numbers(vector), self._options("query", options, keywords)
        return await self._at_home("query", "VECTOR_QUERY", partial(self._nearest, numbers, chosen))

    async def queryById(self, vectorId: Any = None, options: Any = None, **keywords: Any) -> Any:
        """The vectors nearest to one of the index, itself included; none where there is no such vector."""
        name, chosen = checked(vectorId), self._options("queryById", options, keywords)
        return await self._at_home("queryById", "VECTOR_QUERY", partial(self._nearest_to, name, chosen))

    async def getByIds(self, ids: Any = None) -> Any:
        """The vectors of these ids that are there, with values and metadata, in the order asked for."""
        return await self._at_home("getByIds", "VECTOR_GET", partial(self._found, checked(ids)))

    async def describe(self) -> Any:
        """A JsDict: `vectorCount`, `dimensions`, and up to which mutation and when the index was last made anew."""
        return await self._at_home("describe", "INDEX_GET", self._described)

    async def _write(self, method: str, given: Any) -> Any:
        raw = rules.raw_vectors(given, method, strict=self._vectorize.world.strict)
        await confirmed()
        return await self._at_home(method, f"VECTOR_{method.upper()}", partial(self._add, method, raw), writes=True)

    async def _at_home(self, operation: str, word: str, act: Act, *, writes: bool = False) -> Any:
        """What `act` gives at the index's home, after the way there and before the way back, which refusals take too.

        `word` is the runtime's for the operation, with which its errors begin.
        """
        vectorize, colo = self._vectorize, self._colo
        world, index = vectorize.world, vectorize.existing()
        world.charge("vectorize")
        with world.trace.event("vectorize", operation, colo, index=vectorize.name) as event, refused(word):
            home = vectorize.home_near(colo)
            await world.travel(colo, home)
            await vectorize.serve(writes=writes)
            event.detail["waiting"] = len(vectorize.log.waiting)
            try:
                vectorize.stop_during_outage()
                answer = from_platform(act(event, index))
            finally:
                await world.travel(home, colo)
            return answer

    def _add(self, method: str, raw: list[dict[str, Any]], event: Event, index: Index) -> dict[str, Any]:
        vectors = rules.vectors(raw, method, index)
        event.detail["ids"] = [each.id for each in vectors]
        return {"mutationId": self._vectorize.mutate(event, method, vectors=vectors)}

    def _delete(self, given: Any, event: Event, index: Index) -> dict[str, Any]:
        names = rules.ids(given, "delete_by_ids")
        event.detail["ids"] = list(names)
        return {"mutationId": self._vectorize.mutate(event, "delete", ids=names)}

    def _nearest(self, numbers: list[Any], chosen: dict[str, Any], event: Event, index: Index) -> dict[str, Any]:
        return self._matches(event, index, rules.query_values(numbers, index), rules.options(chosen, index))

    def _nearest_to(self, name: Any, chosen: dict[str, Any], event: Event, index: Index) -> dict[str, Any]:
        if not isinstance(name, str):
            raise not_json("vectorId")
        found = index.vectors.get(name)
        return self._matches(event, index, found and found.values, rules.options(chosen, index))

    def _matches(self, event: Event, index: Index, values: Values | None, wanted: Options) -> dict[str, Any]:
        """The matches of a query, and what it is billed as; where there is no vector to compare with, none."""
        nearest = [] if values is None else index.nearest(values, wanted.top_k, wanted.namespace, wanted.matches)
        event.units["vectorize.queried_dims"] = float(index.dimensions)
        self._vectorize.is_queried = True
        event.detail |= {"topK": wanted.top_k, "ids": [each.id for _, each in nearest]}
        shown = [_shown(each, with_values=wanted.with_values, metadata=wanted.metadata) | {"score": _digits(score)}
                 for score, each in nearest]  # fmt: skip
        return {"count": len(shown), "matches": shown}

    def _found(self, given: Any, event: Event, index: Index) -> list[dict[str, Any]]:
        found = [index.vectors[name] for name in rules.ids(given, "get_by_ids") if name in index.vectors]
        event.detail["ids"] = [each.id for each in found]
        return [_shown(each, with_values=True, metadata="all") for each in found]

    def _described(self, event: Event, index: Index) -> dict[str, Any]:
        processed = event.detail["processed"] = self._vectorize.processed
        return {"vectorCount": len(index.vectors), "dimensions": index.dimensions,
                "processedUpToDatetime": self._vectorize.processed_at, "processedUpToMutation": processed}  # fmt: skip

    def _options(self, method: str, given: Any, keywords: dict[str, Any]) -> dict[str, Any]:
        strict = self._vectorize.world.strict
        chosen = options_of(f"Vectorize.{method}", given, keywords, rules.OPTIONS, strict=strict)
        if "returnMetadata" in chosen:
            chosen["returnMetadata"] = rules.level(chosen["returnMetadata"])
        return chosen


def _shown(vector: Vector, *, with_values: bool, metadata: str) -> dict[str, Any]:
    """A vector as an answer has it: only what was asked for and what there is."""
    shown: dict[str, Any] = {"id": vector.id}
    if vector.namespace is not None:
        shown["namespace"] = vector.namespace
    if with_values:
        shown["values"] = vector.values.tolist()
    if metadata == "all" and vector.metadata is not None:
        shown["metadata"] = vector.metadata
    elif metadata == "indexed" and vector.indexed:
        shown["metadata"] = nested(vector.indexed)
    return shown


def _digits(score: float) -> float:
    """A score with nine digits, as float32 has."""
    return float(f"{score:.9g}")
