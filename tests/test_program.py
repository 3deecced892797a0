"""A program starts afresh in each isolate, from source or from a notebook's names."""

from __future__ import annotations

import datetime
import functools
import os
import pickle
import random
import secrets
import time
import types
import uuid
from os import urandom
from random import randint

import pytest

import labkit  # noqa: F401  (installs the finder for `workers`)
from labkit import clock, program
from labkit.errors import ConfigError

hits: dict[str, int] = {}
total = 0


class WorkerEntrypoint:
    """Stands in for the SDK's base: only its name counts."""


def bump(name):
    global total
    total += 1
    hits[name] = hits.get(name, 0) + 1
    return total, hits[name]


class Default(WorkerEntrypoint):
    def __init__(self):
        super().__init__()
        print("made", sep="")

    def go(self):
        return bump("x")

    def clocks(self):
        import time as inner_time

        return time.time(), inner_time.time(), datetime.datetime.now(), datetime.date.today(), datetime.timedelta(1)

    def dice(self):
        return random.random(), str(uuid.uuid4()), secrets.token_urlsafe(8), secrets.randbelow(100)


def start(main, written=None, unix=5.0):
    written = [] if written is None else written
    sandbox = program.Sandbox(clock.modules(lambda: unix, random.Random(1)), lambda *a, **_: written.append(a))
    return program.of(main).start(sandbox)


def test_isolates_share_neither_globals_nor_classes_with_one_another_or_the_notebook():
    one, other = start(Default)["Default"], start(Default)["Default"]
    assert [one().go(), one().go(), other().go()] == [(1, 1), (2, 2), (1, 1)]
    assert (total, hits) == (0, {})
    assert one is not other and one is not Default


def test_source_runs_its_top_level_once_in_each_isolate():
    text = "count = 0\nclass WorkerEntrypoint: pass\nclass Default(WorkerEntrypoint):\n" \
           "    def go(self):\n        global count\n        count += 1\n        return count\n"  # fmt: skip
    one, other = start(text)["Default"](), start(text)["Default"]()
    assert [one.go(), one.go(), other.go()] == [1, 2, 1]


def test_a_file_may_import_the_files_beside_it_and_each_isolate_has_its_own(tmp_path):
    (tmp_path / "helper.py").write_text("seen = []\n")
    (tmp_path / "entry.py").write_text(
        "import helper\nclass WorkerEntrypoint: pass\nclass Default(WorkerEntrypoint):\n"
        "    def go(self):\n        helper.seen.append(1)\n        return len(helper.seen)\n"
    )
    one, other = start(tmp_path / "entry.py")["Default"](), start(str(tmp_path / "entry.py"))["Default"]()
    assert [one.go(), one.go(), other.go()] == [1, 2, 1]


def test_the_clock_and_the_dice_are_the_labs():
    made = start(Default)["Default"]()
    now, inner, moment, today, day = made.clocks()
    assert (now, inner, moment) == (5.0, 5.0, datetime.datetime(1970, 1, 1, 0, 0, 5))
    assert today == datetime.date(1970, 1, 1) and day == datetime.timedelta(1)
    dice = start(Default)["Default"]().dice()
    assert dice == start(Default)["Default"]().dice()
    assert len(dice[2]) == 11 and 0 <= dice[3] < 100


def test_dates_made_outside_count_as_dates_inside():
    inside = clock.modules(lambda: 0.0, random.Random(1))["datetime"]
    assert isinstance(datetime.datetime(2026, 1, 1), inside.datetime)
    assert not isinstance("2026", inside.datetime)


def test_print_inside_goes_to_the_isolate(capsys):
    written = []
    start(Default, written)["Default"]()
    assert written == [("made",)]
    assert capsys.readouterr().out == ""


def test_only_entrypoint_classes_are_exported():
    names = {"Default": Default, "WorkerEntrypoint": WorkerEntrypoint, "bump": bump, "hits": hits}
    assert list(program.entrypoints(names)) == ["Default"]


@pytest.mark.parametrize("nothing", [object(), 3, lambda request: None])
def test_what_is_no_worker_is_refused(nothing):
    with pytest.raises(ConfigError, match="is no Worker"):
        program.of(nothing)


def test_a_namespace_without_a_worker_is_refused():
    with pytest.raises(ConfigError, match="no class here that extends WorkerEntrypoint"):
        program.of({"x": 1})
    with pytest.raises(ConfigError, match="There is no Worker at 'nowhere.py'"):
        program.of("nowhere.py")


