"""One event's limits and its end: overruns, exits, what a dead PoP takes with it, what strict refuses."""

from __future__ import annotations

import asyncio

import pytest

from labkit import Lab, facts
from labkit.errors import Aside
from labkit.network.faults import Unreachable
from tests.test_lab import AUTH, answer, worker

SLEEPY = AUTH + "\nclass Default(WorkerEntrypoint):\n    async def spin(self):\n        while True: pass\n" \
                "    async def fetch(self, request):\n        while True: pass\n"  # fmt: skip


@pytest.mark.parametrize(("call", "words"), [
    ("spin()", "Error: Worker exceeded CPU time limit."), ("fetch('https://a/')", "AbortError"),
])  # fmt: skip
def test_a_service_that_computes_too_long_is_in_the_logs_though_its_caller_may_catch_it(call, words):
    caller = worker("try:", f"    await self.env.AUTH.{call}", "except Exception as e:",
                    "    return Response(f'{type(e).__name__} {e}')")  # fmt: skip
    lab = Lab(caller, {"services": [{"binding": "AUTH", "service": "auth"}]}, services={"auth": SLEEPY})
    status, text = answer(lab)
    assert status == 200 and words in text
    (message,) = lab.logs.messages
    assert message.startswith("Worker exceeded CPU time limit.") and "line" in message


def test_a_caller_that_does_not_catch_its_services_overrun_is_a_500():
    lab = Lab(worker("await self.env.AUTH.spin()"), {"services": [{"binding": "AUTH", "service": "auth"}]},
              services={"auth": SLEEPY})  # fmt: skip
    assert answer(lab) == (500, "error code: 1101")
    assert len(lab.logs) == 2


@pytest.mark.parametrize("dies", ["raise SystemExit(3)", "raise BaseException('odd')", "__import__('sys').exit(3)"])
def test_a_handler_that_exits_ends_its_request_and_not_the_cell(dies):
    lab = Lab(worker(dies))
    assert answer(lab) == (500, "error code: 1101")
    assert "Traceback" in lab.logs[-1].message and "entry.py" in lab.logs[-1].message
    lab = Lab(worker("return Response('x')", head=f"{dies}\n"))
    assert answer(lab)[0] == 500
    assert "Traceback" in lab.logs[-1].message


def test_a_background_task_that_exits_is_an_error_in_the_log():
    lab = Lab(worker("async def later():", "    raise SystemExit(3)", "self.ctx.waitUntil(later())",
                     "return Response('x')"))  # fmt: skip
    assert answer(lab) == (200, "x")
    lab.run(lab.advance(1))
    assert lab.logs.messages[0].endswith("SystemExit: 3")


def test_an_interrupted_cell_stays_interrupted():
    with pytest.raises(KeyboardInterrupt):
        answer(Lab(worker("raise KeyboardInterrupt")))


def test_what_wait_until_has_running_at_a_pop_that_dies_ends_with_it():
    lab = Lab(worker("async def later():", "    await asyncio.sleep(2)", "    print('done', request.cf.colo)",
                     "self.ctx.waitUntil(later())", "return Response('x')"))  # fmt: skip
    answer(lab, colo="LHR")
    answer(lab, colo="SYD")
    lab.kill("LHR")
    lab.run(lab.advance(5))
    assert [(entry.place, entry.message) for entry in lab.logs] == [
        ("LHR", "LHR failed: a waitUntil() task that was running there is lost."), ("SYD", "done SYD"),
    ]  # fmt: skip
    assert {event.place: event.outcome for event in lab.trace.where("workers", "waitUntil")} == {
        "LHR": "canceled", "SYD": "ok",
    }  # fmt: skip


def test_what_runs_at_a_pop_that_dies_stops_where_it_stands():
    lab = Lab(worker("try:", "    await asyncio.sleep(9)", "finally:", "    print('cleaned up')",
                     "return Response('x')"))  # fmt: skip

    async def die() -> None:
        visit = asyncio.ensure_future(lab.fetch("/", colo="LHR"))
        await asyncio.sleep(1)
        lab.kill("LHR")
        with pytest.raises(Unreachable, match="LHR failed while this request was there"):
            await visit

    lab.run(die())
    assert lab.logs == []
    assert [event.outcome for event in lab.trace.where("workers", "fetch")] == ["lost"]


def test_a_pop_that_dies_loses_its_isolates():
    lab = Lab(worker("global n", "n += 1", "return Response(str(n))", head="n = 0\n"))
    assert [answer(lab, colo="LHR")[1], answer(lab, colo="SYD")[1]] == ["1", "1"]
    lab.kill("LHR")
    lab.heal()
    assert [answer(lab, colo="LHR")[1], answer(lab, colo="SYD")[1]] == ["1", "2"]


def test_what_the_workbook_says_from_within_a_worker_reaches_the_cell():
    lab = Lab(worker("from labkit.errors import Aside", "raise Aside('still to be done')"))
    with pytest.raises(Aside, match="still to be done"):
        answer(lab)
    assert lab.logs == []


@pytest.mark.parametrize("ignored", [
    "await fetch('https://o.example/', Method='POST')",
    "await caches.default.match('https://o.example/', {'ignore': 1})",
    "await caches.default.match(request)", "wait_until(asyncio.sleep(0))",
    "WebSocketPair.new().object_values()[0].addEventListener('message', print)",
    "await self.env.KV.get(['a', '7'])",
])  # fmt: skip
def test_a_strict_lab_refuses_all_that_the_runtime_silently_ignores(ignored):
    source = worker(ignored, "return Response('x')",
                    head="from workers import wait_until\nfrom js import WebSocketPair, caches")  # fmt: skip
    with pytest.warns(UserWarning):
        answer(Lab(source, kv=["KV"], origins={"o.example": "x"}))
    lab = Lab(source, kv=["KV"], origins={"o.example": "x"}, strict=True)
    assert answer(lab)[0] == 500
    assert "LabError" in lab.logs[-1].message


