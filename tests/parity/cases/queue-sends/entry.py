"""What a producer's calls answer, and what they refuse."""

from attempt import report
from workers import WorkerEntrypoint

BODIES = {
    "a text": "hello",
    "a dict": {"a": 1},
    "none": None,
    "a number": 1.5,
    "a tuple": (1, 2),
    "a big integer": 2**60,
    "a nested tuple": {"a": [(1, 2)]},
    "a bytearray": bytearray(b"x"),
    "bytes": b"x",
    "a set": {1},
    "a function": len,
}
OPTIONS = {
    "no such type": {"contentType": "xml"},
    "a type in capitals": {"contentType": "JSON"},
    "no type": {"contentType": None},
    "a number as type": {"contentType": 5},
    "a delay": {"delaySeconds": 5},
    "a delay as text": {"delaySeconds": "5"},
    "no delay": {"delaySeconds": None},
    "half a second": {"delaySeconds": 0.5},
    "a delay too big for an integer": {"delaySeconds": 2**31},
}
TYPED = {
    "text of a dict": ({}, "text"),
    "text of a number": (5, "text"),
    "text of none": (None, "text"),
    "text of a boolean": (True, "text"),
    "text of a list": ([1], "text"),
    "text of bytes": (b"x", "text"),
    "text of a big integer": (2**60, "text"),
    "text of a function": (len, "text"),
    "bytes of a text": ("x", "bytes"),
    "bytes of bytes": (b"x", "bytes"),
    "bytes of a list": ([1], "bytes"),
    "bytes of none": (None, "bytes"),
    "v8 of a set": ({1}, "v8"),
    "v8 of a function": (len, "v8"),
    "v8 of a dict": ({"a": 1}, "v8"),
}
BATCHES = {
    "one": [{"body": 1}],
    "none at all": [],
    "a body without a dict": [1],
    "a text": ["x"],
    "no body": [{}],
    "an empty body": [{"body": None}],
    "with options": [{"body": 1, "contentType": "text", "delaySeconds": 1}],
    "no such type": [{"body": 1, "contentType": "xml"}],
    "not a list": "abc",
    "a dict": {"body": 1},
    "a number": 5,
    "nothing": None,
    "a tuple": ({"body": 1},),
    "a hundred": [{"body": 1}] * 100,
    "a list in a list": [[1]],
}


class Sent:
    """A queue whose answers are told by their form: how much waits in it is each runtime's own affair."""

    def __init__(self, queue):
        self.queue = queue

    def __getattr__(self, name):
        async def call(*args, **keywords):
            answer = await getattr(self.queue, name)(*args, **keywords)
            metrics = answer.metadata.metrics
            return [
                type(answer).__name__,
                list(answer),
                list(answer["metadata"]),
                type(metrics).__name__,
                sorted(metrics),
            ]

        return call


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        queue, asked = Sent(self.env.QUIET), {}
        for name, body in BODIES.items():
            asked[f"send {name}"] = lambda body=body: queue.send(body)
        for name, options in OPTIONS.items():
            asked[f"with {name}"] = lambda options=options: queue.send("x", options)
            asked[f"by keyword {name}"] = lambda options=options: queue.send("x", **options)
        for name, (body, kind) in TYPED.items():
            asked[name] = lambda body=body, kind=kind: queue.send(body, contentType=kind)
        for name, batch in BATCHES.items():
            asked[f"batch: {name}"] = lambda batch=batch: queue.sendBatch(batch)
        asked["batch with a delay"] = lambda: queue.sendBatch([{"body": 1}], {"delaySeconds": 3})
        asked["batch with a delay by keyword"] = lambda: queue.sendBatch([{"body": 1}], delaySeconds=3)
        asked["send without anything"] = lambda: queue.send()
        asked["send with a body by keyword"] = lambda: queue.send(body="x")
        asked["options that are no dict"] = lambda: queue.send("x", 5)
        asked["options that are a text"] = lambda: queue.send("x", "text")
        asked["options that are none"] = lambda: queue.send("x", None)
        asked["batch without anything"] = lambda: queue.sendBatch()
        asked["nothing of this name"] = lambda: queue.receive()
        return await report(asked)
