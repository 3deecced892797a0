from attempt import report
from workers import DurableObject, Response, WorkerEntrypoint


class Store(DurableObject):
    async def check(self):
        s = self.ctx.storage
        await s.put({"a": 1, "b": 2})
        return await (
            await report(
                {
                    "get of nothing": lambda: s.get(),
                    "get missing": lambda: s.get("nope"),
                    "get of an int": lambda: put_and_get(s, 5, "5"),
                    "get of None": lambda: put_and_get(s, None, "null"),
                    "get of a dict": lambda: s.get({}),
                    "get of a set": lambda: s.get({"a", "b"}),
                    "get of a tuple": lambda: s.get(("a", "b")),
                    "get of a list": lambda: s.get(["b", "nope", "a", "b"]),
                    "get of an empty list": lambda: s.get([]),
                    "get with text as options": lambda: s.get("a", "x"),
                    "get with options": lambda: s.get("a", {"allowConcurrency": True, "noCache": True}),
                    "get with keywords": lambda: s.get("a", allowConcurrency=True),
                    "get with an unknown option": lambda: s.get("a", cache=True),
                    "put of nothing": lambda: s.put(),
                    "put of a key": lambda: s.put("a"),
                    "put of None": lambda: put_and_get(s, "n", "n", None),
                    "put with keywords": lambda: s.put("a", 1, allowUnconfirmed=True),
                    "put with its value by keyword": lambda: by_keyword(s),
                    "put with text as options": lambda: s.put("a", 1, "x"),
                    "put of a dict": lambda: many(s),
                    "put of a dict with options": lambda: s.put({"a": 1}, {"allowUnconfirmed": True}),
                    "put of a dict and a number": lambda: s.put({"a": 1}, 5),
                    "put of an empty dict": lambda: s.put({}),
                    "put of a list": lambda: s.put(["a"], 1),
                    "put of a dict of which one is refused": lambda: refused(s),
                    "the empty key": lambda: put_and_get(s, "", ""),
                    "a key with a zero": lambda: put_and_get(s, "a\0b", "a\0b"),
                    "delete": lambda: twice(s),
                    "delete of nothing": lambda: s.delete(),
                    "delete of several": lambda: s.delete(["b", "b", "nope"]),
                    "delete of an empty list": lambda: s.delete([]),
                    "128 keys": lambda: s.get([f"k{n}" for n in range(128)]),
                    "129 keys": lambda: s.get([f"k{n}" for n in range(129)]),
                    "129 pairs": lambda: s.put({f"k{n}": 1 for n in range(129)}),
                    "129 deleted": lambda: s.delete([f"k{n}" for n in range(129)]),
                    "a key of 5,000 bytes": lambda: put_and_get(s, "k" * 5000, "k" * 5000),
                    "1,999,000 bytes": lambda: s.put("big", b"x" * 1_999_000),
                    "2,100,000 bytes": lambda: s.put("big", b"x" * 2_100_000),
                    "2,300,000 bytes": lambda: s.put("big", b"x" * 2_300_000),
                    "kv get of nothing": lambda: s.kv.get(),
                    "kv get missing": lambda: s.kv.get("nope"),
                    "kv get of a list": lambda: s.kv.get(["a"]),
                    "kv put of a key": lambda: s.kv.put("a"),
                    "kv put of a dict": lambda: s.kv.put({"a": 1}),
                    "kv put of None": lambda: [s.kv.put("kn", None), s.kv.get("kn")],
                    "kv delete": lambda: [s.kv.delete("kn"), s.kv.delete("kn")],
                    "kv deleteAll": lambda: s.kv.deleteAll(),
                    "an unknown method": lambda: s.nope(),
                    "a method awaited twice": lambda: awaited_twice(s),
                    "not awaited": lambda: not_awaited(s),
                    "sync": lambda: s.sync(),
                    "deleteAll": lambda: s.deleteAll(),
                    "afterwards": lambda: s.list(),
                }
            )
        ).text()


async def put_and_get(s, key, name, value=1):
    await s.put(key, value)
    return await s.get(name)


async def by_keyword(s):
    await s.put("kw", value=1)
    return await s.get("kw")


async def many(s):
    await s.put({"m1": 1, "m2": None})
    return await s.get(["m2", "m1"])


async def refused(s):
    try:
        await s.put({"r1": 1, "r2": len})
    except Exception as error:
        return [str(error), await s.get("r1")]


async def twice(s):
    return [await s.delete("a"), await s.delete("a")]


async def awaited_twice(s):
    asked = s.get("b")
    await asked
    return await asked


async def not_awaited(s):
    put = s.put("later", 1)
    found = await s.get("later")
    await put
    return found


class Default(WorkerEntrypoint):
    async def fetch(self):
        return Response(await self.env.STORE.getByName("a").check(), headers={"content-type": "application/json"})
