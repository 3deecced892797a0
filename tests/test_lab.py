"""The bench: what a Worker on the planet can and cannot do, and what each event leaves behind."""

from __future__ import annotations

import asyncio
import gc
import sys
import weakref
from dataclasses import replace

import pytest

from labkit import Lab, Origin, facts
from labkit.errors import ConfigError, LabError
from labkit.network.faults import Unreachable
from labkit.network.links import Links

HEAD = "import asyncio\nfrom workers import Response, WorkerEntrypoint, fetch\n"


def worker(*lines, head="", others=""):
    """The source of a Worker whose fetch handler has these lines."""
    body = "\n".join(f"        {line}" for line in lines)
    return f"{HEAD}{head}\nclass Default(WorkerEntrypoint):\n    async def fetch(self, request):\n{body}\n{others}"


def answer(lab, url="/", **options):
    """Status and text of one request."""

    async def ask():
        response = await lab.fetch(url, **options)
        return response.status, await response.text()

    return asyncio.run(ask())


def test_a_request_reaches_the_worker_and_its_response_the_visitor():
    lab = Lab(worker("return Response(f'{request.method} {request.url}', status=201, headers={'x-a': 'b'})"))
    response = lab.run(lab.fetch("/hello?x=1", method="POST", body="hi"))
    assert response.status == 201
    assert response.headers["x-a"] == "b"
    assert lab.run(response.text()) == "POST https://worker.example.com/hello?x=1"


def test_the_answer_to_a_head_arrives_without_its_body():
    lab = Lab(worker("return Response('a page', headers={'x-a': 'b'})"))
    response = lab.run(lab.fetch("/", method="HEAD"))
    assert (response.headers["x-a"], lab.run(response.text())) == ("b", "")


def test_json_and_headers_travel_both_ways():
    lab = Lab(worker("data = await request.json()", "h = request.headers['x-h']",
                     "return Response.json({'n': data['n'] + 1, 'h': h})"))  # fmt: skip
    response = lab.run(lab.fetch("/", json={"n": 1}, headers={"X-H": "v"}))
    assert lab.run(response.json()) == {"n": 2, "h": "v"}


def test_the_request_knows_where_it_entered():
    lab = Lab(worker("cf = request.cf", "return Response(f'{cf.colo} {cf.country} {cf.continent} {cf.city}')"))
    assert answer(lab, colo="SYD")[1].startswith("SYD AU OC Sydney")
    assert answer(lab, colo="SYD", country="NZ")[1].startswith("SYD NZ")


def test_a_misspelt_place_is_named_with_what_is_near():
    with pytest.raises(LabError, match="LHX"):
        Lab(worker("return Response('x')")).fetch("/", colo="LHX")


def test_the_same_seed_gives_the_same_run_and_another_seed_another():
    def run(seed):
        lab = Lab(worker("return Response(request.cf.colo)"), seed=seed)
        return [answer(lab), lab.now]

    assert run(1) == run(1)
    assert run(1) != run(2)


def test_an_exception_is_the_platforms_500_and_its_traceback_is_in_the_logs():
    lab = Lab(worker("return Response(str(1 / 0))"))
    assert answer(lab) == (500, "error code: 1101")
    message = lab.logs[-1].message
    assert message.startswith("Traceback") and message.endswith("ZeroDivisionError: division by zero")
    assert "entry.py" in message and "labkit" not in message


def test_what_is_not_a_response_is_a_500_in_the_runtimes_words():
    lab = Lab(worker("return 'hello'"))
    assert answer(lab)[0] == 500
    assert "the Promise did not resolve to 'Response'" in lab.logs[-1].message


def test_module_globals_live_in_one_isolate_and_go_with_it():
    lab = Lab(worker("global n", "n += 1", "return Response(str(n))", head="n = 0\n"))
    assert [answer(lab, colo=c)[1] for c in ("LHR", "LHR", "SYD", "LHR")] == ["1", "2", "1", "3"]
    lab.evict("LHR")
    assert [answer(lab, colo=c)[1] for c in ("LHR", "SYD")] == ["1", "2"]


