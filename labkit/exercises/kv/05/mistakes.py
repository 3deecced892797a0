"""What people write instead."""

from labkit.grading import mistake

TRY = """            try:
                await self.env.PETITION.put(f"signature:{email}", "")
            except JsException as error:
                if "429" not in str(error):  # written within this second: the signature is there
                    raise
"""
PUT = '            await self.env.PETITION.put(f"signature:{email}", "")\n'
HEAD = "from pyodide.ffi import JsException\nfrom workers import Response, WorkerEntrypoint\n\n"

MISTAKES = [
    mistake(
        "the first page only",
        replace={
            '            if page["list_complete"]:\n                return': "            return",
            '\n            cursor = page["cursor"]': "",
        },
        fails=["counts_past_the_first_page"],
        believes="list returns everything.",
        diagnosis="list returns a page of 1,000 keys at most, and says in `list_complete` whether that was all.",
    ),
    mistake(
        "no mercy for a double click",
        replace={TRY: PUT},
        fails=["forgives_a_double_click"],
        believes="Writing the same value twice does no harm.",
        diagnosis="The second write to a key within a second is refused with 429, and `put` raises. Catch it: the signature is there.",
    ),
    mistake(
        "look before writing",
        replace={TRY: f'            if await self.env.PETITION.get(f"signature:{{email}}") is None:\n    {PUT}'},
        fails=["forgives_a_double_click"],
        believes="If I look whether the key is there, I never write it twice.",
        diagnosis="Between your look and your write there is a gap, and in Hamburg the look still says that nothing is there: "
        "an absence is cached too. It costs a read for every signature and protects from nothing.",
    ),
    mistake(
        "a random key",
        source=HEAD
        + """
from uuid import uuid4


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if request.method == "POST":
            await self.env.PETITION.put(f"signature:{uuid4()}", (await request.json())["email"])
            return Response("thank you")
        number, cursor = 0, None
        while True:
            page = await self.env.PETITION.list(prefix="signature:", cursor=cursor)
            number += len(page["keys"])
            if page["list_complete"]:
                return Response(str(number))
            cursor = page["cursor"]
""",
        fails=["forgives_a_double_click"],
        believes="A key of its own means a key that nobody else has.",
        diagnosis="A random key is new with every click, so one person counts as often as she clicks. "
        "Make the key from what tells people apart.",
    ),
    mistake(
        "a lock in a global",
        source=HEAD
        + """
import asyncio

lock = asyncio.Lock()


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if request.method == "POST":
            async with lock:
                number = int(await self.env.PETITION.get("number") or 0)
                await self.env.PETITION.put("number", str(number + 1))
            return Response("thank you")
        return Response(await self.env.PETITION.get("number") or "0")
""",
        fails=["loses_none", "forgives_a_double_click"],
        believes="A lock makes reading and writing one step.",
        diagnosis="The lock lives in one isolate. Vienna and Hamburg each have their own, and KV still takes one write a second to a key.",
    ),
    mistake(
        "a number for each city",
        source=HEAD
        + """

class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if request.method == "POST":
            key = f"number:{request.cf.colo}"
            number = int(await self.env.PETITION.get(key) or 0)
            await self.env.PETITION.put(key, str(number + 1))
            return Response("thank you")
        keys = (await self.env.PETITION.list(prefix="number:"))["keys"]
        numbers = [int(await self.env.PETITION.get(key["name"])) for key in keys]
        return Response(str(sum(numbers)))
""",
        fails=["loses_none", "forgives_a_double_click"],
        believes="If each city has its own number, nobody overwrites another.",
        diagnosis="Within one city the visitors still read, add and write the same key, at more than one write a second.",
    ),
    mistake(
        "trying again after a 429",
        source=HEAD
        + """
import asyncio


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if request.method == "POST":
            for attempt in range(10):
                number = int(await self.env.PETITION.get("number") or 0)
                try:
                    await self.env.PETITION.put("number", str(number + 1))
                    break
                except JsException:
                    await asyncio.sleep(1 + attempt)
            return Response("thank you")
        return Response(await self.env.PETITION.get("number") or "0")
""",
        fails=["loses_none", "forgives_a_double_click"],
        believes="429 is the only problem: wait and try again.",
        diagnosis="Waiting makes the writes succeed, not the sums: whoever reads 17 writes 18, also when eight others have done so.",
    ),
    mistake(
        "all emails in one value",
        source=HEAD
        + """
import json


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        people = await self.env.PETITION.get("people", "json") or []
        if request.method == "POST":
            people.append((await request.json())["email"])
            try:
                await self.env.PETITION.put("people", json.dumps(people))
            except JsException:
                pass
            return Response("thank you")
        return Response(str(len(set(people))))
""",
        fails=["loses_none"],
        believes="A list instead of a number keeps everybody.",
        diagnosis="One value is one value: whoever writes last replaces the list with theirs, and all who signed meanwhile are gone.",
    ),
    mistake(
        "a bigger page",
        source=HEAD
        + """

class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if request.method == "POST":
            email = (await request.json())["email"]
            try:
                await self.env.PETITION.put(f"signature:{email}", "")
            except JsException:
                pass
            return Response("thank you")
        page = await self.env.PETITION.list(prefix="signature:", limit=10_000)
        return Response(str(len(page["keys"])))
""",
        fails=["counts_one"],
        believes="limit raises the size of a page.",
        diagnosis="A page holds 1,000 keys at most, and a greater limit is refused. Follow the cursor instead.",
    ),
    mistake(
        "the attribute keys",
        replace={'page["keys"]': "page.keys()"},
        fails=["counts_one"],
        believes="page.keys are the keys.",
        diagnosis="A page is a dict, and `keys()` is the dict's own method: it gives `keys`, `list_complete`, `cacheStatus`. "
        'The names are in `page["keys"]`.',
    ),
]
