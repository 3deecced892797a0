"""What `limit` takes, and the words with which it refuses the rest."""

from attempt import report
from workers import WorkerEntrypoint

CALLS = {
    "nothing": ((), {}),
    "text": (("a",), {}),
    "none": ((None,), {}),
    "no key": (({},), {}),
    "keyword": ((), {"key": "k"}),
    "number": (({"key": 5},), {}),
    "null": (({"key": None},), {}),
    "unknown": (({"key": "a", "foo": 1, "bar": 2},), {}),
    "list": ((["a"],), {}),
    "limit": (({"key": "a", "limit": "x"},), {}),
    "period": (({"key": "a", "period": 30},), {}),
    "period text": (({"key": "a", "period": "x"},), {}),
    "own limit": (({"key": "own", "limit": 0},), {}),
    "own period": (({"key": "own", "period": 10},), {}),
    "both": (({"key": "b"},), {"key": 5}),
}


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        limiter = self.env.LIMITER
        return await report(
            {
                name: lambda args=args, keywords=keywords: limiter.limit(*args, **keywords)
                for name, (args, keywords) in CALLS.items()
            }
        )
