"""How long a response lasts, whatever its headers hold."""

from __future__ import annotations

import time

import pytest

from labkit.emulators.caching.freshness import FOREVER, for_browsers, moment_of, seconds_to_live


@pytest.mark.parametrize(
    ("seconds", "lifetime"),
    [
        ("60", 60), ("0", 0), ("-1", 0), ("1.5", 0), ("²", 0), ("٣", 0), ("", 0),
        (str(FOREVER - 1), FOREVER - 1), (str(FOREVER), FOREVER), (str(FOREVER + 1), FOREVER),
        ("9" * 320, FOREVER), ("9" * 5000, FOREVER),
    ],
)  # fmt: skip
def test_max_age_is_a_number_of_seconds_up_to_68_years(seconds: str, lifetime: int):
    control = {"cache-control": f"max-age={seconds}"}
    assert seconds_to_live(200, control, False, 0.0, by_status=True) == lifetime
    assert seconds_to_live(200, control | {"age": "²"}, False, 0.0, by_status=True) == lifetime


def test_a_date_without_a_time_zone_is_in_utc_wherever_this_runs(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        found = [moment_of(f"Wed, 21 Oct 2015 07:28:00{zone}") for zone in ("", " -0000", " GMT")]
    finally:
        monkeypatch.undo()
        time.tzset()
    assert found == [1445412480] * 3


def test_what_browsers_are_told_is_never_less_than_the_origin_says():
    assert for_browsers({"expires": "Thu, 01 Jan 1970 02:00:00 GMT"}, 7200, 0.0) == {
        "expires": "Thu, 01 Jan 1970 02:00:00 GMT"
    }
    assert for_browsers({"expires": "Thu, 01 Jan 1970 02:00:00 GMT"}, 7201, 0.0) == {"cache-control": "max-age=7201"}
