"""An exception on its way to the caller: its class is lost, its words and its traceback arrive as text."""

from attempt import report, shortened
from pyodide.ffi import JsException
from workers import DurableObject, WorkerEntrypoint


class Full(Exception):
    def __init__(self, seats):
        super().__init__(f"no seat of {seats}")
        self.seats = seats


class Box(DurableObject):
    async def fail(self, kind):
        if kind == "own":
            raise Full(3)
        if kind == "chained":
            try:
                raise KeyError("inner")
            except KeyError as error:
                raise RuntimeError("outer") from error
        if kind == "assert":
            assert kind == "other", "asserted"
        if kind == "empty":
            raise ValueError
        if kind == "lines":
            raise ValueError("one\ntwo")
        if kind == "stop":
            raise StopIteration(5)
        if kind == "platform":
            await self.ctx.storage.get(5.5, {"a": 1}, 7, [])
            self.ctx.storage.sql.exec("SELECT nope")
        return kind

    async def deeper(self):
        return await self.env.BOX.getByName("b").fail("own")

    async def caught(self):
        try:
            return await self.env.BOX.getByName("b").fail("own")
        except Exception as error:
            return [type(error).__name__, isinstance(error, JsException), hasattr(error, "seats")]

    async def alive(self):
        self.seen = getattr(self, "seen", 0) + 1
        return self.seen


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        box = self.env.BOX.getByName("a")
        kinds = ("own", "chained", "assert", "empty", "lines", "stop", "platform", "none")
        return await report(
            {kind: lambda kind=kind: box.fail(kind) for kind in kinds}
            | {
                "through two": box.deeper,
                "caught between": box.caught,
                "before": box.alive,
                "still the same object": lambda: after(box),
                "seen": lambda: seen(box),
            }
        )


async def after(box):
    try:
        await box.fail("own")
    except Exception:
        return await box.alive()


async def seen(box):
    try:
        await box.fail("own")
    except Exception as error:
        lines = str(error).splitlines()
        return [type(error).__name__, error.name, lines[0], shortened(error.message), isinstance(error, Full)]
