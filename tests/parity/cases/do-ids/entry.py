from attempt import report
from workers import DurableObject, WorkerEntrypoint


class Room(DurableObject):
    async def mine(self):
        id = self.ctx.id
        return [len(str(id)), id.name, id.toString() == str(id)]

    async def id(self):
        return "hidden"

    async def echo(self, *args):
        return list(args)

    async def ask(self, other):
        return await other.name_of()

    async def name_of(self):
        return self.ctx.id.name

    async def stub_of(self, name):
        return self.env.ROOM.getByName(name)

    async def apply(self, function):
        return await function(1)

    async def adder(self, by):
        async def add(to):
            return to + by

        return add


async def later(x):
    return x + 2


def failing(x):
    raise ValueError("no")


async def given_back(stub):
    add = await stub.adder(3)
    return await add(4)


class Hall(DurableObject):
    pass


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        room, hall = self.env.ROOM, self.env.HALL
        one = room.idFromName("one")
        text = one.toString()
        stub = room.get(one)
        unique = room.newUniqueId()
        return await report(
            {
                "digits": lambda: [len(text), int(text, 16) > 0],
                "str": lambda: str(one) == text,
                "name": lambda: one.name,
                "same": lambda: [one.equals(room.idFromName("one")), one.equals(room.idFromName("two"))],
                "other class": lambda: text == hall.idFromName("one").toString(),
                "from string": lambda: [room.idFromString(text).equals(one), room.idFromString(text).name],
                "upper case": lambda: room.idFromString(text.upper()).equals(one),
                "short": lambda: room.idFromString("abc"),
                "no hex": lambda: room.idFromString("z" * 64),
                "of another class": lambda: room.idFromString(hall.idFromName("one").toString()),
                "made up": lambda: room.idFromString("0" * 64),
                "equals a string": lambda: one.equals(text),
                "get a string": lambda: room.get("one"),
                "get nothing": lambda: room.get(),
                "get another's": lambda: hall.get(one).id.name,
                "unique": lambda: [unique.name, len(unique.toString()), unique.equals(room.newUniqueId())],
                "name of a number": lambda: room.idFromName(5).name,
                "no name": lambda: room.idFromName(None).name,
                "stub": lambda: [stub.name, stub.id.equals(one)],
                "stub of a unique id": lambda: room.get(unique).name,
                "by name": lambda: room.getByName("one").id.equals(one),
                "a hint": lambda: room.getByName("one", locationHint="weur").name,
                "a bad hint": lambda: room.getByName("one", locationHint="mars").name,
                "jurisdiction": lambda: room.jurisdiction("eu"),
                "unique in a jurisdiction": lambda: room.newUniqueId(jurisdiction="eu"),
                "its own id": lambda: room.getByName("one").mine(),
                "its own unique id": lambda: room.get(room.idFromString(text)).mine(),
                "hidden": lambda: callable(stub.id),
                "a relative URL": lambda: stub.fetch("/path"),
                "arguments": lambda: stub.echo(1, "a", None, [1, {"b": 2}], by=3),
                "a tuple": lambda: stub.echo((1, 2)),
                "an id": lambda: stub.echo(one),
                "a namespace": lambda: stub.echo(room),
                "a stub": lambda: stub.echo(stub),
                "a stub given on": lambda: room.getByName("two").ask(stub),
                "returned": lambda: room.getByName("two").stub_of("one"),
                "a function": lambda: stub.apply(lambda x: x + 1),
                "a coroutine function": lambda: stub.apply(later),
                "a function given back": lambda: given_back(stub),
                "a failing function": lambda: stub.apply(failing),
                "an object": lambda: stub.echo(object()),
            }
        )
