"""`env.ASSETS.fetch`: URLs, Requests, options, methods, and what comes back."""

from attempt import report
from workers import Request, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        assets = self.env.ASSETS
        if request.url.endswith("/pass"):
            return await assets.fetch(request)
        if request.url.endswith("/pass-js"):
            return await assets.fetch(request.js_object)

        async def get(*args, **options):
            return await seen(await assets.fetch(*args, **options))

        async def again(**headers):
            tag = (await assets.fetch("http://x/a")).headers["etag"]
            return await get("http://x/a", headers={name: value.replace("TAG", tag) for name, value in headers.items()})

        return await report(
            {
                "a URL": lambda: get("http://x/a"),
                "another host": lambda: get("https://else.example/a?q=1#f"),
                "a URL object": lambda: by_url_object(assets),
                "a Request": lambda: get(Request("http://x/a")),
                "a Request and options": lambda: get(Request("http://x/a"), method="HEAD"),
                "a path": lambda: get("/a"),
                "nothing": lambda: get(),
                "None": lambda: get(None),
                "a number": lambda: get(5),
                "another scheme": lambda: get("ftp://x/a"),
                "HEAD": lambda: get("http://x/a", method="HEAD"),
                "POST": lambda: get("http://x/a", method="POST", body="b"),
                "OPTIONS": lambda: get("http://x/a", method="OPTIONS"),
                "GET with a body": lambda: get("http://x/a", body="b"),
                "DELETE of nothing": lambda: get("http://x/nothing", method="DELETE"),
                "missing": lambda: get("http://x/nothing"),
                "no type": lambda: get("http://x/none"),
                "json": lambda: as_json(assets),
                "the same tag": lambda: again(**{"If-None-Match": "TAG"}),
                "a weak tag": lambda: again(**{"If-None-Match": "W/TAG"}),
                "two tags": lambda: again(**{"If-None-Match": 'TAG, "x"'}),
                "any tag": lambda: again(**{"If-None-Match": "*"}),
                "a range": lambda: get("http://x/a", headers={"Range": "bytes=0-1"}),
                "authorization": lambda: get("http://x/a", headers={"Authorization": "Bearer x"}),
                "another method": lambda: assets.nothing(),
                "kind": lambda: kind(assets),
                "twice": lambda: twice(assets),
                "a used Request": lambda: used(assets),
                "bytes": lambda: as_bytes(assets),
                "changed headers": lambda: changed(assets),
            }
        )


async def seen(response):
    names = ("content-type", "cache-control", "cf-cache-status", "location")
    headers = {name: response.headers[name] for name in names if name in response.headers}
    return [response.status, headers, await response.text()]


async def by_url_object(assets):
    from js import URL

    return await seen(await assets.fetch(URL.new("/app.js", "http://x/")))


async def as_json(assets):
    return await (await assets.fetch("http://x/data.json")).json()


async def as_bytes(assets):
    return bytes(await (await assets.fetch("http://x/app.js")).bytes())


async def kind(assets):
    response = await assets.fetch("http://x/a")
    parts = [response.ok, response.url, response.redirected, response.status_text, response.type]
    return [type(response).__name__, *parts]


async def twice(assets):
    response = await assets.fetch("http://x/a")
    await response.text()
    return await response.text()


async def used(assets):
    request = Request("http://x/a", method="POST", body="b")
    await request.text()
    return await seen(await assets.fetch(request))


async def changed(assets):
    response = await assets.fetch("http://x/a")
    response.js_object.headers.set("x-mine", "1")
