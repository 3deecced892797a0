"""The clock of the cron triggers: what fires when, late, twice, elsewhere, and what a lab can still do meanwhile."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest

from labkit import Lab
from labkit.emulators.cron import Crons
from labkit.errors import ConfigError, Stuck
from labkit.workers import Response, WorkerEntrypoint
from tests.emulators.worlds import EPOCH, Bench, flat, planet

HOUR, DAY = 3_600, 86_400
START = "2026-01-01T00:00:00Z"


class Reporter(WorkerEntrypoint):
    async def scheduled(self, controller, env, ctx):
        print(controller.cron, controller.scheduledTime)

    async def fetch(self, request):
        if request.url.endswith("stuck"):
            await asyncio.Event().wait()
        return Response("still here")


class Sleeper(WorkerEntrypoint):
    async def scheduled(self, controller, env, ctx):
        try:
            await asyncio.sleep(float(self.env.SECONDS))
            print("done")
        finally:
            print("finally")


class Calm(WorkerEntrypoint):
    async def scheduled(self, controller, env, ctx):
        controller.noRetry()
        await asyncio.sleep(60)


class Failing(WorkerEntrypoint):
    async def scheduled(self, controller, env, ctx):
        raise ValueError("no backup today")


class Computing(WorkerEntrypoint):
    async def scheduled(self, controller, env, ctx):
        for _ in range(20_000):
            pass


class Background(WorkerEntrypoint):
    async def scheduled(self, controller, env, ctx):
        self.ctx.waitUntil(self.later())
        self.ctx.waitUntil(asyncio.sleep(100))

    async def later(self):
        await asyncio.sleep(50)
        if self.env.FAILS == "yes":
            raise ValueError("too late")


@dataclass
class Ended:
    outcome: str = "ok"
    noRetry: bool = False


class Recorder:
    """A handler that only remembers: when it ran, for which moment, where."""

    def __init__(self, bench: Bench):
        self.bench, self.runs = bench, []

    async def fire(self, cron, due, colo):
        self.runs.append((self.bench.now, due - EPOCH, colo))
        return Ended()


def crons(bench: Bench, *expressions: str) -> tuple[Crons, Recorder]:
    recorder = Recorder(bench)
    return Crons(bench.world, expressions, recorder.fire), recorder


def fires(lab: Lab) -> list[tuple[float, str]]:
    return [(event.detail["scheduled"] - lab.world.epoch, event.outcome) for event in lab.trace.where("cron", "fire")]


def test_each_moment_runs_once_up_to_half_a_minute_late_and_somewhere():
    bench = planet()
    schedule, recorder = crons(bench, "* * * * *")
    bench.advance(10 * HOUR)
    due = [run[1] for run in recorder.runs]
    assert len(due) in (599, 600) and len(set(due)) == len(due)
    late = [at - due for at, due, _ in recorder.runs]
    assert 0 <= min(late) < 1 and 29 < max(late) <= 30
    assert len({colo for _, _, colo in recorder.runs}) > 200


def test_all_expressions_of_a_schedule_fire():
    bench = planet()
    _, recorder = crons(bench, "0 * * * *", "30 */2 * * *")
    bench.advance(DAY)
    assert len(recorder.runs) == 24 + 12


def test_without_a_network_no_clock_runs_as_in_the_vendors_local_runtime():
    bench = flat()
    _, recorder = crons(bench, "* * * * *")
    bench.advance(HOUR)
    assert recorder.runs == []


def test_one_timer_stands_on_the_agenda_whatever_the_number_of_triggers():
    bench = planet()
    crons(bench, *(f"{minute} * * * *" for minute in range(20)))
    assert len(bench.timeline.env._queue) == 1


def test_a_run_can_be_made_to_happen_twice():
    bench = planet()
    schedule, recorder = crons(bench, "0 * * * *")
    schedule.duplicate_next()
    bench.advance(2 * HOUR)
    first, second = sorted(due for _, due, _ in recorder.runs)[:2]
    assert first == second and len(recorder.runs) == 3


def test_duplicates_come_at_the_rate_that_is_asked_for():
    bench = planet(seed=1)
    schedule, recorder = crons(bench, "* * * * *")
    schedule.duplicate_rate = 0.25
    bench.advance(4_000 * 60)
    doubled = len(recorder.runs) - len({due for _, due, _ in recorder.runs})
    assert 900 < doubled < 1_100  # three standard deviations are 82


def test_a_changed_schedule_comes_into_force_within_a_quarter_of_an_hour_and_the_old_goes_on_until_then():
    moments = []
    for seed in range(20):
        bench = planet(seed=seed)
        schedule, recorder = crons(bench, "*/2 * * * *")
        schedule.deploy(["1-59/2 * * * *"])
        bench.advance(HOUR)
        due = sorted(run[1] + EPOCH for run in recorder.runs)
        changes = [at for at, after in zip(due, due[1:], strict=False) if (at // 60 + after // 60) % 2]
        assert len(changes) <= 1 and schedule.expressions == ["1-59/2 * * * *"]
        moments += [at - EPOCH for at in changes]
    assert max(moments) <= 15 * 60 and len({at // 120 for at in moments}) > 4


def test_a_second_deployment_takes_the_place_of_the_first():
    bench = planet()
    schedule, recorder = crons(bench)
    schedule.deploy(["* * * * *"])
    schedule.deploy([])
    bench.advance(HOUR)
    assert recorder.runs == [] and schedule.expressions == []


def test_a_snapshot_brings_back_the_schedule_and_the_runs_to_come():
    def rest_of(bench: Bench, recorder: Recorder) -> list:
        recorder.runs.clear()
        bench.advance(HOUR)
        return list(recorder.runs)

    bench = planet()
    schedule, recorder = crons(bench, "*/10 * * * *")
    schedule.deploy(["*/7 * * * *"])
    bench.advance(601)
    state, dice, now = schedule.snapshot(), bench.world.random.getstate(), bench.now
    expected = rest_of(bench, recorder)
    schedule.deploy(["0 0 1 1 *"])
    bench.world.random.setstate(dice)
    bench.world.timeline = bench.timeline = type(bench.timeline)(now)
    bench.trace.clock = bench.timeline.time
    schedule.restore(state)
    assert rest_of(bench, recorder) == expected and len(bench.timeline.env.background) == 1


def test_more_triggers_than_the_plan_has_are_refused():
    minutes = [f"{minute} * * * *" for minute in range(6)]
    Lab(Reporter, crons=minutes[:5], plan="free")
    with pytest.raises(ConfigError, match="6 cron triggers, and an account on the free plan has 5"):
        Lab(Reporter, crons=minutes, plan="free")
    Lab(Reporter, crons=minutes)


@pytest.mark.parametrize("given", ["* * * * *", None, 5])
def test_a_schedule_is_a_list(given):
    with pytest.raises(ConfigError, match="A schedule is a list of cron expressions"):
        crons(planet())[0].deploy(given)


def test_two_expressions_of_one_meaning_are_refused():
    with pytest.raises(ConfigError, match=r"Expression '0 0 \* \* 1' already exists in the form of '0 0 \* \* SUN'"):
        Lab(Reporter, crons=["0 0 * * SUN", "0 0 * * 1"])


def test_the_handler_gets_the_minute_and_not_the_moment_at_which_it_starts():
    lab = Lab(Reporter, crons=["0 2 * * *"], start=START)
    lab.run(lab.advance("1 day"))
    assert lab.logs.messages == ["0 2 * * * 1767232800000"]
    [event] = lab.trace.where("cron")
    assert 0 < event.detail["late"] <= 30 and event.outcome == "ok"


def test_a_run_is_billed_as_a_request_and_its_cpu_time():
    lab = Lab(Reporter, crons=["0 * * * *"], start=START)
    lab.run(lab.advance(DAY + 60))
    assert lab.trace.units()["workers.requests"] == 24
    assert lab.trace.units()["workers.cpu_ms"] > 24


def test_runs_that_take_longer_than_the_interval_overlap():
    lab = Lab(Sleeper, crons=["* * * * *"], vars={"SECONDS": "300"}, start=START)
    lab.run(lab.advance(500))
    events = lab.trace.where("cron")
    assert len(events) >= 2 and events[0].end > events[1].start


def test_a_handler_that_raises_is_in_the_log_and_is_not_run_again():
    lab = Lab(Failing, crons=["0 * * * *"], start=START)
    lab.run(lab.advance(2 * HOUR - 100))
    assert fires(lab) == [(HOUR, "exception")]
    assert "ValueError: no backup today" in lab.logs[-1].message


@pytest.mark.parametrize(("fails", "outcome"), [("no", "ok"), ("yes", "exception")])
def test_a_run_ends_with_the_last_of_waitUntil_and_fails_with_it(fails, outcome):
    lab = Lab(Background, crons=["0 * * * *"], vars={"FAILS": fails}, start=START)
    lab.run(lab.advance(HOUR + 200))
    assert fires(lab) == [(HOUR, outcome)]
    assert 100 <= lab.trace.where("cron")[0].seconds < 101
    assert len([entry for entry in lab.logs if "too late" in entry.message]) == (fails == "yes")


def test_a_run_that_waits_longer_than_fifteen_minutes_stops_where_it_stands():
    lab = Lab(Sleeper, crons=["0 * * * *"], vars={"SECONDS": "899"}, start=START)
    lab.run(lab.advance(HOUR + 1_000))
    assert fires(lab) == [(HOUR, "ok")] and lab.logs.messages == ["done", "finally"]
    lab = Lab(Sleeper, crons=["0 * * * *"], vars={"SECONDS": "901"}, start=START)
    lab.run(lab.advance(HOUR + 1_000))
    assert fires(lab) == [(HOUR, "exceededWallTime")] and lab.logs.messages == []


@pytest.mark.parametrize(("plan", "outcome"), [("paid", "ok"), ("free", "exceededCpu")])
def test_a_run_has_the_cpu_time_of_its_plan(plan, outcome):
    lab = Lab(Computing, crons=["0 * * * *"], plan=plan, start=START)
    lab.run(lab.advance(HOUR + 60))
    assert fires(lab) == [(HOUR, outcome)]


def test_a_lost_run_begins_again_elsewhere():
    lab = Lab(Sleeper, crons=["0 * * * *"], vars={"SECONDS": "60"}, start=START)
    lab.run(lab.advance(HOUR + 31))
    [run] = lab._deployment.worker.running
    lab.kill(run.isolate.colo)
    lab.run(lab.advance(120))
    lost, again = lab.trace.where("cron")
    assert (lost.outcome, again.outcome) == ("lost", "ok") and lost.place != again.place
    assert again.detail["attempt"] == 2 and lost.detail["scheduled"] == again.detail["scheduled"]
    assert lab.logs.messages == ["done", "finally"]  # of the second: a lost machine reaches no `finally`


def test_a_lost_run_begins_again_though_its_place_is_well_again_at_once():
    lab = Lab(Sleeper, crons=["0 * * * *"], vars={"SECONDS": "60"}, start=START)
    lab.run(lab.advance(HOUR + 31))
    [run] = lab._deployment.worker.running
    lab.kill(run.isolate.colo)
    lab.heal()
    lab.run(lab.advance(120))
    assert fires(lab) == [(HOUR, "lost"), (HOUR, "ok")]


def test_a_lost_run_that_called_noRetry_stays_lost():
    lab = Lab(Calm, crons=["0 * * * *"], start=START)
    lab.run(lab.advance(HOUR + 31))
    [run] = lab._deployment.worker.running
    lab.kill(run.isolate.colo)
    lab.run(lab.advance(600))
    assert fires(lab) == [(HOUR, "lost")]


def test_no_run_begins_at_a_dead_place():
    bench = planet()
    _, recorder = crons(bench, "* * * * *")
    bench.advance(HOUR)
    dead = {colo for _, _, colo in recorder.runs}
    for colo in dead:
        bench.faults.kill(colo)
    recorder.runs.clear()
    bench.advance(HOUR)
    assert recorder.runs and not dead & {colo for _, _, colo in recorder.runs}


def test_a_request_that_waits_for_ever_is_found_out_although_triggers_go_on():
    lab = Lab(Reporter, crons=["* * * * *"], start=START)
    lab.run(lab.advance(HOUR))
    with pytest.raises(Stuck, match="nothing on the timeline will ever bring it"):
        lab.run(lab.fetch("/stuck"))
    assert lab.now < HOUR + 60


def test_a_lab_with_triggers_can_be_put_aside_and_taken_up_again():
    lab = Lab(Reporter, crons=["*/10 * * * *"], start=START)
    lab.run(lab.advance(1_000))
    state = lab.snapshot()
    lab.run(lab.advance(HOUR))
    expected = [(event.start, event.place) for event in lab.trace.where("cron")]
    lab.restore(state)
    lab.run(lab.advance(HOUR))
    assert [(event.start, event.place) for event in lab.trace.where("cron")] == expected


def test_a_lab_may_be_given_a_new_schedule():
    lab = Lab(Reporter, crons=["0 0 1 1 *"], start=START)
    lab.crons.deploy(["* * * * *"])
    lab.run(lab.advance(900))
    before = len(fires(lab))
    lab.run(lab.advance(600))
    assert len(fires(lab)) - before in (9, 10, 11)


def test_the_table_shows_what_fires_next_and_the_hints():
    lab = Lab(Reporter, crons=["0 9 * * 1-5", "30 12 1 * *"], start=START)
    table = lab.crons.table(3)
    assert [row["says"] for row in table] == [
        "at 09:00 on Sunday to Thursday", "at 12:30 on day 1 of the month", "at 09:00 on Sunday to Thursday"
    ]  # fmt: skip
    assert "Thu 2026-01-01 12:30  30 12 1 * *  at 12:30 on day 1 of the month" in repr(table)
    assert "<td" in table._repr_html_() and "In a POSIX cron it is Monday to Friday" in table._repr_html_()
    assert repr(Lab(Reporter).crons.table()) == "(no trigger will fire)"


def test_a_trigger_by_hand_says_whether_the_handler_wants_no_retry():
    lab = Lab(Calm)
    assert lab.run(lab.scheduled()).noRetry is True
    other = Lab(Reporter)
    assert other.run(other.scheduled()).noRetry is False
