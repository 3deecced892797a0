"""Sockets of Durable Objects: they hibernate and go on, are told apart by tags, answer by themselves, and end."""

from __future__ import annotations

from typing import Any

import pytest

from labkit import Lab
from labkit.network.links import Links
from labkit.websocket import ClientSocket

SOURCE = """
import asyncio
from js import Object, WebSocketPair, WebSocketRequestResponsePair
from pyodide.ffi import create_proxy, jsnull, to_js
from workers import DurableObject, Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return await self.env.ROOM.getByName("a").fetch(request)


class Room(DurableObject):
    def __init__(self, ctx, env):
        super().__init__(ctx, env)
        self.count = 0
        print("constructor", len(ctx.getWebSockets()))

    async def fetch(self, request):
        client, server = WebSocketPair.new().object_values()
        path, _, query = request.url.rpartition("/")[2].partition("?")
        if path == "standard":
            server.accept()
            self.keep = create_proxy(lambda event: server.send(f"standard {event.data} {self.count}"))
            server.addEventListener("message", self.keep)
            self.count += 1
        elif path == "many":
            for _ in range(int(query)):
                self.ctx.acceptWebSocket(WebSocketPair.new().object_values()[1])
            return Response("many")
        elif path == "first":
            self.ctx.acceptWebSocket(server)
            server.send("welcome")
        else:
            self.ctx.acceptWebSocket(server, to_js(query.split(",")) if query else to_js([]))
            server.serializeAttachment(to_js({"name": path}, dict_converter=Object.fromEntries))
        return Response(None, status=101, web_socket=client)

    async def webSocketMessage(self, ws, message):
        self.count += 1
        name = ws.deserializeAttachment().name
        if not isinstance(message, str):
            return ws.send(to_js(message.to_bytes()[::-1]))
        verb, _, rest = message.partition(" ")
        if verb == "all":
            for each in self.ctx.getWebSockets(*rest.split()):
                each.send(f"{name} {self.count}")
        elif verb == "fail":
            raise ValueError(rest)
        elif verb == "slow":
            await asyncio.sleep(float(rest))
            ws.send("slow")
        elif verb == "close":
            ws.close(4001, "go")
        elif verb == "abort":
            self.ctx.abort("enough")
        elif verb == "write":
            self.ctx.storage.put("k", "v")
            ws.send("written")
        elif verb == "remember":
            await self.ctx.storage.setAlarm(int(rest))
        else:
            ws.send(f"{message} {self.count}")

    async def webSocketClose(self, ws, code, reason, was_clean):
        listed = ws in self.ctx.getWebSockets()
        print("closed", code, reason, was_clean, ws.readyState, listed)

    async def webSocketError(self, ws, error):
        print("error", error.message)

    async def alarm(self, info):
        for each in self.ctx.getWebSockets():
            each.send(f"alarm {self.count}")

    async def pair(self, request, response):
        self.ctx.setWebSocketAutoResponse(WebSocketRequestResponsePair.new(request, response))

    async def mute(self):
        self.ctx.setWebSocketAutoResponse()

    async def answered(self):
        pair, found = self.ctx.getWebSocketAutoResponse(), []
        for each in self.ctx.getWebSockets():
            date = self.ctx.getWebSocketAutoResponseTimestamp(each)
            found.append(None if date is jsnull else date.getTime())
        return [None if pair is jsnull else [pair.request, pair.response], found]

    async def limit(self, ms):
        self.ctx.setHibernatableWebSocketEventTimeout(ms)

    async def names(self, *tag):
        return [each.deserializeAttachment().name for each in self.ctx.getWebSockets(*tag)]

    async def tags(self):
        return [list(self.ctx.getTags(each)) for each in self.ctx.getWebSockets()]

    async def attempt(self, code):
        try:
            result = eval(code, globals() | {"self": self, "pair": WebSocketPair.new().object_values()})
        except Exception as error:
            return str(error)
        return None if result is jsnull else result
"""


@pytest.fixture
def lab() -> Lab:
    return Lab(SOURCE, durable_objects={"ROOM": "Room"}, network=None)


