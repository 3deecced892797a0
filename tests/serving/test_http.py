"""What goes over the wire: the Worker is asked what was sent, and the visitor gets what it answers."""

from __future__ import annotations

import asyncio
from math import inf
from typing import Any

import pytest

from labkit import Lab
from tests.serving.running import scenario, seen, visitor
from tests.serving.workers import PAGES


@pytest.fixture
def lab() -> Lab:
    return Lab(PAGES, crons=["*/5 * * * *", "0 0 * * *"])


def served(lab: Lab, **options: Any) -> Any:
    return lab.serve(0, colo="SYD", speed=inf, **options)


@scenario
async def test_a_worker_sees_the_request_as_it_was_sent(lab):
    async with served(lab) as server, visitor(server) as client:
        answer = await client.put("/a%20b//c?x=1&y=%2F&x=2", content=b"body", headers=[("x-a", "1"), ("x-a", "2")])
        seen = answer.json()
        headers = dict(map(tuple, seen["headers"]))
        assert (seen["method"], seen["url"]) == ("PUT", f"{server.url}/a%20b//c?x=1&y=%2F&x=2")
        assert (seen["body"], headers["x-a"], headers["content-length"]) == ("body", "1, 2", "4")
        assert headers["host"] == f"localhost:{server.port}"


@scenario
async def test_a_path_that_looks_like_a_host_stays_on_the_workers_own(lab):
    async with served(lab) as server:
        got = await asked(server, b"GET //evil.example/mirror HTTP/1.1\r\nhost: a.example\r\nconnection: close\r\n\r\n")
        assert b'"url": "http://a.example//evil.example/mirror"' in got


@scenario
async def test_requests_enter_where_they_are_told_to(lab):
    async with served(lab) as server, visitor(server) as client:
        assert (await client.get("/")).json()["colo"] == "SYD"
        asked = (await client.get("/", headers={"cf-lab-colo": "lhr"})).json()
        assert asked["colo"] == "LHR" and "cf-lab-colo" not in dict(map(tuple, asked["headers"]))
        told = (await client.get("/?a=1&cf-lab-colo=GRU&b")).json()
        assert (told["colo"], told["url"]) == ("GRU", f"{server.url}/?a=1&b")
        refused = await client.get("/", headers={"cf-lab-colo": "LHX"})
        assert refused.status_code == 400 and "is called 'LHX'" in refused.text


@scenario
async def test_bytes_come_and_go_as_they_are(lab):
    async with served(lab) as server, visitor(server) as client:
        assert (await client.get("/octets")).content == bytes(range(256)) * 8192
        assert (await client.post("/length", content=bytes(10_000_000))).text == "10000000"


@scenario
async def test_a_body_in_chunks_comes_whole_and_none_is_none(lab):
    async def chunks():
        for _ in range(3):
            yield b"ab"

    async with served(lab) as server, visitor(server) as client:
        assert (await client.post("/length", content=chunks())).text == "6"
        assert (await client.post("/length")).text == "0"


@scenario
async def test_a_body_over_the_limit_is_refused(lab, monkeypatch):
    real = __import__("labkit.facts", fromlist=["value"]).value
    small = lambda name, **options: 10 if name == "workers.body_bytes" else real(name, **options)  # noqa: E731
    async with served(lab) as server, visitor(server) as client:
        monkeypatch.setattr("labkit.serving.arrivals.facts.value", small)
        assert (await client.post("/length", content=bytes(10))).text == "10"
        assert (await client.post("/length", content=bytes(11))).status_code == 413


@scenario
async def test_answers_without_a_body_have_none(lab):
    async with served(lab) as server, visitor(server) as client:
        none, old = await client.get("/none"), await client.get("/old")
        assert (none.status_code, none.content, "content-length" in none.headers) == (204, b"", False)
        assert (old.status_code, old.content, old.headers["etag"]) == (304, b"", '"a"')
        head = await client.head("/octets")
        assert (head.content, head.headers["content-length"]) == (b"", str(256 * 8192))


