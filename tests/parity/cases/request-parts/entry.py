"""What a Request shows: method, address, headers, and a clone."""

from http import HTTPMethod
from urllib.parse import parse_qs, urlparse

from attempt import report
from workers import Request, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        url = urlparse(request.url)
        return await report(
            {
                "method": lambda: [str(request.method), request.method == "POST", request.method is HTTPMethod.POST],
                "method in text": lambda: f"{request.method}",
                "method's repr": lambda: repr(request.method),
                "url": lambda: request.url,
                "path and query": lambda: [url.hostname, url.path, parse_qs(url.query)["q"]],
                "header": lambda: request.headers.get("X-Token"),
                "header by index": lambda: request.headers["x-token"],
                "missing header": lambda: request.headers.get("x-nope", "default"),
                "all of a header": lambda: request.headers.get_all("x-many"),
                "joined header": lambda: request.headers["x-many"],
                "headers' type": lambda: type(request.headers).__name__,
                "request's type": lambda: type(request) is Request,
                "repr": lambda: repr(request),
                "redirect": lambda: request.redirect,
                "body used": lambda: request.body_used,
                "clone, then both": lambda: both(request),
                "clone of a used one": lambda: request.clone(),
                "no such attribute": lambda: request.query,
                "set an attribute": lambda: setattr(request, "method", "GET"),
            }
        )


async def both(request):
    copy = request.clone()
    return [await copy.text(), await request.text(), request.body_used]
