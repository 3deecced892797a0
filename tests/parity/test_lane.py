"""The lane itself, without Node: cases are read strictly, and a difference is seen."""

from __future__ import annotations

import pytest

from tests.parity import cases, emulated, npm
from tests.parity.answers import Answer, differences, last_line
from tests.parity.cases import HOST, all_cases, read

JSON = [("content-type", "application/json")]


@pytest.mark.parametrize("other", [
    Answer(201, JSON, b"x"),
    Answer(200, JSON, b"y"),
    Answer(200, [("content-type", "text/plain")], b"x"),
    Answer(200, [*JSON, ("x-extra", "1")], b"x"),
    Answer(200, [*JSON, ("set-cookie", "a=1")], b"x"),
    Answer(failure="ValueError: bad"),
    Answer(outcome="ok"),
    Answer(200, JSON, b"x", transcript=[("", "hello")]),
])  # fmt: skip
def test_answers_that_are_not_equal_differ(other):
    assert differences(Answer(200, JSON, b"x"), other)
    assert differences(other, other) == {}


def test_the_servers_own_headers_are_not_compared_unless_asked():
    one, other = Answer(200, [("date", "Monday")]), Answer(200, [("date", "Tuesday")])
    assert differences(one, other) == {}
    assert list(differences(one, other, ["date"])) == ["headers"]


def test_the_order_of_cookies_counts_and_that_of_other_headers_does_not():
    cookies = [("set-cookie", "a=1"), ("set-cookie", "b=2")]
    assert differences(Answer(200, cookies), Answer(200, cookies[::-1]))
    assert not differences(Answer(200, [*JSON, ("x-a", "1")]), Answer(200, [("X-A", "1"), *JSON]))


def test_a_difference_inside_a_json_body_is_named_by_its_path():
    real, ours = Answer(200, JSON, b'{"a": {"b": 1}, "c": 2}'), Answer(200, JSON, b'{"a": {"b": 9}, "c": 2}')
    assert differences(real, ours) == {"body > a > b": "real 1, lab 9"}


def test_a_missing_field_is_not_a_null_one():
    assert list(differences(Answer(200, JSON, b'{"a": null}'), Answer(200, JSON, b"{}"))) == ["body > a"]


def test_a_failure_is_the_last_line_of_its_traceback():
    assert last_line("Traceback:\n  File x\nValueError: bad\n\n") == "ValueError: bad"


def test_every_case_can_be_read_and_there_are_enough_of_them():
    found = all_cases()
    assert len(found) >= 25
    assert len({case.name for case in found}) == len(found)
    assert all("Default" in case.files()["entry.py"] for case in found)


@pytest.mark.parametrize(("primitive", "count"), [("do", 20), ("queue", 10), ("workflow", 12), ("cron", 4)])
def test_each_stateful_primitive_has_its_cases(primitive, count):
    assert len([case for case in all_cases() if case.name.startswith(primitive + "-")]) >= count


def test_what_stands_beside_an_entry_goes_with_it(tmp_path):
    for name in ("entry.py", "store.py"):
        (tmp_path / name).write_text(f"# {name}")
    (tmp_path / "requests.toml").write_text('[[request]]\npath = "/"\n')
    files = read("x", tmp_path / "entry.py", tmp_path / "requests.toml").files()
    assert files["store.py"] == "# store.py" and set(files) == {"entry.py", "store.py", "attempt.py"}


def test_a_request_is_read_with_its_body_and_headers(tmp_path):
    file = tmp_path / "requests.toml"
    file.write_text('[[request]]\npath = "/a"\njson = { x = 1 }\nheaders = [["a", "1"], ["a", "2"]]\n')
    [request] = read("x", tmp_path / "entry.py", file).requests
    assert request.url == f"{HOST}/a" and request.body == b'{"x": 1}'
    assert request.headers == [("a", "1"), ("a", "2")]