@scenario
async def test_each_cookie_has_its_line_and_redirections_are_the_visitors(lab):
    async with served(lab) as server, visitor(server) as client:
        assert (await client.get("/cookies")).headers.get_list("set-cookie") == ["a=1", "b=2"]
        away = await client.get("/away")
        assert (away.status_code, away.headers["location"]) == (302, "/elsewhere")


@scenario
async def test_headers_of_the_connection_are_the_servers_own(lab):
    async with served(lab) as server:
        got = await asked(server, b"GET /odd HTTP/1.1\r\nhost: a\r\n\r\n", until=b"\r\n\r\nx")
        assert b"content-length: 1" in got and b"chunked" not in got and b"connection: close" not in got
        assert b"x-odd: \xc3\xa9" in got


@scenario
async def test_a_packed_answer_is_packed_for_those_who_take_it(lab):
    async with served(lab) as server, visitor(server) as client:
        packed = await client.get("/packed", headers={"accept-encoding": "gzip"})
        assert packed.text == "a" * 1000 and int(packed.headers["content-length"]) < 100
        plain = await client.get("/packed", headers={"accept-encoding": "identity"})
        assert plain.text == "a" * 1000 and "content-encoding" not in plain.headers


@scenario
async def test_a_worker_that_raises_is_an_error_page(lab):
    async with served(lab) as server, visitor(server) as client:
        failed = await client.get("/fail")
        assert (failed.status_code, failed.text) == (500, "error code: 1101")
        assert lab.logs.messages[-1].endswith("ValueError: no")


@scenario
async def test_what_no_worker_can_be_asked_is_refused(lab):
    async with served(lab) as server:
        got = await asked(server, b"GET / HTTP/1.1\r\nhost: a b\r\nconnection: close\r\n\r\n")
        assert got.startswith(b"HTTP/1.1 400") and b"Invalid URL" in got


@scenario
async def test_a_visitor_who_leaves_ends_the_request(lab):
    async with lab.serve(0) as server, visitor(server) as client:
        assert (await client.get("/news")).text == ""
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"GET /hour HTTP/1.1\r\nhost: a\r\n\r\n")
        await seen(lambda: lab._deployment.worker.running)
        writer.close()
        await seen(lambda: not lab._deployment.worker.running)
        assert (await client.get("/news")).text == "asked ended"


@scenario
async def test_the_scheduled_handler_is_run_as_wrangler_dev_runs_it(lab):
    async with served(lab) as server, visitor(server) as client:
        ok = await client.get("/cdn-cgi/handler/scheduled?cron=*/5+*+*+*+*&time=1767225600000")
        assert (ok.status_code, ok.text) == (200, "ok")
        assert lab.logs.messages[-1] == "fired */5 * * * * 1767225600000"
        failed = await client.get("/cdn-cgi/handler/scheduled?cron=0+0+*+*+*")
        assert (failed.status_code, failed.text) == (500, "exception")
        for query, why in (("cron=*/6+*+*+*+*", "Did you mean '*/5 * * * *'"), ("time=noon", "milliseconds")):
            refused = await client.get(f"/cdn-cgi/handler/scheduled?{query}")
            assert refused.status_code == 400 and why in refused.text


@scenario
async def test_the_log_is_told_of_requests_and_of_what_workers_print(lab):
    lines: list[str] = []
    async with served(lab, log=lines.append) as server, visitor(server) as client:
        await client.get("/tell?a")
        assert [line.split(" (")[0] for line in lines[1:]] == ["GET /tell 200 OK"]
        assert lines[0].endswith(f"log      told {server.url}/tell?a")


@scenario
async def test_answers_without_a_body_are_packed_for_nobody(lab):
    async with served(lab) as server, visitor(server) as client:
        for status in (204, 304):
            empty = await client.get(f"/empty?{status}", headers={"accept-encoding": "gzip"})
            assert (empty.status_code, empty.content, empty.headers.get("content-length")) == (status, b"", None)
        assert (await client.get("/news")).status_code == 200


