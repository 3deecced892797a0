"""FastAPI and Starlette apps as Workers, as Cloudflare documents them."""

from __future__ import annotations

import asyncio
import gc
import shutil
from collections.abc import Iterator
from math import inf
from pathlib import Path
from typing import Any

import pytest

from labkit import Lab
from tests.serving.running import scenario, visitor

APPS = Path(__file__).parent / "apps"


@pytest.fixture
def lab() -> Iterator[Lab]:
    """A shop. Its apps come to their end: anyio keeps the tasks of those that do not, and their lab, for ever."""
    made = Lab(APPS / "shop.py", kv=["SHOP"], network=None)
    yield made
    made.run(made.advance(60))


def said(lab: Lab, path: str, **options: Any) -> Any:
    """Status and JSON of the answer."""
    response = lab.run(lab.fetch(path, **options))
    return response.status, lab.run(response.json())


def test_parameters_of_path_and_query_are_converted(lab):
    assert said(lab, "/items/7?q=a%20b&limit=3") == (200, {"number": 7, "q": "a b", "limit": 3})
    assert said(lab, "/items/7") == (200, {"number": 7, "q": None, "limit": 10})


def test_a_parameter_that_is_none_is_a_422(lab):
    status, told = said(lab, "/items/seven")
    assert (status, told["detail"][0]["loc"], told["detail"][0]["type"]) == (422, ["path", "number"], "int_parsing")


def test_a_body_becomes_a_model_and_a_wrong_one_a_422(lab):
    assert said(lab, "/items", json={"name": "tea", "price": 2}) == (201, {"name": "tea", "price": 2.0, "tags": []})
    status, told = said(lab, "/items", json={"price": 0})
    assert (status, [each["loc"] for each in told["detail"]]) == (422, [["body", "name"], ["body", "price"]])
    assert said(lab, "/items", body="{", headers={"content-type": "application/json"})[0] == 422


def test_env_and_a_plain_function_are_dependencies(lab):
    said(lab, "/items", json={"name": "tea", "price": 2})
    assert said(lab, "/stock/tea")[0] == 401
    status, told = said(lab, "/stock/tea", headers={"authorization": "Bearer key"})
    assert (status, told["user"], "price" in told["found"]) == (200, "ada", True)


def test_an_apps_own_exception_handler_answers(lab):
    assert said(lab, "/stock/none", headers={"authorization": "Bearer key"}) == (409, {"missing": "none"})


def test_a_function_that_is_no_coroutine_runs_without_a_thread(lab):
    import threading

    before = threading.active_count()
    assert said(lab, "/plain") == (200, {"plain": True})
    assert threading.active_count() == before


def test_anyio_has_its_threads_outside_of_a_worker(lab):
    import asyncio
    import threading

    import anyio

    said(lab, "/plain")
    assert asyncio.run(anyio.to_thread.run_sync(threading.get_ident)) != threading.get_ident()


def test_background_tasks_end_before_the_response_leaves(lab):
    """The SDK waits for the app where the body came in one piece: so the visitor waits for the tasks."""
    assert said(lab, "/orders", method="POST") == (200, {"ordered": True})
    assert lab.now == pytest.approx(1, abs=0.1)
    assert lab.run(lab.env().SHOP.get("noted")) == "ordered"
    assert "printed later" in lab.logs.messages


def test_cors_answers_preflights_and_marks_answers(lab):
    asked = {"origin": "https://shop.example", "access-control-request-method": "PUT"}
    preflight = lab.run(lab.fetch("/items/1", method="OPTIONS", headers=asked))
    assert (preflight.status, preflight.headers["access-control-allow-origin"]) == (200, "https://shop.example")
    asked["access-control-request-method"] = "DELETE"
    assert lab.run(lab.fetch("/items/1", method="OPTIONS", headers=asked)).status == 400
    answer = lab.run(lab.fetch("/items/1", headers={"origin": "https://shop.example"}))
    assert answer.headers["access-control-allow-origin"] == "https://shop.example"


def test_a_session_lives_in_a_signed_cookie(lab):
    first = lab.run(lab.fetch("/visits"))
    cookie = first.headers["set-cookie"].partition(";")[0]
    assert said(lab, "/visits", headers={"cookie": cookie}) == (200, 2)
    assert said(lab, "/visits", headers={"cookie": cookie[:-3] + "abc"}) == (200, 1)


