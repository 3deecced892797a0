"""Analytics Engine: what a data point may hold, what a busy index keeps of it, and what SQL says of it."""

from __future__ import annotations

import json
from collections import Counter
from http import HTTPMethod
from math import ceil
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labkit import Lab, facts
from labkit.emulators.analytics import AnalyticsEngine
from labkit.emulators.analytics.api import SqlApi
from labkit.emulators.analytics.points import Point, Points
from labkit.errors import NotEmulated, PlatformError
from labkit.workers.context import current
from labkit.workers.ffi import JsException
from labkit.workers.request import Request
from tests.emulators.worlds import EPOCH, Bench, flat, planet

ENTRY = {"binding": "EVENTS", "dataset": "visits"}


def dataset(bench: Bench, points: Any = ()) -> AnalyticsEngine:
    made = AnalyticsEngine(ENTRY, bench.world)
    for point in points:
        made.binding("SYD").writeDataPoint(point)
    return made


@pytest.mark.parametrize(
    ("point", "words"),
    [
        ({"blobs": ["x"] * 21}, "TypeError: writeDataPoint(): Maximum of 20 blobs supported."),
        ({"doubles": [1] * 21}, "TypeError: writeDataPoint(): Maximum of 20 doubles supported."),
        ({"indexes": ["a", "b"]}, "TypeError: writeDataPoint(): Maximum of 1 indexes supported."),
        ({"indexes": ["x" * 97]}, "TypeError: writeDataPoint(): Size of indexes[0] exceeds 96 bytes)."),
        ({"indexes": ["\u00e9" * 49]}, "TypeError: writeDataPoint(): Size of indexes[0] exceeds 96 bytes)."),
        ({"blobs": ["x" * 16384, "x"]}, "TypeError: writeDataPoint(): Cumulative size of blobs exceeds 16384 bytes)."),
        ({"blobs": "x"}, "TypeError: Incorrect type for the 'blobs' field on 'AnalyticsEngineEvent': "
                         "the provided value is not of type 'Array'."),
        ("x", "TypeError: Failed to execute 'writeDataPoint' on 'AnalyticsEngine': parameter 1 is not of type "
              "'AnalyticsEngineEvent'."),
    ],
)  # fmt: skip
def test_a_data_point_beyond_the_limits_is_refused(point: Any, words: str):
    made = dataset(flat())
    with pytest.raises(JsException) as caught:
        made.binding("SYD").writeDataPoint(point)
    assert (str(caught.value), made.points.kept, made.world.trace.units()) == (words, 0, {})


def test_a_data_point_at_the_limits_is_kept():
    full = {"blobs": ["x" * 16384, *[""] * 19], "doubles": [1.5] * 20, "indexes": ["x" * 96]}
    rows = dataset(flat(), [full]).sql("SELECT length(blob1) AS n, double20, length(index1) AS i FROM visits")
    assert rows == [{"n": 16384, "double20": 1.5, "i": 96}]


def test_values_become_text_and_numbers_as_javascript_makes_them():
    written = {"blobs": [5, True, None, b"hi", "\ud800"], "doubles": ["2.5", True, None, "0x10", 10**400]}
    names = [f"blob{n}" for n in range(1, 6)] + [f"double{n}" for n in range(1, 6)]
    rows = dataset(flat(), [written]).sql(f"SELECT {', '.join(names)} FROM visits")
    assert list(rows[0].values()) == ["5", "true", "", "hi", "\ufffd" * 3, 2.5, 1.0, 0.0, 16.0, float("inf")]


def test_it_returns_nothing_takes_no_time_and_is_no_subrequest():
    bench = planet()
    binding = dataset(bench).binding("SYD")
    assert binding.writeDataPoint() is None and binding.writeDataPoint(blobs=["x"]) is None
    assert (bench.now, bench.charged) == (0.0, Counter())
    assert bench.trace.units() == {"analytics.points": 2}


