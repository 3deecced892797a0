"""Reading back a Response that the Worker made: text, JSON, bytes, twice, and its parts."""

from attempt import report
from workers import Response, WorkerEntrypoint


async def twice(reader):
    response = Response('{"a": 1}')
    first = await getattr(response, reader)()
    return [type(first).__name__, response.body_used, await getattr(response, reader)()]


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        plain = Response("text", status=201, headers={"x-a": "1"})
        return await report(
            {
                "text": lambda: Response("h\u00e9llo").text(),
                "json": lambda: Response('{"a": [1]}').json(),
                "bytes": lambda: Response("ab").bytes(),
                "buffer": lambda: Response("ab").buffer(),
                "memoryview": lambda: Response("ab").memoryview(),
                "blob": lambda: Response("ab").blob(),
                "form": lambda: form(),
                "text twice": lambda: twice("text"),
                "json twice": lambda: twice("json"),
                "bytes twice": lambda: twice("bytes"),
                "bad json": lambda: Response("nope").json(),
                "empty text": lambda: Response().text(),
                "parts": lambda: [plain.status, plain.ok, plain.url, plain.type, plain.redirected],
                "repr": lambda: repr(plain),
                "replace_body": lambda: replaced(plain),
                "clone": lambda: cloned(plain),
                "body": lambda: plain.body,
                "no body": lambda: Response().body,
                "js_object": lambda: plain.js_object,
                "raise for status": lambda: Response("x", status=404).raise_for_status(),
                "fine status": lambda: Response("x").raise_for_status(),
                "set a status": lambda: setattr(plain, "status", 500),
            }
        )


async def form():
    made = await Response("a=1&b=2", headers={"content-type": "application/x-www-form-urlencoded"}).form_data()
    return list(made.items())


async def replaced(response):
    other = response.replace_body("other")
    return [other.status, other.headers.get("x-a"), await other.text(), await response.text()]


async def cloned(response):
    response = Response("again")
    copy = response.clone()
    return [await copy.text(), await response.text()]
