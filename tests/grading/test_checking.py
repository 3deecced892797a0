"""`check` in a cell: it looks names up, records the attempt, names known mistakes, and never raises."""

from __future__ import annotations

import asyncio

import pytest

from labkit.grading import Report, check, check_source, find, grade_source, journal, seal
from labkit.grading import diagnose as diagnosing
from labkit.grading.judge import MET, NOT_ATTEMPTED, UNKNOWN, UNMET


def checked(source: str, call: str = "check('demo-01')") -> Report:
    """What `check` returns at the end of a cell of this source."""
    names = {"check": check}
    exec(compile(f"{source}\nreport = {call}", "<cell>", "exec"), names)
    return names["report"]


@pytest.fixture
def solution() -> str:
    return find("demo-01").solution


def test_a_right_answer_is_met_and_recorded(solution):
    assert checked(solution).state == MET
    assert [event["event"] for event in journal.read()] == ["attempt", "passed"]


def test_a_wrong_answer_is_recorded_with_what_is_unmet(solution):
    assert checked(solution.replace("+= 1", "= 1")).state == UNMET
    [event] = journal.read()
    assert (event["event"], event["state"], event["unmet"]) == ("attempt", "unmet", ["counts"])


def test_nothing_attempted_is_not_an_attempt():
    report = checked("")
    assert report.state == NOT_ATTEMPTED
    assert "Not defined yet: bucket, buckets." in repr(report)
    assert journal.read() == []


CELL_IN_A_FUNCTION = """
from zlib import crc32
def cell():
    bucket = lambda path, count: crc32(path.encode()) % count
    buckets = lambda paths, count: [sum(bucket(p, count) == n for p in paths) for n in range(count)]
    return check("demo-01")
report = cell()
"""


def test_names_of_the_calling_function_are_seen():
    names = {"check": check}
    exec(CELL_IN_A_FUNCTION, names)
    assert names["report"].state == MET


def test_it_works_inside_a_running_loop(solution):
    async def cell():
        await asyncio.sleep(0)
        report = checked(find("demo-02").solution, "check('demo-02')")
        await asyncio.sleep(0)
        return report

    assert asyncio.run(cell()).state == MET


def test_an_unknown_exercise_is_a_sentence():
    report = checked("", "check('demo-1')")
    assert report.state == UNKNOWN
    assert "Did you mean 'demo-01'?" in repr(report)


def test_a_broken_exercise_is_unknown_and_not_the_learners_doing(make, monkeypatch, tmp_path):
    make(checks="1 / 0")
    monkeypatch.setenv("LABKIT_EXERCISES", str(tmp_path / "exercises"))
    report = checked("double = 1", "check('made-01')")
    assert report.state == UNKNOWN
    assert "not your doing" in repr(report)


def test_progress_that_cannot_be_written_is_a_note(solution, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LABKIT_PROGRESS", str(tmp_path / "file" / "progress.jsonl"))
    report = checked(solution)
    assert report.state == MET
    assert "could not be written" in repr(report)


def test_an_interrupt_of_the_kernel_passes_through(make, monkeypatch, tmp_path):
    make()
    monkeypatch.setenv("LABKIT_EXERCISES", str(tmp_path / "exercises"))
    with pytest.raises(KeyboardInterrupt):
        checked("def double(x): raise KeyboardInterrupt", "check('made-01')")


def test_a_mistake_that_behaves_like_a_known_one_gets_its_diagnosis(solution):
    wrong = solution.replace("totals[bucket(path, count)] += 1", "totals[bucket(path, count)] = True + 0")
    assert checked(wrong).diagnosis == "Each bucket holds at most 1: the count is overwritten, not raised."


def test_another_mistake_with_the_same_failures_gets_the_only_common_reason(solution):
    wrong = solution.replace("    return totals", "    return totals or None") + "\nbuckets_ = buckets\n"
    wrong += "def buckets(paths, count): return buckets_(paths, count) if paths else 'none'\n"
    report = checked(wrong)
    assert [row.name for row in report.unmet] == ["empty"]
    assert report.diagnosis.startswith("A common reason: The list must have an entry")


ALIKE = """
from labkit.grading import mistake
MISTAKES = [
    mistake("quiet", source="def double(x):\\n    return 9", fails=["doubles"], believes="b", diagnosis="quiet"),
    mistake("loud", source="import warnings\\ndef double(x):\\n    warnings.warn('loud')\\n    return 9",
            fails=["doubles"], believes="b", diagnosis="loud"),
    mistake("raises", source="def double(x):\\n    raise ValueError('no')",
            fails=["doubles"], believes="b", diagnosis="raises"),
]
"""


def test_mistakes_with_the_same_values_are_told_apart_by_their_warnings(make):
    exercise = make(mistakes=ALIKE)
    answer = "import warnings\n\n\ndef double(x):\n    warnings.warn('loud')\n    return 9"
    assert grade_source(exercise, answer, "<answer>").diagnosis == "loud"
    assert grade_source(exercise, answer.replace("loud", "other"), "<answer>").diagnosis == "quiet"


def test_a_mistake_is_known_on_whichever_line_it_stands(make):
    answer = "def double(x):\n    y = x\n    raise ValueError('no')"
    assert grade_source(make(mistakes=ALIKE), answer, "<answer>").diagnosis == "raises"


def test_an_exception_that_nobody_knows_speaks_for_itself(make):
    one = "mistake('quiet', source='def double(x):\\n    return 9', fails=['doubles'], believes='b', diagnosis='quiet')"
    exercise = make(mistakes=f"from labkit.grading import mistake\nMISTAKES = [{one}]")
    assert grade_source(exercise, "def double(x): return x", "<answer>").diagnosis == "A common reason: quiet"
    assert grade_source(exercise, "def double(x): return x[0]", "<answer>").diagnosis == ""


def test_a_mistake_that_nobody_knows_gets_none(solution):
    assert checked(solution.replace("% count", "% count - 5")).diagnosis == ""


def test_no_mistake_is_run_where_none_fails_the_same(make, monkeypatch):
    monkeypatch.setattr(diagnosing, "run_source", lambda *args: pytest.fail("ran"))
    assert grade_source(make(), "def double(x): return x", "<answer>").diagnosis == ""


def test_a_source_is_checked_as_a_cell_is(solution):
    assert check_source("demo-01", f"# exercise: demo-01\n{solution}\ncheck('demo-01')", "mine.py").state == MET


def test_another_seed_gives_other_inputs(solution):
    first, again, other = (checked(solution.replace("+= 1", "= 1"), f"check('demo-01', seed={n})") for n in (0, 0, 1))
    assert first.unmet[0].did == again.unmet[0].did
    assert first.unmet[0].did != other.unmet[0].did


def test_a_patched_grader_is_noticed(solution, monkeypatch):
    from labkit.grading import trial

    assert not seal.broken()
    monkeypatch.setattr(trial.Trial, "equal", lambda *args, **options: None)
    assert seal.broken()
    assert checked(solution).state == UNKNOWN


def test_changed_code_of_a_grading_function_is_noticed(monkeypatch):
    from labkit.grading import judge

    monkeypatch.setattr(judge._try, "__code__", judge._waiting.__code__)
    assert seal.broken()
