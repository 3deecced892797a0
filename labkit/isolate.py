"""A running copy of a Worker at one place: how it starts, and what belongs to it while it runs."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from difflib import get_close_matches
from functools import partial
from typing import TYPE_CHECKING, Any

from labkit import clock, facts, sockets
from labkit.invocation import ExceededCpu
from labkit.program import Sandbox
from labkit.steps import OutOfSteps, StepBudget
from labkit.straight import runs_straight
from labkit.workers import context
from labkit.workers.ffi import JsException

if TYPE_CHECKING:
    from labkit.worker import Worker


class Env:
    """`env`: the bindings by name. A name that the configuration does not declare is an AttributeError."""

    def __init__(self, bindings: dict[str, Any]):
        self.__dict__.update(bindings)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(name)

    def __repr__(self) -> str:
        return f"<env with {', '.join(sorted(self.__dict__)) or 'nothing bound'}>"


class StartUp:
    """What a program's top level may ask of the runtime: its env and the time, and no I/O."""

    def __init__(self, isolate: Isolate):
        self.env, self.caches = isolate.env, isolate.caches
        world = isolate.worker.world
        self.random, self.strict, self.now = world.random, world.strict, lambda: world.unix
        self.print = partial(isolate.worker.print, isolate.colo)

    def wait_until(self, awaitable: Any) -> None:
        raise JsException("Error", NO_IO)

    async def fetch(self, request: Any) -> Any:
        raise JsException("Error", NO_IO)


NO_IO = (
    "Disallowed operation called within global scope. Asynchronous I/O (ex: fetch() or connect()), setting a timeout, "
    "and generating random values are not allowed within global scope. To fix this error, perform this operation "
    "within a handler. https://developers.cloudflare.com/workers/runtime-apis/handlers/"
)


class Isolate:
    """One running copy of a Worker at one place: its classes, its module globals, its env."""

    def __init__(self, worker: Worker, colo: str):
        self.worker, self.colo = worker, colo
        self.env = worker.bind(colo)
        self.caches = worker.caches(colo)
        self.may_block = sockets.can_open(self.env)
        self.classes: dict[str, type] = {}
        self.runs_straight = False
        self.last_used = worker.world.timeline.now
        self.starting: asyncio.Future[None] | None = None
        self.is_lost = False  # with its place
        self.sockets: set[Any] = set()

    def entrypoint(self, name: str) -> type:
        """The exported class of this name."""
        if name not in self.classes:
            raise JsException("TypeError", no_entrypoint("The Worker", name, self.classes))
        return self.classes[name]

    def keep(self, socket: Any) -> None:
        """Keep a socket that the Worker has accepted: it lives no longer than the isolate."""
        self.sockets.add(socket)

    def release(self, socket: Any) -> None:
        """The socket has ended."""
        self.sockets.discard(socket)

    def cut(self) -> None:
        """The isolate is thrown away, and its connections with it."""
        sockets, self.sockets = self.sockets, set()
        for socket in sockets:
            socket._vanish()

    def start(self) -> None:
        """Run the program's top level, within the CPU time that the platform gives to a start."""
        worker = self.worker
        modules = clock.modules(lambda: worker.world.unix, worker.world.random) | {"socket": sockets.module()}
        sandbox = Sandbox(modules, partial(worker.print, self.colo))
        token = context.current.set(StartUp(self))  # type: ignore[arg-type]
        try:
            with StepBudget(int(facts.value("workers.startup_cpu") * 1000 / worker.step_ms)):
                self.classes = worker.program.start(sandbox)
            self.runs_straight = runs_straight(sandbox.codes)
        except OutOfSteps as error:
            raise ExceededCpu("Script startup exceeded CPU time limit.", error) from None
        finally:
            context.current.reset(token)


def no_entrypoint(owner: str, name: str, names: Iterable[str]) -> str:
    """The sentence that says so, with the nearest right name."""
    near = get_close_matches(name, names, n=1)
    hint = f"Did you mean {near[0]!r}?" if near else f"It has {', '.join(names)}."
    return f"{owner} has no entrypoint class called {name!r}. {hint}"