def test_an_invocation_writes_at_most_250_data_points():
    made = dataset(flat())
    token = current.set(SimpleNamespace(strict=False))  # type: ignore[arg-type]
    try:
        for _ in range(facts.value("analytics.points")):
            made.binding("SYD").writeDataPoint({})
        with pytest.raises(JsException, match="Too many Analytics Engine data points"):
            made.binding("SYD").writeDataPoint({})
    finally:
        current.reset(token)
    assert made.points.kept == 250


VISITS = [
    {"blobs": ["/a", "GB"], "doubles": [10], "indexes": ["ada"]},
    {"blobs": ["/a", "AU"], "doubles": [30], "indexes": ["ada"]},
    {"blobs": ["/b", "AU"], "doubles": [50], "indexes": ["bob"]},
]


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("SELECT blob1 AS path, SUM(_sample_interval) AS n FROM visits WHERE timestamp > NOW() - INTERVAL '1' DAY "
         "GROUP BY path ORDER BY n DESC", [["/a", 2], ["/b", 1]]),
        ("SELECT count(), count(DISTINCT blob2), avg(double1), min(double1), max(double1) FROM visits",
         [[3, 2, 30.0, 10.0, 50.0]]),
        ("SELECT quantileExactWeighted(0.5)(double1, _sample_interval), quantileWeighted(0.9, double1, 1) FROM visits",
         [[30.0, 50.0]]),
        ("SELECT countIf(double1 > 20), sumIf(double1, blob2 = 'AU'), avgIf(double1, blob2 = 'AU') FROM visits",
         [[2, 80.0, 40.0]]),
        ("SELECT argMax(blob1, double1), argMin(blob1, double1) FROM visits", [["/b", "/a"]]),
        ("SELECT topK(1)(blob1), topK(blob2) FROM visits", [[["/a"], ["AU", "GB"]]]),
        ("SELECT if(double1 <= 10, 'low', 'high') AS level, count() AS n FROM visits GROUP BY level HAVING n > 1",
         [["high", 2]]),
        ("SELECT path FROM (SELECT blob1 AS path, count() AS n FROM visits GROUP BY path) WHERE n = 1", [["/b"]]),
        ("SELECT blob1 FROM visits WHERE blob1 NOT IN ('/a') AND blob2 ILIKE 'a%' AND double1 BETWEEN 1 AND 50",
         [["/b"]]),
        ("SELECT double1 FROM visits ORDER BY double1 DESC LIMIT 1 OFFSET 1", [[30.0]]),
        ("SELECT intDiv(7, 2), 7 % 2, 7 / 2, pow(2, 3), round(5.5), floor(3.17, 1), ceil(2.1), toUInt8('7')",
         [[3, 1, 3.5, 8.0, 6, 3.1, 3.0, 7]]),
        ("SELECT lowerUTF8('\u00c9'), startsWith('abc', 'ab'), endsWith('abc', 'c'), empty(''), "
         "position(':' IN 'a:b'), substring('hello', 2, 3), format('{}-{}', 'a', 1)",
         [["\u00e9", True, True, True, 2, "ell", "a-1"]]),
    ],
)  # fmt: skip
def test_the_sql_api_answers(query: str, rows: list[list[Any]]):
    answer = dataset(flat(), VISITS).sql(query)
    assert [pytest.approx(list(row.values())) if all(isinstance(v, float) for v in row.values()) else list(row.values())
            for row in answer] == rows  # fmt: skip


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("toStartOfInterval({}, INTERVAL '15' MINUTE)", "2025-10-27 16:45:00"),
        ("toStartOfWeek({})", "2025-10-27"),
        ("toStartOfHour({})", "2025-10-27 16:00:00"),
        ("toStartOfFiveMinutes({})", "2025-10-27 16:55:00"),
        ("toYYYYMM({})", 202510),
        ("toDayOfWeek({})", 1),
        ("extract(SECOND FROM {})", 25),
        ("toUnixTimestamp({})", 1761584125),
        ("formatDateTime({}, '%d/%m %H:%i:%S')", "27/10 16:55:25"),
    ],
)
def test_dates_are_clickhouses(expression: str, value: Any):
    moment = expression.format("toDateTime('2025-10-27 16:55:25')")
    assert str(dataset(flat()).sql(f"SELECT {moment} AS x")[0]["x"]).startswith(str(value))


