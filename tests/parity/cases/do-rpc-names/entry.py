"""Which names a stub answers to: private, missing, inherited, shadowed, and what is no method."""

from attempt import report, shortened
from workers import DurableObject, Response, WorkerEntrypoint


class Base(DurableObject):
    async def inherited(self):
        return "inherited"

    async def overridden(self):
        return "base"


class Box(Base):
    limit = 3

    async def _private(self):
        return "reached"

    async def overridden(self):
        return "own, after " + await super().overridden()

    @property
    def size(self):
        return 5

    @staticmethod
    async def static(value):
        return value

    @classmethod
    async def of_class(cls):
        return cls.__name__

    async def id(self):
        return "never reached"

    async def name(self):
        return "nor this"

    async def run(self, value):
        return ["run", value]

    async def alarm(self, info=None):
        return "alarm"

    async def webSocketMessage(self, ws, message):
        return "message"

    async def fetch(self, request):
        return Response("fetched")

    async def get(self, key):
        return ["get", key]

    async def then_(self):
        return "then_"

    async def keys(self):
        return ["k"]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        box = self.env.BOX.getByName("a")
        return await report(
            {
                "inherited": lambda: box.inherited(),
                "overridden": lambda: box.overridden(),
                "private": lambda: box._private(),
                "missing": lambda: box.nope(),
                "missing with arguments": lambda: box.nope(1, a=2),
                "an attribute": lambda: box.limit(),
                "a property": lambda: box.size(),
                "static": lambda: box.static(1),
                "of the class": lambda: box.of_class(),
                "id": lambda: callable(box.id),
                "name": lambda: [box.name, callable(box.name)],
                "run": lambda: box.run({"a": 1}),
                "get": lambda: box.get("k"),
                "keys": lambda: box.keys(),
                "then": lambda: box.then_(),
                "ctx": lambda: box.ctx(),
                "an alarm": lambda: box.alarm(),
                "a message": lambda: box.webSocketMessage(None, "x"),
                "camel and snake": lambda: box.overRidden(),
                "not called": lambda: callable(box.nope),
                "words": lambda: words(box),
            }
        )


async def words(box):
    try:
        await box.nope()
    except Exception as error:
        return [type(error).__module__, type(error).__name__, error.name, error.message, shortened(str(error))]
