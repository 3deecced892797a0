"""The stub of an object: each call travels to its place and back, in the order in which the calls were made."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import Context, copy_context
from functools import partial
from typing import TYPE_CHECKING, Any

from labkit.emulators.durable_objects.endings import Reset, lost
from labkit.emulators.durable_objects.output_gate import fail
from labkit.network.faults import Unreachable
from labkit.workers import rpc
from labkit.workers.context import confirmed
from labkit.workers.http import AbortError
from labkit.workers.js.requests import Request as JsRequest
from labkit.workers.js.responses import Response as JsResponse
from labkit.workers.js.upgrades import crossed
from labkit.workers.outbound import outgoing
from labkit.workers.promises import settled
from labkit.workers.proxies import JsException
from labkit.workers.redirects import followed
from labkit.workers.request import Request
from labkit.workers.response import Response, as_response

if TYPE_CHECKING:
    from labkit.emulators.durable_objects import DurableObjects
    from labkit.emulators.durable_objects.durable_object import DurableObject
    from labkit.emulators.durable_objects.ids import DurableObjectId
    from labkit.world import World

REQUEST = {"do.requests": 1}


class DurableObjectStub:
    """`await stub.method(...)` and `stub.fetch(...)`; `id` and `name` are its own, and hide methods so called.

    Once an answer is that the object was reset, the stub is broken: it repeats that, and another one must be made.
    """

    _js_name = "DurableObject"

    def __init__(self, objects: DurableObjects, id: DurableObjectId, colo: str, hint: str | None):
        self._objects, self._colo, self._hint = objects, colo, hint
        self.id, self.name = id, id.name
        self._broken: Reset | None = None
        self._last: asyncio.Future[None] | None = None  # the arrival of the call before

    async def fetch(self, request: Any, **options: Any) -> Response:
        """The object's Response to a request. Refuses a URL that is not absolute; its exceptions are the caller's.

        Redirects that it gives lead back to it.
        """
        sent = outgoing(request, options).js_object
        try:
            return Response(await followed(sent, self._ask))
        except JsException as error:
            raise AbortError(error) from None

    def _ask(self, sent: JsRequest) -> Awaitable[JsResponse]:
        return self._sent("fetch", [Request(sent)], partial(self._response, sent))

    def _response(self, sent: JsRequest, answer: Any) -> JsResponse:
        response = as_response(answer).js_object
        crossed(sent, response, self._objects.world.way(self._target().place, self._colo))
        return response

    @property
    def js_object(self) -> DurableObjectStub:
        """Itself: what RPC asks for, and refuses to copy."""
        return self

    def __getattr__(self, method: str) -> Callable[..., Awaitable[Any]]:
        if method.startswith("__"):
            raise AttributeError(method)
        return partial(self._call, method)

    def _call(self, method: str, *args: Any, **keywords: Any) -> Awaitable[Any]:
        """An RPC, on its way at once. Keywords arrive as one trailing dict, because that is what crosses the wire."""
        target = self._target()
        rpc.refuse_reserved(method)
        sent = rpc.arguments(args, keywords, partial(_back, target, self._colo, copy_context()))
        return self._sent(method, sent, partial(rpc.result, invoke=partial(_again, target, self._colo)))

    def _target(self) -> DurableObject:
        return self._objects.reach(self.id, self._colo, self._hint)

    def _sent(self, method: str, args: list[Any], answer: Callable[[Any], Any]) -> Awaitable[Any]:
        """Send a call after those before it. It reaches the object even if nobody waits for its result."""
        timeline = self._objects.world.timeline
        before, self._last = self._last, timeline.create_future()
        outcome = timeline.create_future()
        call = partial(self._round_trip, method, args, answer, before, self._last)
        timeline.spawn(_told(outcome, call), name=method)
        return _outcome(outcome)

    async def _round_trip(
        self, method: str, args: list[Any], answer: Callable[[Any], Any],
        before: asyncio.Future[None] | None, arrived: asyncio.Future[None],
    ) -> Any:  # fmt: skip
        target, world = self._target(), self._objects.world
        label, operation = target.label, "fetch" if method == "fetch" else "call"
        try:
            if self._broken:
                raise self._broken
            world.charge("durable_objects")
            with world.trace.event("durable_objects", operation, self._colo, object=label, method=method):
                place = await self._arrive(target, before)
                arrived.set_result(None)
                try:
                    return answer(await target.run(method, args, operation=method, units=REQUEST, rpc=operation))
                finally:
                    rpc.release(args)
                    await world.travel(place, self._colo)
        except Unreachable:
            raise lost().error from None
        except Reset as reset:
            self._broken = reset
            raise reset.error from None
        except Exception as error:
            raise rpc.seen_by_caller(error) from None
        finally:
            if not arrived.done():
                arrived.set_result(None)

    async def _arrive(self, target: DurableObject, before: asyncio.Future[None] | None) -> str:
        """Travel to the object, and wait for the calls of this stub that set out before; the place where it is."""
        await confirmed()
        place = target.place
        await self._objects.world.travel(self._colo, place)
        if before:
            await before
        return place


async def _told(outcome: asyncio.Future[Any], call: Callable[[], Awaitable[Any]]) -> None:
    """Take a call to its end, and tell whoever still waits what it came to."""
    try:
        result = await call()
    except (KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except asyncio.CancelledError:
        outcome.cancel()
        raise
    except BaseException as error:
        fail(outcome, error)
    else:
        if not outcome.done():
            outcome.set_result(result)


async def _outcome(outcome: asyncio.Future[Any]) -> Any:
    """The result of a call that goes on whether or not anybody waits for it."""
    return await outcome


async def _back(target: DurableObject, colo: str, home: Context, function: Callable[..., Any], args: list[Any]) -> Any:
    """Run a function that the caller gave, where the caller is: what the object's stub of it does."""
    world = target.world
    await confirmed()
    await world.travel(target.place, colo)
    try:
        result = rpc.raw(await home.run(world.timeline.create_task, _called(world, function, args)))
    except Exception as error:
        raise rpc.seen_by_caller(error) from None
    await world.travel(colo, target.place)
    return result


async def _again(target: DurableObject, colo: str, function: Callable[..., Any], args: list[Any]) -> Any:
    """Run a function that the object gave, in the object: what the caller's stub of it does."""
    world = target.world
    await world.travel(colo, target.place)
    try:
        result = rpc.raw(await target.run(lambda _: function(*args), operation="function"))
    except Reset as reset:
        raise reset.error from None
    except Exception as error:
        raise rpc.seen_by_caller(error) from None
    await world.travel(target.place, colo)
    return result


async def _called(world: World, function: Callable[..., Any], args: list[Any]) -> Any:
    result = function(*args)
    return await (world.timeline.prepared(result) if asyncio.iscoroutine(result) else settled(result))
