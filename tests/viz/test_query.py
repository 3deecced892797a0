"""SQL over a trace."""

from __future__ import annotations

import pytest

from labkit import Lab
from labkit.trace import Trace
from labkit.viz.query import SHOWN_ROWS, Table, query_events


@pytest.fixture
def trace() -> Trace:
    time = [0.0]
    made = Trace(lambda: time[0])
    with made.event("client", "fetch", "LHR", url="/caf\u00e9?q='\"") as visit:
        time[0] = 1.5
        with made.event("kv", "get", "LHR", key="k", raw=b"\xff", far=float("inf")) as read:
            read.units, read.outcome, read.bytes = {"kv.read": 2}, "hit", 7
            time[0] = 2.0
    assert visit.id == 1
    return made


def test_each_field_of_an_event_is_a_column(trace):
    answer = query_events(trace, "select * from events order by id")
    assert answer.columns == (
        "id", "request", "parent", "place", "primitive", "operation", "start", "end", "outcome", "bytes", "units",
        "detail",
    )  # fmt: skip
    assert answer[0][:10] == (1, 1, None, "LHR", "client", "fetch", 0.0, 2.0, "ok", 0)
    assert answer[1][:10] == (2, 1, 1, "LHR", "kv", "get", 1.5, 2.0, "hit", 7)


def test_units_and_detail_are_json(trace):
    sql = "select (units->>'kv.read')::int, detail->>'key', detail->>'raw' from events where primitive = 'kv'"
    assert list(query_events(trace, sql)) == [(2, "k", "b'\\xff'")]


def test_text_comes_back_as_it_went_in(trace):
    assert query_events(trace, "select detail->>'url' from events where id = 1")[0] == ("/caf\u00e9?q='\"",)


def test_an_empty_trace_still_has_its_columns():
    answer = query_events([], "select * from events")
    assert len(answer) == 0 and len(answer.columns) == 12


def test_a_labs_trace_answers_sql():
    lab = Lab(kv=["FLAGS"])
    lab.run(lab.env("LHR").FLAGS.get("k"))
    answer = lab.trace.sql("select operation, outcome from events where primitive = 'kv'")
    assert list(answer) == [("get", "miss")]


def test_a_table_shows_its_rows_and_says_how_many_more_there_are():
    many = Table(["n", "half"], [(n, n / 2) for n in range(SHOWN_ROWS + 3)])
    assert repr(many).splitlines()[0].split() == ["n", "half"]
    assert repr(many).endswith("and 3 more rows")
    assert many._repr_html_().count("<tr>") == SHOWN_ROWS + 1
    assert "more rows" not in repr(Table(["n"], [(1,)]))
    assert many.column("half")[:3] == [0, 0.5, 1]


def test_a_tables_cells_cannot_break_out_of_its_html():
    assert "&lt;b&gt;" in Table(["x"], [("<b>",)])._repr_html_()