def test_cookies_come_and_go_one_a_line(lab):
    response = lab.run(lab.fetch("/cookies", headers={"cookie": "theme=light"}))
    assert lab.run(response.json()) == {"theme": "light"}
    assert list(response.js_object.headers.getSetCookie()) == [
        "theme=dark; HttpOnly; Path=/; SameSite=lax", "seen=1; Path=/; SameSite=lax",
    ]  # fmt: skip


def test_a_stream_arrives_whole(lab):
    response = lab.run(lab.fetch("/numbers"))
    assert (lab.run(response.text()), response.headers["content-type"]) == ("0\n1\n2\n", "text/plain; charset=utf-8")


def test_server_sent_events_have_their_type(lab):
    response = lab.run(lab.fetch("/events"))
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert lab.run(response.text()).count("event: tick\n") == 3


def test_a_stream_that_breaks_off_ends_and_is_in_the_log(lab):
    assert lab.run(lab.run(lab.fetch("/breaks-off")).text()) == "begun"
    assert any("after response started" in line and "ValueError: broke off" in line for line in lab.logs.messages)


def test_a_form_with_a_file_is_read(lab):
    body = (
        b'--b\r\ncontent-disposition: form-data; name="title"\r\n\r\nnotes\r\n'
        b'--b\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\ncontent-type: text/plain\r\n\r\n'
        + b"x" * 2_000_000  # more than Starlette keeps in memory: it goes to a file, without a thread
        + b"\r\n--b--\r\n"
    )
    headers = {"content-type": "multipart/form-data; boundary=b"}
    assert said(lab, "/files", method="POST", body=body, headers=headers) == (
        200, {"title": "notes", "name": "a.txt", "type": "text/plain", "size": 2_000_000},
    )  # fmt: skip
    assert said(lab, "/files", method="POST", body=b"--b--", headers=headers)[0] == 422


def test_a_body_comes_in_chunks_that_end_with_an_empty_one(lab):
    assert said(lab, "/bytes", method="POST", body=b"abc") == (200, {"chunks": [3, 0]})
    assert said(lab, "/bytes", method="POST") == (200, {"chunks": [0]})


def test_a_redirection_goes_to_the_visitor(lab):
    response = lab.run(lab.fetch("/moved"))
    assert (response.status, response.headers["location"]) == (307, "/items/1")


def test_an_exception_is_a_500_and_in_the_log_with_its_line(lab):
    response = lab.run(lab.fetch("/fails"))
    assert (response.status, lab.run(response.text())) == (500, "Internal Server Error")
    [line] = [entry for entry in lab.logs if entry.level == "error"]
    assert "Exception in ASGI application after response started" in line.message
    assert "shop.py" in line.message and line.message.endswith("ValueError: no luck")


def test_nothing_is_found_in_fastapis_words(lab):
    assert said(lab, "/nowhere") == (404, {"detail": "Not Found"})
    assert said(lab, "/items", method="DELETE") == (405, {"detail": "Method Not Allowed"})


def test_the_lifespan_runs_around_every_request(lab):
    assert said(lab, "/life") == (200, {"life": ["up"], "state": "open"})
    assert said(lab, "/life")[1]["life"] == ["up", "down", "up"]


def test_apps_and_routers_are_mounted(lab):
    assert said(lab, "/admin/who") == (200, {"root": "/admin", "path": "/admin/who"})
    assert said(lab, "/v1/ping") == (200, "pong")


def test_the_description_of_the_app_is_served(lab):
    assert said(lab, "/openapi.json")[1]["paths"].keys() >= {"/items/{number}", "/files"}


def test_a_websocket_talks_to_the_app(lab):
    async def talk():
        socket = await lab.websocket("/echo?q=1")
        await socket.send("hi")
        first = await socket.receive()
        await socket.send(b"abc")
        second = await socket.receive()
        await socket.send("bye")
        return first, second, [message async for message in socket], socket.closed

    assert lab.run(talk()) == ('{"heard":"hi","query":"1"}', b"cba", [], (4000, "as you wish"))


FILES = """
import asgi
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import PlainTextResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

async def long(request):
    return PlainTextResponse("long " * 1000)

app = Starlette(
    routes=[Route("/long", long), Mount("/static", StaticFiles(directory={folder!r}))],
    middleware=[Middleware(GZipMiddleware)],
)
Default = asgi.entrypoint(app{options})
"""