def test_one_isolate_serves_concurrent_requests_which_see_one_anothers_globals():
    lab = Lab(worker("global user", "user = request.url[-1]", "await asyncio.sleep(0.05)", "return Response(user)",
                     head="user = ''\n"))  # fmt: skip

    async def three():
        await lab.fetch("/warm", colo="LHR")
        responses = await asyncio.gather(*(lab.fetch(f"/{name}", colo="LHR") for name in "abc"))
        return {await response.text() for response in responses}

    assert len(asyncio.run(three())) == 1


def test_an_idle_isolate_is_evicted_and_the_next_request_starts_cold():
    lab = Lab(worker("global n", "n += 1", "return Response(str(n))", head="n = 0\n"))
    idle = facts.value("workers.isolate_idle")
    assert answer(lab, colo="LHR")[1] == "1"
    lab.run(lab.advance(idle - 10))
    assert answer(lab, colo="LHR")[1] == "2"
    lab.run(lab.advance(idle + 10))
    assert answer(lab, colo="LHR")[1] == "1"
    assert len(lab.trace.where("workers", "cold_start")) == 2


def test_requests_that_arrive_during_a_cold_start_wait_for_the_one_isolate():
    lab = Lab(worker("global n", "n += 1", "return Response(str(n))", head="n = 0\n"))

    async def burst():
        return [await r.text() for r in await asyncio.gather(*(lab.fetch("/", colo="LHR") for _ in range(5)))]

    assert sorted(asyncio.run(burst())) == ["1", "2", "3", "4", "5"]
    assert len(lab.trace.where("workers", "cold_start")) == 1


def test_whoever_gives_up_during_a_cold_start_does_not_hold_up_those_who_come_after():
    lab = Lab(worker("return Response('there')"))
    place = lab._deployment.worker

    async def give_up():
        start = asyncio.ensure_future(place.isolate("LHR"))
        await asyncio.sleep(facts.value("workers.cold_start") / 2)
        start.cancel()

    lab.run(give_up())
    assert answer(lab, colo="LHR")[1] == "there"


def test_a_program_that_fails_at_its_start_answers_500_each_time():
    lab = Lab(worker("return Response('x')", head="1 / 0\n"))
    assert [answer(lab)[0], answer(lab)[0]] == [500, 500]
    assert "ZeroDivisionError" in lab.logs[-1].message


def test_wait_until_goes_on_after_the_response():
    lab = Lab(worker("async def later():", "    await asyncio.sleep(2)", "    print('done')",
                     "self.ctx.waitUntil(later())", "return Response('at once')"))  # fmt: skip
    assert answer(lab) == (200, "at once")
    assert lab.logs == []
    lab.run(lab.advance(3))
    assert lab.logs.messages == ["done"]


def test_wait_until_is_cut_thirty_seconds_after_the_response():
    lab = Lab(worker("async def later(seconds):", "    await asyncio.sleep(seconds)", "    print(seconds)",
                     "for seconds in (29, 31):", "    self.ctx.waitUntil(later(seconds))",
                     "return Response('x')"))  # fmt: skip
    answer(lab)
    lab.run(lab.advance(60))
    assert lab.logs.messages[0] == "29"
    assert "did not complete within the allowed time" in lab.logs.messages[1]


def test_what_wait_until_does_is_in_the_trace_and_its_computing_on_the_bill():
    lab = Lab(worker("async def later():", "    await asyncio.sleep(2)", "    for _ in range(1000): pass",
                     "self.ctx.waitUntil(later())", "return Response('x')"))  # fmt: skip
    answer(lab)
    assert lab.trace.units()["workers.cpu_ms"] < 2
    lab.run(lab.advance(3))
    (later,) = lab.trace.where("workers", "waitUntil")
    assert later.request == lab.trace.where("client")[0].request
    assert later.seconds == pytest.approx(2.01, abs=0.001)
    assert later.units["workers.cpu_ms"] == pytest.approx(1000 * facts.value("workers.cpu_step_ms"), rel=0.01)


def test_what_wait_until_cuts_is_canceled_in_the_trace():
    lab = Lab(worker("self.ctx.waitUntil(asyncio.sleep(31))", "return Response('x')"))
    answer(lab)
    lab.run(lab.advance(60))
    assert [event.outcome for event in lab.trace.where("workers", "waitUntil")] == ["canceled"]


