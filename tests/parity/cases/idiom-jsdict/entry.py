"""A JsDict is a dict first: a column called count, items or keys is not an attribute."""

from attempt import describe, report
from workers import DurableObject, WorkerEntrypoint


class Box(DurableObject):
    async def row(self):
        return self.ctx.storage.sql.exec("SELECT 7 AS count, 'x' AS items, 1 AS keys, 'plain' AS name").one()

    async def given(self, value):
        return [type(value).__name__, describe(value)]

    async def counted(self):
        row = self.ctx.storage.sql.exec("SELECT 7 AS count, 1 AS total").one()
        return [callable(getattr(row, "count", None)), row["count"], row.total]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        box = self.env.BOX.getByName("a")
        row = await box.row()
        await self.env.KV.put("k", "v")
        listed = await self.env.KV.list()
        return await report(
            {
                "type": lambda: [type(row).__name__, isinstance(row, dict)],
                "a column": lambda: row.name,
                "by key": lambda: [row["count"], row["items"], row["keys"]],
                "as attributes": lambda: [callable(row.items), callable(row.keys)],
                "count": lambda: row.count,
                "called": lambda: sorted(row.keys()),
                "missing": lambda: row.nope,
                "missing key": lambda: row["nope"],
                "get": lambda: [row.get("nope"), row.get("name")],
                "has": lambda: ["name" in row, hasattr(row, "nope")],
                "set": lambda: changed(row),
                "listed": lambda: [each["name"] for each in listed["keys"]],
                "listed, wrong": lambda: [each["name"] for each in listed.keys],
                "list complete": lambda: listed.list_complete,
                "inside": box.counted,
                "nested": lambda: box.given({"a": {"b": [{"c": 1}]}, "n": None}),
                "given on": lambda: box.given(row),
                "of numbers": lambda: box.given({1: "one", 2.5: "two"}),
                "of None": lambda: box.given({None: 1}),
                "a result": lambda: nested(box),
            }
        )


def changed(row):
    row.extra = 5
    row["name"] = "other"
    return [row["extra"], row.name, sorted(row)]


async def nested(box):
    kind, value = await box.given({"a": {"b": 1}})
    return [kind, value["JsDict"]["a"]["JsDict"]["b"]]
