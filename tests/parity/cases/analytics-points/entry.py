"""Data points are written without waiting and without an answer."""

from attempt import report
from workers import WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        write = self.env.EVENTS.writeDataPoint
        return await report(
            {
                "point": lambda: write({"blobs": ["a"], "doubles": [1.5], "indexes": ["i"]}),
                "keywords": lambda: write(blobs=["a"], doubles=[1]),
                "nothing": lambda: write(),
                "empty": lambda: write({}),
                "bytes": lambda: write({"blobs": [b"a", None]}),
                "tuple": lambda: write({"blobs": ("a",)}),
                "too many": lambda: write({"blobs": ["x"] * 21}),
                "no method": lambda: self.env.EVENTS.query("x"),
            }
        )