def test_an_error_in_wait_until_is_logged_and_fails_nothing():
    lab = Lab(worker("async def later():", "    raise ValueError('late')",
                     "self.ctx.waitUntil(later())", "return Response('x')"))  # fmt: skip
    assert answer(lab) == (200, "x")
    lab.run(lab.advance(1))
    assert lab.logs.messages[0].endswith("ValueError: late")


def test_a_task_that_nobody_waits_for_ends_with_the_response():
    lab = Lab(worker("async def later():", "    await asyncio.sleep(1)", "    print('never')",
                     "asyncio.create_task(later())", "await asyncio.sleep(0)", "return Response('x')"))  # fmt: skip
    answer(lab)
    lab.run(lab.advance(5))
    assert len(lab.logs) == 1 and "hand it to ctx.waitUntil" in lab.logs.messages[0]


def test_what_javascripts_console_says_is_in_the_log():
    lab = Lab(worker("console.error('no', 1)", "return Response('ok')", head="from js import console\n"))
    assert answer(lab) == (200, "ok")
    assert lab.logs.messages == ["no 1"]


def test_a_start_that_computes_too_long_is_refused_with_its_line():
    lab = Lab(worker("return Response('x')", head="for _ in range(200_000): pass\n"))
    assert answer(lab) == (503, "error code: 1102")
    assert lab.logs.messages[0].startswith("Script startup exceeded CPU time limit.")


def test_an_endless_loop_ends_in_error_1102_with_its_line():
    lab = Lab(worker("while True: pass"))
    assert answer(lab) == (503, "error code: 1102")
    assert "Worker exceeded CPU time limit" in lab.logs[-1].message and "line" in lab.logs[-1].message


def test_except_exception_does_not_save_an_endless_loop():
    lab = Lab(worker("try:", "    while True: pass", "except Exception:", "    pass", "return Response('saved')"))
    assert answer(lab)[0] == 503


def test_the_cpu_limit_is_the_plans_or_the_configurations():
    loop = worker("for _ in range(2000): pass", "return Response('ok')")
    assert answer(Lab(loop, plan="paid")) == (200, "ok")
    assert answer(Lab(loop, plan="free"))[0] == 503
    assert answer(Lab(loop, {"limits": {"cpu_ms": 15}}))[0] == 503


def test_cpu_is_billed_and_waiting_is_not():
    def cpu(*lines):
        lab = Lab(worker(*lines, "return Response('x')"))
        answer(lab)
        return lab.trace.units()["workers.cpu_ms"], lab.now

    idle, busy, waiting = cpu("pass"), cpu("for _ in range(1000): pass"), cpu("await asyncio.sleep(3)")
    assert busy[0] - idle[0] == pytest.approx(1000 * facts.value("workers.cpu_step_ms"), rel=0.05)
    assert waiting[0] == idle[0]
    assert waiting[1] - idle[1] == pytest.approx(3)
    assert busy[1] - idle[1] == pytest.approx(0.01, rel=0.1)


def test_the_clock_stands_still_while_a_worker_computes():
    lab = Lab(worker("before = time.time()", "for _ in range(1000): pass", "return Response(str(time.time() - before))",
                     head="import time\n"))  # fmt: skip
    assert answer(lab)[1] == "0.0"


def test_the_subrequest_limit_is_the_plans():
    many = worker("for n in range(60): await self.env.KV.get(str(n))", "return Response('ok')")
    assert answer(Lab(many, kv=["KV"], plan="paid")) == (200, "ok")
    lab = Lab(many, kv=["KV"], plan="free")
    assert answer(lab)[0] == 500
    assert "Too many subrequests" in lab.logs[-1].message


def test_vars_and_secrets_are_on_env_and_a_missing_binding_is_an_attribute_error():
    lab = Lab(worker("return Response(self.env.A + self.env.S + self.env.NOPE)"), vars={"A": "a"}, secrets={"S": "s"})
    assert answer(lab)[0] == 500
    assert lab.logs[-1].message.endswith("AttributeError: NOPE")
    lab = Lab(worker("return Response(self.env.A + self.env.S)"), vars={"A": "a"}, secrets={"S": "s"})
    assert answer(lab) == (200, "as")