def planet(**options: Any) -> Lab:
    return Lab(SOURCE, durable_objects={"ROOM": "Room"}, network=Links(jitter=0, last_mile=0.02), **options)


def join(lab: Lab, path: str = "/ada", colo: str = "LHR") -> ClientSocket:
    return lab.run(lab.websocket(path, colo=colo))


def call(lab: Lab, method: str, *args: Any) -> Any:
    return lab.run(getattr(lab.env("LHR").ROOM.getByName("a"), method)(*args))


def say(lab: Lab, socket: ClientSocket, data: str | bytes) -> None:
    lab.run(socket.send(data))
    lab.run(lab.advance(1))


def heard(socket: ClientSocket) -> list[str | bytes]:
    return [message.data for message in socket.messages]


def printed(lab: Lab) -> list[str]:
    return [entry.message for entry in lab.logs if entry.level == "log"]


def events(lab: Lab, operation: str) -> int:
    return len(lab.trace.where("durable_objects", operation))


def test_a_room_hibernates_and_goes_on_with_attachments_tags_and_an_empty_memory(lab):
    ada, bob = join(lab, "/ada?red"), join(lab, "/bob?red,blue")
    say(lab, ada, "all")
    say(lab, bob, "all")
    lab.run(lab.advance(60))
    say(lab, ada, "all")
    assert heard(ada) == heard(bob) == ["ada 1", "bob 2", "ada 1"]
    assert printed(lab) == ["constructor 0", "constructor 2"]
    assert call(lab, "tags") == [["red", "blue"], ["red"]]


@pytest.mark.parametrize(("idle", "count"), [(9.9, 2), (10.1, 1)])
def test_memory_is_kept_for_ten_idle_seconds(lab, idle, count):
    ada = join(lab)
    lab.run(ada.send("a"))
    lab.run(ada.receive())
    lab.run(lab.advance(idle))
    lab.run(ada.send("b"))
    assert lab.run(ada.receive()) == f"b {count}"


def test_sockets_are_listed_newest_first_and_by_tag_oldest_first(lab):
    for name in ("ada?x", "bob?x", "cyd"):
        join(lab, f"/{name}")
    assert call(lab, "names") == ["cyd", "bob", "ada"]
    assert call(lab, "names", "x") == ["ada", "bob"]
    assert call(lab, "names", "nobody") == []


def test_bytes_arrive_as_bytes(lab):
    ada = join(lab)
    say(lab, ada, b"abc")
    assert heard(ada) == [b"cba"]


def test_what_an_object_says_before_its_answer_is_heard_after_it(lab):
    assert lab.run(join(lab, "/first").receive()) == "welcome"


def test_an_error_in_a_handler_goes_to_the_log_and_leaves_the_socket_open(lab):
    ada = join(lab)
    say(lab, ada, "fail on purpose")
    say(lab, ada, "still")
    assert heard(ada) == ["still 2"] and ada.closed is None
    assert [entry.message.splitlines()[-1] for entry in lab.logs if entry.level == "error"] == [
        "ValueError: on purpose"
    ]


def test_events_of_a_socket_begin_in_order_and_do_not_wait_for_one_another(lab):
    ada = join(lab)
    for message in ("slow 5", "a", "b"):
        lab.run(ada.send(message))
    lab.run(lab.advance(10))
    assert heard(ada) == ["a 2", "b 3", "slow"]


def test_a_goodbye_is_answered_and_the_handler_finds_the_socket_closed_and_still_listed(lab):
    ada = join(lab)
    lab.run(ada.close(4000, "why"))
    assert ada.closed == (4000, "why")
    lab.run(lab.advance(1))
    assert printed(lab)[-1] == "closed 4000 why True 3 True"
    assert call(lab, "names") == []


def test_the_objects_own_goodbye_is_heard_and_told_too(lab):
    ada = join(lab)
    say(lab, ada, "close")
    assert ada.closed == (4001, "go") and printed(lab)[-1] == "closed 4001 go True 3 True"


