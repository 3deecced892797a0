"""Redirects of static assets, followed and not."""

from attempt import report
from workers import Request, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        assets = self.env.ASSETS
        if not request.url.endswith("/-"):
            return await assets.fetch(request)

        async def get(*args, **options):
            response = await assets.fetch(*args, **options)
            names = ("location", "x-all", "x-old")
            headers = {name: response.headers[name] for name in names if name in response.headers}
            return [response.status, response.url, response.redirected, headers, await response.text()]

        return await report(
            {
                "to the address": lambda: get("http://x/a.html"),
                "to the address with a query": lambda: get("http://x/a.html?q=1"),
                "to a folder": lambda: get("http://x/b"),
                "not followed": lambda: get("http://x/a.html", redirect="manual"),
                "a Request": lambda: get(Request("http://x/a.html")),
                "a Request not followed": lambda: get(Request("http://x/a.html", redirect="manual")),
                "refused": lambda: get("http://x/a.html", redirect="error"),
                "a rule": lambda: get("http://x/old"),
                "two rules": lambda: get("http://x/older"),
                "303": lambda: get("http://x/see"),
                "308": lambda: get("http://x/keep"),
                "out": lambda: get("http://x/out"),
                "out, not followed": lambda: get("http://x/out", redirect="manual"),
                "round and round": lambda: get("http://x/round"),
                "to and fro": lambda: get("http://x/one"),
                "to nothing": lambda: get("http://x/nowhere"),
                "with a query and a fragment": lambda: get("http://x/query"),
                "a rewrite": lambda: get("http://x/page"),
                "POST and a rule": lambda: get("http://x/old", method="POST", body="b"),
                "POST and 303": lambda: get("http://x/see", method="POST", body="b"),
                "POST and 308": lambda: get("http://x/keep", method="POST", body="b"),
                "HEAD": lambda: get("http://x/a.html", method="HEAD"),
                "HEAD and 303": lambda: get("http://x/see", method="HEAD"),
            }
        )