def test_now_is_the_labs_time_and_a_timestamp_is_when_it_was_written():
    bench = flat()
    made = dataset(bench, VISITS)
    bench.advance(3600)
    row = made.sql("SELECT now() AS now, max(timestamp) AS last, toUnixTimestamp(now()) AS unix FROM visits")[0]
    assert (row["now"] - row["last"]).total_seconds() == 3600
    assert row["unix"] == EPOCH + 3600


def test_a_column_without_a_name_is_called_by_its_own_text():
    answer = dataset(flat(), VISITS).sql("SELECT blob1, count( ) , max(double1) AS top FROM visits GROUP BY blob1")
    assert [each["name"] for each in answer.meta] == ["blob1", "count( )", "top"]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT 1 FROM other", "There is no table 'other'; this dataset's is 'visits'."),
        ("SELECT 1 FROM visits, visits", "A query reads one table."),
        ("SELECT 1 FROM visits JOIN visits", "The SQL API has no JOIN"),
        ("SELECT 1 UNION SELECT 2", "The SQL API has no UNION"),
        ("SELECT 1; SELECT 2", "one query at a time"),
        ("DROP TABLE points", "The SQL API answers SELECT and SHOW TABLES."),
        ("SELECT cuontIf(1)", "The SQL API has no function cuontIf(). Did you mean countif?"),
        ("SELECT count( FROM visits", "never closed"),
        ("SELECT nothing FROM visits", 'Referenced column "nothing" not found'),
        ("SELECT 1 FORMAT XML", "FORMAT XML: it is JSON, JSONEachRow, TabSeparated."),
        ("SELECT * FROM read_csv('/etc/hosts')", "There is no table 'read_csv'"),
        ("SELECT * FROM '/etc/hosts'", "There is no table"),
        ("SELECT * FROM points", "There is no table 'points'"),
        ("SELECT getenv('HOME')", "The SQL API has no function getenv()"),
        ('SELECT "version"()', "The SQL API has no function version()"),
        ("SELECT `current_setting`('threads')", "The SQL API has no function current_setting()"),
        ("SELECT * FROM visits a, information_schema.tables b", "A query reads one table."),
        ("SELECT 1 FROM (SELECT 1 FROM visits), points", "A query reads one table."),
        ("SELECT 1 FROM visits USING SAMPLE 1", "A query reads one table."),
        ("SELECT 1 FROM visits.points", "A query reads one table."),
        ("SELECT 1 FROM visits v, '/etc/hosts'", "A query reads one table."),
        ("SELECT extract() FROM visits", "extract wants a part and a time"),
        ("SELECT " + "(" * 101 + "1" + ")" * 101, "more than 100 parentheses deep"),
        ("SELECT 1)(", "never opened"),
        (None, "A query is text, not NoneType."),
    ],
)
def test_what_the_platform_would_not_answer_is_refused(query: str, words: str):
    with pytest.raises(PlatformError) as caught:
        dataset(flat(), VISITS).sql(query)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "inside",
    [
        ", * FROM duckdb_settings() --",
        "; SET threads = 1 --",
        "; COPY points TO 'out.csv' --",
        "FROM read_text('/x') --",
    ],
)
def test_no_quote_lets_a_query_out_of_its_literal_or_its_name(inside: str):
    made, safe = dataset(flat(), VISITS), inside.replace("'", "")
    assert made.sql(f"SELECT '\\' {safe}' AS x") == [{"x": f"' {safe}"}]
    assert made.sql(f"SELECT 'a''\\' {safe}' AS x") == [{"x": f"a'' {safe}"}]
    assert made.sql(f'SELECT 1 AS `a" {safe}`') == [{f'a" {safe}': 1}]
    with pytest.raises(PlatformError):
        made.sql(f"SELECT '\\' {inside}")


def test_no_query_reaches_a_file_even_if_the_language_let_it_through():
    from labkit.emulators.analytics.dialect import Query
    from labkit.emulators.analytics.queries import answer

    for sql in [
        "SELECT * FROM read_text('/etc/hosts')", "COPY points TO '/tmp/x.csv'", "ATTACH '/tmp/x.db'", "INSTALL httpfs",
        "SET enable_external_access = true", "SET threads = 1",
    ]:  # fmt: skip
        with pytest.raises(PlatformError, match="cannot be answered"):
            answer(Query(sql), "visits", [])


