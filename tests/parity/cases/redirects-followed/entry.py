"""Another Worker and an object that redirect: the binding's fetch follows, within them, unless told not to."""

from attempt import report
from workers import DurableObject, Response, WorkerEntrypoint

LEADS = {
    "/301": (301, "/here?a=1#part"),
    "/302": (302, "/here"),
    "/303": (303, "/here"),
    "/307": (307, "/here"),
    "/308": (308, "https://other.example/here"),
    "/twice": (302, "/301"),
    "/nowhere": (302, None),
    "/endless": (302, "/endless"),
    "/300": (300, "/here"),
}


async def told(request):
    path = "/" + request.url.partition("//")[2].partition("/")[2].partition("?")[0]
    if path in LEADS:
        status, location = LEADS[path]
        return Response(None, status=status, headers={"location": location} if location else {})
    body = await request.text()
    auth = request.headers.get("authorization")
    return Response(f"{request.method} {request.url} {body!r} {auth}")


class Other(WorkerEntrypoint):
    async def fetch(self, request):
        return await told(request)


class Room(DurableObject):
    async def fetch(self, request):
        return await told(request)


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        target = self.env.OTHER if request.url.endswith("/service") else self.env.ROOM.getByName("a")

        def get(path, **options):
            async def ask():
                response = await target.fetch(f"https://target.example{path}", **options)
                return [response.status, response.url, response.redirected, await response.text()]

            return ask

        async def endless():
            try:
                await target.fetch("https://target.example/endless")
            except Exception as error:
                return str(error)[:60]

        post = {"method": "POST", "body": "text", "headers": {"authorization": "secret"}}
        calls = {f"GET {path}": get(path) for path in LEADS if path != "/endless"}
        calls |= {f"POST {path}": get(path, **post) for path in LEADS if path not in ("/endless", "/300")}
        calls |= {"manual": get("/302", redirect="manual"), "error": get("/302", redirect="error"), "endless": endless}
        return await report(calls)