def test_a_module_made_by_hand_is_a_namespace():
    module = types.ModuleType("by_hand")
    module.Default = Default
    assert list(start(module)) == ["Default"]


def test_a_mention_of_what_cannot_be_deployed_is_explained():
    lock = __import__("threading").Lock()

    class Holds(WorkerEntrypoint):
        def go(self):
            return lock

    with pytest.raises(ConfigError, match="cannot be deployed with it"):
        program.of(Holds)


def test_a_cached_function_is_deployed_with_an_empty_cache_in_each_isolate():
    @functools.lru_cache(maxsize=2)
    def square(n):
        hits["square"] = hits.get("square", 0) + 1
        return n * n

    class Squares(WorkerEntrypoint):
        def go(self, n):
            return square(n), hits["square"], square.cache_parameters()["maxsize"]

    deployed = program.of(Squares)
    for isolate in (start(deployed), start(deployed)):
        assert [isolate["Default"]().go(n) for n in (3, 3, 4)] == [(9, 1, 2), (9, 1, 2), (16, 2, 2)]
    assert "square" not in hits


@pytest.fixture
def far_from_utc(monkeypatch):
    monkeypatch.setenv("TZ", "Australia/Sydney")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows cannot change a process's timezone")
def test_every_way_to_ask_for_the_time_gives_the_labs_in_utc(far_from_utc):
    inside = clock.modules(lambda: 5.25, random.Random(1))
    t, d = inside["time"], inside["datetime"].datetime
    assert (t.monotonic(), t.perf_counter(), t.process_time(), t.thread_time()) == (5.25, 5.25, 0, 0)
    assert {t.time_ns(), t.monotonic_ns(), t.perf_counter_ns()} == {5_250_000_000}
    assert t.gmtime() == t.localtime() == t.gmtime(5.25) == time.gmtime(5)
    assert t.mktime(t.localtime()) == 5
    assert t.strftime("%Y-%m-%d %H:%M:%S") == "1970-01-01 00:00:05" and t.strftime("%S", t.gmtime(7)) == "07"
    assert t.ctime() == t.asctime() == "Thu Jan  1 00:00:05 1970" and t.ctime(7).endswith("00:00:07 1970")
    assert d.now() == d.fromtimestamp(5.25) == datetime.datetime(1970, 1, 1, 0, 0, 5, 250_000)


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows cannot change a process's timezone")
def test_a_naive_datetime_of_a_worker_is_in_utc_wherever_the_machine_stands(far_from_utc):
    d = clock.modules(lambda: 5.25, random.Random(1))["datetime"].datetime
    aware = datetime.datetime(1970, 1, 1, 0, 0, 5, 250_000, datetime.UTC)
    for naive in (d.now(), d.utcnow(), d.today(), d(1970, 1, 1, 0, 0, 5, 250_000), d.fromtimestamp(5.25)):
        assert (naive.timestamp(), naive.tzinfo) == (5.25, None)
        assert naive.astimezone() == aware and naive.astimezone().utcoffset() == datetime.timedelta(0)
    later = d.now() + datetime.timedelta(hours=1)
    assert later.timestamp() == 3605.25 and (later - d.now()).seconds == 3600
    assert d.now(datetime.UTC).timestamp() == aware.timestamp() == d.now(datetime.UTC).astimezone().timestamp()
    assert repr(d.now()) == repr(datetime.datetime(1970, 1, 1, 0, 0, 5, 250_000))
    assert pickle.loads(pickle.dumps(d.now())) == d.now()


class Chance(WorkerEntrypoint):
    def go(self):
        from os.path import join
        numbers = [random.Random().random(), random.SystemRandom().random(), secrets.SystemRandom().randrange(10**9),
                   random.Random(7).random(), randint(0, 10**9), secrets.choice(range(10**9))]  # fmt: skip
        return numbers, os.urandom(8), urandom(8), secrets.token_bytes(8), random.SystemRandom().randbytes(3), join("a")


def test_every_kind_of_chance_in_a_worker_comes_from_the_labs_dice():
    one, again = start(Chance)["Default"]().go(), start(Chance)["Default"]().go()
    assert one == again
    assert len(set(one[0])) == 6 and one[0][3] == random.Random(7).random()
    assert [len(part) for part in one[1:5]] == [8, 8, 8, 3] and one[1] != one[2]
