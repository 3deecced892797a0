"""Redirects that a fetch follows by itself: those of a request whose `redirect` is "follow", as it is by default."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from labkit.workers.js.requests import Request
from labkit.workers.js.responses import REDIRECTS, Response
from labkit.workers.js.streams import ReadableStream
from labkit.workers.js.url_parsing import InvalidUrl, Url, parse
from labkit.workers.proxies import JsException

MOST = 20
"""Redirects that one fetch follows (https://fetch.spec.whatwg.org/#http-redirect-fetch)."""

ONCE = (
    "A request with a one-time-use body (it was initialized from a stream, not a buffer) encountered a redirect "
    "requiring the body to be retransmitted. To avoid this error in the future, construct this request from a "
    "buffer-like body initializer."
)


async def followed(request: Request, ask: Callable[[Request], Awaitable[Response]]) -> Response:
    """The response at the end of all redirects, with its `url` and `redirected`; each hop is asked for anew.

    Refuses more than 20 of them, and a body that would have to be sent again and cannot.
    """
    urls = [request.url]
    while True:
        response = await ask(request)
        location = response.headers._values.get("location")
        if request.redirect != "follow" or response.status not in REDIRECTS or location is None:
            response.url, response.redirected = urls[-1].partition("#")[0], len(urls) > 1
            return response
        if len(urls) > MOST:
            raise JsException("TypeError", f"Too many redirects.{', '.join(urls)}")
        request = _next(request, response.status, location)
        urls.append(request.url)


def _next(request: Request, status: int, location: str) -> Request:
    """The request that a redirect leads to. A POST becomes a GET where browsers have always made it one."""
    here = parse(request.url)
    there = _target(location, here)
    following = Request.__new__(Request)
    following._copy_from(request)
    following.url, following._body = str(there), request._body
    if status != 303 and isinstance(request._body, ReadableStream):
        raise JsException("TypeError", ONCE)
    becomes_get = status == 303 and request.method not in ("GET", "HEAD")
    if becomes_get or (status in (301, 302) and request.method == "POST"):
        following.method, following._body = "GET", None
    if (here.scheme, here.netloc) != (there.scheme, there.netloc):
        following.headers._values.pop("authorization", None)
    return following


def _target(location: str, here: Url) -> Url:
    try:
        there = parse(location, here)
    except InvalidUrl:
        raise JsException("TypeError", "Invalid Location header; unable to follow redirect.") from None
    there.fragment = None
    return there