AUTH = f"""{HEAD}
class Default(WorkerEntrypoint):
    async def fetch(self, request):
        return Response("auth says " + request.url)

    async def check(self, token, *rest):
        return {{"ok": token == "t", "rest": list(rest)}}

    async def fail(self):
        raise ValueError("no")

class Admin(WorkerEntrypoint):
    async def whoami(self):
        return "admin"
"""


def with_auth(*lines, entrypoint=None):
    binding = {"binding": "AUTH", "service": "auth"} | ({"entrypoint": entrypoint} if entrypoint else {})
    return Lab(worker(*lines), {"services": [binding]}, services={"auth": AUTH})


def test_a_service_binding_answers_fetch_and_rpc():
    lab = with_auth("r = await self.env.AUTH.fetch('https://auth/x')", "ok = await self.env.AUTH.check('t', 1, 2)",
                    "return Response(await r.text() + str(ok['ok']) + str(ok['rest']))")  # fmt: skip
    assert answer(lab) == (200, "auth says https://auth/xTrue[1, 2]")


def test_rpc_keywords_arrive_as_one_dict():
    lab = with_auth("ok = await self.env.AUTH.check('t', by=3)", "return Response(str(ok['rest'][0]['by']))")
    assert answer(lab) == (200, "3")


def test_rpc_errors_and_missing_methods_are_js_exceptions():
    lab = with_auth("try:", "    await self.env.AUTH.fail()", "except Exception as e:", "    return Response(str(e))")
    assert "ValueError: no" in answer(lab)[1]
    lab = with_auth("try:", "    await self.env.AUTH.nope()", "except Exception as e:", "    return Response(str(e))")
    assert answer(lab)[1] == "TypeError: Method nope does not exist"


def test_a_binding_that_fails_inside_the_other_worker_arrives_as_its_traceback():
    lab = Lab(
        worker("try:", "    await self.env.AUTH.write()", "except Exception as e:", "    return Response(str(e))"),
        {"services": [{"binding": "AUTH", "service": "auth"}], "kv_namespaces": [{"binding": "KV"}]},
        services={"auth": AUTH + "\nclass Default(WorkerEntrypoint):\n    async def write(self):\n"
                          "        await self.env.KV.put('k', 'v', expirationTtl=1)\n"},
    )  # fmt: skip
    text = answer(lab)[1]
    assert text.startswith("PythonError: Traceback (most recent call last):")
    assert "KV PUT failed: 400 Invalid expiration_ttl of 1" in text


def test_a_named_entrypoint_is_another_class():
    assert answer(with_auth("return Response(await self.env.AUTH.whoami())", entrypoint="Admin")) == (200, "admin")


def test_a_service_that_the_lab_lacks_is_refused():
    with pytest.raises(ConfigError, match="binds the service 'auth'"):
        Lab(worker("return Response('x')"), {"services": [{"binding": "AUTH", "service": "auth"}]})


def test_service_calls_are_one_billed_request():
    lab = with_auth("await self.env.AUTH.check('t')", "return Response('x')")
    answer(lab)
    assert lab.trace.units()["workers.requests"] == 1
    assert 2 <= lab.trace.units()["workers.cpu_ms"] / facts.value("workers.cpu_base_ms") < 2.2


def test_a_callees_computing_is_on_its_own_account_alone():
    busy = AUTH + "\nclass Default(WorkerEntrypoint):\n    async def work(self):\n        for _ in range(1000): pass\n"
    lab = Lab(worker("for _ in range(10): pass", "await self.env.AUTH.work()", "return Response('x')"),
              {"services": [{"binding": "AUTH", "service": "auth"}]}, services={"auth": busy})  # fmt: skip
    answer(lab)
    caller, callee = sorted(event.units["workers.cpu_ms"] for event in lab.trace.where("workers") if event.units)
    assert caller < 1.5 and 11 <= callee < 11.5


def test_an_origin_answers_from_where_it_stands():
    slow = Origin(lambda request: {"path": request.url}, place="IAD", seconds=0.2)
    lab = Lab(worker("r = await fetch('https://api.example.org/v1')", "return Response(await r.text())"),
              origins={"api.example.org": slow})  # fmt: skip
    near, far = answer(lab, colo="IAD"), answer(lab, colo="SYD")
    assert near == far == (200, '{"path": "https://api.example.org/v1"}')
    close, distant = lab.trace.where("fetch")
    assert close.seconds == pytest.approx(0.2, abs=0.02)
    assert distant.seconds > 0.35


