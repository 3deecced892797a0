"""Which Workers need no watching, and that none of the others passes for one."""

from __future__ import annotations

import asyncio
from types import CodeType

import pytest

from labkit import Lab, facts
from labkit.straight import runs_straight
from labkit.workers.entrypoints import WorkerEntrypoint
from labkit.workers.response import Response

HEAD = "from workers import Response, WorkerEntrypoint\n"
ONE = "class Default(WorkerEntrypoint):\n    async def fetch(self, request):\n        "


def code(source: str) -> CodeType:
    return compile(HEAD + source, "entry.py", "exec")


@pytest.mark.parametrize(
    "body",
    [
        "return Response('hello')",
        "return Response(await self.env.KV.get('flag') or 'off')",
        "if request.url.endswith('/a'): return Response('a')\n        return Response('b', status=404)",
        "try:\n            return Response(await self.env.KV.get('k'))\n        except Exception as e:\n"
        "            return Response(type(e).__name__)",
        "async with self.env.lock:\n            return Response('x')",
        "return Response('x')\n\n    async def scheduled(self, controller, env, ctx):\n        await env.KV.list()",
        "try:\n            x = await self.env.KV.get('k')\n        except ValueError:\n"
        "            x = await self.env.KV.get('l')\n        return Response(x)",
    ],
)
def test_functions_without_a_loop_that_do_not_call_one_another_run_straight(body):
    assert runs_straight([code(ONE + body)])


@pytest.mark.parametrize(
    "source",
    [
        ONE + "for x in request.url: pass\n        return Response('x')",
        ONE + "while True: pass",
        ONE + "while True: await self.env.KV.get('k')",
        ONE + "async for x in request.body: pass",
        ONE + "return Response(','.join([x for x in request.url]))",
        ONE + "return Response(str(sum(x for x in range(9))))",
        ONE + "return Response(max(request.url, key=lambda x: x))",
        ONE + "def again(): return again()\n        return again()",
        ONE + "import helper\n        return helper.go()",
        ONE + "return await self.fetch(request)",
        ONE + "return await getattr(self, 'fet' + 'ch')(request)",
        ONE + "return await type(self).__dict__['fet' + 'ch'](self, request)",
        ONE + "return eval('self.fe' + 'tch(request)')",
        ONE + "return await self.helper()\n\n    async def helper(self): return Response('x')",
        ONE + "return await self.again(request)\n\n    again = fetch",
        ONE + "return ROUTES[0]()\n\ndef helper(): return Response('x')\nROUTES = [helper]",
        ONE + "return Response(str(self))\n\n    def __str__(self): return str(self)",
        ONE + "return go()\n\ngo = lambda: go()",
        "def outer():\n    class Default(WorkerEntrypoint):\n        async def fetch(self, request): return 1\n"
        "    return Default\nDefault = outer()",
    ],
)
def test_whatever_might_go_on_for_long_is_watched(source):
    assert not runs_straight([code(source)])


def test_a_name_from_another_file_of_the_worker_is_a_call_too():
    helper, entry = code("def go():\n    return 1"), code("from helper import go\n" + ONE + "return Response('x')")
    assert runs_straight([helper]) and runs_straight([code(ONE + "return Response('x')")])
    assert not runs_straight([helper, entry])


def cpu_steps(worker, **options) -> float:
    """The steps that one request is charged with."""
    lab = Lab(worker, **options)
    assert lab.run(lab.fetch("/")).status == 200
    return steps_in(lab.trace.units()["workers.cpu_ms"])


def steps_in(cpu_ms: float) -> float:
    return (cpu_ms - facts.value("workers.cpu_base_ms")) / facts.value("workers.cpu_step_ms")


@pytest.mark.parametrize(
    ("source", "steps"),
    [
        (ONE + "return Response('x')", 1),
        (ONE + "self.env\n        for x in range(0): pass\n        return Response('x')", 1),
        (ONE + "for x in range(5): pass\n        return Response('x')", 6),
        (ONE + "return await self.helper()\n\n    async def helper(self): return Response('x')", 2),
    ],
)
def test_a_request_costs_the_same_steps_watched_or_not(source, steps):
    assert cpu_steps(HEAD + source) == pytest.approx(steps)


class Straight(WorkerEntrypoint):
    async def fetch(self, request):
        return Response(await self.env.KV.get("k") or "off")


class Recursive(WorkerEntrypoint):
    async def fetch(self, request):
        return await self.deeper() and await self.deeper()

    async def deeper(self):
        await asyncio.sleep(0)
        return await self.fetch(None)


def isolate_of(lab: Lab):
    return next(iter(lab._deployment.worker.isolates.values()))


def test_a_class_from_a_notebook_is_judged_like_a_file():
    assert cpu_steps(Straight, kv=["KV"]) == pytest.approx(1)
    lab = Lab(Straight, kv=["KV"])
    lab.run(lab.fetch("/"))
    assert isolate_of(lab).runs_straight
    lab = Lab(Recursive)
    assert lab.run(lab.fetch("/")).status in (500, 503)
    assert not isolate_of(lab).runs_straight


def test_recursion_is_still_stopped_by_the_limit():
    lab = Lab(HEAD + ONE + "return await self.more(0)\n\n    async def more(self, n):\n"
              "        return n < 100 and (await self.more(n + 1) or await self.more(n + 1))",
              {"limits": {"cpu_ms": 20}})  # fmt: skip
    assert lab.run(lab.fetch("/")).status == 503
    assert "exceeded CPU time limit" in lab.logs[-1].message


def test_a_callee_that_loops_is_charged_to_no_caller_be_it_straight_or_watched():
    callee = HEAD + "class Default(WorkerEntrypoint):\n    def serve(self):\n        for x in range(100): pass\n"

    def spent(head: str) -> list[float]:
        lab = Lab(HEAD + ONE + head + "await self.env.LOOP.serve()\n        return Response('x')",
                  {"services": [{"binding": "LOOP", "service": "loop"}]}, services={"loop": callee})  # fmt: skip
        assert lab.run(lab.fetch("/")).status == 200
        assert isolate_of(lab).runs_straight == (head == "")
        costs = [event.units.get("workers.cpu_ms") for event in lab.trace.where("workers")]
        return [steps_in(cost) for cost in costs if cost]

    straight = spent("")
    assert straight == pytest.approx(spent("for x in (): pass\n        "))
    assert straight[0] == pytest.approx(101) and straight[1] < 10