def test_an_object_that_is_reset_loses_its_connections(lab):
    ada = join(lab)
    say(lab, ada, "abort")
    assert ada.closed == (1006, "WebSocket disconnected without sending Close frame.")
    assert call(lab, "names") == []


@pytest.mark.parametrize("end", [Lab.evict, lambda lab: lab.durable_objects("ROOM").crash("a")])
def test_a_deployment_and_a_crash_cut_the_connections(lab, end):
    ada = join(lab)
    end(lab)
    lab.run(lab.advance(60))
    assert ada.closed == (1006, "WebSocket disconnected without sending Close frame.")


def test_an_alarm_wakes_a_room_that_has_sockets(lab):
    ada = join(lab)
    say(lab, ada, f"remember {int((lab.date.timestamp() + 3600) * 1000)}")
    lab.run(lab.advance(7200))
    assert heard(ada) == ["alarm 0"]


# The automatic answer.


def test_an_automatic_answer_wakes_nobody_and_costs_nothing(lab):
    call(lab, "pair", "ping", "pong")
    ada, bob = join(lab), join(lab, "/bob")
    lab.run(lab.advance(60))
    before, units = len(printed(lab)), lab.trace.units()
    say(lab, ada, "ping")
    assert heard(ada) == ["pong"] and heard(bob) == []
    lab.run(lab.advance(60))
    assert len(printed(lab)) == before and lab.trace.units() == units
    moment = int(lab.date.timestamp() * 1000) - 61_000
    assert call(lab, "answered") == [["ping", "pong"], [None, moment]]


@pytest.mark.parametrize("message", ["ping ", "Ping", b"ping"])
def test_only_the_very_request_is_answered(lab, message):
    call(lab, "pair", "ping", "pong")
    ada = join(lab)
    say(lab, ada, message)
    assert heard(ada) != ["pong"] and events(lab, "webSocketMessage") == 1


def test_without_a_pair_the_handler_hears_it_again_and_the_timestamp_stays(lab):
    call(lab, "pair", "ping", "pong")
    ada = join(lab)
    say(lab, ada, "ping")
    call(lab, "mute")
    say(lab, ada, "ping")
    assert heard(ada) == ["pong", "ping 1"]
    pair, [moment] = call(lab, "answered")
    assert pair is None and moment


# Words.

TAGS = "Failed to execute 'acceptWebSocket' on 'DurableObjectState': parameter 2 is not of type 'Array'."


