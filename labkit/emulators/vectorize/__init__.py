"""Vectorize: vectors by id, the nearest of them to another, and writes that are found some seconds later.

| | |
|---|---|
| modelled | The binding of V2 indexes: its methods, options, defaults and shapes of answers (workerd's source) |
| | Writes are acknowledged with a `mutationId` when they are in a log, and found once a job has made a new index |
| | A job takes what waits, in its order, up to 1,000 mutations or 200,000 vectors (docs, "Insert vectors") |
| | `describe` tells the last mutation that a new index holds, and when that was made |
| | insert keeps the vector of an id that is there, upsert replaces all of it (docs, "Vectorize API") |
| | cosine, euclidean and dot-product, whose score is negative (docs, "Create indexes"); values become float32 |
| | Namespaces; filters with all operators on indexed metadata, 64 bytes of a text (docs, "Metadata filtering") |
| | A vector is in the metadata indexes that were there when it was written, and in no later one |
| | Limits of ids, dimensions, metadata, topK, batches, filters; codes and words as those who met them report |
| | Units: dimensions queried and stored, as the price list counts them; `getByIds` and writes cost nothing |
| | `outage`: the index answers nobody |
| simplified | A job takes 2 to 8 seconds, all times alike; "a few seconds" is all that is published |
| | The search is exact; in production it and its scores are approximate unless `returnValues` is true |
| | One home in R2's six places, the nearest to who first uses the index; queries go there and no cache answers them |
| | A metadata index is there at once; in production it is a mutation too |
| | A filter on what has no metadata index finds nothing, as in production; we warn |
| | A vector without the property passes `$ne`, `$nin` and `null`: an assumption; filters are refused in our words |
| | queryById of a vector that is not there finds nothing: an assumption |
| | Network off: writes are found at once. The vendor's local runtime has no Vectorize, it only goes to a real one |
| not modelled | V1 indexes, list-vectors, deletion of a metadata index, the REST API, event subscriptions |
| | "Too Many Requests" (40041), which others met at many writes a second |
| | Limits on vectors, namespaces and bytes of an upload, and on indexes of an account |
"""

from __future__ import annotations

from asyncio import Future
from collections.abc import Mapping
from datetime import UTC, datetime
from math import exp
from typing import Any
from uuid import UUID

from labkit import facts
from labkit.emulators.outages import Outages
from labkit.emulators.vectorize.binding import VectorizeIndex
from labkit.emulators.vectorize.index import KINDS, Index
from labkit.emulators.vectorize.metrics import METRICS
from labkit.emulators.vectorize.mutations import Job, Log, Mutation
from labkit.emulators.vectorize.words import Unanswered
from labkit.errors import LabError, PlatformError
from labkit.trace import Event
from labkit.world import World

__all__ = ["PRESETS", "Vectorize", "VectorizeIndex"]

WHERE = "https://developers.cloudflare.com/vectorize/best-practices/create-indexes/"

PRESETS = {
    "@cf/baai/bge-small-en-v1.5": 384,
    "@cf/baai/bge-base-en-v1.5": 768,
    "@cf/baai/bge-large-en-v1.5": 1024,
    "openai/text-embedding-ada-002": 1536,
    "cohere/embed-multilingual-v2.0": 768,
}
"""The dimensions of wrangler's presets; their metric is cosine."""


