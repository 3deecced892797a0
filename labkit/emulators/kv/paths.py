"""The ways to a namespace: over the planet, through caches; or, with the network off, straight to the store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple, NoReturn

from labkit import facts
from labkit.emulators.kv.caches import Copy, LocalCache, UpperTier
from labkit.emulators.kv.rules import refusal, unavailable
from labkit.emulators.kv.store import Entry, Page
from labkit.network.faults import Unreachable
from labkit.workers.ffi import JsException

if TYPE_CHECKING:
    from labkit.emulators.kv import Kv


class Answer(NamedTuple):
    """What a read found, in which tier, and how many seconds ago that copy was fetched."""

    entry: Entry
    tier: str
    outcome: str
    age: float


class Direct:
    """Every place reads and writes the one store at once: no distance, no copies, no limit on the rate of writes."""

    def __init__(self, kv: Kv):
        self.kv = kv

    async def read(self, key: str, ttl: int) -> Answer:
        self._stop_during_outage("GET")
        return Answer(self.kv.store.current(key, self.kv.now, self.kv.unix), "store", "ok", 0.0)

    async def read_many(self, keys: list[str], ttl: int) -> list[Answer]:
        return [await self.read(key, ttl) for key in keys]

    async def write(self, method: str, entry: Entry) -> None:
        self._stop_during_outage(method)
        self.kv.store.write(entry, self.kv.now, self.kv.unix)

    async def page(self, prefix: str, after: str | None, limit: int) -> tuple[Page, str]:
        self._stop_during_outage("GET")
        return self.kv.store.page(prefix, after, limit, self.kv.now, self.kv.unix), "ok"

    def _stop_during_outage(self, method: str) -> None:
        if self.kv.is_down:
            raise unavailable(method)


class Pop:
    """One place: its own cache, the regional tier that it asks next, and the central stores behind that."""

    def __init__(self, kv: Kv, colo: str):
        self.kv, self.colo = kv, colo
        self.cache = LocalCache()
        self.pages: dict[tuple[str, str | None, int], tuple[float, Page]] = {}
        self.refreshing: set[str] = set()
        self.regional = kv.regional_tier(colo)
        self.refresh_ttl = facts.value("kv.refresh_ttl")

    async def read(self, key: str, ttl: int) -> Answer:
        now = self.kv.now
        copy = self.cache.find(key, ttl, now, self.kv.world.epoch + now)
        if copy is None:
            return (await self._fetch([key], ttl))[key]
        answer = self._hit(copy, now)
        await self.kv.serve(self.kv.local_read)
        return answer

    async def read_many(self, keys: list[str], ttl: int) -> list[Answer]:
        """All keys in one trip: what is not in the cache is asked for together."""
        now, unix = self.kv.now, self.kv.unix
        copies = {key: self.cache.find(key, ttl, now, unix) for key in keys}
        answers = {key: self._hit(copy, now) for key, copy in copies.items() if copy}
        if missing := [key for key in keys if key not in answers]:
            answers |= await self._fetch(missing, ttl)
        else:
            await self.kv.serve(self.kv.local_read)
        return [answers[key] for key in keys]

    def _hit(self, copy: Copy, now: float) -> Answer:
        """The copy as an answer. One that is old for its long cacheTtl is also refreshed, behind the reader's back."""
        age, key = now - copy.fetched, copy.entry.key
        if age <= self.refresh_ttl or key in self.refreshing:
            return Answer(copy.entry, "local", "hit", age)
        self.refreshing.add(key)
        self.kv.world.timeline.spawn(self._refresh(copy), name=f"kv refresh of {key} at {self.colo}")
        return Answer(copy.entry, "local", "refresh", age)

    async def _refresh(self, copy: Copy) -> None:
        key = copy.entry.key
        event = self.kv.world.trace.event("kv", "refresh", self.colo, key=key)
        try:
            event.detail["tier"] = (await self._fetch([key], copy.ttl))[key].tier
        except JsException as error:  # the copy serves on until its time is over
            event.outcome, event.detail["error"] = "exception", str(error)
        finally:
            self.refreshing.discard(key)
        with event:  # entered at its end: nobody waits for a refresh, and a lab may be dropped in the middle of one
            pass

    async def _fetch(self, keys: list[str], ttl: float) -> dict[str, Answer]:
        """What lies beyond this place's cache, which keeps it."""
        asked = self.kv.now
        with _unreachable("GET"):
            found = await self._climb(keys)
        now = self.kv.now
        for answer in found.values():
            self.cache.keep(answer.entry, ttl, now, asked)
        return found

    async def _climb(self, keys: list[str]) -> dict[str, Answer]:
        """Ask the regional tier, and the centre for what it has not."""
        here = await self._enter()
        if here == self.colo != self.regional.place:  # the regional tier is out of reach
            return await self._from_centre(keys, here)
        found = self._look(self.regional, keys, "regional")
        if missing := [key for key in keys if key not in found]:
            beyond = await self._from_centre(missing, here)
            for answer in beyond.values():
                self.regional.keep(answer.entry, self.kv.now)
            found |= beyond
        else:
            await self.kv.serve(self.kv.local_read)
        await self.kv.world.travel(here, self.colo)
        return found

    async def _from_centre(self, keys: list[str], here: str) -> dict[str, Answer]:
        """Ask the nearest central tier that can be reached, and the store for what it has not."""
        kv = self.kv
        central = await kv.reach_centre(here)
        found = self._look(central, keys, "central")
        missing = [key for key in keys if key not in found]
        await kv.serve(kv.central_read if missing else kv.local_read)
        if missing:
            await self._stop_during_outage("GET", central.place)
        for key in missing:
            entry = kv.store.seen_from(central.place, key, kv.now, kv.unix)
            central.keep(entry, kv.now)
            found[key] = Answer(entry, "store", "miss", 0.0)
        await kv.world.travel(central.place, here)
        return found

    def _look(self, tier: UpperTier, keys: list[str], name: str) -> dict[str, Answer]:
        now, unix = self.kv.now, self.kv.unix
        found = {key: tier.find(key, now, unix) for key in keys}
        return {key: Answer(entry, name, "miss", 0.0) for key, entry in found.items() if entry}

    async def _enter(self) -> str:
        """Go to the regional tier; stay at home where it is out of reach."""
        try:
            await self.kv.world.travel(self.colo, self.regional.place)
        except Unreachable:
            return self.colo
        return self.regional.place

    async def write(self, method: str, entry: Entry) -> None:
        """Take a new version to the nearest central store; this place forgets its copy once that has answered."""
        kv = self.kv
        with _unreachable(method):
            here = await self._enter()
            central = await kv.reach_centre(here)
            await self._stop_during_outage(method, central.place)
            if kv.is_too_soon(entry.key, central.place):
                await self._turn_back(central.place, refusal(method, 429, "Too Many Requests"))
            entry.home = central.place
            kv.store.write(entry, kv.now, kv.unix)
            await kv.serve(kv.central_write)
            await kv.world.travel(central.place, here)
            self.regional.hear(entry.key, entry.version)
            await kv.world.travel(here, self.colo)
        self.cache.drop(entry.key, kv.now)

    async def page(self, prefix: str, after: str | None, limit: int) -> tuple[Page, str]:
        """A page of the listing, from this place's cache where it is there: no write clears that."""
        kv = self.kv
        fetched, page = self.pages.get((prefix, after, limit), (0.0, None))
        if page and kv.now - fetched < kv.list_cache:
            await kv.serve(kv.local_read)
            return page, "hit"
        with _unreachable("GET"):
            here = await self._enter()
            central = await kv.reach_centre(here)
            await self._stop_during_outage("GET", central.place)
            page = kv.store.page(prefix, after, limit, kv.now, kv.unix)
            await kv.serve(kv.central_read)
            await kv.world.travel(central.place, here)
            await kv.world.travel(here, self.colo)
        self.pages[prefix, after, limit] = kv.now, page
        return page, "miss"

    async def _stop_during_outage(self, method: str, place: str) -> None:
        if self.kv.is_down:
            await self._turn_back(place, unavailable(method))

    async def _turn_back(self, place: str, error: JsException) -> NoReturn:
        """A refusal takes the way home too."""
        await self.kv.world.travel(place, self.colo)
        raise error


@contextmanager
def _unreachable(method: str) -> Iterator[None]:
    """Where nobody answers, the Worker sees the platform's own refusal."""
    try:
        yield
    except Unreachable:
        raise unavailable(method) from None
