"""Redirects that a fetch follows. What most of them give is compared with the runtime (parity, `assets-redirects`)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from labkit.workers.js.requests import Request
from labkit.workers.js.responses import Response
from labkit.workers.js.streams import ReadableStream
from labkit.workers.proxies import JsException
from labkit.workers.redirects import MOST, followed

HERE, THERE = "https://here.example", "https://there.example"


def hops(answers: list[tuple[int, str]], **options: Any) -> tuple[list[Request], Response]:
    """The requests that were sent, and the response: each answer sends on, and after the last one comes 200."""
    sent: list[Request] = []

    async def ask(request: Request) -> Response:
        sent.append(request)
        if len(sent) > len(answers):
            return Response.arrived(200, {})
        status, location = answers[len(sent) - 1]
        return Response.arrived(status, {"location": location})

    return sent, asyncio.run(followed(Request.new(f"{HERE}/", options), ask))


def test_20_redirects_are_followed_and_the_21st_is_refused():
    sent, response = hops([(302, f"/{number}") for number in range(MOST)])
    assert (len(sent), response.status, response.url, response.redirected) == (21, 200, f"{HERE}/19", True)
    with pytest.raises(JsException, match=f"^TypeError: Too many redirects.{HERE}/, {HERE}/0, .*, {HERE}/19$"):
        hops([(302, f"/{number}") for number in range(MOST + 1)])


def test_a_credential_does_not_follow_to_another_host():
    sent, _ = hops([(307, "/a"), (307, f"{THERE}/b")], headers={"authorization": "x", "x-other": "y"})
    assert [request.headers._values for request in sent] == [
        {"authorization": "x", "x-other": "y"}, {"authorization": "x", "x-other": "y"}, {"x-other": "y"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("status", "method", "becomes"),
    [(301, "POST", "GET"), (302, "POST", "GET"), (303, "POST", "GET"), (303, "PUT", "GET"), (303, "HEAD", "HEAD"),
     (301, "PUT", "PUT"), (307, "POST", "POST"), (308, "POST", "POST")],
)  # fmt: skip
def test_which_methods_become_get(status: int, method: str, becomes: str):
    sent, _ = hops([(status, "/a")], method=method, **({} if method == "HEAD" else {"body": "b"}))
    assert sent[1].method == becomes and (sent[1]._body is None) is (becomes in ("GET", "HEAD"))


def test_a_stream_cannot_be_sent_twice():
    sent: list[Request] = []

    async def go(status: int) -> Response:
        async def ask(request: Request) -> Response:
            sent.append(request)
            return Response.arrived(status, {"location": "/a"}) if len(sent) == 1 else Response.arrived(200, {})

        sent.clear()
        stream = Response.new("body").body
        assert isinstance(stream, ReadableStream)
        return await followed(Request.new(f"{HERE}/", {"method": "POST", "body": stream}), ask)

    for status in (302, 307):
        with pytest.raises(JsException, match="A request with a one-time-use body"):
            asyncio.run(go(status))
    assert asyncio.run(go(303)).status == 200


@pytest.mark.parametrize(("status", "headers"), [(302, {}), (304, {"location": "/a"}), (200, {"location": "/a"})])
def test_what_is_no_redirect_is_the_answer(status: int, headers: dict[str, str]):
    async def ask(request: Request) -> Response:
        return Response.arrived(status, headers)

    response = asyncio.run(followed(Request.new(f"{HERE}/#f"), ask))
    assert (response.status, response.redirected, response.url) == (status, False, f"{HERE}/")


def test_a_location_that_is_no_url_is_refused():
    with pytest.raises(JsException, match="Invalid Location header; unable to follow redirect."):
        hops([(302, "https://[")])
