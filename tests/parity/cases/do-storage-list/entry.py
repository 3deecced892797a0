from attempt import report
from workers import DurableObject, Response, WorkerEntrypoint

KEYS = ["a", "a1", "a2", "a3", "b", "Z", "\u00e9", "\U0001f600", "\uffff", "0"]


class Store(DurableObject):
    async def check(self):
        s = self.ctx.storage
        await s.put({key: n for n, key in enumerate(KEYS)})
        calls = {
            "all": {},
            "prefix": {"prefix": "a"},
            "prefix of none": {"prefix": "x"},
            "empty prefix": {"prefix": ""},
            "prefix and start": {"prefix": "a", "start": "a2"},
            "prefix and startAfter": {"prefix": "a", "startAfter": "a2"},
            "prefix and a start beyond it": {"prefix": "a", "start": "b"},
            "prefix and a start before it": {"prefix": "a", "start": "Z"},
            "prefix and end": {"prefix": "a", "end": "a3"},
            "prefix and an end beyond it": {"prefix": "a", "end": "z"},
            "prefix and end, reverse": {"prefix": "a", "end": "a3", "reverse": True, "limit": 1},
            "the last prefix": {"prefix": "\U0010ffff"},
            "start": {"start": "a2"},
            "startAfter": {"startAfter": "a2"},
            "start and end": {"start": "a1", "end": "b"},
            "end before start": {"start": "b", "end": "a"},
            "end is start": {"start": "a", "end": "a"},
            "both starts": {"start": "a", "startAfter": "b"},
            "reverse": {"reverse": True},
            "reverse from": {"reverse": True, "start": "a2"},
            "reverse in words": {"reverse": "false"},
            "reverse 0": {"reverse": 0},
            "limit": {"limit": 2},
            "limit 0": {"limit": 0},
            "limit -1": {"limit": -1},
            "limit fraction": {"limit": 1.9},
            "limit in words": {"limit": "2"},
            "limit None": {"limit": None},
            "start None": {"start": None},
            "snake case": {"start_after": "a"},
        }
        by_dict = {name: lambda o=options: s.list(o) for name, options in calls.items()}
        by_keyword = {f"{name}, keywords": lambda o=options: s.list(**o) for name, options in calls.items()}
        sync = {f"kv {name}": lambda o=options: list(s.kv.list(o)) for name, options in calls.items()}
        others = {
            "text": lambda: s.list("a"),
            "None": lambda: s.list(None),
            "both": lambda: s.list({"limit": 1}, prefix="a"),
            "kv as dict": lambda: dict(s.kv.list(prefix="a")),
            "kv next": lambda: s.kv.list(prefix="a").next(),
            "kv next at the end": lambda: s.kv.list(prefix="x").next(),
            "kv toArray": lambda: s.kv.list(limit=1).toArray(),
            "kv twice": lambda: twice(s.kv),
            "kv len": lambda: len(s.kv.list()),
        }
        return await (await report(by_dict | by_keyword | sync | others)).text()


def twice(kv):
    first = kv.list()
    first.next()
    kv.list().next()
    return first.next()


class Default(WorkerEntrypoint):
    async def fetch(self):
        return Response(await self.env.STORE.getByName("a").check(), headers={"content-type": "application/json"})