class Vectorize(Outages):
    """An index: `binding(colo)` is what `env` holds at a place. Nobody can use it before it is created.

    `entry` is that of wrangler's `vectorize`. `home` is the place where the index is, "" until somebody uses it.
    `processed` is the last mutation that queries see, `processed_at` when the index was made anew with it;
    `is_queried` whether there was a query yet, from which on what is stored is billed as queried too.
    """

    def __init__(self, entry: Mapping[str, Any], world: World):
        self.bound_as, self.name, self.world = entry["binding"], entry["index_name"], world
        self.index: Index | None = None
        self.log = Log(world, self._commit)
        self.home = ""
        self.processed: str | None = None
        self.processed_at: str | None = None
        self.is_queried = False

    def create(self, dimensions: int | None = None, metric: str | None = None, *, preset: str | None = None) -> None:
        """Create the index, as `wrangler vectorize create --dimensions=768 --metric=cosine` or `--preset=...` does.

        Neither can be changed afterwards. Refuses what there is already, and what the platform does not have.
        """
        if self.index is not None:
            raise PlatformError(f'vectorize.index.duplicate_name - Index name "{self.name}" [code: 3002]', where=WHERE)
        if preset is not None:
            dimensions, metric = _of_preset(preset), "cosine"
        if dimensions is None or metric is None:
            raise PlatformError("You must provide both dimensions and a metric, or a known model preset when creating "
                                "an index.", where=WHERE)  # fmt: skip
        _check(dimensions, metric)
        self.index = Index(dimensions, metric)

    def create_metadata_index(self, name: str, type: str) -> None:
        """Let queries filter by a property, `type` "string", "number" or "boolean", of vectors written from now on.

        As `wrangler vectorize create-metadata-index` does. The name of a nested property has dots.
        """
        properties, most = self.existing().properties, facts.value("vectorize.metadata_indexes")
        if type not in KINDS:
            raise PlatformError(f"A metadata index is of type {', '.join(KINDS)}; not {type!r}.", where=WHERE)
        if name not in properties and len(properties) == most:
            raise PlatformError(f"An index has {most} metadata indexes at most: {', '.join(properties)}.", where=WHERE)
        properties[name] = type

    @property
    def metadata_indexes(self) -> dict[str, str]:
        """The properties that have a metadata index, and their types."""
        return dict(self.existing().properties)

    def binding(self, colo: str) -> VectorizeIndex:
        """The index as a Worker at this place has it."""
        return VectorizeIndex(self, colo)

    @property
    def waiting(self) -> int:
        """How many mutations are acknowledged and not yet found."""
        return len(self.log.waiting)

    def stored_units(self) -> dict[str, float]:
        """What a month of what is stored now is billed as: once as stored and, where anybody asks, once as queried."""
        stored = len(self.index.vectors) * self.index.dimensions if self.index else 0
        meters = ("vectorize.stored_dims", "vectorize.searched_dims")[: 1 + self.is_queried]
        return dict.fromkeys(meters, stored) if stored else {}

    def snapshot(self) -> Any:
        """Everything that is stored, and what is still to become visible."""
        index = self.index and _copied(self.index)
        seen = self.processed, self.processed_at, self.is_queried
        return index, self.log.snapshot(), self.home, seen, self.down_until

    def restore(self, state: Any) -> None:
        """Go back to a snapshot. A job that ran then ends when it would have."""
        index, log, self.home, seen, self.down_until = state
        self.processed, self.processed_at, self.is_queried = seen
        self.index = index and _copied(index)
        self.log.restore(log)

    def __repr__(self) -> str:
        if self.index is None:
            return f"<Vectorize index {self.name}: not created>"
        shape = f"{self.index.dimensions} dimensions, {self.index.metric}"
        return f"<Vectorize index {self.name}: {shape}, {len(self.index.vectors):,} vectors, {self.waiting} waiting>"

    # What the binding needs.

    def existing(self) -> Index:
        """The index. Refuses to go on where it was not created: a deployment would."""
        if self.index is None:
            raise LabError(f'There is no index {self.name!r}: first lab.vectorize("{self.bound_as}").create('
                           'dimensions=768, metric="cosine").', where=WHERE)  # fmt: skip
        return self.index

    def mutate(self, event: Event, kind: str, **content: Any) -> str:
        """The id of a mutation that now waits in the log."""
        mutation = Mutation(str(UUID(int=self.world.random.getrandbits(128), version=4)), kind, **content)
        event.detail |= {"mutation": mutation.id, "kept": self.world.timeline.now}
        self.log.append(mutation)
        return mutation.id

    def home_near(self, colo: str) -> str:
        """The index's home. Where it has none yet, whoever asks from `colo` decides it."""
        if self.world.links is None:
            return colo
        if not self.home:
            rtt = self.world.links.rtt
            self.home = min(facts.value("r2.homes"), key=lambda place: (rtt(colo, place), place))
        return self.home

    def serve(self, *, writes: bool) -> Future[None]:
        """The time that an index takes to answer, or the log to keep a mutation: lognormal."""
        median = facts.value("vectorize.write_time" if writes else "vectorize.query_time")
        spread = facts.value("vectorize.service_sigma")
        is_on_planet = self.world.links is not None
        return self.world.timeline.sleep(median * exp(self.world.random.gauss(0.0, spread)) if is_on_planet else 0.0)

    def stop_during_outage(self) -> None:
        """Refuse to answer while the service is down."""
        if self.is_down:
            raise Unanswered

    def _commit(self, mutations: list[Mutation], job: Job) -> None:
        """Let queries see mutations, all in the same instant."""
        vectors = self.existing().vectors
        for mutation in mutations:
            mutation.apply(vectors)
        self.processed = mutations[-1].id
        self.processed_at = _iso(self.world.unix)
        ids = [mutation.id for mutation in mutations]
        event = self.world.trace.event("vectorize", "job", self.home, index=self.name, mutations=ids)
        event.start = job.began
        with event:
            pass


def _of_preset(preset: str) -> int:
    if preset not in PRESETS:
        raise PlatformError(f"{preset!r} is no preset: there are {', '.join(PRESETS)}.", where=WHERE)
    return PRESETS[preset]


def _check(dimensions: Any, metric: str) -> None:
    most = facts.value("vectorize.dimensions")
    if not isinstance(dimensions, int) or isinstance(dimensions, bool) or not 1 <= dimensions <= most:
        raise PlatformError(f"An index has 1 to {most} dimensions, not {dimensions!r}.", where=WHERE)
    if metric not in METRICS:
        raise PlatformError(f"A metric is {', '.join(METRICS)}; not {metric!r}.", where=WHERE)


def _copied(index: Index) -> Index:
    """The same vectors, which nobody changes, in an index of its own."""
    return Index(index.dimensions, index.metric, dict(index.properties), dict(index.vectors))


def _iso(unix: float) -> str:
    return datetime.fromtimestamp(unix, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