def test_static_files_are_read_where_they_are_asked_for(tmp_path):
    (tmp_path / "a.txt").write_text("a file")
    lab = Lab(FILES.format(folder=str(tmp_path), options=""), network=None)
    response = lab.run(lab.fetch("/static/a.txt"))
    assert (response.status, lab.run(response.text())) == (200, "a file")
    tag = {"if-none-match": response.headers["etag"]}
    assert lab.run(lab.fetch("/static/a.txt", headers=tag)).status == 304
    assert lab.run(lab.fetch("/static/../entry.py")).status == 404


@pytest.mark.parametrize(("options", "is_packed_twice"), [
    ("", True),  # the runtime packs what says that it is packed
    (", options=asgi.Options(encode_body='manual')", False),
])  # fmt: skip
def test_a_body_that_the_app_has_packed_needs_the_option_that_says_so(options: str, is_packed_twice: bool):
    @scenario
    async def test():
        lab = Lab(FILES.format(folder=".", options=options))
        async with lab.serve(0, speed=inf) as server, visitor(server) as client:
            answer = await client.get("/long", headers={"accept-encoding": "gzip"})
            assert answer.headers["content-encoding"] == "gzip"
            assert answer.content.startswith(b"\x1f\x8b") is is_packed_twice
            assert (answer.text == "long " * 1000) is not is_packed_twice

    test()


# Through `lab.serve`, with real clients.


def served(**options: Any) -> Any:
    return Lab(APPS / "shop.py", kv=["SHOP"]).serve(0, colo="LHR", **({"speed": inf} | options))


@scenario
async def test_httpx_reaches_an_app():
    async with served() as server, visitor(server) as client:
        assert (await client.post("/items", json={"name": "tea", "price": 2})).status_code == 201
        assert (await client.get("/stock/tea", headers={"authorization": "Bearer key"})).json()["user"] == "ada"
        sent = await client.post("/files", data={"title": "t"}, files={"file": ("a.txt", b"abc", "text/plain")})
        assert sent.json() == {"title": "t", "name": "a.txt", "type": "text/plain", "size": 3}
        assert [(await client.get("/visits")).json() for _ in range(3)] == [1, 2, 3]
        assert (await client.get("/moved", follow_redirects=True)).json()["number"] == 1
        assert (await client.get("/fails")).status_code == 500


@scenario
async def test_server_sent_events_reach_a_client():
    async with served() as server, visitor(server) as client, client.stream("GET", "/events") as answer:
        assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert "content-length" not in answer.headers
        assert [line async for line in answer.aiter_lines() if line.startswith("data")] == [
            "data: 0", "data: 1", "data: 2",
        ]  # fmt: skip


@scenario
async def test_a_websocket_of_an_app_is_a_real_one():
    from websockets.asyncio.client import connect

    async with served() as server, connect(server.url.replace("http", "ws") + "/echo?q=7") as socket:
        await socket.send("hi")
        assert await socket.recv() == '{"heard":"hi","query":"7"}'
        await socket.send(b"abc")
        assert await socket.recv() == b"cba"


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_reaches_an_app():
    async def curl(url: str, *options: str) -> str:
        process = await asyncio.create_subprocess_exec(
            "curl", "-sS", "--max-time", "30", *options, url, stdout=asyncio.subprocess.PIPE
        )
        said, _ = await process.communicate()
        return said.decode()

    @scenario
    async def test():
        async with served() as server:
            made = await curl(f"{server.url}/items", "--json", '{"name": "tea", "price": 2}', "-w", " %{http_code}")
            assert made == '{"name":"tea","price":2.0,"tags":[]} 201'
            form = await curl(f"{server.url}/files", "-F", "title=t", "-F", "file=@-;filename=a.txt", "--http1.1")
            assert '"title":"t","name":"a.txt"' in form
            assert (await curl(f"{server.url}/events", "-N")).count("event: tick") == 3
            assert "HTTP/1.1 404 Not Found" in await curl(f"{server.url}/nowhere", "-i")

    test()


