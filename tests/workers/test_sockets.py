"""WebSocketPair, as recorded on the real runtime."""

from __future__ import annotations

import asyncio

import pytest

from labkit.workers.ffi import JsException, create_proxy, jsnull, to_js
from labkit.workers.js.builtins import Object
from labkit.workers.js.sockets import ATTACHMENT_BYTES, WebSocket, WebSocketPair
from tests.workers.running import run


def open_pair() -> tuple[WebSocket, WebSocket]:
    client, server = WebSocketPair.new().object_values()
    client.accept()
    server.accept()
    return client, server


def hear(socket: WebSocket, kind: str, pick) -> list:
    heard: list = []
    socket.addEventListener(kind, create_proxy(lambda event: heard.append(pick(event))))
    return heard


def test_a_new_socket_looks_open_and_has_no_url():
    client, server = WebSocketPair.new().object_values()
    assert (client.readyState, server.url, server.protocol, server.extensions) == (1, jsnull, "", "")
    assert server.binaryType == "blob"
    assert list(WebSocketPair.new().object_keys()) == ["0", "1"]


def test_sending_before_accepting_is_refused():
    _, server = WebSocketPair.new().object_values()
    message = "TypeError: You must call one of accept() or state.acceptWebSocket() on this WebSocket before sending"
    for act in (lambda: server.send("x"), server.close):
        with pytest.raises(JsException) as caught:
            act()
        assert str(caught.value).startswith(message)


def test_accepting_twice_is_no_error():
    client, _ = open_pair()
    client.accept()


def test_what_one_end_sends_the_other_hears():
    async def talk():
        client, server = open_pair()
        heard = hear(server, "message", lambda event: (event.type, event.data))
        client.send("hi")
        before = list(heard)
        await asyncio.sleep(0)
        return before, heard

    assert run(talk()) == ([], [("message", "hi")])


def test_what_came_before_accept_is_heard_after_it():
    async def talk():
        client, server = WebSocketPair.new().object_values()
        client.accept()
        heard = hear(server, "message", lambda event: event.data)
        client.send("early")
        await asyncio.sleep(1)
        before = list(heard)
        server.accept()
        await asyncio.sleep(1)
        return before, heard

    assert run(talk()) == ([], ["early"])


def test_bytes_arrive_as_a_blob_unless_asked_otherwise():
    async def talk(kind):
        client, server = open_pair()
        server.binaryType = kind
        heard = hear(server, "message", lambda event: event.data)
        client.send(to_js(b"ab"))
        await asyncio.sleep(0)
        return type(heard[0]).name

    assert run(talk("blob")) == "Blob"
    assert run(talk("arraybuffer")) == "ArrayBuffer"


def test_what_is_neither_text_nor_bytes_is_sent_as_text():
    async def talk():
        client, server = open_pair()
        heard = hear(client, "message", lambda event: event.data)
        for message in (5, None, b"ab", {"a": 1}):
            server.send(message)
        await asyncio.sleep(0)
        return heard

    assert run(talk()) == ["5", "undefined", "b'ab'", "{'a': 1}"]


def test_a_plain_function_is_gone_before_the_first_event():
    async def talk():
        client, server = open_pair()
        heard: list = []
        with pytest.warns(UserWarning, match="wrap it in create_proxy"):
            server.addEventListener("message", lambda event: heard.append(event.data))
        client.send("hi")
        await asyncio.sleep(0)
        return heard

    assert run(talk()) == []


def test_a_handler_that_is_assigned_stays_and_may_be_async():
    async def talk():
        client, server = open_pair()
        heard: list = []

        async def handle(event):
            await asyncio.sleep(1)
            heard.append(event.data)

        server.onmessage = handle
        client.send("hi")
        await asyncio.sleep(2)
        return heard

    assert run(talk()) == ["hi"]


def test_a_listener_can_be_removed():
    async def talk():
        client, server = open_pair()
        heard: list = []
        listener = create_proxy(lambda event: heard.append(1))
        server.addEventListener("message", listener)
        server.removeEventListener("message", listener)
        client.send("hi")
        await asyncio.sleep(0)
        return heard

    assert run(talk()) == []


def test_a_close_is_heard_by_both_ends():
    async def talk():
        client, server = open_pair()
        heard = hear(server, "close", lambda event: ("s", event.code, event.reason, event.wasClean, server.readyState))
        heard_back = hear(client, "close", lambda event: ("c", event.code, event.reason, event.wasClean))
        client.close(4001, "bye")
        states = client.readyState
        await asyncio.sleep(1)
        server.close(4002, "too late")
        return states, heard, heard_back, client.readyState, server.readyState

    assert run(talk()) == (2, [("s", 4001, "bye", True, 3)], [("c", 4001, "bye", True)], 3, 3)


def test_a_close_without_a_code_is_1005():
    async def talk():
        client, server = open_pair()
        heard = hear(server, "close", lambda event: (event.code, event.reason, event.wasClean))
        client.close()
        await asyncio.sleep(1)
        return heard

    assert run(talk()) == [(1005, "", True)]