def test_an_unknown_host_is_an_error_that_says_how_to_declare_it():
    lab = Lab(worker("await fetch('https://api.example.com/')"), origins={"api.example.org": "x"})
    assert answer(lab)[0] == 500
    assert "Did you mean 'api.example.org'" in lab.logs[-1].message


def test_the_seventh_connection_waits_for_one_of_the_six():
    lab = Lab(worker("await asyncio.gather(*(fetch('https://o.example/') for _ in range(7)))", "return Response('x')"),
              origins={"o.example": Origin("x", place="LHR", seconds=1)})  # fmt: skip
    answer(lab, colo="LHR")
    ends = sorted(round(event.end - event.start, 3) for event in lab.trace.where("fetch"))
    assert len(ends) == 7 and 2 < max(e.end for e in lab.trace.where("fetch")) < 2.2


def test_scheduled_runs_once_with_the_time_it_was_due():
    lab = Lab(HEAD + "class Default(WorkerEntrypoint):\n    async def scheduled(self, controller, env, ctx):\n"
              "        print(controller.cron, controller.scheduledTime, env, ctx)\n",
              {"triggers": {"crons": ["0 2 * * *"]}}, start=1_700_000_000)  # fmt: skip
    assert lab.run(lab.scheduled()).outcome == "ok"
    assert lab.logs.messages == ["0 2 * * * 1700000000000 None None"]
    with pytest.raises(ConfigError, match="Did you mean"):
        lab.scheduled("0 3 * * *")


def test_a_scheduled_handler_with_the_wrong_parameters_fails_as_the_runtime_does():
    lab = Lab(HEAD + "class Default(WorkerEntrypoint):\n    async def scheduled(self, controller):\n        pass\n")
    outcome = lab.run(lab.scheduled())
    assert outcome.outcome == "exception" and "positional argument" in outcome.error


def test_a_dead_pops_visitors_enter_at_the_next_nearest():
    lab = Lab(worker("return Response(request.cf.colo)"))
    lab.kill("LHR")
    response = lab.run(lab.fetch("/", colo="LHR"))
    assert response.headers["cf-ray"].endswith("-MAN")
    lab.heal()
    assert lab.run(lab.fetch("/", colo="LHR")).headers["cf-ray"].endswith("-LHR")


def test_the_request_knows_the_pop_that_stood_in_and_took_the_longer_way():
    seen = worker("return Response(f'{request.cf.colo} {request.cf.city}')")
    lab = Lab(seen, network=Links(jitter=0, last_mile=0.01))
    lab.kill("SYD")
    near = lab.run(lab.fetch("/", colo="MEL"))
    before = lab.now
    moved = lab.run(lab.fetch("/", colo="SYD"))
    assert lab.run(near.text()) == "MEL Melbourne"
    assert lab.run(moved.text()) == f"{moved.headers['cf-ray'][-3:]} Sydney"
    assert lab.now - before > Links().rtt("SYD", moved.headers["cf-ray"][-3:])


def test_requests_under_way_at_a_pop_that_dies_are_lost():
    lab = Lab(worker("await asyncio.sleep(10)", "return Response('x')"))

    async def scene():
        request = asyncio.ensure_future(lab.fetch("/", colo="LHR").__await__.__self__.coroutine)
        await asyncio.sleep(1)
        lab.kill("LHR")
        return await asyncio.gather(request, return_exceptions=True)

    (outcome,) = lab.run(scene())
    assert isinstance(outcome, Unreachable)


def test_whoever_asked_a_pop_that_dies_goes_on():
    lab = Lab(worker("await asyncio.sleep(10)", "return Response('x')"))

    async def asks() -> tuple[str, int]:
        with pytest.raises(Unreachable):
            await lab.fetch("/", colo="LHR")
        return await (await lab.fetch("/", colo="SIN")).text(), asyncio.current_task().cancelling()

    async def scene():
        asking = asyncio.ensure_future(asks())
        await asyncio.sleep(1)
        lab.kill("LHR")
        return await asking

    assert lab.run(scene()) == ("x", 0)


def test_advance_takes_the_platforms_words():
    lab = Lab(start="2026-01-01T00:00:00Z")
    asyncio.run(_await(lab.advance("3 days")))
    assert (lab.now, lab.date.isoformat()) == (259_200, "2026-01-04T00:00:00+00:00")


