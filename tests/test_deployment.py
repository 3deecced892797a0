"""What a lab is built of is checked when it is built, and each mistake is told in a sentence."""

from __future__ import annotations

import types

import pytest

from labkit import Lab, Origin
from labkit.errors import ConfigError, LabError
from labkit.workers import WorkerEntrypoint
from tests.test_lab import AUTH, answer, worker

OK = worker("return Response('x')")


def bound(service, entrypoint, main=OK):
    binding = {"binding": "AUTH", "service": "auth", "entrypoint": entrypoint}
    return Lab(main, {"services": [binding]}, services={"auth": service})


def test_a_misspelt_entrypoint_of_a_class_is_refused_when_the_lab_is_built():
    from workers import WorkerEntrypoint

    class Admin(WorkerEntrypoint):
        pass

    assert bound({"Admin": Admin}, "Admin")
    with pytest.raises(ConfigError, match="'auth' has no entrypoint class called 'Admni'. Did you mean 'Admin'"):
        bound({"Admin": Admin}, "Admni")
    with pytest.raises(ConfigError, match="called 'Root'. It has Default"):
        bound(Admin, "Root")


def test_a_misspelt_entrypoint_of_a_source_is_a_clear_error_of_the_call():
    lab = bound(AUTH, "Admni", worker("return Response(await self.env.AUTH.whoami())"))
    assert answer(lab)[0] == 500
    assert "The Worker has no entrypoint class called 'Admni'. Did you mean 'Admin'?" in lab.logs[-1].message


@pytest.mark.parametrize("twice", [
    {"kv": ["A"], "vars": {"A": "a"}}, {"kv": ["A", "A"]}, {"vars": {"A": "a"}, "secrets": {"A": "a"}},
    {"kv": ["A"], "wrangler": {"services": [{"binding": "A", "service": "s"}]}, "services": {"s": OK}},
])  # fmt: skip
def test_a_name_that_is_bound_twice_is_refused(twice):
    with pytest.raises(ConfigError, match="'A' is bound twice, in .* and in"):
        Lab(OK, **twice)


def test_vars_given_to_the_lab_stand_before_those_of_the_configuration():
    lab = Lab(worker("return Response(self.env.A)"), {"vars": {"A": "a"}}, vars={"A": "b"})
    assert answer(lab) == (200, "b")


class Plain:
    async def fetch(self, request):
        return None


@pytest.mark.parametrize(("main", "words"), [
    (Plain, r"Lab\(Plain\): a Worker is a class that extends WorkerEntrypoint"),
    (types.ModuleType("empty"), "There is no class here that extends WorkerEntrypoint"),
    ("x = 1\n", "There is no class in entry.py that extends WorkerEntrypoint"),
    ("import os\n\nasync def fetch(request:\n    pass\n", "entry.py is not Python, at line 3: .*fetch"),
])  # fmt: skip
def test_code_that_is_no_worker_is_refused_when_the_lab_is_built(main, words):
    with pytest.raises(ConfigError, match=words):
        Lab(main)


def test_a_source_that_turns_out_to_have_no_entrypoint_says_so_at_its_start():
    lab = Lab("import asyncio\n\nclass Default:\n    pass\n")
    assert answer(lab)[0] == 500
    assert "There is no class in this Worker that extends WorkerEntrypoint" in lab.logs[-1].message


def test_a_sources_annotations_are_evaluated_as_its_own_first_line_says():
    assert answer(Lab(worker("return Response(str(x.__annotations__))", head="def x(n: int): pass\n")))[1] == str(
        {"n": int}
    )


@pytest.mark.parametrize("cron", ["hello", "* * * *", "* * * * * *", "every 5 minutes"])
def test_what_is_no_cron_expression_is_refused(cron):
    with pytest.raises(ConfigError, match="is no cron expression: five fields"):
        Lab(OK, {"triggers": {"crons": [cron]}})
    with pytest.raises(ConfigError, match="is no cron expression"):
        Lab(OK).scheduled(cron)


def test_the_class_of_a_workflow_has_a_run():
    class Api(WorkerEntrypoint):
        pass

    with pytest.raises(ConfigError, match=r"The class 'Api' of the Workflow 'orders' has no run\(\)"):
        Lab(Api, workflows={"ORDERS": Api})


@pytest.mark.parametrize("cron", ["*/5 * * * *", "0 2 1,15 JAN-MAR MON#2", "59 23 LW * *"])
def test_the_forms_of_cron_expressions_are_accepted(cron):
    assert Lab(OK, {"triggers": {"crons": [cron]}}).config.crons == (cron,)


@pytest.mark.parametrize("host", ["https://a.com/", "a.com/x", "a.com:8080"])
def test_origins_are_named_by_their_hosts(host):
    with pytest.raises(ConfigError, match=r"give the host only, 'a\.com'"):
        Lab(OK, origins={host: "x"})


def test_an_origin_stands_at_a_place():
    with pytest.raises(LabError, match="XXX"):
        Origin("x", place="XXX")


def test_a_visitor_sends_http_alone():
    with pytest.raises(LabError, match="no visitor can send this. A Worker answers http and https, not ftp"):
        Lab(OK).fetch("ftp://x/")
    assert answer(Lab(OK), "http://x/")[0] == 200


def test_an_outage_takes_a_duration():
    lab = Lab(kv=["A"])
    lab.kv("A").outage("1 minute")
    assert lab.kv("A").down_until == 60
    for wrong in (-1, "soon", None):
        with pytest.raises(LabError):
            lab.kv("A").outage(wrong)


REPORT = (
    OK
    + """
from workers import WorkflowEntrypoint

class Report(WorkflowEntrypoint):
    async def run(self, event, step):
        return event.schedule if "schedule" in event else None
"""
)


def test_a_schedule_of_the_configuration_begins_an_instance_of_its_workflow_each_time():
    entry = {"binding": "REPORT", "name": "report", "class_name": "Report", "schedules": ["0 9 * * *", "0 18 * * *"]}
    lab = Lab(REPORT, {"workflows": [entry]})
    lab.run(lab.advance("1 day"))
    instances = lab.workflows("REPORT").instances.values()
    assert [each.schedule["cron"] for each in instances] == ["0 9 * * *", "0 18 * * *"]
    assert [event.detail["cron"] for event in lab.trace.where("cron", "fire")] == ["0 9 * * *", "0 18 * * *"]


def test_a_fetch_follows_an_origins_redirects_and_each_hop_is_a_subrequest():
    from workers import Response

    def shop(request):
        return Response(None, status=301, headers={"location": "https://new.example/tea"})

    lab = Lab(worker("from workers import fetch\n        there = await fetch('https://shop.example/')\n"
                     "        return Response.json([there.status, there.url, there.redirected, await there.text()])"),
              origins={"shop.example": shop, "new.example": lambda request: request.url},
              wrangler={"limits": {"subrequests": 2}})  # fmt: skip
    assert answer(lab)[1] == '[200, "https://new.example/tea", true, "https://new.example/tea"]'
    assert [event.detail["host"] for event in lab.trace if event.primitive == "fetch"] == [
        "shop.example", "new.example"]  # fmt: skip
