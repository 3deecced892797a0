"""What people write instead."""

from labkit.grading import mistake

TTL = "cacheTtl=120"

MISTAKES = [
    mistake(
        "the default",
        replace={f"name, {TTL})": "name)"},
        fails=["uses_the_copy"],
        believes="KV keeps a copy until it changes.",
        diagnosis="Without cacheTtl a copy serves for 60 seconds. The promise allows twice that.",
    ),
    mistake(
        "an hour",
        replace={TTL: "cacheTtl=3600"},
        fails=["keeps_the_promise"],
        believes="A write clears the copies, so a long cacheTtl only makes reads faster.",
        diagnosis="No write clears the copies in other cities. cacheTtl is how long an old value may be shown: here, an hour.",
    ),
    mistake(
        "milliseconds",
        replace={TTL: "cacheTtl=120_000"},
        fails=["keeps_the_promise"],
        believes="Times are in milliseconds, as in JavaScript.",
        diagnosis="cacheTtl is in seconds: 120,000 of them are a day and a half of payments to a bank that is down.",
    ),
    mistake(
        "minutes",
        replace={TTL: "cacheTtl=2"},
        fails=["still_reads"],
        believes="Times are in minutes.",
        diagnosis="cacheTtl is in seconds, and less than 30 is refused.",
    ),
    mistake(
        "snake_case",
        replace={TTL: "cache_ttl=120"},
        fails=["uses_the_copy"],
        believes="Python's names have underscores.",
        diagnosis="The platform's options keep their JavaScript names. `cache_ttl` is ignored without a word in production; "
        "here you get a warning. It is `cacheTtl`.",
    ),
    mistake(
        "the other TTL",
        replace={TTL: "expirationTtl=120"},
        fails=["uses_the_copy"],
        believes="There is one TTL.",
        diagnosis="expirationTtl belongs to `put`: when the value ends. `get` ignores it. How old a copy may be is `cacheTtl`.",
    ),
    mistake(
        "TTL on the write",
        replace={
            f"name, {TTL})": "name)",
            "await request.text())\n": "await request.text(), expirationTtl=120)\n",
        },
        fails=["keeps_the_promise", "uses_the_copy"],
        believes="The writer decides how long copies live.",
        diagnosis="With expirationTtl the switch ends by itself after two minutes, and payments are on again. "
        "How old a copy may be is decided by the reader, in `get`.",
    ),
    mistake(
        "a global",
        source="""
from urllib.parse import urlsplit

from workers import Response, WorkerEntrypoint

known = {}


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        name = urlsplit(request.url).path.removeprefix("/flags/")
        if request.method == "PUT":
            known[name] = await request.text()
            await self.env.FLAGS.put(name, known[name])
            return Response("stored")
        if name not in known:
            known[name] = await self.env.FLAGS.get(name, cacheTtl=120)
        return Response("on" if known[name] is None else known[name])
""",
        fails=["keeps_the_promise", "uses_the_copy"],
        believes="A global is a cache that a write keeps fresh.",
        diagnosis="A global of yours has no age: each isolate keeps the old value for as long as it lives, and the write "
        "reached only the isolate in London. Leave the copies to KV, which knows how old they are.",
    ),
    mistake(
        "five minutes",
        replace={TTL: "cacheTtl=300"},
        fails=["keeps_the_promise"],
        believes="A busy city refreshes its copy after a minute anyway.",
        diagnosis="The refresh comes with a read, and that read is still answered with the old value. "
        "In a city that nobody asks for two minutes, the first shopper afterwards is sent to the bank.",
    ),
]
