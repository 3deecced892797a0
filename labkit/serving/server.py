"""The server: its ports, its life, its address."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from labkit import facts
from labkit.errors import LabError
from labkit.logs import Logs
from labkit.network.places import Place
from labkit.serving import blocked
from labkit.serving.app import App
from labkit.serving.pace import Pace
from labkit.serving.ports import any_near, listening
from labkit.serving.s3 import Endpoint
from labkit.visitor import Visitors

if TYPE_CHECKING:
    import uvicorn

    from labkit.emulators.r2.s3 import S3

GRACE = 3.0
"""Real seconds that requests under way get when the server stops."""


class Server:
    """`await` it to start it in the background, use it as `async with`, or `run()` it from a script.

    While it serves, `port` and `url` say where; `stop()` ends it, and awaiting it again starts it anew. It runs on the
    loop that started it: a blocking client on the same thread, as in a cell, is refused (`blocked`).
    """

    def __init__(
        self,
        visitors: Visitors,
        logs: Logs,
        place: Place,
        *,
        port: int,
        host: str,
        speed: float,
        log: Callable[[str], Any] | None,
        s3: S3 | None = None,
    ):
        if isinstance(speed, bool) or not isinstance(speed, int | float) or not speed > 0:
            raise LabError(f"speed={speed!r}: give the simulated seconds that go by in a real one, or inf.")
        self.host, self.port, self.place, self.speed = host, port, place, speed
        self._wanted_port, self._visitors, self._logs, self._log = port, visitors, logs, log
        self._life: _Life | None = None
        self._s3 = None if s3 is None else Endpoint(s3, host, 0)

    @property
    def s3(self) -> Endpoint:
        """The S3 endpoint of the lab's R2 buckets: its `url`, its keys, its `options()` for a client."""
        if self._s3 is None:
            raise LabError("This lab has no R2 bucket, and so no S3 endpoint: Lab(..., r2=['FILES']).")
        return self._s3

    @property
    def url(self) -> str:
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    @property
    def is_running(self) -> bool:
        return self._life is not None

    def __await__(self) -> Generator[Any, Any, Server]:
        return self._start().__await__()

    async def __aenter__(self) -> Server:
        return await self._start()

    async def __aexit__(self, *error: object) -> None:
        await self.stop()

    def run(self) -> None:
        """Serve until Ctrl-C, from a script that has no running loop."""
        if asyncio._get_running_loop() is not None:
            raise LabError("A loop is running here, as in a notebook: server = await lab.serve().")
        with suppress(KeyboardInterrupt):
            asyncio.run(self._for_ever())

    async def stop(self, grace: float = GRACE) -> None:
        """End it. Requests under way get `grace` real seconds; WebSockets are told 1001, going away."""
        life, self._life = self._life, None
        if life is not None:
            await life.end(grace)

    async def _start(self) -> Server:
        if self._life is None:
            sockets = listening(self.host, self._wanted_port)
            self.port = sockets[0].getsockname()[1]
            if self._s3 is not None:
                sockets += (others := any_near(self.host, self._wanted_port))
                self._s3.port = others[0].getsockname()[1]
            self._life = _Life(self._visitors, self.place, self.speed, self._logs, self._log, self._s3)
            await self._life.begin(sockets)
        return self

    async def _for_ever(self) -> None:
        async with self:
            print(f"{self!r}: Ctrl-C ends it.", flush=True)
            if self._s3 is not None:
                print(f"R2's S3 endpoint: {self._s3.exports()}", flush=True)
            await asyncio.Event().wait()

    def __repr__(self) -> str:
        pace = "" if self.speed == 1 else f", {self.speed:g} s a second"
        return f"<Server at {self.url}, entering at {self.place.code}{pace}>" if self._life else "<Server, stopped>"


class _Life:
    """From one start to one stop: uvicorn, the pace, and the lines of the log that were shown."""

    def __init__(
        self,
        visitors: Visitors,
        place: Place,
        speed: float,
        logs: Logs,
        log: Callable[[str], Any] | None,
        s3: Endpoint | None,
    ):
        self.logs, self.log, self.shown = logs, log, len(logs)
        self.pace = Pace(visitors.world, speed, self._show_logs, lambda: self.app.hang_up())
        self.app = App(visitors, self.pace, place, self._say, s3)
        self.uvicorn = _uvicorn(self.app)
        self.ports: set[int] = set()
        self.pacing: asyncio.Task[None] | None = None

    async def begin(self, sockets: list[Any]) -> None:
        await self.uvicorn.startup(sockets)
        self.ports = {socket.getsockname()[1] for socket in sockets}
        blocked.watch(self.ports)
        self.pacing = asyncio.create_task(self.pace.run(), name="the pace of a served lab")

    async def end(self, grace: float) -> None:
        for server in self.uvicorn.servers:
            server.close()
        await self.app.stop(grace)
        await self.uvicorn.shutdown()
        blocked.forget(self.ports)
        assert self.pacing is not None
        self.pacing.cancel()
        await asyncio.gather(self.pacing, return_exceptions=True)

    def _say(self, line: str) -> None:
        if self.log is not None:
            self._show_logs()
            self.log(line)

    def _show_logs(self) -> None:
        """Show what Workers have logged since; a lab that went back to a snapshot has fewer lines."""
        if self.log is not None:
            for entry in self.logs[min(self.shown, len(self.logs)) :]:
                self.log(str(entry))
            self.shown = len(self.logs)


def _uvicorn(app: App) -> uvicorn.Server:
    """uvicorn without what a notebook's kernel has already: a loop, signal handlers, logging.

    It is started and stopped, and its own main loop is never run: that one only ticks to watch for signals.
    """
    import uvicorn

    config = uvicorn.Config(
        app, http="h11", ws="websockets-sansio", lifespan="off", log_config=None, access_log=False,
        server_header=False, date_header=False, ws_ping_interval=None, timeout_graceful_shutdown=1,
        ws_max_size=int(facts.value("durable_objects.websocket_message_bytes")),
        h11_max_incomplete_event_size=int(facts.value("workers.url_bytes") + facts.value("workers.headers_bytes")),
    )  # fmt: skip
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    return server