@pytest.mark.parametrize(("code", "words"), [
    ("self.ctx.acceptWebSocket(pair[1], ['red'])", f"TypeError: {TAGS}"),
    ("self.ctx.acceptWebSocket(pair[1], 'red')", f"TypeError: {TAGS}"),
    ("self.ctx.acceptWebSocket(pair[1], jsnull)", f"TypeError: {TAGS}"),
    ("self.ctx.acceptWebSocket('x')",
     "TypeError: Failed to execute 'acceptWebSocket' on 'DurableObjectState': parameter 1 is not of type 'WebSocket'."),
    ("self.ctx.acceptWebSocket(pair[1], to_js(list('abcdefghijk')))",
     "Error: a Hibernatable WebSocket cannot have more than 10 tags"),
    ("self.ctx.acceptWebSocket(pair[1], to_js(list('abcdefghij')))", None),
    ("self.ctx.acceptWebSocket(pair[1], to_js(['b', 'a', 'b'])) or list(self.ctx.getTags(pair[1]))", ["b", "a"]),
    ("self.ctx.acceptWebSocket(pair[1], to_js([1, None, True])) or list(self.ctx.getTags(pair[1]))",
     ["1", "undefined", "true"]),
    ("self.ctx.acceptWebSocket(pair[1], to_js(['x' * 256]))", None),
    ("self.ctx.acceptWebSocket(pair[1], to_js(['x' * 257]))",
     f'Error: "{"x" * 257}" is longer than the max tag length (256 characters).'),
    ("self.ctx.acceptWebSocket(pair[1], to_js(['é' * 129]))",
     f'Error: "{"é" * 129}" is longer than the max tag length (256 characters).'),
    ("self.ctx.acceptWebSocket(pair[1]) or self.ctx.acceptWebSocket(pair[1])",
     "Error: Cannot call `acceptWebSocket()` if the WebSocket was already accepted via `accept()`"),
    ("pair[0].accept() or self.ctx.acceptWebSocket(pair[1])",
     "Error: Cannot call `acceptWebSocket()` on this WebSocket because its pair has already been accepted or used in a "
     "Response."),
    ("self.ctx.getTags(pair[1])",
     "Error: you must call 'acceptWebSocket()' before attempting to access the tags of a WebSocket."),
    ("pair[1].accept() or self.ctx.getTags(pair[1])", "Error: only hibernatable websockets can have tags."),
    ("self.ctx.setWebSocketAutoResponse('x')",
     "TypeError: Failed to execute 'setWebSocketAutoResponse' on 'DurableObjectState': parameter 1 is not of type "
     "'WebSocketRequestResponsePair'."),
    ("self.ctx.setWebSocketAutoResponse(jsnull)",
     "TypeError: Failed to execute 'setWebSocketAutoResponse' on 'DurableObjectState': parameter 1 is not of type "
     "'WebSocketRequestResponsePair'."),
    ("self.ctx.setWebSocketAutoResponse(WebSocketRequestResponsePair.new('x' * 2048, 'y' * 2048))", None),
    ("self.ctx.setWebSocketAutoResponse(WebSocketRequestResponsePair.new('é' * 1025, 'y'))",
     "RangeError: Request cannot be larger than 2048 bytes. A request of size 2050 was provided."),
    ("self.ctx.setWebSocketAutoResponse(WebSocketRequestResponsePair.new('x', 'y' * 2049))",
     "RangeError: Response cannot be larger than 2048 bytes. A response of size 2049 was provided."),
    ("WebSocketRequestResponsePair.new('x')",
     "TypeError: Failed to construct 'WebSocketRequestResponsePair': constructor parameter 2 is not of type 'string'."),
    ("self.ctx.getWebSocketAutoResponseTimestamp(pair[1])", None),
    ("self.ctx.getHibernatableWebSocketEventTimeout()", None),
    ("self.ctx.setHibernatableWebSocketEventTimeout(604800000) or self.ctx.getHibernatableWebSocketEventTimeout()",
     604_800_000),
    ("self.ctx.setHibernatableWebSocketEventTimeout(604800001)",
     "Error: Event timeout should not exceed 604800000 ms."),
    ("self.ctx.setHibernatableWebSocketEventTimeout(-1)",
     "TypeError: The value cannot be converted because it is negative and this API expects a positive number."),
    ("self.ctx.setHibernatableWebSocketEventTimeout(2**32)",
     "TypeError: Value out of range. Must be less than or equal to 4294967295."),
    ("self.ctx.setHibernatableWebSocketEventTimeout('ab')",
     "TypeError: The value cannot be converted because it is not an integer."),
    ("self.ctx.setHibernatableWebSocketEventTimeout(12.9) or self.ctx.getHibernatableWebSocketEventTimeout()", 12),
    ("self.ctx.setHibernatableWebSocketEventTimeout(0) or self.ctx.getHibernatableWebSocketEventTimeout()", None),
])  # fmt: skip
def test_the_runtimes_words(lab, code, words):
    assert call(lab, "attempt", code) == words


def test_an_object_has_32768_sockets_at_most(lab):
    assert lab.run(lab.run(lab.fetch("/many?32768")).text()) == "many"
    words = "Error: only 32768 websockets can be accepted on a single Durable Object instance"
    assert call(lab, "attempt", "self.ctx.acceptWebSocket(pair[1])") == words


def test_an_answer_with_a_socket_that_nobody_asked_for_is_an_error(lab):
    answer = lab.run(lab.fetch("/ada"))
    assert answer.status == 500
    assert lab.logs[-1].message.splitlines()[-1] == (
        "pyodide.http.AbortError: Worker tried to return a WebSocket in a response to a request which did not contain "
        'the header "Upgrade: websocket".'
    )