def test_an_overrun_is_its_outcome_in_the_trace():
    lab = Lab(worker("while True: pass"))
    answer(lab)
    assert [event.outcome for event in lab.trace.where("workers", "fetch")] == ["exceededCpu"]
    lab = Lab(worker("async def later():", "    while True: pass", "self.ctx.waitUntil(later())",
                     "return Response('x')"))  # fmt: skip
    answer(lab)
    lab.run(lab.advance(1))
    assert [event.outcome for event in lab.trace.where("workers", "waitUntil")] == ["exceededCpu"]


def test_one_subrequest_too_many_is_its_outcome_in_the_trace():
    limit = facts.value("workers.subrequests", plan="free")
    for count, outcome in ((limit, "ok"), (limit + 1, "exceededSubrequests")):
        lab = Lab(worker(f"for n in range({count}): await self.env.KV.get(str(n))", "return Response('x')"),
                  kv=["KV"], plan="free")  # fmt: skip
        answer(lab)
        assert [event.outcome for event in lab.trace.where("workers", "fetch")] == [outcome]


def test_a_scheduled_time_is_in_whole_milliseconds():
    lab = Lab(worker("pass", others="    async def scheduled(self, controller, env, ctx):\n"
                                    "        print(controller.scheduledTime)\n"))  # fmt: skip
    for due in (1_700_000_000.25, 1_700_000_000.9999):
        lab.run(lab.scheduled(time=due))
    assert lab.logs.messages == ["1700000000250", "1700000000999"]


def test_a_service_that_fails_to_answer_a_fetch_is_an_abort_error():
    failing = AUTH.replace('return Response("auth says " + request.url)', 'raise ValueError("no")')
    caller = worker("try:", "    await self.env.AUTH.fetch('https://a/')", "except Exception as e:",
                    "    return Response(f'{type(e).__name__} {e}')")  # fmt: skip
    lab = Lab(caller, {"services": [{"binding": "AUTH", "service": "auth"}]}, services={"auth": failing})
    status, text = answer(lab)
    assert status == 200 and text.startswith("AbortError") and "ValueError: no" in text


@pytest.mark.parametrize("starts", ["await asyncio.gather(child())", "await asyncio.create_task(child())",
                                    "await asyncio.wait_for(child(), 5)"])  # fmt: skip
def test_a_task_of_a_worker_computes_on_its_invocations_budget(starts):
    lab = Lab(worker("async def child():", "    while True: pass", starts))
    assert answer(lab) == (503, "error code: 1102")
    lab = Lab(worker("async def child():", "    for _ in range(1000): pass", starts, "return Response('x')"))
    assert answer(lab)[0] == 200
    assert lab.trace.units()["workers.cpu_ms"] > 1000 * facts.value("workers.cpu_step_ms")


def test_a_task_of_a_worker_that_exits_fails_who_awaits_it_and_not_the_cell():
    lab = Lab(worker("async def child():", "    raise SystemExit(3)", "await asyncio.gather(child())"))
    assert answer(lab)[0] == 500
    assert "SystemExit: 3" in lab.logs[-1].message


@pytest.mark.filterwarnings("error")
def test_a_task_that_is_cancelled_before_it_begins_is_no_unawaited_coroutine():
    lab = Lab(worker("async def child(): pass", "asyncio.create_task(child()).cancel()", "return Response('x')"))
    assert answer(lab) == (200, "x")


def test_a_cancellation_that_comes_while_computed_time_passes_is_heard_by_the_code():
    """The group's task fails at the instant at which the other wakes, which first lives through what it computed."""
    body = """
        async def failing():
            await asyncio.sleep(1)
            raise ValueError("no")
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(failing())
                await asyncio.sleep(1)
        except* ValueError as found:
            print(found.exceptions)
        finally:
            print("finally")
        return Response("heard")
"""
    lab = Lab(worker(body, head="import asyncio\n"))
    assert answer(lab) == (200, "heard")
    assert lab.logs.messages == ["(ValueError('no'),)", "finally"]


RUNS = worker("return Response('x')").replace(
    "class Default(WorkerEntrypoint):",
    "class Default(WorkerEntrypoint):\n"
    "    async def scheduled(self, controller, env, ctx): print('ran')\n"
    "    async def queue(self, batch, env, ctx): print('ran')\n",
)


def killed_while_it_starts(lab, event):
    """What an event comes to whose place fails during the cold start."""

    async def scene():
        running = asyncio.ensure_future(event)
        while not lab._deployment.worker.isolates:
            await asyncio.sleep(0.0001)
        (place,) = lab._deployment.worker.isolates
        lab.kill(place)
        return await running

    return lab.run(scene())


def test_a_scheduled_run_whose_place_fails_during_the_cold_start_is_lost():
    lab = Lab(RUNS)
    assert killed_while_it_starts(lab, lab.scheduled()).outcome == "lost"
    assert lab.logs.messages == []


def test_a_batch_whose_place_fails_during_the_cold_start_is_lost():
    lab = Lab(RUNS, queues=["JOBS"])
    assert killed_while_it_starts(lab, lab.queue("jobs", ["a"]))["outcome"] != "ok"
    assert lab.logs.messages == []
