"""What people write instead."""

from labkit.grading import mistake

GATHER = "await asyncio.gather(*(self.ask(part) for part in PARTS))"
PAGE = "dict(zip(PARTS, answers, strict=True))"
READ = "return await response.json() if response.ok else None"
HEAD = """import asyncio

from workers import Response, WorkerEntrypoint, fetch

PARTS = ("flights", "hotels", "weather", "offers")


"""

MISTAKES = [
    mistake(
        "as it was, with an error caught",
        replace={GATHER: "[await self.ask(part) for part in PARTS]"},
        fails=["waits_once"],
        believes="async code runs side by side by itself.",
        diagnosis="`await` in a loop, or in a list, waits for one answer before it asks the next question. "
        "Hand the coroutines to `asyncio.gather` without awaiting them.",
    ),
    mistake(
        "awaited on the way into gather",
        replace={GATHER: "await asyncio.gather(*[await self.ask(part) for part in PARTS])"},
        fails=["shows_the_page"],
        believes="gather makes everything inside its brackets run at once.",
        diagnosis="By the time gather is called, the `await` in the list has done the waiting, one by one, "
        "and gather gets answers where it wants coroutines. Leave that `await` out.",
    ),
    mistake(
        "two by two",
        replace={
            GATHER: "[*await asyncio.gather(*(self.ask(part) for part in PARTS[:2])), "
            "*await asyncio.gather(*(self.ask(part) for part in PARTS[2:]))]"
        },
        fails=["waits_once"],
        believes="Half of them at a time is kinder.",
        diagnosis="The second pair sets out when the first is back: two crossings of the Pacific. Six calls may be under way at once, so four can go together.",
    ),
    mistake(
        "in the order of arrival",
        replace={GATHER: "[await done for done in asyncio.as_completed([self.ask(part) for part in PARTS])]"},
        fails=["shows_the_page"],
        believes="The answers come back in the order of the questions.",
        diagnosis="as_completed gives whichever answer is there first, so the hotels stand under `flights`. `gather` keeps the order.",
    ),
    mistake(
        "gather without the star",
        replace={GATHER: "await asyncio.gather([self.ask(part) for part in PARTS])"},
        fails=["shows_the_page"],
        believes="gather takes a list.",
        diagnosis="gather takes the coroutines as separate arguments. A star in front of the list spreads it: `gather(*calls)`.",
    ),
    mistake(
        "started and left alone",
        source=HEAD
        + """class Default(WorkerEntrypoint):
    async def fetch(self, request):
        page = dict.fromkeys(PARTS)
        for part in PARTS:
            asyncio.create_task(self.ask(part, page))
        return Response.json(page)

    async def ask(self, part, page):
        response = await fetch(f"https://api.wattle.example/{part}")
        page[part] = await response.json() if response.ok else None
""",
        fails=["shows_the_page"],
        believes="A task that is started will be done by the time it matters.",
        diagnosis="The page left before the answers came. `create_task` and `waitUntil` start work and do not wait for it; "
        "what stands on the page must be awaited.",
    ),
    mistake(
        "after the response",
        source=HEAD
        + """class Default(WorkerEntrypoint):
    async def fetch(self, request):
        page = dict.fromkeys(PARTS)
        for part in PARTS:
            self.ctx.waitUntil(self.ask(part, page))
        return Response.json(page)

    async def ask(self, part, page):
        response = await fetch(f"https://api.wattle.example/{part}")
        page[part] = await response.json() if response.ok else None
""",
        fails=["shows_the_page"],
        believes="waitUntil makes the response wait.",
        diagnosis="The page left before the answers came. `create_task` and `waitUntil` start work and do not wait for it; "
        "what stands on the page must be awaited.",
    ),
    mistake(
        "one failure, no page",
        replace={READ: "return await response.json()"},
        fails=["survives_an_error"],
        believes="An error page is JSON too.",
        diagnosis="An answer with status 500 is still a response: fetch does not raise. Parsing its text as JSON does. Look at `response.ok` first.",
    ),
    mistake(
        "one failure, nothing but null",
        source=HEAD
        + """class Default(WorkerEntrypoint):
    async def fetch(self, request):
        try:
            answers = await asyncio.gather(*(self.ask(part) for part in PARTS))
        except ValueError:
            answers = [None] * len(PARTS)
        return Response.json(dict(zip(PARTS, answers, strict=True)))

    async def ask(self, part):
        response = await fetch(f"https://api.wattle.example/{part}")
        return await response.json()
""",
        fails=["survives_an_error"],
        believes="If one fails, all have failed.",
        diagnosis="The `try` stands around all four, so one failure throws the other three away. Put it where one part is asked for.",
    ),
    mistake(
        "the errors as answers",
        source=HEAD
        + """class Default(WorkerEntrypoint):
    async def fetch(self, request):
        answers = await asyncio.gather(*(self.ask(part) for part in PARTS), return_exceptions=True)
        return Response.json(dict(zip(PARTS, map(str, answers))))

    async def ask(self, part):
        response = await fetch(f"https://api.wattle.example/{part}")
        return await response.json()
""",
        fails=["survives_an_error"],
        believes="Turning everything into text takes care of exceptions.",
        diagnosis="return_exceptions puts the exception where the answer would be, and `str` makes a text of it: "
        "the visitor reads your error message. null is None in Python.",
    ),
    mistake(
        "left out instead of null",
        replace={PAGE: "{part: answer for part, answer in zip(PARTS, answers) if answer is not None}"},
        fails=["survives_an_error"],
        believes="What is missing is the same as null.",
        diagnosis="The name has to stay: the browser reads `page.offers`, and a missing name is `undefined`, not null.",
    ),
    mistake(
        "a first call to see whether it works",
        replace={
            '        response = await fetch(f"https://api.wattle.example/{part}")\n': '        if not (await fetch(f"https://api.wattle.example/{part}")).ok:\n            return None\n'
            '        response = await fetch(f"https://api.wattle.example/{part}")\n',
        },
        fails=["asks_once", "waits_once"],
        believes="One asks whether the API is well before one asks the question.",
        diagnosis="You ask each API twice, one after the other: two crossings. The first response had the answer in it.",
    ),
]

EXCUSED = {
    "return Response.json(dict(zip(PARTS, answers, strict=True))) => "
    "return Response.json(dict(zip(PARTS, answers, strict=False)))": "gather returns as many answers as it got calls.",
}
