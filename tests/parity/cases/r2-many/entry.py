"""`list` with metadata gives a hundred objects a page; `delete` takes many keys."""

from attempt import report
from workers import WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        files = self.env.FILES
        for number in range(105):
            await files.put(f"{number:03}", "")

        async def counted(**options):
            page = await files.list(**options)
            return [len(page["objects"]), page.truncated, page["cursor"]]

        async def left(keys):
            done = await files.delete(keys)
            return [done, len((await files.list())["objects"])]

        return await report(
            {
                "without": lambda: counted(),
                "include nothing": lambda: counted(include=[]),
                "with metadata": lambda: counted(include=["customMetadata"]),
                "with metadata, more than a hundred": lambda: counted(include=["httpMetadata"], limit=101),
                "with metadata, fewer": lambda: counted(include=["httpMetadata"], limit=99),
                "delete one": lambda: left("000"),
                "delete none": lambda: left([]),
                "delete a missing one": lambda: left("000"),
                "delete some": lambda: left(["001", "002", "000", "001"]),
                "delete numbers": lambda: left([100, 101]),
                "delete a number": lambda: left(102),
                "delete None": lambda: left(None),
                "delete a list with None": lambda: left([None]),
                "delete a dict": lambda: left({"a": 1}),
                "delete a tuple": lambda: left(("003",)),
                "delete a set": lambda: left({"003"}),
                "delete a thousand": lambda: left([f"{number:03}" for number in range(50, 1050)]),
                "two keys": lambda: files.delete("003", "004"),
                "what is left": lambda: counted(),
            }
        )