# Limits of messages and of time.


@pytest.mark.parametrize(("size", "closed"), [(32 * 2**20, None), (32 * 2**20 + 1, (1009, "Message is too large"))])
def test_a_message_has_32_mib_at_most(lab, size, closed):
    ada = join(lab)
    say(lab, ada, b"x" * size)
    assert ada.closed == closed
    assert events(lab, "webSocketError") == bool(closed)


@pytest.mark.parametrize(("seconds", "answers"), [(0.9, ["slow"]), (1.1, [])])
def test_an_event_may_be_given_a_time_and_is_stopped_after_it(lab, seconds, answers):
    call(lab, "limit", 1000)
    ada = join(lab)
    say(lab, ada, f"slow {seconds}")
    lab.run(lab.advance(5))
    assert heard(ada) == answers and ada.closed is None


# Sockets of the standard API.


def test_a_standard_socket_keeps_its_object_in_memory_and_billed():
    lab = planet()
    ada = join(lab, "/standard")
    lab.run(lab.advance(50))
    say(lab, ada, "hi")
    assert heard(ada) == ["standard hi 1"] and printed(lab) == ["constructor 0"]
    assert lab.bill()["do.duration_gb_s"].quantity > 50 * 0.128


def test_a_standard_socket_ends_with_its_object():
    lab = planet()
    ada = join(lab, "/standard")
    lab.run(lab.advance(300))
    assert ada.closed == (1006, "WebSocket disconnected without sending Close frame.")


@pytest.mark.parametrize("end", [lambda lab: lab.run(lab.advance(300)), lambda lab: lab.evict("LHR")])
def test_a_standard_socket_ends_with_its_object_that_knows_of_no_other(end):
    source = SOURCE.replace("len(ctx.getWebSockets())", '""')
    lab = Lab(source, durable_objects={"ROOM": "Room"}, network=Links(jitter=0))
    ada = join(lab, "/standard")
    end(lab)
    lab.run(lab.advance(1))
    assert ada.closed == (1006, "WebSocket disconnected without sending Close frame.")


def test_messages_by_a_standard_socket_keep_its_object_in_memory():
    lab = planet()
    ada = join(lab, "/standard")
    for _ in range(10):
        lab.run(lab.advance(60))
        say(lab, ada, "hi")
    assert heard(ada) == ["standard hi 1"] * 10 and ada.closed is None
    assert float(lab.bill()["do.duration_gb_s"].quantity) == pytest.approx(610 * 0.128, rel=0.01)
    lab.run(lab.advance(141))
    assert ada.closed == (1006, "WebSocket disconnected without sending Close frame.")


def test_a_listener_under_way_keeps_its_object_in_memory():
    slow = SOURCE.replace(
        'self.keep = create_proxy(lambda event: server.send(f"standard {event.data} {self.count}"))',
        """async def listen(event):
                await asyncio.sleep(300)
                server.send("late")
            self.keep = create_proxy(listen)""",
    )
    lab = Lab(slow, durable_objects={"ROOM": "Room"}, network=Links(jitter=0, last_mile=0.02))
    ada = join(lab, "/standard")
    say(lab, ada, "hi")
    lab.run(lab.advance(310))
    assert heard(ada) == ["late"] and ada.closed is None


def test_an_object_whose_standard_socket_has_ended_hibernates(lab):
    ada = join(lab, "/standard")
    lab.run(lab.advance(30))
    lab.run(ada.close())
    lab.run(lab.advance(30))
    assert call(lab, "attempt", "self.count") == 0


# Distance.


def test_a_message_takes_the_way_from_the_device_to_the_object_and_back():
    lab = planet()
    join(lab, "/ada", "LHR")
    bob = join(lab, "/bob", "SYD")
    sent = lab.now
    lab.run(bob.send("hi"))
    lab.run(bob.receive())
    place = lab.durable_objects("ROOM").object("a").place
    links = lab.world.links
    assert links is not None
    assert bob.messages[0].time - sent == pytest.approx(links.rtt(place, "SYD") + 0.02, rel=0.5)
    assert bob.messages[0].time - sent > links.rtt(place, "SYD")