def test_an_exercise_joins_in_by_having_requests_and_is_named_where_it_has_none(tmp_path, monkeypatch):
    monkeypatch.setattr(cases, "EXERCISES", tmp_path)
    for number, text in (("01", "class Default(WorkerEntrypoint): ..."), ("02", "Default = WorkerEntrypoint")):
        (tmp_path / "kv" / number).mkdir(parents=True)
        (tmp_path / "kv" / number / "solution.py").write_text(text)
    (tmp_path / "kv" / "01" / "parity.toml").write_text('[[request]]\npath = "/"\n')
    [solution] = cases._solutions()
    assert solution.name == "kv-01" and "class Default" in solution.files()["entry.py"]
    assert cases.exercises_left_out() == ["kv-02"]


@pytest.mark.parametrize(("text", "words"), [
    ("", "at least one"),
    ('[[request]]\npth = "/"\n', "unknown pth"),
    ('[[request]]\nwebsocket = [{ recieve = 1 }]\n', "unknown recieve"),
    ('bindings = 1\n[[request]]\npath = "/"\n', "unknown bindings"),
])  # fmt: skip
def test_a_case_that_says_what_nobody_reads_is_refused(tmp_path, text, words):
    file = tmp_path / "requests.toml"
    file.write_text(text)
    with pytest.raises(ValueError, match=words):
        read("x", tmp_path / "entry.py", file)


ECHO = """
from js import WebSocketPair
from pyodide.ffi import create_proxy
from workers import Response, WorkerEntrypoint

class Default(WorkerEntrypoint):
    async def fetch(self, request):
        if not request.url.endswith("/socket"):
            return Response("no socket", status=426)
        client, server = WebSocketPair.new().object_values()
        server.accept()
        server.addEventListener("message", create_proxy(lambda event: server.send(event.data * 2)))
        return Response(None, status=101, web_socket=client)
"""


def test_a_visitor_of_the_lab_takes_the_steps_of_a_case_and_writes_down_what_each_socket_heard(tmp_path):
    (tmp_path / "entry.py").write_text(ECHO)
    (tmp_path / "requests.toml").write_text(
        '[[request]]\npath = "/socket"\nwebsocket = [{ send = "a" }, { receive = 1 }, { on = "b", open = "/socket" },'
        '{ on = "b", send = "b" }, { pause = 0.1 }, { fetch = "/" }, { on = "c", open = "/" }]\n'
    )
    [answer] = emulated.play(read("x", tmp_path / "entry.py", tmp_path / "requests.toml"))
    refused = ("c", {"status": 426, "body": "no socket"})
    assert answer.transcript == [("", "aa"), ("", {"fetched": "no socket"}), refused, ("b", {"unread": "bb"})]


COUNTER = """
from workers import Response, WorkerEntrypoint

seen = []

class Default(WorkerEntrypoint):
    async def fetch(self, request):
        seen.append(request.url)
        return Response(str(len(seen)))
"""


def test_a_request_is_sent_again_until_its_answer_holds_what_it_waits_for(tmp_path):
    (tmp_path / "entry.py").write_text(COUNTER)
    (tmp_path / "requests.toml").write_text('[[request]]\nuntil = "4"\n\n[[request]]\n')
    assert [each.body for each in emulated.play(read("x", tmp_path / "entry.py", tmp_path / "requests.toml"))] == [
        b"4", b"5",
    ]  # fmt: skip


def test_a_lane_without_node_says_so_in_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert npm.missing(tmp_path, "miniflare") == "Node 20 or newer is not installed."


def test_a_lane_without_its_packages_says_how_to_get_them(tmp_path, monkeypatch):
    monkeypatch.setattr(npm.shutil, "which", lambda name: name)
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.delenv("LABKIT_INSTALL_LANES", raising=False)
    assert "LABKIT_INSTALL_LANES=1" in (npm.missing(tmp_path, "miniflare") or "")
    package = tmp_path / "node_modules" / "miniflare" / "package.json"
    package.parent.mkdir(parents=True)
    package.write_text("{}")
    assert npm.missing(tmp_path, "miniflare") is None
