"""Cron expressions: what is accepted, when it fires, what it says in words. The clock is in test_cron_in_time.py."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from croniter import CroniterBadDateError, croniter
from hypothesis import given
from hypothesis import strategies as st

from labkit.emulators.cron.expression import Cron, explain
from labkit.errors import ConfigError


def unix(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def dates(expression: str, count: int, after: str = "2026-01-01") -> list[str]:
    return [f"{datetime.fromtimestamp(at, UTC):%m-%d}" for at in Cron(expression).following(unix(after), count)]


@pytest.mark.parametrize(
    "field, wrong",
    [
        (0, "60"), (0, "-1"), (0, "5-60"), (0, "*/0"), (0, "*/60"), (0, "a"), (0, "1-2-3"), (0, "5,*"), (0, "*-30"),
        (1, "24"), (1, "*/24"), (2, "0"), (2, "32"), (2, "*/31"), (2, "L-0"), (2, "L-31"), (2, "3,L"), (2, "1W,3"),
        (2, "32W"), (2, "l"), (2, "?"), (2, "MON"), (3, "0"), (3, "13"), (3, "*/12"), (3, "JANUARY"), (4, "0"),
        (4, "8"), (4, "*/7"), (4, "MONDAY"), (4, "MON#0"), (4, "MON#6"), (4, "MON#2,TUE"), (4, "0L"),
        (4, "2l"), (4, "٣"),
    ],
)  # fmt: skip
def test_what_the_platforms_parser_refuses_is_refused(field, wrong):
    fields = ["*"] * 5
    fields[field] = wrong
    with pytest.raises(ConfigError, match="Read: https://developers.cloudflare.com/workers/configuration/cron"):
        Cron(" ".join(fields))


@pytest.mark.parametrize(
    "field, right",
    [
        (0, "59"), (0, "*/59"), (0, "0-59"), (0, "7/10"), (0, "50-10"), (0, "*/5,1-3,7"), (1, "23"), (1, "22-2/2"),
        (2, "31"), (2, "*/30"), (2, "L"), (2, "LW"), (2, "L-30"), (2, "L-3W"), (2, "31W"), (3, "12"), (3, "*/11"),
        (3, "jan-Mar,DEC"), (4, "7"), (4, "*/6"), (4, "sun"), (4, "FRI-MON"), (4, "L"), (4, "6L"), (4, "friL"),
        (4, "5#5"),
    ],
)  # fmt: skip
def test_what_the_platforms_parser_accepts_is_accepted(field, right):
    fields = ["*"] * 5
    fields[field] = right
    assert Cron(" ".join(fields)).next(0) is not None


def test_zero_is_no_weekday_and_the_refusal_says_which_number_is_sunday():
    with pytest.raises(ConfigError, match="'0' is no weekday: it is 1 to 7, or SUN to SAT, and 1 is Sunday"):
        Cron("0 9 * * 0")


@pytest.mark.parametrize(
    "expression, days",
    [
        ("0 0 * * 1", ["01-04", "01-11", "01-18"]),  # 1 is Sunday
        ("0 0 * * 7", ["01-03", "01-10", "01-17"]),
        ("0 0 * * L", ["01-03", "01-10", "01-17"]),
        ("0 0 * * FRI-SUN", ["01-02", "01-03", "01-04"]),
        ("0 0 * * 6L", ["01-30", "02-27", "03-27"]),
        ("0 0 * * MON#5", ["03-30", "06-29", "08-31"]),  # months with only four Mondays are left out
        ("0 0 L * *", ["01-31", "02-28", "03-31"]),
        ("0 0 LW * *", ["01-30", "02-27", "03-31"]),
        ("0 0 L-3 * *", ["01-28", "02-25", "03-28"]),
        ("0 0 L-3W * *", ["01-28", "02-25", "03-27"]),
        ("0 0 15W * *", ["01-15", "02-16", "03-16"]),  # 15 February is a Sunday
        ("0 0 1W * *", ["02-02", "03-02", "04-01"]),  # never into the month before
        ("0 0 31W * *", ["01-30", "03-31", "05-29"]),  # never into the month after
        ("0 0 29 2 *", ["02-29", "02-29", "02-29"]),
        ("0 0 13 * FRI", ["01-02", "01-09", "01-13"]),  # either is enough
        ("0 0 1-3/2,30-1/2 * *", ["01-03", "01-30", "02-01"]),
    ],
)
def test_the_days_on_which_an_expression_fires(expression, days):
    assert dates(expression, 3) == days


def test_the_documentations_examples_say_what_the_documentation_says():
    said = {
        "* * * * *": "every minute",
        "*/30 * * * *": "every 30th minute",
        "45 * * * *": "at minute 45 past every hour",
        "0 17 * * sun": "at 17:00 on Sunday",
        "0 17 * * 1": "at 17:00 on Sunday",
        "10 7 * * mon-fri": "at 07:10 on Monday to Friday",
        "10 7 * * 2-6": "at 07:10 on Monday to Friday",
        "0 15 1 * *": "at 15:00 on day 1 of the month",
        "0 18 * * 6L": "at 18:00 on the last Friday of the month",
        "0 18 * * friL": "at 18:00 on the last Friday of the month",
        "59 23 LW * *": "at 23:59 on the last weekday of the month",
    }
    assert {text: explain(text) for text in said} == said


def test_words_for_lists_steps_ranges_and_the_rarer_forms():
    said = {
        "0 9 * * 1-5": "at 09:00 on Sunday to Thursday",
        "0,30 9-17 * JAN,MAR 2": "at minute 0 and 30 past hour 9 to 17 on Monday in January and March",
        "*/5 */2 * * *": "every 5th minute of every 2nd hour",
        "0 9,17 * * 5#3": "at 09:00 and 17:00 on the third Thursday of the month",
        "0 0 L-3W * *": "at 00:00 on the weekday nearest to day 3 before the last of the month",
        "0 0 1 */3 *": "at 00:00 on day 1 of the month in every 3rd month",
        "0 0 1 */3,5 *": "at 00:00 on day 1 of the month in every 3rd from January to December and May",
        "0 0 15W * MON": "at 00:00 on the weekday nearest to day 15 of the month or on Monday",
    }
    assert {text: explain(text) for text in said} == said


def test_the_habit_of_another_cron_is_pointed_out():
    assert Cron("0 9 * * 1-5").hints() == [
        "'1-5' is Sunday to Thursday: weekdays are numbered from 1, Sunday. In a POSIX cron it is Monday to Friday, "
        "which is MON-FRI here."
    ]
    assert Cron("0 9 * * MON-FRI").hints() == []
    assert "it fires where either fits" in Cron("0 0 13 * FRI").hints()[0]
    assert "never fires" in Cron("0 0 31 2 *").hints()[0]


def test_a_run_has_fifteen_minutes_of_cpu_where_an_hour_passes_between_two_and_half_a_minute_where_less_does():
    assert Cron("0 */2 * * *").cpu_ms("paid") == Cron("59 * * * *").cpu_ms("paid") == 900_000
    assert Cron("*/30 5 * * *").cpu_ms("paid") == Cron("* * * * *").cpu_ms("paid") == 30_000
    assert Cron("0 0 1 1 *").cpu_ms("free") == 10


def test_expressions_of_one_meaning_are_equal():
    assert Cron("*/30 * * * 1") == Cron("0,30 0-23 * JAN-DEC sun") and hash(Cron("0 0 * * 7")) == hash(
        Cron("0 0 * * L")
    )
    assert Cron("0 0 1-31 * *") == Cron("0 0 * * *") != Cron("0 0 1-30 * *")


def test_between_includes_its_start_and_not_its_end():
    midnight = unix("2026-01-01")
    assert Cron("0 0 * * *").between(midnight, midnight + 86_400) == [midnight]
    assert Cron("0 0 * * *").between(midnight + 1, midnight + 86_400) == []
    assert Cron("0 0 * * *").next(midnight) == midnight + 86_400
    assert Cron("0 0 * * *").next(midnight - 0.5) == midnight
    assert Cron("0 0 31 2 *").next(midnight) is None


def values(low: int, high: int) -> st.SearchStrategy[str]:
    """Fields of single values, ranges and steps that every cron reads alike."""
    number = st.integers(low, high)
    span = st.lists(number, min_size=2, max_size=2, unique=True).map(lambda pair: f"{min(pair)}-{max(pair)}")
    steps = st.integers(2, high - low)
    stepped = st.tuples(st.one_of(st.just("*"), span), steps).map(lambda pair: f"{pair[0]}/{pair[1]}")
    items = st.one_of(number.map(str), span, stepped)
    return st.one_of(st.just("*"), st.lists(items, min_size=1, max_size=2).map(",".join))


WEEKDAYS = st.sampled_from(["*", "*", "MON", "MON-FRI", "SUN,WED", "sat"])
DATES = st.one_of(
    st.tuples(st.sampled_from(["*", "1", "13,31", "29"]), values(1, 12), WEEKDAYS),
    st.tuples(values(1, 31), values(1, 12), st.just("*")),
)
EXPRESSIONS = st.tuples(values(0, 59), values(0, 23), DATES).map(lambda parts: " ".join([*parts[:2], *parts[2]]))
MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2040, 1, 1)).map(lambda at: at.replace(tzinfo=UTC).timestamp())


@given(EXPRESSIONS, MOMENTS)
def test_the_next_moment_is_the_one_that_another_library_finds(expression, moment):
    found = Cron(expression).next(moment)
    if found is None:
        with pytest.raises(CroniterBadDateError):
            croniter(expression, moment, max_years_between_matches=9).get_next(float)
    else:
        assert found == croniter(expression, moment, max_years_between_matches=9).get_next(float)


SPECIAL = st.sampled_from(["*", "L", "LW", "L-2", "15W", "1W", "31W", "L-30W", "28-3", "*/7"])
SPECIAL_WEEKDAYS = st.sampled_from(["*", "L", "2L", "FRI#1", "3#5", "FRI-MON", "2-6/2"])


@given(values(0, 59), values(0, 23), SPECIAL, SPECIAL_WEEKDAYS, MOMENTS)
def test_a_scan_of_every_minute_finds_the_same_moments(minute, hour, day, weekday, moment):
    cron, start = Cron(f"{minute} {hour} {day} * {weekday}"), moment // 60 * 60
    scanned = [at for at in (start + 60 * n for n in range(3 * 1440)) if fits(cron, minute, hour, at)]
    assert cron.between(start, start + 3 * 86_400) == scanned


def fits(cron: Cron, minute: str, hour: str, at: float) -> bool:
    """Whether a minute fits, field by field; the day by asking for its date alone."""
    date = datetime.fromtimestamp(at, UTC)
    return date.minute in cron.minutes and date.hour in cron.hours and is_day(cron.text, date)


def is_day(expression: str, date: datetime) -> bool:
    """Whether the two fields of days fit a date, from the words of the documentation."""
    _, _, day, _, weekday = expression.split()
    checks = [check(text, date) for text, check in ((day, fits_day), (weekday, fits_weekday)) if text != "*"]
    return any(checks) if checks else True


def fits_day(text: str, date: datetime) -> bool:
    length = (date.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    if text.endswith("W"):
        wanted = length.day - int(text[2:-1] or 0) if text[0] == "L" else int(text[:-1])
        return date.weekday() < 5 and date.day == nearest(date.replace(day=1), wanted, length.day)
    if text[0] == "L":
        return date.day == length.day - int(text[2:] or 0)
    return date.day >= 28 or date.day <= 3 if text == "28-3" else (date.day - 1) % 7 == 0


def nearest(first: datetime, wanted: int, last: int) -> int:
    """The weekday of the month that is nearest to a day; 0 where the month has no such day."""
    if wanted < 1:
        return 0
    weekdays = [day for day in range(1, last + 1) if (first + timedelta(days=day - 1)).weekday() < 5]
    near = min(weekdays, key=lambda day: (abs(day - wanted), day))
    return near if wanted <= last or (first + timedelta(days=wanted - 1)).weekday() == 5 and wanted - last == 1 else 0


def fits_weekday(text: str, date: datetime) -> bool:
    number = (date.weekday() + 1) % 7 + 1
    if text == "L":
        return number == 7
    if text == "2L":
        return number == 2 and (date + timedelta(days=7)).month != date.month
    if text == "FRI#1":
        return number == 6 and date.day <= 7
    if text == "3#5":
        return number == 3 and date.day > 28
    return number in ({6, 7, 1, 2} if text == "FRI-MON" else {2, 4, 6})
