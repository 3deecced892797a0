"""ASGI and WSGI apps as Workers."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from labkit.workers import Request, asgi, wsgi
from labkit.workers.js.responses import Response as JsResponse
from tests.workers.running import run


def app(*, lifespan: bool = True):
    """An app that notes its life, echoes bodies, streams at /stream and fails at /fail."""
    life: list[str] = []

    async def call(scope, receive, send):
        if scope["type"] == "lifespan":
            if not lifespan:
                raise RuntimeError("no lifespan here")
            await live(receive, send, scope["state"])
        elif scope["type"] == "http":
            life.append(scope["path"])
            await answer(scope, receive, send)

    async def live(receive, send, state):
        await receive()
        life.append("up")
        state["pool"] = "open"
        await send({"type": "lifespan.startup.complete"})
        await receive()
        life.append("down")
        await send({"type": "lifespan.shutdown.complete"})

    async def answer(scope, receive, send):
        body = (await receive())["body"]
        if scope["path"] == "/fail":
            raise ValueError("bad")
        if scope["path"] == "/silent":
            return
        status = 204 if scope["path"] == "/empty" else 201
        await send({"type": "http.response.start", "status": status, "headers": [(b"Set-Cookie", b"a"), (b"x", b"y")]})
        if scope["path"] == "/stream":
            for part in (b"1", b"2"):
                await asyncio.sleep(1)
                await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": body})

    call.life = life
    return call


async def text(response: JsResponse) -> str:
    assert isinstance(response, JsResponse)
    return await response.text()


async def fetched(application, path="/", **options):
    response = await asgi.fetch(application, Request(f"https://a.com{path}", **options), {"KV": 1})
    return response.status, await text(response)


def test_a_request_reaches_the_app_and_its_answer_comes_back():
    application = app()
    assert run(fetched(application, "/a", method="POST", body="hi")) == (201, "hi")
    assert application.life == ["up", "/a", "down"]


def test_an_app_without_lifespan_is_served_too():
    assert run(fetched(app(lifespan=False), method="POST", body="hi")) == (201, "hi")


def test_cookies_stay_apart():
    async def headers():
        response = await asgi.fetch(app(), Request("https://a.com/"), {})
        return list(response.headers.getSetCookie()), response.headers.get("x")

    assert run(headers()) == (["a"], "y")


def test_a_body_in_parts_is_a_stream_that_begins_before_it_ends():
    async def stream():
        loop = asyncio.get_running_loop()
        application = app()
        response = await asgi.fetch(application, Request("https://a.com/stream", method="POST", body="!"), {})
        began = loop.time()
        found = await text(response)
        ended = loop.time()
        await asyncio.sleep(1)
        return began, found, ended, application.life[-1]

    assert run(stream()) == (1.0, "12!", 2.0, "down")


def test_a_body_comes_in_chunks_that_an_empty_one_ends():
    async def call(scope, receive, send):
        if scope["type"] == "http":
            parts = [(await receive()) for _ in range(2 if scope["method"] == "POST" else 1)]
            await send({"type": "http.response.start", "status": 200})
            await send(
                {"type": "http.response.body", "body": repr([(p["body"], p["more_body"]) for p in parts]).encode()}
            )

    assert run(fetched(call, method="POST", body="hi")) == (200, "[(b'hi', True), (b'', False)]")
    assert run(fetched(call)) == (200, "[(b'', False)]")


def test_headers_are_utf_8_and_no_others():
    async def call(scope, receive, send):
        if scope["type"] == "http":
            await send(
                {"type": "http.response.start", "status": 200, "headers": [(b"x", scope["path"][1:].encode("latin-1"))]}
            )
            await send({"type": "http.response.body"})

    with pytest.raises(UnicodeDecodeError):
        run(fetched(call, "/\u00e9"))
    assert run(fetched(call, "/e")) == (200, "")


def test_a_status_without_body_has_none():
    assert run(fetched(app(), "/empty")) == (204, "")


def test_the_apps_exception_is_the_workers():
    application = app()
    with pytest.raises(ValueError, match="bad"):
        run(fetched(application, "/fail"))
    assert application.life[-1] == "down"
    with pytest.raises(RuntimeError, match="^The application did not generate a response$"):
        run(fetched(app(), "/silent"))


def test_a_startup_that_fails_is_a_runtime_error():
    async def failing(scope, receive, send):
        await send({"type": "lifespan.startup.failed", "message": ""})

    with pytest.raises(RuntimeError, match="^ASGI lifespan startup failed$"):
        run(fetched(failing))


def test_the_scope_is_what_asgi_wants():
    request = Request("https://a.com/a%20b?x=1%202", headers={"X-A": "b"})
    scope = asgi.request_to_scope(request, {"KV": 1}, state={"pool": 1})
    assert (scope["path"], scope["raw_path"], scope["query_string"]) == ("/a b", b"/a%20b", b"x=1%202")
    assert (scope["headers"], scope["scheme"], scope["method"]) == ([(b"x-a", b"b")], "https", "GET")
    assert (scope["env"], scope["state"], scope["type"]) == ({"KV": 1}, {"pool": 1}, "http")


def test_the_entrypoint_is_the_default_class_of_a_worker():
    worker = asgi.entrypoint(app())("ctx", {})
    assert run(worker_text(worker, Request("https://a.com/x", method="POST", body="q"))) == "q"
    assert asgi.entrypoint(app()).__name__ == "Default"


async def worker_text(worker, request):
    return await text(await worker.fetch(request))


def test_a_websocket_connects_client_and_app():
    async def echo(scope, receive, send):
        assert scope["type"] == "websocket"
        assert (await receive())["type"] == "websocket.connect"
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": message.get("text") or repr(message["bytes"])})

    async def talk():
        worker = asgi.entrypoint(echo)(None, {})
        response = await worker.fetch(Request("https://a.com/", headers={"Upgrade": "websocket"}))
        heard: list = []
        response.webSocket.adopt(lambda socket, event: heard.append(event._plain().get("data", event.type)))
        response.webSocket.send("hi")
        await asyncio.sleep(1)
        response.webSocket.close(1000)
        await asyncio.sleep(1)
        return response.status, heard

    assert run(talk()) == (101, ["hi", "close"])


def test_an_app_that_fails_on_a_websocket_closes_it_with_1011():
    async def failing(scope, receive, send):
        raise ValueError("bad")

    async def talk():
        response = await asgi.websocket(failing, Request("https://a.com/"))
        codes: list = []
        response.webSocket.adopt(lambda socket, event: codes.append(event.code))
        await asyncio.sleep(1)
        return codes

    assert run(talk()) == [1011]


def test_bytes_and_text_of_one_message_are_both_sent_and_what_is_unknown_is_logged(caplog):
    async def both(scope, receive, send):
        await receive()
        await send({"type": "websocket.http.response.start"})
        await send({"type": "websocket.send", "bytes": b"a", "text": "b"})

    async def talk():
        response = await asgi.websocket(both, Request("https://a.com/"))
        heard: list = []
        response.webSocket.adopt(lambda socket, event: heard.append(event._plain().get("data")))
        await asyncio.sleep(1)
        return heard

    assert run(talk()) == [b"a", "b", None]
    assert "Not implemented websocket.http.response.start" in caplog.text


def test_options_say_that_the_body_is_encoded():
    async def encoded(options):
        return (await asgi.fetch(app(), Request("https://a.com/"), {}, options=options)).encodeBody

    assert run(encoded(None)) == "automatic"
    assert run(encoded(asgi.Options(encode_body="manual"))) == "manual"
    with pytest.raises(ValueError, match="encode_body must be one of"):
        asgi.Options(encode_body="zip")  # type: ignore[arg-type]


def test_asgi_env_needs_fastapi_and_other_names_do_not_exist():
    with pytest.raises(AttributeError, match="has no attribute 'nope'"):
        _ = asgi.nope


def wsgi_app(environ, start_response):
    start_response("201 Made", [("X-Method", environ["REQUEST_METHOD"])])
    yield environ["PATH_INFO"].encode("latin-1")
    yield environ["wsgi.input"].read()
    yield environ["HTTP_X_A"].encode()


def test_a_wsgi_app_is_a_worker_too():
    async def go():
        request = Request("https://a.com/\u00e9?q=1", method="POST", body="hi", headers={"X-A": "b"})
        response = await wsgi.entrypoint(wsgi_app)(None, {}).fetch(request)
        return response.status, response.statusText, response.headers.get("x-method"), await response.text()

    assert run(go()) == (201, "Made", "POST", "/\u00e9hib")


def test_a_wsgi_response_is_closed_when_it_is_read():
    closed: list = []

    class Body(list):
        def close(self):
            closed.append(1)

    def call(environ, start_response):
        write = start_response("200 OK", [])
        write(b"first ")
        return Body([b"", b"x"])

    async def go():
        response = await wsgi.fetch(call, Request("https://a.com/"), {})
        before = list(closed)
        return before, await response.text(), closed

    assert run(go()) == ([], "first x", [1])


def test_a_wsgi_app_that_never_starts_its_response_is_an_error():
    with pytest.raises(RuntimeError, match=r"^The WSGI application did not call start_response\(\)$"):
        run(wsgi.fetch(lambda environ, start: [b"x"], Request("https://a.com/"), {}))


def test_the_environ_is_what_wsgi_wants():
    environ = wsgi.build_environ(
        Request("http://a.com:81/x?y", headers={"Content-Type": "a/b"}), SimpleNamespace(), b"zz"
    )
    assert (environ["SERVER_NAME"], environ["SERVER_PORT"], environ["QUERY_STRING"]) == ("a.com", "81", "y")
    assert (environ["CONTENT_TYPE"], environ["CONTENT_LENGTH"], environ["wsgi.url_scheme"]) == ("a/b", "2", "http")
