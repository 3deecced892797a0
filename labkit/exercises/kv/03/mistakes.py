"""What people write instead."""

from labkit.grading import mistake

END = 'expirationTtl=max(60, notice["seconds"]),  # KV refuses less than a minute'

MISTAKES = [
    mistake(
        "no minimum",
        replace={END: 'expirationTtl=notice["seconds"],'},
        fails=["accepts_a_short_one"],
        believes="KV takes any number of seconds.",
        diagnosis="KV refuses less than 60 seconds, with an exception. `max(60, ...)` keeps a short notice for a minute.",
    ),
    mistake(
        "no end",
        replace={END: ""},
        fails=["ends", "accepts_a_short_one"],
        believes="Somebody will delete it.",
        diagnosis="A value without expirationTtl stays until somebody deletes it, and the manager has gone home.",
    ),
    mistake(
        "snake_case",
        replace={"expirationTtl": "expiration_ttl"},
        fails=["ends", "accepts_a_short_one"],
        believes="Python's names have underscores.",
        diagnosis="`expiration_ttl` is ignored: the platform's options keep their JavaScript names. In production nobody "
        "warns you, and the value stays for ever.",
    ),
    mistake(
        "milliseconds",
        replace={'notice["seconds"])': 'notice["seconds"] * 1000)'},
        fails=["ends", "accepts_a_short_one"],
        believes="Times are in milliseconds, as in JavaScript.",
        diagnosis="expirationTtl is in seconds: the notice stays a thousand times too long.",
    ),
    mistake(
        "expiration",
        replace={"expirationTtl": "expiration"},
        fails=["stores"],
        believes="expiration is how long a value lives.",
        diagnosis="`expiration` is a moment, in seconds since 1970, and this one has passed. The time from now is `expirationTtl`.",
    ),
    mistake(
        "two reads",
        replace={
            'found = await self.env.SHOP.getWithMetadata("notice")': 'found = await self.env.SHOP.getWithMetadata("notice")\n'
            '        text = await self.env.SHOP.get("notice")',
            'Response(found["value"]': "Response(text",
        },
        fails=["reads_once"],
        believes="getWithMetadata is for the metadata.",
        diagnosis="`getWithMetadata` has the value in `value`: the `get` beside it is a second read of the same thing.",
    ),
    mistake(
        "the author in the body",
        replace={
            'Response(found["value"], headers={"x-author": found["metadata"]["author"]})': "Response(f\"{found['value']} "
            "({found['metadata']['author']})\")"
        },
        fails=["shows"],
        believes="The visitor may as well read the author.",
        diagnosis="The body is the text and nothing else. The author goes into the header `x-author`, where programs look for it.",
    ),
    mistake(
        "everything as JSON",
        replace={'Response(found["value"], headers={"x-author": found["metadata"]["author"]})': "Response.json(found)"},
        fails=["shows"],
        believes="What KV returns can be handed on as it is.",
        diagnosis="`getWithMetadata` returns value, metadata and cacheStatus. Visitors want the text alone.",
    ),
    mistake(
        "None for a missing key",
        replace={'if found["value"] is None:': "if found is None:"},
        fails=["says_404"],
        believes="getWithMetadata returns None where there is nothing.",
        diagnosis="It always returns a dict. Where there is nothing, its `value` and its `metadata` are None.",
    ),
    mistake(
        "everything in the value",
        source="""
import json

from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if request.method == "PUT":
            notice = await request.json()
            await self.env.SHOP.put("notice", json.dumps(notice), expirationTtl=max(60, notice["seconds"]))
            return Response("stored")
        notice = await self.env.SHOP.get("notice", "json")
        if notice is None:
            return Response("no notice", status=404)
        return Response(notice["text"], headers={"x-author": notice["author"]})
""",
        fails=["stores"],
        believes="JSON is how one stores more than one thing.",
        diagnosis="The sign over the door reads the key as a plain text and would show JSON. What describes the value belongs in metadata.",
    ),
    mistake(
        "two keys",
        source="""
from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if request.method == "PUT":
            notice = await request.json()
            ttl = max(60, notice["seconds"])
            await self.env.SHOP.put("notice", notice["text"], expirationTtl=ttl)
            await self.env.SHOP.put("notice:author", notice["author"], expirationTtl=ttl)
            return Response("stored")
        text = await self.env.SHOP.get("notice")
        if text is None:
            return Response("no notice", status=404)
        return Response(text, headers={"x-author": await self.env.SHOP.get("notice:author")})
""",
        fails=["stores"],
        believes="A second key is the place for a second thing.",
        diagnosis="Two keys are two writes and two reads, and a reader in between sees a text with another's name. "
        "Metadata travels with its value.",
    ),
    mistake(
        "the metadata as text",
        replace={
            'metadata={"author": notice["author"]},': 'metadata=notice["author"],',
            '["metadata"]["author"]': '["metadata"]',
        },
        fails=["stores"],
        believes="metadata is a text.",
        diagnosis='Metadata may be any JSON, but others look for `author` in it: a dict such as `{"author": "Signe"}`.',
    ),
    mistake(
        "200 with words",
        replace={'Response("no notice", status=404)': 'Response("no notice")'},
        fails=["says_404"],
        believes="The text says it all.",
        diagnosis="People read the text, programs the status. Without status=404 the sign lights up with `no notice`.",
    ),
]
