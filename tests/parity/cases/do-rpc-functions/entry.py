"""Functions over RPC, both ways: callbacks, functions that are given back, and what they close over."""

from attempt import report
from js import Object
from pyodide.ffi import to_js
from workers import DurableObject, WorkerEntrypoint


class Box(DurableObject):
    def __init__(self, ctx, env):
        super().__init__(ctx, env)
        self.total = 0
        self.listener = None

    async def apply(self, function, *values):
        return [await function(value) for value in values]

    async def adder(self, by):
        async def add(to):
            self.total += by
            return to + by

        return add

    async def methods(self):
        return {"add": self.add, "total": lambda: self.total}

    async def add(self, by):
        self.total += by
        return self.total

    async def fails(self, function):
        try:
            return await function()
        except Exception as error:
            return [type(error).__name__, str(error).strip().splitlines()[-1]]

    async def listen(self, function):
        self.listener = function

    async def listen_on(self, function):
        self.listener = function.dup()

    async def tell(self, value):
        return await self.listener(value)

    async def twice(self, value):
        return value, value


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        box = self.env.BOX.getByName("a")
        heard = []

        async def later(value):
            heard.append(value)
            return value * 2

        def failing():
            raise ValueError("from the caller")

        return await report(
            {
                "a lambda": lambda: box.apply(lambda value: value + 1, 1, 2),
                "a coroutine function": lambda: box.apply(later, "a", "b"),
                "was called here": lambda: heard,
                "gets": lambda: box.apply(kind, 1, "a", None, True, {"a": 1}, [1], b"x"),
                "gets an object": lambda: box.apply(lambda value: value.a, {"a": 5}),
                "gets a list": lambda: box.apply(lambda value: value.to_py()[1], [1, 2]),
                "gives none": lambda: box.apply(lambda value: None, 1),
                "gives a dict": lambda: box.apply(lambda value: {"got": 1}, 1),
                "gives a list": lambda: box.apply(lambda value: [1], 1),
                "gives bytes": lambda: box.apply(lambda value: b"x", 1),
                "gives what it got": lambda: box.apply(lambda value: value, {"a": [1]}, [2]),
                "gives an object": lambda: box.apply(
                    lambda value: to_js({"got": value}, dict_converter=Object.fromEntries), 1
                ),
                "a builtin": lambda: box.apply(len, "four"),
                "a bound method": lambda: box.apply(heard.count, "a"),
                "given back": lambda: used(box),
                "several": lambda: several(box),
                "raises": lambda: box.fails(failing),
                "given back and raises": lambda: wrong(box),
                "not a function": lambda: box.apply(5, 1),
                "kept until later": lambda: kept(box, later),
                "kept as a copy": lambda: kept_as_a_copy(box, later),
                "two results": lambda: box.twice(1),
            }
        )


async def used(box):
    add = await box.adder(5)
    return [await add(1), await add(2), await box.add(0)]


async def several(box):
    methods = await box.methods()
    return [sorted(methods), await methods["add"](1)]


async def wrong(box):
    add = await box.adder(5)
    return await add("text")


def kind(value):
    return type(value).__name__ + str(value is None)


async def kept_as_a_copy(box, function):
    await box.listen_on(function)
    return await box.tell(21)


async def kept(box, function):
    await box.listen(function)
    return await box.tell(21)