def test_backslashes_aliases_and_the_tables_name_are_clickhouses():
    made = dataset(flat(), [{"blobs": ["a\\b"], "doubles": [1]}])
    assert made.sql(r"SELECT 'it\'s' AS x, '\n' AS y, '\%' AS z") == [{"x": "it's", "y": "\n", "z": r"\%"}]
    assert made.sql(r"SELECT count() n, double1 d FROM visits WHERE visits.blob1 = 'a\\b' GROUP BY d") == [
        {"n": 1, "d": 1}
    ]
    assert (
        made.sql("SELECT v.double1 AS d FROM visits AS v") == made.sql("SELECT double1 d FROM visits v") == [{"d": 1}]
    )


def test_what_is_no_number_is_null_in_json_and_a_difference_is_in_seconds():
    bench = flat()
    made = dataset(bench, [{"doubles": [float("nan"), float("inf"), 2]}])
    bench.advance(90)
    answer = made.sql("SELECT double1 AS a, double2 AS b, double3 AS c, now() - timestamp AS age FROM visits")
    assert json.loads(answer.text())["data"] == [{"a": None, "b": None, "c": 2.0, "age": "90"}]


@pytest.mark.parametrize("query", ["SELECT hex(1)", "SELECT toDateTime('2025-01-01 00:00:00', 'America/New_York')"])
def test_what_only_the_lab_cannot_is_not_emulated(query: str):
    with pytest.raises(NotEmulated):
        dataset(flat()).sql(query)


def test_the_three_formats():
    made = dataset(flat(), VISITS)
    query = "SELECT blob1 AS path, count() AS n, max(double1) AS top FROM visits GROUP BY path ORDER BY path"
    assert json.loads(made.sql(query).text()) == {
        "meta": [
            {"name": "path", "type": "String"},
            {"name": "n", "type": "Int64"},
            {"name": "top", "type": "Float64"},
        ],
        "data": [{"path": "/a", "n": "2", "top": 30.0}, {"path": "/b", "n": "1", "top": 50.0}],
        "rows": 2,
    }
    assert made.sql(query + " FORMAT TabSeparated").text() == "/a\t2\t30.0\n/b\t1\t50.0\n"
    assert json.loads(made.sql(query + " FORMAT JSONEachRow").text().splitlines()[0])["path"] == "/a"
    assert made.sql("SHOW TABLES") == [{"name": "visits"}]
    assert "path" in repr(made.sql(query)) and "<table>" in made.sql(query)._repr_html_()


def test_a_busy_index_is_thinned_out_and_its_weighted_sum_stays_right():
    bench = planet()
    made = dataset(bench)
    binding = made.binding("SYD")
    for number in range(20_000):
        binding.writeDataPoint({"doubles": [number % 10], "indexes": ["busy"]})
    for _ in range(100):
        binding.writeDataPoint({"indexes": ["quiet"]})
    query = "SELECT index1, count() AS kept, SUM(_sample_interval) AS n FROM visits GROUP BY index1 ORDER BY index1"
    busy, quiet = made.sql(query)
    assert quiet == {"index1": "quiet", "kept": 100, "n": 100}
    assert busy["kept"] <= made.points.room and busy["n"] == pytest.approx(20_000, rel=0.15)


def test_the_weighted_count_is_unbiased():
    counts = []
    for seed in range(200):
        points = Points(Random(seed), is_sampled=True)
        for _ in range(1500):
            points.add(Point(0, "x", (), ()), 0)
        counts.append(sum(interval for _, interval in points))
    assert sum(counts) / len(counts) == pytest.approx(1500, rel=0.02)


def test_slow_writes_are_all_kept():
    bench = planet()
    made = dataset(bench)
    for _ in range(1000):
        made.binding("SYD").writeDataPoint({"indexes": ["x"]})
        bench.advance(0.011)
    assert (made.points.kept, {interval for _, interval in made.points}) == (1000, {1})