async def _await(awaitable):
    return await awaitable


def test_a_snapshot_brings_back_storage_clock_dice_and_trace():
    lab = Lab(worker("await self.env.KV.put('k', request.url)", "return Response('x')"), kv=["KV"], network=None)
    answer(lab, "/one")
    state = lab.snapshot()

    def go_on():
        answer(lab, "/two")
        lab.run(lab.advance(60))
        return lab.run(lab.env().KV.get("k")), lab.now

    first = go_on()
    lab.restore(state)
    assert lab.run(lab.env().KV.get("k")) == "https://worker.example.com/one"
    lab.restore(state)
    assert go_on() == first


def test_a_snapshot_is_refused_while_something_is_under_way():
    lab = Lab(worker("self.ctx.waitUntil(asyncio.sleep(5))", "return Response('x')"))
    answer(lab)
    with pytest.raises(LabError, match="Still under way: waitUntil"):
        lab.snapshot()
    lab.run(lab.advance(6))
    lab.snapshot()


def test_two_labs_are_islands():
    one, two = (Lab(worker("await self.env.KV.put('k', 'v')", "return Response('x')"), kv=["KV"]) for _ in range(2))
    answer(one)
    assert len(two.trace) == 0 and two.now == 0
    assert two.run(two.env("LHR").KV.get("k")) is None


def test_a_worker_that_mentions_the_lab_is_told_what_a_worker_can_reach():
    from workers import Response, WorkerEntrypoint

    lab = Lab()

    class Default(WorkerEntrypoint):
        async def fetch(self, request):
            return Response(str(lab.now))

    with pytest.raises(LabError, match="lives in the notebook"):
        Lab(Default)


def test_the_bill_prices_the_trace():
    lab = Lab(worker("await self.env.KV.get('a')", "return Response('x')"), kv=["KV"])
    answer(lab)
    assert float(lab.bill().total) == 5.0
    month, cpu = lab.bill(scale=100_000_000), lab.trace.units()["workers.cpu_ms"]
    assert float(month.total) == pytest.approx(5 + 90 * 0.30 + (100 * cpu - 30) * 0.02 + 90 * 0.50, abs=0.01)


def test_the_wrong_plan_and_the_wrong_start_are_refused():
    with pytest.raises(ConfigError, match="free"):
        Lab(plan="enterprise")
    with pytest.raises(LabError, match="give a date"):
        Lab(start="yesterday")
    with pytest.raises(LabError, match="network=None"):
        Lab(network=None).kill("LHR")
    with pytest.raises(LabError, match="No KV namespace"):
        Lab(kv=["A"]).kv("B")


def test_time_that_passes_beside_a_request_begins_with_it():
    lab = Lab(worker("await asyncio.sleep(1)", "return Response('x')"))

    async def cell():
        await asyncio.gather(lab.fetch("/"), lab.advance(10))

    asyncio.run(cell())
    assert lab.now == 10


def test_a_lab_that_is_dropped_in_the_middle_of_something_says_nothing(monkeypatch):
    gc.collect()  # of other tests' labs
    complaints = []
    monkeypatch.setattr(sys, "unraisablehook", complaints.append)
    lab = Lab(worker("self.ctx.waitUntil(asyncio.sleep(5))", "return Response('x')"))
    answer(lab)
    del lab
    gc.collect()
    assert complaints == []


@pytest.mark.parametrize(
    "body", ["await asyncio.sleep(5)", "await self.env.KV.get('k')", "await asyncio.Event().wait()"]
)
def test_a_lab_that_is_dropped_in_the_middle_of_a_request_says_nothing(body, monkeypatch):
    gc.collect()
    complaints, ended = [], []
    monkeypatch.setattr(sys, "unraisablehook", complaints.append)
    lab = Lab(worker(body, "return Response('x')"), kv=["KV"])
    request, logs = lab.fetch("/", colo="SYD").coroutine, lab.logs
    weakref.finalize(request, ended.append, True)
    task = lab.world.timeline.spawn(request)
    lab.run(_until_it_waits(lab))
    lab.run(asyncio.sleep(0.02))
    assert not task.done()
    del lab, task, request
    gc.collect()
    assert (ended, complaints, logs) == ([True], [], [])


