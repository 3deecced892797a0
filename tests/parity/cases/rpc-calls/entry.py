"""RPC methods: keyword arguments, defaults, private and missing methods, errors, functions."""

from attempt import describe, report
from workers import WorkerEntrypoint


class Odd(Exception):
    pass


class Service(WorkerEntrypoint):
    limit = 3

    async def add(self, a, b=10):
        return [describe(a), describe(b)]

    def plain(self, value):
        return {"got": value}

    async def many(self, *values, **options):
        return [[describe(each) for each in values], describe(options)]

    async def _private(self):
        return "reached"

    async def fail(self, kind):
        if kind == "value":
            raise ValueError("bad")
        if kind == "type":
            raise TypeError("worse")
        raise Odd("own")

    async def none(self):
        pass

    async def call_back(self, function):
        return await function(5)

    async def adder(self, n):
        return lambda x: x + n


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        service = self.env.SERVICE
        return await report(
            {
                "one": lambda: service.add(1),
                "two": lambda: service.add(1, 2),
                "keyword": lambda: service.add(1, b=2),
                "only keywords": lambda: service.add(a=1, b=2),
                "not async": lambda: service.plain(1),
                "several": lambda: service.many(1, "a", None, x=1),
                "too many": lambda: service.plain(1, 2),
                "too few": lambda: service.add(),
                "private": lambda: service._private(),
                "missing": lambda: service.nope(),
                "not a method": lambda: service.limit(),
                "none": lambda: service.none(),
                "value error": lambda: service.fail("value"),
                "type error": lambda: service.fail("type"),
                "own error": lambda: service.fail("own"),
                "callback": lambda: service.call_back(lambda n: n * 2),
                "function": lambda: used(service),
            }
        )


async def used(service):
    add = await service.adder(5)
    return await add(1)