@pytest.mark.parametrize("taken", ["gzip;q=0", "GZIP; q=0.0, br", "x-gzipped"])
def test_who_will_not_have_gzip_gets_none(taken: str):
    @scenario
    async def test():
        async with served(Lab(PAGES)) as server, visitor(server) as client:
            plain = await client.get("/packed", headers={"accept-encoding": taken})
            assert plain.text == "a" * 1000 and "content-encoding" not in plain.headers
            packed = await client.get("/packed", headers={"accept-encoding": "br, gzip; q=0.05"})
            assert packed.headers["content-encoding"] == "gzip"

    test()


@scenario
async def test_a_length_is_measured_and_a_workers_word_for_it_counts_for_a_head_alone(lab):
    async with served(lab) as server, visitor(server) as client:
        for said, head in (("7", "7"), ("many", "3"), ("-1", "3"), ("9" * 30, "3")):
            assert (await client.get(f"/measured?{said}")).content == b"abc"
            assert (await client.head(f"/measured?{said}")).headers["content-length"] == head


@pytest.mark.parametrize(
    ("target", "host", "url"),
    [
        (b"http://b.example/x?y=1", b"a.example", "http://b.example/x?y=1"),
        (b"HTTP://b.example", b"a.example", "http://b.example/"),
        (b"/x", b"[::1]:8787", "http://[::1]:8787/x"),
        (b"*", b"a.example", None),
        (b"x", b"a.example", None),
        (b"@evil.example/", b"a.example", None),
        (b".evil.example/", b"a.example", None),
        (b"/x", b"a.example/y?z", None),
        (b"/x", b"user:word@a.example", None),
        (b"/x", b"[::1", None),
    ],
)
def test_a_host_and_a_path_are_never_taken_for_one_another(target: bytes, host: bytes, url: str | None):
    @scenario
    async def test():
        async with served(Lab(PAGES)) as server:
            sent = b"GET %s HTTP/1.1\r\nhost: %s\r\nconnection: close\r\n\r\n" % (target, host)
            got = await asked(server, sent)
            assert got.startswith(b"HTTP/1.1 400" if url is None else b"HTTP/1.1 200")
            assert url is None or f'"url": "{url}"'.encode() in got

    test()


@scenario
async def test_who_names_no_host_asks_the_address(lab):
    async with served(lab) as server:
        for address in ("127.0.0.1", "::1"):
            got = await asked(server, b"GET / HTTP/1.0\r\n\r\n", at=address)
            name = f"[{address}]" if ":" in address else address
            assert f'"url": "http://{name}:{server.port}/"'.encode() in got


@scenario
async def test_a_worker_sees_no_length_but_that_of_what_it_gets(lab):
    async with served(lab) as server:
        both = b"content-length: 3\r\ntransfer-encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n"
        got = await asked(server, b"POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n" + both)
        assert b'"body": "abcde"' in got and b'["content-length", "3"]' not in got
        got = await asked(server, b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: 3\r\n\r\nabc")
        assert b'"body": ""' in got and b'["content-length", "3"]' not in got


@scenario
async def test_the_log_writes_no_signs_of_a_terminal(lab):
    lines: list[str] = []
    async with served(lab, log=lines.append) as server, visitor(server) as client:
        await client.get("/empty%1b%5b31m%0aGET%20/forged?204")
        assert lines[-1].startswith("GET /empty%1b%5b31m%0aGET%20/forged ")


async def asked(server: Any, sent: bytes, until: bytes | None = None, at: str = "127.0.0.1") -> bytes:
    """What comes back for these bytes, up to the connection's end or a mark."""
    reader, writer = await asyncio.open_connection(at, server.port)
    writer.write(sent)
    got = await (reader.readuntil(until) if until else reader.read())
    writer.close()
    return got
