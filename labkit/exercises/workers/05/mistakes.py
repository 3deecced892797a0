"""What people write instead."""

from labkit.grading import mistake

READ = 'dict(row.split(",") for row in ROWS.splitlines())'
TOP = f"""# 1. The table: the top level runs once in each isolate, before the first request and on a budget of its own
DAYS = {READ}
"""
LOOK_UP = """        if postcode not in DAYS:
            return Response("We do not deliver there", status=404)
        return Response(DAYS[postcode])
"""
HANDLER = "    async def fetch(self, request):\n"

MISTAKES = [
    mistake(
        "as it was",
        replace={TOP: "", HANDLER: f"{HANDLER}        DAYS = {READ}\n"},
        fails=["serves_the_first", "serves_the_rest"],
        believes="Reading a table costs nothing to speak of.",
        diagnosis="The table is still read on the visitors' CPU time, for each of them or for the first of each city, and two thousand "
        "turns of a loop are more than the free plan gives. At the top level they run when the isolate starts.",
    ),
    mistake(
        "when it is first needed",
        replace={
            TOP: "DAYS = None\n",
            HANDLER: f"{HANDLER}        global DAYS\n        if DAYS is None:\n            DAYS = {READ}\n",
        },
        fails=["serves_the_first", "serves_the_rest"],
        believes="The first visitor may wait a moment.",
        diagnosis="The first visitor in each city pays for the table with her own CPU time. It does not suffice, so the table "
        "is never finished, and the next visitor is the first again.",
    ),
    mistake(
        "a cache on a function",
        replace={
            TOP: f"\n@cache\ndef table():\n    return {READ}\n",
            "from urllib.parse": "from functools import cache\nfrom urllib.parse",
            HANDLER: f"{HANDLER}        DAYS = table()\n",
        },
        fails=["serves_the_first", "serves_the_rest"],
        believes="A cache makes the second call free.",
        diagnosis="A cache keeps what a call has returned, and the first call never returns: the CPU limit ends it.",
    ),
    mistake(
        "in the constructor",
        replace={
            TOP: "",
            HANDLER: f"    def __init__(self, ctx, env):\n        super().__init__(ctx, env)\n        self.days = {READ}\n\n{HANDLER}",
            LOOK_UP: LOOK_UP.replace("DAYS", "self.days"),
        },
        fails=["serves_the_first", "serves_the_rest"],
        believes="The object is made once.",
        diagnosis="The runtime makes a new object for each request, so the constructor runs for each request and on its CPU time.",
    ),
    mistake(
        "in slices",
        replace={
            TOP: "",
            "from urllib.parse": "import asyncio\nfrom urllib.parse",
            HANDLER: f"""{HANDLER}        DAYS = {{}}
        for number, row in enumerate(ROWS.splitlines()):
            DAYS.update([row.split(",")])
            if number % 400 == 0:
                await asyncio.sleep(0.01)
""",
        },
        fails=["serves_the_first", "serves_the_rest"],
        believes="The CPU limit is for one stretch of work; waiting in between starts it anew.",
        diagnosis="Waiting costs no CPU time and gives none back: what a request has computed adds up over its whole life.",
    ),
    mistake(
        "stop when it is found",
        replace={
            TOP: "",
            LOOK_UP: """        for row in ROWS.splitlines():
            code, number = row.split(",")
            if code == postcode:
                return Response(number)
        return Response("We do not deliver there", status=404)
""",
        },
        fails=["serves_the_first"],
        believes="On average only half of the table is read.",
        diagnosis="Postcodes near the end of the table need the whole loop. Half of the visitors are served, and half are not.",
    ),
    mistake(
        "after the response",
        replace={
            TOP: "DAYS = {}\n",
            HANDLER: f"{HANDLER}        if not DAYS:\n            self.ctx.waitUntil(self.fill())\n",
            LOOK_UP: f"{LOOK_UP}\n    async def fill(self):\n        DAYS.update({READ})\n",
        },
        fails=["answers"],
        believes="waitUntil prepares things for the visitor.",
        diagnosis="The postcode was not found in the table. Either the table was still empty when the visitor asked (waitUntil works "
        "after the response), or its keys are numbers, and the path is text.",
    ),
    mistake(
        "numbers as keys",
        replace={READ: '{int(row.split(",")[0]): row.split(",")[1] for row in ROWS.splitlines()}'},
        fails=["answers"],
        believes="A postcode is a number.",
        diagnosis="The postcode was not found in the table. Either the table was still empty when the visitor asked (waitUntil works "
        "after the response), or its keys are numbers, and the path is text.",
    ),
    mistake(
        "numbers in the response",
        replace={READ: '{row.split(",")[0]: int(row.split(",")[1]) for row in ROWS.splitlines()}'},
        fails=["answers"],
        believes="Response takes anything.",
        diagnosis="The body of a Response is text or bytes; a number is refused. Leave the days as text, or `str(...)` them.",
    ),
    mistake(
        "a KeyError for the unknown",
        replace={LOOK_UP: "        return Response(DAYS[postcode])\n"},
        fails=["knows_its_limits"],
        believes="Visitors only ask for what there is.",
        diagnosis="An unknown postcode raises KeyError, and the visitor gets the error page of a broken Worker instead of a 404.",
    ),
    mistake(
        "200 for the unknown",
        replace={", status=404)": ")"},
        fails=["knows_its_limits"],
        believes="The text says it all.",
        diagnosis="A program reads the status, not the text: 200 says that all is well.",
    ),
]