async def _until_it_waits(lab: Lab) -> None:
    while not lab.trace.where("workers", "cold_start"):
        await asyncio.sleep(0.001)


def test_what_has_been_awaited_cannot_be_awaited_again():
    lab = Lab(worker("return Response('x')"))
    request = lab.fetch("/")
    lab.run(request)
    with pytest.raises(LabError, match="fetch https://worker.example.com/ was awaited before"):
        asyncio.run(_await(request))
    with pytest.raises(LabError, match="awaited before"):
        lab.run(request)


def test_every_request_that_waits_for_a_start_that_fails_is_told_why():
    lab = Lab(worker("return Response('x')", head="1 / 0\n"))

    async def burst():
        return [r.status for r in await asyncio.gather(*(lab.fetch("/", colo="LHR") for _ in range(4)))]

    assert asyncio.run(burst()) == [500] * 4
    assert all(message.endswith("ZeroDivisionError: division by zero") for message in lab.logs.messages)


def test_an_isolate_evicted_while_it_fails_to_start_leaves_its_own_error():
    lab = Lab(worker("return Response('x')", head="1 / 0\n"))

    async def evict():
        while not lab.logs:
            lab.evict("LHR")
            await asyncio.sleep(0.001)

    lab.world.timeline.spawn(evict())
    assert answer(lab, colo="LHR")[0] == 500
    assert lab.logs[0].message.endswith("ZeroDivisionError: division by zero")
    lab.run(lab.advance(1))


def test_a_handler_that_awaits_a_task_it_cancelled_is_a_500_and_not_the_visitors_end():
    lab = Lab(worker("task = asyncio.ensure_future(asyncio.sleep(5))", "task.cancel()", "await task"))
    assert answer(lab)[0] == 500
    assert "CancelledError" in lab.logs[-1].message and "entry.py" in lab.logs[-1].message


def test_a_snapshot_brings_back_faults_and_the_ids_of_requests():
    lab = Lab(worker("return Response('x')"))
    state = lab.snapshot()
    ray = lab.run(lab.fetch("/", colo="LHR")).headers["cf-ray"]
    lab.kill("LHR")
    lab.partition("SYD")
    lab.restore(state)
    assert lab.run(lab.fetch("/", colo="LHR")).headers["cf-ray"] == ray
    assert lab.world.faults.reachable("SYD", "LHR")


def test_faults_come_back_with_a_snapshot_that_had_them():
    lab = Lab()
    lab.kill("LHR")
    state = lab.snapshot()
    lab.heal()
    lab.restore(state)
    assert lab.world.faults.is_dead("LHR")


def test_losses_come_from_the_labs_seed_and_a_snapshot_brings_them_back():
    def outcome(lab):
        lab.run(lab.env("SYD").KV.get("k"))
        return lab.now

    def lossy(seed):
        lab = Lab(kv=["KV"], seed=seed)
        lab.world.faults.lose(0.5)
        return lab

    lab = lossy(1)
    state = lab.snapshot()
    first = outcome(lab)
    lab.restore(state)
    assert outcome(lab) == first == outcome(lossy(1))
    assert len({lossy(seed).world.faults._random.random() for seed in range(3)}) == 3


def test_restoring_ends_a_refresh_that_is_under_way():
    lab = Lab(kv=["KV"])
    state, old = lab.snapshot(), lab.world.timeline
    lab.kv("KV").bulk_put([{"key": "k", "value": "v"}])
    lab.run(lab.env("AKL").KV.get("k", cacheTtl=3600))
    lab.run(lab.advance(120))
    lab.run(lab.env("AKL").KV.get("k", cacheTtl=3600))
    assert lab.kv("KV").pops["AKL"].refreshing == {"k"}
    lab.restore(state)
    assert not asyncio.all_tasks(old)
    assert lab.kv("KV").pops["AKL"].refreshing == set()


