"""A service outside of the platform that Workers call: it fails by chance, takes its time, and keeps a book.

What a consumer, a step or a job does to the world is a call of it, `POST https://service.example/orders/17`, and is
counted here, whatever the platform believes. A call that names an `Idempotency-Key` of one that was done before is
answered from the book and does nothing, as payment services have it (the IETF's draft "The Idempotency-Key HTTP
Header Field"). Its dice are those of the order and of how often it was asked for: the same in every run of one seed.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass
from random import Random
from urllib.parse import urlsplit

from workers import Response  # pyright: ignore[reportAttributeAccessIssue]

from labkit.services import Origin

HOST = "service.example"
PLACE = "IAD"
OK, UNAVAILABLE, UNPROCESSABLE = 200, 503, 422


@dataclass(frozen=True)
class Effect:
    """A call that did something: for which `order`, and from when to when on the lab's clock, in seconds."""

    order: str
    begun: float
    ended: float


class Service:
    """What stands at `service.example`. `fails` is the chance of a 503; orders in `poison` get a 422 every time.

    `seconds` draws how long a call takes. `effects` are those that were done; `calls` counts all, by order.
    """

    def __init__(self, seed: object, *, fails: float = 0.0, poison: Collection[str] = (),
                 seconds: Callable[[Random], float] | None = None):  # fmt: skip
        self.seed, self.fails, self.poison, self.seconds = seed, fails, frozenset(poison), seconds
        self.effects: list[Effect] = []
        self.calls: Counter[str] = Counter()
        self._done: set[str] = set()

    @property
    def origins(self) -> dict[str, Origin]:
        """The option `origins` of a lab that has this service."""
        return {HOST: Origin(self.answer, place=PLACE, seconds=0)}

    async def answer(self, request) -> Response:
        """What a call is answered with, after its time."""
        order, key = urlsplit(request.url).path.rpartition("/")[2], request.headers.get("Idempotency-Key")
        self.calls[order] += 1
        random = Random(f"{self.seed} {order} {self.calls[order]}")
        status = self._status(order, random)
        if status == OK and not self._is_known(key):
            await self._do(order, random)
        return Response("", status=status)

    def done(self) -> Counter[str]:
        """How often each order was done."""
        return Counter(effect.order for effect in self.effects)

    def _status(self, order: str, random: Random) -> int:
        if order in self.poison:
            return UNPROCESSABLE
        return UNAVAILABLE if random.random() < self.fails else OK

    def _is_known(self, key: str | None) -> bool:
        """Whether a call with this key came before; the first is remembered at once, as two may come together."""
        is_known = key in self._done
        if key is not None:
            self._done.add(key)
        return is_known

    async def _do(self, order: str, random: Random) -> None:
        clock = asyncio.get_running_loop().time
        begun = clock()
        if self.seconds:
            await asyncio.sleep(self.seconds(random))
        self.effects.append(Effect(order, begun, clock()))