def test_messages_arrive_in_the_order_of_sending_whatever_the_jitter():
    lab = Lab(SOURCE, durable_objects={"ROOM": "Room"}, network=Links(jitter=0.5))
    join(lab, "/ada", "LHR")
    bob = join(lab, "/bob", "SYD")
    for number in range(200):
        lab.run(bob.send(f"m{number}"))
    lab.run(lab.advance(10))
    assert heard(bob) == [f"m{number} {number + 1}" for number in range(200)]


def test_lost_messages_are_sent_again_and_none_is_missing():
    lab = planet()
    join(lab, "/ada", "LHR")
    bob = join(lab, "/bob", "SYD")
    lab.world.faults.lose(0.3)  # type: ignore[union-attr]
    for number in range(50):
        lab.run(bob.send(f"m{number}"))
    lab.run(lab.advance(120))
    assert heard(bob) == [f"m{number} {number + 1}" for number in range(50)]


def test_what_an_object_says_leaves_after_its_write_is_confirmed():
    lab = planet()
    ada = join(lab, "/ada", "LHR")
    say(lab, ada, "quick")
    say(lab, ada, "write")
    quick, written = ada.messages
    [fast, slow] = lab.trace.where("durable_objects", "webSocketMessage")
    assert written.data == "written"
    assert written.time - slow.start > quick.time - fast.start + 0.001


def test_a_partition_cuts_a_connection_that_is_used():
    lab = planet()
    join(lab, "/ada", "LHR")
    bob = join(lab, "/bob", "SYD")
    lab.partition("SYD")
    lab.run(bob.send("hello?"))
    lab.run(lab.advance(120))
    assert bob.closed == (1006, "WebSocket disconnected without sending Close frame.")
    assert printed(lab)[-1].startswith("closed 1006 WebSocket disconnected without sending Close frame. False")
    assert heard(bob) == []


def test_the_death_of_the_objects_place_cuts_all_of_its_connections():
    lab = planet()
    ada, bob = join(lab, "/ada", "LHR"), join(lab, "/bob", "SYD")
    lab.kill(lab.durable_objects("ROOM").object("a").place)
    lab.run(lab.advance(120))
    assert ada.closed and bob.closed and (ada.closed[0], bob.closed[0]) == (1006, 1006)


def test_the_death_of_a_visitors_pop_is_told_to_the_object():
    lab = planet()
    ada, bob = join(lab, "/ada", "LHR"), join(lab, "/bob", "SYD")
    lab.kill("SYD")
    lab.run(lab.advance(120))
    assert bob.closed and bob.closed[0] == 1006 and ada.closed is None
    assert printed(lab)[-1].startswith("closed 1006")


# The bill.


def test_a_room_costs_what_its_messages_and_its_waking_hours_cost():
    """Computed by hand: 2 upgrades, 40 messages, and a constructor before all messages but the first; 1.01 ms each."""
    lab = planet()
    ada, bob = join(lab, "/ada", "LHR"), join(lab, "/bob", "LHR")
    for _ in range(20):
        for socket in (ada, bob):
            lab.run(socket.send("all"))
            lab.run(lab.advance(300))
    units = lab.trace.units()
    assert units["do.requests"] == 2 and units["do.websocket_messages"] == 40
    assert len(heard(ada)) == len(heard(bob)) == 40
    assert units["do.duration_gb_s"] == pytest.approx((2 + 40 + 1 + 39) * 0.00101 * 0.128, rel=0.02)
    assert lab.bill()["do.requests"].quantity == 2 + 40 / 20


def test_a_snapshot_refuses_while_a_connection_is_open(lab):
    ada = join(lab)
    lab.run(lab.advance(60))
    with pytest.raises(Exception, match="1 open WebSocket: a snapshot cannot hold the other end"):
        lab.snapshot()
    lab.run(ada.close())
    lab.run(lab.advance(1))
    lab.snapshot()