@pytest.mark.parametrize("state", [None, {}, Lab(kv=["OTHER"]).snapshot(), Lab(kv=["KV"], network=None).snapshot()])
def test_what_is_no_snapshot_of_this_lab_is_refused_and_changes_nothing(state):
    lab = Lab(worker("return Response('x')"), kv=["KV"])
    answer(lab)
    events, now = len(lab.trace), lab.now
    with pytest.raises(LabError, match="restore takes what snapshot"):
        lab.restore(state)
    assert (len(lab.trace), lab.now) == (events, now)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"kv": 5}, "kv=5: it holds the names"),
        ({"kv": [None]}, "it holds the names"),
        ({"kv": [""]}, "it holds the names"),
        ({"vars": "abc"}, "'vars' holds names and their values"),
        ({"secrets": ["a"]}, "'secrets' holds names"),
        ({"services": ["a"]}, "'services' holds names"),
        ({"origins": "x"}, "'origins' holds names"),
        ({"network": False}, "network=False: leave it out"),
        ({"start": None}, "give a date"),
        ({"start": float("nan")}, "give a date"),
        ({"start": 1e18}, "give a date"),
    ],
)
def test_what_no_lab_can_be_made_of_is_refused_in_a_sentence(options, words):
    with pytest.raises(LabError, match=words):
        Lab(**options)


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda lab: lab.fetch(None), "no visitor can send this. Give a path"),
        (lambda lab: lab.fetch("hello"), "no visitor can send this. TypeError: Invalid URL: hello"),
        (lambda lab: lab.fetch("/", method="G T"), "no visitor can send this. TypeError: Invalid HTTP method"),
        (lambda lab: lab.fetch("/", headers=5), "no visitor can send this"),
        (lambda lab: lab.fetch("/", json={1}), "no visitor can send this.*set is not JSON"),
        (lambda lab: lab.fetch("/", colo=5), "No point of presence is called 5"),
        (lambda lab: lab.kill(["LHR"]), "No point of presence is called"),
        (lambda lab: lab.partition(None), "No point of presence is called None"),
        (lambda lab: lab.partition([]), "at least one place"),
        (lambda lab: lab.advance(float("nan")), "nan is no duration"),
        (lambda lab: lab.advance(float("inf")), "inf is no duration"),
        (lambda lab: lab.scheduled(None, "noon"), "time='noon': give the scheduled time"),
        (lambda lab: lab.run(None), r"run\(None\): nothing to await"),
        (lambda lab: lab.kv([]), "No KV namespace"),
    ],
)
def test_what_no_lab_can_do_is_refused_in_a_sentence(ask, words):
    with pytest.raises(LabError, match=words):
        ask(Lab())


@pytest.mark.parametrize(
    "call", ["get('k', 'text', cacheTtl=60)", "put('k', 'v', {'metadata': 1}, expirationTtl=60)", "delete('k', now=1)",
             "delete(['k'])", "list({}, limit=1)", "put('k', 'v', expiration_ttl=60)"],
)  # fmt: skip
def test_what_the_runtime_silently_ignores_is_a_warning_and_under_strict_an_error(call):
    lines = (f"await self.env.KV.{call}", "return Response('x')")
    with pytest.warns(UserWarning):
        assert answer(Lab(worker(*lines), kv=["KV"]))[0] == 200
    lab = Lab(worker(*lines), kv=["KV"], strict=True)
    assert answer(lab)[0] == 500
    assert "LabError" in lab.logs[-1].message


def test_a_log_names_a_notebooks_cell_by_its_number(monkeypatch):
    import IPython

    class Shell:
        class compile:
            _filename_map = {"/tmp/kernel_7/99.py": 12}

    lab = Lab(worker("return Response(str(1 / 0))"))
    answer(lab)
    entry = lab.logs[0]
    in_a_cell = replace(entry, message=entry.message.replace("entry.py", "/tmp/kernel_7/99.py"))
    monkeypatch.setattr(IPython, "get_ipython", Shell)
    assert 'File "Cell In[12]", line 6, in fetch' in str(in_a_cell)
    assert 'File "entry.py", line 6, in fetch' in str(entry)


def test_a_trace_shows_its_last_events_a_line_each():
    lab = Lab(worker("return Response('hi')"), kv=["CONFIG"])
    assert repr(lab.trace) == "<Trace of 0 events>"
    for _ in range(12):
        lab.run(lab.env("LHR").CONFIG.get("k"))
    first, *lines = repr(lab.trace).splitlines()
    assert first == "<Trace of 12 events>" and len(lines) == 10
    assert all(line.startswith("<kv.get LHR +") for line in lines)