def test_nothing_is_sent_after_close():
    async def talk():
        client, _ = open_pair()
        client.close()
        client.send("x")

    with pytest.raises(JsException, match=r"^TypeError: Can't call WebSocket send\(\) after close\(\).$"):
        run(talk())


@pytest.mark.parametrize("code", [999, 1004, 1005, 1006, 1015, 5000])
def test_a_code_that_nobody_may_send_is_refused(code):
    client, _ = open_pair()
    with pytest.raises(JsException, match=f"^InvalidAccessError: Invalid WebSocket close code: {code}.$"):
        client.close(code)


@pytest.mark.parametrize("code", [1000, 1001, 2000, 4999])
def test_other_codes_are_sent(code):
    async def close():
        client, server = open_pair()
        heard = hear(server, "close", lambda event: event.code)
        client.close(code)
        await asyncio.sleep(0)
        return heard

    assert run(close()) == [code]


def test_a_reason_needs_a_code_and_has_123_bytes_at_most():
    client, _ = open_pair()
    with pytest.raises(JsException, match="^InvalidAccessError: If you specify a WebSocket close reason"):
        client.close(None, "why")
    with pytest.raises(JsException, match="^SyntaxError: WebSocket close reason must not be longer than 123 bytes"):
        client.close(4000, "x" * 124)

    async def close():
        open_pair()[0].close(4000, "x" * 123)

    run(close())


def test_a_listener_that_raises_ends_the_connection():
    async def talk():
        client, server = open_pair()
        errors = hear(server, "error", lambda event: event.message)
        closes = hear(client, "close", lambda event: (event.code, event.reason, event.wasClean))
        server.addEventListener("message", create_proxy(lambda event: 1 / 0))
        client.send("x")
        await asyncio.sleep(1)
        return errors, closes, server.readyState

    [error], closes, state = run(talk())
    assert error.startswith("Uncaught PythonError: Traceback") and "ZeroDivisionError" in error
    assert closes == [(1006, "WebSocket disconnected without sending Close frame.", False)]
    assert state == 3


def test_an_adopted_socket_sends_its_events_to_one_function():
    async def talk():
        client, server = WebSocketPair.new().object_values()
        client.accept()
        heard: list = []
        server.adopt(lambda socket, event: heard.append((socket is server, event.type, event._plain().get("data"))))
        client.send("hi")
        client.send(to_js(b"ab"))
        client.close(1000)
        await asyncio.sleep(1)
        return heard

    assert run(talk()) == [(True, "message", "hi"), (True, "message", b"ab"), (True, "close", None)]


def test_a_socket_is_accepted_or_hibernates_and_not_both():
    client, server = open_pair()
    already = r"^Error: Cannot call `acceptWebSocket\(\)` if the WebSocket was already accepted via `accept\(\)`$"
    with pytest.raises(JsException, match=already):
        server._hibernate(lambda socket, event: None)
    other, peer = WebSocketPair.new().object_values()
    other._hibernate(lambda socket, event: None)
    with pytest.raises(JsException, match=already):
        other._hibernate(lambda socket, event: None)
    with pytest.raises(JsException, match=r"^TypeError: Can't accept\(\) WebSocket after enabling hibernation.$"):
        other.accept()
    with pytest.raises(
        JsException, match=r"^Error: Cannot call `acceptWebSocket\(\)` on this WebSocket because its pair"
    ):
        peer._hibernate(lambda socket, event: None)
    peer.accept()


def test_an_attachment_is_a_copy_that_stays_with_the_socket():
    client, server = open_pair()
    server.serializeAttachment(to_js({"a": 1}, dict_converter=Object.fromEntries))
    assert server.deserializeAttachment().a == 1
    assert server.deserializeAttachment() is not server.deserializeAttachment()
    assert client.deserializeAttachment() is jsnull


@pytest.mark.parametrize(("given", "kind"), [({"a": 1}, "Object"), ([1], "Object"), (to_js({"a": 1}), "Map")])
def test_an_attachment_must_be_javascripts_and_no_map(given, kind):
    with pytest.raises(JsException, match=rf"^DataCloneError: \[object {kind}\] could not be cloned.$"):
        WebSocket.new().serializeAttachment(given)


def test_an_attachment_has_16384_bytes_at_most():
    socket = WebSocket.new()
    with pytest.raises(JsException) as caught:
        socket.serializeAttachment("x" * 20_000)
    assert str(caught.value) == (
        f"Error: A WebSocket 'attachment' cannot be larger than {ATTACHMENT_BYTES} bytes.'attachment' was 20006 bytes."
    )
    socket.serializeAttachment("x" * (ATTACHMENT_BYTES - 5))
    with pytest.raises(JsException):
        socket.serializeAttachment("x" * (ATTACHMENT_BYTES - 4))
