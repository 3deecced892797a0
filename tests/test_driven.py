"""Bindings outside a request: what a cell awaits drives the lab's time, handles included."""

from __future__ import annotations

import asyncio

import pytest

from labkit import Lab
from labkit.workers.ffi import JsException

SOURCE = """
from workers import DurableObject, WorkerEntrypoint, WorkflowEntrypoint

class Default(WorkerEntrypoint):
    async def queue(self, batch, env, ctx):
        print(batch.messages[0].body)

class Room(DurableObject):
    async def add(self, a, b):
        return a + b

    async def adder(self, a):
        async def add(b):
            return a + b
        return add

class Order(WorkflowEntrypoint):
    async def run(self, event, step):
        return event["payload"]
"""


@pytest.fixture
def lab() -> Lab:
    return Lab(SOURCE, kv=["KV"], durable_objects={"ROOM": "Room"}, workflows={"ORDERS": "Order"}, queues=["JOBS"])


def in_a_cell(make):
    """What a cell's top-level await gives, in a loop of its own."""

    async def cell():
        return await make()

    return asyncio.run(cell())


def test_a_cell_calls_a_durable_object(lab):
    room = lab.env("LHR").ROOM.getByName("a")
    assert in_a_cell(lambda: room.add(1, 2)) == 3
    assert lab.now > 0


def test_an_id_goes_back_to_the_binding_that_gave_it(lab):
    rooms = lab.env("LHR").ROOM
    name = rooms.idFromName("a")
    assert in_a_cell(lambda: rooms.get(name).add(1, 2)) == 3
    assert len(str(name)) == 64 and rooms.get(name).id.name == "a"


def test_a_function_that_came_over_rpc_can_be_called_from_a_cell(lab):
    add = in_a_cell(lambda: lab.env("LHR").ROOM.getByName("a").adder(5))
    assert in_a_cell(lambda: add(6)) == 11


def test_a_refusal_reaches_the_cell(lab):
    with pytest.raises(JsException, match="nope"):
        in_a_cell(lambda: lab.env("LHR").ROOM.getByName("a").nope())


def test_an_instance_of_a_workflow_answers_a_cell(lab):
    order = in_a_cell(lambda: lab.env("LHR").ORDERS.create(id="o", params={"n": 1}))
    lab.run(lab.advance(5))
    assert in_a_cell(order.status)["output"] == {"n": 1}


def test_a_cell_sends_to_a_queue_and_reads_kv(lab):
    env = lab.env("LHR")
    in_a_cell(lambda: env.JOBS.send("hello"))
    in_a_cell(lambda: env.KV.put("k", "v"))
    lab.run(lab.advance(10))
    assert in_a_cell(lambda: env.KV.get("k")) == "v"
    assert lab.logs.messages == ["hello"]
