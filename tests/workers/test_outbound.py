"""workers.fetch, workers.env, wait_until and patch_env inside an event, and outside of one."""

from __future__ import annotations

import asyncio
from http import HTTPMethod
from types import SimpleNamespace

import pytest

import labkit.workers as workers
from labkit.errors import LabError, NotEmulated
from labkit.workers import Request, Response, env, fetch, import_from_javascript, patch_env, wait_until
from labkit.workers.http import AbortError
from labkit.workers.js.requests import Request as JsRequest
from tests.workers.running import run


def test_a_request_goes_out_with_its_options():
    work = fetch("https://a.com", method="POST", headers={"x": "y"}, body="q")
    assert run(get_text(work)) == "POST https://a.com/ q"
    assert run(get_text(fetch("https://a.com", method=HTTPMethod.DELETE))) == "DELETE https://a.com/ "


async def get_text(work):
    response = await work
    assert isinstance(response, Response)
    return await response.text()


def test_a_request_object_goes_out_and_is_used_up():
    async def send():
        request = Request("https://a.com", method="PUT", body="q")
        return await get_text(fetch(request)), request.body_used

    assert run(send()) == ("PUT https://a.com/ q", True)


def test_options_change_a_request_on_its_way():
    assert run(get_text(fetch(Request("https://a.com"), method="POST", body="z"))) == "POST https://a.com/ z"
    assert run(get_text(fetch(JsRequest.new("https://a.com")))) == "GET https://a.com/ "


@pytest.mark.parametrize(
    ("resource", "options", "error"),
    [
        ("/x", {}, "Invalid URL: /x"),
        (5, {}, "Invalid URL: 5"),
        ("box://x/path", {}, "Fetch API cannot load: box://x/path"),
        ("https://a.com", {"body": "x"}, "Request with a GET or HEAD method cannot have a body."),
    ],
)
def test_what_cannot_be_sent_is_an_oserror(resource, options, error):
    with pytest.raises(AbortError) as caught:
        run(fetch(resource, **options))
    assert str(caught.value) == error
    assert isinstance(caught.value, OSError)


def test_a_fetcher_takes_the_place_of_the_network():
    async def fetcher(request):
        return Response(f"own {request.url}")

    assert run(get_text(fetch("https://a.com", fetcher=fetcher))) == "own https://a.com/"


@pytest.mark.parametrize("use", [lambda: env.KV, lambda: wait_until(None), lambda: asyncio.run(fetch("https://a.com"))])
def test_outside_of_a_lab_the_error_says_what_is_missing(use):
    with pytest.raises(LabError, match="belongs to a Worker that is handling an event, and none is running here"):
        use()


def test_env_is_that_of_the_running_event():
    async def read():
        return env.KV, workers.env is env

    assert run(read(), lambda here: setattr(here, "env", SimpleNamespace(KV="kv"))) == ("kv", True)

    async def miss():
        return env.NOPE

    with pytest.raises(AttributeError, match="NOPE"):
        run(miss(), lambda here: setattr(here, "env", SimpleNamespace()))


def test_two_events_never_see_one_anothers_env():
    async def read():
        await asyncio.sleep(1)
        return env.NAME

    for name in ("a", "b"):
        assert run(read(), lambda here, name=name: setattr(here, "env", SimpleNamespace(NAME=name))) == name


def test_patch_env_holds_inside_its_block():
    async def read():
        with patch_env({"A": 1}, B=2):
            inside = (env.A, env.B, env.KV)
        return inside, hasattr(env, "A")

    assert run(read(), lambda here: setattr(here, "env", SimpleNamespace(KV="kv"))) == ((1, 2, "kv"), False)


def test_wait_until_hands_the_work_to_the_event():
    done: list = []

    async def go():
        async def later():
            await asyncio.sleep(1)
            done.append(1)

        workers.waitUntil(asyncio.ensure_future(later()))
        await asyncio.sleep(2)

    run(go())
    assert done == [1]


def test_a_coroutine_given_to_wait_until_never_begins_and_a_warning_says_so():
    done: list = []

    async def go():
        async def later():
            done.append(1)

        with pytest.warns(UserWarning, match="never begins"):
            workers.waitUntil(later())
        await asyncio.sleep(2)

    run(go())
    assert done == []


def test_the_modules_of_javascript_are_few():
    async def read():
        return import_from_javascript("cloudflare:workers").env.KV

    assert run(read(), lambda here: setattr(here, "env", SimpleNamespace(KV="kv"))) == "kv"
    with pytest.raises(ImportError, match="^Failed to import 'nope': Error: No such module \"nope\".$"):
        import_from_javascript("nope")
    with pytest.raises(NotEmulated, match="raw TCP"):
        import_from_javascript("cloudflare:sockets")
