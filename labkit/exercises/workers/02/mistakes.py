"""What people write instead."""

from labkit.grading import mistake

LOCAL = '        reader = request.headers.get("x-reader", "stranger")\n'
TITLES = """        if Default.titles is None:
            Default.titles = await self.ask("titles")
"""
POINTS = 'points = await self.ask(f"points/{reader}") if reader != "stranger" else "0"'
ASK = """
    async def ask(self, what):
        response = await fetch(f"https://data.fernway.example/{what}")
        return await response.text()
"""


def shared(who, last=""):
    """The Worker with the reader on the class, as it was: `who` is its first step, `last` its last."""
    return (
        """from workers import Response, WorkerEntrypoint, fetch


class Default(WorkerEntrypoint):
    reader = "stranger"
    titles = None

    async def fetch(self, request):
"""
        + who
        + TITLES
        + """        points = await self.ask(f"points/{self.reader}") if self.reader != "stranger" else "0"
        text = f"Good morning, {self.reader}. You have {points} points. New: {self.titles}"
"""
        + last
        + """        return Response(text)
"""
        + ASK
    )


MISTAKES = [
    mistake(
        "set anew by each request",
        source=shared('        Default.reader = request.headers.get("x-reader", "stranger")\n'),
        fails=["keeps_readers_apart"],
        believes="If each request begins by setting the name anew, nothing is left of the last one.",
        diagnosis="The reader's name still lives where all requests of the isolate share it, on the class or in a global: "
        "while this one waits for points, the next one changes it. Make it a local name of `fetch`.",
    ),
    mistake(
        "a global instead",
        source="""from workers import Response, WorkerEntrypoint, fetch

reader = "stranger"


class Default(WorkerEntrypoint):
    titles = None

    async def fetch(self, request):
        global reader
        reader = request.headers.get("x-reader", "stranger")
"""
        + TITLES
        + """        points = await self.ask(f"points/{reader}") if reader != "stranger" else "0"
        return Response(f"Good morning, {reader}. You have {points} points. New: {self.titles}")
"""
        + ASK,
        fails=["keeps_readers_apart"],
        believes="Only a class's attributes are shared.",
        diagnosis="A global of the module is one for all requests of the isolate as well. "
        "Only a local name, or an attribute that is set on `self`, belongs to one request.",
    ),
    mistake(
        "emptied at the end",
        source=shared(
            """        if "x-reader" in request.headers:
            Default.reader = request.headers["x-reader"]
""",
            """        Default.reader = "stranger"
""",
        ),
        fails=["keeps_readers_apart"],
        believes="What is cleared when the request is done cannot reach the next one.",
        diagnosis="Between setting the name and clearing it the Worker waits, and others set it and clear it. "
        "There is no stretch of time in which a shared name is yours alone.",
    ),
    mistake(
        "a lock",
        replace={
            "from workers import Response": "import asyncio\n\nfrom workers import Response",
            "    titles = None  #": "    lock = asyncio.Lock()\n    titles = None  #",
            LOCAL: "        async with Default.lock:\n            return await self.greet(request)\n\n"
            "    async def greet(self, request):\n" + LOCAL,
        },
        fails=["makes_no_queue"],
        believes="What several requests use at once needs a lock.",
        diagnosis="The lock makes a queue: the tenth reader waits for the nine before her. Readers who share nothing need none.",
    ),
    mistake(
        "the last one, if she does not say",
        replace={
            '        reader = request.headers.get("x-reader", "stranger")': '        reader = request.headers.get("x-reader", Default.last)\n'
            "        Default.last = reader",
            "    titles = None  #": '    last = "stranger"\n    titles = None  #',
        },
        fails=["forgets"],
        believes="Somebody without the header is the reader from before.",
        diagnosis="A stranger gets the name of whoever came last. The default is `stranger`, not what was there.",
    ),
    mistake(
        "not awaited",
        replace={POINTS: POINTS.replace("await ", "")},
        fails=["greets"],
        believes="Calling an async function gives its result.",
        diagnosis="A call of an async function is a promise of a result. Without `await` the page shows the promise.",
    ),
    mistake(
        "names in lower case",
        replace={'request.headers.get("x-reader", "stranger")': 'request.headers.get("x-reader", "stranger").lower()'},
        fails=["greets"],
        believes="Names do not mind capitals.",
        diagnosis="Her name is what the header says, capitals and all; the points are kept under that very name.",
    ),
    mistake(
        "nothing shared at all",
        replace={TITLES: '        titles = await self.ask("titles")\n', "New: {self.titles}": "New: {titles}"},
        fails=["keeps_the_titles"],
        believes="Whatever is shared is a mistake.",
        diagnosis="The titles are fetched again for each reader: they are not kept, or kept where they end with the request (on `self`) "
        "or for one reader only. What is the same for all belongs on the class or in the module.",
    ),
    mistake(
        "the titles on self",
        replace={
            TITLES: '        if self.titles is None:\n            self.titles = await self.ask("titles")\n',
        },
        fails=["keeps_the_titles"],
        believes="self lives as long as the isolate.",
        diagnosis="The runtime makes a new object for each request, and what is set on `self` goes with it. "
        "What should stay belongs to the class or to the module.",
    ),
    mistake(
        "the points kept as well",
        replace={
            f"        {POINTS}\n": f"        if Default.points is None:\n            Default.{POINTS}\n",
            "    titles = None  #": "    points = None\n    titles = None  #",
            "{points} points": "{self.points} points",
        },
        fails=["keeps_readers_apart", "forgets"],
        believes="What is slow to fetch is kept.",
        diagnosis="The points of the first reader are shown to all who follow. Keep for the isolate only what is the same for everybody.",
    ),
    mistake(
        "None for a stranger",
        replace={'request.headers.get("x-reader", "stranger")': 'request.headers.get("x-reader")'},
        fails=["forgets"],
        believes="A header that is not there is empty.",
        diagnosis="`get` without a second argument gives None, and the page says `Good morning, None`.",
    ),
    mistake(
        "each reader her own titles",
        replace={
            "    titles = None  #": "    titles = {}  #",
            TITLES: '        if reader not in Default.titles:\n            Default.titles[reader] = await self.ask("titles")\n',
            "New: {self.titles}": "New: {self.titles[reader]}",
        },
        fails=["keeps_the_titles"],
        believes="To be safe, each reader gets a list of titles of her own.",
        diagnosis="The titles are fetched and kept once for each reader, in a memory that all requests of the isolate share. They are the same for all.",
    ),
]