FOREVER = """
import sys
from fastapi import BackgroundTasks, FastAPI, WebSocket
from fastapi.responses import StreamingResponse
from workers import asgi

app = FastAPI()


def turn():
    while True:
        pass


def leave():
    sys.exit(3)


async def parts(end):
    yield b"begun"
    end()


@app.get("/plain/{end}")
def plain(end: str):
    ENDS[end]()


@app.get("/async/{end}")
async def awaited(end: str):
    ENDS[end]()


@app.get("/stream/{end}")
async def stream(end: str):
    return StreamingResponse(parts(ENDS[end]))


@app.get("/later/{end}")
async def later(end: str, tasks: BackgroundTasks):
    tasks.add_task(ENDS[end])
    return "begun"


@app.get("/ok")
async def ok():
    return "ok"


@app.websocket("/socket/{end}")
async def socket(websocket: WebSocket, end: str):
    await websocket.accept()
    ENDS[end]()


ENDS = {"turn": turn, "leave": leave}
Default = asgi.entrypoint(app)
"""


@pytest.mark.parametrize("path", ["/plain", "/async"])
def test_an_endpoint_that_never_ends_or_leaves_python_is_an_error_page(path: str):
    lab = Lab(FOREVER, network=None, plan="free")
    for end, status in (("turn", 503), ("leave", 500)):
        response = lab.run(lab.fetch(f"{path}/{end}"))
        assert response.status == status
    assert said(lab, "/ok") == (200, "ok")


def test_a_stream_that_never_ends_breaks_off_at_the_cpu_limit():
    lab = Lab(FOREVER, network=None, plan="free")
    with pytest.raises(Exception, match="exceeded CPU time limit"):
        lab.run(lab.fetch("/stream/turn"))
    assert said(lab, "/ok") == (200, "ok")


@pytest.mark.parametrize("path", ["/stream/leave", "/later/leave"])
def test_what_leaves_python_once_the_response_has_begun_is_in_the_log(path: str):
    lab = Lab(FOREVER, network=None, plan="free")
    assert lab.run(lab.run(lab.fetch(path)).text()).strip('"') == "begun"
    lab.run(lab.advance(60))
    assert any("SystemExit: 3" in message for message in lab.logs.messages)
    assert said(lab, "/ok") == (200, "ok")
    lab.snapshot()


def test_a_websocket_that_never_ends_is_closed_at_the_cpu_limit():
    async def talk() -> Any:
        socket = await lab.websocket("/socket/turn")
        await lab.advance(60)
        return socket.closed

    lab = Lab(FOREVER, network=None, plan="free")
    assert lab.run(talk()) == (1011, "")
    assert any("exceeded CPU time limit" in message for message in lab.logs.messages)


@pytest.mark.parametrize("phase", ["startup", "shutdown"])
def test_a_lifespan_that_never_ends_is_cut_at_the_cpu_limit(phase: str):
    lab = Lab(f"""
from workers import asgi


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        while (await receive())["type"] != "lifespan.{phase}":
            await send({{"type": "lifespan.startup.complete"}})
        while True:
            pass
    await send({{"type": "http.response.start", "status": 200, "headers": []}})
    await send({{"type": "http.response.body", "body": b"ok"}})


Default = asgi.entrypoint(app)
""", network=None, plan="free")  # fmt: skip
    assert lab.run(lab.fetch("/")).status == 503
    assert any("exceeded CPU time limit" in message for message in lab.logs.messages)


def test_a_lab_that_is_dropped_while_an_app_streams_leaves_without_a_word(monkeypatch):
    told: list[Any] = []
    monkeypatch.setattr("sys.unraisablehook", lambda each: told.append(repr(each.exc_value)))

    @scenario
    async def test():
        async with Lab(WAITS).serve(0) as server, visitor(server) as client, client.stream("GET", "/") as answer:
            await anext(answer.aiter_bytes())

    test()
    gc.collect()
    assert told == []


WAITS = """
import asyncio
from workers import asgi


async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        for phase in ("startup", "shutdown"):
            await receive()
            await send({"type": f"lifespan.{phase}.complete"})
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"begun", "more_body": True})
    await asyncio.sleep(10_000)


Default = asgi.entrypoint(app)
"""


def test_a_task_group_computes_on_the_budget_of_its_request():
    lab = Lab("""
import anyio
from workers import Response, WorkerEntrypoint


async def turn():
    while True:
        pass


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        async with anyio.create_task_group() as group:
            group.start_soon(turn)
        return Response("never")
""", network=None, plan="free")  # fmt: skip
    assert lab.run(lab.fetch("/")).status in (500, 503)
