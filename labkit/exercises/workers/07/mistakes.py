"""What people write instead."""

from labkit.grading import mistake

WHO = """        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        account = await self.env.AUTH.verify(token) if scheme == "Bearer" else None
        if account is None:
            return Response("Who are you?", status=401)
"""
LOCAL = '        customer = account["customer"]  # a local name: others are served at the same time\n'
PATIENT = """        try:
            async with asyncio.timeout(PATIENCE):
                response = await self.forward(request, customer)
        except TimeoutError:
            response = Response("The API is slow today", status=504)
"""
AFTER = 'self.ctx.waitUntil(self.note({"customer": customer, "path": path, "status": response.status}))'
HEADERS = '        headers = {"x-customer": customer}\n'
BODY = "await request.text() or None"
FORWARD = 'return await fetch(f"{API}{url.path}{query}", method=request.method, headers=headers, body=body)'

MISTAKES = [
    mistake(
        "verify not awaited",
        replace={"await self.env.AUTH.verify(token)": "self.env.AUTH.verify(token)"},
        fails=["passes_the_answer"],
        believes="A method of a binding answers at once.",
        diagnosis="A call of another Worker takes time, and gives something to await. Without `await` there is no account to look into.",
    ),
    mistake(
        "the token by its name",
        replace={"verify(token)": "verify(token=token)"},
        fails=["passes_the_answer"],
        believes="Keywords reach the other Worker as keywords.",
        diagnosis="Between Workers keywords become one trailing dict: AUTH looked for the token `{'token': ...}`. Give it by position.",
    ),
    mistake(
        "status lost on the way",
        replace={
            "response = await self.forward(request, customer)": "response = Response(await (await self.forward(request, customer)).text())"
        },
        fails=["passes_the_answer"],
        believes="The body is the answer.",
        diagnosis="A new Response has status 200, whatever the API said. What fetch returned can be returned as it is.",
    ),
    mistake(
        "an empty body on a GET",
        replace={BODY: "await request.text()"},
        fails=["passes_the_answer"],
        believes="An empty text is no body.",
        diagnosis="An empty text is a body, and a GET may not have one: the runtime refuses the request. `or None`.",
    ),
    mistake(
        "any scheme will do",
        replace={'scheme == "Bearer"': "token"},
        fails=["keeps_others_out"],
        believes="What counts is the token.",
        diagnosis="`Basic` and a token is not `Bearer` and a token: what follows another scheme means something else.",
    ),
    mistake(
        "no header, no answer",
        replace={
            '        scheme, _, token = request.headers.get("authorization", "").partition(" ")\n': '        scheme, token = request.headers["authorization"].split(" ")\n'
        },
        fails=["keeps_others_out"],
        believes="Every request has the header, and two words in it.",
        diagnosis="Without the header, or with one word in it, the Worker raises, and the stranger reads an error page instead of 401.",
    ),
    mistake(
        "unknown tokens not looked for",
        replace={"        if account is None:\n": '        if scheme != "Bearer":\n'},
        fails=["keeps_others_out"],
        believes="verify raises for a token that it does not know.",
        diagnosis="`verify` answers None for an unknown token; looking into None raises, and the stranger gets an error page instead of 401.",
    ),
    mistake(
        "the API asked at the same time",
        source="""import asyncio
import json
from urllib.parse import urlsplit

from workers import Response, WorkerEntrypoint, fetch

API = "https://api.tern.example"
LOG = "https://log.tern.example/"
PATIENCE = 2


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        asked = asyncio.create_task(self.forward(request, token))
        account = await self.env.AUTH.verify(token) if scheme == "Bearer" else None
        if account is None:
            await asyncio.wait([asked], timeout=0.1)
            return Response("Who are you?", status=401)
        customer = account["customer"]
        try:
            async with asyncio.timeout(PATIENCE):
                response = await self.forward(request, customer)
        except TimeoutError:
            response = Response("The API is slow today", status=504)
        path = urlsplit(request.url).path
        self.ctx.waitUntil(self.note({"customer": customer, "path": path, "status": response.status}))
        return response

    async def forward(self, request, customer):
        url = urlsplit(request.url)
        query = f"?{url.query}" if url.query else ""
        headers = {"x-customer": customer}
        body = await request.clone().text() or None
        return await fetch(f"{API}{url.path}{query}", method=request.method, headers=headers, body=body)

    async def note(self, record):
        await fetch(LOG, method="POST", body=json.dumps(record))
""",
        fails=["keeps_others_out", "passes_the_request", "decides_who"],
        believes="Asking both at once saves a round trip.",
        diagnosis="The API was asked before anybody knew who asks. Side by side is for questions that do not need one another's answers.",
    ),
    mistake(
        "always a GET",
        replace={", method=request.method": "", ", body=body": ""},
        fails=["passes_the_request"],
        believes="fetch of a URL repeats the request.",
        diagnosis="`fetch` with a URL alone is a new GET without a body. Method and body are passed on by name.",
    ),
    mistake(
        "the query left behind",
        replace={"{url.path}{query}": "{url.path}"},
        fails=["passes_the_request"],
        believes="The path is all that follows the host.",
        diagnosis="What stands behind the question mark is not part of `path`: it is `urlsplit(...).query`.",
    ),
    mistake(
        "the visitor's headers passed on",
        replace={HEADERS: '        headers = {**request.headers, "x-customer": customer}\n'},
        fails=["decides_who"],
        believes="All headers belong to the request.",
        diagnosis="With the visitor's headers her token travels to the API as well. Make new ones, with what the API needs.",
    ),
    mistake(
        "the visitor's word is taken",
        replace={HEADERS: '        headers = {"x-customer": request.headers.get("x-customer", customer)}\n'},
        fails=["decides_who"],
        believes="A header that is there already is right.",
        diagnosis="Anybody can send `x-customer: oslo`. The customer is what AUTH says, and nothing else.",
    ),
    mistake(
        "no patience limit",
        replace={PATIENT: "        response = await self.forward(request, customer)\n"},
        fails=["gives_up", "notes"],
        believes="The platform gives up by itself.",
        diagnosis="Nothing ended the wait in time. Waiting costs a Worker nothing, so nothing but `asyncio.timeout` will end it, and that counts in seconds.",
    ),
    mistake(
        "milliseconds",
        replace={"PATIENCE = 2  # seconds": "PATIENCE = 2000"},
        fails=["gives_up", "notes"],
        believes="Times are in milliseconds, as in JavaScript.",
        diagnosis="Nothing ended the wait in time. Waiting costs a Worker nothing, so nothing but `asyncio.timeout` will end it, and that counts in seconds.",
    ),
    mistake(
        "caught inside",
        replace={
            PATIENT: """        async with asyncio.timeout(PATIENCE):
            try:
                response = await self.forward(request, customer)
            except TimeoutError:
                response = Response("The API is slow today", status=504)
"""
        },
        fails=["gives_up", "notes"],
        believes="The error is raised where one waits.",
        diagnosis="`asyncio.timeout` cancels what is inside of it and raises TimeoutError as its block ends. The `try` belongs around it.",
    ),
    mistake(
        "500 for slow",
        replace={"status=504": "status=500"},
        fails=["gives_up", "notes"],
        believes="Errors are 500.",
        diagnosis="500 says that you broke. 504 says that somebody behind you did not answer in time, and the visitor may try again.",
    ),
    mistake(
        "the note awaited",
        replace={AFTER: 'await self.note({"customer": customer, "path": path, "status": response.status})'},
        fails=["gives_up", "notes"],
        believes="To be sure that it is noted, one waits for it.",
        diagnosis="The visitor waits three seconds for the log. `waitUntil` is sure enough, and costs her nothing.",
    ),
    mistake(
        "the note as a task",
        replace={
            AFTER: 'asyncio.create_task(self.note({"customer": customer, "path": path, "status": response.status}))'
        },
        fails=["notes"],
        believes="A task that is started runs to its end.",
        diagnosis="The task ends with the response, as the log says. Only what waitUntil was given goes on.",
    ),
    mistake(
        "noted only when it went well",
        replace={f"        {AFTER}\n": f"        if response.ok:\n            {AFTER}\n"},
        fails=["notes"],
        believes="Failures are not billed.",
        diagnosis="A passage that fails is a passage: without a note nobody learns that the API was slow.",
    ),
    mistake(
        "the whole address noted",
        replace={"path = urlsplit(request.url).path": "path = request.url"},
        fails=["notes"],
        believes="The URL is the path.",
        diagnosis="`request.url` is the whole address, host and query included. The log wants `urlsplit(request.url).path`.",
    ),
    mistake(
        "a global customer",
        replace={
            "PATIENCE = 2  # seconds\n": "PATIENCE = 2\ncustomer = None\n",
            "        # 1. Who asks?\n": "        global customer\n",
            "forward(request, customer)\n        except": "forward(request)\n        except",
            "forward(self, request, customer)": "forward(self, request)",
        },
        fails=["keeps_customers_apart"],
        believes="A global is the request's own.",
        diagnosis="While the API thinks, the next request sets the global to another customer, and the record names that one. Make it a local name.",
    ),
]