def test_data_is_kept_for_three_months():
    bench = flat()
    made = dataset(bench, VISITS)
    bench.advance(facts.value("analytics.retention") - 10)
    assert made.sql("SELECT count() AS n FROM visits") == [{"n": 3}]
    bench.advance(20)
    assert made.sql("SELECT count() AS n FROM visits") == [{"n": 0}]


def test_a_snapshot_brings_the_points_back():
    bench = flat()
    made = dataset(bench, VISITS)
    state = made.snapshot()
    made.binding("SYD").writeDataPoint({})
    made.restore(state)
    made.binding("SYD").writeDataPoint({})
    assert (made.points.kept, len(state)) == (4, 2)
    made.restore(state)
    assert made.points.kept == 3


def test_the_sql_api_over_http():
    bench = flat()
    api = SqlApi(lambda: [dataset(bench, VISITS)])
    url = "https://api.cloudflare.com/client/v4/accounts/0123/analytics_engine/sql"

    def post(query: str, url: str = url, **headers: str) -> Any:
        return bench.run(api.answer(Request(url, method=HTTPMethod.POST, body=query, headers=headers), "SYD"))

    good = post("SELECT count() AS n FROM visits", authorization="Bearer token")
    assert (good.status, bench.run(good.json())["data"]) == (200, [{"n": "3"}])
    assert post("SELECT 1").status == 403
    assert post("SELECT 1", url + "/other", authorization="Bearer token").status == 404
    assert post("SELECT nope FROM visits", authorization="Bearer token").status == 422


def test_the_sql_api_finds_the_dataset_behind_another_from():
    bench = flat()
    api = SqlApi(lambda: [AnalyticsEngine({"binding": "A", "dataset": "first"}, bench.world), dataset(bench, VISITS)])
    url = "https://api.cloudflare.com/client/v4/accounts/0123/analytics_engine/sql"
    query = "SELECT extract(HOUR FROM timestamp) AS h FROM visits LIMIT 1"
    request = Request(url, method=HTTPMethod.POST, body=query, headers={"authorization": "Bearer token"})
    assert bench.run(api.answer(request, "SYD")).status == 200


WORKER = """
from workers import Response, WorkerEntrypoint, fetch


class Default(WorkerEntrypoint):
    async def fetch(self, request):
        self.env.EVENTS.writeDataPoint({"blobs": ["/tides"], "indexes": ["ada"]})
        query = "SELECT blob1 AS path, SUM(_sample_interval) AS n FROM visits GROUP BY path"
        url = "https://api.cloudflare.com/client/v4/accounts/0123/analytics_engine/sql"
        answer = await fetch(url, method="POST", body=query, headers={"authorization": "Bearer token"})
        return Response.json((await answer.json())["data"])
"""


def test_a_worker_asks_the_api_of_its_own_lab():
    lab = Lab(WORKER, {"analytics_engine_datasets": [ENTRY]})
    lab.run(lab.fetch("/"))
    response = lab.run(lab.fetch("/"))
    assert lab.run(response.json()) == [{"path": "/tides", "n": "2"}]
    assert lab.analytics("EVENTS").sql("SELECT count() AS n FROM visits") == [{"n": 2}]
    assert lab.env().EVENTS.writeDataPoint({"blobs": ["from a cell"]}) is None
    lab.restore(lab.snapshot())
    assert lab.analytics("EVENTS").points.kept == 3


@settings(max_examples=15)
@given(st.lists(st.tuples(st.sampled_from(["a", "b", "c"]), st.integers(-5, 5), st.integers(1, 4)), min_size=1))
def test_the_weighted_quantile_is_that_of_the_repeated_values(points: list[tuple[str, int, int]]):
    made = dataset(flat(), [{"doubles": [value, weight]} for _, value, weight in points])
    everything = sorted(value for _, value, weight in points for _ in range(weight))
    for level in (0.1, 0.5, 0.95):
        found = made.sql(f"SELECT quantileExactWeighted({level})(double1, double2) AS q FROM visits")[0]["q"]
        assert found == everything[max(1, ceil(level * len(everything))) - 1]
