"""What a requirement does with a Worker, and how a Worker's failures are told."""

from __future__ import annotations

import gc

import pytest

from labkit.grading import grade_source
from labkit.grading.judge import MET, NOT_ATTEMPTED, UNMET
from tests.grading.conftest import requirement_of

WORKER = """
from workers import Response, WorkerEntrypoint


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        {body}
"""
STARTER = WORKER.format(body="todo()")


def row_of(make, body: str, check: str):
    exercise = make(starter=STARTER, checks=requirement_of(check))
    return grade_source(exercise, WORKER.format(body=body.replace("\n", "\n        ")), "<answer>").rows[0]


FETCH = "lab = ex.lab(kv=['FLAGS'])\nresponse = await ex.fetch(lab, '/flags/a', method='PUT', body='on', colo='SYD')\n"


def test_a_request_is_told_with_its_answer(make):
    row = row_of(make, "return Response('x', status=201)", FETCH + "ex.equal(response.status, 200, because='')")
    assert (row.did, row.expected, row.got) == (("PUT /flags/a from SYD with body 'on' -> 201",), "200", "201")


def test_a_worker_that_raises_shows_its_line(make):
    row = row_of(make, "x = {}\nreturn Response(x['no'])", FETCH)
    assert row.state == UNMET
    assert row.got == "KeyError: 'no' at line 8: return Response(x['no'])"
    assert "status 500" in row.because


def test_a_refusal_of_the_platform_is_told_in_its_words(make):
    row = row_of(make, "await self.env.FLAGS.get('k' * 1000)\nreturn Response('x')", FETCH)
    assert row.state == UNMET
    assert row.got.startswith("pyodide.ffi.JsException: ") and "at line 7: await self.env.FLAGS.get" in row.got


def test_the_error_page_can_be_wanted(make):
    check = FETCH.replace("colo='SYD'", "raises=True") + "ex.equal(response.status, 500, because='')"
    assert row_of(make, "raise ValueError", check).state == MET


def test_a_500_that_the_worker_meant_is_a_response_like_any_other(make):
    check = FETCH + "ex.equal(response.status, 503, because='')"
    assert row_of(make, "print('Traceback')\nreturn Response('later', status=503)", check).state == MET


def test_a_worker_that_returns_no_response_is_told_in_the_runtimes_words(make):
    row = row_of(make, "return None", FETCH)
    assert row.state == UNMET
    assert row.got == "TypeError: Incorrect type for Promise: the Promise did not resolve to 'Response'."


def test_an_endless_loop_in_a_worker_ends_with_its_line(make):
    row = row_of(make, "while True: pass", FETCH)
    assert row.state == UNMET
    assert "while True: pass" in row.got


def test_an_endless_wait_in_a_worker_ends(make):
    row = row_of(make, "import asyncio\nwhile True:\n    await asyncio.sleep(1)", FETCH)
    assert (row.state, row.got) == (UNMET, "none after 3600 simulated seconds")


def test_an_endless_loop_of_awaits_ends(make):
    assert row_of(make, "while True:\n    await self.env.FLAGS.get('x')", FETCH).state == UNMET


def test_waiting_for_what_never_comes_ends(make):
    assert row_of(make, "import asyncio\nawait asyncio.Event().wait()", FETCH).state == UNMET


def test_todo_in_a_worker_is_not_attempted(make):
    assert row_of(make, "todo()", FETCH).state == NOT_ATTEMPTED


def test_a_default_that_is_no_class_is_unmet(make):
    exercise = make(starter=STARTER, checks=requirement_of(FETCH))
    row = grade_source(exercise, "Default = 3", "<answer>").rows[0]
    assert (row.state, row.expected, row.got) == (UNMET, "a class called Default", "3")


def test_a_class_that_is_no_worker_is_unmet_in_words(make):
    exercise = make(starter=STARTER, checks=requirement_of(FETCH))
    row = grade_source(exercise, "class Default: pass", "<answer>").rows[0]
    assert row.state == UNMET


def test_requests_at_once_run_at_once(make):
    check = (
        "lab = ex.lab(network=None)\n"
        "await asyncio.gather(*(ex.fetch(lab, '/') for _ in range(3)))\n"
        "ex.true(lab.now < 15, expected='ten seconds', got=f'{lab.now}', because='')"
    )
    assert row_of(make, "import asyncio\nawait asyncio.sleep(10)\nreturn Response('x')", check).state == MET


def test_a_crash_is_told_of_the_request_that_crashed(make):
    body = "if 'bad' in request.url: raise ValueError('bad')\nreturn Response('x')"
    check = (
        "lab = ex.lab()\n"
        "good, bad = await asyncio.gather(ex.fetch(lab, '/good'), ex.fetch(lab, '/bad', raises=True))\n"
        "ex.equal([good.status, bad.status], [200, 500], because='')"
    )
    assert row_of(make, body, check).state == MET


@pytest.mark.parametrize(("duration", "told"), [("60", "60 s pass"), ("'3 days'", "3 days pass")])
def test_time_that_passes_is_told(make, duration, told):
    check = f"lab = ex.lab()\nawait ex.advance(lab, {duration})\nex.fail('', f'{{lab.now:g}}', '')"
    row = row_of(make, "pass", check)
    assert row.did == (told,)
    assert row.got in ("60", "259200")


def test_json_that_is_none_is_unmet(make):
    row = row_of(make, "return Response('<html>')", FETCH + "await ex.json(response)")
    assert (row.state, row.expected, row.got) == (UNMET, "a JSON body", "'<html>'")


def test_a_cron_handler_that_raises_shows_its_line(make):
    exercise = make(starter=STARTER, checks=requirement_of("await ex.scheduled(ex.lab())"))
    answer = WORKER.format(body="pass") + "    async def scheduled(self, *args):\n        1 / 0\n"
    row = grade_source(exercise, answer, "<answer>").rows[0]
    assert row.got == "ZeroDivisionError: division by zero at line 9: 1 / 0"
    assert row.did == ("the cron trigger rings -> exception",)


def test_what_is_still_under_way_when_a_check_ends_is_given_up_without_a_word(make, caplog):
    check = (
        "lab = ex.lab()\n"
        "lab.world.timeline.spawn(lab.fetch('/slow').coroutine)\n"
        "await asyncio.gather(ex.fetch(lab, '/'), ex.fetch(lab, '/slow'))"
    )
    body = "import asyncio\nif 'slow' in request.url: await asyncio.Event().wait()\nraise ValueError"
    assert row_of(make, body, check).state == UNMET
    gc.collect()
    assert caplog.records == []
