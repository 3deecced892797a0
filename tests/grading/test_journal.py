"""The progress file keeps everything: a kill at any byte costs the torn line alone, and 50 writers lose nothing."""

from __future__ import annotations

import json
import multiprocessing
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.grading import journal
from labkit.grading.journal import History

details = st.dictionaries(st.text(min_size=1), st.text() | st.integers(), max_size=3)


def test_what_is_recorded_is_read_back_in_order(progress_file):
    journal.record("attempt", "kv-01", hash="é\n\u2028", state="unmet")
    journal.record("passed", "kv-01")
    assert [(event["event"], event["id"]) for event in journal.read()] == [("attempt", "kv-01"), ("passed", "kv-01")]
    assert journal.read()[0]["hash"] == "é\n\u2028"


def test_nothing_recorded_is_no_events():
    assert journal.read() == []


def test_an_unknown_event_is_refused():
    with pytest.raises(ValueError, match="attempt"):
        journal.record("winning", "kv-01")


def written(file, count: int) -> list[bytes]:
    """The file's content after each of so many events."""
    contents = [b""]
    for number in range(count):
        journal.record("attempt", f"kv-0{number}", hash="ü" * number)
        contents.append(file.read_bytes())
    return contents


def test_a_kill_at_any_byte_loses_the_torn_line_alone(progress_file):
    *_, before, after = written(progress_file, 5)
    for cut in range(len(before), len(after) + 1):
        progress_file.write_bytes(after[:cut])
        whole = 5 if cut >= len(after) - 1 else 4  # the last byte is the second newline
        assert len(journal.read()) == whole, cut
        journal.record("passed", "kv-09")
        assert [event["id"] for event in journal.read()][-1] == "kv-09", cut
        assert len(journal.read()) == whole + 1, cut


def test_a_kill_at_any_byte_of_a_whole_file_leaves_every_line_before_it(progress_file):
    contents = written(progress_file, 4)
    for cut in range(len(contents[-1])):
        progress_file.write_bytes(contents[-1][:cut])
        complete = sum(len(content) - 1 <= cut for content in contents[1:])
        assert len(journal.read()) == complete, cut


@given(st.binary(max_size=200), details)
def test_garbage_before_a_line_does_not_hurt_it(garbage, extra):
    import tempfile

    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        file = os.path.join(folder, "progress.jsonl")
        patch.setenv("LABKIT_PROGRESS", file)
        with open(file, "wb") as stream:
            stream.write(garbage)
        journal.append({**extra, "event": "passed", "id": "kv-01"})
        assert journal.read()[-1]["id"] == "kv-01"


EACH = 20


def write_many(writer: int) -> None:
    for number in range(EACH):
        journal.record("attempt", f"kv-{writer}", hash=f"{number}" * 50)


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")  # under xdist the parent has threads
def test_fifty_writers_at_once_lose_nothing(progress_file):
    context = multiprocessing.get_context("fork" if "fork" in multiprocessing.get_all_start_methods() else "spawn")
    writers = [context.Process(target=write_many, args=(writer,)) for writer in range(50)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    events = journal.read()
    assert len(events) == 50 * EACH
    for writer in range(50):
        assert [e["hash"][0] for e in events if e["id"] == f"kv-{writer}"] == [str(n)[0] for n in range(EACH)]


def test_each_line_is_json_that_other_tools_read(progress_file):
    written(progress_file, 3)
    lines = [line for line in progress_file.read_text(encoding="utf-8").splitlines() if line]
    assert [json.loads(line)["id"] for line in lines] == ["kv-00", "kv-01", "kv-02"]


def test_duckdb_reads_it_with_a_torn_line_in_it(progress_file):
    import duckdb

    written(progress_file, 3)
    with progress_file.open("ab") as stream:
        stream.write(b'\n{"at": 1, "eve')
    journal.record("passed", "kv-01")
    query = "select count(*) from read_json(?, format='newline_delimited', ignore_errors=true) where id is not null"
    assert duckdb.execute(query, [str(progress_file)]).fetchone() == (4,)


def test_different_attempts_are_counted_once_each():
    for source in ["a", "b", "a"]:
        journal.record("attempt", "kv-01", hash=source, unmet=["x"])
    assert History("kv-01").attempts == 2
    assert History("kv-02").attempts == 0


def test_the_last_attempt_says_what_is_unmet():
    journal.record("attempt", "kv-01", hash="a", unmet=["x", "y"])
    journal.record("attempt", "kv-01", hash="b", unmet=["y"])
    assert History("kv-01").unmet == ["y"]
